//! A region drawn on a plane through the patient, sampled from a volume.

use crate::annotation::Annotation;
use crate::annotation::Geometry;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::geom::PlanePose;
use crate::imaging::Region;
use crate::imaging::Statistics;
use crate::volume::Volume;

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

    /// Statistics of a volume's values, sampled along its own axes as far as they lie in the
    /// plane, so that a region along the slices reads the voxels themselves.
    pub(super) fn statistics(&self, volume: &Volume) -> Option<Statistics> {
        let normal = self.plane.normal();
        let axes = volume.grid.patient_from_voxel.matrix3;
        let mut axes = [axes.x_axis, axes.y_axis, axes.z_axis].map(DVec3::normalize_or_zero);
        axes.sort_by(|a, b| a.dot(normal).abs().total_cmp(&b.dot(normal).abs()));
        let [right, down, _] = axes;
        let in_plane = |axis: DVec3| axis - normal * axis.dot(normal);
        let pose = PlanePose::new(self.plane.centre, in_plane(right), in_plane(down))?;
        let pose_from_plane = pose.plane_from_patient() * self.plane.patient_from_plane();
        let at = |p: DVec2| pose_from_plane.transform_point3(p.extend(0.0)).truncate();
        let along = |v: DVec2| pose_from_plane.transform_vector3(v.extend(0.0)).truncate();
        let region = match &self.region {
            Region::Ellipse {
                centre,
                half_a,
                half_b,
            } => Region::Ellipse {
                centre: at(*centre),
                half_a: along(*half_a),
                half_b: along(*half_b),
            },
            Region::Polygon(corners) => Region::Polygon(corners.iter().map(|&p| at(p)).collect()),
        };
        volume.region_statistics(&pose, &region)
    }
}
