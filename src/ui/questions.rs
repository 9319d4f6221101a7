//! The two things the window insists on: the notice at first start, and what becomes of unsaved
//! work on closing.

use eframe::egui;
use egui::{Context, Modal, Ui};

use crate::action::report_folder;
use crate::problem::{Message, MessageId, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, button_ui};
use crate::ui::parts::part_frame;
use crate::workspace::{Command, PickKind, ReportEdit, SettingsEdit};

const WIDTH: f32 = 460.0;

fn question_ui(
    egui_ctx: &Context,
    ctx: &mut PanelCtx<'_>,
    id: &str,
    title: MessageId,
    contents: impl FnOnce(&mut Ui, &mut PanelCtx<'_>),
) {
    let theme = ctx.theme;
    Modal::new(egui::Id::unique(id))
        .frame(part_frame(ctx))
        .show(egui_ctx, |ui| {
            ui.set_width(WIDTH);
            let words = ctx.say(title);
            Text::new(&words, theme.heading(), theme.colours.text).ui(ui);
            ui.add_space(2.0 * theme.sizes.space);
            contents(ui, ctx);
        });
}

/// Not cleared for diagnosis: must be acknowledged once.
pub fn first_start_ui(egui_ctx: &Context, ctx: &mut PanelCtx<'_>) {
    question_ui(
        egui_ctx,
        ctx,
        "first-start",
        msg("notice-title"),
        |ui, ctx| {
            let theme = ctx.theme;
            for line in [msg("not-cleared"), msg("notice-body")] {
                let words = ctx.say(line);
                Text::new(&words, theme.body(), theme.colours.text)
                    .wrapped()
                    .ui(ui);
                ui.add_space(2.0 * theme.sizes.space);
            }
            let words = ctx.say(msg("notice-understood"));
            if button_ui(ui, theme, None, &words, true).clicked() {
                ctx.commands
                    .push(Command::Settings(SettingsEdit::NoticeRead));
            }
        },
    );
}

/// How the reader answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseAnswer {
    /// Save the reports; the window closes when they are written.
    Save,
    /// Keep the work as a draft, offered again at the next start.
    KeepDraft,
    /// Stay.
    Cancel,
}

/// Unsaved work on closing. `is_saving` while the reports are being written.
pub fn close_question_ui(
    egui_ctx: &Context,
    ctx: &mut PanelCtx<'_>,
    is_saving: bool,
) -> Option<CloseAnswer> {
    let mut answer = None;
    question_ui(egui_ctx, ctx, "close", msg("close-title"), |ui, ctx| {
        let theme = ctx.theme;
        let unsaved = ctx.workspace.unsaved_studies();
        let words = if is_saving {
            ctx.say(msg("close-saving"))
        } else {
            ctx.words
                .get(&Message::new(msg("close-body")).count("count", unsaved.len()))
        };
        Text::new(&words, theme.body(), theme.colours.text)
            .wrapped()
            .ui(ui);
        ui.add_space(2.0 * theme.sizes.space);
        ui.horizontal(|ui| {
            ui.add_enabled_ui(!is_saving, |ui| {
                if button_ui(ui, theme, None, &ctx.say(msg("close-save")), true).clicked() {
                    answer = Some(CloseAnswer::Save);
                }
                if button_ui(ui, theme, None, &ctx.say(msg("close-draft")), false).clicked() {
                    answer = Some(CloseAnswer::KeepDraft);
                }
            });
            if button_ui(ui, theme, None, &ctx.say(msg("close-cancel")), false).clicked() {
                answer = Some(CloseAnswer::Cancel);
            }
        });
        if answer == Some(CloseAnswer::Save) {
            save_all(ctx);
        }
    });
    answer
}

fn save_all(ctx: &mut PanelCtx<'_>) {
    for study in ctx.workspace.unsaved_studies() {
        match report_folder(ctx.workspace) {
            Some(folder) => ctx
                .commands
                .push(Command::Report(ReportEdit::Save(study, folder))),
            None => ctx.commands.push(Command::Pick(PickKind::ReportFolder)),
        }
    }
}
