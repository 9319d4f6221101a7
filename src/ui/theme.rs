//! Colours, sizes and type, in one table each; no panel writes one of its own.
//!
//! Two themes: dark for the reading room, light for offices. What lies in a viewport (its black,
//! overlays, measurements, planes) is the same in both, so that an image never looks different.

use eframe::egui;
use egui::Color32;
use egui::FontFamily;
use egui::FontId;
use egui::TextStyle;

/// What each colour is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Colours {
    /// Around and behind the image, in both themes.
    pub viewport: Color32,
    /// Panels.
    pub panel: Color32,
    /// Cards, fields, buttons at rest.
    pub raised: Color32,
    /// Thin separators; nothing depends on seeing them.
    pub line: Color32,
    /// Body text.
    pub text: Color32,
    /// Less important text.
    pub secondary: Color32,
    /// What cannot be used now; what it says is said in a tooltip as well.
    pub dimmed: Color32,
    /// Active, selected, focused.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Done, saved.
    pub good: Color32,
    /// Something is doubtful.
    pub warning: Color32,
    /// Something went wrong or will be lost.
    pub danger: Color32,
    /// Overlay text on the image, both themes.
    pub overlay: Color32,
    /// Something is doubtful, said on the image or around it, both themes.
    pub on_image_warning: Color32,
    /// Outline of everything drawn on the image.
    pub halo: Color32,
    /// Overlay planes of the image: to be told from its greys, from white bone to black air.
    pub image_overlay: Color32,
    /// A measurement on the image.
    pub measurement: Color32,
    /// The selected measurement.
    pub selected: Color32,
    /// The axial plane in MPR.
    pub axial: Color32,
    /// The coronal plane in MPR.
    pub coronal: Color32,
    /// The sagittal plane in MPR.
    pub sagittal: Color32,
    /// Behind a waveform, both themes.
    pub paper: Color32,
    /// Lines of the small squares, 1 mm.
    pub paper_small: Color32,
    /// Lines of the big squares, 5 mm.
    pub paper_big: Color32,
    /// The trace of a waveform.
    pub trace: Color32,
}

/// Dark: the reading room.
#[rustfmt::skip]
const DARK: Colours = Colours {
    viewport: Color32::BLACK,
    panel: Color32::from_rgb(0x12, 0x14, 0x16),
    raised: Color32::from_rgb(0x1B, 0x1E, 0x21),
    line: Color32::from_rgb(0x2A, 0x2E, 0x33),
    text: Color32::from_rgb(0xD6, 0xDA, 0xDF),
    secondary: Color32::from_rgb(0x9A, 0xA3, 0xAD),
    dimmed: Color32::from_rgb(0x6B, 0x75, 0x80),
    accent: Color32::from_rgb(0x4F, 0xB3, 0xD9),
    on_accent: Color32::from_rgb(0x06, 0x12, 0x18),
    good: Color32::from_rgb(0x6C, 0xC3, 0x8A),
    warning: Color32::from_rgb(0xE6, 0xA5, 0x4A),
    danger: Color32::from_rgb(0xE5, 0x60, 0x5C),
    overlay: Color32::from_rgb(0xD6, 0xDA, 0xDF),
    on_image_warning: Color32::from_rgb(0xE6, 0xA5, 0x4A),
    halo: Color32::BLACK,
    image_overlay: Color32::from_rgb(0x5F, 0xE8, 0xF0),
    measurement: Color32::from_rgb(0xF2, 0xD0, 0x6B),
    selected: Color32::from_rgb(0xFF, 0xE9, 0xA8),
    axial: Color32::from_rgb(0xE5, 0x6B, 0x66),
    coronal: Color32::from_rgb(0x6C, 0xC3, 0x8A),
    sagittal: Color32::from_rgb(0xE8, 0xD0, 0x4F),
    paper: Color32::from_rgb(0x0C, 0x0A, 0x0B),
    paper_small: Color32::from_rgb(0x30, 0x1C, 0x20),
    paper_big: Color32::from_rgb(0x63, 0x35, 0x3C),
    trace: Color32::from_rgb(0xE4, 0xEE, 0xE6),
};

/// Light: offices. Viewports and what is drawn in them stay as they are.
#[rustfmt::skip]
const LIGHT: Colours = Colours {
    panel: Color32::from_rgb(0xF2, 0xF3, 0xF5),
    raised: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    line: Color32::from_rgb(0xC9, 0xCE, 0xD4),
    text: Color32::from_rgb(0x1C, 0x20, 0x24),
    secondary: Color32::from_rgb(0x4B, 0x54, 0x5E),
    dimmed: Color32::from_rgb(0x7C, 0x86, 0x91),
    accent: Color32::from_rgb(0x0B, 0x6C, 0x93),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    good: Color32::from_rgb(0x1E, 0x74, 0x41),
    warning: Color32::from_rgb(0x8A, 0x58, 0x06),
    danger: Color32::from_rgb(0xB5, 0x2A, 0x27),
    ..DARK
};

