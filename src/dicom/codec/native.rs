//! Uncompressed samples: bytes of either order to words (PS3.5 8.1.1, 8.2, Annex D).

use super::Codec;
use super::Coded;
use super::Colour;
use super::Words;
use crate::dicom::DecodeError;
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

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        coded(encoded, pixels, false, 0)
    }
}

/// Whether luminance is stored for every pixel and chrominance for every second one.
///
/// Files exist that say 4:2:2 and hold all samples; their length tells.
pub fn is_packed_422(pixels: &PixelDescription, bytes_a_frame: u64) -> bool {
    matches!(
        pixels.photometric,
        DeclaredPhotometric::YbrFull422 | DeclaredPhotometric::YbrPartial422
    ) && bytes_a_frame < pixels.frame_bits() / 8
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
/// frames that do not begin on a byte) belong to the frame before.
pub fn coded(
    bytes: &[u8],
    pixels: &PixelDescription,
    big_endian: bool,
    skip_bits: u32,
) -> Result<Coded, DecodeError> {
    let packed = is_packed_422(pixels, bytes.len() as u64);
    let expected = (stored_bits(pixels, packed) + u64::from(skip_bits)).div_ceil(8);
    let frame = usize::try_from(expected)
        .ok()
        .and_then(|expected| bytes.get(..expected))
        .ok_or(DecodeError::Truncated {
            expected,
            found: bytes.len() as u64,
        })?;
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
