//! A plane with a right and a down: what a screen shows of patient space.

use glam::{DAffine3, DMat3, DVec2, DVec3};
use serde::{Deserialize, Serialize};

/// A plane through patient space with the directions its picture has on screen.
///
/// `right` and `down` are orthogonal unit vectors; `centre` is any point of the plane, by
/// convention the one shown at the middle of the pane.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlanePose {
    /// A point of the plane, patient mm.
    pub centre: DVec3,
    /// Unit vector towards the right of the picture.
    pub right: DVec3,
    /// Unit vector towards the bottom of the picture.
    pub down: DVec3,
}

impl PlanePose {
    /// The plane with these directions, made orthonormal; `None` if they are parallel, zero or not finite.
    #[must_use]
    pub fn new(centre: DVec3, right: DVec3, down: DVec3) -> Option<Self> {
        let right = right.try_normalize()?;
        let down = (down - right * down.dot(right)).try_normalize()?;
        (centre.is_finite() && right.is_finite() && down.is_finite()).then_some(Self {
            centre,
            right,
            down,
        })
    }

    /// Unit normal, right × down: away from the reader, into the screen.
    #[must_use]
    pub fn normal(&self) -> DVec3 {
        self.right.cross(self.down)
    }

    /// Plane coordinates (x right, y down, z along the normal, mm from `centre`) to patient mm.
    #[must_use]
    pub fn patient_from_plane(&self) -> DAffine3 {
        DAffine3::from_mat3_translation(
            DMat3::from_cols(self.right, self.down, self.normal()),
            self.centre,
        )
    }

    /// The inverse of [`Self::patient_from_plane`].
    #[must_use]
    pub fn plane_from_patient(&self) -> DAffine3 {
        self.patient_from_plane().inverse()
    }

    /// Signed distance of a patient point from the plane, mm, positive along the normal.
    #[must_use]
    pub fn distance_mm(&self, point: DVec3) -> f64 {
        (point - self.centre).dot(self.normal())
    }

    /// The foot of the perpendicular from a patient point.
    #[must_use]
    pub fn project(&self, point: DVec3) -> DVec3 {
        point - self.normal() * self.distance_mm(point)
    }

    /// The same plane moved along its normal by `mm`.
    #[must_use]
    pub fn moved(&self, mm: f64) -> Self {
        Self {
            centre: self.centre + self.normal() * mm,
            ..*self
        }
    }

    /// Turned in itself by `angle_rad`: positive turns the picture's content clockwise on screen.
    #[must_use]
    pub fn turned(&self, angle_rad: f64) -> Self {
        let (sin, cos) = angle_rad.sin_cos();
        // Content turns clockwise when the screen's axes turn the other way in patient space.
        Self {
            centre: self.centre,
            right: self.right * cos - self.down * sin,
            down: self.right * sin + self.down * cos,
        }
    }

    /// A point of the plane from its offset in mm (x right, y down).
    #[must_use]
    pub fn point(&self, offset_mm: DVec2) -> DVec3 {
        self.centre + self.right * offset_mm.x + self.down * offset_mm.y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_a_plane_by_a_quarter_brings_its_right_edge_to_the_bottom() {
        let axial = PlanePose::new(DVec3::ZERO, DVec3::X, DVec3::Y).unwrap();
        let turned = axial.turned(std::f64::consts::FRAC_PI_2);
        // What lay to the right (patient +x) now lies at the bottom.
        assert!((turned.down - DVec3::X).length() < 1e-12);
        assert!((turned.normal() - axial.normal()).length() < 1e-12);
    }

    #[test]
    fn parallel_directions_make_no_plane() {
        assert!(PlanePose::new(DVec3::ZERO, DVec3::X, DVec3::X * 2.0).is_none());
        assert!(PlanePose::new(DVec3::ZERO, DVec3::X, DVec3::NAN).is_none());
    }
}
