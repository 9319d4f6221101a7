//! Plain pictures (PNG, JPEG, TIFF) shown beside DICOM images: a header that says what the picture
//! itself says, and nothing of a patient, a place or a size that it does not.

use std::io::Cursor;

use image::DynamicImage;
use image::ImageDecoder as _;
use image::ImageReader;
use image::metadata::Orientation;
use sha2::Digest as _;
use sha2::Sha256;

use super::ByteSource;
use super::Dataset;
use super::DatasetBuilder;
use super::DecodeError;
use super::InstanceHeader;
use super::PixelDataLocation;
use super::PixelDescription;
use super::codec::Coded;
use super::codec::Colour;
use super::codec::Words;
use super::pixel_description::MAX_FRAME_BYTES;
use super::tags;
use crate::problem::Message;
use crate::problem::msg;

/// Stands where a transfer syntax would; never written into a file.
pub const PICTURE_SYNTAX: &str = "2.25.312984029163094627113170362183463216841";

const SECONDARY_CAPTURE: &str = super::sop_class::SECONDARY_CAPTURE_IMAGE_STORAGE;
/// No picture is larger than this many times its file: an empty block of JPEG, 64 pixels of three
/// bytes whose colour covers four blocks, costs a bit. Deflate and LZW expand less.
const MAX_EXPANSION: u64 = 64 * 3 * 4 * 8;
/// No picture file is larger.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// Whether a file begins as a picture does.
pub(super) fn is_picture(beginning: &[u8]) -> bool {
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        b"\xFF\xD8\xFF",
        b"II*\0",
        b"MM\0*",
    ]
    .iter()
    .any(|magic| beginning.starts_with(magic))
}

/// What the picture is, without its pixels.
struct Form {
    /// Columns and rows as shown, the orientation of the camera applied.
    size: [u32; 2],
    is_grey: bool,
    is_deep: bool,
}

/// A header for a picture: a secondary capture of nobody, in a study of its own.
///
/// # Errors
/// The sentence to say when it is none that can be shown.
pub fn header(source: ByteSource) -> Result<InstanceHeader, Message> {
    let bytes = source
        .read_all(MAX_FILE_BYTES)
        .map_err(|error| super::io_message(&error))?;
    let form = form(&bytes).map_err(|error| error.message())?;
    let path = source.display_path();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Each its own study: two pictures in one folder may be of two patients.
    let place = path.as_os_str().as_encoded_bytes();
    let bits = if form.is_deep { 16 } else { 8 };
    let [columns, rows] = form.size.map(i64::from);
    let mut b = DatasetBuilder::new();
    b.text(tags::SOP_CLASS_UID, SECONDARY_CAPTURE)
        .text(tags::SOP_INSTANCE_UID, &uid_of(&bytes))
        .text(
            tags::STUDY_INSTANCE_UID,
            &uid_of(&[b"study", place].concat()),
        )
        .text(tags::SERIES_INSTANCE_UID, &uid_of(place))
        .text(tags::MODALITY, "OT")
        .text(
            tags::SERIES_DESCRIPTION,
            &name.chars().take(64).collect::<String>(),
        )
        .integers(tags::SAMPLES_PER_PIXEL, &[if form.is_grey { 1 } else { 3 }])
        .text(
            tags::PHOTOMETRIC_INTERPRETATION,
            if form.is_grey { "MONOCHROME2" } else { "RGB" },
        )
        .integers(tags::ROWS, &[rows])
        .integers(tags::COLUMNS, &[columns])
        .integers(tags::BITS_ALLOCATED, &[bits])
        .integers(tags::BITS_STORED, &[bits])
        .integers(tags::HIGH_BIT, &[bits - 1])
        .integers(tags::PIXEL_REPRESENTATION, &[0]);
    let tiff = Tiff::of(&bytes);
    if bytes.starts_with(b"\xFF\xD8") || tiff.as_ref().is_some_and(Tiff::is_lossy) {
        b.text(tags::LOSSY_IMAGE_COMPRESSION, "01");
    }
    let pages = tiff.map_or(1, |tiff| tiff.pages());
    let notes = if pages > 1 {
        vec![Message::new(msg("reading-picture-pages")).count("count", pages)]
    } else {
        Vec::new()
    };
    Ok(InstanceHeader {
        source,
        transfer_syntax: PICTURE_SYNTAX.into(),
        dataset: b.into_dataset(),
        pixel_data: Some(PixelDataLocation {
            tag: tags::PIXEL_DATA,
            offset: 0,
            length: None,
        }),
        meta: Dataset::default(),
        video: None,
        notes,
    })
}

impl InstanceHeader {
    /// Whether this is a plain picture: nothing a report could refer to.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        *self.transfer_syntax == *PICTURE_SYNTAX
    }
}

/// The pixels of a picture, whose file must still be the one its header was read from.
///
/// # Errors
/// It cannot be read, or has another size by now.
pub(super) fn decode(source: &ByteSource, pixels: &PixelDescription) -> Result<Coded, DecodeError> {
    let bytes = source.read_all(MAX_FILE_BYTES)?;
    let (decoder, orientation) = decoder(&bytes)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| damaged(&error))?;
    picture.apply_orientation(orientation);
    if [picture.width(), picture.height()] != [pixels.columns, pixels.rows] {
        return Err(damaged(&"the file changed"));
    }
    let is_deep = pixels.bits_allocated == 16;
    let words = match (pixels.samples_per_pixel, is_deep) {
        (1, false) => Words::U8(picture.into_luma8().into_raw()),
        (1, true) => Words::U16(picture.into_luma16().into_raw()),
        (_, false) => Words::U8(picture.into_rgb8().into_raw()),
        (_, true) => Words::U16(picture.into_rgb16().into_raw()),
    };
    Ok(Coded {
        words,
        is_planar: false,
        colour: Colour::AsDeclared,
        is_cells: true,
        is_lossy: false,
        missing: None,
    })
}

