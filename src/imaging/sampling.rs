//! Where a screen pixel falls among the samples, and how its taps are weighted.
//!
//! Positions are exact on both sides: a position is a whole index and a 32-bit fraction, stepped
//! with wrapping integer arithmetic, so that the shader and its twin choose the same taps and the
//! same weights on every adapter. A float of the whole position only tells which integer the
//! fraction belongs to. The fraction's error stays below a hundred-thousandth of a sample.
//!
//! The rules, for each axis of `n` samples with centres at integers:
//! - a position from −0.5 up to, but not at, n − 0.5 lies in the image; taps beyond the edge take
//!   the edge sample, as ITK does;
//! - nearest takes the upper sample at exactly one half;
//! - linear: two taps; cubic: four taps of Catmull-Rom, separable;
//! - a tap may be invalid (padding, a missing slice, a slice not loaded). If the nearest tap is
//!   invalid the result is that tap's [`Blank`]; else linear renormalises over the valid taps,
//!   and cubic falls back to linear when a tap that carries weight is invalid.
//!
//! `shaders/common/sampling.wgsl` mirrors names, order and f32.

use serde::{Deserialize, Serialize};

/// How values between samples are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Filter {
    /// The nearest sample.
    Nearest,
    /// Linear along each axis.
    #[default]
    Linear,
    /// Catmull-Rom along each axis.
    Cubic,
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blank {
    /// Outside the image, padding, or not loaded yet.
    NoData,
    /// A slice of the volume, or the end of a frame that was cut off, is missing here.
    Gap,
}

/// A value, or why there is none.
pub type Tap = Result<f32, Blank>;

/// Positions, steps and sizes beyond this many samples lie outside every image: the float that
/// tells the whole index is good to less than half a sample up to here.
const REACH: f64 = 1_048_576.0;

/// A position among samples: `whole + frac / 2³²` on each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<const N: usize> {
    /// Index of the sample at or below.
    pub whole: [i32; N],
    /// The rest, in 1/2³².
    pub frac: [u32; N],
}

/// Steps from pixel to pixel; the uniform of the passes holds the same numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stepper<const N: usize> {
    /// Fraction of the first pixel's position, of a step right and of a step down.
    pub frac: [[u32; N]; 3],
    /// The same three as floats.
    pub estimate: [[f32; N]; 3],
}

fn fraction(value: f64) -> u32 {
    let fraction = value - value.floor();
    // A fraction that rounds up to one wraps to zero; the estimate then finds the next integer.
    (fraction * 4_294_967_296.0).round() as u64 as u32
}

impl<const N: usize> Stepper<N> {
    /// From the position of pixel (0, 0)'s centre and the steps to the next pixel on the right and
    /// below, for a picture of `size_px`. `None` if the numbers are not finite or so large that no
    /// pixel is told from the next: such a picture shows nothing.
    #[must_use]
    pub fn new(
        origin: [f64; N],
        right: [f64; N],
        down: [f64; N],
        size_px: [u32; 2],
    ) -> Option<Self> {
        let reach = |values: [f64; N], count: f64| {
            values.iter().all(|value| (value * count).abs() <= REACH) // false for NaN
        };
        let [width, height] = size_px.map(|n| f64::from(n.max(1)));
        if !(reach(origin, 1.0) && reach(right, width) && reach(down, height)) {
            return None;
        }
        let parts = [origin, right, down];
        Some(Self {
            frac: parts.map(|values| values.map(fraction)),
            estimate: parts.map(|values| values.map(|value| value as f32)),
        })
    }

    /// Position of the centre of a pixel; a negative one wraps around, as in the shader.
    #[must_use]
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "axes below N")]
    pub fn at(&self, x: u32, y: u32) -> Position<N> {
        let [frac_origin, frac_right, frac_down] = &self.frac;
        let [origin, right, down] = &self.estimate;
        let frac: [u32; N] = std::array::from_fn(|axis| {
            frac_origin[axis]
                .wrapping_add(x.wrapping_mul(frac_right[axis]))
                .wrapping_add(y.wrapping_mul(frac_down[axis]))
        });
        let whole = std::array::from_fn(|axis| {
            let estimate =
                origin[axis] + x as i32 as f32 * right[axis] + y as i32 as f32 * down[axis];
            (estimate - weight(frac[axis])).round_ties_even() as i32
        });
        Position { whole, frac }
    }
}

