//! Reading an instance, tolerantly, up to its pixel data.
//!
//! PS3.10 files as they should be, and as they come: without preamble or meta information, with
//! a transfer syntax that is missing, wrong or private, cut off anywhere. What had to be guessed
//! or left out is noted with the instance. An error is left for what holds nothing of use.

mod element;
mod error;
mod start;
mod value;
mod walk;
mod window;

use std::fs::File;
use std::io;
use std::io::Read;
use std::sync::Arc;

use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::header::DataElement;
use dicom_core::value::PrimitiveValue;
use dicom_dictionary_std::tags;
use dicom_dictionary_std::uids;
use dicom_object::InMemDicomObject;
use flate2::read::DeflateDecoder;
use flate2::read::ZlibDecoder;

use crate::problem::Message;
use crate::problem::msg;

use super::ByteSource;
use super::Dataset;
use super::Elements;
use super::InstanceHeader;
use super::NumberOfFrames;
use super::PixelDataLocation;
use super::byte_source::decrypting;
use super::byte_source::open_archive;
use super::modules::faults_over_the_image;
use super::pixel_data::find_video;
use crate::jobs::JobCtx;

use element::EXPLICIT_BIG;
use element::EXPLICIT_LITTLE;
use element::Encoding;
use start::EXPLICIT_BIG_ENDIAN_UID;
use start::body_encoding;
use start::find_start;
use start::syntax_of;
use walk::Found;
use walk::Place;
use walk::Stop;
use walk::Walker;
use window::Window;

pub use error::ReadError;
pub use error::io_message;

/// Reads an instance up to its pixel data.
///
/// # Errors
/// [`ReadError`] where the source gives no bytes, or none that make an instance.
pub fn read_header(source: ByteSource) -> Result<InstanceHeader, ReadError> {
    read_bounded(source, usize::MAX, &JobCtx::new()).map(|read| read.header)
}

/// Reads an instance with what follows its pixel data. Pixel data itself is not kept, but read:
/// this is for structured reports and other objects without pixels.
///
/// # Errors
/// As [`read_header`].
pub fn read_full(source: ByteSource) -> Result<InstanceHeader, ReadError> {
    read_source(source, usize::MAX, true, &JobCtx::new()).map(|read| read.header)
}

/// A header and what only directories and archives ask for.
pub(super) struct ReadOutcome {
    pub(super) header: InstanceHeader,
    /// Where the items of a Directory Record Sequence begin.
    pub(super) record_offsets: Vec<u64>,
    /// How many bytes had to be read (inflated, where the source is compressed).
    pub(super) bytes_read: usize,
}

/// What the first bytes of an instance say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beginning {
    /// Where the data set begins among them.
    pub(super) data_set_at: usize,
    /// Transfer syntax of the data set.
    pub(super) transfer_syntax: Arc<str>,
    /// SOP Class UID, of the data set or else of the meta information; empty if neither says.
    pub(super) sop_class_uid: String,
    /// SOP Instance UID, likewise.
    pub(super) sop_instance_uid: String,
}

/// Reads the first bytes of an instance.
///
/// # Errors
/// [`ReadError`] where they are not the beginning of an instance.
pub(super) fn read_beginning(bytes: &[u8]) -> Result<Beginning, ReadError> {
    let plan = Plan {
        limit: bytes.len(),
        goes_past_pixels: false,
    };
    let parsed = plan.read(Box::new(bytes), None)?;
    let uid = |own, meta| {
        let uid = uid_in(&parsed.object, own).or_else(|| uid_in(&parsed.meta, meta));
        uid.unwrap_or_default()
    };
    Ok(Beginning {
        data_set_at: parsed.body_at,
        transfer_syntax: parsed.transfer_syntax().0,
        sop_class_uid: uid(tags::SOP_CLASS_UID, tags::MEDIA_STORAGE_SOP_CLASS_UID),
        sop_instance_uid: uid(tags::SOP_INSTANCE_UID, tags::MEDIA_STORAGE_SOP_INSTANCE_UID),
    })
}

