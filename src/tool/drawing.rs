//! Drafts: an annotation that is in the document from its first real point on and changes under
//! the pointer, all of it one step of history.

use std::sync::Arc;

use crate::annotation::{Annotation, AnnotationId, AnnotationKind, Geometry};
use crate::dicom::new_uid;
use crate::geom::{DVec2, DVec3};
use crate::tool::event::{Phase, PointerEvent};
use crate::tool::scene::ToolCtx;
use crate::view::Space;
use crate::workspace::{AnnotationEdit, Command};

/// What a gesture draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// How it is found again in the document.
    pub tracking_uid: Arc<str>,
    /// The space of its points.
    pub space: Space,
    /// Points fixed so far.
    pub fixed: Vec<DVec3>,
    /// Where the pointer is: drawn as a line from the last fixed point until the drawing is whole.
    pub loose: Option<DVec3>,
    /// It is in the document, as this.
    pub added: Option<AnnotationKind>,
}

/// An annotation to be: what was drawn, without name and anchor.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What was meant.
    pub kind: AnnotationKind,
    /// Meaning of the points.
    pub geometry: Geometry,
    /// In the drawing's space.
    pub points: Vec<DVec3>,
}

/// Begins a drawing at the pointer; false where nothing can be drawn.
pub(super) fn begin(ctx: &mut ToolCtx<'_>, position_px: DVec2) -> bool {
    let place = ctx
        .scene
        .drawing_space()
        .and_then(|space| Some((space, ctx.scene.view.place(space, position_px)?)));
    ctx.gesture.drawing = place.map(|(space, first)| Drawing {
        tracking_uid: new_uid().into(),
        space,
        fixed: vec![first],
        loose: None,
        added: None,
    });
    ctx.gesture.drawing.is_some()
}

/// Puts the draft into the document, or changes it there.
pub(super) fn put(ctx: &mut ToolCtx<'_>, draft: Draft) -> Vec<Command> {
    let scene = ctx.scene;
    let gesture = ctx.gesture.id;
    let Some(drawing) = ctx.gesture.drawing.as_mut() else {
        return Vec::new();
    };
    let Some(first) = draft.points.first().copied() else {
        return Vec::new();
    };
    if !draft.points.iter().all(|point| point.is_finite()) {
        return Vec::new();
    }
    let points = drawing.space.points(draft.points);
    let annotation = match scene.drawn(&drawing.tracking_uid) {
        Some(known) => {
            let annotation = Annotation {
                points,
                ..(**known).clone()
            };
            return vec![Command::Annotate(AnnotationEdit::Change(
                annotation, gesture,
            ))];
        }
        None => Annotation {
            id: AnnotationId(0),
            tracking_uid: Arc::clone(&drawing.tracking_uid),
            label: String::new(), // the document gives it one
            text: String::new(),
            kind: draft.kind,
            geometry: draft.geometry,
            points,
            anchor: match scene.anchor(drawing.space, first) {
                Some(anchor) => anchor,
                None => return Vec::new(),
            },
            finding: None,
            label_offset: None,
        },
    };
    drawing.added = Some(draft.kind);
    vec![Command::Annotate(AnnotationEdit::Add(annotation, gesture))]
}

/// Takes the drawing back: the document is as before the gesture.
pub(super) fn withdraw(ctx: &mut ToolCtx<'_>) -> Vec<Command> {
    let was_added = ctx
        .gesture
        .drawing
        .take()
        .is_some_and(|drawing| drawing.added.is_some());
    if was_added {
        vec![Command::Annotate(AnnotationEdit::Cancel(ctx.gesture.id))]
    } else {
        Vec::new()
    }
}

/// Press at one point, drag to the other, let go; a click leaves nothing behind. `draft` makes the
/// annotation of the two.
pub(super) fn two_points(
    ctx: &mut ToolCtx<'_>,
    event: &PointerEvent,
    draft: impl Fn(&ToolCtx<'_>, DVec3, DVec3) -> Option<Draft>,
) -> Vec<Command> {
    match event.phase {
        Phase::Press => {
            begin(ctx, event.position_px);
            Vec::new()
        }
        Phase::Drag | Phase::Release => {
            let Some((first, second)) = first_and_pointer(ctx, event.position_px) else {
                return Vec::new();
            };
            if ctx.gesture.is_click() {
                return Vec::new();
            }
            let is_back = (event.position_px - ctx.gesture.start_px).length() < event.px_per_pt;
            if is_back && event.phase == Phase::Release {
                return withdraw(ctx);
            }
            match draft(ctx, first, second) {
                Some(draft) => put(ctx, draft),
                None => Vec::new(),
            }
        }
        Phase::Hover => Vec::new(),
    }
}

pub(super) fn first_and_pointer(ctx: &ToolCtx<'_>, position_px: DVec2) -> Option<(DVec3, DVec3)> {
    let drawing = ctx.gesture.drawing.as_ref()?;
    let pointer = ctx.scene.view.place(drawing.space, position_px)?;
    Some((*drawing.fixed.first()?, pointer))
}
