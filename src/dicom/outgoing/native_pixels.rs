//! The pixels of a compressed instance, uncompressed, and what the data set must say of them then.
//!
//! A decompressed image is the same SOP instance: every value is what a decoder gives, and what was
//! lost before stays said (Lossy Image Compression, PS3.3 C.7.6.1.1.5).

use dicom_dictionary_std::tags;

use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use crate::dicom::DatasetBuilder;
use crate::dicom::DeclaredPhotometric;
use crate::dicom::FrameDecoder;
use crate::dicom::InstanceHeader;
use crate::dicom::PixelDescription;
use crate::dicom::SampleKind;
use crate::dicom::modules::lossy_ratio;
use crate::dicom::transfer_syntax;
use crate::dicom::transfer_syntax::Encoding;
use crate::dicom::transfer_syntax::TransferSyntax;

/// Uncompressed pixels of one instance are not held beyond this.
const MOST_BYTES: u64 = 1 << 30;
/// Lossless syntaxes whose streams say nothing of colour: what they hold is what is declared.
const COLOUR_AS_DECLARED: [&str; 5] = [
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.5",
];
/// What belongs to fragments alone.
const OF_FRAGMENTS: [dicom_core::Tag; 3] = [
    tags::EXTENDED_OFFSET_TABLE,
    tags::EXTENDED_OFFSET_TABLE_LENGTHS,
    dicom_core::Tag(0x7fe0, 0x0003), // Encapsulated Pixel Data Value Total Length
];

/// Puts the pixels of `header` into `builder`, uncompressed.
///
/// # Errors
/// Why not, for the person at the screen.
pub(super) fn put(
    builder: &mut DatasetBuilder,
    header: &InstanceHeader,
    ctx: &JobCtx,
) -> Result<(), Message> {
    let refused = || {
        let name = transfer_syntax::lookup(&header.transfer_syntax).map_or("", |row| row.name);
        Message::new(msg("pacs-not-converted")).text("syntax", name)
    };
    let location = header.pixel_data.ok_or_else(refused)?;
    let row = transfer_syntax::lookup(&header.transfer_syntax).ok_or_else(refused)?;
    let elements = header.dataset.elements();
    let pixels = PixelDescription::read(elements, location).map_err(|error| error.message())?;
    let is_whole_cell = pixels.high_bit + 1 == pixels.bits_stored
        && matches!(pixels.bits_allocated, 8 | 16)
        && pixels.kind == SampleKind::Integer;
    let is_decodable = matches!(
        row.encoding,
        Encoding::Native { .. } | Encoding::DeflatedDataSet | Encoding::Encapsulated(_)
    );
    let form = Form::of(&pixels, row)
        .filter(|_| is_whole_cell && is_decodable)
        .ok_or_else(refused)?;
    let decoder = if form.is_as_stored {
        FrameDecoder::of_stored_values(header)
    } else {
        FrameDecoder::new(header)
    };
    let decoder = decoder.map_err(|error| error.message())?;
    let bytes = decoded(&decoder, &pixels, ctx)?.ok_or_else(refused)?;
    if pixels.bits_allocated == 16 {
        let words: Vec<u16> = bytes
            .chunks_exact(2)
            .filter_map(|pair| Some(u16::from_ne_bytes(pair.try_into().ok()?)))
            .collect();
        builder.words(tags::PIXEL_DATA, &words);
    } else {
        builder.bytes(tags::PIXEL_DATA, &bytes);
    }
    if let Some(photometric) = form.photometric {
        builder
            .integer(tags::PLANAR_CONFIGURATION, 0)
            .text(tags::PHOTOMETRIC_INTERPRETATION, photometric);
    }
    // The syntax that told it is gone.
    if lossy_ratio(elements, &header.transfer_syntax).is_some() {
        builder.text(tags::LOSSY_IMAGE_COMPRESSION, "01");
    }
    for tag in OF_FRAGMENTS {
        builder.remove(tag);
    }
    Ok(())
}

/// How samples are written.
struct Form {
    /// Neither through the palette nor from YBR to RGB.
    is_as_stored: bool,
    /// Of colour, pixel by pixel.
    photometric: Option<&'static str>,
}

impl Form {
    /// `None` where the samples would not be what the data set says, or not what they were.
    fn of(pixels: &PixelDescription, row: &TransferSyntax) -> Option<Self> {
        use DeclaredPhotometric as D;
        let (is_as_stored, photometric) = match pixels.photometric {
            D::Monochrome1 | D::Monochrome2 => (false, None),
            D::PaletteColor if !row.is_lossy => (true, None),
            D::Rgb | D::InStream => (false, Some("RGB")),
            D::YbrFull | D::YbrFull422 if COLOUR_AS_DECLARED.contains(&row.uid) => {
                (true, Some("YBR_FULL"))
            }
            // What a decoder of a lossy stream gives is RGB.
            D::YbrFull | D::YbrFull422 | D::YbrPartial420 | D::YbrPartial422 if row.is_lossy => {
                (false, Some("RGB"))
            }
            D::PaletteColor | D::YbrFull | D::YbrFull422 | D::YbrPartial420 | D::YbrPartial422 => {
                return None;
            }
        };
        Some(Self {
            is_as_stored,
            photometric,
        })
    }
}

/// All frames, one after the other, in native byte order, of even length; `None` where there are
/// too many, or one is not whole.
fn decoded(
    decoder: &FrameDecoder,
    pixels: &PixelDescription,
    ctx: &JobCtx,
) -> Result<Option<Vec<u8>>, Message> {
    let frame_bytes = u64::from(pixels.rows)
        * u64::from(pixels.columns)
        * u64::from(pixels.samples_per_pixel)
        * u64::from(pixels.bits_allocated / 8);
    if frame_bytes * u64::from(decoder.frame_count()) > MOST_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    for frame in 0..decoder.frame_count() {
        let decoded = decoder
            .decode(frame, ctx)
            .map_err(|error| error.message())?;
        let samples = decoded.samples.as_bytes();
        if decoded.missing.is_some() || samples.len() as u64 != frame_bytes {
            return Ok(None);
        }
        bytes.extend_from_slice(samples);
    }
    if bytes.len() % 2 == 1 {
        bytes.push(0);
    }
    Ok(Some(bytes))
}