/// Weight of the upper tap: 24 bits of the fraction, exact in f32.
#[must_use]
#[inline]
pub fn weight(frac: u32) -> f32 {
    (frac >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Weights of the taps at −1, 0, 1 and 2 (Catmull-Rom).
#[must_use]
#[inline]
pub fn cubic_weights(t: f32) -> [f32; 4] {
    let t2 = t * t;
    let t3 = t2 * t;
    [
        -0.5 * t + t2 - 0.5 * t3,
        1.0 - 2.5 * t2 + 1.5 * t3,
        0.5 * t + 2.0 * t2 - 1.5 * t3,
        -0.5 * t2 + 0.5 * t3,
    ]
}

/// `a` at 0, `b` at 1.
#[must_use]
#[inline]
pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

impl<const N: usize> Position<N> {
    /// Whether it lies in an image of `dims` samples.
    #[must_use]
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "axes below N")]
    pub fn is_inside(&self, dims: [i32; N]) -> bool {
        (0..N).all(|axis| {
            let nearest = self.whole[axis] + (self.frac[axis] >> 31) as i32;
            nearest >= 0 && nearest < dims[axis]
        })
    }

    /// Index of the nearest sample; the upper one at one half.
    #[must_use]
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "axes below N")]
    pub fn nearest(&self, dims: [i32; N]) -> [i32; N] {
        std::array::from_fn(|axis| {
            (self.whole[axis] + (self.frac[axis] >> 31) as i32).clamp(0, dims[axis] - 1)
        })
    }

    /// Index of the tap `offset` samples up from the whole index, clamped to the edges.
    #[must_use]
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "axes below N")]
    pub fn tap(&self, dims: [i32; N], offset: [i32; N]) -> [i32; N] {
        std::array::from_fn(|axis| (self.whole[axis] + offset[axis]).clamp(0, dims[axis] - 1))
    }
}

/// The filtered value at a position among samples that `tap` loads.
///
/// # Errors
/// The [`Blank`] of the nearest tap, or [`Blank::NoData`] outside.
#[inline]
pub fn sample<const N: usize>(
    filter: Filter,
    position: Position<N>,
    dims: [i32; N],
    tap: impl Fn([i32; N]) -> Tap,
) -> Tap {
    if !position.is_inside(dims) {
        return Err(Blank::NoData);
    }
    let nearest = tap(position.nearest(dims))?;
    match filter {
        Filter::Nearest => Ok(nearest),
        Filter::Linear => Ok(linear(position, dims, nearest, tap)),
        Filter::Cubic => {
            Ok(cubic(position, dims, &tap).unwrap_or_else(|| linear(position, dims, nearest, tap)))
        }
    }
}

#[expect(clippy::indexing_slicing, reason = "axes below N, corners below 2^N")]
fn linear<const N: usize>(
    position: Position<N>,
    dims: [i32; N],
    nearest: f32,
    tap: impl Fn([i32; N]) -> Tap,
) -> f32 {
    let t = position.frac.map(weight);
    let corners = 1_usize << N;
    let mut values = [0.0_f32; 8];
    let mut valid = [true; 8];
    for corner in 0..corners {
        let offset = std::array::from_fn(|axis| (corner >> axis & 1) as i32);
        match tap(position.tap(dims, offset)) {
            Ok(value) => values[corner] = value,
            Err(_) => valid[corner] = false,
        }
    }
    if valid.iter().all(|valid| *valid) {
        for (axis, t) in t.into_iter().enumerate() {
            for i in 0..corners >> (axis + 1) {
                values[i] = lerp(values[2 * i], values[2 * i + 1], t);
            }
        }
        return values[0];
    }
    let (mut sum, mut total) = (0.0_f32, 0.0_f32);
    for corner in 0..corners {
        let weight = (0..N).fold(1.0, |product: f32, axis| {
            product
                * if corner >> axis & 1 == 1 {
                    t[axis]
                } else {
                    1.0 - t[axis]
                }
        });
        if valid[corner] {
            sum += weight * values[corner];
            total += weight;
        }
    }
    // The nearest tap is valid and carries at least an eighth of the weight.
    if total > 0.0 { sum / total } else { nearest }
}

