//! The line that is typed, and the chips that narrow a search.

use eframe::egui;
use egui::{Key, Response, Role, Ui, vec2};

use crate::problem::msg;
use crate::ui::findings::name_field;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::workspace::{Period, SEARCH_MODALITIES, SearchEdit, SearchField};

use super::{SearchPage, edit};

/// The line that is typed, and the button beside it.
pub(super) fn line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    let theme = ctx.theme;
    let search = &ctx.workspace.search;
    let is_running = search.is_running();
    ui.horizontal(|ui| {
        row_end_ui(ui, |ui| {
            let words = ctx.say(if is_running {
                msg("search-stop")
            } else {
                msg("search-run")
            });
            if button_ui(ui, theme, None, &words, !is_running).clicked() {
                let what = if is_running {
                    SearchEdit::Stop
                } else {
                    SearchEdit::Run
                };
                edit(ctx, what);
            }
            let id = ui.make_persistent_id("search-line");
            let mut text = ctx.workspace.search.request.text.clone();
            let field = egui::TextEdit::singleline(&mut text)
                .id(id)
                .hint_text(ctx.say(msg("search-hint")))
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            name_field(&response, &text, &ctx.say(msg("search-line")));
            if response.changed() {
                page.selection.clear();
                edit(ctx, SearchEdit::Text(text));
            }
            let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
            if response.lost_focus() && is_entered && page.selection.is_empty() {
                edit(ctx, SearchEdit::Run);
            }
            keep_keys(&response, &mut page.has_focus);
        })
    });
}

/// The line takes the keys when it comes, and whenever nobody has them: after a click on a chip or
/// a row, what is typed is words as before and no shortcut of a tool.
pub(super) fn keep_keys(line: &Response, has_come: &mut bool) {
    if !*has_come || line.ctx.memory(|memory| memory.focused().is_none()) {
        *has_come = true;
        line.request_focus();
    }
}

/// A choice that is on or off.
pub(super) fn chip_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    words: &str,
    is_on: bool,
    role: Role,
) -> bool {
    let colours = &ctx.theme.colours;
    let colour = if is_on {
        colours.on_accent
    } else {
        colours.text
    };
    let text = egui::RichText::new(words)
        .color(colour)
        .size(ctx.theme.sizes.overlay);
    let mut button = egui::Button::new(text);
    if is_on {
        button = button.fill(colours.accent);
    }
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(role, true, is_on, words));
    response.clicked()
}

pub(super) fn chips_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let request = ctx.workspace.search.request.clone();
    let fields = [
        (SearchField::Name, msg("search-field-name")),
        (SearchField::PatientId, msg("search-field-id")),
        (SearchField::Accession, msg("search-field-accession")),
    ];
    let periods = [
        (Period::Today, msg("search-today")),
        (Period::Yesterday, msg("search-yesterday")),
        (Period::LastWeek, msg("search-last-week")),
        (Period::LastMonth, msg("search-last-month")),
    ];
    ui.horizontal_wrapped(|ui| {
        let space = ctx.theme.sizes.space;
        ui.spacing_mut().item_spacing = vec2(space, space);
        for (field, name) in fields {
            let is_on = request.field == field;
            if chip_ui(ui, ctx, &ctx.say(name), is_on, Role::CheckBox) {
                let next = if is_on { SearchField::Any } else { field };
                edit(ctx, SearchEdit::Field(next));
            }
        }
        ui.add_space(2.0 * space);
        for (period, name) in periods {
            let is_on = request.period == period;
            if chip_ui(ui, ctx, &ctx.say(name), is_on, Role::CheckBox) {
                let next = if is_on { Period::Any } else { period };
                edit(ctx, SearchEdit::Period(next));
            }
        }
        ui.add_space(2.0 * space);
        if chip_ui(
            ui,
            ctx,
            &ctx.say(msg("search-urgent")),
            request.is_urgent,
            Role::CheckBox,
        ) {
            edit(ctx, SearchEdit::ToggleUrgent);
        }
        ui.add_space(2.0 * space);
        for modality in SEARCH_MODALITIES {
            if chip_ui(
                ui,
                ctx,
                modality,
                request.modalities.contains(modality),
                Role::CheckBox,
            ) {
                edit(ctx, SearchEdit::ToggleModality(modality));
            }
        }
    });
}
