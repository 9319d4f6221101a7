//! Which of the sources of pixel spacing is meant, and what its millimetres are millimetres of.

use super::frame_image::Calibration;
use super::frame_image::PixelSpacing;
use crate::dicom::modules::SpacingModule;
use crate::dicom::modules::UltrasoundRegion;
use crate::dicom::sop_class;

/// A magnification outside these is a typing error, not an examination.
const MAGNIFICATION: std::ops::RangeInclusive<f64> = 0.9..=20.0;
/// The stated factor and the one of the distances may differ by this much before neither is believed
/// (the distances are to the table or the breast support, the factor is to the middle of the body).
const CONFLICT: f64 = 0.25;
/// Spacings nearer than this (relative) are the same number written twice.
const SAME: f64 = 1e-4;

/// The pixel of a frame in millimetres, or only its shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CalibratedPixels {
    pub spacing: Option<PixelSpacing>,
    /// Height over width where nothing calibrates; 1 otherwise.
    pub aspect: f64,
}

impl CalibratedPixels {
    /// Decides, in this order: Pixel Spacing → Imager Pixel Spacing over the magnification →
    /// Imager Pixel Spacing, at the detector → Nominal Scanned Pixel Spacing → an ultrasound
    /// region, where one calibration holds for the whole picture → the aspect ratio alone.
    ///
    /// In projections, Pixel Spacing without a calibration type that only repeats Imager Pixel
    /// Spacing, or stands alone, was measured at the detector: it is never passed off as
    /// millimetres in the body (PS3.3 10.7.1.3). A magnification that contradicts itself leaves
    /// pixels, until someone calibrates.
    pub(super) fn choose(
        spacing: &SpacingModule,
        regions: &[UltrasoundRegion],
        sop_class: &str,
        modality: &str,
        has_plane: bool,
    ) -> Self {
        let found = if !has_plane && is_projection(sop_class, modality) {
            projection(spacing)
        } else {
            spacing
                .pixel_spacing
                .map(|pair| (pair, Calibration::Patient))
        };
        let found = match found {
            Some(found) => Some(found),
            None if conflicting(spacing) => None,
            None => other(spacing, regions),
        };
        Self {
            spacing: found.map(|((row_mm, column_mm), source)| PixelSpacing {
                row_mm,
                column_mm,
                source,
            }),
            aspect: match found {
                Some(_) => 1.0,
                None => spacing.aspect.unwrap_or(1.0),
            },
        }
    }
}

type Found = Option<((f64, f64), Calibration)>;

fn projection(spacing: &SpacingModule) -> Found {
    let at_detector = spacing.imager_pixel_spacing;
    if let Some(pair) = spacing.pixel_spacing {
        let differs = at_detector.is_some_and(|imager| !same(pair, imager));
        if !spacing.calibration_type.is_empty() || differs {
            return Some((pair, Calibration::Calibrated));
        }
    }
    let pair = at_detector.or(spacing.pixel_spacing)?;
    if conflicting(spacing) {
        return None;
    }
    Some(match magnification(spacing) {
        Some(factor) => ((pair.0 / factor, pair.1 / factor), Calibration::Magnified),
        None => (pair, Calibration::Detector),
    })
}

fn other(spacing: &SpacingModule, regions: &[UltrasoundRegion]) -> Found {
    if let Some(pair) = spacing.imager_pixel_spacing {
        return Some((pair, Calibration::Detector));
    }
    if let Some(pair) = spacing.nominal_scanned_pixel_spacing {
        return Some((pair, Calibration::Scanner));
    }
    let first = regions.first()?.spacing_mm()?;
    let agree = regions
        .iter()
        .all(|region| region.spacing_mm().is_some_and(|pair| same(pair, first)));
    agree.then_some((first, Calibration::UltrasoundRegion))
}

/// Body over detector, from the stated factor or else from the distances.
fn magnification(spacing: &SpacingModule) -> Option<f64> {
    spacing
        .magnification_factor
        .or_else(|| by_distances(spacing))
        .filter(|factor| MAGNIFICATION.contains(factor))
}

fn by_distances(spacing: &SpacingModule) -> Option<f64> {
    let detector = spacing.distance_source_to_detector_mm?;
    let patient = spacing.distance_source_to_patient_mm?;
    let factor = detector / patient;
    MAGNIFICATION.contains(&factor).then_some(factor)
}

/// The stated factor is none, or contradicts the distances.
fn conflicting(spacing: &SpacingModule) -> bool {
    let Some(stated) = spacing.magnification_factor else {
        return false;
    };
    !MAGNIFICATION.contains(&stated)
        || by_distances(spacing).is_some_and(|other| (stated / other - 1.0).abs() > CONFLICT)
}

fn same(a: (f64, f64), b: (f64, f64)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= SAME * a.max(b);
    near(a.0, b.0) && near(a.1, b.1)
}

