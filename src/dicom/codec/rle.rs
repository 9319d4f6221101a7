//! RLE Lossless (PS3.5 Annex G): a run-length coded plane for each byte of each sample.

use super::Codec;
use super::Coded;
use super::Colour;
use super::Words;
use super::native;
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
    let bytes_a_cell = pixels.bits_allocated as usize / 8;
    let (planes, missing) = decode_planes(
        encoded,
        pixels.samples_per_pixel as usize * bytes_a_cell,
        pixels.pixels(),
    )?;
    let pixels_a_plane = pixels.pixels();
    let words = match bytes_a_cell {
        1 => Words::U8(planes),
        2 => Words::U16(join_2(&planes, pixels_a_plane)),
        _ => Words::U32(join_4(&planes, pixels_a_plane)),
    };
    Ok(Coded {
        words,
        is_planar: pixels.samples_per_pixel > 1,
        colour: Colour::AsDeclared,
        is_cells: true,
        is_lossy: false,
        missing,
    })
}

/// 1-bit data: one plane of packed bits, a frame beginning on a byte.
fn one_bit(encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
    let bytes = pixels.pixels().div_ceil(8);
    let (mut plane, missing) = decode_planes(encoded, 1, bytes)?;
    plane.truncate(missing.map_or(bytes, |missing| missing.pixels_held));
    native::coded(&plane, pixels, false, 0)
}

fn damaged(detail: impl Into<String>) -> DecodeError {
    DecodeError::Damaged {
        codec: NAME,
        detail: detail.into(),
    }
}

/// Decodes `count` planes of `length` bytes each, one after the other. Where code runs out, what
/// every plane holds is there, and the rest is missing.
fn decode_planes(
    encoded: &[u8],
    count: usize,
    length: usize,
) -> Result<(Vec<u8>, Option<MissingEnd>), DecodeError> {
    let expected = count * length;
    if expected > encoded.len().saturating_mul(MAX_EXPANSION) {
        return Err(damaged(format!(
            "{} bytes of code cannot hold {expected} bytes",
            encoded.len()
        )));
    }
    let segments = segments(encoded, count)?;
    let mut planes = Vec::with_capacity(expected);
    let mut held = length;
    let mut bytes = 0;
    for (number, segment) in segments.iter().enumerate() {
        let (start, end) = (number * length, (number + 1) * length);
        decode_segment(segment, &mut planes, end);
        let found = planes.len() - start;
        if found == 0 {
            return Err(damaged(format!(
                "segment {} of {count} is empty",
                number + 1
            )));
        }
        held = held.min(found);
        bytes += (length - found) as u64;
        planes.resize(end, 0);
    }
    let missing = (held < length).then_some(MissingEnd {
        pixels_held: held,
        bytes,
    });
    Ok((planes, missing))
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

/// Appends the bytes of one segment until `plane` is `end` long or the code ends. Runs that go
/// past the plane are cut: encoders may pad.
fn decode_segment(mut code: &[u8], plane: &mut Vec<u8>, end: usize) {
    while let Some((&control, rest)) = code.split_first() {
        let room = end.saturating_sub(plane.len());
        if room == 0 {
            return;
        }
        match control {
            0..=127 => {
                let length = (usize::from(control) + 1).min(rest.len());
                let (literal, after) = rest.split_at(length);
                plane.extend_from_slice(literal.get(..room).unwrap_or(literal));
                code = after;
            }
            128 => code = rest,
            129..=255 => {
                let Some((&value, after)) = rest.split_first() else {
                    return;
                };
                let length = (257 - usize::from(control)).min(room);
                plane.resize(plane.len() + length, value);
                code = after;
            }
        }
    }
}

/// Pairs of byte planes, most significant first, to cells, component by component.
fn join_2(planes: &[u8], pixels: usize) -> Vec<u16> {
    let mut cells = Vec::with_capacity(planes.len() / 2);
    for component in planes.chunks_exact(pixels * 2) {
        let (high, low) = component.split_at(pixels);
        let pairs = high.iter().zip(low);
        cells.extend(pairs.map(|(&high, &low)| u16::from_be_bytes([high, low])));
    }
    cells
}

/// Fours of byte planes, most significant first, to cells, component by component.
fn join_4(planes: &[u8], pixels: usize) -> Vec<u32> {
    let halves = join_2(planes, pixels);
    let mut cells = Vec::with_capacity(halves.len() / 2);
    for component in halves.chunks_exact(pixels * 2) {
        let (high, low) = component.split_at(pixels);
        let pairs = high.iter().zip(low);
        cells.extend(pairs.map(|(&high, &low)| u32::from(high) << 16 | u32::from(low)));
    }
    cells
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
        let mut plane = Vec::new();
        decode_segment(&code, &mut plane, 24);
        assert_eq!(
            plane,
            [
                0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0x22,
                0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA
            ]
        );
    }

    #[test]
    fn planes_join_most_significant_first() {
        assert_eq!(join_2(&[1, 2, 3, 4], 2), [0x0103, 0x0204]);
        assert_eq!(join_4(&[1, 2, 3, 4], 1), [0x0102_0304]);
    }

    #[test]
    fn a_few_bytes_do_not_promise_a_gigabyte() {
        let mut header = [0_u8; 70];
        header[0] = 1;
        header[4] = 64;
        assert!(decode_planes(&header, 1, 1 << 30).is_err());
    }
}
