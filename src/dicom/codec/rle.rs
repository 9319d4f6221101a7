//! RLE Lossless (PS3.5 Annex G): a run-length coded plane for each byte of each sample.

use super::Codec;
use super::Coded;
use super::Colour;
use super::Words;
use super::native;
use super::zeroed;
use crate::dicom::DecodeError;
use crate::dicom::MissingEnd;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// The decoder.
pub struct Rle;

const NAME: &str = "RLE";
/// Two bytes make at most 128: no frame is larger than this many times its code.
const MAX_EXPANSION: usize = 64;

impl Codec for Rle {
    fn name(&self) -> &'static str {
        NAME
    }

    fn marks(&self) -> FrameMarks {
        FrameMarks {
            start: None,
            one_fragment: true,
        }
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        let coded = decode_part(encoded, pixels)?;
        // A whole code that makes too few bytes is wrong somewhere, nobody knows where.
        coded.missing.map_or(Ok(coded), |missing| {
            Err(damaged(format!("{} bytes are missing", missing.bytes)))
        })
    }

    fn decode_cut(
        &self,
        encoded: &[u8],
        _expected: u64,
        pixels: &PixelDescription,
    ) -> Option<Result<Coded, DecodeError>> {
        Some(decode_part(encoded, pixels))
    }
}

/// Decodes as far as the code goes.
fn decode_part(encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
    if pixels.bits_allocated == 1 {
        return one_bit(encoded, pixels);
    }
    let (components, count) = (pixels.samples_per_pixel as usize, pixels.pixels());
    let (words, missing) = match pixels.bits_allocated {
        ..=8 => {
            let (cells, missing) = decode_planes(encoded, components, count)?;
            (Words::U8(cells), missing)
        }
        9..=16 => {
            let (cells, missing) = decode_planes(encoded, components, count)?;
            (Words::U16(cells), missing)
        }
        _ => {
            let (cells, missing) = decode_planes(encoded, components, count)?;
            (Words::U32(cells), missing)
        }
    };
    Ok(Coded {
        words,
        is_planar: components > 1,
        colour: Colour::AsDeclared,
        is_cells: true,
        is_lossy: false,
        missing,
    })
}

/// 1-bit data: one plane of packed bits, a frame beginning on a byte.
fn one_bit(encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
    let bytes = pixels.pixels().div_ceil(8);
    let (mut plane, missing) = decode_planes::<u8>(encoded, 1, bytes)?;
    plane.truncate(missing.map_or(bytes, |missing| missing.pixels_held));
    native::coded(&plane, pixels, false, 0)
}

fn damaged(detail: impl Into<String>) -> DecodeError {
    DecodeError::Damaged {
        codec: NAME,
        detail: detail.into(),
    }
}

/// A cell that bytes are put into.
trait Cell: Copy + bytemuck::Zeroable + std::ops::BitOrAssign {
    /// A byte of the cell, `shift` bits up.
    fn of(byte: u8, shift: u32) -> Self;
}

macro_rules! cells {
    ($($cell:ty),*) => {
        $(impl Cell for $cell {
            #[inline]
            fn of(byte: u8, shift: u32) -> Self {
                Self::from(byte) << shift
            }
        })*
    };
}
cells!(u8, u16, u32);

/// Decodes the cells of so many components of `length` pixels each, one component after the other:
/// a segment for each of their bytes, the most significant first. Where code runs out, the pixels
/// that every segment holds are there, and the rest is missing.
fn decode_planes<T: Cell>(
    encoded: &[u8],
    components: usize,
    length: usize,
) -> Result<(Vec<T>, Option<MissingEnd>), DecodeError> {
    let count = components * size_of::<T>();
    let expected = count * length;
    if expected > encoded.len().saturating_mul(MAX_EXPANSION) {
        return Err(damaged(format!(
            "{} bytes of code cannot hold {expected} bytes",
            encoded.len()
        )));
    }
    let segments = segments(encoded, count)?;
    let mut cells: Vec<T> = zeroed(components * length)?;
    let (mut held, mut bytes) = (length, 0);
    let planes = cells.chunks_exact_mut(length.max(1));
    for (plane, segments) in planes.zip(segments.chunks_exact(size_of::<T>())) {
        for (segment, byte) in segments.iter().zip((0..size_of::<T>() as u32).rev()) {
            let found = decode_segment(segment, plane, byte * 8);
            held = held.min(found);
            bytes += (length - found) as u64;
        }
    }
    if held == 0 {
        return Err(damaged("a segment is empty"));
    }
    let missing = (held < length).then_some(MissingEnd {
        pixels_held: held,
        bytes,
    });
    Ok((cells, missing))
}

