//! Settings, applied at once.

use eframe::egui;
use egui::Ui;

use crate::problem::{MessageId, msg};
use crate::text::Language as Spoken;
use crate::ui::bidi_label::Text;
use crate::ui::findings::{Edits, observer_ui};
use crate::ui::panel::{PanelCtx, button_ui};
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
        observer_ui(ui, ctx, edits)
    });
    named_ui(ui, ctx, msg("setting-report-folder"), |ui, ctx| {
        let words = ctx.say(msg("setting-choose"));
        if button_ui(ui, ctx.theme, None, &words, false).clicked() {
            ctx.commands.push(Command::Pick(PickKind::ReportFolder));
        }
        let folder = ctx.workspace.settings.report_folder.as_ref().map_or_else(
            || ctx.say(msg("setting-report-folder-beside")),
            |folder| folder.display().to_string(),
        );
        Text::new(&folder, ctx.theme.body(), ctx.theme.colours.secondary).ui(ui);
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
