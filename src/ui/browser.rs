//! The studies on the left: patient, study, display sets as thumbnails.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui;
use egui::{
    Color32, ColorImage, Rect, ScrollArea, Sense, Stroke, StrokeKind, TextureHandle, Ui, vec2,
};

use crate::action::Part;
use crate::model::DisplaySetId;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::{Text, galley};
use crate::ui::browse::{SetRow, StudyRow, studies};
use crate::ui::earlier::earlier_ui;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, heading_ui, icon_button_ui, row_end_ui};
use crate::ui::still_order::StillOrder;
use crate::ui::table::Times;
use crate::ui::theme::Theme;
use crate::workspace::{Command, SettingsEdit, ViewEdit};

/// What the browser remembers from frame to frame.
#[derive(Default)]
pub struct Thumbnails {
    /// Those uploaded so far, with the pixels each was made of.
    pictures: HashMap<DisplaySetId, (Arc<[u8]>, TextureHandle)>,
    order: StillOrder,
    /// What was clicked last: the second click of two opens only that.
    clicked: Option<DisplaySetId>,
}

impl Thumbnails {
    fn get(
        &mut self,
        ui: &Ui,
        ctx: &mut PanelCtx<'_>,
        set: DisplaySetId,
    ) -> Option<&TextureHandle> {
        let picture = ctx.engine.thumbnail(&ctx.workspace.library, set)?;
        let is_current = |(rgba, _): &(Arc<[u8]>, TextureHandle)| Arc::ptr_eq(rgba, &picture.rgba);
        if !self.pictures.get(&set).is_some_and(is_current) {
            let size = picture.size.map(|side| side as usize);
            if picture.rgba.len() != size[0] * size[1] * 4 {
                return None;
            }
            let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
            let texture = ui.load_texture("thumbnail", image, egui::TextureOptions::LINEAR);
            self.pictures.insert(set, (picture.rgba, texture));
        }
        self.pictures.get(&set).map(|(_, texture)| texture)
    }
}

/// The rail that stays of a folded browser.
pub fn browser_rail_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    ui.add_space(ctx.theme.sizes.space);
    let name = ctx.say(msg("browser-unfold"));
    if icon_button_ui(ui, ctx.theme, icons::sign(Sign::UnfoldLeft), &name, false).clicked() {
        ctx.commands
            .push(Command::Settings(SettingsEdit::FoldLeft(false)));
    }
}

/// The browser.
pub fn browser_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, thumbnails: &mut Thumbnails) {
    let theme = ctx.theme;
    ui.horizontal(|ui| {
        let words = ctx.say(msg("browser-title"));
        heading_ui(ui, theme, &words);
        row_end_ui(ui, |ui| {
            let name = ctx.say(msg("browser-fold"));
            if icon_button_ui(ui, theme, icons::sign(Sign::FoldLeft), &name, false).clicked() {
                ctx.commands
                    .push(Command::Settings(SettingsEdit::FoldLeft(true)));
            }
        });
    });
    passed_over_badge_ui(ui, ctx);
    let mut rows = studies(ctx.workspace, ctx.words);
    let is_still = ui.rect_contains_pointer(ui.max_rect());
    thumbnails.order.keep(&mut rows, is_still);
    if rows.is_empty() {
        let words = ctx.say(if ctx.workspace.scans_running > 0 {
            msg("browser-reading")
        } else {
            msg("browser-empty")
        });
        Text::new(&words, theme.body(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
        return;
    }
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            for study in &rows {
                study_ui(ui, ctx, study, thumbnails);
            }
        });
}

