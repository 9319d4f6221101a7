//! Uncompressed samples: bytes of either order to words (PS3.5 8.1.1, 8.2, Annex D).

use super::Codec;
use super::Coded;
use super::Colour;
use super::Words;
use crate::dicom::DecodeError;
use crate::dicom::MissingEnd;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;
use crate::dicom::pixel_description::DeclaredPhotometric;
use crate::dicom::pixel_description::SampleKind;

/// Encapsulated Uncompressed Explicit VR Little Endian: a fragment a frame, bytes as they are.
pub struct Uncompressed;

impl Codec for Uncompressed {
    fn name(&self) -> &'static str {
        "uncompressed"
    }

    fn marks(&self) -> FrameMarks {
        FrameMarks {
            start: None,
            one_fragment: false,
        }
    }

    fn decode_cut(
        &self,
        encoded: &[u8],
        expected: u64,
        pixels: &PixelDescription,
    ) -> Option<Result<Coded, DecodeError>> {
        let decoded = check_one_frame(pixels, expected);
        let is_packed = is_packed_422(pixels, expected);
        Some(decoded.and_then(|()| coded_as(encoded, pixels, false, 0, is_packed)))
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        check_one_frame(pixels, encoded.len() as u64)?;
        coded(encoded, pixels, false, 0)
    }
}

/// Whether the bytes of a fragment are those of one frame: nothing else tells that frames were not
/// divided otherwise, and pictures would be shown under each other's numbers.
fn check_one_frame(pixels: &PixelDescription, bytes: u64) -> Result<(), DecodeError> {
    let frame = stored_bits(pixels, is_packed_422(pixels, bytes)).div_ceil(8);
    if pixels.frames == 1 || bytes == frame || bytes == frame + 1 {
        return Ok(());
    }
    Err(DecodeError::Damaged {
        codec: "uncompressed",
        detail: format!("a fragment of {bytes} bytes for a frame of {frame}"),
    })
}

/// A frame that holds less than one of so many parts of what it should is not worth the memory
/// that its header claims, unless it is small.
const LEAST_PART: u64 = 64;
const SMALL_BYTES: u64 = 1 << 24;

/// What is missing of a frame of `expected` bytes of which the first `found` are there; `None` if
/// it is whole. Frames of 1-bit cells begin `skip_bits` into their first byte.
///
/// # Errors
/// [`DecodeError::Truncated`] where not one pixel is whole, or hardly anything is there.
pub fn missing_end(
    pixels: &PixelDescription,
    is_packed_422: bool,
    (expected, found): (u64, u64),
    skip_bits: u32,
) -> Result<Option<MissingEnd>, DecodeError> {
    if found >= expected {
        return Ok(None);
    }
    let bits = (found * 8).saturating_sub(skip_bits.into());
    let cells = usize::try_from(bits / u64::from(pixels.bits_allocated)).unwrap_or(usize::MAX);
    let pixels_held = if is_packed_422 {
        // Four cells are a pair of pixels; a row of odd length ends in half a pair.
        let columns = pixels.columns as usize;
        let (rows, pairs) = (
            cells / 4 / columns.div_ceil(2),
            cells / 4 % columns.div_ceil(2),
        );
        rows * columns + pairs * 2
    } else if pixels.is_planar {
        // A pixel is whole once the last plane has it.
        cells.saturating_sub(pixels.pixels() * (pixels.samples_per_pixel as usize - 1))
    } else {
        cells / pixels.samples_per_pixel as usize
    };
    let is_worth_it = expected <= SMALL_BYTES || found >= expected / LEAST_PART;
    if pixels_held == 0 || !is_worth_it {
        return Err(DecodeError::Truncated { expected, found });
    }
    Ok(Some(MissingEnd {
        pixels_held,
        bytes: expected - found,
    }))
}

/// Whether luminance is stored for every pixel and chrominance for every second one.
///
/// Files exist that say 4:2:2 and hold all samples; their length tells.
pub fn is_packed_422(pixels: &PixelDescription, bytes_a_frame: u64) -> bool {
    says_422(pixels) && bytes_a_frame < pixels.frame_bits() / 8
}

/// Whether the header says so.
pub fn says_422(pixels: &PixelDescription) -> bool {
    matches!(
        pixels.photometric,
        DeclaredPhotometric::YbrFull422 | DeclaredPhotometric::YbrPartial422
    )
}

/// Bits of a frame as stored.
pub fn stored_bits(pixels: &PixelDescription, is_packed_422: bool) -> u64 {
    if is_packed_422 {
        // Two pixels share four samples; an odd last column is padded to a pair.
        let pairs = u64::from(pixels.columns).div_ceil(2) * u64::from(pixels.rows);
        pairs * 4 * u64::from(pixels.bits_allocated)
    } else {
        pixels.frame_bits()
    }
}