/// As [`read_header`], reading no more than `limit` bytes; looking for the pictures of a video, which
/// may be gigabytes, ends with the job, and the header is then without them.
pub(super) fn read_bounded(
    source: ByteSource,
    limit: usize,
    ctx: &JobCtx,
) -> Result<ReadOutcome, ReadError> {
    read_source(source, limit, false, ctx)
}

fn read_source(
    source: ByteSource,
    limit: usize,
    goes_past_pixels: bool,
    ctx: &JobCtx,
) -> Result<ReadOutcome, ReadError> {
    let plan = Plan {
        limit,
        goes_past_pixels,
    };
    let parsed = match &source {
        ByteSource::File(path) => {
            // Asked before it is opened: opening a pipe would wait for its other end.
            if !std::fs::metadata(path)?.is_file() {
                return Err(ReadError::NoFile);
            }
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            plan.read(Box::new(file), Some(size))?
        }
        ByteSource::ZipEntry {
            archive,
            index,
            password,
            ..
        } => {
            let (mut file, directory) = open_archive(archive)?;
            let entry = directory.entry(*index).map_err(io::Error::from)?;
            let reader = entry
                .with_reader(&mut file, decrypting(password.as_ref()))
                .map_err(io::Error::from)?;
            plan.read(Box::new(reader), None)?
        }
        ByteSource::Memory(bytes) => plan.read(Box::new(&**bytes), Some(bytes.len() as u64))?,
    };
    Ok(parsed.finish(source, ctx))
}

#[derive(Clone, Copy)]
struct Plan {
    limit: usize,
    goes_past_pixels: bool,
}

struct Parsed {
    meta: InMemDicomObject,
    /// Where the data set begins.
    body_at: usize,
    object: InMemDicomObject,
    found: Found,
    declared: Option<String>,
    encoding: Encoding,
    /// Size of the byte stream that positions count in, if known.
    total: Option<u64>,
    bytes_read: usize,
    is_corrupt: bool,
    /// What stands before preamble or data set.
    stray_bytes: usize,
}

