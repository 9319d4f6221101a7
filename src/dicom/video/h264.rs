//! H.264 through `rust_h264`, which decodes frames, fields and adaptive pairs of 8 and 10 bits.

use rust_h264::decoder::ChromaFormat;
use rust_h264::decoder::Decoder;
use rust_h264::decoder::Frame;
use rust_h264::error::DecodeError as Fault;
use rust_h264::nal::parse_annex_b;
use rust_h264::nal::parse_avcc;

use super::coded::Coded;
use super::decoder::PictureDecoder;
use super::planes::Plane;
use super::planes::Planes;
use super::walk::Framing;

/// Its state.
pub(super) struct H264Decoder(Decoder);

impl H264Decoder {
    pub(super) fn new() -> Self {
        Self(Decoder::new())
    }
}

impl PictureDecoder for H264Decoder {
    fn parameter_set(&mut self, nal: &[u8]) {
        let bytes = [&[0, 0, 1], nal].concat();
        for nal in parse_annex_b(&bytes) {
            // One that cannot be read fails the pictures that name it.
            drop(self.0.decode_nal(&nal));
        }
    }

    fn decode(&mut self, bytes: &[u8], framing: Framing, coded: &Coded) -> Result<Planes, String> {
        let nals = match framing {
            Framing::StartCodes => parse_annex_b(bytes),
            Framing::Lengths(width) => parse_avcc(bytes, width),
        };
        let mut frame = None;
        let mut fault: Option<Fault> = None;
        for nal in nals {
            match self.0.decode_nal(&nal) {
                Ok(before) => frame = before.or(frame),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        // The decoder hands a picture out when the next one begins; it is whole already.
        let frame = self.0.flush().or(frame);
        if let Some(fault) = fault {
            return Err(fault.to_string());
        }
        let frame = frame.ok_or("it holds no picture")?;
        planes(frame, coded)
    }
}

fn planes(frame: Frame, _coded: &Coded) -> Result<Planes, String> {
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
    if has_holes(&frame) {
        return Err("a part of the picture is missing".to_owned());
    }
    Ok(Planes {
        size,
        planes: [plane(frame.y), plane(frame.u), plane(frame.v)],
        depth,
        chroma_step,
    })
}

/// Whether a macroblock was never decoded. The decoder passes over damage in all slices of a
/// picture but the first, and leaves what they should fill at 0: no luminance and the strongest
/// green, which no camera gives over a whole macroblock.
fn has_holes(frame: &Frame) -> bool {
    if frame.bit_depth != 8 {
        return false;
    }
    let width = frame.width as usize;
    let chroma_width = width.div_ceil(2);
    let rows_each = match frame.chroma_format {
        ChromaFormat::Yuv420 => 2,
        ChromaFormat::Yuv422 => 1,
    };
    let is_empty = |plane: &[u8], row: usize, width: usize, x: usize, length: usize| {
        let from = row * width + x;
        plane
            .get(from..from + length)
            .is_some_and(|samples| samples.iter().all(|sample| *sample == 0))
    };
    let is_hole = |x: usize, y: usize| {
        // Its inside: deblocking reaches three pixels into it from either side.
        (y + 4..y + 12).all(|row| is_empty(&frame.y, row, width, x + 4, 8))
            && (y + 4..y + 12).all(|row| {
                let row = row / rows_each;
                is_empty(&frame.u, row, chroma_width, x / 2 + 2, 4)
                    && is_empty(&frame.v, row, chroma_width, x / 2 + 2, 4)
            })
    };
    (0..frame.height as usize / 16)
        .any(|row| (0..width / 16).any(|column| is_hole(16 * column, 16 * row)))
}
