//! Spaces, planes and orientation. Everything is f64 and in millimetres of the DICOM patient
//! coordinate system (LPS: x to the patient's left, y to the back, z to the head; PS3.3
//! C.7.6.2.1.1) until a uniform buffer is filled.
#![warn(missing_docs)]

mod orientation;
mod plane;

pub use glam::{DAffine2, DAffine3, DMat2, DMat3, DVec2, DVec3};
pub use orientation::{AnatomicalPlane, anatomical_letters, nearest_anatomical_plane};
pub use plane::PlanePose;
