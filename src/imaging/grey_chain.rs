//! The grey chain: what a stored value becomes on its way to the screen. The one definition, for
//! the twin here and for `shaders/`.
//!
//! 1. **Load** a stored value (already masked and sign-extended to the bits stored).
//! 2. **Padding**: a value in the padding range, and a float that is not finite, is an invalid tap.
//! 3. **Modality**, f32: slope · stored + intercept, or the Modality LUT's entry (PS3.3 C.11.1).
//!    A rescale common to all taps is applied after the filter, which it commutes with because
//!    weights sum to one; one that differs from slice to slice is applied to each tap.
//! 4. **Filter** over the taps: [`crate::imaging::sampling`].
//! 5. **VOI** to 0..=1: [`crate::imaging::voi`].
//! 6. **Inverse**: MONOCHROME1 and the reader's invert each turn light into dark once.
//! 7. **Display LUT**, then `round_ties_even(255 · y)`. A Presentation LUT or a palette of a
//!    presentation state is a part of it: [`crate::imaging::behind_voi`].
//!
//! Where there is no value the background is drawn; where a slice, or the end of a frame that was
//! cut off, is missing, a dim hatch.
//! Colour has no modality and no VOI: each sample is taken through the image's profile
//! ([`crate::imaging::ColourProfile`]), if it has one and the reader does not want it as stored; then
//! each channel is filtered and shown as it is, inverted if the reader asks.

use crate::dicom::Photometric;
use crate::imaging::colour_profile::Colours;
use crate::imaging::frame_image::{FrameImage, ModalityTransform, PaddingRange, VoiTransform};
use crate::imaging::lut::{DisplayLut, Lut};
use crate::imaging::marks::MarksLook;
use crate::imaging::sampling::{Blank, Filter, Tap};
use crate::imaging::voi::VoiStage;
use crate::problem::{Message, msg};

/// Stored floats at or below this are blank. Float textures hold it for padding, NaN and infinity:
/// no shader may see the latter two.
pub const FLOAT_BLANK: f32 = -3.4e38;

/// What the reader chose about the grey of a picture; the same for the twin and the passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Between samples.
    pub filter: Filter,
    /// Modality value → 0..=1.
    pub voi: VoiTransform,
    /// Light for dark, on top of what the image itself asks.
    pub invert: bool,
    /// Red, green, blue where there is no value.
    pub background: [u8; 3],
    /// Calibration of the display; `None` drives it with presentation values.
    pub display: Option<DisplayLut>,
    /// Shutter and overlays, where the picture is a frame as acquired.
    pub marks: MarksLook,
    /// What colours stand for, where the picture is a frame in colour.
    pub colours: Colours,
}

impl Look {
    /// Linear filter, black background, nothing inverted, shutter and overlays shown.
    #[must_use]
    pub fn new(voi: VoiTransform) -> Self {
        Self {
            filter: Filter::Linear,
            voi,
            invert: false,
            background: [0; 3],
            display: None,
            marks: MarksLook::default(),
            colours: Colours::default(),
        }
    }

    /// The same with another filter.
    #[must_use]
    pub const fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }
}

/// Level of the hatch where a slice, or the end of one, is missing.
pub const HATCH_LEVEL: u8 = 72;

/// Whether the hatch covers a pixel of the view: diagonal lines, 8 px apart, 2 px wide.
#[must_use]
#[inline]
pub const fn is_hatched(x: u32, y: u32) -> bool {
    (x.wrapping_add(y)) % 8 < 2
}

/// Stages 5 to 7, made ready for many values.
#[derive(Debug, Clone, Copy)]
pub struct GreyChain<'a> {
    voi: VoiStage<'a>,
    is_inverted: bool,
    display: Option<&'a DisplayLut>,
    background: [u8; 3],
}

impl<'a> GreyChain<'a> {
    /// The chain of a look on an image of this photometric interpretation.
    #[must_use]
    pub fn new(look: &'a Look, photometric: Photometric) -> Self {
        Self {
            voi: VoiStage::new(&look.voi),
            is_inverted: look.invert != (photometric == Photometric::Monochrome1),
            display: look.display.as_ref(),
            background: look.background,
        }
    }

    /// Modality value → display level; of red, where the display table gives colour.
    #[must_use]
    #[inline]
    pub fn level(&self, modality: f32) -> u8 {
        let y = self.presentation_value(modality);
        quantised(self.display.map_or(y, |display| display.apply(y)))
    }

    #[inline]
    fn presentation_value(&self, modality: f32) -> f32 {
        let y = self.voi.apply(modality);
        if self.is_inverted { 1.0 - y } else { y }
    }

