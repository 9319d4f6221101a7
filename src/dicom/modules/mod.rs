//! IOD modules of PS3.3 as plain structs, read from [`Elements`].
//!
//! One file a module or macro. Each `read` forgives what is absent or unreadable; what it gives is
//! checked (finite, positive, unit length), so that nobody above checks again.

mod cine;
mod colour_space;
mod concatenation;
mod dimensions;
mod display_shutter;
mod ecg_lead;
mod encapsulated_document;
mod frame_facts;
mod functional_groups;
mod image_pixel;
mod image_plane;
mod lossy;
mod lut_table;
mod modality_lut;
mod nuclear;
mod overlay_plane;
mod padding;
mod patient;
mod real_world_value;
mod series;
mod spacing;
mod study;
mod suv;
mod ultrasound;
mod voi_lut;
mod waveform;
mod waveform_sample;

pub use cine::CineModule;
pub use colour_space::ColourSpaceModule;
pub use concatenation::Concatenation;
pub use dimensions::Dimensions;
pub use display_shutter::{Circle, DisplayShutter, Rectangle, ShutterColour, shutter_fault};
pub use ecg_lead::EcgLead;
pub use encapsulated_document::EncapsulatedDocument;
pub use frame_facts::{FrameFacts, ImageKind, InstanceFacts, MAX_FRAMES};
pub use functional_groups::FunctionalGroups;
pub use image_pixel::ImagePixelModule;
pub use image_plane::ImagePlaneModule;
pub use lossy::lossy_ratio;
pub use lut_table::LutTable;
pub use modality_lut::{ModalityModule, UnitName};
pub use overlay_plane::{OverlayBits, OverlayPlane, OverlayType};
pub use padding::padding_range;
pub use patient::{PatientModule, normalised_name};
pub use real_world_value::{RealWorldValueMap, RealWorldValues, has_short_signed_values};
pub use series::SeriesModule;
pub use spacing::{SpacingModule, positive_pair};
pub use study::StudyModule;
pub use suv::suv_bw_factor;
pub use ultrasound::{AxisReference, RegionUnit, UltrasoundRegion};
pub use voi_lut::{VoiModule, VoiWindow};
pub use waveform::{
    ChannelFilters, ChannelScale, ChannelUnit, WaveformChannel, WaveformGroup, WaveformSamples,
};
pub use waveform_sample::WaveformSampleKind;

use super::Elements;
use super::PixelDataLocation;
use crate::problem::Message;

/// What of an image's overlays and shutter cannot be shown, a sentence each.
#[must_use]
pub fn faults_over_the_image(
    root: Elements<'_>,
    pixel_data: Option<PixelDataLocation>,
) -> Vec<Message> {
    let pixel = ImagePixelModule::read(root, pixel_data);
    let (_, mut faults) = OverlayPlane::read_all(root, &pixel);
    faults.extend(DisplayShutter::read(root).1);
    faults
}

#[cfg(test)]
pub(crate) mod testing;