/// The segments by the header's sixteen words: their number, then their offsets.
fn segments(encoded: &[u8], count: usize) -> Result<Vec<&[u8]>, DecodeError> {
    let header = encoded
        .first_chunk::<64>()
        .ok_or_else(|| damaged("the segment header is cut off"))?;
    let mut words = header
        .as_chunks::<4>()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word) as usize);
    let declared = words.next().unwrap_or(0);
    if declared != count {
        return Err(damaged(format!(
            "{declared} segments where {count} are needed"
        )));
    }
    let offsets: Vec<usize> = words.take(count).collect();
    let ends = offsets.iter().skip(1).copied().chain([encoded.len()]);
    let segments = offsets
        .iter()
        .zip(ends)
        .map(|(&from, to)| {
            encoded
                .get(from..to.min(encoded.len()))
                .filter(|_| from >= 64)
        })
        .collect::<Option<Vec<_>>>();
    segments
        .filter(|segments| segments.len() == count)
        .ok_or_else(|| damaged("the segment offsets are out of order"))
}

/// Puts the bytes of one segment into cells that hold zero there, and says how many there were.
/// Runs that go past the last cell are cut: encoders may pad.
fn decode_segment<T: Cell>(mut code: &[u8], mut cells: &mut [T], shift: u32) -> usize {
    let all = cells.len();
    while let Some((&control, rest)) = code.split_first().filter(|_| !cells.is_empty()) {
        match control {
            0..=127 => {
                let length = (usize::from(control) + 1).min(rest.len());
                let (literal, after) = rest.split_at(length);
                let (now, later) = cells.split_at_mut(length.min(cells.len()));
                for (cell, byte) in now.iter_mut().zip(literal) {
                    *cell |= T::of(*byte, shift);
                }
                (code, cells) = (after, later);
            }
            128 => code = rest,
            129..=255 => {
                let Some((&value, after)) = rest.split_first() else {
                    break;
                };
                let length = (257 - usize::from(control)).min(cells.len());
                let (now, later) = cells.split_at_mut(length);
                if value != 0 {
                    for cell in now {
                        *cell |= T::of(value, shift);
                    }
                }
                (code, cells) = (after, later);
            }
        }
    }
    all - cells.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_literals_and_no_operations_decode() {
        // PackBits' own example (TIFF 6.0, section 9), with a no-operation in between.
        let code = [
            0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 128, 0xFD, 0xAA, 0x03, 0x80, 0x00, 0x2A, 0x22,
            0xF7, 0xAA,
        ];
        let mut plane = [0_u8; 24];
        assert_eq!(decode_segment(&code, &mut plane, 0), 24);
        assert_eq!(
            plane,
            [
                0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0x22,
                0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA
            ]
        );
    }

    #[test]
    fn bytes_join_most_significant_first() {
        let mut cells = [0_u16; 2];
        assert_eq!(decode_segment(&[1, 1, 2], &mut cells, 8), 2);
        assert_eq!(decode_segment(&[0xFF, 3], &mut cells, 0), 2);
        assert_eq!(cells, [0x0103, 0x0203]);
    }

    #[test]
    fn a_few_bytes_do_not_promise_a_gigabyte() {
        let mut header = [0_u8; 70];
        header[0] = 1;
        header[4] = 64;
        assert!(decode_planes::<u8>(&header, 1, 1 << 30).is_err());
    }
}
