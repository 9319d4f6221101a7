//! Making and editing geometries: handles, moving, outlines, distances for picking.
//!
//! Everything is computed in three dimensions; image points are taken at z = 0. Units are the
//! points' own: mm or pixels.

use crate::annotation::Annotation;
use crate::annotation::AnnotationKind;
use crate::annotation::Geometry;
use crate::geom::DVec3;
use crate::geom::PlanePose;

/// Straight pieces an ellipse or circle is drawn and picked with.
const CURVE_PIECES: usize = 96;

/// The corners, in order around, of the rectangle along the plane's right and down with these two
/// opposite corners.
#[must_use]
pub fn rectangle_from_corners(plane: &PlanePose, a: DVec3, b: DVec3) -> Vec<DVec3> {
    let right = plane.right * (b - a).dot(plane.right);
    let down = plane.down * (b - a).dot(plane.down);
    vec![a, a + right, a + right + down, a + down]
}

/// The ends of the major, then of the minor axis of the ellipse that fills the rectangle along
/// the plane's right and down with these two opposite corners.
#[must_use]
pub fn ellipse_from_corners(plane: &PlanePose, a: DVec3, b: DVec3) -> Vec<DVec3> {
    let half_right = plane.right * ((b - a).dot(plane.right) / 2.0);
    let half_down = plane.down * ((b - a).dot(plane.down) / 2.0);
    let centre = a + half_right + half_down;
    major_axis_first(vec![
        centre - half_right,
        centre + half_right,
        centre - half_down,
        centre + half_down,
    ])
}

/// The four axis ends with the longer axis first, as DICOM's ELLIPSE asks.
#[must_use]
pub fn major_axis_first(ends: Vec<DVec3>) -> Vec<DVec3> {
    match ends.as_slice() {
        &[a, b, c, d] if a.distance_squared(b) < c.distance_squared(d) => vec![c, d, a, b],
        _ => ends,
    }
}

impl Annotation {
    /// Where its handles are: every point of the geometry, in the points' own space (image points
    /// at z = 0). The index of a handle is the index of its point.
    #[must_use]
    pub fn handles(&self) -> Vec<DVec3> {
        self.points.to_space()
    }

    /// The same with one handle dragged to a place. A rectangle keeps its right angles and the
    /// opposite corner, an ellipse its directions and the opposite end; an index that is none
    /// changes nothing.
    #[must_use]
    pub fn with_handle_moved(&self, handle: usize, to: DVec3) -> Self {
        let mut points = self.points.to_space();
        if handle >= points.len() || !to.is_finite() {
            return self.clone();
        }
        match (self.kind, self.geometry, points.len()) {
            (AnnotationKind::RectangleRoi, Geometry::Polygon, 4) => {
                move_corner(&mut points, handle, to);
            }
            (_, Geometry::Ellipse, 4) => move_axis_end(&mut points, handle, to),
            (_, Geometry::Circle, 2) if handle == 0 => {
                if let [centre, rim] = points.as_mut_slice() {
                    *rim += to - *centre;
                    *centre = to;
                }
            }
            _ => {
                if let Some(point) = points.get_mut(handle) {
                    *point = to;
                }
            }
        }
        self.with_points(points)
    }

    /// The same moved as a whole.
    #[must_use]
    pub fn translated(&self, by: DVec3) -> Self {
        self.with_points(self.points.to_space().iter().map(|&p| p + by).collect())
    }

    fn with_points(&self, points: Vec<DVec3>) -> Self {
        Self {
            points: self.points.like(points),
            ..self.clone()
        }
    }

    /// What to draw: joined points, the first repeated at the end where the line closes. One line
    /// of one point for each lone point.
    #[must_use]
    pub fn outlines(&self) -> Vec<Vec<DVec3>> {
        let points = self.points.to_space();
        match self.geometry {
            Geometry::Point | Geometry::MultiPoint => points.into_iter().map(|p| vec![p]).collect(),
            Geometry::Polyline => vec![points],
            Geometry::Polygon => vec![closed(points)],
            Geometry::Ellipse | Geometry::Circle => self
                .axes()
                .map(|(centre, u, v)| curve(centre, u, v))
                .into_iter()
                .collect(),
        }
    }