    #[inline]
    fn rgb(&self, modality: f32) -> [u8; 3] {
        match self.display.filter(|display| display.is_colour()) {
            Some(display) => display
                .rgb(self.presentation_value(modality))
                .map(quantised),
            None => [self.level(modality); 3],
        }
    }

    /// What pixel (x, y) of the view shows for a tap.
    #[must_use]
    #[inline]
    pub fn rgba(&self, tap: Tap, x: u32, y: u32) -> [u8; 4] {
        let [r, g, b] = match tap {
            Ok(value) => self.rgb(value),
            Err(Blank::Gap) if is_hatched(x, y) => [HATCH_LEVEL; 3],
            Err(_) => self.background,
        };
        [r, g, b, u8::MAX]
    }
}

#[inline]
fn quantised(y: f32) -> u8 {
    (y * 255.0).round_ties_even() as u8
}

impl ModalityTransform {
    /// Stored → modality value, exact as f64 allows.
    #[must_use]
    pub fn apply(&self, stored: f64) -> f64 {
        match self {
            Self::Identity => stored,
            Self::Rescale { slope, intercept } => slope * stored + intercept,
            Self::Lut(lut) => lut.get(stored.round_ties_even() as i64).into(),
        }
    }

    /// Slope and intercept as the pixel path uses them; those of identity for a table.
    #[must_use]
    pub fn affine(&self) -> [f32; 2] {
        match self {
            Self::Rescale { slope, intercept } => [*slope as f32, *intercept as f32],
            Self::Identity | Self::Lut(_) => [1.0, 0.0],
        }
    }

    /// The table, if it is one.
    #[must_use]
    pub fn lut(&self) -> Option<&Lut> {
        match self {
            Self::Lut(lut) => Some(lut),
            _ => None,
        }
    }
}

impl FrameImage {
    /// Columns and rows.
    #[must_use]
    pub const fn size(&self) -> [u32; 2] {
        [self.columns, self.rows]
    }

    /// Whether the samples are as many as rows and columns ask; a frame of which this is not true
    /// shows nothing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let wanted = u64::from(self.rows)
            * u64::from(self.columns)
            * self.samples.samples_per_pixel() as u64;
        wanted > 0 && self.samples.len() as u64 >= wanted && self.rows.max(self.columns) < 1 << 20
    }

    /// Pixels that are there, row by row from the top left; those that follow were cut off.
    #[must_use]
    pub fn pixels_held(&self) -> usize {
        let all = self.rows as usize * self.columns as usize;
        self.missing
            .map_or(all, |missing| missing.pixels_held.min(all))
    }

    /// The sentence about the end that is missing, if any.
    #[must_use]
    pub fn cut_off(&self) -> Option<Message> {
        let missing = self.missing?;
        Some(
            Message::new(msg("frame-cut-off"))
                .number("row", missing.row(self.columns).into())
                .number("rows", self.rows.into())
                .number("bytes", missing.bytes as f64),
        )
    }

    /// Modality value of a grey pixel, exact as f64 allows; `None` outside, on padding, where the
    /// frame was cut off or no value is mapped, and in colour.
    #[must_use]
    pub fn modality_value(&self, column: u32, row: u32) -> Option<f64> {
        if column >= self.columns || row >= self.rows || self.samples.samples_per_pixel() != 1 {
            return None;
        }
        let at = row as usize * self.columns as usize + column as usize;
        if at >= self.pixels_held() {
            return None;
        }
        let stored = self.samples.get(at)?;
        (stored.is_valid(self.padding) && self.is_mapped(stored))
            .then(|| self.modality.apply(stored))
    }
}

/// A sample as stored, on its way into the chain.
pub trait Stored: Copy + Send + Sync {
    /// As f32, rounded to nearest: what the shader computes with.
    fn value(self) -> f32;
    /// Whether it is neither padding nor a float without value.
    fn is_valid(self, padding: Option<PaddingRange>) -> bool;
    /// The modality LUT's entry for it.
    fn entry(self, lut: &Lut) -> u16;
    /// Whether every value of the type is valid without padding.
    const IS_ALWAYS_VALID: bool;
}

macro_rules! stored_integer {
    ($($t:ty),*) => {$(
        impl Stored for $t {
            const IS_ALWAYS_VALID: bool = true;
            #[inline]
            fn value(self) -> f32 {
                self as f32
            }
            #[inline]
            fn is_valid(self, padding: Option<PaddingRange>) -> bool {
                !padding.is_some_and(|padding| padding.contains(self.into()))
            }
            #[inline]
            fn entry(self, lut: &Lut) -> u16 {
                lut.get(self.into())
            }
        }
    )*};
}

#[expect(
    clippy::cast_lossless,
    reason = "one text for the types that fit into f32 and those that round"
)]
mod stored_integers {
    use super::{Lut, PaddingRange, Stored};
    stored_integer!(u8, i8, u16, i16, u32, i32);
}

