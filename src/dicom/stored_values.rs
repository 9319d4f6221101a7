//! Words out of a codec to stored values: the one place where mask, sign, palette and colour
//! are settled (PS3.5 8.1.1, PS3.3 C.7.6.3.1).

use std::sync::Arc;

use super::DecodeError;
use super::PixelDescription;
use super::Samples;
use super::codec::Coded;
use super::codec::Colour;
use super::codec::Words;
use super::colour;
use super::palette::Palette;
use super::pixel_description::DeclaredPhotometric;

/// What the words of an instance mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredValues<'a> {
    /// The Image Pixel module.
    pub pixels: &'a PixelDescription,
    /// The palette of PALETTE COLOR.
    pub palette: Option<&'a Palette>,
    /// Luminance and chrominance stay what they are.
    pub keeps_ybr: bool,
}

impl StoredValues<'_> {
    /// Whether a codec's components are luminance and chrominance of full range.
    pub fn are_ybr_full(&self, kind: Colour) -> bool {
        use DeclaredPhotometric as D;
        let is_declared = matches!(self.pixels.photometric, D::YbrFull | D::YbrFull422);
        kind == Colour::YbrFull || (kind == Colour::AsDeclared && is_declared)
    }

    /// The samples of these words.
    pub fn settle(&self, coded: Coded) -> Result<Samples, DecodeError> {
        let pixels = self.pixels;
        let count = match &coded.words {
            Words::U8(words) => words.len(),
            Words::U16(words) => words.len(),
            Words::U32(words) => words.len(),
            Words::F32(values) => values.len(),
            Words::F64(values) => values.len(),
        };
        if count != pixels.samples() {
            return Err(DecodeError::Mismatch {
                codec: "native",
                stream: count.to_string(),
                header: pixels.size_text(),
            });
        }
        if let Some(palette) = self.palette {
            let grey = self.grey(coded);
            let values = (0..grey.len()).map(|at| grey.get(at).unwrap_or_default() as i64);
            return Ok(Samples::Rgb8(palette.apply(values).into()));
        }
        if pixels.samples_per_pixel == 1 {
            return Ok(self.grey(coded));
        }
        Ok(match coded.words {
            Words::U8(mut words) => {
                self.clean(&mut words, coded.is_cells, coded.is_lossy, Field::mask_u8);
                Samples::Rgb8(self.rgb(words, coded.is_planar, coded.colour).into())
            }
            Words::U16(mut words) => {
                self.clean(&mut words, coded.is_cells, coded.is_lossy, Field::mask_u16);
                Samples::Rgb16(self.rgb(words, coded.is_planar, coded.colour).into())
            }
            Words::U32(mut words) => {
                self.clean(&mut words, coded.is_cells, coded.is_lossy, Field::mask_u32);
                Samples::Rgb32(self.rgb(words, coded.is_planar, coded.colour).into())
            }
            Words::F32(_) | Words::F64(_) => {
                return Err(DecodeError::Layout {
                    samples: pixels.samples_per_pixel,
                    bits: pixels.bits_allocated,
                });
            }
        })
    }

    fn grey(&self, coded: Coded) -> Samples {
        let is_signed = self.pixels.is_signed && self.pixels.bits_allocated > 1;
        let field = |bytes| {
            if coded.is_cells {
                Field::of_cells(self.pixels)
            } else {
                Field::of_values(self.pixels, bytes)
            }
        };
        let most = coded.is_lossy.then(|| self.most());
        // One pass from the decoder's memory into the one that is kept.
        match coded.words {
            Words::U8(words) if is_signed => Samples::I8(field(1).signed_8(&words, most)),
            Words::U8(words) => Samples::U8(field(1).unsigned_8(&words, most)),
            Words::U16(words) if is_signed => Samples::I16(field(2).signed_16(&words, most)),
            Words::U16(words) => Samples::U16(field(2).unsigned_16(&words, most)),
            Words::U32(words) if is_signed => Samples::I32(field(4).signed_32(&words, most)),
            Words::U32(words) => Samples::U32(field(4).unsigned_32(&words, most)),
            Words::F32(values) => Samples::F32(values.into()),
            Words::F64(values) => Samples::F64(values.into()),
        }
    }

    /// The largest unsigned value of the bits stored.
    fn most(&self) -> u32 {
        u32::MAX >> (32 - self.pixels.bits_stored.clamp(1, 32))
    }

    /// Brings words to unsigned values of the bits stored.
    fn clean<T: Copy + Ord + From<u8> + TryFrom<u32>>(
        &self,
        words: &mut [T],
        is_cells: bool,
        is_lossy: bool,
        mask: impl Fn(&Field, &mut [T]),
    ) {
        if is_lossy {
            if let Ok(max) = T::try_from(self.most()) {
                for word in words {
                    *word = (*word).min(max);
                }
            }
        } else if is_cells {
            mask(&Field::of_cells(self.pixels), words);
        } else {
            mask(&Field::of_values(self.pixels, size_of::<T>()), words);
        }
    }

    fn rgb<T: colour::Component>(&self, words: Vec<T>, is_planar: bool, kind: Colour) -> Vec<T> {
        let mut words = if is_planar {
            colour::interleave(&words)
        } else {
            words
        };
        let bits = self.pixels.bits_stored;
        if self.are_ybr_full(kind) {
            if !self.keeps_ybr {
                colour::rgb_from_ybr_full(&mut words, bits);
            }
            return words;
        }
        let is_partial = matches!(
            self.pixels.photometric,
            DeclaredPhotometric::YbrPartial422 | DeclaredPhotometric::YbrPartial420
        );
        if kind == Colour::AsDeclared && is_partial {
            colour::rgb_from_ybr_partial(&mut words, bits);
        }
        words
    }
}

