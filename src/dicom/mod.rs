//! DICOM files and their parts: the only home of dicom-rs and of the codecs.
//!
//! Everything above sees [`Dataset`], [`Elements`], [`InstanceHeader`], [`DecodedFrame`] and
//! plain structs from [`modules`]; no type of dicom-rs but [`Tag`] leaves this module.
#![warn(missing_docs)]

mod byte_source;
mod dataset;
mod instance;
mod new_uid;
mod same_content;
mod samples;
mod write;

pub mod codec;
pub mod codes;
pub mod modules;

pub use dataset::{Dataset, Elements};
pub use dicom_core::Tag;
pub use dicom_dictionary_std::tags;
pub use instance::{ByteSource, InstanceHeader, PixelDataLocation};
pub use new_uid::{is_valid_uid, new_uid};
pub use samples::{DecodedFrame, Photometric, SampleType, Samples};
pub use write::{
    DatasetBuilder, IMPLEMENTATION_CLASS_UID, WriteError, decimal_string, write_part10,
    write_part10_bytes,
};
