//! The menu of a pane, by right click without moving: what can be done to the drawing under the
//! pointer, then actions of the one table that can be done now.

use eframe::egui;
use egui::{Response, Ui};

use super::ViewportCtx;
use super::calibrate;
use super::showing::{Pixels, Showing};
use crate::action::{self, Action, Deed};
use crate::annotation::{Annotation, AnnotationKind};
use crate::geom::DVec2;
use crate::problem::{Message, msg};
use crate::tool::{Scene, grab_at};
use crate::ui::panel::{menu_row_ui, shortcut_text};
use crate::view::{VoiChoice, own_voi, voi_name};
use crate::workspace::{
    AnnotationEdit, Command, LayoutEdit, PaneId, ViewEdit, WINDOW_PRESETS, Workspace,
};

/// Groups of actions, a line between them.
const MENU: &[&[&str]] = &[
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
    &["image-overlays", "shutter", "layers", "colour-profile"],
    &["cine", "cine-begin", "cine-end", "cine-whole", "cine-axis"],
    &["toggle-phases"],
    &["mpr", "maximise"],
];
/// Width of the menu, points.
const WIDTH: f32 = 320.0;

/// What the menu asks for beyond commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MenuAnswer {
    /// The text of the selected arrow is to be typed again.
    EditText,
    /// The true length of the selected line is to be typed.
    Calibrate { is_for_series: bool },
}

/// A right click selects what it is on, so that what the menu says is about it.
pub(super) fn select_under(
    response: &Response,
    scene: &Scene<'_>,
    at_px: impl Fn(egui::Pos2) -> DVec2,
    px_per_pt: f64,
    commands: &mut Vec<Command>,
) {
    if !response.secondary_clicked() {
        return;
    }
    let workspace = scene.workspace;
    if workspace.panes.active != scene.pane {
        commands.push(Command::Layout(LayoutEdit::Activate(scene.pane)));
    }
    let under = response
        .interact_pointer_pos()
        .and_then(|at| grab_at(scene, at_px(at), px_per_pt))
        .and_then(|grab| grab.annotation());
    if workspace.selected != under {
        commands.push(Command::Annotate(AnnotationEdit::Select(under)));
    }
}

/// Opens it where the right button clicked.
pub(super) fn context_menu(
    response: &Response,
    ctx: &mut ViewportCtx<'_>,
    showing: &Showing,
    pane: PaneId,
) -> Option<MenuAnswer> {
    let mut answer = None;
    response.context_menu(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut is_first = true;
        if let Some(annotation) = selected(ctx.workspace) {
            answer = annotation_ui(ui, ctx, annotation);
            is_first = false;
        }
        for group in MENU {
            let rows: Vec<&Action> = group
                .iter()
                .filter_map(|id| action::action(id))
                .filter(|action| action.enabled(ctx.workspace).is_ok())
                .filter(|action| means_something(action, ctx.workspace, pane))
                .collect();
            if rows.is_empty() {
                continue;
            }
            if !is_first {
                ui.separator();
            }
            is_first = false;
            for action in rows {
                let name = ctx.words.id(action.label);
                if row_ui(ui, ctx, action, &name) {
                    ctx.commands.extend(action.commands(ctx.workspace));
                }
            }
        }
        own_vois_ui(ui, ctx, showing, pane);
        overlays_ui(ui, ctx, showing, pane);
        presentations_ui(ui, ctx, pane);
    });
    answer
}

fn selected(workspace: &Workspace) -> Option<&Annotation> {
    let id = workspace.selected?;
    Some(workspace.active_document()?.annotation(id)?)
}