/// X-ray projections: what lies at different depths is magnified differently.
fn is_projection(uid: &str, modality: &str) -> bool {
    const CLASSES: [&str; 4] = [
        sop_class::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE, // and DX, MG, IO below it
        sop_class::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE,   // and enhanced XA below it
        sop_class::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE, // and enhanced RF below it
        sop_class::RT_IMAGE_STORAGE,
    ];
    let is_class = { CLASSES.iter() }.any(|class| sop_class::is_within(uid, class));
    is_class
        || matches!(
            modality,
            "CR" | "DX" | "IO" | "MG" | "PX" | "RF" | "XA" | "RTIMAGE" | "RG"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DX: &str = sop_class::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION;

    fn chosen(spacing: &SpacingModule) -> Option<(f64, Calibration)> {
        let pixels = CalibratedPixels::choose(spacing, &[], DX, "DX", false);
        pixels.spacing.map(|s| (s.row_mm, s.source))
    }

    fn detector() -> SpacingModule {
        SpacingModule {
            imager_pixel_spacing: Some((0.2, 0.2)),
            ..SpacingModule::default()
        }
    }

    #[test]
    fn the_sources_of_a_projection_are_taken_in_their_order() {
        assert_eq!(chosen(&detector()), Some((0.2, Calibration::Detector)));
        let factor = SpacingModule {
            magnification_factor: Some(2.0),
            ..detector()
        };
        assert_eq!(chosen(&factor), Some((0.1, Calibration::Magnified)));
        let distances = SpacingModule {
            distance_source_to_detector_mm: Some(1500.0),
            distance_source_to_patient_mm: Some(1000.0),
            ..detector()
        };
        let (mm, source) = chosen(&distances).unwrap();
        assert!((mm - 0.2 / 1.5).abs() < 1e-12);
        assert_eq!(source, Calibration::Magnified);
        let calibrated = SpacingModule {
            pixel_spacing: Some((0.15, 0.15)),
            calibration_type: "FIDUCIAL".to_owned(),
            ..factor
        };
        assert_eq!(chosen(&calibrated), Some((0.15, Calibration::Calibrated)));
        let film = SpacingModule {
            nominal_scanned_pixel_spacing: Some((0.3, 0.3)),
            ..SpacingModule::default()
        };
        assert_eq!(chosen(&film), Some((0.3, Calibration::Scanner)));
        assert_eq!(chosen(&SpacingModule::default()), None);
    }

    #[test]
    fn millimetres_at_the_detector_are_never_passed_off_as_the_bodys() {
        let repeated = SpacingModule {
            pixel_spacing: Some((0.2, 0.2)),
            ..detector()
        };
        assert_eq!(chosen(&repeated), Some((0.2, Calibration::Detector)));
        let alone = SpacingModule {
            pixel_spacing: Some((0.2, 0.2)),
            ..SpacingModule::default()
        };
        assert_eq!(chosen(&alone), Some((0.2, Calibration::Detector)));
        let corrected = SpacingModule {
            pixel_spacing: Some((0.18, 0.18)),
            ..detector()
        };
        assert_eq!(chosen(&corrected), Some((0.18, Calibration::Calibrated)));
    }

    #[test]
    fn a_magnification_that_contradicts_itself_leaves_pixels() {
        for factor in [0.0, -1.0, f64::NAN, 100.0] {
            let wrong = SpacingModule {
                magnification_factor: Some(factor),
                ..detector()
            };
            assert_eq!(chosen(&wrong), None, "factor {factor}");
        }
        let contradicted = SpacingModule {
            magnification_factor: Some(1.0),
            distance_source_to_detector_mm: Some(2000.0),
            distance_source_to_patient_mm: Some(1000.0),
            ..detector()
        };
        assert_eq!(chosen(&contradicted), None);
    }

    #[test]
    fn an_ultrasound_calibrates_the_picture_only_where_all_regions_agree_on_lengths() {
        use crate::dicom::modules::RegionUnit;
        let tissue = UltrasoundRegion {
            bounds: [0, 0, 99, 99],
            unit_x: RegionUnit::Centimetre,
            unit_y: RegionUnit::Centimetre,
            delta_x: 0.05,
            delta_y: -0.04,
            reference_x: None,
            reference_y: None,
            is_low_priority: false,
        };
        let doppler = UltrasoundRegion {
            unit_x: RegionUnit::Second,
            unit_y: RegionUnit::CentimetrePerSecond,
            ..tissue
        };
        let choose = |regions: &[UltrasoundRegion]| {
            CalibratedPixels::choose(&SpacingModule::default(), regions, "us", "US", false).spacing
        };
        let spacing = choose(&[tissue, tissue]).unwrap();
        assert!((spacing.row_mm - 0.4).abs() < 1e-12 && (spacing.column_mm - 0.5).abs() < 1e-12);
        assert_eq!(choose(&[tissue, doppler]), None);
        let deeper = UltrasoundRegion {
            delta_x: 0.06,
            ..tissue
        };
        assert_eq!(choose(&[tissue, deeper]), None);
    }

    #[test]
    fn without_any_calibration_the_aspect_alone_remains() {
        let spacing = SpacingModule {
            aspect: Some(0.5),
            ..SpacingModule::default()
        };
        let pixels = CalibratedPixels::choose(&spacing, &[], "sc", "OT", false);
        assert_eq!((pixels.spacing, pixels.aspect), (None, 0.5));
        let with_spacing = SpacingModule {
            pixel_spacing: Some((0.5, 1.0)),
            ..spacing
        };
        let pixels = CalibratedPixels::choose(&with_spacing, &[], "mr", "MR", true);
        assert_eq!(pixels.aspect, 1.0, "the spacing already tells the shape");
        assert_eq!(pixels.spacing.map(|s| s.source), Some(Calibration::Patient));
    }
}
