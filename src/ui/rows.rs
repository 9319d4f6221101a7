//! Rows of a form: a name on the left, its field or its choices on the right.

use eframe::egui;
use egui::{Color32, FontId, Ui, vec2};

use crate::problem::{MessageId, msg};
use crate::ui::bidi_label::Text;
use crate::ui::findings::name_field;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::workspace::{Command, PickKind};

/// Width of the names on the left.
pub(super) const NAMES: f32 = 180.0;

/// A name that takes the width of all names.
pub(super) fn name_ui(ui: &mut Ui, words: &str, font: FontId, colour: Color32) {
    let start = ui.cursor().min.x;
    let room = NAMES - ui.spacing().item_spacing.x;
    Text::new(words, font, colour).width(room).ui(ui);
    let used = ui.cursor().min.x - start;
    ui.add_space((NAMES - used).max(0.0));
}

/// A name on the left, its field on the right.
pub(super) fn row_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    add: impl FnOnce(&mut Ui, &mut PanelCtx<'_>, &str),
) {
    let theme = ctx.theme;
    let words = ctx.say(name);
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control + theme.sizes.space);
        name_ui(ui, &words, theme.body(), theme.colours.secondary);
        add(ui, ctx, &words);
    });
}

/// A line of text with its name.
pub(super) fn text_row_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    text: &mut String,
    hint: &str,
) -> egui::Response {
    let mut response = None;
    row_ui(ui, ctx, name, |ui, _, words| {
        response = Some(text_ui(ui, words, text, hint));
    });
    // The row is always drawn.
    response.unwrap_or_else(|| ui.allocate_response(vec2(0.0, 0.0), egui::Sense::hover()))
}

/// A path with its name: typed, or chosen where the desktop has a dialog.
pub(super) fn path_row_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    text: &mut String,
    hint: &str,
    pick: PickKind,
) -> egui::Response {
    let mut response = None;
    row_ui(ui, ctx, name, |ui, ctx, words| {
        row_end_ui(ui, |ui| {
            let choose = ctx.say(msg("setting-choose"));
            if button_ui(ui, ctx.theme, None, &choose, false).clicked() {
                ctx.commands.push(Command::Pick(pick));
            }
            response = Some(text_ui(ui, words, text, hint));
        });
    });
    response.unwrap_or_else(|| ui.allocate_response(vec2(0.0, 0.0), egui::Sense::hover()))
}

fn text_ui(ui: &mut Ui, words: &str, text: &mut String, hint: &str) -> egui::Response {
    let field = egui::TextEdit::singleline(text)
        .hint_text(hint)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    name_field(&response, text, words);
    response
}

/// One of a few, side by side, by the words of their ids.
pub(super) fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    choices: &[(T, MessageId)],
    now: T,
    choose: impl FnMut(&mut PanelCtx<'_>, T),
) {
    let said = choices.iter().map(|(choice, id)| (*choice, ctx.say(*id)));
    let said: Vec<(T, String)> = said.collect();
    named_choice_ui(ui, ctx, name, &said, now, choose);
}

/// One of a few, side by side, by their own names.
pub(super) fn named_choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    choices: &[(T, String)],
    now: T,
    mut choose: impl FnMut(&mut PanelCtx<'_>, T),
) {
    row_ui(ui, ctx, name, |ui, ctx, _| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (choice, words) in choices {
            let is_on = *choice == now;
            let response = button_ui(ui, ctx.theme, None, words, is_on);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_on, words)
            });
            if response.clicked() && !is_on {
                choose(ctx, *choice);
            }
        }
    });
}
