//! What a distance on an image is a distance of: millimetres by some calibration, pixels, or, on
//! the curves of an ultrasound picture, time and velocity.

use crate::annotation::Annotation;
use crate::annotation::Code;
use crate::annotation::ImageGeometry;
use crate::annotation::PixelSource;
use crate::annotation::Points;
use crate::annotation::Quantity;
use crate::dicom::codes;
use crate::dicom::modules::RegionUnit;
use crate::dicom::modules::UltrasoundRegion;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::imaging::Calibration;

/// How the points of one annotation are measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ruler {
    /// Units of the points to units of lengths.
    pub factor: DVec3,
    /// For angles where only the aspect of a pixel is known.
    pub aspect: DVec3,
    /// Where the millimetres (or the axes) come from; `None` for pixels.
    pub calibration: Option<Calibration>,
    /// The points lie on a curve whose axes are not both lengths.
    pub curve: Option<UltrasoundRegion>,
}

impl Ruler {
    const PIXELS: Self = Self {
        factor: DVec3::ONE,
        aspect: DVec3::ONE,
        calibration: None,
        curve: None,
    };

    /// The ruler of an annotation.
    pub fn of(annotation: &Annotation, source: &dyn PixelSource) -> Self {
        let Points::Image(points) = &annotation.points else {
            return Self {
                calibration: Some(Calibration::Patient),
                ..Self::PIXELS
            };
        };
        let Some(image) = source.image(&annotation.anchor) else {
            return Self::PIXELS;
        };
        if !image.regions.is_empty() {
            return Self::by_place(&image, points);
        }
        Self::of_image(&image)
    }

    fn of_image(image: &ImageGeometry) -> Self {
        match image.spacing {
            Some(spacing) => Self {
                factor: DVec3::new(spacing.column_mm, spacing.row_mm, 1.0),
                calibration: Some(spacing.source),
                ..Self::PIXELS
            },
            None => Self {
                aspect: DVec3::new(1.0, image.aspect, 1.0),
                ..Self::PIXELS
            },
        }
    }

    /// The region all points lie in decides, also against Pixel Spacing, which can be right for one
    /// of several regions at most; between regions, and beside them, there are only pixels.
    fn by_place(image: &ImageGeometry, points: &[DVec2]) -> Self {
        let holds_all = |region: &&UltrasoundRegion| points.iter().all(|p| region.holds(p.x, p.y));
        let region = image
            .regions
            .iter()
            .filter(holds_all)
            .min_by_key(|region| (region.is_low_priority, region.area()));
        match region.map(|region| (region, region.spacing_mm())) {
            None => Self::PIXELS,
            Some((region, None)) => Self {
                calibration: Some(Calibration::UltrasoundRegion),
                curve: Some(*region),
                ..Self::PIXELS
            },
            Some((_, Some((row_mm, column_mm)))) => Self {
                factor: DVec3::new(column_mm, row_mm, 1.0),
                calibration: Some(Calibration::UltrasoundRegion),
                ..Self::PIXELS
            },
        }
    }

    /// What a line or point on a curve answers instead of lengths and sample values; nothing
    /// where an axis has a unit that is not read.
    pub fn curve_quantities(&self, asked: &[Quantity]) -> Option<Vec<Quantity>> {
        let curve = self.curve?;
        let axes = [curve.unit_x, curve.unit_y].map(|unit| match unit {
            RegionUnit::Second => Some(Quantity::Duration),
            RegionUnit::CentimetrePerSecond => Some(Quantity::Velocity),
            RegionUnit::Centimetre => Some(Quantity::Depth),
            RegionUnit::Hertz | RegionUnit::Other(_) => None,
        });
        let asks_line = asked.contains(&Quantity::Length);
        let asks_point = asked.contains(&Quantity::Value);
        Some(
            axes.into_iter()
                .flatten()
                .filter(|quantity| match quantity {
                    Quantity::Velocity => asks_line || asks_point && curve.reference_y.is_some(),
                    _ => asks_line,
                })
                .collect(),
        )
    }

    /// The value of one axis of a curve, in the quantity's own unit: between the ends of a line
    /// without sign, at a single point with it.
    pub fn on_curve(&self, quantity: Quantity, points: &[DVec3]) -> Option<f64> {
        let curve = self.curve?;
        let unit = match quantity {
            Quantity::Duration => RegionUnit::Second,
            Quantity::Velocity => RegionUnit::CentimetrePerSecond,
            Quantity::Depth => RegionUnit::Centimetre,
            _ => return None,
        };
        let scale = match quantity {
            Quantity::Duration => 1000.0, // s to ms
            Quantity::Depth => 10.0,      // cm to mm
            _ => 1.0,
        };
        let (first, last) = (*points.first()?, *points.last()?);
        if points.len() == 1 {
            let is_down = curve.unit_y == unit;
            return is_down.then(|| curve.value_down(first.y)).flatten();
        }
        let span = last - first;
        let value = if curve.unit_x == unit {
            span.x * curve.delta_x
        } else if curve.unit_y == unit {
            span.y * curve.delta_y
        } else {
            return None;
        };
        Some((value * scale).abs())
    }

    /// The unit of lengths.
    pub fn length_unit(&self) -> Code {
        match self.calibration {
            Some(_) if self.curve.is_none() => codes::MILLIMETRE.into(),
            _ => codes::PIXELS.into(),
        }
    }

    /// The unit of areas.
    pub fn area_unit(&self) -> Code {
        match self.calibration {
            Some(_) if self.curve.is_none() => codes::SQUARE_MILLIMETRE.into(),
            _ => codes::SQUARE_PIXELS.into(),
        }
    }
}
