//! A rectangular region between two opposite corners; Shift makes it a square.

use crate::annotation::{AnnotationKind, Geometry, rectangle_from_corners};
use crate::geom::{DVec3, PlanePose};
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{Draft, two_points};
use crate::tool::{PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Rectangle;

impl Tool for Rectangle {
    fn id(&self) -> &'static str {
        "rectangle"
    }
    fn label(&self) -> MessageId {
        msg("tool-rectangle")
    }
    fn help(&self) -> MessageId {
        msg("tool-rectangle-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        two_points(ctx, event, |ctx, a, b| {
            let (plane, b) = corners(ctx, a, b, event.modifiers.shift)?;
            Some(Draft {
                kind: AnnotationKind::RectangleRoi,
                geometry: Geometry::Polygon,
                points: rectangle_from_corners(&plane, a, b),
            })
        })
    }
}

/// The plane drawn along and the second corner (made square if asked); `None` while the region
/// has no width or no height.
pub(super) fn corners(
    ctx: &ToolCtx<'_>,
    a: DVec3,
    b: DVec3,
    is_square: bool,
) -> Option<(PlanePose, DVec3)> {
    let space = ctx.gesture.drawing.as_ref()?.space;
    let plane = ctx.scene.view.drawing_plane(space)?;
    let (mut right, mut down) = ((b - a).dot(plane.right), (b - a).dot(plane.down));
    if is_square {
        let side = right.abs().max(down.abs());
        right = side.copysign(right);
        down = side.copysign(down);
    }
    let is_region = right.abs() > 1e-9 && down.abs() > 1e-9;
    is_region.then(|| (plane, a + plane.right * right + plane.down * down))
}
