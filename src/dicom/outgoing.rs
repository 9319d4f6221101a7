//! An instance in a file, as it is sent: the bytes behind its meta information, or, where the
//! other side does not take their syntax, the same values uncompressed.

mod native_pixels;

use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;

use dicom_dictionary_std::tags;

use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use super::ByteSource;
use super::DatasetBuilder;
use super::data_set::encode_data_set;
use super::read_full;
use super::read_header;

/// Nearly all meta information is shorter than this.
const USUAL_META: u64 = 4 << 10;
/// All meta information is shorter than this.
const LONGEST_META: u64 = 1 << 20;
const BUFFER: usize = 256 * 1024;

/// An instance to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its file.
    pub path: PathBuf,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Transfer syntax of its bytes.
    pub transfer_syntax_uid: String,
    /// Where the data set begins in the file.
    offset: u64,
}

impl Outgoing {
    /// Reads what must be said of a file before it is sent.
    ///
    /// # Errors
    /// Why it cannot be sent, for the person at the screen.
    pub fn open(path: &Path) -> Result<Self, Message> {
        let header = read_header(ByteSource::File(path.into())).map_err(|error| error.message())?;
        let unsendable = || Message::new(msg("pacs-file-no-instance"));
        let (offset, declared) =
            start_of_data_set(path).map_err(|error| super::io_message(&error))?;
        let transfer_syntax_uid = header.transfer_syntax.to_string();
        // Where the reader had to take it for something else, its bytes are not what they would
        // be announced as.
        if declared.is_some_and(|declared| declared != transfer_syntax_uid) || header.is_picture() {
            return Err(unsendable());
        }
        let elements = header.dataset.elements();
        let uid = |tag| elements.uid(tag).ok_or_else(unsendable);
        Ok(Self {
            path: path.to_owned(),
            sop_class_uid: uid(tags::SOP_CLASS_UID)?,
            sop_instance_uid: uid(tags::SOP_INSTANCE_UID)?,
            transfer_syntax_uid,
            offset,
        })
    }

    /// The bytes as they are.
    ///
    /// # Errors
    /// Those of the file.
    pub fn data_set(&self) -> io::Result<impl BufRead + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(BufReader::with_capacity(BUFFER, file))
    }

    /// The same instance in implicit or explicit VR little endian: every value as it is, every
    /// pixel as it decodes (a lossy colour image as RGB, a palette's indices as they are).
    ///
    /// # Errors
    /// Why not, for the person at the screen: videos, pixels that cannot be decoded, and those
    /// whose samples would not be what the data set says are not converted.
    pub fn uncompressed(
        &self,
        transfer_syntax_uid: &str,
        ctx: &JobCtx,
    ) -> Result<Vec<u8>, Message> {
        let source = ByteSource::File(self.path.as_path().into());
        let header = read_full(source.clone()).map_err(|error| error.message())?;
        let mut builder = DatasetBuilder::from_dataset(&header.dataset);
        if header.pixel_data.is_some() {
            native_pixels::put(&mut builder, &header, ctx)?;
        }
        encode_data_set(
            &builder.into_dataset(),
            transfer_syntax_uid,
            Some("ISO_IR 192"),
        )
        .map_err(|error| error.message())
    }
}

/// Offset of the data set, and the syntax that the meta information declares. A file without
/// preamble begins with its data set.
fn start_of_data_set(path: &Path) -> io::Result<(u64, Option<String>)> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(USUAL_META).read_to_end(&mut head)?;
    match end_of_meta(&head) {
        Err(_too_short) if head.len() as u64 == USUAL_META => {
            file.take(LONGEST_META).read_to_end(&mut head)?;
            end_of_meta(&head)
        }
        found => found,
    }
}

/// The same of a file's first bytes.
fn end_of_meta(head: &[u8]) -> io::Result<(u64, Option<String>)> {
    const PREAMBLE: usize = 132;
    let has_magic = head.get(128..PREAMBLE) == Some(b"DICM".as_slice());
    let mut at = if has_magic { PREAMBLE } else { 0 };
    let mut declared = None;
    // Group 0002 is explicit VR little endian (PS3.10 7.1).
    while let Some([0x02, 0x00, low, high, vr @ .., a, b]) =
        head.get(at..).and_then(|rest| rest.first_chunk::<8>())
    {
        let is_long = matches!(vr, b"OB" | b"OW" | b"OF" | b"SQ" | b"UT" | b"UN");
        let (value_at, length) = if is_long {
            let length = head.get(at + 8..at + 12).and_then(|it| it.try_into().ok());
            let length = length.map_or(u32::MAX, u32::from_le_bytes);
            (at + 12, length as usize)
        } else {
            (at + 8, usize::from(u16::from_le_bytes([*a, *b])))
        };
        let Some(value) = head.get(value_at..).and_then(|rest| rest.get(..length)) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        if (*low, *high) == (0x10, 0x00) {
            let text = String::from_utf8_lossy(value);
            declared = Some(text.trim_matches([' ', '\0']).to_owned());
        }
        at = value_at + length;
    }
    if at + 8 > head.len() && head.len() as u64 == USUAL_META {
        return Err(io::ErrorKind::InvalidData.into()); // what follows was not read
    }
    Ok((at as u64, declared))
}
