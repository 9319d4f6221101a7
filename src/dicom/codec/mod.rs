//! The decoders behind [`super::transfer_syntax`]: one file a syntax family.
//!
//! A codec turns the encoded bytes of one frame into the words of its samples, and nothing more:
//! sign, bits stored, palette and colour are settled once for all codecs in `pixel_data`. It
//! checks what the bytes at hand can produce before it takes memory for it.

use super::DecodeError;
use super::PixelDescription;
use super::fragments::FrameMarks;

pub(super) mod deflate;
pub(super) mod jpeg;
mod jpeg_stream;
pub(super) mod native;
pub(super) mod rle;

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

/// What a colour frame's three components are once decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// The decoder of an encapsulated transfer syntax.
pub(super) trait Codec: Sync {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    /// How its frames are told apart without an offset table.
    fn marks(&self) -> FrameMarks;

    /// Decodes one frame.
    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError>;
}
