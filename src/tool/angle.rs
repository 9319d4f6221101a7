//! The angle at the middle of three points: three clicks, or press, drag to the vertex, let go and
//! click the last.

use crate::annotation::{AnnotationKind, Geometry};
use crate::geom::DVec3;
use crate::problem::{MessageId, msg};
use crate::tool::drawing::{self, Draft};
use crate::tool::{Phase, PointerEvent, Tool, ToolCtx};
use crate::workspace::Command;

/// See the module.
pub struct Angle;

impl Tool for Angle {
    fn id(&self) -> &'static str {
        "angle"
    }
    fn label(&self) -> MessageId {
        msg("tool-angle")
    }
    fn help(&self) -> MessageId {
        msg("tool-angle-help")
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if event.phase == Phase::Press && ctx.gesture.drawing.is_none() {
            ctx.gesture.is_kept = drawing::begin(ctx, event.position_px);
            return Vec::new();
        }
        let Some((_, pointer)) = drawing::first_and_pointer(ctx, event.position_px) else {
            return Vec::new();
        };
        let is_click = ctx.gesture.is_click();
        let Some(drawing) = ctx.gesture.drawing.as_mut() else {
            return Vec::new();
        };
        drawing.loose = Some(pointer);
        match (drawing.fixed.as_slice(), event.phase) {
            // The vertex: by letting go of the first drag, or by a second press.
            ([first], Phase::Release) if !is_click && pointer != *first => {
                drawing.fixed.push(pointer);
                Vec::new()
            }
            ([first], Phase::Press) if pointer != *first => {
                drawing.fixed.push(pointer);
                Vec::new()
            }
            (&[first, vertex], phase) => {
                if phase == Phase::Release && is_click && drawing.added.is_none() {
                    return Vec::new(); // the release of the press that set the vertex
                }
                let is_last = match phase {
                    Phase::Press => true,
                    // The vertex was set by a press and the last point is dragged to.
                    Phase::Release => !is_click,
                    Phase::Hover | Phase::Drag => false,
                };
                if is_last {
                    ctx.gesture.is_kept = false;
                }
                last_leg(ctx, first, vertex, pointer)
            }
            _ => Vec::new(),
        }
    }
}

fn last_leg(ctx: &mut ToolCtx<'_>, first: DVec3, vertex: DVec3, last: DVec3) -> Vec<Command> {
    if (last - vertex).length() < 1e-9 {
        return Vec::new();
    }
    drawing::put(
        ctx,
        Draft {
            kind: AnnotationKind::Angle,
            geometry: Geometry::Polyline,
            points: vec![first, vertex, last],
        },
    )
}
