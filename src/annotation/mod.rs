//! What the reader draws: geometry in patient space (or in image pixels where there is no plane),
//! and the values measured from it, computed when asked and never stored beside it.
#![warn(missing_docs)]

mod geometry;

pub use geometry::{
    Anchor, Annotation, AnnotationId, AnnotationKind, Code, Geometry, Measurement, Points,
};
