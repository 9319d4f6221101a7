//! Through the slices: down is forward; the height of the pane goes through the whole stack.

use crate::problem::{MessageId, msg};
use crate::tool::{Cursor, Phase, PointerEvent, Tool, ToolCtx};
use crate::workspace::{Command, ViewEdit};

/// A slice is never less of the hand's way than the first, nor more than the second, points.
const POINTS_A_SLICE: (f64, f64) = (1.5, 16.0);

/// See the module.
pub struct Scroll;

impl Tool for Scroll {
    fn id(&self) -> &'static str {
        "scroll"
    }
    fn label(&self) -> MessageId {
        msg("tool-scroll")
    }
    fn help(&self) -> MessageId {
        msg("tool-scroll-help")
    }
    fn cursor(&self) -> Cursor {
        Cursor::ResizeVertical
    }
    fn needs_image(&self) -> bool {
        false
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if !matches!(event.phase, Phase::Drag | Phase::Release) {
            return Vec::new();
        }
        let slices = ctx
            .scene
            .workspace
            .library
            .display_set(ctx.scene.state.display_set)
            .map_or(1, |set| set.frames.len());
        let height_pt = ctx.scene.view.size_px.y / event.px_per_pt;
        let (least, most) = POINTS_A_SLICE;
        let points_a_slice = (height_pt / slices.max(1) as f64).clamp(least, most);
        let down_pt = (event.position_px.y - ctx.gesture.start_px.y) / event.px_per_pt;
        let wanted = (down_pt / points_a_slice).trunc() as i32;
        let step = wanted - ctx.gesture.steps_done;
        ctx.gesture.steps_done = wanted;
        if step == 0 {
            return Vec::new();
        }
        vec![Command::View(ctx.scene.pane, ViewEdit::Step(step))]
    }
}
