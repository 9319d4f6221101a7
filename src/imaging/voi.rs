//! VOI stage: modality values to presentation values in 0..=1.
//!
//! Windowing follows PS3.3 C.11.2.1.2 and C.11.2.1.3; note that LINEAR spans width − 1 values
//! while LINEAR_EXACT spans width. `shaders/common/voi.wgsl` mirrors [`VoiStage::apply`] in the
//! same order of the same f32 operations.

use crate::imaging::frame_image::{VoiFunction, VoiTransform};
use crate::imaging::lut::Lut;

/// A [`VoiTransform`] made ready: edges and factors computed once in f64.
#[derive(Debug, Clone, Copy)]
pub enum VoiStage<'a> {
    /// LINEAR and LINEAR_EXACT: 0 up to and with `low`, 1 beyond `high`, a ramp between.
    Ramp {
        /// Where the ramp is one half.
        centre: f32,
        /// One over the width of the ramp; 0 where it has none.
        inverse_width: f32,
        /// The last value that is black.
        low: f32,
        /// The last value that is not yet white by definition.
        high: f32,
    },
    /// SIGMOID: `1 / (1 + exp(factor · (x − centre)))`, factor = −4 / width.
    Sigmoid {
        /// Where the curve is one half.
        centre: f32,
        /// −4 / width.
        factor: f32,
    },
    /// VOI LUT Sequence: the entry over the largest entry its bits allow.
    Lut(&'a Lut),
}

/// Keeps `exp` finite: shaders know no infinity, and 1/(1 + e^80) is 0 in any picture.
pub const SIGMOID_EXPONENT_LIMIT: f32 = 80.0;

impl<'a> VoiStage<'a> {
    /// The stage of a transform. A width below what the standard allows (1 for LINEAR, more than
    /// 0 else) becomes the steepest window allowed: a step.
    #[must_use]
    pub fn new(voi: &'a VoiTransform) -> Self {
        match voi {
            VoiTransform::Lut(lut) => Self::Lut(lut),
            VoiTransform::Window {
                center,
                width,
                function,
            } => {
                let center = if center.is_finite() { *center } else { 0.0 };
                let width = if width.is_finite() { *width } else { 1.0 };
                match function {
                    VoiFunction::Linear => Self::ramp(center - 0.5, (width - 1.0).max(0.0)),
                    VoiFunction::LinearExact => Self::ramp(center, width.max(0.0)),
                    VoiFunction::Sigmoid if width > 0.0 => Self::Sigmoid {
                        centre: center as f32,
                        factor: (-4.0 / width).max(f64::from(f32::MIN)) as f32,
                    },
                    VoiFunction::Sigmoid => Self::ramp(center, 0.0),
                }
            }
        }
    }

    fn ramp(centre: f64, width: f64) -> Self {
        Self::Ramp {
            centre: centre as f32,
            inverse_width: if width > 1e-30 {
                (1.0 / width) as f32
            } else {
                0.0
            },
            low: (centre - width / 2.0) as f32,
            high: (centre + width / 2.0) as f32,
        }
    }

