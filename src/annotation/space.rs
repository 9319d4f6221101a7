//! Image pixels ↔ patient millimetres, and both kinds of points in one space to compute in.

use crate::annotation::Points;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::imaging::ImagePlane;
use crate::imaging::PixelSpacing;

/// Image pixels as SCOORD counts them to patient mm: (0.5, 0.5) is the centre of the first pixel
/// and lies at the plane's origin (PS3.3 C.18.6.1.2, C.7.6.2.1.1).
#[must_use]
pub fn patient_from_pixel(plane: &ImagePlane, spacing: PixelSpacing, pixel: DVec2) -> DVec3 {
    plane.origin
        + plane.row * ((pixel.x - 0.5) * spacing.column_mm)
        + plane.column * ((pixel.y - 0.5) * spacing.row_mm)
}

/// Patient mm to image pixels as SCOORD counts them (the foot of the perpendicular), and the
/// signed distance of the point from the image plane in mm.
#[must_use]
pub fn pixel_from_patient(plane: &ImagePlane, spacing: PixelSpacing, point: DVec3) -> (DVec2, f64) {
    let from_origin = point - plane.origin;
    (
        DVec2::new(
            from_origin.dot(plane.row) / spacing.column_mm + 0.5,
            from_origin.dot(plane.column) / spacing.row_mm + 0.5,
        ),
        from_origin.dot(plane.normal()),
    )
}

impl Points {
    /// All points in three dimensions; image points lie in the plane z = 0.
    #[must_use]
    pub fn to_space(&self) -> Vec<DVec3> {
        match self {
            Self::Patient(points) => points.clone(),
            Self::Image(points) => points.iter().map(|p| p.extend(0.0)).collect(),
        }
    }

    /// The inverse of [`Self::to_space`]: the same kind of points as `self`.
    #[must_use]
    pub fn like(&self, points: Vec<DVec3>) -> Self {
        match self {
            Self::Patient(_) => Self::Patient(points),
            Self::Image(_) => Self::Image(points.into_iter().map(DVec3::truncate).collect()),
        }
    }

    /// Whether every coordinate is finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Patient(points) => points.iter().all(|p| p.is_finite()),
            Self::Image(points) => points.iter().all(|p| p.is_finite()),
        }
    }

    /// Whether they are in patient space.
    #[must_use]
    pub const fn is_patient(&self) -> bool {
        matches!(self, Self::Patient(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Calibration;

    #[test]
    fn the_centre_of_the_first_pixel_is_half_a_pixel_from_its_corner_and_at_the_origin() {
        let plane = ImagePlane {
            origin: DVec3::new(-100.0, 20.0, 5.0),
            row: DVec3::new(0.0, 0.6, 0.8),
            column: DVec3::X,
            frame_of_reference: None,
        };
        let spacing = PixelSpacing {
            row_mm: 0.5,
            column_mm: 2.0,
            source: Calibration::Patient,
        };
        let centre = patient_from_pixel(&plane, spacing, DVec2::splat(0.5));
        assert!((centre - plane.origin).length() < 1e-12);
        let (pixel, distance) = pixel_from_patient(
            &plane,
            spacing,
            patient_from_pixel(&plane, spacing, DVec2::new(12.25, -3.0)) + plane.normal() * 1.5,
        );
        assert!((pixel - DVec2::new(12.25, -3.0)).length() < 1e-12);
        assert!((distance - 1.5).abs() < 1e-12);
    }
}