fn study_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, study: &StudyRow, thumbnails: &mut Thumbnails) {
    let theme = ctx.theme;
    let is_hidden = ctx.workspace.is_identification_hidden;
    let who = if is_hidden {
        ctx.say(msg("identification-hidden"))
    } else {
        study.identity.name.clone()
    };
    let is_active = ctx.workspace.active_study() == Some(study.key);
    let colour = if is_active {
        theme.colours.accent
    } else {
        theme.colours.text
    };
    Text::new(&who, theme.strong(), colour).ui(ui);
    if !study.identity.study.is_empty() {
        Text::new(
            &study.identity.study,
            theme.small(),
            theme.colours.secondary,
        )
        .ui(ui);
    }
    if let Some(part) = &study.part {
        Text::new(part, theme.small(), theme.colours.warning).ui(ui);
    }
    ui.add_space(theme.sizes.space);
    let columns = ((ui.available_width() + 8.0) / (theme.sizes.thumbnail + 8.0))
        .floor()
        .max(1.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0 * theme.sizes.space, 2.0 * theme.sizes.space);
        let gaps = (columns - 1.0) * ui.spacing().item_spacing.x;
        let width = ((ui.available_width() - gaps) / columns)
            .floor()
            .min(1.5 * theme.sizes.thumbnail);
        for set in &study.sets {
            set_ui(ui, ctx, set, width, thumbnails);
        }
    });
    earlier_ui(ui, ctx, study.key);
    ui.add_space(3.0 * theme.sizes.space);
}

fn set_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    set: &SetRow,
    width: f32,
    thumbnails: &mut Thumbnails,
) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let line = theme.sizes.small + 4.0;
    let (_, rect) = ui.allocate_space(vec2(width, width + 2.0 * line));
    // Its own, wherever it stands: a press and a release on two of them are no click.
    let id = egui::Id::unique(("display-set", set.id));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let picture = Rect::from_min_size(rect.min, vec2(width, width));
    let count = frame_count(ctx, set);
    let problems = problems(ctx, set);
    let name = [set.title.as_str(), &set.series, &count]
        .into_iter()
        .chain(problems.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    let shown = ctx
        .workspace
        .panes
        .shown()
        .filter(|(_, view)| view.display_set == set.id)
        .map(|(pane, _)| pane)
        .collect::<Vec<_>>();
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(picture, 0.0, colours.viewport);
        if set.is_image {
            if let Some(texture) = thumbnails.get(ui, ctx, set.id) {
                let size = texture.size_vec2();
                let fitted = size * (width / size.x.max(size.y).max(1.0));
                let place = Rect::from_center_size(picture.center(), fitted);
                let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                ui.painter()
                    .image(texture.id(), place, whole, Color32::WHITE);
            }
        } else {
            ui.painter().text(
                picture.center(),
                egui::Align2::CENTER_CENTER,
                icons::sign(if set.is_waveform {
                    Sign::Waveform
                } else {
                    Sign::Document
                }),
                icons::font(2.0 * theme.sizes.icon),
                colours.overlay,
            );
        }
        badges_ui(ui, ctx, set, picture, problems.is_empty());
        let edge = if shown.contains(&ctx.workspace.panes.active) {
            Stroke::new(theme.sizes.active_line, colours.accent)
        } else if !shown.is_empty() {
            Stroke::new(1.0, colours.accent)
        } else if response.hovered() || response.has_focus() {
            Stroke::new(1.0, colours.secondary)
        } else {
            Stroke::new(1.0, colours.line)
        };
        ui.painter()
            .rect_stroke(picture, 0.0, edge, StrokeKind::Inside);
        let title = galley(ui, &set.title, &theme.small(), colours.text, width);
        let below = picture.left_bottom() + vec2(0.0, 2.0);
        ui.painter().galley(below, title, colours.text);
        let series = galley(ui, &set.series, &theme.small(), colours.secondary, width);
        ui.painter()
            .galley(below + vec2(0.0, line), series, colours.secondary);
    }
    response.dnd_set_drag_payload(set.id);
    let was_clicked = thumbnails.clicked == Some(set.id);
    if response.clicked() {
        thumbnails.clicked = Some(set.id);
    }
    let is_asked = Times::of(&response).is_double(was_clicked)
        || (response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)));
    if is_asked {
        let pane = ctx.workspace.panes.active;
        ctx.commands
            .push(Command::View(pane, ViewEdit::Show(set.id)));
    }
    let help = ctx.say(msg("browser-set-help"));
    let phases = if set.phases > 1 {
        let message = Message::new(msg("browser-phases")).count("count", set.phases);
        ctx.words.get(&message)
    } else {
        String::new()
    };
    let line = [
        set.series.as_str(),
        &phases,
        if set.frames > 0 { &count } else { "" },
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ");
    response.on_hover_ui(|ui| {
        Text::new(&set.title, theme.strong(), colours.text)
            .width(280.0)
            .wrapped()
            .ui(ui);
        Text::new(&line, theme.body(), colours.text).ui(ui);
        let told = set.why_not.iter().chain(&problems);
        let told = told.map(|line| (line, colours.warning));
        let noted = set.notes.iter().map(|line| (line, colours.secondary));
        for (line, colour) in told.chain(noted) {
            Text::new(line, theme.body(), colour)
                .width(280.0)
                .wrapped()
                .ui(ui);
        }
        Text::new(&help, theme.small(), colours.secondary).ui(ui);
    });
}

