//! Millimetres that the reader gave: a line of known length on a picture that has none of its own,
//! or only those of the detector.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::annotation::{Anchor, Annotation, AnnotationKind, ImageGeometry, PixelSource, Points};
use crate::imaging::{Calibration, FrameImage, PixelSpacing};
use crate::volume::Volume;

/// Lengths that can be meant, mm.
const LENGTHS_MM: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;
/// A line shorter than this says too little about its length, pixels.
const LEAST_PX: f64 = 3.0;

/// What a line of known length says about the pixels of an image, or of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManualCalibration {
    /// Series Instance UID.
    pub series_instance_uid: Arc<str>,
    /// SOP Instance UID; `None` for every image of the series whose pixels are alike.
    pub sop_instance_uid: Option<Arc<str>>,
    /// Between rows, mm.
    pub row_mm: f64,
    /// Between columns, mm.
    pub column_mm: f64,
    /// What the image said of its own pixels, row and column mm.
    own_mm: Option<(f64, f64)>,
    own_aspect: f64,
    /// Columns and rows of that image: films scanned at another size have other pixels.
    #[serde(default)]
    own_size: [u32; 2],
}

/// Whether a line can calibrate the image it was drawn on: one with a place in the patient has its
/// millimetres from there, and the regions of an ultrasound picture each have their own.
#[must_use]
pub fn can_calibrate(line: &Annotation, image: &ImageGeometry) -> bool {
    line.kind == AnnotationKind::Length
        && matches!(line.points, Points::Image(_))
        && image.plane.is_none()
        && image.regions.is_empty()
}

impl ManualCalibration {
    /// From a line of so many true millimetres on an image; `None` if it cannot calibrate it, or the
    /// number makes no sense. Pixels keep the shape the image gives them.
    #[must_use]
    pub fn of_line(
        line: &Annotation,
        image: &ImageGeometry,
        true_mm: f64,
        is_for_series: bool,
    ) -> Option<Self> {
        let Points::Image(points) = &line.points else {
            return None;
        };
        let &[a, b] = points.as_slice() else {
            return None;
        };
        let own_mm = own_mm(image);
        let aspect = own_mm.map_or(image.aspect, |(row, column)| row / column);
        let columns = (b - a).x.hypot((b - a).y * aspect);
        let column_mm = true_mm / columns;
        let makes_sense = can_calibrate(line, image)
            && LENGTHS_MM.contains(&true_mm)
            && columns >= LEAST_PX
            && aspect.is_finite()
            && aspect > 0.0;
        makes_sense.then(|| Self {
            series_instance_uid: Arc::clone(&line.anchor.series_instance_uid),
            sop_instance_uid: (!is_for_series).then(|| Arc::clone(&line.anchor.sop_instance_uid)),
            row_mm: column_mm * aspect,
            column_mm,
            own_mm,
            own_aspect: image.aspect,
            own_size: image.size,
        })
    }

    /// Whether it speaks of an image, by its UIDs.
    #[must_use]
    pub fn is_about(&self, series_instance_uid: &str, sop_instance_uid: &str) -> bool {
        let is_meant = |uid: &Arc<str>| **uid == *sop_instance_uid;
        *self.series_instance_uid == *series_instance_uid
            && self.sop_instance_uid.as_ref().is_none_or(is_meant)
    }

    /// The pixels it gives an image; `None` for one that it does not fit.
    #[must_use]
    pub fn spacing_of(&self, image: &ImageGeometry) -> Option<PixelSpacing> {
        let fits = image.plane.is_none()
            && image.regions.is_empty()
            && own_mm(image) == self.own_mm
            && image.aspect == self.own_aspect
            && image.size == self.own_size;
        fits.then_some(PixelSpacing {
            row_mm: self.row_mm,
            column_mm: self.column_mm,
            source: Calibration::Manual,
        })
    }
}