macro_rules! stored_float {
    ($($t:ty),*) => {$(
        impl Stored for $t {
            const IS_ALWAYS_VALID: bool = false;
            #[inline]
            fn value(self) -> f32 {
                self as f32
            }
            #[inline]
            fn is_valid(self, padding: Option<PaddingRange>) -> bool {
                let value = self as f32;
                value.is_finite()
                    && value > FLOAT_BLANK
                    && !padding.is_some_and(|padding| padding.contains(self.into()))
            }
            #[inline]
            fn entry(self, lut: &Lut) -> u16 {
                lut.at(self as f32)
            }
        }
    )*};
}

stored_float!(f32, f64);

/// Stages 1 to 3 of one sample, the rescale left to whoever filters.
///
/// # Errors
/// [`Blank::NoData`] for padding and for floats without a value.
#[inline]
pub fn load<T: Stored>(stored: T, padding: Option<PaddingRange>, lut: Option<&Lut>) -> Tap {
    if !stored.is_valid(padding) {
        return Err(Blank::NoData);
    }
    Ok(match lut {
        None => stored.value(),
        Some(lut) => stored.entry(lut).into(),
    })
}

/// Runs an expression with the grey samples as a slice of their type; `$colour` for the others.
macro_rules! with_grey_samples {
    ($samples:expr, $slice:ident => $grey:expr, $colour:expr) => {
        match $samples {
            $crate::dicom::Samples::U8($slice) => $grey,
            $crate::dicom::Samples::I8($slice) => $grey,
            $crate::dicom::Samples::U16($slice) => $grey,
            $crate::dicom::Samples::I16($slice) => $grey,
            $crate::dicom::Samples::U32($slice) => $grey,
            $crate::dicom::Samples::I32($slice) => $grey,
            $crate::dicom::Samples::F32($slice) => $grey,
            $crate::dicom::Samples::F64($slice) => $grey,
            $crate::dicom::Samples::Rgb8(_)
            | $crate::dicom::Samples::Rgb16(_)
            | $crate::dicom::Samples::Rgb32(_) => $colour,
        }
    };
}
pub(crate) use with_grey_samples;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::VoiFunction;
    use std::sync::Arc;

    fn look(center: f64, width: f64) -> Look {
        Look::new(VoiTransform::Window {
            center,
            width,
            function: VoiFunction::Linear,
        })
    }

    #[test]
    fn monochrome1_and_invert_each_turn_light_into_dark() {
        let mut look = look(128.0, 256.0);
        let level = |look: &Look, photometric| GreyChain::new(look, photometric).level(10.0);
        assert_eq!(level(&look, Photometric::Monochrome2), 10);
        assert_eq!(level(&look, Photometric::Monochrome1), 245);
        look.invert = true;
        assert_eq!(level(&look, Photometric::Monochrome2), 245);
        assert_eq!(level(&look, Photometric::Monochrome1), 10);
    }

    #[test]
    fn a_window_of_256_around_127_5_shows_every_8_bit_value_as_itself() {
        let look = look(128.0, 256.0);
        let chain = GreyChain::new(&look, Photometric::Monochrome2);
        for value in 0..=255_u8 {
            assert_eq!(chain.level(value.into()), value);
        }
    }

    #[test]
    fn the_display_table_is_the_last_stage() {
        let mut look = look(128.0, 256.0);
        look.invert = true;
        look.display = DisplayLut::new((0..256_u32).map(|v| (v * v) as u16).collect());
        let chain = GreyChain::new(&look, Photometric::Monochrome2);
        // 55 → inverted 200 → entry 200² of 65535.
        assert_eq!(
            chain.level(55.0),
            (40_000.0_f32 / 65_535.0 * 255.0).round() as u8
        );
    }

    #[test]
    fn padding_and_floats_without_a_value_are_no_taps() {
        let padding = Some(PaddingRange {
            low: -2000.0,
            high: -1999.5,
        });
        assert_eq!(load(-2000_i16, padding, None), Err(Blank::NoData));
        assert_eq!(load(-1999_i16, padding, None), Ok(-1999.0));
        assert_eq!(load(f32::NAN, None, None), Err(Blank::NoData));
        assert_eq!(load(1e300_f64, None, None), Err(Blank::NoData));
        assert_eq!(load(1.5_f64, None, None), Ok(1.5));
        let lut = Lut {
            first: 0,
            bits: 16,
            entries: Arc::from([7, 9]),
        };
        assert_eq!(load(1_u8, None, Some(&lut)), Ok(9.0));
        assert_eq!(load(u32::MAX, None, Some(&lut)), Ok(9.0));
    }
}
