//! DICOM files and their parts: the only home of dicom-rs and of the codecs.
//!
//! Everything above sees [`Dataset`], [`Elements`], [`InstanceHeader`], [`DecodedFrame`] and
//! plain structs from [`modules`]; no type of dicom-rs but [`Tag`] leaves this module.
#![warn(missing_docs)]

mod byte_source;
mod colour;
mod dataset;
mod decode_error;
mod fragments;
mod instance;
mod palette;
mod pixel_data;
mod pixel_description;
mod samples;

mod codec;
pub mod modules;
pub mod transfer_syntax;

pub use dataset::{Dataset, Elements};
pub use decode_error::DecodeError;
pub use dicom_core::Tag;
pub use dicom_dictionary_std::tags;
pub use instance::{ByteSource, InstanceHeader, PixelDataLocation};
pub use pixel_data::{FrameDecoder, decode_frame};
pub use pixel_description::{DeclaredPhotometric, MAX_FRAME_BYTES, PixelDescription, SampleKind};
pub use samples::{DecodedFrame, Photometric, SampleType, Samples};