    /// Centre and half axes (perpendicular, in the plane drawn on) of an ellipse or circle.
    #[must_use]
    pub fn axes(&self) -> Option<(DVec3, DVec3, DVec3)> {
        match (self.geometry, self.points.to_space().as_slice()) {
            (Geometry::Ellipse, &[a, b, c, d]) => {
                Some(((a + b) / 2.0, (b - a) / 2.0, (d - c) / 2.0))
            }
            (Geometry::Circle, &[centre, rim]) => {
                let u = rim - centre;
                let normal = if self.points.is_patient() {
                    self.anchor.normal?
                } else {
                    DVec3::Z
                };
                Some((centre, u, normal.cross(u).try_normalize()? * u.length()))
            }
            _ => None,
        }
    }

    /// Distance of a position from the nearest drawn line or point; infinite if nothing is drawn.
    #[must_use]
    pub fn distance_to(&self, position: DVec3) -> f64 {
        self.outlines()
            .iter()
            .map(|line| distance_to_line(line, position))
            .fold(f64::INFINITY, f64::min)
    }

    /// The handle nearest to a position and its distance.
    #[must_use]
    pub fn nearest_handle(&self, position: DVec3) -> Option<(usize, f64)> {
        self.handles()
            .iter()
            .map(|handle| handle.distance(position))
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Least and greatest signed distance of its points from a plane, mm; `None` for image points.
    #[must_use]
    pub fn extent_along_normal(&self, plane: &PlanePose) -> Option<(f64, f64)> {
        if !self.points.is_patient() || self.points.is_empty() {
            return None;
        }
        let along = self.points.to_space();
        let along = along.iter().map(|&p| plane.distance_mm(p));
        Some(
            along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), d| {
                (low.min(d), high.max(d))
            }),
        )
    }
}

fn move_corner(points: &mut [DVec3], corner: usize, to: DVec3) {
    let &mut [a, b, c, d] = points else { return };
    // A rectangle drawn as a line has no second direction left; then the corner alone moves.
    let directions = ((b - a).try_normalize(), (d - a).try_normalize());
    let (Some(u), Some(v)) = directions else {
        if let Some(point) = points.get_mut(corner) {
            *point = to;
        }
        return;
    };
    let opposite = match corner {
        0 => c,
        1 => d,
        2 => a,
        _ => b,
    };
    let diagonal = to - opposite;
    let on_u = opposite + u * diagonal.dot(u);
    let on_v = opposite + v * diagonal.dot(v);
    let to = on_u + on_v - opposite; // in the plane of the rectangle
    let corners = match corner {
        0 => [to, on_v, opposite, on_u],
        1 => [on_v, to, on_u, opposite],
        2 => [opposite, on_u, to, on_v],
        _ => [on_u, opposite, on_v, to],
    };
    points.copy_from_slice(&corners);
}

fn move_axis_end(points: &mut [DVec3], end: usize, to: DVec3) {
    let &mut [a, b, c, d] = points else { return };
    let (moved, opposite, other) = match end {
        0 => (a, b, (c, d)),
        1 => (b, a, (c, d)),
        2 => (c, d, (a, b)),
        _ => (d, c, (a, b)),
    };
    let Some(direction) = (moved - opposite).try_normalize() else {
        return;
    };
    let moved = opposite + direction * (to - opposite).dot(direction);
    let shift = (moved + opposite) / 2.0 - (other.0 + other.1) / 2.0;
    let other = (other.0 + shift, other.1 + shift);
    let ends = match end {
        0 => [moved, opposite, other.0, other.1],
        1 => [opposite, moved, other.0, other.1],
        2 => [other.0, other.1, moved, opposite],
        _ => [other.0, other.1, opposite, moved],
    };
    points.copy_from_slice(&ends);
}

fn closed(mut points: Vec<DVec3>) -> Vec<DVec3> {
    if let Some(&first) = points.first() {
        points.push(first);
    }
    points
}

fn curve(centre: DVec3, u: DVec3, v: DVec3) -> Vec<DVec3> {
    (0..=CURVE_PIECES)
        .map(|piece| {
            let (sin, cos) = (std::f64::consts::TAU * piece as f64 / CURVE_PIECES as f64).sin_cos();
            centre + u * cos + v * sin
        })
        .collect()
}