fn own_mm(image: &ImageGeometry) -> Option<(f64, f64)> {
    image.spacing.map(|mm| (mm.row_mm, mm.column_mm))
}

/// What speaks of an image, most binding first: of it alone before of its series, and of either the
/// latest word.
pub fn calibrations_about<'a>(
    calibrations: &'a [ManualCalibration],
    (series_instance_uid, sop_instance_uid): (&'a str, &'a str),
) -> impl Iterator<Item = &'a ManualCalibration> {
    let about = move |is_for_series: bool| {
        calibrations.iter().rev().filter(move |it| {
            it.sop_instance_uid.is_none() == is_for_series
                && it.is_about(series_instance_uid, sop_instance_uid)
        })
    };
    about(false).chain(about(true))
}

/// The spacing the reader gave an image, if any.
#[must_use]
pub fn manual_spacing(
    calibrations: &[ManualCalibration],
    uids: (&str, &str),
    image: &ImageGeometry,
) -> Option<PixelSpacing> {
    calibrations_about(calibrations, uids).find_map(|it| it.spacing_of(image))
}

/// Pixels as they are, with the reader's millimetres.
pub struct ManuallyCalibrated<'a, S: ?Sized> {
    /// Where they come from.
    pub inner: &'a S,
    /// In the order they were made.
    pub calibrations: &'a [ManualCalibration],
}

