//! What every panel gets, and the few widgets panels are made of.

use eframe::egui;
use egui::{Align, Color32, Layout, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use crate::action::{Action, Part, Shortcut};
use crate::engine::Engine;
use crate::problem::{Message, MessageId, msg};
use crate::text::Words;
use crate::ui::bidi_label::{Text, galley};
use crate::ui::icons;
use crate::ui::theme::Theme;
use crate::workspace::{Command, Workspace};

/// Lent to each panel in turn. Panels read the workspace and push commands; they change nothing.
pub struct PanelCtx<'a> {
    /// The one truth.
    pub workspace: &'a Workspace,
    /// Thumbnails and jobs.
    pub engine: &'a mut Engine,
    /// The reader's language.
    pub words: &'a Words,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// What the reader asked for.
    pub commands: &'a mut Vec<Command>,
    /// Parts of the window to open or close.
    pub parts: &'a mut Vec<Part>,
}

impl PanelCtx<'_> {
    /// The words of an id.
    #[must_use]
    pub fn say(&self, id: MessageId) -> String {
        self.words.id(id)
    }

    /// Does what an action does.
    pub fn run(&mut self, action: &Action) {
        run_action(action, self.workspace, self.commands, self.parts);
    }
}

/// Does what an action does: commands to the workspace, or a part of the window.
pub fn run_action(
    action: &Action,
    workspace: &Workspace,
    commands: &mut Vec<Command>,
    parts: &mut Vec<Part>,
) {
    if action.enabled(workspace).is_err() {
        return;
    }
    if let crate::action::Deed::Show(part) = action.deed {
        parts.push(part);
    }
    commands.extend(action.commands(workspace));
}

/// The words of a shortcut: `Ctrl + K`.
#[must_use]
pub fn shortcut_text(words: &Words, shortcut: Shortcut) -> String {
    let parts: Vec<String> = shortcut
        .parts()
        .iter()
        .map(|part| words.get(part))
        .collect();
    parts.join(" + ")
}

/// A tooltip: name and key, then what it does or why it cannot be done.
pub fn action_tooltip_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    action: &Action,
    help: Option<MessageId>,
) {
    let theme = ctx.theme;
    let mut name = ctx.say(action.label);
    if let Some(detail) = action.detail(ctx.workspace) {
        let both = Message::new(msg("name-and-detail"))
            .text("name", name)
            .message("detail", detail);
        name = ctx.words.get(&both);
    }
    ui.horizontal(|ui| {
        Text::new(&name, theme.strong(), theme.colours.text).ui(ui);
        if let Some(shortcut) = action.shortcuts.first() {
            let key = shortcut_text(ctx.words, *shortcut);
            Text::new(&key, theme.small(), theme.colours.secondary).ui(ui);
        }
    });
    let width = ui.spacing().tooltip_width;
    if let Some(help) = help {
        Text::new(&ctx.say(help), theme.body(), theme.colours.secondary)
            .width(width)
            .wrapped()
            .ui(ui);
    }
    if let Err(reason) = action.enabled(ctx.workspace) {
        Text::new(&ctx.words.get(&reason), theme.body(), theme.colours.warning)
            .width(width)
            .wrapped()
            .ui(ui);
    }
}

/// A square button with an icon; `name` is what it is called by.
pub fn icon_button_ui(
    ui: &mut Ui,
    theme: &Theme,
    glyph: &str,
    name: &str,
    is_on: bool,
) -> Response {
    let response = icon_only_ui(ui, theme, glyph, name, is_on);
    response.on_hover_text(name)
}

/// The same without a tooltip, for those that bring their own.
pub fn icon_only_ui(ui: &mut Ui, theme: &Theme, glyph: &str, name: &str, is_on: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(theme.sizes.control), Sense::click());
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, is_on, name));
    let colour = paint_ground(ui, theme, rect, &response, is_on, is_enabled);
    ui.painter().text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        glyph,
        icons::font(theme.sizes.icon),
        colour,
    );
    response
}

/// Ground of a flat button; returns the colour for what stands on it.
fn paint_ground(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    response: &Response,
    is_on: bool,
    is_enabled: bool,
) -> Color32 {
    let colours = &theme.colours;
    if is_on {
        ui.painter().rect_filled(rect, 3.0, colours.accent);
    } else if is_enabled && response.hovered() {
        ui.painter().rect_filled(rect, 3.0, colours.line);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.shrink(0.5),
            3.0,
            egui::Stroke::new(1.0, colours.accent),
            egui::StrokeKind::Inside,
        );
    }
    if is_on {
        colours.on_accent
    } else if is_enabled {
        colours.text
    } else {
        colours.dimmed
    }
}