#[expect(clippy::indexing_slicing, reason = "axes below N, taps below 4^N")]
fn cubic<const N: usize>(
    position: Position<N>,
    dims: [i32; N],
    tap: &impl Fn([i32; N]) -> Tap,
) -> Option<f32> {
    let weights = position.frac.map(|frac| cubic_weights(weight(frac)));
    let taps = 1_usize << (2 * N);
    let mut values = [0.0_f32; 64];
    for (at, slot) in values.iter_mut().enumerate().take(taps) {
        let step: [usize; N] = std::array::from_fn(|axis| at >> (2 * axis) & 3);
        if (0..N).all(|axis| weights[axis][step[axis]] != 0.0) {
            let offset = step.map(|step| step as i32 - 1);
            *slot = tap(position.tap(dims, offset)).ok()?;
        }
    }
    for (axis, w) in weights.iter().enumerate() {
        for i in 0..taps >> (2 * (axis + 1)) {
            let v = [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3].map(|at| values[at]);
            values[i] = w[0] * v[0] + w[1] * v[1] + w[2] * v[2] + w[3] * v[3];
        }
    }
    Some(values[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepped_position_is_the_position_to_a_hundred_thousandth_of_a_sample() {
        let (origin, right, down) = (
            [-37.123_456_789, 811.2, 0.5],
            [0.712_345_678_9, -0.333_333_333, 1e-9],
            [-0.001_234_5, 0.25, 7.999_999_99],
        );
        let stepper = Stepper::new(origin, right, down, [4096, 4096]).unwrap();
        for (x, y) in [(0, 0), (1, 0), (4095, 4095), (17, 2048), (3000, 1)] {
            let at = stepper.at(x, y);
            for axis in 0..3 {
                let want = origin[axis] + f64::from(x) * right[axis] + f64::from(y) * down[axis];
                let got = f64::from(at.whole[axis]) + f64::from(at.frac[axis]) / 2_f64.powi(32);
                assert!(
                    (got - want).abs() < 1e-5,
                    "{x} {y} axis {axis}: {got}, not {want}"
                );
            }
        }
    }

    #[test]
    fn steps_too_large_or_not_finite_make_no_stepper() {
        assert!(Stepper::new([0.0], [f64::NAN], [0.0], [8, 8]).is_none());
        assert!(Stepper::new([f64::INFINITY], [0.0], [0.0], [8, 8]).is_none());
        assert!(Stepper::new([0.0], [1e5], [0.0], [1024, 8]).is_none());
        assert!(Stepper::new([0.0], [1e3], [0.0], [1024, 8]).is_some());
    }

    #[test]
    fn the_image_ends_half_a_sample_beyond_its_outer_centres() {
        let inside = |x: f64| {
            Stepper::new([x], [0.0], [0.0], [1, 1])
                .unwrap()
                .at(0, 0)
                .is_inside([4])
        };
        for (x, want) in [
            (-0.51, false),
            (-0.5, true),
            (0.0, true),
            (3.49, true),
            (3.5, false),
            (3.51, false),
            (4.0, false),
            (-1.0, false),
        ] {
            assert_eq!(inside(x), want, "{x}");
        }
    }

    fn ramp(filter: Filter, x: f64) -> Tap {
        let samples = [10.0_f32, 20.0, 40.0, 80.0];
        let at = Stepper::new([x], [0.0], [0.0], [1, 1]).unwrap().at(0, 0);
        sample(filter, at, [4], |[i]| Ok(samples[i as usize]))
    }

    #[test]
    fn each_filter_gives_the_samples_at_their_centres_and_its_own_value_between() {
        for filter in [Filter::Nearest, Filter::Linear, Filter::Cubic] {
            for (i, want) in [10.0, 20.0, 40.0, 80.0].into_iter().enumerate() {
                assert_eq!(ramp(filter, i as f64), Ok(want));
            }
            assert_eq!(ramp(filter, -0.25), Ok(10.0).filter_edge(filter));
            assert_eq!(ramp(filter, 9.0), Err(Blank::NoData));
        }
        assert_eq!(ramp(Filter::Nearest, 1.5), Ok(40.0));
        assert_eq!(ramp(Filter::Linear, 1.5), Ok(30.0));
        assert_eq!(ramp(Filter::Cubic, 1.5), Ok(-0.0625 * 90.0 + 0.5625 * 60.0));
    }

    trait FilterEdge {
        fn filter_edge(self, filter: Filter) -> Self;
    }

    impl FilterEdge for Tap {
        /// Catmull-Rom swings below an edge; its value at −0.25 from the formula.
        fn filter_edge(self, filter: Filter) -> Self {
            if filter == Filter::Cubic {
                let w = cubic_weights(0.75);
                Ok((w[0] * 10.0 + w[1] * 10.0) + w[2] * 10.0 + w[3] * 20.0)
            } else {
                self
            }
        }
    }

    #[test]
    fn an_invalid_tap_never_bleeds_into_a_value() {
        let tap = |[i]: [i32; 1]| if i < 2 { Ok(100.0) } else { Err(Blank::Gap) };
        for filter in [Filter::Nearest, Filter::Linear, Filter::Cubic] {
            for step in 0..80 {
                let x = f64::from(step) * 0.05 - 0.5;
                let at = Stepper::new([x], [0.0], [0.0], [1, 1]).unwrap().at(0, 0);
                let got = sample(filter, at, [4], tap);
                if x < 1.499 {
                    assert!(
                        (got.unwrap() - 100.0).abs() < 1e-4,
                        "{filter:?} at {x}: {got:?}"
                    );
                } else if x > 1.501 {
                    assert_eq!(got, Err(Blank::Gap), "{filter:?} at {x}");
                }
            }
        }
    }
}
