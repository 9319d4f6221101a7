//! Which data a pane shows: where annotations are seen, and what a new one refers to.

use std::sync::Arc;

use super::resolved::{ResolvedKind, ResolvedView};
use crate::annotation::{Anchor, Annotation, Points};
use crate::geom::DVec3;

/// One image of a series.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct ImageRef {
    pub series_instance_uid: Arc<str>,
    pub sop_instance_uid: Arc<str>,
    pub sop_class_uid: Arc<str>,
    /// Counted from 0.
    pub frame: u32,
}

/// What of the data a pane shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownData {
    /// The image shown; in a resliced plane, the image nearest to its middle.
    pub image: ImageRef,
    /// Frame of Reference of the plane shown; `None` where the data name none.
    pub frame_of_reference: Option<Arc<str>>,
    /// Half the distance between slices along the view's normal, mm.
    pub half_step_mm: f64,
}

/// How an annotation is seen in a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// It lies in the plane shown.
    Full,
    /// It crosses the plane shown, or only a part of it lies there.
    Faint,
    /// It is elsewhere.
    Hidden,
}

/// Coordinates in reports are 32-bit; a point this far beyond half a slice is still on it.
const ROUNDING_MM: f64 = 0.01;

impl ShownData {
    /// What a new annotation on this view refers to; `image` is the one nearest to its first
    /// point, if that is another than the one shown.
    #[must_use]
    pub fn anchor(&self, view: &ResolvedView, image: Option<ImageRef>) -> Anchor {
        let image = image.unwrap_or_else(|| self.image.clone());
        Anchor {
            series_instance_uid: image.series_instance_uid,
            sop_instance_uid: image.sop_instance_uid,
            sop_class_uid: image.sop_class_uid,
            frame: image.frame,
            frame_of_reference: self.frame_of_reference.clone(),
            normal: view.plane().map(|plane| plane.normal()),
        }
    }

    /// Whether an annotation was drawn on the very image shown.
    #[must_use]
    pub fn is_own_image(&self, anchor: &Anchor) -> bool {
        self.image.sop_instance_uid == anchor.sop_instance_uid && self.image.frame == anchor.frame
    }

    /// Whether an annotation shares the space of this view: the same frame of reference, or, where
    /// there is none, the same series.
    fn shares_space(&self, anchor: &Anchor) -> bool {
        match (&self.frame_of_reference, &anchor.frame_of_reference) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (None, None) => self.image.series_instance_uid == anchor.series_instance_uid,
            _ => false,
        }
    }

    /// How an annotation is seen. In patient space: wholly when all its points lie within half a
    /// slice of the plane shown, faintly when only some do or it crosses the plane. In image
    /// space: on its own image alone.
    #[must_use]
    pub fn visibility(&self, view: &ResolvedView, annotation: &Annotation) -> Visibility {
        let is_stack = matches!(view.kind, ResolvedKind::Image { .. });
        match &annotation.points {
            Points::Image(_) if is_stack && self.is_own_image(&annotation.anchor) => {
                Visibility::Full
            }
            Points::Patient(points) if self.shares_space(&annotation.anchor) => {
                self.patient_visibility(view, points)
            }
            Points::Image(_) | Points::Patient(_) => Visibility::Hidden,
        }
    }

    fn patient_visibility(&self, view: &ResolvedView, points: &[DVec3]) -> Visibility {
        let Some(plane) = view.plane() else {
            return Visibility::Hidden;
        };
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for point in points {
            let distance = plane.distance_mm(*point);
            low = low.min(distance);
            high = high.max(distance);
        }
        let reach = self.half_step_mm + ROUNDING_MM;
        if points.is_empty() || !(low <= reach && high >= -reach) {
            Visibility::Hidden
        } else if low >= -reach && high <= reach {
            Visibility::Full
        } else {
            Visibility::Faint
        }
    }
}
