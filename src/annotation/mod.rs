//! What the reader draws: geometry in patient space (or in image pixels where there is no plane),
//! and the values measured from it, computed when asked and never stored beside it.
#![warn(missing_docs)]

mod code;
mod geometry;
mod manual_calibration;
mod measure;
mod quantity;
mod region;
mod ruler;
mod shape;
mod source;
mod space;
#[cfg(test)]
pub(crate) mod testing;

pub use code::unit_of_values;
pub use geometry::{
    Anchor, Annotation, AnnotationId, AnnotationKind, Code, Geometry, Measurement, Points,
};
pub use manual_calibration::{
    ManualCalibration, ManuallyCalibrated, calibrations_about, can_calibrate, manual_spacing,
};
pub use measure::{Measured, measure, measure_quantities};
pub use quantity::Quantity;
pub use shape::{ellipse_from_corners, major_axis_first, rectangle_from_corners};
pub use source::{ImageGeometry, PixelSource, SingleFrame};
pub use space::{patient_from_pixel, pixel_from_patient};