/// Sizes in points. Space goes in steps of four.
#[derive(Debug, Clone, PartialEq)]
#[rustfmt::skip]
pub struct Sizes {
    /// Body text.
    pub body: f32,
    /// Texts in the corners of a viewport.
    pub overlay: f32,
    /// The smallest text there is.
    pub small: f32,
    /// Headings of panels and windows.
    pub heading: f32,
    /// Orientation letters.
    pub letter: f32,
    /// Icons.
    pub icon: f32,
    /// One step of space.
    pub space: f32,
    /// Height of a control.
    pub control: f32,
    /// Height of the patient bar.
    pub patient_bar: f32,
    /// Height of the tools row.
    pub tools: f32,
    /// Height of the status line.
    pub status: f32,
    /// Width of a folded side panel.
    pub rail: f32,
    /// Width of the study browser.
    pub browser: f32,
    /// Width of the findings.
    pub findings: f32,
    /// Edge of a thumbnail.
    pub thumbnail: f32,
    /// Width of a part laid over the images.
    pub part: f32,
    /// Line of a measurement.
    pub measurement_line: f32,
    /// Line around the active pane.
    pub active_line: f32,
    /// Side of a handle.
    pub handle: f32,
}

const SIZES: Sizes = Sizes {
    body: 13.0,
    overlay: 12.0,
    small: 11.0,
    heading: 15.0,
    letter: 16.0,
    icon: 18.0,
    space: 4.0,
    control: 24.0,
    patient_bar: 36.0,
    tools: 44.0,
    status: 24.0,
    rail: 28.0,
    browser: 208.0,
    findings: 264.0,
    thumbnail: 80.0,
    part: 520.0,
    measurement_line: 1.5,
    active_line: 2.0,
    handle: 8.0,
};

/// The family of headings and of what must stand out.
pub const SEMIBOLD: &str = "semibold";

/// Everything that decides how the window looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Colours.
    pub colours: Colours,
    /// Sizes, points.
    pub sizes: Sizes,
    /// Dark, for the reading room.
    pub is_dark: bool,
}

impl Theme {
    /// The dark or the light one.
    #[must_use]
    pub fn new(is_dark: bool) -> Self {
        Self {
            colours: if is_dark { DARK } else { LIGHT },
            sizes: SIZES,
            is_dark,
        }
    }

    /// Body text.
    #[must_use]
    pub fn body(&self) -> FontId {
        FontId::proportional(self.sizes.body)
    }

    /// Small text.
    #[must_use]
    pub fn small(&self) -> FontId {
        FontId::proportional(self.sizes.small)
    }

    /// Text in the corners of a viewport.
    #[must_use]
    pub fn overlay(&self) -> FontId {
        FontId::proportional(self.sizes.overlay)
    }

    /// Body text that stands out.
    #[must_use]
    pub fn strong(&self) -> FontId {
        FontId::new(self.sizes.body, FontFamily::Name(SEMIBOLD.into()))
    }

    /// A heading.
    #[must_use]
    pub fn heading(&self) -> FontId {
        FontId::new(self.sizes.heading, FontFamily::Name(SEMIBOLD.into()))
    }

    /// Colour of a problem of this severity.
    #[must_use]
    pub fn of_severity(&self, severity: crate::problem::Severity) -> Color32 {
        use crate::problem::Severity;
        match severity {
            Severity::Note => self.colours.good,
            Severity::Warning => self.colours.warning,
            Severity::Error => self.colours.danger,
        }
    }