impl Plan {
    fn read(self, reader: Box<dyn Read + '_>, total: Option<u64>) -> Result<Parsed, ReadError> {
        let mut window = Window::open(reader, self.limit)?;
        if window.bytes().is_empty() {
            return Err(ReadError::Empty);
        }
        let size = known_size(&window, total);
        let Some(start) = find_start(window.bytes(), size) else {
            return Err(ReadError::NotDicom);
        };
        let (meta, body_at) = self.meta(&mut window, start.at, total)?;
        let declared = uid_in(&meta, tags::TRANSFER_SYNTAX_UID);
        let is_deflated = declared.as_deref() == Some(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
            && element::count_plausible(
                window.bytes(),
                body_at,
                EXPLICIT_LITTLE,
                known_size(&window, total),
                3,
            ) < 3;
        let mut parsed = if is_deflated {
            let is_zlib = window.bytes().get(body_at..).is_some_and(|body| {
                matches!(body, [0x78, second, ..] if (0x7800 + u16::from(*second)) % 31 == 0)
            });
            let deflated = window.into_reader(body_at);
            let inflated: Box<dyn Read> = if is_zlib {
                Box::new(ZlibDecoder::new(deflated))
            } else {
                Box::new(DeflateDecoder::new(deflated))
            };
            let mut window = Window::open(inflated, self.limit)?;
            self.body(&mut window, 0, None, meta, declared)?
        } else {
            self.body(&mut window, body_at, total, meta, declared)?
        };
        parsed.stray_bytes = start.stray_bytes;
        parsed.body_at = body_at;
        let has_elements = parsed.object.tags().next().is_some();
        match (
            start.has_magic,
            has_elements || parsed.found.pixel_data.is_some(),
        ) {
            (true, true) => Ok(parsed),
            (true, false) => Err(ReadError::NothingUsable),
            (false, _) if is_meaningful(&parsed) => Ok(parsed),
            (false, _) => Err(ReadError::NotDicom),
        }
    }

    /// The elements of group 0002, wherever their group length says they end.
    fn meta(
        self,
        window: &mut Window<'_>,
        at: usize,
        total: Option<u64>,
    ) -> Result<(InMemDicomObject, usize), ReadError> {
        loop {
            let bytes = window.bytes();
            let encoding = match element::tag_at(bytes, at, EXPLICIT_LITTLE) {
                Some(Tag(0x0002, _)) => EXPLICIT_LITTLE,
                Some(Tag(0x0200, _)) => EXPLICIT_BIG,
                _ => return Ok((InMemDicomObject::new_empty(), at)),
            };
            let mut meta = InMemDicomObject::new_empty();
            let mut walker = self.walker(window, total);
            walker.only_group = Some(0x0002);
            match walker.elements(at, Place::top(encoding), &mut meta) {
                Ok(end) => return Ok((meta, end)),
                Err(Stop::More(wanted)) => window.grow(wanted)?,
                Err(Stop::End) => {
                    let end = walker.found.truncated_at.unwrap_or_default() as usize;
                    return Ok((meta, end.max(at)));
                }
            }
        }
    }

    fn body(
        self,
        window: &mut Window<'_>,
        at: usize,
        total: Option<u64>,
        mut meta: InMemDicomObject,
        declared: Option<String>,
    ) -> Result<Parsed, ReadError> {
        let size = known_size(window, total);
        let encoding = body_encoding(window.bytes(), at, size, declared.as_deref());
        loop {
            let mut object = InMemDicomObject::new_empty();
            let mut walker = self.walker(window, total);
            let result = walker.elements(at, Place::top(encoding), &mut object);
            let found = walker.found;
            if let Err(Stop::More(wanted)) = result {
                window.grow(wanted)?;
                continue;
            }
            // Meta information within the data set is no part of it.
            let strays: Vec<Tag> = object
                .tags()
                .take_while(|tag| tag.0 <= 0x0002)
                .filter(|tag| tag.0 == 0x0002)
                .collect();
            for tag in strays {
                if let Some(element) = object.take(tag).filter(|_| meta.get(tag).is_none()) {
                    meta.put(element);
                }
            }
            let declared = declared.or_else(|| uid_in(&meta, tags::TRANSFER_SYNTAX_UID));
            return Ok(Parsed {
                meta,
                body_at: at,
                object,
                found,
                declared,
                encoding,
                total: total.or_else(|| {
                    let is_all = window.is_complete() && !window.is_full();
                    is_all.then_some(window.bytes().len() as u64)
                }),
                bytes_read: window.bytes().len(),
                is_corrupt: window.is_corrupt(),
                stray_bytes: 0,
            });
        }
    }

    fn walker<'b>(self, window: &'b Window<'_>, total: Option<u64>) -> Walker<'b> {
        Walker {
            bytes: window.bytes(),
            is_complete: window.is_complete(),
            total: known_size(window, total),
            goes_past_pixels: self.goes_past_pixels,
            only_group: None,
            found: Found::default(),
        }
    }
}

/// Where nothing can reach beyond, as far as it is known.
fn known_size(window: &Window<'_>, total: Option<u64>) -> u64 {
    if window.is_complete() && !window.is_full() {
        window.bytes().len() as u64
    } else {
        total.unwrap_or(u64::MAX)
    }
}

fn is_meaningful(parsed: &Parsed) -> bool {
    let telling = [
        tags::SOP_CLASS_UID,
        tags::SOP_INSTANCE_UID,
        tags::STUDY_INSTANCE_UID,
        tags::SERIES_INSTANCE_UID,
        tags::DIRECTORY_RECORD_SEQUENCE,
    ];
    let has = |tag| parsed.object.get(tag).is_some();
    telling.into_iter().any(has)
        || (has(tags::ROWS) && has(tags::COLUMNS))
        || parsed.found.pixel_data.is_some_and(|_| has(tags::ROWS))
}

fn uid_in(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let text = object.get(tag)?.value().primitive()?.to_str();
    let uid = text.trim_matches([' ', '\0']);
    (!uid.is_empty()).then(|| uid.to_owned())
}

impl Parsed {
    /// The transfer syntax that the bytes are in, and what to say where that is not declared.
    fn transfer_syntax(&self) -> (Arc<str>, Option<Message>) {
        let actual = syntax_of(self.encoding);
        match self.declared.as_deref() {
            None => {
                let note = Message::new(msg("reading-syntax-guessed")).text("syntax", actual);
                (actual.into(), Some(note))
            }
            Some(
                declared @ (uids::IMPLICIT_VR_LITTLE_ENDIAN
                | uids::EXPLICIT_VR_LITTLE_ENDIAN
                | EXPLICIT_BIG_ENDIAN_UID),
            ) if declared != actual => {
                let note = Message::new(msg("reading-syntax-wrong"))
                    .text("declared", declared)
                    .text("actual", actual);
                (actual.into(), Some(note))
            }
            Some(declared) => (declared.into(), None),
        }
    }

