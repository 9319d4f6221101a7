//! An elliptical region between two opposite corners of its frame; Shift makes it a circle.

use crate::annotation::{AnnotationKind, Geometry, ellipse_from_corners};
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{Draft, two_points};
use crate::tool::rectangle::corners;
use crate::tool::{PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Ellipse;

impl Tool for Ellipse {
    fn id(&self) -> &'static str {
        "ellipse"
    }
    fn label(&self) -> MessageId {
        msg("tool-ellipse")
    }
    fn help(&self) -> MessageId {
        msg("tool-ellipse-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        two_points(ctx, event, |ctx, a, b| {
            let (plane, b) = corners(ctx, a, b, event.modifiers.shift)?;
            Some(Draft {
                kind: AnnotationKind::EllipseRoi,
                geometry: Geometry::Ellipse,
                points: ellipse_from_corners(&plane, a, b),
            })
        })
    }
}