fn annotation_ui(
    ui: &mut Ui,
    ctx: &mut ViewportCtx<'_>,
    annotation: &Annotation,
) -> Option<MenuAnswer> {
    let mut answer = None;
    let edits_text = annotation.kind == AnnotationKind::Arrow;
    let edit = ctx.words.id(msg("menu-edit-text"));
    if edits_text && menu_row_ui(ui, ctx.theme, WIDTH, &edit, "", "", true) {
        answer = Some(MenuAnswer::EditText);
    }
    if calibrate::calibratable(ctx, annotation).is_some() {
        for (id, is_for_series) in [
            (msg("menu-calibrate-image"), false),
            (msg("menu-calibrate-series"), true),
        ] {
            if menu_row_ui(ui, ctx.theme, WIDTH, &ctx.words.id(id), "", "", true) {
                answer = Some(MenuAnswer::Calibrate { is_for_series });
            }
        }
        let told = ctx.workspace.calibration_on(annotation.id);
        let uncalibrate = told.map(|told| match told.sop_instance_uid {
            Some(_) => msg("menu-uncalibrate-image"),
            None => msg("menu-uncalibrate-series"),
        });
        if let Some(id) = uncalibrate
            && menu_row_ui(ui, ctx.theme, WIDTH, &ctx.words.id(id), "", "", true)
        {
            let edit = AnnotationEdit::Uncalibrate(annotation.id);
            ctx.commands.push(Command::Annotate(edit));
        }
    }
    if let Some(delete) = action::action("delete") {
        let message = Message::new(msg("measurement-delete")).text("label", &annotation.label);
        if row_ui(ui, ctx, delete, &ctx.words.get(&message)) {
            ctx.commands.extend(delete.commands(ctx.workspace));
        }
    }
    answer
}

fn row_ui(ui: &mut Ui, ctx: &ViewportCtx<'_>, action: &Action, name: &str) -> bool {
    let key = action
        .shortcuts
        .first()
        .map(|shortcut| shortcut_text(ctx.words, *shortcut))
        .unwrap_or_default();
    menu_row_ui(ui, ctx.theme, WIDTH, name, "", &key, true)
}

/// Windows in Hounsfield units say nothing of a picture that has none.
fn means_something(action: &Action, workspace: &Workspace, pane: PaneId) -> bool {
    let Deed::Preset(row) = action.deed else {
        return true;
    };
    let is_hounsfield = WINDOW_PRESETS
        .get(row)
        .is_some_and(|preset| matches!(preset.voi, VoiChoice::Window { .. }));
    let is_ct = workspace
        .panes
        .view(pane)
        .and_then(|view| workspace.library.display_set(view.display_set))
        .is_some_and(|set| set.modality == "CT");
    is_ct || !is_hounsfield
}

/// Beside the choice that holds.
const CHOSEN: &str = "✓";

/// The windows and tables the image offers, where there is a choice.
fn own_vois_ui(ui: &mut Ui, ctx: &mut ViewportCtx<'_>, showing: &Showing, pane: PaneId) {
    let offered = showing.drawn_image().map_or(&[][..], |image| &image.vois);
    if offered.len() < 2 {
        return;
    }
    ui.separator();
    let chosen = own_voi(showing.state.look.voi, offered);
    for index in 0..offered.len() {
        let name = ctx.words.get(&voi_name(offered, index));
        let sign = if chosen == Some(index) { CHOSEN } else { "" };
        if menu_row_ui(ui, ctx.theme, WIDTH, &name, "", sign, true) {
            let edit = ViewEdit::Voi(VoiChoice::Own(index));
            ctx.commands.push(Command::View(pane, edit));
        }
    }
}

/// The presentation states there are for the images, and none.
fn presentations_ui(ui: &mut Ui, ctx: &mut ViewportCtx<'_>, pane: PaneId) {
    let states: Vec<_> = ctx
        .workspace
        .presentations_for(pane)
        .into_iter()
        .map(|(ix, state)| (Some(ix), state.name().to_owned()))
        .collect();
    let chosen = ctx.workspace.panes.view(pane).map(|view| view.presentation);
    if states.is_empty() {
        return;
    }
    ui.separator();
    let none = (None, ctx.words.id(msg("menu-no-presentation")));
    for (ix, name) in std::iter::once(none).chain(states) {
        let name = match ix {
            Some(_) => ctx
                .words
                .get(&Message::new(msg("menu-presentation")).text("name", name)),
            None => name,
        };
        let sign = if chosen == Some(ix) { CHOSEN } else { "" };
        if menu_row_ui(ui, ctx.theme, WIDTH, &name, "", sign, true) {
            ctx.commands
                .push(Command::View(pane, ViewEdit::Present(ix)));
        }
    }
}

/// The overlays of the frame on screen, each to be shown or not; one alone has its action.
fn overlays_ui(ui: &mut Ui, ctx: &mut ViewportCtx<'_>, showing: &Showing, pane: PaneId) {
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
        let is_shown = showing.state.look.marks.shows(index);
        let sign = if is_shown { CHOSEN } else { "" };
        let name = ctx.words.get(&numbered);
        if menu_row_ui(ui, ctx.theme, WIDTH, &name, "", sign, true) {
            ctx.commands
                .push(Command::View(pane, ViewEdit::ToggleOverlay(index)));
        }
    }
}
