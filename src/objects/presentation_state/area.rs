//! Displayed Area Module (PS3.3 C.10.4) and Spatial Transformation Module (C.10.6).

use crate::dicom::Elements;
use crate::dicom::modules::positive_pair;
use crate::dicom::tags;
use crate::geom::{DAffine2, DMat2, DVec2};

/// Corners further out than this are a claim, not an area.
const FARTHEST: i64 = 1 << 24;
/// Presentation Pixel Magnification Ratios that show something.
const MAGNIFIED: std::ops::RangeInclusive<f64> = 1e-4..=1e4;

/// How large the area is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PresentationSize {
    /// SCALE TO FIT: as large as it fits.
    ScaleToFit,
    /// TRUE SIZE: as large as it is, by the spacing of the area.
    TrueSize,
    /// MAGNIFY: so many screen pixels an image pixel, along a row.
    Magnify(f64),
}

/// The part of an image that is to be seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DisplayedArea {
    /// Image (column, row), pixel centres at integers: the outer corner with the lowest of both; may
    /// lie outside the image.
    pub low: DVec2,
    /// The outer corner with the highest of both.
    pub high: DVec2,
    /// How large.
    pub size: PresentationSize,
    /// Height over width of an image pixel on screen, where the state says.
    pub pixel_aspect: Option<f64>,
    /// Presentation Pixel Spacing: mm between rows and between columns.
    pub spacing_mm: Option<(f64, f64)>,
}

impl DisplayedArea {
    /// Reads an item of the Displayed Area Selection Sequence; `None` without corners.
    #[must_use]
    pub fn read(item: Elements<'_>) -> Option<Self> {
        let corner = |tag| {
            let values = item.integers(tag);
            let [column, row] = *values.get(..2)? else {
                return None;
            };
            let is_near = [column, row].iter().all(|it| it.abs() <= FARTHEST);
            is_near.then(|| DVec2::new(column as f64, row as f64))
        };
        let a = corner(tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER)?;
        let b = corner(tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER)?;
        let spacing_mm = positive_pair(item, tags::PRESENTATION_PIXEL_SPACING);
        let ratio = positive_pair(item, tags::PRESENTATION_PIXEL_ASPECT_RATIO);
        let magnified = item
            .float(tags::PRESENTATION_PIXEL_MAGNIFICATION_RATIO)
            .filter(|ratio| MAGNIFIED.contains(ratio));
        let size = match item.text(tags::PRESENTATION_SIZE_MODE).as_deref() {
            Some("MAGNIFY") => {
                magnified.map_or(PresentationSize::ScaleToFit, PresentationSize::Magnify)
            }
            Some("TRUE SIZE") => PresentationSize::TrueSize,
            _ => PresentationSize::ScaleToFit,
        };
        Some(Self {
            // The corners are pixels, counted from 1, and both are shown. Which of them is top and
            // left is said after turning; as an area they are in no order.
            low: a.min(b) - 1.5,
            high: a.max(b) - 0.5,
            size,
            pixel_aspect: spacing_mm.or(ratio).map(|(down, right)| down / right),
            spacing_mm,
        })
    }

    /// The whole of an image of these columns and rows.
    #[must_use]
    pub fn whole([columns, rows]: [u32; 2]) -> Self {
        Self {
            low: DVec2::splat(-0.5),
            high: DVec2::new(f64::from(columns), f64::from(rows)) - 0.5,
            size: PresentationSize::ScaleToFit,
            pixel_aspect: None,
            spacing_mm: None,
        }
    }

    /// Its middle, image (column, row).
    #[must_use]
    pub fn middle(&self) -> DVec2 {
        (self.low + self.high) * 0.5
    }

    /// Fractions of the area as the state shows it, (0, 0) top left, (1, 1) bottom right → image
    /// (column, row).
    #[must_use]
    pub fn image_from_fraction(&self, transformation: SpatialTransformation) -> DAffine2 {
        let image_from_screen = transformation.screen_from_image().inverse();
        let size = self.high - self.low;
        let right = image_from_screen.x_axis * size;
        let down = image_from_screen.y_axis * size;
        let image_from_fraction = DMat2::from_cols(right, down);
        let origin = self.middle() - image_from_fraction * DVec2::splat(0.5);
        DAffine2::from_mat2_translation(image_from_fraction, origin)
    }
}

/// Turned clockwise, then mirrored left to right (PS3.4 N.2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpatialTransformation {
    /// 0, 90, 180 or 270.
    pub rotation_degrees: u16,
    /// Image Horizontal Flip.
    pub is_flipped: bool,
}

impl SpatialTransformation {
    /// Reads it; other angles than the standard's four are turned to the nearest.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Self {
        let degrees = root.integer(tags::IMAGE_ROTATION).unwrap_or(0);
        Self {
            rotation_degrees: match degrees.rem_euclid(360) {
                45..135 => 90,
                135..225 => 180,
                225..315 => 270,
                _ => 0,
            },
            is_flipped: root
                .text(tags::IMAGE_HORIZONTAL_FLIP)
                .is_some_and(|text| text == "Y"),
        }
    }

    /// Directions of the image on screen (x right, y down).
    #[must_use]
    pub fn screen_from_image(self) -> DMat2 {
        let turned = match self.rotation_degrees {
            90 => DMat2::from_cols(DVec2::Y, -DVec2::X),
            180 => -DMat2::IDENTITY,
            270 => DMat2::from_cols(-DVec2::Y, DVec2::X),
            _ => DMat2::IDENTITY,
        };
        let mirror = if self.is_flipped { -1.0 } else { 1.0 };
        DMat2::from_diagonal(DVec2::new(mirror, 1.0)) * turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_the_area_are_counted_on_the_turned_and_mirrored_picture() {
        // An area 20 columns wide and 10 rows high.
        let area = DisplayedArea {
            high: DVec2::new(19.5, 9.5),
            ..DisplayedArea::whole([0, 0])
        };
        let corner = |rotation_degrees, is_flipped| {
            let transformation = SpatialTransformation {
                rotation_degrees,
                is_flipped,
            };
            let image = area.image_from_fraction(transformation);
            [DVec2::ZERO, DVec2::X].map(|at| image.transform_point2(at) + 0.5)
        };
        let at = DVec2::new;
        assert_eq!(corner(0, false), [at(0.0, 0.0), at(20.0, 0.0)]);
        // A quarter turn clockwise brings the lower left corner to the top left.
        assert_eq!(corner(90, false), [at(0.0, 10.0), at(0.0, 0.0)]);
        assert_eq!(corner(0, true), [at(20.0, 0.0), at(0.0, 0.0)]);
        // Turned first, then mirrored: what was top right after the turn is top left.
        assert_eq!(corner(90, true), [at(0.0, 0.0), at(0.0, 10.0)]);
        assert_eq!(corner(180, false), [at(20.0, 10.0), at(0.0, 10.0)]);
        assert_eq!(corner(270, false), [at(20.0, 0.0), at(20.0, 10.0)]);
    }
}
