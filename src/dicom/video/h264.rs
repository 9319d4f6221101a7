//! H.264 through `rust_h264`, which decodes frames, fields and adaptive pairs of 8 and 10 bits.

use std::ops::Range;

use rust_h264::decoder::ChromaFormat;
use rust_h264::decoder::Decoder;
use rust_h264::decoder::Frame;
use rust_h264::nal::NalUnit;
use rust_h264::nal::NalUnitType;
use rust_h264::nal::parse_annex_b;
use rust_h264::nal::parse_avcc;

use super::coded::Coded;
use super::decoder::PictureDecoder;
use super::h264_headers::Sps;
use super::planes::Plane;
use super::planes::Planes;
use super::walk::Framing;

/// Its state.
pub(super) struct H264Decoder {
    decoder: Decoder,
    coded_size: [u32; 2],
}

impl H264Decoder {
    pub(super) fn new(coded_size: [u32; 2]) -> Self {
        Self {
            decoder: Decoder::new(),
            coded_size,
        }
    }

    fn feed(&mut self, nal: &NalUnit<'_>) -> Result<Option<Frame>, String> {
        if nal.nal_unit_type == NalUnitType::Sps {
            let sps = Sps::read(&nal.rbsp);
            if sps.is_none_or(|sps| sps.format.coded_size != self.coded_size) {
                return Err("a parameter set for pictures of another size".to_owned());
            }
        }
        self.decoder
            .decode_nal(nal)
            .map_err(|error| error.to_string())
    }
}

impl PictureDecoder for H264Decoder {
    fn parameter_set(&mut self, nal: &[u8]) {
        let bytes = [&[0, 0, 1], nal].concat();
        for nal in parse_annex_b(&bytes) {
            // One that cannot be read fails the pictures that name it.
            drop(self.feed(&nal));
        }
    }

    fn decode(
        &mut self,
        bytes: &[u8],
        framing: Framing,
        _coded: &Coded,
    ) -> Result<Option<Planes>, String> {
        let nals = match framing {
            Framing::StartCodes => parse_annex_b(bytes),
            Framing::Lengths(width) => parse_avcc(bytes, width),
        };
        let mut frame = None;
        let mut fault = None;
        for nal in nals {
            match self.feed(&nal) {
                Ok(before) => frame = before.or(frame),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        // The decoder hands a picture out when the next one begins; it is whole already.
        let frame = self.decoder.flush().or(frame);
        if let Some(fault) = fault {
            return Err(fault);
        }
        frame.map(planes).transpose()
    }
}

fn planes(frame: Frame) -> Result<Planes, String> {
    let depth = u32::from(frame.bit_depth);
    let chroma_step = match frame.chroma_format {
        ChromaFormat::Yuv420 => [2, 2],
        ChromaFormat::Yuv422 => [2, 1],
    };
    let plane = |bytes: Vec<u8>| {
        if depth == 8 {
            return Plane::U8(bytes);
        }
        let words = bytes.as_chunks::<2>().0.iter();
        Plane::U16(words.map(|word| u16::from_le_bytes(*word)).collect())
    };
    let size = [frame.width, frame.height];
    let planes = Planes {
        size,
        planes: [plane(frame.y), plane(frame.u), plane(frame.v)],
        depth,
        chroma_step,
    };
    if has_holes(&planes) {
        return Err("a part of the picture is missing".to_owned());
    }
    Ok(planes)
}

/// Whether a macroblock was never decoded. The decoder passes over damage in all slices of a
/// picture but the first, and leaves what they should fill at 0: no luminance and the strongest
/// green, which no camera gives over a whole macroblock.
fn has_holes(picture: &Planes) -> bool {
    let [width, height] = picture.size.map(|size| size as usize);
    let [step_x, step_y] = picture.chroma_step.map(|step| step as usize);
    let [luma, cb, cr] = &picture.planes;
    let chroma_width = width.div_ceil(step_x);
    blocks(height).any(|rows| {
        blocks(width).any(|columns| {
            rows.clone()
                .all(|row| is_empty(luma, row * width, &columns))
                && rows.clone().all(|row| {
                    let line = row / step_y * chroma_width;
                    let columns = columns.start / step_x..columns.end.div_ceil(step_x);
                    is_empty(cb, line, &columns) && is_empty(cr, line, &columns)
                })
        })
    })
}

/// The insides of the macroblocks along a side, of the last as far as it is shown: deblocking
/// reaches three pixels into each.
fn blocks(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(16).map(move |start| {
        let end = (start + 12).min(length);
        let inside = start + 4..end;
        if inside.is_empty() {
            start..end
        } else {
            inside
        }
    })
}

/// Whether samples of the line that begins at `line` are all 0.
fn is_empty(plane: &Plane, line: usize, columns: &Range<usize>) -> bool {
    let range = line + columns.start..line + columns.end;
    match plane {
        Plane::U8(samples) => samples
            .get(range)
            .is_some_and(|samples| samples.iter().all(|sample| *sample == 0)),
        Plane::U16(samples) => samples
            .get(range)
            .is_some_and(|samples| samples.iter().all(|sample| *sample == 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_macroblock_that_was_never_decoded_is_found_wherever_it_lies_and_however_deep() {
        let size = [40, 72]; // half a macroblock at either end
        let picture = |hole: Option<[usize; 2]>, depth| {
            let plane = |step: usize| {
                let [width, height] = size.map(|side: usize| side / step);
                let samples = (0..width * height).map(|at| {
                    let place = [at % width * step / 16, at / width * step / 16];
                    if hole == Some(place) { 0 } else { 20 }
                });
                if depth == 8 {
                    Plane::U8(samples.collect())
                } else {
                    Plane::U16(samples.map(u16::from).collect())
                }
            };
            Planes {
                size: size.map(|side| side as u32),
                planes: [plane(1), plane(2), plane(2)],
                depth,
                chroma_step: [2, 2],
            }
        };
        for depth in [8, 10] {
            assert!(!has_holes(&picture(None, depth)));
            for hole in [[0, 0], [1, 2], [2, 1], [1, 4], [2, 4]] {
                assert!(has_holes(&picture(Some(hole), depth)), "{hole:?} {depth}");
            }
        }
    }
}