    /// Modality value → 0..=1.
    #[must_use]
    #[inline]
    pub fn apply(&self, modality: f32) -> f32 {
        match *self {
            Self::Ramp {
                centre,
                inverse_width,
                low,
                high,
            } => {
                if modality <= low {
                    0.0
                } else if modality > high {
                    1.0
                } else {
                    ((modality - centre) * inverse_width + 0.5).clamp(0.0, 1.0)
                }
            }
            Self::Sigmoid { centre, factor } => {
                let exponent = ((modality - centre) * factor)
                    .clamp(-SIGMOID_EXPONENT_LIMIT, SIGMOID_EXPONENT_LIMIT);
                1.0 / (1.0 + exponent.exp())
            }
            Self::Lut(lut) => (f32::from(lut.at(modality)) / f32::from(lut.max())).min(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn window(center: f64, width: f64, function: VoiFunction) -> VoiTransform {
        VoiTransform::Window {
            center,
            width,
            function,
        }
    }

    fn apply(voi: &VoiTransform, x: f64) -> f32 {
        VoiStage::new(voi).apply(x as f32)
    }

    /// PS3.3 C.11.2.1.2.1 word for word, ymin 0 and ymax 1.
    fn linear_of_the_standard(x: f64, c: f64, w: f64) -> f64 {
        if x <= c - 0.5 - (w - 1.0) / 2.0 {
            0.0
        } else if x > c - 0.5 + (w - 1.0) / 2.0 {
            1.0
        } else {
            (x - (c - 0.5)) / (w - 1.0) + 0.5
        }
    }

    /// PS3.3 C.11.2.1.3.2.
    fn linear_exact_of_the_standard(x: f64, c: f64, w: f64) -> f64 {
        if x <= c - w / 2.0 {
            0.0
        } else if x > c + w / 2.0 {
            1.0
        } else {
            (x - c) / w + 0.5
        }
    }

    #[test]
    fn every_window_follows_the_formula_of_the_standard_on_and_beside_its_edges() {
        for (c, w) in [
            (40.0, 400.0),
            (2048.0, 4096.0),
            (0.0, 1.0),
            (0.5, 1.0),
            (128.0, 256.0),
            (-600.0, 1500.0),
            (10.0, 2.0),
            (127.5, 255.0),
            (0.25, 0.125),
        ] {
            for edge in [c - w / 2.0, c, c + w / 2.0, c - 0.5, c - w, c + w] {
                for step in [-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0] {
                    let x = edge + step;
                    if w >= 1.0 {
                        let got = f64::from(apply(&window(c, w, VoiFunction::Linear), x));
                        let want = linear_of_the_standard(x, c, w);
                        assert!(
                            (got - want).abs() < 1e-5,
                            "LINEAR {c} {w} at {x}: {got}, not {want}"
                        );
                    }
                    let got = f64::from(apply(&window(c, w, VoiFunction::LinearExact), x));
                    let want = linear_exact_of_the_standard(x, c, w);
                    assert!(
                        (got - want).abs() < 1e-5,
                        "EXACT {c} {w} at {x}: {got}, not {want}"
                    );
                    let got = f64::from(apply(&window(c, w, VoiFunction::Sigmoid), x));
                    let want = 1.0 / (1.0 + (-4.0 * (x - c) / w).exp());
                    assert!(
                        (got - want).abs() < 1e-5,
                        "SIGMOID {c} {w} at {x}: {got}, not {want}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_window_of_width_1_is_a_step_between_two_neighbouring_values() {
        let voi = window(100.0, 1.0, VoiFunction::Linear);
        assert_eq!(apply(&voi, 99.0), 0.0);
        assert_eq!(apply(&voi, 99.5), 0.0);
        assert_eq!(apply(&voi, 100.0), 1.0);
    }

    #[test]
    fn linear_and_linear_exact_differ_by_the_half_value_the_standard_names() {
        let linear = window(128.0, 256.0, VoiFunction::Linear);
        let exact = window(128.0, 256.0, VoiFunction::LinearExact);
        assert_eq!(apply(&linear, 0.0), 0.0);
        assert_eq!(apply(&linear, 255.0), 1.0);
        assert_eq!(apply(&exact, 128.0), 0.5);
        assert!(apply(&exact, 255.0) < 1.0);
    }

    #[test]
    fn widths_no_standard_allows_make_a_step_and_never_a_nan() {
        for function in [
            VoiFunction::Linear,
            VoiFunction::LinearExact,
            VoiFunction::Sigmoid,
        ] {
            for width in [0.0, -5.0, 1e-40, f64::NAN, f64::INFINITY] {
                for x in [-1e9, 0.0, 50.0, 1e9] {
                    let y = apply(&window(50.0, width, function), x);
                    assert!((0.0..=1.0).contains(&y), "{function:?} {width} at {x}: {y}");
                }
            }
        }
        assert_eq!(
            apply(&window(50.0, 0.0, VoiFunction::LinearExact), 50.0),
            0.0
        );
        assert_eq!(
            apply(&window(50.0, 0.0, VoiFunction::LinearExact), 50.1),
            1.0
        );
    }

    #[test]
    fn a_voi_table_is_read_relative_to_the_range_its_bits_allow() {
        let voi = VoiTransform::Lut(Arc::new(Lut {
            first: 10,
            bits: 12,
            entries: Arc::from([0, 4095, 2048]),
        }));
        assert_eq!(apply(&voi, 9.0), 0.0);
        assert_eq!(apply(&voi, 11.0), 1.0);
        assert_eq!(apply(&voi, 99.0), 2048.0 / 4095.0);
    }
}
