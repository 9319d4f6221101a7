//! DICOM files and their parts: the only home of dicom-rs and of the codecs.
//!
//! Everything above sees [`Dataset`], [`Elements`], [`InstanceHeader`], [`DecodedFrame`] and
//! plain structs from [`modules`]; no type of dicom-rs but [`Tag`] leaves this module.
#![warn(missing_docs)]

mod byte_source;
mod charset;
mod codec;
mod colour;
mod dataset;
mod date_time;
mod decode_error;
mod dicomdir;
mod fragments;
mod instance;
mod new_uid;
mod number;
mod number_of_frames;
mod palette;
mod password;
mod person_name;
mod picture;
mod pixel_data;
mod pixel_description;
mod read;
mod same_content;
mod samples;
mod scan;
mod sop_class;
mod stored_values;
mod video;
mod write;

pub mod codes;
pub mod modules;
pub mod transfer_syntax;

pub use dataset::Dataset;
pub use dataset::Elements;
pub use date_time::Date;
pub use date_time::Time;
pub use decode_error::DecodeError;
pub use dicom_core::Tag;
pub use dicom_dictionary_std::tags;
pub use instance::ByteSource;
pub use instance::InstanceHeader;
pub use instance::PixelDataLocation;
pub use new_uid::is_valid_uid;
pub use new_uid::new_uid;
pub use number_of_frames::NumberOfFrames;
pub use palette::Palette;
pub use password::Password;
pub use person_name::NameGroup;
pub use person_name::PersonName;
pub use pixel_data::FrameDecoder;
pub use pixel_data::FrameRun;
pub use pixel_data::decode_frame;
pub use pixel_description::DeclaredPhotometric;
pub use pixel_description::MAX_FRAME_BYTES;
pub use pixel_description::PixelDescription;
pub use pixel_description::SampleKind;
pub use read::ReadError;
pub use read::io_message;
pub use read::read_full;
pub use read::read_header;
pub use samples::DecodedFrame;
pub use samples::MissingEnd;
pub use samples::Photometric;
pub use samples::SampleType;
pub use samples::Samples;
pub use scan::ScanEvent;
pub use scan::ScanSummary;
pub use scan::scan;
pub use scan::scan_locked;
pub use sop_class::sop_class_name;
pub use video::VideoCodec;
pub use video::VideoContainer;
pub use video::VideoIndex;
pub use write::DatasetBuilder;
pub use write::IMPLEMENTATION_CLASS_UID;
pub use write::WriteError;
pub use write::decimal_string;
pub use write::write_part10;
pub use write::write_part10_bytes;
