//! What stands between VOI and the display where a presentation state puts it: a Presentation LUT
//! (PS3.3 C.11.6) or a palette of pseudo-colours (PS3.4 N.2.2). Either takes the place of the
//! image's own polarity: Photometric Interpretation has no say any more (PS3.4 N.2.1.4).
//!
//! Twin and shaders see nothing new: [`behind_voi`] turns the table, the reader's inversion and the
//! display's calibration into one display table, from which both read.

use std::borrow::Cow;
use std::sync::Arc;

use crate::dicom::Photometric;
use crate::imaging::grey_chain::Look;
use crate::imaging::lut::{DisplayLut, Lut};

/// A table over the output of the VOI stage: its whole range is spread over the whole table.
#[derive(Debug, Clone, PartialEq)]
pub enum PresentationTable {
    /// P-values (C.11.6.1.1); the table's first input value takes no part.
    Grey(Arc<Lut>),
    /// Red, green and blue, never empty.
    Colour(Arc<[[u8; 3]]>),
}

impl PresentationTable {
    /// The levels of one channel (0 red, 1 green, 2 blue) from 0 to 1, in order.
    fn channel(&self, channel: usize) -> Vec<f32> {
        match self {
            Self::Grey(lut) => {
                let most = f32::from(lut.max());
                let share = |entry: &u16| (f32::from(*entry) / most).min(1.0);
                lut.entries.iter().map(share).collect()
            }
            Self::Colour(rgb) => {
                let level = |rgb: &[u8; 3]| f32::from(rgb.get(channel).copied().unwrap_or(0));
                rgb.iter().map(|rgb| level(rgb) / 255.0).collect()
            }
        }
    }

    const fn channels(&self) -> usize {
        match self {
            Self::Grey(_) => 1,
            Self::Colour(_) => 3,
        }
    }
}

/// The look and the polarity that the grey chain is to be run with for an image of this polarity
/// and table: unchanged where there is no table.
#[must_use]
pub fn behind_voi<'a>(
    look: &'a Look,
    photometric: Photometric,
    table: Option<&PresentationTable>,
) -> (Cow<'a, Look>, Photometric) {
    let Some(table) = table else {
        return (Cow::Borrowed(look), photometric);
    };
    let shown = |level: f32| {
        let level = if look.invert { 1.0 - level } else { level };
        let level = (look.display.as_ref()).map_or(level, |display| display.apply(level));
        (level * 65_535.0).round_ties_even() as u16
    };
    let levels = (0..table.channels()).flat_map(|channel| table.channel(channel));
    let display = DisplayLut::planes(levels.map(shown).collect(), table.channels());
    let look = Look {
        invert: false,
        display: display.or_else(|| look.display.clone()),
        ..look.clone()
    };
    (Cow::Owned(look), Photometric::Monochrome2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::grey_chain::GreyChain;
    use crate::imaging::{VoiFunction, VoiTransform};

    fn look() -> Look {
        Look::new(VoiTransform::Window {
            center: 128.0,
            width: 256.0,
            function: VoiFunction::Linear,
        })
    }

    fn level(look: &Look, photometric: Photometric, table: &PresentationTable, x: f32) -> [u8; 3] {
        let (look, photometric) = behind_voi(look, photometric, Some(table));
        let [r, g, b, _] = GreyChain::new(&look, photometric).rgba(Ok(x), 0, 0);
        [r, g, b]
    }

    fn squared() -> PresentationTable {
        PresentationTable::Grey(Arc::new(Lut {
            first: 0,
            bits: 12,
            entries: (0..256_u32)
                .map(|v| (v * v * 4095 / 65_025) as u16)
                .collect(),
        }))
    }

    #[test]
    fn a_presentation_lut_takes_the_place_of_the_polarity_of_the_image() {
        for photometric in [Photometric::Monochrome1, Photometric::Monochrome2] {
            assert_eq!(level(&look(), photometric, &squared(), 255.0), [255; 3]);
            assert_eq!(level(&look(), photometric, &squared(), 128.0), [64; 3]);
        }
    }

    #[test]
    fn the_reader_inverts_what_the_presentation_lut_gives() {
        let inverted = Look {
            invert: true,
            ..look()
        };
        let shown = level(&inverted, Photometric::Monochrome1, &squared(), 128.0);
        assert_eq!(shown, [255 - 64; 3]);
    }

    #[test]
    fn a_palette_is_spread_over_the_whole_range_of_the_window() {
        let palette = PresentationTable::Colour(Arc::from([[0, 0, 255], [9, 8, 7], [255, 0, 0]]));
        let at = |x| level(&look(), Photometric::Monochrome2, &palette, x);
        assert_eq!(at(0.0), [0, 0, 255]);
        assert_eq!(at(127.0), [9, 8, 7]);
        assert_eq!(at(255.0), [255, 0, 0]);
    }
}