    /// Makes egui's own widgets look like ours.
    pub fn apply(&self, ctx: &egui::Context) {
        let style = self.style();
        ctx.set_theme(if self.is_dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        });
        ctx.all_styles_mut(|slot| *slot = style.clone());
    }

    fn style(&self) -> egui::Style {
        let sizes = &self.sizes;
        let mut style = egui::Style {
            visuals: self.visuals(),
            animation_time: 0.0,
            ..egui::Style::default()
        };
        style.text_styles = [
            (TextStyle::Small, self.small()),
            (TextStyle::Body, self.body()),
            (TextStyle::Monospace, self.body()),
            (TextStyle::Button, self.body()),
            (TextStyle::Heading, self.heading()),
        ]
        .into();
        style.drag_value_text_style = TextStyle::Body;
        let spacing = &mut style.spacing;
        spacing.item_spacing = egui::vec2(2.0 * sizes.space, sizes.space);
        spacing.button_padding = egui::vec2(2.0 * sizes.space, 3.0);
        spacing.interact_size = egui::vec2(sizes.control, sizes.control);
        spacing.combo_width = 160.0;
        spacing.scroll = egui::style::ScrollStyle::solid();
        spacing.scroll.bar_width = 6.0;
        spacing.tooltip_width = 320.0;
        style.interaction.tooltip_delay = 0.3;
        style.interaction.selectable_labels = false;
        style.scroll_animation = egui::style::ScrollAnimation::none();
        style
    }

    fn visuals(&self) -> egui::Visuals {
        let colours = &self.colours;
        let mut visuals = if self.is_dark {
            egui::Visuals::dark()
        } else {
            egui::Visuals::light()
        };
        visuals.override_text_color = None;
        visuals.panel_fill = colours.panel;
        visuals.window_fill = colours.raised;
        visuals.extreme_bg_color = if self.is_dark {
            colours.viewport
        } else {
            colours.raised
        };
        visuals.faint_bg_color = colours.raised;
        visuals.code_bg_color = colours.raised;
        visuals.window_stroke = egui::Stroke::new(1.0, colours.line);
        visuals.window_shadow = egui::Shadow::NONE;
        visuals.popup_shadow = egui::Shadow::NONE;
        visuals.hyperlink_color = colours.accent;
        visuals.warn_fg_color = colours.warning;
        visuals.error_fg_color = colours.danger;
        visuals.weak_text_color = Some(colours.secondary);
        visuals.selection.bg_fill = colours.accent.gamma_multiply(0.35);
        visuals.selection.stroke = egui::Stroke::new(1.0, colours.text);
        visuals.text_cursor.blink = false; // nothing blinks
        visuals.disabled_alpha = 0.6;
        let corner = egui::CornerRadius::same(3);
        visuals.window_corner_radius = corner;
        visuals.menu_corner_radius = corner;
        let look = |fill: Color32, edge: Color32, text: Color32| egui::style::WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: egui::Stroke::new(1.0, edge),
            corner_radius: corner,
            fg_stroke: egui::Stroke::new(1.0, text),
            expansion: 0.0,
        };
        let widgets = &mut visuals.widgets;
        widgets.noninteractive = look(colours.panel, colours.line, colours.text);
        widgets.inactive = look(colours.raised, colours.line, colours.text);
        widgets.hovered = look(colours.line, colours.secondary, colours.text);
        widgets.active = look(colours.line, colours.accent, colours.text);
        widgets.open = look(colours.line, colours.line, colours.text);
        // Of these, only the handles of scroll bars are filled with it.
        widgets.inactive.bg_fill = colours.dimmed;
        widgets.hovered.bg_fill = colours.secondary;
        widgets.active.bg_fill = colours.accent;
        visuals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 relative luminance, 0 to 1.
    fn luminance(colour: Color32) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.03928 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn black_on_white_is_the_greatest_contrast_and_a_colour_on_itself_the_least() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::GRAY, Color32::GRAY) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_it_stands_on() {
        for colours in [DARK, LIGHT] {
            let Colours { panel, raised, .. } = colours;
            let texts = [
                colours.text,
                colours.secondary,
                colours.accent,
                colours.good,
                colours.warning,
                colours.danger,
            ];
            for (text, ground) in texts
                .iter()
                .flat_map(|text| [(*text, panel), (*text, raised)])
            {
                assert!(
                    contrast(text, ground) >= 4.5,
                    "{text:?} on {ground:?}: {}",
                    contrast(text, ground)
                );
            }
            assert!(contrast(colours.on_accent, colours.accent) >= 4.5);
        }
    }

    #[test]
    fn every_line_and_icon_stands_out_from_its_ground() {
        for colours in [DARK, LIGHT] {
            for (line, ground) in [
                (colours.dimmed, colours.panel),
                (colours.dimmed, colours.raised),
                (colours.accent, colours.panel),
                (colours.measurement, colours.viewport),
                (colours.selected, colours.viewport),
                (colours.overlay, colours.viewport),
                (colours.on_image_warning, colours.viewport),
                (DARK.accent, colours.viewport),
                (colours.axial, colours.viewport),
                (colours.coronal, colours.viewport),
                (colours.sagittal, colours.viewport),
            ] {
                assert!(
                    contrast(line, ground) >= 3.0,
                    "{line:?} on {ground:?}: {}",
                    contrast(line, ground)
                );
            }
        }
    }

    #[test]
    fn a_trace_stands_out_from_its_grid_and_the_grid_from_its_ground() {
        for colours in [DARK, LIGHT] {
            let Colours { trace, paper, .. } = colours;
            assert!(contrast(trace, colours.paper_big) >= 7.0);
            assert!(contrast(colours.measurement, colours.paper_big) >= 4.5);
            assert!(contrast(colours.overlay, paper) >= 7.0);
            assert!(contrast(colours.paper_small, paper) >= 1.15);
            assert!(contrast(colours.paper_big, colours.paper_small) >= 1.5);
        }
    }

    #[test]
    fn the_dark_panels_stay_under_five_percent_luminance() {
        for ground in [DARK.viewport, DARK.panel, DARK.raised] {
            assert!(luminance(ground) < 0.05);
        }
    }

    #[test]
    fn what_lies_in_a_viewport_looks_the_same_in_both_themes() {
        let drawn = |c: &Colours| {
            [
                c.viewport,
                c.overlay,
                c.on_image_warning,
                c.halo,
                c.measurement,
                c.selected,
                c.axial,
                c.coronal,
                c.sagittal,
                c.paper,
                c.paper_small,
                c.paper_big,
                c.trace,
            ]
        };
        assert_eq!(drawn(&DARK), drawn(&LIGHT));
    }
}
