//! An arrow with text: press at what it points to, drag to where the text stands, then type.

use crate::annotation::{AnnotationKind, Geometry};
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{Draft, two_points};
use crate::tool::{PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Arrow;

impl Tool for Arrow {
    fn id(&self) -> &'static str {
        "arrow"
    }
    fn label(&self) -> MessageId {
        msg("tool-arrow")
    }
    fn help(&self) -> MessageId {
        msg("tool-arrow-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        two_points(ctx, event, |_, tip, tail| {
            Some(Draft {
                kind: AnnotationKind::Arrow,
                geometry: Geometry::Polyline,
                points: vec![tip, tail],
            })
        })
    }
}
