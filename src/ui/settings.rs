//! Settings, applied at once.

use std::path::PathBuf;

use eframe::egui;
use egui::Ui;

use crate::problem::{MessageId, msg};
use crate::text::Language as Spoken;
use crate::ui::bidi_label::Text;
use crate::ui::findings::{Edits, name_field, observer_ui};
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::view::Filter;
use crate::workspace::{Command, Language, OverlayLevel, PickKind, SettingsEdit};

/// Width of the names on the left.
const NAMES: f32 = 180.0;

/// The settings.
pub fn settings_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits) {
    let settings = &ctx.workspace.settings;
    let own = |language: Spoken| language.own_name().to_owned();
    let languages = [
        (Language::System, ctx.say(msg("setting-language-system"))),
        (Language::English, own(Spoken::English)),
        (Language::French, own(Spoken::French)),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-language"),
        &languages,
        settings.language,
        SettingsEdit::Language,
    );
    let themes = [
        (false, ctx.say(msg("setting-theme-dark"))),
        (true, ctx.say(msg("setting-theme-light"))),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-theme"),
        &themes,
        settings.is_light,
        SettingsEdit::Light,
    );
    let levels = [
        (OverlayLevel::All, ctx.say(msg("setting-overlay-all"))),
        (
            OverlayLevel::Essential,
            ctx.say(msg("setting-overlay-essential")),
        ),
        (OverlayLevel::None, ctx.say(msg("setting-overlay-none"))),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-overlay"),
        &levels,
        settings.overlay,
        SettingsEdit::Overlay,
    );
    let filters = [
        (Filter::Nearest, ctx.say(msg("setting-filter-nearest"))),
        (Filter::Linear, ctx.say(msg("setting-filter-linear"))),
        (Filter::Cubic, ctx.say(msg("setting-filter-cubic"))),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-filter"),
        &filters,
        settings.filter,
        SettingsEdit::Filter,
    );
    let drags = [
        (false, ctx.say(msg("setting-drag-usual"))),
        (true, ctx.say(msg("setting-drag-inverted"))),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-drag"),
        &drags,
        settings.is_drag_inverted,
        SettingsEdit::InvertDrag,
    );
    named_ui(ui, ctx, msg("report-observer"), |ui, ctx| {
        observer_ui(ui, ctx, edits);
    });
    named_ui(ui, ctx, msg("setting-report-folder"), |ui, ctx| {
        report_folder_ui(ui, ctx, edits);
    });
}

/// Typed, or chosen where the desktop has a dialog; empty: the application's own.
fn report_folder_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits) {
    row_end_ui(ui, |ui| {
        let words = ctx.say(msg("setting-choose"));
        if button_ui(ui, ctx.theme, None, &words, false).clicked() {
            ctx.commands.push(Command::Pick(PickKind::ReportFolder));
        }
        let id = ui.make_persistent_id("report-folder");
        if !ui.memory(|memory| memory.has_focus(id)) {
            let folder = ctx.workspace.settings.report_folder.as_ref();
            edits.report_folder = folder
                .map(|folder| folder.display().to_string())
                .unwrap_or_default();
        }
        let own = ctx.workspace.reports.as_ref();
        let hint = own.map_or_else(String::new, |folder| folder.display().to_string());
        let field = egui::TextEdit::singleline(&mut edits.report_folder)
            .id(id)
            .hint_text(hint)
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        name_field(
            &response,
            &edits.report_folder,
            &ctx.say(msg("setting-report-folder")),
        );
        let typed = edits.report_folder.trim();
        let folder = (!typed.is_empty()).then(|| PathBuf::from(typed));
        if response.changed() && folder.as_ref().is_none_or(|folder| folder.is_dir()) {
            ctx.commands
                .push(Command::Settings(SettingsEdit::ReportFolder(folder)));
        }
    });
}

fn named_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    add: impl FnOnce(&mut Ui, &mut PanelCtx<'_>),
) {
    let theme = ctx.theme;
    let words = ctx.say(name);
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control + theme.sizes.space);
        let start = ui.cursor().min.x;
        Text::new(&words, theme.body(), theme.colours.secondary)
            .width(NAMES)
            .ui(ui);
        let used = ui.cursor().min.x - start;
        ui.add_space((NAMES - used).max(0.0));
        add(ui, ctx);
    });
}

/// One of a few, side by side.
fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    name: MessageId,
    choices: &[(T, String)],
    now: T,
    edit: impl Fn(T) -> SettingsEdit,
) {
    named_ui(ui, ctx, name, |ui, ctx| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let theme = ctx.theme;
        for (choice, words) in choices {
            let is_on = *choice == now;
            let colour = if is_on {
                theme.colours.on_accent
            } else {
                theme.colours.text
            };
            let text = egui::RichText::new(words).color(colour);
            let mut button = egui::Button::new(text);
            if is_on {
                button = button.fill(theme.colours.accent);
            }
            let response = ui.add(button);
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_on, words)
            });
            if response.clicked() && !is_on {
                ctx.commands.push(Command::Settings(edit(*choice)));
            }
        }
    });
}
