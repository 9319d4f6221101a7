//! Straight distance between two points, in mm when the spacing has a source.

use crate::annotation::{AnnotationKind, Geometry};
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{Draft, two_points};
use crate::tool::{PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Length;

impl Tool for Length {
    fn id(&self) -> &'static str {
        "length"
    }
    fn label(&self) -> MessageId {
        msg("tool-length")
    }
    fn help(&self) -> MessageId {
        msg("tool-length-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        two_points(ctx, event, |_, a, b| {
            Some(Draft {
                kind: AnnotationKind::Length,
                geometry: Geometry::Polyline,
                points: vec![a, b],
            })
        })
    }
}
