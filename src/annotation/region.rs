//! A region drawn on a plane through the patient, sampled from a volume.

use crate::annotation::Annotation;
use crate::annotation::Geometry;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::geom::PlanePose;
use crate::imaging::Region;
use crate::imaging::Statistics;

/// More samples than this are not taken: a drawing that large is a mistake, and the program must
/// stay at hand.
const MOST_SAMPLES: f64 = 16_000_000.0;

/// A closed outline in its plane, mm from the plane's centre.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RegionOnPlane {
    plane: PlanePose,
    region: Region,
}

impl RegionOnPlane {
    /// The region of a closed geometry in patient space; `None` if it spans no plane.
    pub(super) fn of(annotation: &Annotation) -> Option<Self> {
        if !annotation.points.is_patient() {
            return None;
        }
        let points = annotation.points.to_space();
        let region = |plane: &PlanePose, points: &[DVec3]| -> Vec<DVec2> {
            let plane_from_patient = plane.plane_from_patient();
            points
                .iter()
                .map(|&p| plane_from_patient.transform_point3(p).truncate())
                .collect()
        };
        match annotation.geometry {
            Geometry::Ellipse | Geometry::Circle => {
                let (centre, u, v) = annotation.axes()?;
                let plane = PlanePose::new(centre, u, v)?;
                let on_plane = region(&plane, &[centre, centre + u, centre + v]);
                let &[centre, u, v] = on_plane.as_slice() else {
                    return None;
                };
                Some(Self {
                    plane,
                    region: Region::Ellipse {
                        centre,
                        half_a: u - centre,
                        half_b: v - centre,
                    },
                })
            }
            Geometry::Polygon => {
                let first = *points.first()?;
                let normal: DVec3 = points
                    .iter()
                    .zip(points.iter().skip(1))
                    .map(|(&a, &b)| (a - first).cross(b - first))
                    .sum();
                let right = points
                    .iter()
                    .map(|&p| p - first)
                    .max_by(|a, b| a.length().total_cmp(&b.length()))?;
                let plane = PlanePose::new(first, right, normal.cross(right))?;
                let corners = region(&plane, &points);
                Some(Self {
                    plane,
                    region: Region::Polygon(corners),
                })
            }
            _ => None,
        }
    }

    /// Statistics of a volume's values on a square lattice in the plane whose step is `step_mm`.
    pub(super) fn statistics(
        &self,
        step_mm: f64,
        value: &dyn Fn(DVec3) -> Option<f64>,
    ) -> Option<Statistics> {
        let (low, high) = self.region.bounds();
        let size = (high - low) / step_mm;
        if !(step_mm > 0.0 && size.is_finite() && size.x * size.y <= MOST_SAMPLES) {
            return None;
        }
        // The lattice is centred in the bounds, so that a symmetric region is sampled evenly.
        let count = |size: f64| size.ceil().max(1.0) as u32;
        let (columns, rows) = (count(size.x), count(size.y));
        let first = (low + high) / 2.0
            - DVec2::new(f64::from(columns - 1), f64::from(rows - 1)) * (step_mm / 2.0);
        Statistics::of((0..rows).flat_map(|row| {
            (0..columns).filter_map(move |column| {
                let at = first + DVec2::new(f64::from(column), f64::from(row)) * step_mm;
                if self.region.contains(at) {
                    value(self.plane.point(at))
                } else {
                    None
                }
            })
        }))
    }
}
