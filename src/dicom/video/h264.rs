//! H.264 through `rust_h264`, which decodes frames, fields and adaptive pairs of 8 and 10 bits.

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

    fn decode(&mut self, bytes: &[u8], framing: Framing, _coded: &Coded) -> Result<Planes, String> {
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
        let frame = frame.ok_or("it holds no picture")?;
        planes(frame)
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
