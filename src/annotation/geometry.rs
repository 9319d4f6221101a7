//! Annotations and their geometry. The graphic types are DICOM's (PS3.3 C.18.6.1.2, C.18.9.1.2),
//! so the enum is closed; tools stay open.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::geom::{DVec2, DVec3};

/// Points of a geometry, in the space the annotation lives in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Points {
    /// Patient mm, LPS.
    Patient(Vec<DVec3>),
    /// Image pixels as (column, row) with (0, 0) at the top-left corner of the first pixel, whose
    /// centre is (0.5, 0.5) (SCOORD, PS3.3 C.18.6.1.2).
    Image(Vec<DVec2>),
}

impl Points {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Patient(points) => points.len(),
            Self::Image(points) => points.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// DICOM's graphic types; what the points of each mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Geometry {
    /// One point.
    Point,
    /// Several points.
    MultiPoint,
    /// Joined points, open.
    Polyline,
    /// Joined points, closed (the first is not repeated here; writers repeat it where DICOM asks).
    Polygon,
    /// Centre, then a point on the circle.
    Circle,
    /// Both ends of the major axis, then both ends of the minor axis.
    Ellipse,
}

/// What the reader meant to draw; decides which values are measured and how it is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AnnotationKind {
    /// One value (a point).
    Probe,
    /// A distance (polyline of two).
    Length,
    /// An angle at the middle of three points (polyline of three).
    Angle,
    /// An elliptical region.
    EllipseRoi,
    /// A rectangular region (polygon of four).
    RectangleRoi,
    /// An arrow with text: tip, then tail (polyline of two).
    Arrow,
    /// Any other geometry from a report; shown and measured as its geometry allows.
    Other,
}

/// Which image a geometry was drawn on: what "jump to" goes to and what a report refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// Series of the image.
    pub series_instance_uid: Arc<str>,
    /// The image; for a resliced plane, the image nearest to the first point.
    pub sop_instance_uid: Arc<str>,
    /// SOP class of the image.
    pub sop_class_uid: Arc<str>,
    /// Frame, counted from 0.
    pub frame: u32,
    /// Frame of reference of the points, when they are in patient space.
    pub frame_of_reference: Option<Arc<str>>,
    /// Unit normal of the plane drawn on, patient space; needed for regions on resliced planes.
    pub normal: Option<DVec3>,
}

/// A coded concept: value, scheme, meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct Code {
    pub value: String,
    pub scheme: String,
    pub meaning: String,
}

impl Code {
    /// A code from its three parts.
    #[must_use]
    pub fn new(value: &str, scheme: &str, meaning: &str) -> Self {
        Self {
            value: value.to_owned(),
            scheme: scheme.to_owned(),
            meaning: meaning.to_owned(),
        }
    }
}

/// Identifies an annotation within the program's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnnotationId(pub u64);

/// Something the reader drew, or a report brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Its key.
    pub id: AnnotationId,
    /// Tracking Unique Identifier, kept through save and reopen.
    pub tracking_uid: Arc<str>,
    /// Tracking Identifier, what the reader calls it: `Lesion 1`.
    pub label: String,
    /// Free text (of an arrow).
    pub text: String,
    /// What was meant.
    pub kind: AnnotationKind,
    /// Meaning of the points.
    pub geometry: Geometry,
    /// The points.
    pub points: Points,
    /// On what it was drawn.
    pub anchor: Anchor,
    /// What was found there, coded.
    pub finding: Option<Code>,
    /// Where its label stands, mm (or pixels) from the first point in the plane; `None`: placed by itself.
    pub label_offset: Option<DVec2>,
}

/// A value measured from a geometry; derived, never stored alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// What: length, angle, area, mean …
    pub quantity: Code,
    /// The value, in `unit`.
    pub value: f64,
    /// Its UCUM unit.
    pub unit: Code,
    /// How it was derived (mean, maximum …), where that is a modifier of the quantity.
    pub derivation: Option<Code>,
    /// How it was measured, where that is not as the image itself says.
    pub method: Option<Code>,
}
