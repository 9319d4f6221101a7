//! Shows the same point everywhere: the three planes of a volume meet there, and stacks of the
//! same space go to their nearest slice.

use crate::geom::{DVec2, DVec3};
use crate::problem::{MessageId, msg};
use crate::tool::{Phase, PointerEvent, Scene, Tool, ToolCtx};
use crate::view::{
    ViewMode, frame_of_reference as frame_of_reference_of, is_same_patient, nearest_index,
};
use crate::workspace::{Command, ViewEdit};

/// See the module.
pub struct Crosshair;

impl Tool for Crosshair {
    fn id(&self) -> &'static str {
        "crosshair"
    }
    fn label(&self) -> MessageId {
        msg("tool-crosshair")
    }
    fn help(&self) -> MessageId {
        msg("tool-crosshair-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if event.phase == Phase::Hover {
            return Vec::new();
        }
        point_at_commands(&ctx.scene, event.position_px)
    }
}

/// Every view of the same space goes to the point under the pointer.
#[must_use]
pub fn point_at_commands(scene: &Scene<'_>, position_px: DVec2) -> Vec<Command> {
    let Some(point) = scene.view.patient_from_screen(position_px) else {
        return Vec::new();
    };
    let Some(frame_of_reference) = scene.shown.and_then(|s| s.frame_of_reference.as_ref()) else {
        // Without a name the space is the volume's own; its three planes share it.
        return match scene.state.mode {
            ViewMode::Mpr(_) => vec![Command::View(scene.pane, ViewEdit::Crosshair(point))],
            ViewMode::Stack => Vec::new(),
        };
    };
    let library = &scene.workspace.library;
    let mut volumes_done = Vec::new();
    let mut commands = Vec::new();
    for (pane, state) in scene.workspace.panes.shown() {
        let shares_space = is_same_patient(library, state.display_set, scene.state.display_set)
            && frame_of_reference_of(library, state.display_set).as_ref()
                == Some(frame_of_reference);
        if !shares_space {
            continue;
        }
        match state.mode {
            ViewMode::Mpr(_) if !volumes_done.contains(&state.display_set) => {
                volumes_done.push(state.display_set);
                commands.push(Command::View(pane, ViewEdit::Crosshair(point)));
            }
            ViewMode::Stack if pane != scene.pane => {
                commands.extend(index_command(
                    scene,
                    pane,
                    state.display_set,
                    state.index,
                    point,
                ));
            }
            _ => {}
        }
    }
    commands
}

fn index_command(
    scene: &Scene<'_>,
    pane: crate::workspace::PaneId,
    set: crate::model::DisplaySetId,
    now: u32,
    point: DVec3,
) -> Option<Command> {
    let index = nearest_index(&scene.workspace.library, scene.frames, set, point)?;
    (index != now).then(|| Command::View(pane, ViewEdit::Index(index)))
}
