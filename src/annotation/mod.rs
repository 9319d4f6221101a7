//! What the reader draws: geometry in patient space (or in image pixels where there is no plane),
//! and the values measured from it, computed when asked and never stored beside it.
#![warn(missing_docs)]

mod code;
mod geometry;
mod measure;
mod quantity;
mod region;
mod shape;
mod source;
mod space;

pub use code::unit_of_values;
pub use geometry::{
    Anchor, Annotation, AnnotationId, AnnotationKind, Code, Geometry, Measurement, Points,
};
pub use measure::{Measured, measure, measure_quantities};
pub use quantity::Quantity;
pub use shape::{ellipse_from_corners, major_axis_first, rectangle_from_corners};
pub use source::{ImageGeometry, PixelSource, SingleFrame};
pub use space::{patient_from_pixel, pixel_from_patient};

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An annotation of no particular image.
    pub(crate) fn annotation(
        kind: AnnotationKind,
        geometry: Geometry,
        points: Points,
    ) -> Annotation {
        Annotation {
            id: AnnotationId(1),
            tracking_uid: "1.2.3.4".into(),
            label: "Lesion 1".to_owned(),
            text: String::new(),
            kind,
            geometry,
            points,
            anchor: Anchor {
                series_instance_uid: "1.2.3".into(),
                sop_instance_uid: "1.2.3.1".into(),
                sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".into(),
                frame: 0,
                frame_of_reference: Some("1.2.9".into()),
                normal: Some(crate::geom::DVec3::Z),
            },
            finding: None,
            label_offset: None,
        }
    }
}
