//! The decoders behind [`super::transfer_syntax`]: one file a syntax family.
//!
//! A codec turns the encoded bytes of one frame into the words of its samples, and nothing more:
//! sign, bits stored, palette and colour are settled once for all codecs in `pixel_data`. It
//! checks what the bytes at hand can produce before it takes memory for it.

use serde::Deserialize;
use serde::Serialize;

use super::DecodeError;
use super::MissingEnd;
use super::PixelDescription;
use super::fragments::FrameMarks;
use super::pixel_description::size_text;

mod apart;
mod boxes;
pub(super) mod deflate;
pub(super) mod jpeg;
pub(super) mod jpeg_2000;
mod jpeg_2000_beginning;
mod jpeg_2000_stream;
pub(super) mod jpeg_ls;
mod jpeg_stream;
pub(super) mod jpeg_xl;
pub(super) mod native;
pub(super) mod rle;

pub(super) use apart::decode;
pub(super) use apart::decode_beginning;
pub use apart::serve_frames;

/// The unsigned words (or floating-point values) of a frame's samples, native byte order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Words {
    /// Cells of 8 bits; 1-bit data as 0 and 1.
    U8(Vec<u8>),
    /// Cells of 16 bits.
    U16(Vec<u16>),
    /// Cells of 32 bits.
    U32(Vec<u32>),
    /// Float Pixel Data.
    F32(Vec<f32>),
    /// Double Float Pixel Data.
    F64(Vec<f64>),
}

impl Words {
    /// Words no narrower than cells of so many bits, which is what the data set declares.
    fn at_least(self, bits: u32) -> Self {
        match (self, bits) {
            (Self::U8(narrow), 16) => Self::U16(narrow.into_iter().map(u16::from).collect()),
            (Self::U8(narrow), 32) => Self::U32(narrow.into_iter().map(u32::from).collect()),
            (Self::U16(narrow), 32) => Self::U32(narrow.into_iter().map(u32::from).collect()),
            (words, _) => words,
        }
    }

    /// Words of a stream that knows no sign and has fewer bits than are stored, with the sign that
    /// signed values have in its highest bit carried up to theirs.
    fn with_sign(mut self, precision: u32, pixels: &PixelDescription) -> Self {
        if !pixels.is_signed || pixels.samples_per_pixel != 1 || precision >= pixels.bits_stored {
            return self;
        }
        let spare = |bits: u32| bits.saturating_sub(precision.max(1));
        match &mut self {
            Self::U8(words) => {
                let spare = spare(8);
                for word in words {
                    *word = ((*word << spare) as i8 >> spare) as u8;
                }
            }
            Self::U16(words) => {
                let spare = spare(16);
                for word in words {
                    *word = ((*word << spare) as i16 >> spare) as u16;
                }
            }
            Self::U32(words) => {
                let spare = spare(32);
                for word in words {
                    *word = ((*word << spare) as i32 >> spare) as u32;
                }
            }
            Self::F32(_) | Self::F64(_) => {}
        }
        self
    }
}

/// What a colour frame's three components are once decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Colour {
    /// As the photometric interpretation says.
    AsDeclared,
    /// Red, green, blue.
    Rgb,
    /// Full-range luminance and chrominance, as many samples as pixels.
    YbrFull,
}

/// A frame as it leaves a codec.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Coded {
    /// The samples.
    pub words: Words,
    /// Whether the components come plane by plane.
    pub is_planar: bool,
    /// What the components are.
    pub colour: Colour,
    /// Whether the words are whole cells, so that the high bit declared applies to them; else
    /// the value begins at bit 0.
    pub is_cells: bool,
    /// Whether a value beyond the bits stored is an overshoot of a lossy transform, to be
    /// clamped, rather than foreign bits, to be masked.
    pub is_lossy: bool,
    /// What is missing at the end; its words are zero.
    pub missing: Option<MissingEnd>,
}

/// A smaller picture of a whole frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reduced {
    /// Its samples: those of [`PixelDescription::halved`].
    pub coded: Coded,
    /// How often the sides of the frame are halved.
    pub halvings: u32,
}

/// The decoder of an encapsulated transfer syntax.
pub(super) trait Codec: Sync {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    /// Whether it is foreign code, which may end the process it runs in.
    fn is_foreign(&self) -> bool {
        false
    }

    /// How its frames are told apart without an offset table.
    fn marks(&self) -> FrameMarks;

    /// Decodes one frame.
    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError>;

    /// Decodes what is there of a frame whose code, `expected` bytes, was cut off; `None` where a
    /// cut code does not tell which pixels are as they were.
    fn decode_cut(
        &self,
        _encoded: &[u8],
        _expected: u64,
        _pixels: &PixelDescription,
    ) -> Option<Result<Coded, DecodeError>> {
        None
    }

    /// Decodes the picture that the beginning of its code holds of the whole frame: the largest that
    /// is whole, if its sides are halved less often than `better_than` times. It stands for the frame
    /// until that is here, and is never taken for it.
    fn decode_beginning(
        &self,
        _arrived: &[u8],
        _pixels: &PixelDescription,
        _better_than: u32,
    ) -> Result<Option<Reduced>, DecodeError> {
        Ok(None)
    }
}

/// Frames of this many samples are worth more than one thread each; smaller ones are many.
const MANY_SAMPLES: usize = 1 << 20;

/// What a stream says about itself before anything of it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamSize {
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Components a pixel.
    pub(super) components: u32,
    /// Bits a sample.
    pub(super) precision: u32,
}

impl StreamSize {
    /// Whether this is what the data set declares. A frame's memory is taken only after this.
    pub(super) fn check(
        self,
        codec: &'static str,
        pixels: &PixelDescription,
    ) -> Result<(), DecodeError> {
        if (self.columns, self.rows, self.components)
            != (pixels.columns, pixels.rows, pixels.samples_per_pixel)
        {
            return Err(DecodeError::Mismatch {
                codec,
                stream: size_text(self.columns, self.rows, self.components),
                header: pixels.size_text(),
            });
        }
        if self.precision > pixels.bits_allocated {
            return Err(DecodeError::Mismatch {
                codec,
                stream: format!("{} bit", self.precision),
                header: format!("{} bit", pixels.bits_allocated),
            });
        }
        Ok(())
    }
}

/// Memory for so many words, or the refusal; it costs nothing before it is written to.
fn zeroed<T: bytemuck::Zeroable>(count: usize) -> Result<Vec<T>, DecodeError> {
    bytemuck::allocation::try_zeroed_vec(count).map_err(|()| DecodeError::Memory {
        bytes: (count * size_of::<T>()) as u64,
    })
}
