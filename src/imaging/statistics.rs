//! Statistics of modality values in a region, from full-precision samples: f64 all the way, never
//! screen pixels.
//!
//! The standard deviation is that of a sample (divided by n − 1): a region estimates the tissue
//! it was drawn on.

use glam::DVec2;

use crate::imaging::frame_image::FrameImage;

/// A region of a plane; (column, row) with pixel centres at integers, or mm on a plane.
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// All points `centre + u · half_a + v · half_b` with u² + v² ≤ 1.
    Ellipse {
        /// The middle.
        centre: DVec2,
        /// From the middle to one end of an axis.
        half_a: DVec2,
        /// From the middle to one end of the other axis.
        half_b: DVec2,
    },
    /// Inside by the even-odd rule. An edge at the left or top of the inside belongs to it, one
    /// at the right or bottom does not, so that regions side by side share no pixel.
    Polygon(Vec<DVec2>),
}

impl Region {
    /// From both ends of one axis, then both of the other.
    #[must_use]
    pub fn ellipse(ends: [DVec2; 4]) -> Self {
        let [a0, a1, b0, b1] = ends;
        Self::Ellipse {
            centre: (a0 + a1 + b0 + b1) / 4.0,
            half_a: (a1 - a0) / 2.0,
            half_b: (b1 - b0) / 2.0,
        }
    }

    /// The upright rectangle between two corners.
    #[must_use]
    pub fn rectangle(a: DVec2, b: DVec2) -> Self {
        let (min, max) = (a.min(b), a.max(b));
        Self::Polygon(vec![
            min,
            DVec2::new(max.x, min.y),
            max,
            DVec2::new(min.x, max.y),
        ])
    }

    /// Whether a point lies inside.
    #[must_use]
    pub fn contains(&self, point: DVec2) -> bool {
        match self {
            Self::Ellipse {
                centre,
                half_a,
                half_b,
            } => {
                let determinant = half_a.perp_dot(*half_b);
                let offset = point - *centre;
                let u = offset.perp_dot(*half_b) / determinant;
                let v = half_a.perp_dot(offset) / determinant;
                u * u + v * v <= 1.0 // false for NaN, when an axis has no length
            }
            Self::Polygon(corners) => {
                let mut previous = corners.last().copied().unwrap_or_default();
                let mut is_inside = false;
                for &corner in corners {
                    if (corner.y > point.y) != (previous.y > point.y) {
                        let t = (point.y - corner.y) / (previous.y - corner.y);
                        if point.x < corner.x + t * (previous.x - corner.x) {
                            is_inside = !is_inside;
                        }
                    }
                    previous = corner;
                }
                is_inside
            }
        }
    }

    /// Lowest and highest coordinates.
    #[must_use]
    pub fn bounds(&self) -> (DVec2, DVec2) {
        match self {
            Self::Ellipse {
                centre,
                half_a,
                half_b,
            } => {
                let half = (*half_a * *half_a + *half_b * *half_b).map_sqrt();
                (*centre - half, *centre + half)
            }
            Self::Polygon(corners) => corners.iter().fold(
                (DVec2::INFINITY, DVec2::NEG_INFINITY),
                |(low, high), corner| (low.min(*corner), high.max(*corner)),
            ),
        }
    }

    /// Area in the square of its coordinates' unit.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Ellipse { half_a, half_b, .. } => {
                std::f64::consts::PI * half_a.perp_dot(*half_b).abs()
            }
            Self::Polygon(corners) => {
                let mut previous = corners.last().copied().unwrap_or_default();
                let mut twice = 0.0;
                for &corner in corners {
                    twice += previous.perp_dot(corner);
                    previous = corner;
                }
                twice.abs() / 2.0
            }
        }
    }
}

trait MapSqrt {
    fn map_sqrt(self) -> Self;
}

impl MapSqrt for DVec2 {
    fn map_sqrt(self) -> Self {
        Self::new(self.x.sqrt(), self.y.sqrt())
    }
}