/// Where a value lies in its cell: shifting up by `up` drops what is above it, shifting down by
/// `down` what is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    up: u32,
    down: u32,
}

/// Mask and sign extension in place; nothing where the value fills the cell.
macro_rules! field_methods {
    ($($name:ident: $word:ty),*) => {
        $(pub fn $name(&self, words: &mut [$word]) {
            if self.down == 0 && self.up == 0 {
                return;
            }
            for word in words {
                *word = (*word << self.up) >> self.down;
            }
        })*
    };
}

/// Words to the samples that are kept: clamped where a lossy transform may overshoot, masked where
/// foreign bits may stand, the sign extended.
macro_rules! settle_methods {
    ($($unsigned:ident, $signed:ident: $word:ty, $value:ty);*) => {
        $(fn $unsigned(self, words: &[$word], most: Option<u32>) -> Arc<[$word]> {
            if let Some(most) = most {
                let most = <$word>::try_from(most).unwrap_or(<$word>::MAX);
                return words.iter().map(|word| (*word).min(most)).collect();
            }
            if self.up == 0 && self.down == 0 {
                return Arc::from(words);
            }
            words.iter().map(|word| (*word << self.up) >> self.down).collect()
        }

        fn $signed(self, words: &[$word], most: Option<u32>) -> Arc<[$value]> {
            let most = <$word>::try_from(most.unwrap_or(u32::MAX)).unwrap_or(<$word>::MAX);
            let bits = size_of::<$word>() as u32 * 8;
            // A clamped value stands at bit 0.
            let field = if most < <$word>::MAX {
                let spare = most.leading_zeros();
                Self { up: spare, down: spare }
            } else {
                self
            };
            let (up, down) = (field.up.min(bits - 1), field.down.min(bits - 1));
            words
                .iter()
                .map(|word| ((*word).min(most).cast_signed() << up) >> down)
                .collect()
        })*
    };
}

impl Field {
    /// As the high bit declared says.
    pub const fn of_cells(pixels: &PixelDescription) -> Self {
        if pixels.bits_allocated < 8 {
            return Self { up: 0, down: 0 };
        }
        Self {
            up: pixels.bits_allocated - 1 - pixels.high_bit,
            down: pixels.bits_allocated - pixels.bits_stored,
        }
    }

    /// At bit 0 of a word of so many bytes.
    pub const fn of_values(pixels: &PixelDescription, bytes: usize) -> Self {
        let spare = (bytes as u32 * 8).saturating_sub(pixels.bits_stored);
        Self {
            up: spare,
            down: spare,
        }
    }

    field_methods!(mask_u8: u8, mask_u16: u16, mask_u32: u32);
    field_methods!(extend_i8: i8, extend_i16: i16, extend_i32: i32);
    settle_methods!(
        unsigned_8, signed_8: u8, i8;
        unsigned_16, signed_16: u16, i16;
        unsigned_32, signed_32: u32, i32
    );
}