impl<S: PixelSource + ?Sized> PixelSource for ManuallyCalibrated<'_, S> {
    fn image(&self, anchor: &Anchor) -> Option<ImageGeometry> {
        let image = self.inner.image(anchor)?;
        let uids = (&*anchor.series_instance_uid, &*anchor.sop_instance_uid);
        let spacing = manual_spacing(self.calibrations, uids, &image);
        Some(ImageGeometry {
            spacing: spacing.or(image.spacing),
            ..image
        })
    }

    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>> {
        self.inner.frame(anchor)
    }

    fn volume(&self, anchor: &Anchor) -> Option<Arc<Volume>> {
        self.inner.volume(anchor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::testing::annotation;
    use crate::annotation::{Geometry, SingleFrame, measure};
    use crate::dicom::{Samples, codes};
    use crate::geom::DVec2;

    fn line(a: (f64, f64), b: (f64, f64)) -> Annotation {
        let points = Points::Image(vec![DVec2::new(a.0, a.1), DVec2::new(b.0, b.1)]);
        annotation(AnnotationKind::Length, Geometry::Polyline, points)
    }

    fn film(aspect: f64) -> FrameImage {
        FrameImage {
            aspect,
            ..FrameImage::plain([100, 100], Samples::U8(vec![0; 10_000].into()))
        }
    }

    #[test]
    fn a_line_of_known_length_gives_every_other_line_its_millimetres() {
        let image = Arc::new(film(1.0));
        let geometry = ImageGeometry::from(&*image);
        let made =
            ManualCalibration::of_line(&line((10.0, 10.0), (50.0, 40.0)), &geometry, 25.0, false);
        let calibrations = [made.unwrap()];
        let inner = SingleFrame(image);
        let source = ManuallyCalibrated {
            inner: &inner,
            calibrations: &calibrations,
        };
        let measured = measure(&line((0.0, 0.0), (0.0, 80.0)), &source);
        let (_, length) = &measured.values[0];
        assert!((length.value - 40.0).abs() < 1e-9 && length.unit.is(codes::MILLIMETRE));
        assert_eq!(measured.calibration, Some(Calibration::Manual));
        assert!(
            length
                .method
                .as_ref()
                .is_some_and(|it| it.is(codes::MANUAL_CALIBRATION))
        );
    }

    #[test]
    fn pixels_that_are_not_square_keep_their_shape() {
        // Pixels twice as high as wide: 30 rows and 80 columns are a line of 100 columns.
        let geometry = ImageGeometry::from(&film(2.0));
        let made =
            ManualCalibration::of_line(&line((0.0, 0.0), (80.0, 30.0)), &geometry, 50.0, false);
        let made = made.unwrap();
        assert!((made.column_mm - 0.5).abs() < 1e-12 && (made.row_mm - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_image_is_calibrated_alone_or_with_those_of_its_series_that_are_alike() {
        let image = ImageGeometry::from(&film(1.0));
        let drawn = line((0.0, 0.0), (10.0, 0.0));
        let (series, own) = (
            &*drawn.anchor.series_instance_uid,
            &*drawn.anchor.sop_instance_uid,
        );
        let of = |is_for_series| {
            [ManualCalibration::of_line(&drawn, &image, 5.0, is_for_series).unwrap()]
        };
        let is_calibrated = |calibrations: &[ManualCalibration], uids, image: &ImageGeometry| {
            manual_spacing(calibrations, uids, image).is_some()
        };
        assert!(is_calibrated(&of(false), (series, own), &image));
        assert!(!is_calibrated(&of(false), (series, "other"), &image));
        assert!(is_calibrated(&of(true), (series, "other"), &image));
        assert!(!is_calibrated(&of(true), ("other", own), &image));
        let other_pixels = ImageGeometry {
            spacing: Some(PixelSpacing {
                row_mm: 0.2,
                column_mm: 0.2,
                source: Calibration::Detector,
            }),
            ..image.clone()
        };
        assert!(!is_calibrated(&of(true), (series, "other"), &other_pixels));
        let other_size = ImageGeometry {
            size: [200, 200],
            ..image.clone()
        };
        assert!(!is_calibrated(&of(true), (series, "other"), &other_size));
    }

    #[test]
    fn what_is_said_of_one_image_holds_there_before_what_is_said_of_its_series() {
        let image = ImageGeometry::from(&film(1.0));
        let drawn = line((0.0, 0.0), (10.0, 0.0));
        let (series, own) = (
            &*drawn.anchor.series_instance_uid,
            &*drawn.anchor.sop_instance_uid,
        );
        let alone = ManualCalibration::of_line(&drawn, &image, 5.0, false).unwrap();
        let series_wide = ManualCalibration::of_line(&drawn, &image, 20.0, true).unwrap();
        let column_mm = |instance, told: &[ManualCalibration]| {
            let spacing = manual_spacing(told, (series, instance), &image);
            spacing.map(|mm| mm.column_mm)
        };
        for told in [
            [alone.clone(), series_wide.clone()],
            [series_wide.clone(), alone.clone()],
        ] {
            assert_eq!(column_mm(own, &told), Some(0.5));
            assert_eq!(column_mm("other", &told), Some(2.0));
        }
    }

    #[test]
    fn a_calibration_read_back_from_a_draft_still_fits_its_image() {
        let drawn = line((0.0, 0.0), (10.0, 0.0));
        for n in 1..1000 {
            let mm = f64::from(n) / 7.0 * 0.001;
            let image = ImageGeometry {
                spacing: Some(PixelSpacing {
                    row_mm: mm,
                    column_mm: mm,
                    source: Calibration::Detector,
                }),
                ..ImageGeometry::from(&film(1.0))
            };
            let made = ManualCalibration::of_line(&drawn, &image, 5.0, true).unwrap();
            let kept = serde_json::to_string(&made).unwrap();
            let read: ManualCalibration = serde_json::from_str(&kept).unwrap();
            assert_eq!(read, made, "{kept}");
            assert!(read.spacing_of(&image).is_some());
        }
    }

    #[test]
    fn nonsense_calibrates_nothing() {
        let image = ImageGeometry::from(&film(1.0));
        let long = line((0.0, 0.0), (10.0, 0.0));
        let of = |line: &Annotation, mm| ManualCalibration::of_line(line, &image, mm, false);
        for mm in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(of(&long, mm), None, "{mm}");
        }
        assert_eq!(of(&line((5.0, 5.0), (6.0, 5.0)), 10.0), None);
        assert!(of(&long, 10.0).is_some());
    }
}
