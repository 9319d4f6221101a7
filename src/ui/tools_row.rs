//! The tools: icon over a short word, grouped, the one in hand filled.

use eframe::egui;
use egui::Ui;

use crate::action::{Icon, action};
use crate::imaging::VoiTransform;
use crate::problem::{Message, MessageId, msg};
use crate::tool::tool;
use crate::ui::icons;
use crate::ui::layout_chooser::layout_chooser_ui;
use crate::ui::panel::{
    PanelCtx, action_tooltip_ui, group_gap_ui, menu_row_ui, shortcut_text, tool_button_ui,
};
use crate::view::{VoiChoice, offered_vois, own_voi, voi_name};
use crate::workspace::{Command, ViewEdit, WINDOW_PRESETS};

/// One button: the action's id, and its short word.
type Item = (&'static str, MessageId);

const NAVIGATION: [&str; 5] = ["window", "pan", "zoom", "scroll", "crosshair"];
const MEASURING: [&str; 6] = ["length", "angle", "ellipse", "rectangle", "probe", "arrow"];
const EDITING: [Item; 2] = [
    ("undo", msg("tool-word-undo")),
    ("redo", msg("tool-word-redo")),
];
/// Width of a menu.
const MENU: f32 = 340.0;
/// What the picture menu holds.
const PICTURE: [&str; 8] = [
    "fit",
    "one-to-one",
    "invert",
    "rotate-left",
    "rotate-right",
    "flip-horizontal",
    "flip-vertical",
    "reset",
];
const FILTERS: [&str; 3] = ["filter-nearest", "filter-linear", "filter-cubic"];

/// The row. Where the words do not fit, the icons stand alone (their names are in the tooltips).
pub fn tools_row_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let id = ui.scope_id().with(("tools", ctx.words.language().code()));
    let room = ui.available_width();
    // How wide the row with words is; known once it was drawn.
    let wide: Option<f32> = ui.data(|data| data.get_temp(id));
    let has_words = wide.is_none_or(|wide| wide <= room);
    let row = ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        buttons_ui(ui, ctx, has_words);
    });
    if has_words {
        let width = row.response.rect.width();
        ui.data_mut(|data| data.insert_temp(id, width));
        if width > room {
            ui.ctx()
                .request_discard("the words of the tools do not fit");
        }
    }
}

fn buttons_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, has_words: bool) {
    tool_ui(ui, ctx, ("open", msg("tool-word-open")), has_words);
    group_gap_ui(ui, ctx.theme);
    for id in NAVIGATION {
        hand_ui(ui, ctx, id, has_words);
    }
    presets_ui(ui, ctx, has_words);
    picture_ui(ui, ctx, has_words);
    group_gap_ui(ui, ctx.theme);
    for id in MEASURING {
        hand_ui(ui, ctx, id, has_words);
    }
    group_gap_ui(ui, ctx.theme);
    layout_ui(ui, ctx, has_words);
    tool_ui(ui, ctx, ("mpr", msg("tool-word-mpr")), has_words);
    group_gap_ui(ui, ctx.theme);
    for item in EDITING {
        tool_ui(ui, ctx, item, has_words);
    }
}

fn tool_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, (id, word): Item, has_words: bool) {
    let Some(action) = action(id) else {
        return;
    };
    let is_enabled = action.enabled(ctx.workspace).is_ok();
    let is_on = is_enabled && action.is_active(ctx.workspace);
    let glyph = icons::glyph(action.icon.unwrap_or(Icon::Palette));
    let name = ctx.say(action.label);
    let word = if has_words {
        ctx.say(word)
    } else {
        String::new()
    };
    let response = tool_button_ui(ui, ctx.theme, glyph, &word, &name, is_on, is_enabled);
    let help = tool(id).map(crate::tool::Tool::help);
    let response = response.on_hover_ui(|ui| action_tooltip_ui(ui, ctx, action, help));
    if response.clicked() {
        ctx.run(action);
    }
}

/// A tool for the left button; its name and what it does are the tool's own.
fn hand_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, id: &'static str, has_words: bool) {
    if let Some(tool) = tool(id) {
        tool_ui(ui, ctx, (id, tool.label()), has_words);
    }
}