/// The words of one frame out of its bytes; the first `skip_bits` (fewer than eight, for 1-bit
/// frames that do not begin on a byte) belong to the frame before. Where the bytes end early the
/// rest is zero, and said to be missing.
pub fn coded(
    bytes: &[u8],
    pixels: &PixelDescription,
    big_endian: bool,
    skip_bits: u32,
) -> Result<Coded, DecodeError> {
    coded_as(
        bytes,
        pixels,
        big_endian,
        skip_bits,
        is_packed_422(pixels, bytes.len() as u64),
    )
}

/// The same, where it is known whether chrominance is stored for every second pixel alone.
pub fn coded_as(
    bytes: &[u8],
    pixels: &PixelDescription,
    big_endian: bool,
    skip_bits: u32,
    packed: bool,
) -> Result<Coded, DecodeError> {
    let expected = (stored_bits(pixels, packed) + u64::from(skip_bits)).div_ceil(8);
    let missing = missing_end(pixels, packed, (expected, bytes.len() as u64), skip_bits)?;
    let length =
        usize::try_from(expected).map_err(|_too_large| DecodeError::Memory { bytes: expected })?;
    let mut padded = Vec::new();
    let frame = if let Some(whole) = bytes.get(..length) {
        whole
    } else {
        padded.extend_from_slice(bytes);
        padded.resize(length, 0);
        &padded
    };
    let words = match (pixels.kind, pixels.bits_allocated) {
        (SampleKind::Float, _) => Words::F32(cells(frame, big_endian, f32::from_bits)),
        (SampleKind::Double, _) => Words::F64(
            chunks(frame, big_endian)
                .map(u64::from_le_bytes)
                .map(f64::from_bits)
                .collect(),
        ),
        (_, 1) => Words::U8(unpack_bits(frame, skip_bits as usize, pixels.samples())),
        (_, 8) => Words::U8(frame.to_vec()),
        (_, 16) => Words::U16(chunks(frame, big_endian).map(u16::from_le_bytes).collect()),
        (_, 32) => Words::U32(cells(frame, big_endian, |bits| bits)),
        (_, bits) => {
            return Err(DecodeError::Layout {
                samples: pixels.samples_per_pixel,
                bits,
            });
        }
    };
    Ok(Coded {
        words: if packed {
            unpacked_422(&words, pixels)
        } else {
            words
        },
        is_planar: pixels.is_planar && !packed,
        colour: Colour::AsDeclared,
        is_cells: true,
        is_lossy: false,
        missing,
    })
}

fn cells<T>(bytes: &[u8], big_endian: bool, value: impl Fn(u32) -> T) -> Vec<T> {
    chunks(bytes, big_endian)
        .map(u32::from_le_bytes)
        .map(value)
        .collect()
}

/// The cells of a frame as little-endian bytes.
fn chunks<const N: usize>(bytes: &[u8], big_endian: bool) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().map(move |cell| {
        let mut cell = *cell;
        if big_endian {
            cell.reverse();
        }
        cell
    })
}

/// Bits to bytes of 0 and 1, lowest bit first (PS3.5 D.1), across byte boundaries.
fn unpack_bits(bytes: &[u8], skip: usize, count: usize) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1))
        .skip(skip)
        .take(count)
        .collect()
}

/// 4:2:2 rows to a triplet a pixel; a row of odd length ends in half a pair.
fn unpacked_422(words: &Words, pixels: &PixelDescription) -> Words {
    match words {
        Words::U8(packed) => Words::U8(rows_422(packed, pixels)),
        Words::U16(packed) => Words::U16(rows_422(packed, pixels)),
        Words::U32(packed) => Words::U32(rows_422(packed, pixels)),
        other => other.clone(),
    }
}

fn rows_422<T: crate::dicom::colour::Component>(packed: &[T], pixels: &PixelDescription) -> Vec<T> {
    let columns = pixels.columns as usize;
    if columns.is_multiple_of(2) {
        return crate::dicom::colour::upsample_422(packed);
    }
    packed
        .chunks_exact(columns.div_ceil(2) * 4)
        .flat_map(|row| {
            let mut row = crate::dicom::colour::upsample_422(row);
            row.truncate(columns * 3);
            row
        })
        .collect()
}

/// Swaps the bytes of every word: 8-bit and 1-bit cells written as big-endian OW.
pub fn swap_pairs(bytes: &mut [u8]) {
    for pair in bytes.as_chunks_mut::<2>().0 {
        pair.swap(0, 1);
    }
}
