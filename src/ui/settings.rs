//! Settings, applied at once.

use std::path::PathBuf;

use eframe::egui;
use egui::Ui;

use crate::problem::msg;
use crate::text::Language as Spoken;
use crate::ui::findings::{Edits, name_field, observer_ui};
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::ui::priors::priors_ui;
use crate::ui::rows::{choice_ui, named_choice_ui, row_ui};
use crate::view::Filter;
use crate::workspace::{Command, Language, OverlayLevel, PickKind, SettingsEdit};

/// The settings.
pub fn settings_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits) {
    let settings = &ctx.workspace.settings;
    let own = |language: Spoken| language.own_name().to_owned();
    let languages = [
        (Language::System, ctx.say(msg("setting-language-system"))),
        (Language::English, own(Spoken::English)),
        (Language::French, own(Spoken::French)),
    ];
    named_choice_ui(
        ui,
        ctx,
        msg("setting-language"),
        &languages,
        settings.language,
        |ctx, now| set(ctx, SettingsEdit::Language(now)),
    );
    let themes = [
        (false, msg("setting-theme-dark")),
        (true, msg("setting-theme-light")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-theme"),
        &themes,
        settings.is_light,
        |ctx, now| set(ctx, SettingsEdit::Light(now)),
    );
    let levels = [
        (OverlayLevel::All, msg("setting-overlay-all")),
        (OverlayLevel::Essential, msg("setting-overlay-essential")),
        (OverlayLevel::None, msg("setting-overlay-none")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-overlay"),
        &levels,
        settings.overlay,
        |ctx, now| set(ctx, SettingsEdit::Overlay(now)),
    );
    let filters = [
        (Filter::Nearest, msg("setting-filter-nearest")),
        (Filter::Linear, msg("setting-filter-linear")),
        (Filter::Cubic, msg("setting-filter-cubic")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-filter"),
        &filters,
        settings.filter,
        |ctx, now| set(ctx, SettingsEdit::Filter(now)),
    );
    let drags = [
        (false, msg("setting-drag-usual")),
        (true, msg("setting-drag-inverted")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("setting-drag"),
        &drags,
        settings.is_drag_inverted,
        |ctx, now| set(ctx, SettingsEdit::InvertDrag(now)),
    );
    row_ui(ui, ctx, msg("report-observer"), |ui, ctx, _| {
        observer_ui(ui, ctx, edits);
    });
    row_ui(ui, ctx, msg("setting-report-folder"), |ui, ctx, _| {
        report_folder_ui(ui, ctx, edits);
    });
    ui.add_space(2.0 * ctx.theme.sizes.space);
    priors_ui(ui, ctx);
}

fn set(ctx: &mut PanelCtx<'_>, edit: SettingsEdit) {
    ctx.commands.push(Command::Settings(edit));
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
