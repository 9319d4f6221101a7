//! The grey chain on the CPU: stored sample → padding → modality → (filter) → VOI → inverse →
//! display level ([`grey_chain`] defines each step). It is what export, probe, statistics and
//! thumbnails use, and the reference the shaders must equal.
#![warn(missing_docs)]

mod assemble;
mod calibration;
mod cielab;
mod colour_profile;
mod frame_image;
pub mod grey_chain;
mod lut;
pub mod marks;
pub(crate) mod picture;
mod presentation;
mod probe;
mod range;
pub mod sampling;
pub mod shutter;
pub mod slice_twin;
pub mod statistics;
mod strokes;
mod value_maps;
pub mod voi;

pub use crate::dicom::{MissingEnd, Photometric, SampleType, Samples};
pub use assemble::{GreyStages, ImageAttributes};
pub use cielab::srgb_from_lab;
pub use colour_profile::{ColourProfile, Colours};
pub use frame_image::{
    Calibration, FrameImage, ImagePlane, LossyNote, ModalityTransform, NamedVoi, PaddingRange,
    PixelSpacing, Units, VoiFunction, VoiTransform,
};
pub use grey_chain::Look;
pub use lut::{DisplayLut, Lut};
pub use marks::{FrameMarks, Marks, MarksLook};
pub use picture::Picture;
pub use presentation::{PresentationTable, behind_voi};
pub use probe::{Probe, probe};
pub use range::full_range;
pub use sampling::Filter;
pub use slice_twin::SliceView;
pub use statistics::{Region, Statistics, region_statistics};
pub use value_maps::{LinearMap, MappedValue, map_label, map_unit, mapped_values, with_value_maps};
