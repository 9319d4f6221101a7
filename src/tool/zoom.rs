//! Larger upwards, smaller downwards; what was under the pointer at the press stays there.

use crate::geom::DVec2;
use crate::problem::{MessageId, msg};
use crate::tool::{Cursor, Phase, PointerEvent, Scene, Tool, ToolCtx};
use crate::workspace::{Command, ViewEdit, zoomed_at};

/// Points up that make the picture e times as large.
const POINTS_A_FACTOR: f64 = 150.0;
/// Of one notch of the wheel.
const NOTCH_FACTOR: f64 = 1.15;

/// See the module.
pub struct Zoom;

impl Tool for Zoom {
    fn id(&self) -> &'static str {
        "zoom"
    }
    fn label(&self) -> MessageId {
        msg("tool-zoom")
    }
    fn help(&self) -> MessageId {
        msg("tool-zoom-help")
    }
    fn cursor(&self) -> Cursor {
        Cursor::ZoomIn
    }
    fn needs_image(&self) -> bool {
        false
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if !matches!(event.phase, Phase::Drag | Phase::Release) || ctx.gesture.is_click() {
            return Vec::new();
        }
        let gesture = &ctx.gesture;
        let up_pt = (gesture.start_px.y - event.position_px.y) / event.px_per_pt;
        let camera = zoomed_at(
            &gesture.start_state.camera,
            &gesture.start_view,
            gesture.start_px,
            (up_pt / POINTS_A_FACTOR).exp(),
        );
        vec![Command::View(ctx.scene.pane, ViewEdit::Camera(camera))]
    }
}

/// What so many notches of the wheel (towards the reader: smaller) do at a position.
#[must_use]
pub(super) fn wheel_commands(scene: &Scene<'_>, position_px: DVec2, notches: f64) -> Vec<Command> {
    let factor = NOTCH_FACTOR.powf(-notches);
    let camera = zoomed_at(&scene.state.camera, scene.view, position_px, factor);
    vec![Command::View(scene.pane, ViewEdit::Camera(camera))]
}
