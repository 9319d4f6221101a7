//! Why frames form no volume, with the numbers.

use crate::problem::Message;
use crate::problem::msg;

/// The reason a display set cannot be resliced.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the names and the sentences say it")]
pub enum WhyNoVolume {
    #[error("not an image")]
    NotAnImage,
    #[error("{found} slices, {needed} needed")]
    TooFewSlices { found: usize, needed: usize },
    #[error("slices lie at {positions} places, {needed} needed")]
    TooFewPositions { positions: usize, needed: usize },
    #[error("{frames} frames say not where they lie")]
    NoPosition { frames: usize },
    #[error("positions are not the patient's")]
    NotInPatient,
    #[error("{frames} frames have no pixel spacing")]
    NoSpacing { frames: usize },
    #[error("colour")]
    Colour,
    #[error("sizes differ")]
    DifferentSizes,
    #[error("pixel spacings differ: {smallest_mm} to {largest_mm}")]
    DifferentSpacing { smallest_mm: f64, largest_mm: f64 },
    #[error("frames of reference differ")]
    DifferentFramesOfReference,
    #[error("not parallel: {degrees} degrees")]
    NotParallel { degrees: f64 },
    #[error("steps from {smallest_mm} to {largest_mm} mm")]
    IrregularSpacing { smallest_mm: f64, largest_mm: f64 },
    #[error("slices shifted sideways by {mm} mm")]
    NotInLine { mm: f64 },
    #[error("{missing} missing, {present} present")]
    TooManyMissing { missing: usize, present: usize },
    #[error("{repeated} of {frames} frames repeat a place")]
    Repeated { repeated: usize, frames: usize },
}

impl WhyNoVolume {
    /// For the person at the screen.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::NotAnImage => Message::new(msg("no-volume-not-an-image")),
            Self::TooFewSlices { found, needed } => Message::new(msg("no-volume-too-few-slices"))
                .count("found", found)
                .count("needed", needed),
            Self::TooFewPositions { positions, needed } => {
                Message::new(msg("no-volume-too-few-positions"))
                    .count("positions", positions)
                    .count("needed", needed)
            }
            Self::NoPosition { frames } => {
                Message::new(msg("no-volume-no-position")).count("frames", frames)
            }
            Self::NotInPatient => Message::new(msg("no-volume-not-in-patient")),
            Self::NoSpacing { frames } => {
                Message::new(msg("no-volume-no-spacing")).count("frames", frames)
            }
            Self::Colour => Message::new(msg("no-volume-colour")),
            Self::DifferentSizes => Message::new(msg("no-volume-different-sizes")),
            Self::DifferentSpacing {
                smallest_mm,
                largest_mm,
            } => Message::new(msg("no-volume-different-spacing"))
                .number("smallest", rounded(smallest_mm))
                .number("largest", rounded(largest_mm)),
            Self::DifferentFramesOfReference => {
                Message::new(msg("no-volume-different-frames-of-reference"))
            }
            Self::NotParallel { degrees } => {
                Message::new(msg("no-volume-not-parallel")).number("degrees", rounded(degrees))
            }
            Self::IrregularSpacing {
                smallest_mm,
                largest_mm,
            } => Message::new(msg("no-volume-irregular-spacing"))
                .number("smallest", rounded(smallest_mm))
                .number("largest", rounded(largest_mm)),
            Self::NotInLine { mm } => {
                Message::new(msg("no-volume-not-in-line")).number("mm", rounded(mm))
            }
            Self::TooManyMissing { missing, present } => {
                Message::new(msg("no-volume-too-many-missing"))
                    .count("missing", missing)
                    .count("present", present)
            }
            Self::Repeated { repeated, frames } => Message::new(msg("no-volume-repeated"))
                .count("repeated", repeated)
                .count("frames", frames),
        }
    }
}

/// Two decimals, as a sentence shows them.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