/// A button of the row that opens a menu.
fn menu_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    icon: Icon,
    word: MessageId,
    (is_enabled, has_words): (bool, bool),
    contents: impl FnOnce(&mut Ui, &mut PanelCtx<'_>),
) {
    let name = ctx.say(word);
    let glyph = icons::glyph(icon);
    let word = if has_words { &*name } else { "" };
    let response = tool_button_ui(ui, ctx.theme, glyph, word, &name, false, is_enabled);
    let response = if is_enabled {
        response
    } else {
        response.on_hover_text(ctx.say(msg("why-no-image")))
    };
    egui::Popup::menu(&response)
        .accessible_name(&name)
        .show(|ui| contents(ui, ctx));
}

fn presets_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, has_words: bool) {
    let is_enabled = ctx.workspace.panes.active_view().is_some();
    menu_ui(
        ui,
        ctx,
        Icon::Preset,
        msg("tool-word-preset"),
        (is_enabled, has_words),
        |ui, ctx| {
            for preset in WINDOW_PRESETS {
                let name = ctx.say(preset.label);
                let values = match preset.voi {
                    VoiChoice::Window { center, width, .. } => ctx.words.get(
                        &Message::new(msg("window-values"))
                            .text("width", ctx.words.number_up_to(width, 1))
                            .text("center", ctx.words.number_up_to(center, 1)),
                    ),
                    _ => String::new(),
                };
                let key = preset.digit.to_string();
                if menu_row_ui(ui, ctx.theme, MENU, &name, &values, &key, true) {
                    let pane = ctx.workspace.panes.active;
                    ctx.commands
                        .push(Command::View(pane, ViewEdit::Voi(preset.voi)));
                }
            }
            own_vois_ui(ui, ctx);
        },
    );
}

/// The windows and tables the image itself offers, where there is a choice.
fn own_vois_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let Some(state) = ctx.workspace.panes.active_view() else {
        return;
    };
    let offered = offered_vois(&ctx.workspace.library, &*ctx.engine, state);
    if offered.len() < 2 {
        return;
    }
    ui.separator();
    for (index, named) in offered.iter().enumerate() {
        let name = ctx.words.get(&voi_name(&offered, index));
        let values = match named.voi {
            VoiTransform::Window { center, width, .. } => ctx.words.get(
                &Message::new(msg("window-values"))
                    .text("width", ctx.words.number_up_to(width, 1))
                    .text("center", ctx.words.number_up_to(center, 1)),
            ),
            VoiTransform::Lut(_) => String::new(),
        };
        let sign = if own_voi(state.look.voi, &offered) == Some(index) {
            "✓"
        } else {
            ""
        };
        if menu_row_ui(ui, ctx.theme, MENU, &name, &values, sign, true) {
            let edit = ViewEdit::Voi(VoiChoice::Own(index));
            ctx.commands
                .push(Command::View(ctx.workspace.panes.active, edit));
        }
    }
}

fn picture_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, has_words: bool) {
    let is_enabled = ctx.workspace.panes.active_view().is_some();
    menu_ui(
        ui,
        ctx,
        Icon::Picture,
        msg("tool-word-picture"),
        (is_enabled, has_words),
        |ui, ctx| {
            for id in PICTURE {
                action_row_ui(ui, ctx, id);
            }
            ui.separator();
            for id in FILTERS {
                action_row_ui(ui, ctx, id);
            }
            ui.separator();
            action_row_ui(ui, ctx, "image-overlays");
            action_row_ui(ui, ctx, "shutter");
            action_row_ui(ui, ctx, "overlay");
        },
    );
}

fn layout_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, has_words: bool) {
    menu_ui(
        ui,
        ctx,
        Icon::Layout,
        msg("tool-word-layout"),
        (true, has_words),
        |ui, ctx| {
            layout_chooser_ui(ui, ctx);
            ui.separator();
            action_row_ui(ui, ctx, "maximise");
            action_row_ui(ui, ctx, "fold-left");
            action_row_ui(ui, ctx, "fold-right");
            action_row_ui(ui, ctx, "full-screen");
        },
    );
}

/// An action as a row of a menu.
pub fn action_row_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, id: &str) {
    let Some(action) = action(id) else {
        return;
    };
    let is_enabled = action.enabled(ctx.workspace).is_ok();
    let name = ctx.say(action.label);
    let key = action
        .shortcuts
        .first()
        .map(|shortcut| shortcut_text(ctx.words, *shortcut))
        .unwrap_or_default();
    if menu_row_ui(ui, ctx.theme, MENU, &name, "", &key, is_enabled) {
        ctx.run(action);
    }
}
