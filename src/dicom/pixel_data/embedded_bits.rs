//! A bit of every cell of a frame that holds no sample: overlays as they were before 2004
//! (PS3.3 C.9.2, retired).

use super::FrameDecoder;
use super::Plan;
use super::picture;
use crate::dicom::DecodeError;
use crate::dicom::codec::Words;
use crate::jobs::JobCtx;

impl FrameDecoder {
    /// The `bit` (from 0) of every cell of a frame (from 0), packed: row by row, lowest bit of a
    /// byte first.
    ///
    /// # Errors
    /// As [`FrameDecoder::decode`]; and [`DecodeError::Layout`] where the compression keeps nothing
    /// but the samples.
    pub fn cell_bits(&self, frame: u32, bit: u32, ctx: &JobCtx) -> Result<Vec<u8>, DecodeError> {
        ctx.check()?;
        let coded = match &self.plan {
            Plan::Native { .. } => self.native_coded(self.native_range(frame)?)?,
            Plan::Picture => picture::decode(&self.source, &self.pixels)?,
            Plan::Fragments { codec, index } => self.encapsulated(*codec, index, frame, ctx)?,
            Plan::Video(_) => {
                return Err(DecodeError::Layout {
                    samples: self.pixels.samples_per_pixel,
                    bits: self.pixels.bits_allocated,
                });
            }
        };
        let is_set = |word: u32| word >> bit & 1 == 1;
        match coded.words {
            Words::U8(words) if coded.is_cells => Ok(packed(words, |word| is_set(word.into()))),
            Words::U16(words) if coded.is_cells => Ok(packed(words, |word| is_set(word.into()))),
            Words::U32(words) if coded.is_cells => Ok(packed(words, is_set)),
            _ => Err(DecodeError::Layout {
                samples: self.pixels.samples_per_pixel,
                bits: self.pixels.bits_allocated,
            }),
        }
    }
}

fn packed<T: Copy>(words: Vec<T>, is_set: impl Fn(T) -> bool) -> Vec<u8> {
    let byte = |words: &[T]| {
        words
            .iter()
            .enumerate()
            .fold(0, |byte, (at, word)| byte | u8::from(is_set(*word)) << at)
    };
    words.chunks(8).map(byte).collect()
}
