//! The archive page: where it is, taking in, checking, and making room (`clean_up.rs`).

mod clean_up;

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::{ScrollArea, Ui};

use crate::archive::{CheckDepth, ImportMode};
use crate::problem::{Message, MessageId, Severity, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, button_ui, heading_ui};
use crate::ui::rows::{NAMES, path_row_ui};
use crate::workspace::{ArchiveEdit, Command, NodeEdit, PathOf, PickKind};

/// Files shown at once.
const ROWS: f32 = 8.0;

/// What the page remembers while it is open.
#[derive(Default)]
pub struct ArchivePage {
    folder: String,
    /// The folder that `folder` was taken from.
    folder_was: Option<PathBuf>,
    is_folder_away: bool,
    import: String,
    limits: clean_up::Limits,
}

impl ArchivePage {
    /// What is to be taken in was chosen.
    pub(super) fn take_in_from(&mut self, path: &Path) {
        self.import = path.display().to_string();
    }
}

/// The page.
pub fn archive_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut ArchivePage) {
    if let Some((_, plan)) = &ctx.workspace.archive.plan {
        let plan = std::sync::Arc::clone(plan);
        clean_up::plan_ui(ui, ctx, &plan);
        return;
    }
    let space = ctx.theme.sizes.space;
    folder_ui(ui, ctx, page);
    ui.add_space(4.0 * space);
    let words = ctx.say(msg("archive-page-take-in"));
    heading_ui(ui, ctx.theme, &words);
    import_ui(ui, ctx, page);
    ui.add_space(4.0 * space);
    let words = ctx.say(msg("archive-page-look"));
    heading_ui(ui, ctx.theme, &words);
    let rows = [
        (
            msg("archive-page-check"),
            ArchiveEdit::Check(CheckDepth::Files),
        ),
        (
            msg("archive-page-check-bytes"),
            ArchiveEdit::Check(CheckDepth::Contents),
        ),
        (msg("archive-page-rebuild"), ArchiveEdit::Rebuild),
    ];
    ui.horizontal(|ui| {
        for (id, edit) in rows {
            deed_ui(ui, ctx, id, true, edit);
        }
    });
    ui.add_space(4.0 * space);
    let words = ctx.say(msg("archive-page-clean"));
    heading_ui(ui, ctx.theme, &words);
    clean_up::limits_ui(ui, ctx, &mut page.limits);
    told_ui(ui, ctx);
}

/// A button, dimmed while something is being done.
fn deed_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    id: MessageId,
    is_possible: bool,
    edit: ArchiveEdit,
) {
    let is_free = !ctx.workspace.archive.is_working;
    let words = ctx.say(id);
    let add = |ui: &mut Ui| button_ui(ui, ctx.theme, None, &words, false);
    let response = ui.add_enabled_ui(is_free && is_possible, add).inner;
    // The second click of two may be meant for what this has taken the place of.
    if response.clicked() && !response.double_clicked() && !response.triple_clicked() {
        ctx.commands.push(Command::Archive(edit));
    }
}

fn folder_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut ArchivePage) {
    let chosen = ctx.workspace.settings.pacs.archive_folder.clone();
    if page.folder_was != chosen {
        let shown = chosen.as_ref().map(|folder| folder.display().to_string());
        page.folder = shown.unwrap_or_default();
        page.folder_was.clone_from(&chosen);
        page.is_folder_away = false;
    }
    let text = &mut page.folder;
    let hint = ctx.say(msg("archive-page-folder-hint"));
    let name = msg("archive-page-folder");
    let response = path_row_ui(ui, ctx, name, text, &hint, PickKind::ArchiveFolder);
    if response.lost_focus() {
        let typed = Some(PathBuf::from(text.trim())).filter(|path| !path.as_os_str().is_empty());
        // A folder that is only half typed is not made.
        let is_there = (typed.as_ref())
            .is_none_or(|path| path.is_absolute() && path.parent().is_some_and(Path::is_dir));
        page.is_folder_away = !is_there;
        if is_there && typed != chosen {
            ctx.commands
                .push(Command::Node(NodeEdit::ArchiveFolder(typed)));
        }
    }
    if page.is_folder_away {
        let theme = ctx.theme;
        let message =
            Message::new(msg("archive-page-folder-away")).text("path", page.folder.trim());
        let words = ctx.words.get(&message);
        Text::new(&words, theme.small(), theme.colours.warning)
            .wrapped()
            .ui(ui);
    }
}

fn import_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut ArchivePage) {
    let hint = ctx.say(msg("archive-page-import-hint"));
    let pick = PickKind::Field(PathOf::TakenIn);
    let name = msg("archive-page-import");
    path_row_ui(ui, ctx, name, &mut page.import, &hint, pick);
    let path = PathBuf::from(page.import.trim());
    let is_named = !path.as_os_str().is_empty();
    ui.horizontal(|ui| {
        ui.add_space(NAMES);
        let copy = ArchiveEdit::Import(path.clone(), ImportMode::Copy);
        deed_ui(ui, ctx, msg("archive-page-copy"), is_named, copy);
        let refer = ArchiveEdit::Import(path.clone(), ImportMode::Reference);
        deed_ui(ui, ctx, msg("archive-page-reference"), is_named, refer);
        let is_open = ctx.workspace.active_study().is_some();
        deed_ui(
            ui,
            ctx,
            msg("archive-page-keep"),
            is_open,
            ArchiveEdit::Keep,
        );
    });
}

/// What was said last, with the files it is about.
fn told_ui(ui: &mut Ui, ctx: &PanelCtx<'_>) {
    let theme = ctx.theme;
    let Some(told) = &ctx.workspace.archive.told else {
        return;
    };
    ui.add_space(2.0 * theme.sizes.space);
    let beside = told.beside.iter().map(|it| (it.severity, &it.message));
    for (severity, message) in std::iter::once((told.severity, &told.message)).chain(beside) {
        let colour = match severity {
            Severity::Note => theme.colours.text,
            Severity::Warning => theme.colours.warning,
            Severity::Error => theme.colours.danger,
        };
        let words = ctx.words.get(message);
        Text::new(&words, theme.body(), colour).wrapped().ui(ui);
    }
    let files = &told.files;
    let row = theme.sizes.body + 4.0;
    ScrollArea::vertical()
        .id_salt("told")
        .max_height(ROWS * row)
        .auto_shrink([false, true])
        .show_rows(ui, row, files.len(), |ui, range| {
            for (path, why) in files.get(range).unwrap_or_default() {
                let words = Message::new(msg("archive-told-file"))
                    .text("path", path.display().to_string())
                    .message("why", why.clone());
                let words = ctx.words.get(&words);
                let line = Text::new(&words, theme.small(), theme.colours.warning).ui(ui);
                // A long one is cut at the edge.
                line.on_hover_ui(|ui| {
                    Text::new(&words, theme.small(), theme.colours.text)
                        .width(480.0)
                        .wrapped()
                        .ui(ui);
                });
            }
        });
}