/// Of the modality values in a region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many values.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (n − 1); `None` for a single value.
    pub standard_deviation: Option<f64>,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Statistics {
    /// Of these values; `None` if there is none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        // Welford's recurrence: no sum of squares that would cancel.
        let (mut count, mut mean, mut squares) = (0_u64, 0.0, 0.0);
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            count += 1;
            let delta = value - mean;
            mean += delta / count as f64;
            squares += delta * (value - mean);
            min = min.min(value);
            max = max.max(value);
        }
        (count > 0).then(|| Self {
            count,
            mean,
            standard_deviation: (count > 1).then(|| (squares / (count - 1) as f64).sqrt()),
            min,
            max,
        })
    }
}

/// Statistics over the pixels of a frame whose centres lie in the region; padding does not count.
/// `None` if no pixel counts, in colour, and where the region reaches into the end of a frame that
/// was cut off: its values would be quietly wrong.
#[must_use]
pub fn region_statistics(image: &FrameImage, region: &Region) -> Option<Statistics> {
    let (low, high) = region.bounds();
    let range = |low: f64, high: f64, count: u32| {
        // Casts saturate; NaN becomes 0 and no centre is inside.
        let first = low.ceil().max(0.0) as u32;
        let end = (high.floor() + 1.0).clamp(0.0, f64::from(count)) as u32;
        first..end
    };
    let columns = range(low.x, high.x, image.columns);
    let pixels_held = image.pixels_held();
    let is_cut_off = |column: u32, row: u32| {
        row as usize * image.columns as usize + column as usize >= pixels_held
    };
    let mut reaches_into_cut = false;
    let statistics = Statistics::of(range(low.y, high.y, image.rows).flat_map(|row| {
        let reaches_into_cut = &mut reaches_into_cut;
        let inside = columns
            .clone()
            .filter(move |column| region.contains(DVec2::new(f64::from(*column), f64::from(row))));
        inside
            .filter_map(|column| {
                *reaches_into_cut |= is_cut_off(column, row);
                image.modality_value(column, row)
            })
            .collect::<Vec<_>>()
    }));
    statistics.filter(|_| !reaches_into_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_the_textbook() {
        let s = Statistics::of([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((s.count, s.mean, s.min, s.max), (8, 5.0, 2.0, 9.0));
        let sd = s.standard_deviation.unwrap();
        assert!((sd - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        assert!(Statistics::of([]).is_none());
        assert_eq!(Statistics::of([3.0]).unwrap().standard_deviation, None);
    }

    #[test]
    fn values_far_from_zero_keep_their_deviation() {
        let s = Statistics::of((0..1000).map(|v| 1e9 + f64::from(v % 2))).unwrap();
        assert!((s.standard_deviation.unwrap() - 0.500_25).abs() < 1e-4);
    }

    #[test]
    fn a_turned_ellipse_holds_the_points_its_axes_span() {
        let ellipse = Region::ellipse([
            DVec2::new(-2.0, -2.0),
            DVec2::new(2.0, 2.0),
            DVec2::new(1.0, -1.0),
            DVec2::new(-1.0, 1.0),
        ]);
        assert!(ellipse.contains(DVec2::new(1.9, 1.9)));
        assert!(!ellipse.contains(DVec2::new(1.9, -1.9)));
        assert!(ellipse.contains(DVec2::new(0.9, -0.9)));
        assert!((ellipse.area() - std::f64::consts::PI * 4.0).abs() < 1e-12);
        let (low, high) = ellipse.bounds();
        assert!((high.x - 5.0_f64.sqrt()).abs() < 1e-12 && (low.y + 5.0_f64.sqrt()).abs() < 1e-12);
        let flat = Region::ellipse([DVec2::ZERO; 4]);
        assert!(!flat.contains(DVec2::ZERO));
    }

    #[test]
    fn rectangles_side_by_side_share_no_pixel() {
        let left = Region::rectangle(DVec2::ZERO, DVec2::new(4.0, 4.0));
        let right = Region::rectangle(DVec2::new(4.0, 0.0), DVec2::new(8.0, 4.0));
        for x in 0..8 {
            for y in 0..4 {
                let p = DVec2::new(f64::from(x), f64::from(y));
                assert!(left.contains(p) != right.contains(p), "{p}");
            }
        }
        assert_eq!(left.area(), 16.0);
    }
}
