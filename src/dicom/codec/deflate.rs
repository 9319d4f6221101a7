//! Deflate: of the whole data set (PS3.5 A.5) and of single frames (PS3.5 A.4.14).

use flate2::Decompress;
use flate2::FlushDecompress;
use flate2::Status;

use super::Codec;
use super::Coded;
use super::native;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// Deflated Image Frame Compression.
pub struct DeflatedFrame;

const NAME: &str = "Deflate";
/// Bytes inflated at once, at least.
const CHUNK: usize = 1 << 16;

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

    fn decode_cut(
        &self,
        encoded: &[u8],
        _expected: u64,
        pixels: &PixelDescription,
    ) -> Option<Result<Coded, DecodeError>> {
        // How long the frame was before it was cut would tell how its chrominance is stored.
        (!native::says_422(pixels)).then(|| self.decode(encoded, pixels))
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        let inflated = inflate_range(encoded, 0, pixels.frame_bits().div_ceil(8));
        if let Some(detail) = inflated.damage {
            return Err(DecodeError::Damaged {
                codec: NAME,
                detail,
            });
        }
        native::coded(&inflated.bytes, pixels, false, 0)
    }
}

/// A range of an inflated stream.
pub struct Inflated {
    /// As many of its bytes as there are.
    pub bytes: Vec<u8>,
    /// Why there are no more, where that is not the stream's end or a cut.
    pub damage: Option<String>,
}

/// Bytes `offset .. offset + length` of the inflated stream, or as many of them as there are.
///
/// Memory grows with what the stream yields, never with what `length` claims.
pub fn inflate_range(deflated: &[u8], offset: u64, length: u64) -> Inflated {
    // Some writers put the zlib header of RFC 1950 before the stream.
    let has_header =
        matches!(deflated, [0x78, flags, ..] if (0x7800 + u16::from(*flags)) % 31 == 0);
    let mut stream = Stream {
        deflated,
        state: Decompress::new(has_header),
    };
    let mut bytes = Vec::new();
    let damage = stream
        .skip(offset)
        .and_then(|()| stream.read(length, &mut bytes));
    Inflated {
        bytes,
        damage: damage.err(),
    }
}

/// Whether there is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    GoesOn,
    /// The stream says that it ends here.
    Done,
    /// The bytes do.
    Stuck,
}

/// A stream being inflated. The readers of flate2 lose the last bytes of a stream that is cut off.
struct Stream<'a> {
    deflated: &'a [u8],
    state: Decompress,
}

impl Stream<'_> {
    /// Inflates into the free capacity of `bytes`.
    fn step(&mut self, bytes: &mut Vec<u8>) -> Result<Step, String> {
        let before = (self.state.total_in(), self.state.total_out());
        let input = self.deflated.get(before.0 as usize..).unwrap_or_default();
        let status = self
            .state
            .decompress_vec(input, bytes, FlushDecompress::None)
            .map_err(|error| error.to_string())?;
        let is_stuck = before == (self.state.total_in(), self.state.total_out());
        Ok(match status {
            Status::StreamEnd => Step::Done,
            _ if is_stuck => Step::Stuck,
            _ => Step::GoesOn,
        })
    }

    fn skip(&mut self, count: u64) -> Result<(), String> {
        while self.state.total_out() < count {
            let wanted = (count - self.state.total_out()).min(CHUNK as u64);
            if self.step(&mut Vec::with_capacity(wanted as usize))? != Step::GoesOn {
                break;
            }
        }
        Ok(())
    }

    fn read(&mut self, length: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        while bytes.len() < length {
            // As much again as there is: claims take no memory.
            let wanted = bytes.len().max(CHUNK).min(length - bytes.len());
            bytes.try_reserve_exact(wanted).map_err(|e| e.to_string())?;
            match self.step(bytes)? {
                Step::Done if bytes.len() < length => return Err("it ends early".to_owned()),
                Step::Done | Step::Stuck => break,
                Step::GoesOn => {}
            }
        }
        bytes.truncate(length);
        Ok(())
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
