//! The menu of a pane: actions of the one table, by right click without moving.

use eframe::egui;
use egui::Response;

use super::showing::{Pixels, Showing};
use crate::action;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::view::{VoiChoice, own_voi, voi_name};
use crate::workspace::{Command, LayoutEdit, PaneId, ViewEdit, Workspace};

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
    &["image-overlays", "shutter"],
    &["mpr", "maximise"],
];

/// Opens it where the right button clicked.
pub(super) fn context_menu(
    response: &Response,
    workspace: &Workspace,
    showing: &Showing,
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
        own_vois_ui(ui, showing, words, commands, pane);
        overlays_ui(ui, showing, words, commands, pane);
    });
}

/// The windows and tables the image offers, where there is a choice.
fn own_vois_ui(
    ui: &mut egui::Ui,
    showing: &Showing,
    words: &Words,
    commands: &mut Vec<Command>,
    pane: PaneId,
) {
    let offered = showing.image.as_ref().map_or(&[][..], |image| &image.vois);
    if offered.len() < 2 {
        return;
    }
    ui.separator();
    let chosen = own_voi(showing.state.look.voi, offered);
    for index in 0..offered.len() {
        let name = words.get(&voi_name(offered, index));
        if ui.radio(chosen == Some(index), name).clicked() {
            let edit = ViewEdit::Voi(VoiChoice::Own(index));
            commands.push(Command::View(pane, edit));
            ui.close();
        }
    }
}

/// The overlays of the frame on screen, each to be shown or not; one alone has its action.
fn overlays_ui(
    ui: &mut egui::Ui,
    showing: &Showing,
    words: &Words,
    commands: &mut Vec<Command>,
    pane: PaneId,
) {
    let Pixels::Frame(image) = &showing.pixels else {
        return;
    };
    let overlays = image
        .marks
        .as_ref()
        .map_or(&[][..], |marks| &marks.overlays);
    if overlays.len() < 2 {
        return;
    }
    ui.separator();
    for overlay in overlays {
        let index = overlay.plane.index;
        let numbered = Message::new(msg("menu-overlay"))
            .number("number", f64::from(index) + 1.0)
            .text("name", overlay.plane.name.clone());
        let mut is_shown = showing.state.look.marks.shows(index);
        if ui.checkbox(&mut is_shown, words.get(&numbered)).clicked() {
            commands.push(Command::View(pane, ViewEdit::ToggleOverlay(index)));
            ui.close();
        }
    }
}
