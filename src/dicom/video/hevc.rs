//! HEVC through `rust_h265`: Main, Main 10 and the 4:2:0 and 4:4:4 range extensions.

use rust_h265::DecodeLimits;
use rust_h265::Decoder;
use rust_h265::Frame;
use rust_h265::NalUnitType;
use rust_h265::PixelData;
use rust_h265::parse_annex_b;
use rust_h265::parse_hvcc;

use super::coded::Coded;
use super::decoder::PictureDecoder;
use super::planes::Plane;
use super::planes::Planes;
use super::walk::Framing;

/// An access unit delimiter: it ends the picture before it.
const DELIMITER: [u8; 6] = [0, 0, 1, 35 << 1, 1, 0x50];

/// Its state.
pub(super) struct HevcDecoder(Decoder);

impl HevcDecoder {
    pub(super) fn new([columns, rows]: [u32; 2]) -> Self {
        Self(Decoder::with_limits(DecodeLimits {
            max_picture_pixels: u64::from(columns) * u64::from(rows),
            ..DecodeLimits::default()
        }))
    }
}

impl PictureDecoder for HevcDecoder {
    fn parameter_set(&mut self, nal: &[u8]) {
        let bytes = [&[0, 0, 1], nal].concat();
        for nal in parse_annex_b(&bytes) {
            // One that cannot be read fails the pictures that name it.
            drop(self.0.decode_nal(&nal));
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
            Framing::Lengths(width) => parse_hvcc(bytes, width as u8),
        };
        let mut frame = None;
        let mut fault = None;
        for nal in nals {
            // What ends the sequence is told by where the next picture is decoded from.
            if nal.nuh_layer_id != 0 || nal.nal_unit_type == NalUnitType::Eob {
                continue;
            }
            match self.0.decode_nal(&nal) {
                Ok(picture) => frame = picture.or(frame),
                Err(error) => fault = fault.or(Some(error.to_string())),
            }
        }
        for nal in parse_annex_b(&DELIMITER) {
            match self.0.decode_nal(&nal) {
                Ok(picture) => frame = picture.or(frame),
                Err(error) => fault = fault.or(Some(error.to_string())),
            }
        }
        match (fault, frame) {
            (Some(fault), _) => Err(fault),
            (None, frame) => Ok(frame.map(planes)),
        }
    }
}

fn planes(frame: Frame) -> Planes {
    let plane = |samples: PixelData| match samples {
        PixelData::U8(samples) => Plane::U8(samples),
        PixelData::U16(samples) => Plane::U16(samples),
    };
    Planes {
        size: [frame.width, frame.height],
        depth: u32::from(frame.bit_depth),
        chroma_step: if frame.chroma_format_idc == 3 {
            [1, 1]
        } else {
            [2, 2]
        },
        planes: [plane(frame.y), plane(frame.u), plane(frame.v)],
    }
}
