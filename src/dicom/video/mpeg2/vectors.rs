//! Motion vectors (H.262 6.2.5.2, 7.6.3): their codes, their predictors, and what they select.

use super::bit_reader::BitReader;
use super::frame::Vector;
use super::headers::Picture;
use super::headers::Structure;
use super::tables::MOTION;

/// How a macroblock is predicted (tables 6-17 and 6-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MotionType {
    /// One vector for the frame.
    Frame,
    /// A vector for each field of a frame, or one for a field.
    Field,
    /// A field picture's upper and lower half.
    Halves,
    /// The same and the other field, from one vector.
    DualPrime,
}

impl MotionType {
    /// The type of a two-bit code.
    pub(super) const fn of_code(code: u32, structure: Structure) -> Option<Self> {
        match (code, structure) {
            (1, _) => Some(Self::Field),
            (2, Structure::Frame) => Some(Self::Frame),
            (2, _) => Some(Self::Halves),
            (3, _) => Some(Self::DualPrime),
            _ => None,
        }
    }
}

/// Of one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Motion {
    pub(super) vectors: [Vector; 2],
    /// Whether each reads the bottom field.
    pub(super) is_bottom: [bool; 2],
    /// The differences of dual prime.
    pub(super) differences: Vector,
}

/// The vectors of the macroblock before, by number and direction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Predictors([[Vector; 2]; 2]);

impl Predictors {
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The vector that a skipped macroblock repeats.
    #[expect(clippy::indexing_slicing, reason = "directions are 0 and 1")]
    pub(super) const fn repeated(&self, direction: usize) -> Vector {
        self.0[0][direction]
    }

    /// Reads the vectors of a direction.
    pub(super) fn read(
        &mut self,
        bits: &mut BitReader<'_>,
        picture: &Picture,
        kind: MotionType,
        direction: usize,
    ) -> Option<Motion> {
        let mut motion = Motion::default();
        let is_frame = picture.structure == Structure::Frame;
        let is_field_vector = kind != MotionType::Frame;
        let is_double = match kind {
            MotionType::Field => is_frame,
            MotionType::Halves => true,
            MotionType::Frame | MotionType::DualPrime => false,
        };
        for n in 0..if is_double { 2 } else { 1 } {
            if is_field_vector && kind != MotionType::DualPrime {
                *motion.is_bottom.get_mut(n)? = bits.flag();
            }
            for axis in 0..2 {
                let f_code = *picture.f_code.get(direction)?.get(axis)?;
                let delta = read_delta(bits, f_code)?;
                if kind == MotionType::DualPrime {
                    *motion.differences.get_mut(axis)? = read_difference(bits);
                }
                let predictor = self.0.get_mut(n)?.get_mut(direction)?.get_mut(axis)?;
                // Down a frame, a field's vector counts every other line.
                let is_halved = is_field_vector && is_frame && axis == 1;
                let before = if is_halved {
                    *predictor >> 1
                } else {
                    *predictor
                };
                let value = wrapped(before + delta, f_code);
                *predictor = if is_halved { value << 1 } else { value };
                let is_full = *picture.is_full_pixel.get(direction)?;
                *motion.vectors.get_mut(n)?.get_mut(axis)? =
                    if is_full { value << 1 } else { value };
            }
        }
        if !is_double {
            let [first, second] = &mut self.0;
            *second.get_mut(direction)? = *first.get(direction)?;
        }
        Some(motion)
    }
}

fn read_delta(bits: &mut BitReader<'_>, f_code: u32) -> Option<i32> {
    if !(1..=9).contains(&f_code) {
        return None;
    }
    let code = i32::from(bits.symbol(&MOTION)?);
    if code == 0 {
        return Some(0);
    }
    let is_negative = bits.flag();
    let size = f_code - 1;
    let magnitude = ((code - 1) << size) + bits.take(size) as i32 + 1;
    Some(if is_negative { -magnitude } else { magnitude })
}

fn wrapped(value: i32, f_code: u32) -> i32 {
    let limit = 16 << (f_code - 1);
    if value < -limit {
        value + 2 * limit
    } else if value >= limit {
        value - 2 * limit
    } else {
        value
    }
}

/// `dmvector` (table B-11)
fn read_difference(bits: &mut BitReader<'_>) -> i32 {
    match (bits.flag(), 0) {
        (false, _) => 0,
        (true, _) if bits.flag() => -1,
        (true, _) => 1,
    }
}

/// The vectors of dual prime into the field of the other parity (7.6.3.6): for the top field (or
/// the field of a field picture) and for the bottom field.
pub(super) fn other_parity(motion: &Motion, picture: &Picture) -> [Vector; 2] {
    let [[across, down], _] = motion.vectors;
    let [more_across, more_down] = motion.differences;
    let scaled = |value: i32, times: i32| (times * value + i32::from(value > 0)) >> 1;
    let vector = |times: i32, shift: i32| {
        [
            scaled(across, times) + more_across,
            scaled(down, times) + more_down + shift,
        ]
    };
    match (picture.structure, picture.is_top_first) {
        (Structure::Frame, true) => [vector(1, -1), vector(3, 1)],
        (Structure::Frame, false) => [vector(3, -1), vector(1, 1)],
        (Structure::Top, _) => [vector(1, -1); 2],
        (Structure::Bottom, _) => [vector(1, 1); 2],
    }
}
