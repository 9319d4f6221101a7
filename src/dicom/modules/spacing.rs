//! Everything that may say how large a pixel is: Pixel Spacing and its calibration (PS3.3 10.7),
//! Imager Pixel Spacing and geometric magnification (C.8.7.5, C.8.11.7), Nominal Scanned Pixel
//! Spacing (C.8.6.1.1.2), Pixel Aspect Ratio (C.7.6.3.1.7).

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;

/// The sources as stored, checked for being positive and finite; which of them is meant is
/// decided in `imaging`. Pairs are (between rows, between columns), mm.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct SpacingModule {
    pub pixel_spacing: Option<(f64, f64)>,
    /// `GEOMETRY` or `FIDUCIAL`; empty if not stated.
    pub calibration_type: String,
    pub calibration_description: String,
    pub imager_pixel_spacing: Option<(f64, f64)>,
    /// As stored: a factor that is none (zero, negative, no number: NaN) shows as such.
    pub magnification_factor: Option<f64>,
    pub distance_source_to_detector_mm: Option<f64>,
    pub distance_source_to_patient_mm: Option<f64>,
    pub nominal_scanned_pixel_spacing: Option<(f64, f64)>,
    /// Height over width of a pixel.
    pub aspect: Option<f64>,
}

impl SpacingModule {
    /// Reads it; `measures` is where Pixel Spacing stands (the Pixel Measures macro or the image).
    #[must_use]
    pub fn read(elements: Elements<'_>, measures: Elements<'_>) -> Self {
        const FACTOR: Tag = tags::ESTIMATED_RADIOGRAPHIC_MAGNIFICATION_FACTOR;
        let pair = |tag| positive_pair(elements, tag);
        let positive = |tag| {
            elements
                .float(tag)
                .filter(|value| value.is_finite() && *value > 0.0)
        };
        Self {
            pixel_spacing: positive_pair(measures, tags::PIXEL_SPACING),
            calibration_type: elements
                .text(tags::PIXEL_SPACING_CALIBRATION_TYPE)
                .unwrap_or_default(),
            calibration_description: elements
                .text(tags::PIXEL_SPACING_CALIBRATION_DESCRIPTION)
                .unwrap_or_default(),
            imager_pixel_spacing: pair(tags::IMAGER_PIXEL_SPACING),
            magnification_factor: elements
                .has(FACTOR)
                .then(|| elements.float(FACTOR).unwrap_or(f64::NAN)),
            distance_source_to_detector_mm: positive(tags::DISTANCE_SOURCE_TO_DETECTOR),
            distance_source_to_patient_mm: positive(tags::DISTANCE_SOURCE_TO_PATIENT),
            nominal_scanned_pixel_spacing: pair(tags::NOMINAL_SCANNED_PIXEL_SPACING),
            aspect: pair(tags::PIXEL_ASPECT_RATIO).map(|(height, width)| height / width),
        }
    }
}

/// Two positive numbers. Some scanners write negative spacing; the sign carries no meaning there.
/// Zero, NaN and absurd values (above a metre a pixel) are no spacing.
#[must_use]
pub fn positive_pair(elements: Elements<'_>, tag: Tag) -> Option<(f64, f64)> {
    let values = elements.floats(tag);
    let good = |value: f64| {
        let value = value.abs();
        (value.is_finite() && value > 1e-9 && value < 1e3).then_some(value)
    };
    Some((good(*values.first()?)?, good(*values.get(1)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    #[test]
    fn zero_nan_and_single_values_are_no_spacing_and_a_sign_means_nothing() {
        let pair = |values: &[f64]| {
            let header = Header::new().floats(tags::PIXEL_SPACING, values).dataset();
            positive_pair(header.elements(), tags::PIXEL_SPACING)
        };
        assert_eq!(pair(&[0.5, 0.0]), None);
        assert_eq!(pair(&[f64::NAN, 0.5]), None);
        assert_eq!(pair(&[f64::INFINITY, 0.5]), None);
        assert_eq!(pair(&[0.5]), None);
        assert_eq!(pair(&[-0.5, 0.7]), Some((0.5, 0.7)));
    }
}
