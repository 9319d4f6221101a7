//! Values from geometry and full-precision samples, computed when asked.
//!
//! Lengths and areas are in millimetres when the points are in patient space or the image's
//! spacing has a source, else in pixels. A region on the plane of an original image counts that
//! image's pixels; on any other plane it samples the volume, as
//! [`crate::volume::Volume::region_statistics`] says.

use crate::annotation::Annotation;
use crate::annotation::Code;
use crate::annotation::Geometry;
use crate::annotation::Measurement;
use crate::annotation::PixelSource;
use crate::annotation::Points;
use crate::annotation::Quantity;
use crate::annotation::code::unit_of_values;
use crate::annotation::pixel_from_patient;
use crate::annotation::region::RegionOnPlane;
use crate::dicom::codes;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::imaging::Calibration;
use crate::imaging::FrameImage;
use crate::imaging::Region;
use crate::imaging::Statistics;
use crate::imaging::Units;
use crate::imaging::region_statistics;

/// A point this near to an image's plane lies in it, mm: coordinates in reports are 32-bit.
const IN_PLANE_MM: f64 = 0.01;

/// The values of an annotation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// Each with the quantity it answers, in the order asked for.
    pub values: Vec<(Quantity, Measurement)>,
    /// Where the millimetres come from; `None` where lengths are in pixels (or there are none).
    pub calibration: Option<Calibration>,
    /// What could not be measured: the geometry has it not, or the pixels are not there.
    pub missing: Vec<Quantity>,
}

impl Measured {
    /// The value of a quantity, in its unit.
    #[must_use]
    pub fn value(&self, quantity: Quantity) -> Option<f64> {
        self.values
            .iter()
            .find(|(q, _)| *q == quantity)
            .map(|(_, measurement)| measurement.value)
    }
}

/// What [`Annotation::quantities`] lists, measured.
#[must_use]
pub fn measure(annotation: &Annotation, source: &dyn PixelSource) -> Measured {
    measure_quantities(annotation, annotation.quantities(), source)
}

/// These quantities of an annotation.
#[must_use]
pub fn measure_quantities(
    annotation: &Annotation,
    quantities: &[Quantity],
    source: &dyn PixelSource,
) -> Measured {
    let scale = Scale::of(annotation, source);
    let mut measured = Measured {
        calibration: scale.calibration,
        ..Measured::default()
    };
    let asks_pixels = quantities.iter().any(|q| q.needs_pixels());
    let pixels = asks_pixels
        .then(|| pixel_values(annotation, source))
        .flatten();
    for &quantity in quantities {
        let units = pixels.as_ref().map_or(&Units::None, |(_, units)| units);
        let statistics = pixels.as_ref().map(|(statistics, _)| statistics);
        let applies = quantity.applies_to(annotation.geometry, annotation.points.len())
            && annotation.points.is_finite();
        let value_and_unit: Option<(f64, Code)> = if applies {
            match quantity {
                Quantity::Length => Some((length(annotation, &scale), scale.length_unit())),
                Quantity::Angle => {
                    angle_degrees(annotation, &scale).map(|v| (v, codes::DEGREE.into()))
                }
                Quantity::Area => area(annotation, &scale).map(|v| (v, scale.area_unit())),
                Quantity::Count => statistics.map(|s| (s.count as f64, codes::PIXELS.into())),
                Quantity::Mean | Quantity::Value => {
                    statistics.map(|s| (s.mean, unit_of_values(units)))
                }
                Quantity::StandardDeviation => statistics
                    .and_then(|s| s.standard_deviation)
                    .map(|sd| (sd, unit_of_values(units))),
                Quantity::Minimum => statistics.map(|s| (s.min, unit_of_values(units))),
                Quantity::Maximum => statistics.map(|s| (s.max, unit_of_values(units))),
            }
        } else {
            None
        };
        match value_and_unit {
            Some((value, unit)) if value.is_finite() => measured.values.push((
                quantity,
                Measurement {
                    quantity: quantity.code(units),
                    value,
                    unit,
                    derivation: None,
                },
            )),
            _ => measured.missing.push(quantity),
        }
    }
    measured
}

/// Units of the points to units of lengths.
struct Scale {
    factor: DVec3,
    /// For angles where only the aspect of a pixel is known.
    aspect: DVec3,
    calibration: Option<Calibration>,
}

impl Scale {
    fn of(annotation: &Annotation, source: &dyn PixelSource) -> Self {
        let plain = Self {
            factor: DVec3::ONE,
            aspect: DVec3::ONE,
            calibration: None,
        };
        if annotation.points.is_patient() {
            return Self {
                calibration: Some(Calibration::Patient),
                ..plain
            };
        }
        let Some(image) = source.image(&annotation.anchor) else {
            return plain;
        };
        match image.spacing {
            Some(spacing) => Self {
                factor: DVec3::new(spacing.column_mm, spacing.row_mm, 1.0),
                calibration: Some(spacing.source),
                ..plain
            },
            None => Self {
                aspect: DVec3::new(1.0, image.aspect, 1.0),
                ..plain
            },
        }
    }

    fn length_unit(&self) -> Code {
        match self.calibration {
            Some(_) => codes::MILLIMETRE.into(),
            None => codes::PIXELS.into(),
        }
    }

