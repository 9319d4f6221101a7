//! Encrypted archives ask for their password, beside the work and not over it.

use eframe::egui;
use egui::{Area, Context, Key, Order, Rect, Ui, Vec2};

use crate::dicom::Password;
use crate::problem::{Message, Severity, msg};
use crate::ui::bidi_label::Text;
use crate::ui::findings::name_field;
use crate::ui::notices::card_ui;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::workspace::{Command, LockedArchive};

const WIDTH: f32 = 380.0;

/// The password being typed. It is handed on and forgotten; nothing writes it anywhere.
#[derive(Default)]
pub struct PasswordField {
    text: String,
    /// What the field got the focus for.
    asked_for: Option<LockedArchive>,
}

/// A card for the archive that was met first, at the bottom left of the panes, where no notice is.
pub fn unlock_ui(
    egui_ctx: &Context,
    ctx: &mut PanelCtx<'_>,
    field: &mut PasswordField,
    area: Rect,
) {
    let Some(locked) = ctx.workspace.locked.first() else {
        return;
    };
    let corner = area.left_bottom() + Vec2::new(1.0, -1.0) * (3.0 * ctx.theme.sizes.space);
    Area::new(egui::Id::unique("unlock"))
        .order(Order::Foreground)
        .pivot(egui::Align2::LEFT_BOTTOM)
        .fixed_pos(corner)
        .constrain_to(area)
        .show(egui_ctx, |ui| {
            ui.set_width(WIDTH);
            card_ui(ui, ctx, Severity::Warning, |ui, ctx| {
                archive_ui(ui, ctx, field, locked);
            });
        });
}

fn archive_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    field: &mut PasswordField,
    locked: &LockedArchive,
) {
    let theme = ctx.theme;
    let name = locked.archive.file_name().unwrap_or_default();
    let line = Message::new(msg("unlock-title"))
        .text("archive", name.to_string_lossy())
        .count("count", locked.entries);
    Text::new(&ctx.words.get(&line), theme.body(), theme.colours.text)
        .wrapped()
        .ui(ui);
    if locked.is_wrong && !locked.is_trying {
        let wrong = ctx.say(msg("unlock-wrong"));
        Text::new(&wrong, theme.body(), theme.colours.danger)
            .wrapped()
            .ui(ui);
    }
    ui.add_space(theme.sizes.space);
    let mut is_asked = false;
    ui.add_enabled_ui(!locked.is_trying, |ui| {
        ui.horizontal(|ui| {
            row_end_ui(ui, |ui| {
                let open = ctx.say(msg("unlock-open"));
                let is_typed = !field.text.is_empty();
                is_asked |= ui
                    .add_enabled_ui(is_typed, |ui| button_ui(ui, theme, None, &open, true))
                    .inner
                    .clicked();
                let leave = ctx.say(msg("unlock-leave"));
                if button_ui(ui, theme, None, &leave, false).clicked() {
                    field.text.clear();
                    ctx.commands
                        .push(Command::LeaveLocked(locked.archive.clone()));
                }
                let name = ctx.say(msg("unlock-password"));
                let response = ui.add(
                    egui::TextEdit::singleline(&mut field.text)
                        .password(true)
                        .hint_text(&name)
                        .desired_width(f32::INFINITY),
                );
                let dots = "•".repeat(field.text.chars().count());
                name_field(&response, &dots, &name);
                // The card came up for this, or came back with a wrong password: type on. Who is
                // typing elsewhere is left there.
                if field.asked_for.as_ref() != Some(locked) {
                    field.asked_for = Some(locked.clone());
                    if !ui.ctx().text_edit_focused() {
                        response.request_focus();
                    }
                }
                is_asked |=
                    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            });
        });
    });
    if is_asked && !field.text.is_empty() {
        let password = Password::new(&std::mem::take(&mut field.text));
        ctx.commands
            .push(Command::Unlock(locked.archive.clone(), password));
    }
}
