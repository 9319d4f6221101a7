//! Whose images they are: the same place everywhere, never scrolled away.

use eframe::egui;
use egui::Ui;

use crate::action::{Icon, action};
use crate::dicom::modules::{PatientModule, StudyModule};
use crate::problem::msg;
use crate::ui::bidi_label::Text;
use crate::ui::browse::{Identity, identity, identity_of};
use crate::ui::icons;
use crate::ui::panel::{PanelCtx, action_tooltip_ui, icon_only_ui, row_end_ui};

/// The bar.
pub fn patient_bar_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * theme.sizes.space;
        row_end_ui(ui, |ui| {
            for id in [
                "settings",
                "help",
                "palette",
                "hide-identification",
                "search",
            ] {
                action_icon_ui(ui, ctx, id);
            }
            ui.with_layout(
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| match ctx.workspace.active_study() {
                    None if ctx.workspace.promised_header().is_some() => promised_ui(ui, ctx),
                    None => {
                        let name = ctx.say(msg("app-name"));
                        Text::new(&name, theme.heading(), theme.colours.text).ui(ui);
                    }
                    Some(_) if ctx.workspace.is_identification_hidden => hidden_ui(ui, ctx),
                    Some(study) => {
                        let who = identity(&ctx.workspace.library, study, ctx.words);
                        identity_ui(ui, ctx, &who);
                    }
                },
            );
        });
    });
}

/// Whose images are on their way.
fn promised_ui(ui: &mut Ui, ctx: &PanelCtx<'_>) {
    let Some(header) = ctx.workspace.promised_header() else {
        return;
    };
    if ctx.workspace.is_identification_hidden {
        hidden_ui(ui, ctx);
        return;
    }
    let elements = header.dataset.elements();
    let (who, what) = (PatientModule::read(elements), StudyModule::read(elements));
    identity_ui(ui, ctx, &identity_of(&who, &what, ctx.words));
}

fn hidden_ui(ui: &mut Ui, ctx: &PanelCtx<'_>) {
    let marker = ctx.say(msg("identification-hidden"));
    Text::new(&marker, ctx.theme.heading(), ctx.theme.colours.warning).ui(ui);
}

fn identity_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, who: &Identity) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    // The name never gives way to the rest of the row.
    let room = ui.available_width();
    Text::new(&who.name, theme.heading(), colours.text)
        .width(room * 0.5)
        .ui(ui);
    let parts = [
        (&who.sex_and_age, colours.text),
        (&who.birth_date, colours.text),
        (&who.patient_id, colours.text),
        (&who.study, colours.secondary),
        (&who.accession, colours.secondary),
    ];
    for (text, colour) in parts {
        if text.is_empty() || ui.available_width() < 24.0 {
            continue;
        }
        Text::new("·", theme.body(), colours.dimmed).ui(ui);
        Text::new(text, theme.body(), colour).ui(ui);
    }
}

/// An action as a bare icon.
pub fn action_icon_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, id: &str) {
    let Some(action) = action(id) else {
        return;
    };
    let is_enabled = action.enabled(ctx.workspace).is_ok();
    let name = ctx.say(action.label);
    let glyph = icons::glyph(action.icon.unwrap_or(Icon::Palette));
    let is_on = action.is_active(ctx.workspace);
    let response = ui
        .add_enabled_ui(is_enabled, |ui| {
            icon_only_ui(ui, ctx.theme, glyph, &name, is_on)
        })
        .inner;
    let response = response
        .on_hover_ui(|ui| action_tooltip_ui(ui, ctx, action, None))
        .on_disabled_hover_ui(|ui| action_tooltip_ui(ui, ctx, action, None));
    if response.clicked() {
        ctx.run(action);
    }
}
