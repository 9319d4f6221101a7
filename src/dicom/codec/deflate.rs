//! Deflate: of the whole data set (PS3.5 A.5) and of single frames (PS3.5 A.4.14).

use std::io::Read;

use flate2::read::DeflateDecoder;
use flate2::read::ZlibDecoder;

use super::Codec;
use super::Coded;
use super::native;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// Deflated Image Frame Compression.
pub struct DeflatedFrame;

const NAME: &str = "Deflate";

impl Codec for DeflatedFrame {
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
        let bytes = inflate_range(encoded, 0, pixels.frame_bits().div_ceil(8))?;
        native::coded(&bytes, pixels, false, 0)
    }
}

/// Bytes `offset .. offset + length` of the inflated stream, or as many of them as there are.
///
/// Memory grows with what the stream yields, never with what `length` claims.
///
/// # Errors
/// The stream is damaged before any of these bytes.
pub fn inflate_range(deflated: &[u8], offset: u64, length: u64) -> Result<Vec<u8>, DecodeError> {
    // Some writers put the zlib header of RFC 1950 before the stream.
    let mut stream: Box<dyn Read> = match deflated {
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)) % 31 == 0 => {
            Box::new(ZlibDecoder::new(deflated))
        }
        _ => Box::new(DeflateDecoder::new(deflated)),
    };
    let skipped = std::io::copy(&mut stream.by_ref().take(offset), &mut std::io::sink());
    let mut bytes = Vec::new();
    let read = skipped.and_then(|_| stream.take(length).read_to_end(&mut bytes));
    match read {
        Err(error) if bytes.is_empty() => Err(DecodeError::Damaged {
            codec: NAME,
            detail: error.to_string(),
        }),
        _ => Ok(bytes),
    }
}

/// Where a deflated data set begins in its file: behind the file meta information, which is
/// never deflated (PS3.10 7.1).
#[must_use]
pub fn start_of_data_set(file: &[u8]) -> usize {
    let mut position = match file.get(128..132) {
        Some(b"DICM") => 132,
        _ => 0,
    };
    while let Some(&[2, 0, _, _, v0, v1, l0, l1]) = file
        .get(position..)
        .and_then(|rest| rest.first_chunk::<8>())
    {
        // Explicit VR: the long representations carry their length in four more bytes.
        let is_long = matches!(
            &[v0, v1],
            b"OB" | b"OW" | b"UN" | b"UT" | b"SQ" | b"OF" | b"OD"
        );
        let (header, length) = if is_long {
            let length = file
                .get(position + 8..)
                .and_then(|rest| rest.first_chunk::<4>());
            (12, length.map_or(0, |length| u32::from_le_bytes(*length)))
        } else {
            (8, u32::from(u16::from_le_bytes([l0, l1])))
        };
        position = position.saturating_add(header + length as usize);
    }
    position
}