fn frame_count(ctx: &PanelCtx<'_>, set: &SetRow) -> String {
    ctx.words
        .get(&Message::new(msg("browser-frames")).count("count", set.frames))
}

/// What is wrong with a set: its geometry, and what could not be read of it.
fn problems(ctx: &PanelCtx<'_>, set: &SetRow) -> Vec<String> {
    let unreadable = ctx.engine.unreadable(set.id).map(|unreadable| {
        let message = Message::new(msg("browser-unreadable"))
            .count("count", unreadable.count)
            .message("reason", unreadable.why);
        ctx.words.get(&message)
    });
    set.problems.iter().cloned().chain(unreadable).collect()
}

/// A corner of a thumbnail, on a ground that keeps it readable over any picture.
fn badge_ui(
    ui: &Ui,
    theme: &Theme,
    picture: Rect,
    corner: egui::Align2,
    text: &str,
    (font, colour): (egui::FontId, Color32),
) {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), font, colour);
    let inside = picture.shrink(3.0);
    let place = corner.align_size_within_rect(galley.size() + vec2(6.0, 0.0), inside);
    let ground = theme.colours.viewport.gamma_multiply(0.75);
    painter.rect_filled(place, 2.0, ground);
    painter.galley(place.min + vec2(3.0, 0.0), galley, colour);
}

fn badges_ui(ui: &Ui, ctx: &PanelCtx<'_>, set: &SetRow, picture: Rect, is_sound: bool) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let words = (theme.small(), colours.overlay);
    if set.frames > 0 {
        let count = if set.phases > 1 {
            format!("{} × {}", set.phases, set.frames)
        } else {
            set.frames.to_string()
        };
        let corner = egui::Align2::RIGHT_BOTTOM;
        badge_ui(ui, theme, picture, corner, &count, words.clone());
    }
    if let Some(word) = &set.badge {
        badge_ui(ui, theme, picture, egui::Align2::LEFT_TOP, word, words);
    }
    let icon = icons::font(theme.sizes.small + 3.0);
    if set.is_volume {
        let look = (icon.clone(), colours.overlay);
        let sign = icons::sign(Sign::Volume);
        badge_ui(ui, theme, picture, egui::Align2::RIGHT_TOP, sign, look);
    }
    if set.key_images > 0 {
        let look = (icon.clone(), colours.selected);
        let sign = icons::sign(Sign::KeyImage);
        badge_ui(ui, theme, picture, egui::Align2::LEFT_TOP, sign, look);
    }
    if !is_sound {
        let look = (icon, colours.on_image_warning);
        let sign = icons::sign(Sign::Problem);
        badge_ui(ui, theme, picture, egui::Align2::LEFT_BOTTOM, sign, look);
    }
}

/// How many files were found and not shown; opens their list.
pub fn passed_over_badge_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let count = ctx.workspace.passed_over.len();
    if count == 0 {
        return;
    }
    let words = ctx
        .words
        .get(&Message::new(msg("passed-over-badge")).count("count", count));
    let theme = ctx.theme;
    let response = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme.sizes.space;
            ui.add(egui::Label::new(
                egui::RichText::new(icons::sign(Sign::Problem))
                    .font(icons::font(theme.sizes.body))
                    .color(theme.colours.warning),
            ));
            Text::new(&words, theme.small(), theme.colours.warning)
                .clickable()
                .ui(ui)
        })
        .inner;
    if response.clicked() {
        ctx.parts.push(Part::PassedOver);
    }
}