fn distance_to_line(line: &[DVec3], position: DVec3) -> f64 {
    if let &[point] = line {
        return point.distance(position);
    }
    line.iter()
        .zip(line.iter().skip(1))
        .map(|(&a, &b)| {
            let along = b - a;
            let length = along.length_squared();
            let t = if length > 0.0 {
                ((position - a).dot(along) / length).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (a + along * t).distance(position)
        })
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::Points;
    use crate::annotation::testing::annotation;

    fn oblique() -> PlanePose {
        PlanePose::new(
            DVec3::new(10.0, -20.0, 30.0),
            DVec3::new(1.0, 1.0, 0.0),
            DVec3::new(0.0, 0.3, -1.0),
        )
        .unwrap()
    }

    fn near(a: DVec3, b: DVec3) -> bool {
        a.distance(b) < 1e-9
    }

    #[test]
    fn a_rectangle_keeps_its_right_angles_and_the_opposite_corner_whichever_is_dragged() {
        let plane = oblique();
        let corner = |x, y| plane.centre + plane.right * x + plane.down * y;
        let points = rectangle_from_corners(&plane, corner(0.0, 0.0), corner(40.0, 20.0));
        let drawn = annotation(
            AnnotationKind::RectangleRoi,
            Geometry::Polygon,
            Points::Patient(points.clone()),
        );
        for handle in 0..4 {
            let opposite = points[(handle + 2) % 4];
            let to = corner(70.0, 55.0) + plane.normal() * 3.0;
            let moved = drawn.with_handle_moved(handle, to).handles();
            assert!(near(moved[(handle + 2) % 4], opposite), "{handle}");
            assert!(near(moved[handle], corner(70.0, 55.0)), "{handle}");
            for k in 0..4 {
                let a = moved[(k + 1) % 4] - moved[k];
                let b = moved[(k + 2) % 4] - moved[(k + 1) % 4];
                assert!(a.dot(b).abs() < 1e-9 && a.length() > 1.0, "{handle}");
            }
        }
    }

    #[test]
    fn an_ellipse_end_moves_along_its_axis_and_the_opposite_end_stays() {
        let plane = oblique();
        let a = plane.centre;
        let b = plane.centre + plane.right * 40.0 + plane.down * 20.0;
        let drawn = annotation(
            AnnotationKind::EllipseRoi,
            Geometry::Ellipse,
            Points::Patient(ellipse_from_corners(&plane, a, b)),
        );
        for handle in 0..4 {
            let before = drawn.handles();
            let to = before[handle] + (before[handle] - before[handle ^ 1]) * 0.5 + plane.normal();
            let after = drawn.with_handle_moved(handle, to);
            let points = after.handles();
            assert!(near(points[handle ^ 1], before[handle ^ 1]));
            assert!(near(points[handle], to - plane.normal()));
            let (_, u, v) = after.axes().unwrap();
            assert!(u.dot(v).abs() < 1e-9);
            assert!(near(
                (points[0] + points[1]) / 2.0,
                (points[2] + points[3]) / 2.0
            ));
        }
    }

    #[test]
    fn picking_measures_to_the_line_not_to_its_middle() {
        let ellipse = annotation(
            AnnotationKind::EllipseRoi,
            Geometry::Ellipse,
            Points::Patient(vec![
                DVec3::new(-20.0, 0.0, 0.0),
                DVec3::new(20.0, 0.0, 0.0),
                DVec3::new(0.0, -10.0, 0.0),
                DVec3::new(0.0, 10.0, 0.0),
            ]),
        );
        assert!((ellipse.distance_to(DVec3::ZERO) - 10.0).abs() < 0.02);
        assert!(ellipse.distance_to(DVec3::new(20.0, 0.0, 3.0)) < 3.0 + 1e-9);
        assert_eq!(
            ellipse.nearest_handle(DVec3::new(1.0, 9.0, 0.0)).unwrap().0,
            3
        );
        let length = annotation(
            AnnotationKind::Length,
            Geometry::Polyline,
            Points::Patient(vec![DVec3::ZERO, DVec3::X * 10.0]),
        );
        assert!((length.distance_to(DVec3::new(5.0, 2.0, 0.0)) - 2.0).abs() < 1e-12);
        assert!((length.distance_to(DVec3::new(13.0, 4.0, 0.0)) - 5.0).abs() < 1e-12);
        let moved = length.translated(DVec3::Z);
        assert_eq!(moved.handles(), [DVec3::Z, DVec3::new(10.0, 0.0, 1.0)]);
    }
}
