//! Moves the picture with the hand.

use crate::problem::{MessageId, msg};
use crate::tool::{Cursor, Phase, PointerEvent, Tool, ToolCtx};
use crate::workspace::{Command, ViewEdit, panned};

/// See the module.
pub struct Pan;

impl Tool for Pan {
    fn id(&self) -> &'static str {
        "pan"
    }
    fn label(&self) -> MessageId {
        msg("tool-pan")
    }
    fn help(&self) -> MessageId {
        msg("tool-pan-help")
    }
    fn cursor(&self) -> Cursor {
        Cursor::Grab
    }
    fn needs_image(&self) -> bool {
        false
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if !matches!(event.phase, Phase::Drag | Phase::Release) || ctx.gesture.is_click() {
            return Vec::new();
        }
        let gesture = &ctx.gesture;
        let way_px = event.position_px - gesture.start_px;
        let camera = panned(&gesture.start_state.camera, &gesture.start_view, way_px);
        vec![Command::View(ctx.scene.pane, ViewEdit::Camera(camera))]
    }
}