    fn area_unit(&self) -> Code {
        match self.calibration {
            Some(_) => codes::SQUARE_MILLIMETRE.into(),
            None => codes::SQUARE_PIXELS.into(),
        }
    }
}

fn length(annotation: &Annotation, scale: &Scale) -> f64 {
    let points = annotation.points.to_space();
    points
        .iter()
        .zip(points.iter().skip(1))
        .map(|(&a, &b)| ((b - a) * scale.factor).length())
        .sum()
}

fn angle_degrees(annotation: &Annotation, scale: &Scale) -> Option<f64> {
    let [a, vertex, b] = <[DVec3; 3]>::try_from(annotation.points.to_space()).ok()?;
    let a = (a - vertex) * scale.factor * scale.aspect;
    let b = (b - vertex) * scale.factor * scale.aspect;
    // atan2 stays exact near 0 and 180 degrees, where the arc cosine does not; of a zero-length
    // leg there is no angle.
    (a.length_squared() > 0.0 && b.length_squared() > 0.0)
        .then(|| a.cross(b).length().atan2(a.dot(b)).to_degrees())
}

fn area(annotation: &Annotation, scale: &Scale) -> Option<f64> {
    let points = annotation.points.to_space();
    match (annotation.geometry, points.as_slice()) {
        (Geometry::Polygon, points) => {
            let first = *points.first()?;
            let twice: DVec3 = points
                .iter()
                .zip(points.iter().skip(1))
                .map(|(&a, &b)| ((a - first) * scale.factor).cross((b - first) * scale.factor))
                .sum();
            Some(twice.length() / 2.0)
        }
        (Geometry::Circle, &[centre, rim]) => Some(
            std::f64::consts::PI
                * (rim - centre).length_squared()
                * scale.factor.x
                * scale.factor.y,
        ),
        (Geometry::Ellipse, &[a, b, c, d]) => {
            let (u, v) = ((b - a) / 2.0 * scale.factor, (d - c) / 2.0 * scale.factor);
            Some(std::f64::consts::PI * u.cross(v).length())
        }
        _ => None,
    }
}

/// Statistics of the modality values the annotation covers, and their unit.
fn pixel_values(annotation: &Annotation, source: &dyn PixelSource) -> Option<(Statistics, Units)> {
    let anchor = &annotation.anchor;
    let on_image = match &annotation.points {
        Points::Image(points) => Some(points.clone()),
        Points::Patient(points) => {
            let image = source.image(anchor);
            image.and_then(|image| {
                let (plane, spacing) = (image.plane?, image.spacing?);
                points
                    .iter()
                    .map(|&point| {
                        let (pixel, distance_mm) = pixel_from_patient(&plane, spacing, point);
                        (distance_mm.abs() <= IN_PLANE_MM).then_some(pixel)
                    })
                    .collect::<Option<Vec<DVec2>>>()
            })
        }
    };
    if let Some(points) = on_image {
        let frame = source.frame(anchor)?;
        let statistics = statistics_on_image(annotation.geometry, &points, &frame)?;
        return Some((statistics, frame.units.clone()));
    }
    let volume = source.volume(anchor)?;
    let mut units = None;
    let statistics = match annotation.geometry {
        Geometry::Point | Geometry::MultiPoint => {
            let points = annotation.points.to_space();
            let values: Option<Vec<f64>> = points
                .iter()
                .map(|&point| {
                    let probe = volume.probe(point)?;
                    units.get_or_insert(probe.units);
                    probe.value.ok()
                })
                .collect();
            Statistics::of(values?)
        }
        _ => RegionOnPlane::of(annotation)?.statistics(&volume),
    }?;
    let units = units.or_else(|| {
        let slices = volume.slices.iter();
        slices
            .filter_map(|slice| slice.get())
            .map(|image| image.units.clone())
            .next()
    });
    Some((statistics, units.unwrap_or(Units::None)))
}

fn statistics_on_image(
    geometry: Geometry,
    points: &[DVec2],
    frame: &FrameImage,
) -> Option<Statistics> {
    // Regions count pixel centres at integers, SCOORD at halves.
    let half = DVec2::splat(0.5);
    let region = match (geometry, points) {
        (Geometry::Point | Geometry::MultiPoint, points) => {
            let values: Option<Vec<f64>> = points
                .iter()
                .map(|p| {
                    let (x, y) = (p.x.floor(), p.y.floor());
                    (x >= 0.0 && y >= 0.0)
                        .then(|| frame.modality_value(x as u32, y as u32))
                        .flatten()
                })
                .collect();
            return Statistics::of(values?);
        }
        (Geometry::Ellipse, &[a, b, c, d]) => {
            Region::ellipse([a - half, b - half, c - half, d - half])
        }
        (Geometry::Circle, &[centre, rim]) => {
            let radius = centre.distance(rim);
            Region::Ellipse {
                centre: centre - half,
                half_a: DVec2::X * radius,
                half_b: DVec2::Y * radius,
            }
        }
        (Geometry::Polygon, points) => Region::Polygon(points.iter().map(|&p| p - half).collect()),
        _ => return None,
    };
    region_statistics(frame, &region)
}
