//! DICOM files and their parts: the only home of dicom-rs and of the codecs.
//!
//! Everything above sees [`Dataset`], [`Elements`], [`InstanceHeader`], [`DecodedFrame`] and
//! plain structs from [`modules`]; no type of dicom-rs but [`Tag`] leaves this module.
#![warn(missing_docs)]

mod byte_source;
mod dataset;
mod instance;
mod samples;

pub mod codec;
pub mod modules;

pub use dataset::{Dataset, Elements};
pub use dicom_core::Tag;
pub use dicom_dictionary_std::tags;
pub use instance::{ByteSource, InstanceHeader, PixelDataLocation};
pub use samples::{DecodedFrame, Photometric, SampleType, Samples};