fn form(bytes: &[u8]) -> Result<Form, DecodeError> {
    let (decoder, orientation) = decoder(bytes)?;
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let is_deep = colour.bytes_per_pixel() > colour.channel_count();
    let size = match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => [height, width],
        _ => [width, height],
    };
    let bytes = decoder.total_bytes();
    if bytes > MAX_FRAME_BYTES {
        return Err(DecodeError::Absurd {
            columns: width,
            rows: height,
            bytes,
        });
    }
    Ok(Form {
        size,
        is_grey: !colour.has_color(),
        is_deep,
    })
}

fn decoder(bytes: &[u8]) -> Result<(impl image::ImageDecoder + '_, Orientation), DecodeError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| damaged(&error))?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_FRAME_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| damaged(&error))?;
    if decoder.total_bytes() > (bytes.len() as u64).saturating_mul(MAX_EXPANSION) {
        let (width, height) = decoder.dimensions();
        let length = bytes.len();
        return Err(damaged(&format!(
            "{length} bytes cannot hold {width}×{height}"
        )));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, orientation))
}

fn damaged(error: &dyn std::fmt::Display) -> DecodeError {
    DecodeError::Damaged {
        codec: "picture",
        detail: error.to_string(),
    }
}

/// The same bytes are the same picture, wherever they lie.
fn uid_of(bytes: &[u8]) -> String {
    let mut first = [0; 16];
    let digest = Sha256::digest(bytes);
    first.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    format!("2.25.{}", u128::from_be_bytes(first))
}

/// The directories of a TIFF file.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl<'a> Tiff<'a> {
    /// `None` for what is no TIFF.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let is_little = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Self { bytes, is_little })
    }

    fn number(&self, at: usize, length: usize) -> Option<usize> {
        let part = self.bytes.get(at..at.checked_add(length)?)?.iter();
        let join = |sum: usize, byte: &u8| (sum << 8) | usize::from(*byte);
        Some(if self.is_little {
            part.rev().fold(0, join)
        } else {
            part.fold(0, join)
        })
    }

    /// How many pages there are, by the chain of directories.
    fn pages(&self) -> usize {
        const MOST: usize = 10_000;
        let mut at = self.number(4, 4).unwrap_or(0);
        let mut pages = 0;
        while at != 0 && pages < MOST {
            let Some(entries) = self.number(at, 2) else {
                break;
            };
            pages += 1;
            at = self.number(at + 2 + entries * 12, 4).unwrap_or(0);
        }
        pages.max(1)
    }

    /// Whether the Compression (259) of the first page is one that loses: JPEG, old and new, and
    /// lossy JPEG of camera raws.
    fn is_lossy(&self) -> bool {
        let first = self.number(4, 4).unwrap_or(0);
        let entries = self.number(first, 2).unwrap_or(0);
        let mut entries = (0..entries).map(|k| first + 2 + k * 12);
        let entry = entries.find(|at| self.number(*at, 2) == Some(259));
        let compression = entry.and_then(|at| self.number(at + 8, 2));
        matches!(compression, Some(6 | 7 | 34_892))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compression_of_a_tiff_tells_whether_it_lost() {
        let tiff = |compression: u16| {
            let entry = |tag: u16, value: u16| {
                [tag, 3, 1, 0, value, 0]
                    .into_iter()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<u8>>()
            };
            let header = [&b"II*\0"[..], &8_u32.to_le_bytes(), &2_u16.to_le_bytes()].concat();
            [header, entry(256, 7), entry(259, compression), vec![0; 4]].concat()
        };
        let is_lossy = |bytes: &[u8]| Tiff::of(bytes).is_some_and(|tiff| tiff.is_lossy());
        for lossless in [1, 5, 8, 32_773] {
            assert!(!is_lossy(&tiff(lossless)), "{lossless}");
        }
        for lossy in [6, 7, 34_892] {
            assert!(is_lossy(&tiff(lossy)), "{lossy}");
        }
        assert_eq!(Tiff::of(&tiff(7)).map(|tiff| tiff.pages()), Some(1));
        assert!(!is_lossy(b"II*\0\xff\xff\xff\xff"));
        assert!(Tiff::of(b"PNG").is_none());
    }

    #[test]
    fn a_few_bytes_that_claim_a_huge_picture_take_no_memory_for_it() {
        let mut png = Cursor::new(Vec::new());
        let small = DynamicImage::new_luma8(8, 8);
        small.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let mut png = png.into_inner();
        assert!(form(&png).is_ok());
        // Width and height of the header chunk, and its checksum over kind and content.
        png[16..24].copy_from_slice(&[0, 0, 0x7F, 0xFF, 0, 0, 0x7F, 0xFF]);
        let mut sum = flate2::Crc::new();
        sum.update(&png[12..29]);
        png[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        let refused = form(&png).err();
        let Some(DecodeError::Damaged { detail, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert!(detail.contains("cannot hold 32767×32767"), "{detail}");
    }
}
