//! DICOM files and their parts: the only home of dicom-rs and of the codecs.
//!
//! Everything above sees [`Dataset`], [`Elements`], [`InstanceHeader`], [`DecodedFrame`] and
//! plain structs from [`modules`]; no type of dicom-rs but [`Tag`] leaves this module.
#![warn(missing_docs)]

mod byte_source;
mod charset;
mod dataset;
mod date_time;
mod instance;
mod number;
mod person_name;
mod read;
mod samples;

pub mod codec;
pub mod modules;

pub use dataset::{Dataset, Elements};
pub use date_time::Date;
pub use date_time::Time;
pub use dicom_core::Tag;
pub use dicom_dictionary_std::tags;
pub use instance::{ByteSource, InstanceHeader, PixelDataLocation};
pub use person_name::NameGroup;
pub use person_name::PersonName;
pub use read::ReadError;
pub use read::read_full;
pub use read::read_header;
pub use samples::{DecodedFrame, Photometric, SampleType, Samples};