/// An icon over a short word, as in the tools row. Dimmed ones still tell why in their tooltip.
pub fn tool_button_ui(
    ui: &mut Ui,
    theme: &Theme,
    glyph: &str,
    word: &str,
    name: &str,
    is_on: bool,
    is_enabled: bool,
) -> Response {
    let font = theme.small();
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), font, Color32::PLACEHOLDER);
    let sizes = &theme.sizes;
    let size = vec2(
        (galley.size().x + 2.0 * sizes.space).max(if word.is_empty() { 32.0 } else { 40.0 }),
        sizes.tools - sizes.space,
    );
    let sense = if is_enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, is_on, name));
    let colour = paint_ground(ui, theme, rect, &response, is_on, is_enabled);
    let painter = ui.painter();
    let icon_centre = if word.is_empty() {
        rect.center()
    } else {
        rect.center_top() + vec2(0.0, 3.0 + sizes.icon / 2.0)
    };
    painter.text(
        icon_centre,
        egui::Align2::CENTER_CENTER,
        glyph,
        icons::font(sizes.icon),
        colour,
    );
    let at = egui::pos2(
        rect.center().x - galley.size().x / 2.0,
        rect.bottom() - 2.0 - galley.size().y,
    );
    painter.galley(at, galley, colour);
    response
}

/// An ordinary button with an icon and words; the chief one of its place is filled.
pub fn button_ui(
    ui: &mut Ui,
    theme: &Theme,
    glyph: Option<&str>,
    words: &str,
    is_chief: bool,
) -> Response {
    let colours = &theme.colours;
    let text_colour = match (ui.is_enabled(), is_chief) {
        (false, _) => colours.dimmed,
        (true, true) => colours.on_accent,
        (true, false) => colours.text,
    };
    let mut job = egui::text::LayoutJob::default();
    let section = |font: egui::FontId| egui::text::TextFormat {
        valign: Align::Center,
        ..egui::text::TextFormat::simple(font, text_colour)
    };
    if let Some(glyph) = glyph {
        job.append(glyph, 0.0, section(icons::font(theme.sizes.icon)));
        job.append(words, 2.0 * theme.sizes.space, section(theme.body()));
    } else {
        job.append(words, 0.0, section(theme.body()));
    }
    let mut button = egui::Button::new(job).min_size(vec2(0.0, theme.sizes.control));
    if is_chief && ui.is_enabled() {
        button = button.fill(colours.accent);
    }
    let response = ui.add(button);
    let is_enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, words));
    response
}

/// A row of a menu: name, detail, key. Returns whether it was chosen.
pub fn menu_row_ui(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    name: &str,
    detail: &str,
    key: &str,
    is_enabled: bool,
) -> bool {
    let colours = &theme.colours;
    let sense = if is_enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme.sizes.control), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
    let is_chosen = response.clicked();
    if is_enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, 3.0, colours.line);
    }
    let colour = if is_enabled {
        colours.text
    } else {
        colours.dimmed
    };
    // Key and detail keep their place; a name that is too long for the rest is cut.
    let inner = rect.shrink2(vec2(2.0 * theme.sizes.space, 0.0));
    let mut right = inner.right();
    for (text, font) in [(key, theme.small()), (detail, theme.body())] {
        let drawn = galley(ui, text, &font, colours.secondary, inner.width());
        if text.is_empty() {
            continue;
        }
        let at = egui::pos2(right, inner.center().y) - drawn.size() * vec2(1.0, 0.5);
        right = at.x - 2.0 * theme.sizes.space;
        ui.painter().galley(at, drawn, colours.secondary);
    }
    let drawn = galley(ui, name, &theme.body(), colour, right - inner.left());
    let at = inner.left_center() - drawn.size() * vec2(0.0, 0.5);
    ui.painter().galley(at, drawn, colour);
    if is_chosen {
        ui.close();
    }
    is_chosen
}

/// A heading within a panel.
pub fn heading_ui(ui: &mut Ui, theme: &Theme, words: &str) -> Response {
    Text::new(words, theme.strong(), theme.colours.text).ui(ui)
}

/// A thin line between groups, down a row.
pub fn group_gap_ui(ui: &mut Ui, theme: &Theme) {
    let height = ui
        .available_height()
        .min(theme.sizes.tools - 4.0 * theme.sizes.space);
    let (rect, _) =
        ui.allocate_exact_size(vec2(1.0 + 2.0 * theme.sizes.space, height), Sense::hover());
    ui.painter().vline(
        rect.center().x,
        rect.y_range(),
        egui::Stroke::new(1.0, theme.colours.line),
    );
}

/// The rest of a row, filled from its end.
pub fn row_end_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    // `with_main_align` follows the reading direction once rows run from the right.
    ui.with_layout(Layout::right_to_left(Align::Center), add)
        .inner
}

/// A frame of a panel.
pub fn panel_frame(theme: &Theme, margin: egui::Margin) -> egui::Frame {
    egui::Frame::new()
        .fill(theme.colours.panel)
        .inner_margin(margin)
}
