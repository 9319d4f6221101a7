//! One value, kept: press, move to the place, let go.

use crate::annotation::{AnnotationKind, Geometry};
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{self, Draft};
use crate::tool::{Phase, PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Probe;

impl Tool for Probe {
    fn id(&self) -> &'static str {
        "probe"
    }
    fn label(&self) -> MessageId {
        msg("tool-probe")
    }
    fn help(&self) -> MessageId {
        msg("tool-probe-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if event.phase == Phase::Press {
            drawing::begin(ctx, event.position_px);
        }
        match drawing::first_and_pointer(ctx, event.position_px) {
            Some((_, place)) => drawing::put(
                ctx,
                Draft {
                    kind: AnnotationKind::Probe,
                    geometry: Geometry::Point,
                    points: vec![place],
                },
            ),
            None => Vec::new(),
        }
    }
}
