//! Values from geometry and full-precision samples, computed when asked.
//!
//! Lengths and areas are in millimetres when the points are in patient space or the image's
//! spacing has a source, else in pixels (`ruler.rs`). A region on the plane of an original image counts that
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
use crate::annotation::ruler::Ruler;
use crate::dicom::Photometric;
use crate::dicom::codes;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::imaging::Calibration;
use crate::imaging::FrameImage;
use crate::imaging::LinearMap;
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
    /// What values are multiplied with to be SUVbw, g/ml, where the images hold what that takes.
    pub suv_bw_factor: Option<f64>,
    /// What else the values stand for, where they are those of one image.
    pub value_maps: Vec<LinearMap>,
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

/// What [`Annotation::quantities`] lists, measured; on the curves of an ultrasound picture times
/// and velocities instead. Colours have no values: on a colour image those are not asked for.
#[must_use]
pub fn measure(annotation: &Annotation, source: &dyn PixelSource) -> Measured {
    let asked = annotation.quantities();
    if let Some(on_curve) = Ruler::of(annotation, source).curve_quantities(asked) {
        return measure_quantities(annotation, &on_curve, source);
    }
    let is_colour = asked.iter().any(|quantity| quantity.needs_pixels())
        && source
            .frame(&annotation.anchor)
            .is_some_and(|frame| frame.photometric == Photometric::Rgb);
    if is_colour {
        let drawn: Vec<Quantity> = asked
            .iter()
            .copied()
            .filter(|quantity| !quantity.needs_pixels())
            .collect();
        return measure_quantities(annotation, &drawn, source);
    }
    measure_quantities(annotation, asked, source)
}

/// These quantities of an annotation.
#[must_use]
pub fn measure_quantities(
    annotation: &Annotation,
    quantities: &[Quantity],
    source: &dyn PixelSource,
) -> Measured {
    let ruler = Ruler::of(annotation, source);
    let mut measured = Measured {
        calibration: ruler.calibration,
        ..Measured::default()
    };
    let asks_pixels = quantities.iter().any(|q| q.needs_pixels());
    let pixels = asks_pixels
        .then(|| pixel_values(annotation, source))
        .flatten();
    measured.suv_bw_factor = pixels.as_ref().and_then(|it| it.suv_bw_factor);
    measured.value_maps = pixels
        .as_ref()
        .map_or_else(Vec::new, |it| it.value_maps.clone());
    for &quantity in quantities {
        let units = pixels.as_ref().map_or(&Units::None, |it| &it.units);
        let statistics = pixels.as_ref().map(|it| &it.statistics);
        let applies = quantity.applies_to(annotation.geometry, annotation.points.len())
            && annotation.points.is_finite();
        let on_curve = |unit: codes::CodeRef| {
            let value = ruler.on_curve(quantity, &annotation.points.to_space())?;
            Some((value, unit.into()))
        };
        let value_and_unit: Option<(f64, Code)> = if applies {
            match quantity {
                Quantity::Duration => on_curve(codes::MILLISECOND),
                Quantity::Velocity => on_curve(codes::CENTIMETRE_PER_SECOND),
                Quantity::Depth => on_curve(codes::MILLIMETRE),
                Quantity::Length => Some((length(annotation, &ruler), ruler.length_unit())),
                Quantity::Angle => {
                    angle_degrees(annotation, &ruler).map(|v| (v, codes::DEGREE.into()))
                }
                Quantity::Area => area(annotation, &ruler).map(|v| (v, ruler.area_unit())),
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
                    method: method(quantity, ruler.calibration),
                },
            )),
            _ => measured.missing.push(quantity),
        }
    }
    measured
}

/// Lengths and areas in the reader's own millimetres say so.
fn method(quantity: Quantity, calibration: Option<Calibration>) -> Option<Code> {
    let is_of_space = matches!(quantity, Quantity::Length | Quantity::Area);
    (is_of_space && calibration == Some(Calibration::Manual))
        .then(|| codes::MANUAL_CALIBRATION.into())
}

fn length(annotation: &Annotation, ruler: &Ruler) -> f64 {
    let points = annotation.points.to_space();
    points
        .iter()
        .zip(points.iter().skip(1))
        .map(|(&a, &b)| ((b - a) * ruler.factor).length())
        .sum()
}

fn angle_degrees(annotation: &Annotation, ruler: &Ruler) -> Option<f64> {
    let [a, vertex, b] = <[DVec3; 3]>::try_from(annotation.points.to_space()).ok()?;
    let a = (a - vertex) * ruler.factor * ruler.aspect;
    let b = (b - vertex) * ruler.factor * ruler.aspect;
    // atan2 stays exact near 0 and 180 degrees, where the arc cosine does not; of a zero-length
    // leg there is no angle.
    (a.length_squared() > 0.0 && b.length_squared() > 0.0)
        .then(|| a.cross(b).length().atan2(a.dot(b)).to_degrees())
}

fn area(annotation: &Annotation, ruler: &Ruler) -> Option<f64> {
    let points = annotation.points.to_space();
    match (annotation.geometry, points.as_slice()) {
        (Geometry::Polygon, points) => {
            let first = *points.first()?;
            let twice: DVec3 = points
                .iter()
                .zip(points.iter().skip(1))
                .map(|(&a, &b)| ((a - first) * ruler.factor).cross((b - first) * ruler.factor))
                .sum();
            Some(twice.length() / 2.0)
        }
        (Geometry::Circle, &[centre, rim]) => Some(
            std::f64::consts::PI
                * (rim - centre).length_squared()
                * ruler.factor.x
                * ruler.factor.y,
        ),
        (Geometry::Ellipse, &[a, b, c, d]) => {
            let (u, v) = ((b - a) / 2.0 * ruler.factor, (d - c) / 2.0 * ruler.factor);
            Some(std::f64::consts::PI * u.cross(v).length())
        }
        _ => None,
    }
}

/// The modality values an annotation covers.
struct PixelValues {
    statistics: Statistics,
    units: Units,
    suv_bw_factor: Option<f64>,
    value_maps: Vec<LinearMap>,
}

fn pixel_values(annotation: &Annotation, source: &dyn PixelSource) -> Option<PixelValues> {
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
        return Some(PixelValues {
            statistics,
            units: frame.units.clone(),
            suv_bw_factor: frame.suv_bw_factor,
            value_maps: LinearMap::of(&frame),
        });
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
    // A factor is of use for all of the values or for none.
    let mut factors = volume
        .slices
        .iter()
        .filter_map(|slice| Some(slice.get()?.suv_bw_factor));
    let first = factors.next().flatten();
    Some(PixelValues {
        statistics,
        units: units.unwrap_or(Units::None),
        suv_bw_factor: first.filter(|_| factors.all(|factor| factor == first)),
        value_maps: Vec::new(),
    })
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
