//! The menu of a pane: actions of the one table, by right click without moving.

use eframe::egui;
use egui::Response;

use crate::action;
use crate::text::Words;
use crate::workspace::{Command, LayoutEdit, PaneId, Workspace};

/// Groups of actions, a line between them.
const MENU: &[&[&str]] = &[
    &["delete"],
    &[
        "preset-default",
        "preset-auto",
        "preset-soft",
        "preset-lung",
        "preset-bone",
        "preset-brain",
    ],
    &["fit", "one-to-one", "reset"],
    &[
        "invert",
        "flip-horizontal",
        "flip-vertical",
        "rotate-right",
        "rotate-left",
    ],
    &["cine", "cine-begin", "cine-end", "cine-whole"],
    &["mpr", "maximise"],
];

/// Opens it where the right button clicked.
pub(super) fn context_menu(
    response: &Response,
    workspace: &Workspace,
    words: &Words,
    commands: &mut Vec<Command>,
    pane: PaneId,
) {
    if response.secondary_clicked() && workspace.panes.active != pane {
        commands.push(Command::Layout(LayoutEdit::Activate(pane)));
    }
    response.context_menu(|ui| {
        for (number, group) in MENU.iter().enumerate() {
            let enabled: Vec<_> = group
                .iter()
                .filter_map(|id| action::action(id))
                .filter(|action| action.enabled(workspace).is_ok())
                .collect();
            if number > 0 && !enabled.is_empty() {
                ui.separator();
            }
            for action in enabled {
                if ui.button(words.id(action.label)).clicked() {
                    commands.extend(action.commands(workspace));
                    ui.close();
                }
            }
        }
    });
}
