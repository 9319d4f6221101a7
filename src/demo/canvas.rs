//! One axial slice in HU, painted over from the outside in.

use super::tubes::Tube;
use super::tubes::splitmix;

/// Rows and columns of the CT.
pub(super) const SIZE: usize = 384;
/// Between pixel centres, mm.
pub(super) const SPACING_MM: f32 = 0.9;
/// Patient x and y of the first pixel's centre, mm: the middle of the slice is the origin.
pub(super) const FIRST_MM: f32 = -0.5 * SPACING_MM * (SIZE as f32 - 1.0);
/// Stored value 0 in HU.
pub(super) const INTERCEPT_HU: f32 = -1024.0;
/// The largest value 12 bits hold.
const LARGEST_STORED: f32 = 4095.0;

/// Where a shape may be painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// Over anything.
    Anything,
    /// Over lung only.
    Lung,
}

/// Below this is lung or air.
const LUNG_BELOW_HU: f32 = -500.0;

pub(super) struct Canvas {
    pub z_mm: f32,
    hu: Vec<f32>,
}

impl Canvas {
    pub fn new(z_mm: f32) -> Self {
        Self {
            z_mm,
            hu: vec![-1000.0; SIZE * SIZE],
        }
    }

    /// Runs `paint(x, y, hu)` over the pixels of a box around a centre, all in mm.
    pub fn each_in(
        &mut self,
        centre: [f32; 2],
        half: [f32; 2],
        mut paint: impl FnMut(f32, f32, &mut f32),
    ) {
        let range = |axis: usize| {
            let (c, h) = match axis {
                0 => (centre[0], half[0]),
                _ => (centre[1], half[1]),
            };
            let first = ((c - h - FIRST_MM) / SPACING_MM).floor().max(0.0) as usize;
            let last = ((c + h - FIRST_MM) / SPACING_MM).ceil().max(0.0) as usize;
            (first, (last + 1).min(SIZE).saturating_sub(first))
        };
        let ((first_column, columns), (first_row, rows)) = (range(0), range(1));
        let lines = self.hu.chunks_exact_mut(SIZE).enumerate();
        for (row, line) in lines.skip(first_row).take(rows) {
            let y = FIRST_MM + SPACING_MM * row as f32;
            for (column, hu) in line.iter_mut().enumerate().skip(first_column).take(columns) {
                paint(FIRST_MM + SPACING_MM * column as f32, y, hu);
            }
        }
    }

    /// Every pixel.
    pub fn each(&mut self, paint: impl FnMut(f32, f32, &mut f32)) {
        let all = -FIRST_MM + SPACING_MM;
        self.each_in([0.0, 0.0], [all, all], paint);
    }

    /// An ellipsoid with axes along the patient's.
    pub fn ellipsoid(&mut self, centre: [f32; 3], half_axes: [f32; 3], hu: f32) {
        let [cx, cy, cz] = centre;
        let [ax, ay, az] = half_axes;
        let dz = (self.z_mm - cz) / az;
        let across = 1.0 - dz * dz;
        if across <= 0.0 {
            return;
        }
        let (ax, ay) = (ax * across.sqrt(), ay * across.sqrt());
        let edge = SPACING_MM;
        self.each_in([cx, cy], [ax + edge, ay + edge], |x, y, value| {
            let out = ((x - cx) / ax).hypot((y - cy) / ay) - 1.0;
            blend(value, hu, covered(out * ax.min(ay)));
        });
    }

    /// A cylinder along z between two heights.
    pub fn column(&mut self, centre: [f32; 2], half_axes: [f32; 2], z: [f32; 2], hu: f32) {
        if self.z_mm >= z[0] && self.z_mm <= z[1] {
            let [cx, cy] = centre;
            let [ax, ay] = half_axes;
            let edge = SPACING_MM;
            self.each_in(centre, [ax + edge, ay + edge], |x, y, value| {
                let out = ((x - cx) / ax).hypot((y - cy) / ay) - 1.0;
                blend(value, hu, covered(out * ax.min(ay)));
            });
        }
    }

    /// A round-ended tube, its radius running from one end's to the other's.
    pub fn tube(&mut self, tube: &Tube, over: Over) {
        let Tube {
            from,
            to,
            from_radius,
            to_radius,
            hu,
        } = *tube;
        let reach = from_radius.max(to_radius) + SPACING_MM;
        if self.z_mm < from[2].min(to[2]) - reach || self.z_mm > from[2].max(to[2]) + reach {
            return;
        }
        let along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
        let squared = along.iter().map(|v| v * v).sum::<f32>().max(f32::EPSILON);
        let z = self.z_mm - from[2];
        let centre = [f32::midpoint(from[0], to[0]), f32::midpoint(from[1], to[1])];
        let half = [along[0].abs() / 2.0 + reach, along[1].abs() / 2.0 + reach];
        self.each_in(centre, half, |x, y, value| {
            if over == Over::Lung && *value > LUNG_BELOW_HU {
                return;
            }
            let (x, y) = (x - from[0], y - from[1]);
            let at = ((x * along[0] + y * along[1] + z * along[2]) / squared).clamp(0.0, 1.0);
            let (dx, dy, dz) = (x - at * along[0], y - at * along[1], z - at * along[2]);
            let radius = from_radius + at * (to_radius - from_radius);
            let out = (dx * dx + dy * dy + dz * dz).sqrt() - radius;
            blend(value, hu, covered(out));
        });
    }

    /// Attenuation along each column of pixels, front to back: what a radiograph sees of it.
    pub fn projection(&self) -> Vec<f32> {
        let mut sums = vec![0.0; SIZE];
        for line in self.hu.chunks_exact(SIZE) {
            for (sum, hu) in sums.iter_mut().zip(line) {
                *sum += (hu + 1000.0).max(0.0) / 1000.0 * SPACING_MM;
            }
        }
        sums
    }

    /// Stored values with noise, which is the same for the same seed.
    pub fn into_stored(self, seed: u64, noise_hu: f32) -> Vec<u16> {
        let mut state = splitmix(seed);
        self.hu
            .into_iter()
            .map(|hu| {
                state = splitmix(state);
                let stored = hu - INTERCEPT_HU + noise_hu * nearly_normal(state);
                stored.round().clamp(0.0, LARGEST_STORED) as u16
            })
            .collect()
    }
}

/// Four uniform numbers out of 64 bits, summed: mean 0, standard deviation 1, no long tails.
fn nearly_normal(bits: u64) -> f32 {
    let sum: f32 = (0..4).map(|i| ((bits >> (16 * i)) & 0xFFFF) as f32).sum();
    (sum / 65_535.0 - 2.0) * 3.0_f32.sqrt()
}

/// How much of a pixel a shape covers whose edge is so far inside (negative) or outside.
pub(super) fn covered(outside_mm: f32) -> f32 {
    (0.5 - outside_mm / SPACING_MM).clamp(0.0, 1.0)
}

pub(super) fn blend(value: &mut f32, hu: f32, covered: f32) {
    *value += (hu - *value) * covered;
}
