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
use crate::dicom::Elements;
use crate::dicom::FrameDecoder;
use crate::dicom::InstanceHeader;
use crate::dicom::PixelDescription;
use crate::dicom::SampleKind;
use crate::dicom::Tag;
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
const OF_FRAGMENTS: [Tag; 3] = [
    tags::EXTENDED_OFFSET_TABLE,
    tags::EXTENDED_OFFSET_TABLE_LENGTHS,
    Tag(0x7fe0, 0x0003), // Encapsulated Pixel Data Value Total Length
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
    let name = transfer_syntax::lookup(&header.transfer_syntax).map_or("", |row| row.name);
    let refused = || Message::new(msg("pacs-not-converted")).text("syntax", name);
    let location = header.pixel_data.ok_or_else(refused)?;
    let row = transfer_syntax::lookup(&header.transfer_syntax).ok_or_else(refused)?;
    let elements = header.dataset.elements();
    let pixels = PixelDescription::read(elements, location).map_err(|error| error.message())?;
    // An overlay in bits that the values leave free would be lost with these.
    let is_whole = !has_embedded_overlay(elements);
    let is_native = matches!(
        row.encoding,
        Encoding::Native { .. } | Encoding::DeflatedDataSet
    );
    let is_decodable = match pixels.kind {
        SampleKind::Integer => is_native || matches!(row.encoding, Encoding::Encapsulated(_)),
        SampleKind::Float | SampleKind::Double => is_native,
    };
    if matches!(
        pixels.photometric,
        DeclaredPhotometric::YbrPartial420 | DeclaredPhotometric::YbrPartial422
    ) && !row.is_lossy
    {
        let colour = (elements.text(tags::PHOTOMETRIC_INTERPRETATION)).unwrap_or_default();
        let refused = Message::new(msg("pacs-colour-not-converted"));
        return Err(refused.text("syntax", name).text("colour", colour));
    }
    let form = Form::of(&pixels, row)
        .filter(|_| is_whole && is_decodable)
        .ok_or_else(refused)?;
    let decoder = match form {
        Form::Stored(_) => FrameDecoder::of_stored_values(header),
        Form::Grey | Form::Rgb | Form::Components => FrameDecoder::new(header),
    };
    let decoder = decoder.map_err(|error| error.message())?;
    let keeps_ybr = form == Form::Components;
    let (bytes, is_ybr) = decoded(&decoder, &pixels, keeps_ybr, ctx)?.ok_or_else(refused)?;
    match pixels.kind {
        SampleKind::Integer => put_values(builder, &pixels, &bytes),
        SampleKind::Float | SampleKind::Double => {
            put_floats(builder, location.tag, &pixels, &bytes)
        }
    }
    let photometric = match form {
        Form::Grey => None,
        Form::Stored(photometric) => photometric,
        Form::Components if is_ybr => Some("YBR_FULL"),
        Form::Rgb | Form::Components => Some("RGB"),
    };
    if let Some(photometric) = photometric {
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

/// Whether an overlay stands in the cells of the pixels (retired since 2004, PS3.3 C.9.2).
fn has_embedded_overlay(elements: Elements<'_>) -> bool {
    let mut groups = (0x6000..=0x601e).step_by(2);
    groups.any(|group| {
        let of_group = |tag: Tag| Tag(group, tag.1);
        let is_there = |tag| elements.has(of_group(tag));
        is_there(tags::OVERLAY_ROWS.inner()) && !is_there(tags::OVERLAY_DATA.inner())
    })
}

/// Samples of native byte order as pixel data: at the low end of their cells, those of one bit
/// eight to a byte, the first pixel lowest (PS3.5 8.1.1).
fn put_values(builder: &mut DatasetBuilder, pixels: &PixelDescription, bytes: &[u8]) {
    match pixels.bits_allocated {
        1 => {
            let packed = bytes.chunks(8).map(|cells| {
                let bits = cells.iter().enumerate();
                bits.fold(0, |byte, (at, cell)| byte | ((cell & 1) << at))
            });
            let mut packed: Vec<u8> = packed.collect();
            packed.resize(packed.len().next_multiple_of(2), 0);
            builder.bytes(tags::PIXEL_DATA, &packed);
        }
        16 => {
            let words = bytes.as_chunks().0.iter().copied().map(u16::from_ne_bytes);
            builder.words(tags::PIXEL_DATA, &words.collect::<Vec<_>>());
        }
        32 => {
            // Both syntaxes are little endian: the low word comes first.
            let words = bytes.as_chunks().0.iter().copied().map(u32::from_ne_bytes);
            let words = words.flat_map(|word| [word as u16, (word >> 16) as u16]);
            builder.words(tags::PIXEL_DATA, &words.collect::<Vec<_>>());
        }
        _ => {
            let mut bytes = bytes.to_vec();
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            builder.bytes(tags::PIXEL_DATA, &bytes);
        }
    }
    if pixels.high_bit + 1 != pixels.bits_stored {
        builder.integer(tags::HIGH_BIT, i64::from(pixels.bits_stored) - 1);
    }
}

/// Floats of native byte order, bit for bit, as little endian ones.
fn put_floats(builder: &mut DatasetBuilder, tag: Tag, pixels: &PixelDescription, bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    if cfg!(target_endian = "big") {
        let cell = (pixels.bits_allocated / 8).max(1) as usize;
        bytes.chunks_mut(cell).for_each(<[u8]>::reverse);
    }
    builder.bytes(tag, &bytes);
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Grey,
    /// As a decoder gives them for the eye.
    Rgb,
    /// As they are declared: neither through the palette nor from YBR to RGB.
    Stored(Option<&'static str>),
    /// As the stream holds them: it has the last word on what they are.
    Components,
}

impl Form {
    /// `None` where the samples would not be what the data set says, or not what they were.
    fn of(pixels: &PixelDescription, row: &TransferSyntax) -> Option<Self> {
        use DeclaredPhotometric as D;
        Some(match pixels.photometric {
            D::Monochrome1 | D::Monochrome2 => Self::Grey,
            D::PaletteColor if !row.is_lossy => Self::Stored(None),
            D::Rgb | D::InStream => Self::Rgb,
            D::YbrFull | D::YbrFull422 if COLOUR_AS_DECLARED.contains(&row.uid) => {
                Self::Stored(Some("YBR_FULL"))
            }
            // What a decoder of a lossy stream gives is RGB.
            D::YbrFull | D::YbrFull422 | D::YbrPartial420 | D::YbrPartial422 if row.is_lossy => {
                Self::Rgb
            }
            D::YbrFull | D::YbrFull422 => Self::Components,
            D::PaletteColor | D::YbrPartial420 | D::YbrPartial422 => return None,
        })
    }
}

/// All frames, one after the other, in native byte order, and whether they are YBR; `None` where
/// there are too many, one is not whole, or they are not all of one kind.
fn decoded(
    decoder: &FrameDecoder,
    pixels: &PixelDescription,
    keeps_ybr: bool,
    ctx: &JobCtx,
) -> Result<Option<(Vec<u8>, bool)>, Message> {
    let frame_bytes = u64::from(pixels.rows)
        * u64::from(pixels.columns)
        * u64::from(pixels.samples_per_pixel)
        * u64::from(pixels.bits_allocated.div_ceil(8));
    if frame_bytes * u64::from(decoder.frame_count()) > MOST_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut kind = None;
    for frame in 0..decoder.frame_count() {
        let decoded = if keeps_ybr {
            decoder.decode_components(frame, ctx)
        } else {
            decoder.decode(frame, ctx).map(|decoded| (decoded, false))
        };
        let (decoded, is_ybr) = decoded.map_err(|error| error.message())?;
        let samples = decoded.samples.as_bytes();
        let is_of_kind = *kind.get_or_insert(is_ybr) == is_ybr;
        if decoded.missing.is_some() || samples.len() as u64 != frame_bytes || !is_of_kind {
            return Ok(None);
        }
        bytes.extend_from_slice(samples);
    }
    Ok(Some((bytes, kind.unwrap_or_default())))
}
