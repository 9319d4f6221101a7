//! Values of samples in words: as many decimals as the data have, never more.
//!
//! Stored integers become values in steps of the rescale slope; a single sample is written to that
//! step, a mean or a deviation to one decimal more. Nothing has more than [`DIGITS`] digits, but
//! the whole part is never cut.

use crate::dicom::Samples;
use crate::imaging::{FrameImage, ModalityTransform, Units};
use crate::problem::msg;
use crate::text::Words;

/// Digits a value is worth.
const DIGITS: i32 = 5;
/// Of data stored as floating point, which have no step.
const FLOAT_DIGITS: i32 = 4;

/// How finely the values of some data are told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Precision {
    /// Values lie this far apart at least.
    Step(f64),
    /// Anything is possible.
    Float,
}

impl Precision {
    /// That of the modality values of a frame.
    pub fn of(image: &FrameImage) -> Self {
        if matches!(image.samples, Samples::F32(_) | Samples::F64(_)) {
            return Self::Float;
        }
        let ModalityTransform::Rescale { slope, intercept } = image.modality else {
            return Self::Step(1.0);
        };
        let slope = slope.abs();
        if slope <= 0.0 || !slope.is_finite() {
            return Self::Float;
        }
        // An intercept between two steps is seen in every value.
        let beside = (intercept / slope - (intercept / slope).round()).abs() * slope;
        Self::Step(if beside > slope * 1e-6 { beside } else { slope })
    }

    /// Decimals of a single sample.
    pub fn of_sample(self, value: f64) -> usize {
        self.decimals(value, 0)
    }

    /// Decimals of what is computed from many.
    pub fn of_mean(self, value: f64) -> usize {
        self.decimals(value, 1)
    }

    fn decimals(self, value: f64, more: i32) -> usize {
        let whole_digits = digits_before_point(value);
        let decimals = match self {
            Self::Step(step) => {
                let wanted = (-step.log10() - 1e-9).ceil().max(0.0) as i32;
                // What the step asks for of a small value may be far behind the point.
                let room = if whole_digits > 0 {
                    DIGITS - whole_digits
                } else {
                    i32::MAX
                };
                (wanted + more).min(room)
            }
            Self::Float => FLOAT_DIGITS - whole_digits,
        };
        decimals.clamp(0, 9) as usize
    }
}

/// 4 of 2347.3, 0 of 0.5, −2 of 0.005.
fn digits_before_point(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 1;
    }
    value.abs().log10().floor() as i32 + 1
}

/// A unit of values as radiologists write it.
pub(super) fn unit_text(units: &Units, words: &Words) -> String {
    match units {
        Units::Hounsfield => words.id(msg("unit-hounsfield")),
        other => symbol(other.symbol()).to_owned(),
    }
}

/// Units of PET (PS3.3 C.8.9.1.1.3) and UCUM codes, where they read otherwise than they are.
pub(in crate::ui) fn symbol(name: &str) -> &str {
    match name {
        "BQML" => "Bq/ml",
        "CNTS" | "{counts}" => "counts",
        "CPS" | "{counts}/s" => "counts/s",
        "GML" => "g/ml",
        "mm2/s" => "mm²/s",
        "g/ml{SUVbw}" => "SUVbw",
        "g/ml{SUVlbm}" => "SUVlbm",
        "cm2/ml{SUVbsa}" => "SUVbsa",
        other => other,
    }
}

/// The value of one sample.
pub(super) fn sample_text(value: f64, unit: &str, precision: Precision, words: &Words) -> String {
    words.with_unit(value, precision.of_sample(value), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_hounsfield_units_have_no_decimals_and_their_mean_has_one() {
        let ct = Precision::Step(1.0);
        assert_eq!(ct.of_sample(-1024.0), 0);
        assert_eq!(ct.of_sample(2.668), 0);
        assert_eq!(ct.of_mean(-750.34), 1);
        assert_eq!(ct.of_mean(0.2), 1);
    }

    #[test]
    fn a_slope_below_one_is_seen_in_the_decimals() {
        let pet = Precision::Step(0.372_14);
        assert_eq!(pet.of_sample(516.53), 1);
        assert_eq!(pet.of_mean(2347.31), 1);
        assert_eq!(pet.of_mean(123_456.7), 0);
        let adc = Precision::Step(0.0012);
        assert_eq!(adc.of_sample(1.3284), 3);
        assert_eq!(adc.of_mean(0.974_83), 4);
    }

    #[test]
    fn data_without_a_step_show_four_digits() {
        assert_eq!(Precision::Float.of_sample(5.4321), 3);
        assert_eq!(Precision::Float.of_sample(0.004_321), 6);
        assert_eq!(Precision::Float.of_sample(54_321.0), 0);
    }
}
