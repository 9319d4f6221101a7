//! The grey chain on the CPU: stored sample → padding → modality → (filter) → VOI → inverse →
//! display level. It is what export, probe, statistics and thumbnails use, and the reference the
//! shaders must equal.
#![warn(missing_docs)]

mod assemble;
mod calibration;
mod frame_image;
mod lut;

pub use crate::dicom::{Photometric, SampleType, Samples};
pub use assemble::{ImageAttributes, frame_image};
pub use frame_image::{
    Calibration, FrameImage, ImagePlane, LossyNote, ModalityTransform, NamedVoi, PaddingRange,
    PixelSpacing, Units, VoiFunction, VoiTransform,
};
pub use lut::Lut;
