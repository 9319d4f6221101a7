//! Graphics as lines, fine enough for any screen.

use super::graphic::{GraphicObject, GraphicType};
use crate::geom::DVec2;

/// Points around a circle or an ellipse.
const AROUND: u32 = 128;
/// Points between two of a curve, if there are few.
const BETWEEN: usize = 16;
/// Points of a curve at most.
const MOST: usize = 50_000;

impl GraphicObject {
    /// Its line in its own units, the last point equal to the first where it is closed; a single
    /// point for a POINT. `aspect` is how long a unit down is on screen over one to the right: what
    /// makes a circle round.
    #[must_use]
    pub fn outline(&self, aspect: f64) -> Vec<DVec2> {
        match (self.graphic_type, self.points.as_slice()) {
            (GraphicType::Point, [point, ..]) => vec![*point],
            (GraphicType::Circle, [centre, on_it, ..]) => {
                let stretch = DVec2::new(1.0, aspect);
                let radius = ((*on_it - *centre) * stretch).length();
                around(*centre, DVec2::X * radius, DVec2::Y * radius / aspect)
            }
            (GraphicType::Ellipse, [a, b, c, d, ..]) => {
                around((*a + *b) * 0.5, (*b - *a) * 0.5, (*d - *c) * 0.5)
            }
            (GraphicType::Interpolated, points) => curve(points),
            (_, points) => points.to_vec(),
        }
    }
}

fn around(centre: DVec2, major: DVec2, minor: DVec2) -> Vec<DVec2> {
    (0..=AROUND)
        .map(|step| {
            let angle = f64::from(step % AROUND) / f64::from(AROUND) * std::f64::consts::TAU;
            centre + major * angle.cos() + minor * angle.sin()
        })
        .collect()
}

/// A curve through all points: which one, the standard leaves open; this is Catmull and Rom's. Where
/// the last point is the first, it goes on smoothly there.
fn curve(points: &[DVec2]) -> Vec<DVec2> {
    let count = points.len();
    if count < 3 || count * 2 > MOST {
        return points.to_vec();
    }
    let is_closed = points.first() == points.last();
    let between = BETWEEN.min(MOST / count).max(1);
    let at = |index: isize| -> DVec2 {
        let last = count as isize - 1;
        let index = if is_closed {
            index.rem_euclid(last)
        } else {
            index.clamp(0, last)
        };
        points.get(index as usize).copied().unwrap_or_default()
    };
    let mut line = Vec::with_capacity(count * between);
    for piece in 0..count as isize - 1 {
        let [a, b, c, d] = [-1, 0, 1, 2].map(|step| at(piece + step));
        for step in 0..between {
            let t = step as f64 / between as f64;
            let bend = (b * 2.0)
                + (c - a) * t
                + (a * 2.0 - b * 5.0 + c * 4.0 - d) * (t * t)
                + (b * 3.0 - a - c * 3.0 + d) * (t * t * t);
            line.push(bend * 0.5);
        }
    }
    line.extend(points.last());
    line
}

#[cfg(test)]
mod tests {
    use super::super::graphic::AnnotationUnits;
    use super::*;

    fn object(graphic_type: GraphicType, points: &[[f64; 2]]) -> GraphicObject {
        GraphicObject {
            units: AnnotationUnits::Pixel,
            graphic_type,
            points: points.iter().map(|at| DVec2::from_array(*at)).collect(),
            is_filled: false,
            line_rgb: None,
            thickness: 1.0,
            is_dashed: false,
            fill_rgb: None,
            fill_opacity: 1.0,
        }
    }

    #[test]
    fn a_circle_is_round_on_screen_where_pixels_are_not_square() {
        let circle = object(GraphicType::Circle, &[[10.0, 10.0], [14.0, 10.0]]);
        for aspect in [1.0, 2.0, 0.5] {
            for point in circle.outline(aspect) {
                let on_screen = (point - DVec2::splat(10.0)) * DVec2::new(1.0, aspect);
                assert!((on_screen.length() - 4.0).abs() < 1e-9, "{aspect} {point}");
            }
        }
    }

    #[test]
    fn an_ellipse_runs_through_the_ends_of_both_axes() {
        let ends = [[2.0, 5.0], [8.0, 5.0], [5.0, 4.0], [5.0, 6.0]];
        let line = object(GraphicType::Ellipse, &ends).outline(1.0);
        for end in ends {
            let end = DVec2::from_array(end);
            assert!(line.iter().any(|point| point.distance(end) < 1e-9), "{end}");
        }
        assert_eq!(line.first(), line.last());
    }

    #[test]
    fn an_interpolated_curve_runs_through_its_points_and_closes_smoothly() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]];
        let line = object(GraphicType::Interpolated, &square).outline(1.0);
        for corner in square {
            let corner = DVec2::from_array(corner);
            assert!(line.iter().any(|point| point.distance(corner) < 1e-9));
        }
        // All corners are alike, so all sides bulge alike.
        let bulge = line.iter().map(|point| point.x).fold(f64::MIN, f64::max) - 4.0;
        let dent = -line.iter().map(|point| point.x).fold(f64::MAX, f64::min);
        assert!(bulge > 0.1 && (bulge - dent).abs() < 1e-9, "{bulge} {dent}");
    }

    #[test]
    fn a_curve_of_very_many_points_stays_as_many() {
        let points: Vec<[f64; 2]> = (0..100_000).map(|x| [f64::from(x), 0.0]).collect();
        let line = object(GraphicType::Interpolated, &points).outline(1.0);
        assert_eq!(line.len(), 100_000);
    }
}
