//! Image Plane Module (PS3.3 C.7.6.2), Plane Position and Plane Orientation macros (C.7.6.16.2.3,
//! C.7.6.16.2.4).

use crate::dicom::Elements;
use crate::dicom::tags;
use crate::geom::DVec3;

/// Direction vectors may be this far from unit length before they are called wrong.
const LENGTH_TOLERANCE: f64 = 0.1;
/// Row and column may be this far from perpendicular (cosine) before they are called wrong.
const RIGHT_ANGLE_TOLERANCE: f64 = 0.02;
/// No patient is this far from the isocentre, mm.
const FARTHEST_MM: f64 = 1e7;

/// Where an image lies: checked, and with directions made orthonormal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImagePlaneModule {
    /// Centre of the top-left pixel, patient mm (LPS).
    pub origin: DVec3,
    /// Unit vector along a row.
    pub row: DVec3,
    /// Unit vector along a column, perpendicular to `row`.
    pub column: DVec3,
}

impl ImagePlaneModule {
    /// Reads it from where position and orientation stand (one data set, or two functional groups).
    /// `None` when either is missing, not finite, or no pair of perpendicular directions.
    #[must_use]
    pub fn read(position: Elements<'_>, orientation: Elements<'_>) -> Option<Self> {
        let origin = vector(&position.floats(tags::IMAGE_POSITION_PATIENT), 0)?;
        let cosines = orientation.floats(tags::IMAGE_ORIENTATION_PATIENT);
        Self::new(origin, vector(&cosines, 0)?, vector(&cosines, 3)?)
    }

    /// Reads it from the Plane Position (Volume) and Plane Orientation (Volume) macros (PS3.3
    /// C.7.6.16.2.21, C.7.6.16.2.22): where a frame lies in the space of its own volume, which is
    /// not that of the patient.
    #[must_use]
    pub fn read_in_volume(position: Elements<'_>, orientation: Elements<'_>) -> Option<Self> {
        let origin = vector(&position.floats(tags::IMAGE_POSITION_VOLUME), 0)?;
        let cosines = orientation.floats(tags::IMAGE_ORIENTATION_VOLUME);
        Self::new(origin, vector(&cosines, 0)?, vector(&cosines, 3)?)
    }

    /// Checks and normalises.
    #[must_use]
    pub fn new(origin: DVec3, row: DVec3, column: DVec3) -> Option<Self> {
        if !(origin.is_finite() && origin.abs().max_element() < FARTHEST_MM) {
            return None;
        }
        let near_unit = |v: DVec3| v.is_finite() && (v.length() - 1.0).abs() < LENGTH_TOLERANCE;
        if !near_unit(row) || !near_unit(column) {
            return None;
        }
        let row = row.try_normalize()?;
        let skew = row.dot(column.try_normalize()?);
        if skew.abs() > RIGHT_ANGLE_TOLERANCE {
            return None;
        }
        let column = (column - row * row.dot(column)).try_normalize()?;
        Some(Self {
            origin,
            row,
            column,
        })
    }

    /// Unit normal, row × column.
    #[must_use]
    pub fn normal(&self) -> DVec3 {
        self.row.cross(self.column)
    }
}

fn vector(values: &[f64], at: usize) -> Option<DVec3> {
    let [x, y, z] = *values.get(at..at + 3)? else {
        return None;
    };
    Some(DVec3::new(x, y, z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_that_are_no_right_angle_or_not_finite_make_no_plane() {
        let plane = |row, column| ImagePlaneModule::new(DVec3::ZERO, row, column);
        assert!(plane(DVec3::X, DVec3::X).is_none());
        assert!(plane(DVec3::X, DVec3::ZERO).is_none());
        assert!(plane(DVec3::NAN, DVec3::Y).is_none());
        assert!(plane(DVec3::X * 3.0, DVec3::Y).is_none());
        assert!(ImagePlaneModule::new(DVec3::splat(f64::INFINITY), DVec3::X, DVec3::Y).is_none());
        assert!(ImagePlaneModule::new(DVec3::splat(1e30), DVec3::X, DVec3::Y).is_none());
        assert!(plane(DVec3::X, DVec3::Y).is_some());
    }

    #[test]
    fn rounded_direction_cosines_are_made_orthonormal() {
        let row = DVec3::new(0.978, 0.208, 0.0);
        let column = DVec3::new(-0.195, 0.919, 0.342);
        let plane = ImagePlaneModule::new(DVec3::ZERO, row, column).unwrap();
        assert!((plane.row.length() - 1.0).abs() < 1e-12);
        assert!((plane.column.length() - 1.0).abs() < 1e-12);
        assert!(plane.row.dot(plane.column).abs() < 1e-12);
        assert!((plane.row - row).length() < 1e-3);
    }
}
