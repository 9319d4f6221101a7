//! An instance as found: where its bytes are, its header, and where its pixels begin.

use std::path::Path;
use std::sync::Arc;

use dicom_core::Tag;

use crate::problem::Message;

use super::Dataset;
use super::Password;
use super::VideoIndex;

/// Where the bytes of an instance are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ByteSource {
    /// A file of its own.
    File(Arc<Path>),
    /// An entry of a zip archive.
    ZipEntry {
        /// The archive.
        archive: Arc<Path>,
        /// The entry's index in the archive.
        index: usize,
        /// The entry's name, for messages.
        name: Arc<str>,
        /// What decrypts it, if it is encrypted.
        password: Option<Password>,
    },
    /// In memory (the demo, and objects not yet saved).
    Memory(Arc<[u8]>),
}

/// Where the pixel data element's value lies in the instance's byte stream. For the deflated
/// syntax: in the stream that inflating what follows the meta information gives, counted from
/// the data set's first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelDataLocation {
    /// Pixel Data, Float Pixel Data or Double Float Pixel Data.
    pub tag: Tag,
    /// Offset of the first byte of the value (of the basic offset table's item when encapsulated).
    pub offset: u64,
    /// Declared length; `None` when undefined (encapsulated).
    pub length: Option<u32>,
}

/// What reading an instance up to its pixel data gives.
#[derive(Debug, Clone)]
pub struct InstanceHeader {
    /// Where it came from.
    pub source: ByteSource,
    /// Transfer syntax UID of the data set (assumed where the file does not say, and then noted).
    pub transfer_syntax: Arc<str>,
    /// Everything but the pixel data. Text is decoded already: Specific Character Set says
    /// ISO_IR 192 here, whatever the file said.
    pub dataset: Dataset,
    /// Where the pixels are, if there are any.
    pub pixel_data: Option<PixelDataLocation>,
    /// The file meta information (group 0002) as found; empty where the file has none.
    pub meta: Dataset,
    /// The pictures of a video; `None` where the pixel data are none, or no picture was found.
    pub video: Option<Arc<VideoIndex>>,
    /// What the reader had to guess or leave out, for the person at the screen.
    pub notes: Vec<Message>,
}

impl InstanceHeader {
    /// A header without meta information and notes: the demo's, and tests'.
    #[must_use]
    pub fn new(
        source: ByteSource,
        transfer_syntax: &str,
        dataset: Dataset,
        pixel_data: Option<PixelDataLocation>,
    ) -> Self {
        Self {
            source,
            transfer_syntax: transfer_syntax.into(),
            dataset,
            pixel_data,
            meta: Dataset::new(),
            video: None,
            notes: Vec::new(),
        }
    }
}