    fn finish(mut self, source: ByteSource, ctx: &JobCtx) -> ReadOutcome {
        let (transfer_syntax, note) = self.transfer_syntax();
        let mut notes = Vec::from_iter(note);
        if self.stray_bytes > 0 {
            notes.push(Message::new(msg("reading-stray-bytes")).count("count", self.stray_bytes));
        }
        if self.is_corrupt {
            notes.push(Message::new(msg("reading-compressed-corrupt")));
        }
        if let Some(at) = self.found.truncated_at {
            notes.push(Message::new(msg("reading-truncated")).number("at", at as f64));
        } else if let (Some(pixels), Some(total)) = (self.found.pixel_data, self.total)
            && let Some(length) = pixels.length
            && pixels.offset.saturating_add(u64::from(length)) > total
        {
            notes.push(
                Message::new(msg("reading-pixels-truncated"))
                    .number("expected", f64::from(length))
                    .number("found", total.saturating_sub(pixels.offset) as f64),
            );
        }
        let root = Elements {
            object: &self.object,
        };
        notes.extend(faults_over_the_image(root, self.found.pixel_data));
        if let Some(at) = self.found.repaired_at {
            notes.push(Message::new(msg("reading-repaired")).number("at", at as f64));
        }
        if let Some(term) = &self.found.unknown_character_set {
            notes.push(
                Message::new(msg("reading-character-set-unknown")).text("term", term.as_str()),
            );
        } else if self.found.is_text_doubtful {
            notes.push(Message::new(msg("reading-text-guessed")));
        }
        if self.found.is_text_doubtful && self.object.get(tags::SPECIFIC_CHARACTER_SET).is_none() {
            self.object.put(DataElement::new(
                tags::SPECIFIC_CHARACTER_SET,
                VR::CS,
                PrimitiveValue::from("ISO_IR 192"),
            ));
        }
        let dataset = Dataset {
            object: self.object,
        };
        notes.extend(frames_counted(&dataset, self.found.pixel_data));
        let mut outcome = ReadOutcome {
            header: InstanceHeader {
                source,
                transfer_syntax,
                dataset,
                pixel_data: self.found.pixel_data,
                meta: Dataset { object: self.meta },
                video: None,
                notes,
            },
            record_offsets: self.found.record_offsets,
            bytes_read: self.bytes_read,
        };
        find_video(&mut outcome.header, ctx);
        outcome
    }
}

fn frames_counted(dataset: &Dataset, pixel_data: Option<PixelDataLocation>) -> Option<Message> {
    let elements = dataset.elements();
    let frames = NumberOfFrames::read(elements, pixel_data);
    frames.is_counted.then(|| {
        let declared = elements.text(tags::NUMBER_OF_FRAMES).unwrap_or_default();
        Message::new(msg("reading-frames-counted"))
            .text("declared", declared)
            .count("count", frames.frames as usize)
    })
}
