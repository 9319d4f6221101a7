//! US Region Calibration Module (PS3.3 C.8.5.5): which part of the picture measures what.

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;

/// Physical Units X/Y Direction (0018,6024), (0018,6026).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionUnit {
    /// Centimetres.
    Centimetre,
    /// Seconds.
    Second,
    /// Hertz.
    Hertz,
    /// Centimetres a second.
    CentimetrePerSecond,
    /// None, or one that no length, time or velocity is measured in; the code as stored.
    Other(i64),
}

impl RegionUnit {
    fn from_code(code: i64) -> Self {
        match code {
            3 => Self::Centimetre,
            4 => Self::Second,
            5 => Self::Hertz,
            7 => Self::CentimetrePerSecond,
            other => Self::Other(other),
        }
    }
}

/// One region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UltrasoundRegion {
    /// Left, top, right, bottom pixel, all included.
    pub bounds: [i64; 4],
    /// Of one pixel to the right.
    pub unit_x: RegionUnit,
    /// Of one pixel down.
    pub unit_y: RegionUnit,
    /// Units a pixel to the right; the sign says which way the value grows.
    pub delta_x: f64,
    /// Units a pixel down.
    pub delta_y: f64,
    /// Where the axis to the right crosses a known value, if it says.
    pub reference_x: Option<AxisReference>,
    /// Where the axis down crosses a known value, if it says.
    pub reference_y: Option<AxisReference>,
    /// Another region that overlaps this one is meant where both lie (Region Flags, bit 0).
    pub is_low_priority: bool,
}

/// A place on an axis whose physical value is known (C.8.5.5.1.16).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisReference {
    /// The pixel, counted from the region's left or top.
    pub pixel: i64,
    /// The value there, in the unit of the axis.
    pub value: f64,
}

impl UltrasoundRegion {
    /// All regions of an image whose deltas are finite and not zero, in the image's order.
    #[must_use]
    pub fn read_all(elements: Elements<'_>) -> Vec<Self> {
        elements
            .items(tags::SEQUENCE_OF_ULTRASOUND_REGIONS)
            .into_iter()
            .filter_map(Self::read)
            .collect()
    }

    fn read(item: Elements<'_>) -> Option<Self> {
        let delta = |tag| {
            item.float(tag)
                .filter(|delta| delta.is_finite() && *delta != 0.0)
        };
        let reference = |pixel: Tag, value: Tag| {
            Some(AxisReference {
                pixel: item.integer(pixel)?,
                value: item.float(value).filter(|value| value.is_finite())?,
            })
        };
        let flags = item.integer(tags::REGION_FLAGS).unwrap_or(0);
        Some(Self {
            bounds: [
                item.integer(tags::REGION_LOCATION_MIN_X0)?,
                item.integer(tags::REGION_LOCATION_MIN_Y0)?,
                item.integer(tags::REGION_LOCATION_MAX_X1)?,
                item.integer(tags::REGION_LOCATION_MAX_Y1)?,
            ],
            unit_x: RegionUnit::from_code(item.integer(tags::PHYSICAL_UNITS_X_DIRECTION)?),
            unit_y: RegionUnit::from_code(item.integer(tags::PHYSICAL_UNITS_Y_DIRECTION)?),
            delta_x: delta(tags::PHYSICAL_DELTA_X)?,
            delta_y: delta(tags::PHYSICAL_DELTA_Y)?,
            reference_x: reference(
                tags::REFERENCE_PIXEL_X0,
                tags::REFERENCE_PIXEL_PHYSICAL_VALUE_X,
            ),
            reference_y: reference(
                tags::REFERENCE_PIXEL_Y0,
                tags::REFERENCE_PIXEL_PHYSICAL_VALUE_Y,
            ),
            is_low_priority: flags & 1 == 1,
        })
    }

    /// Whether a point lies in it; pixel (x, y) reaches from (x, y) to (x + 1, y + 1).
    #[must_use]
    pub fn holds(&self, x: f64, y: f64) -> bool {
        let [left, top, right, bottom] = self.bounds.map(|bound| bound as f64);
        (left..=right + 1.0).contains(&x) && (top..=bottom + 1.0).contains(&y)
    }

    /// Pixels it covers.
    #[must_use]
    pub fn area(&self) -> i64 {
        let [left, top, right, bottom] = self.bounds;
        right
            .saturating_sub(left)
            .saturating_mul(bottom.saturating_sub(top))
    }

    /// The physical value of the vertical axis at a point `y` pixels below the picture's top edge,
    /// in its unit.
    #[must_use]
    pub fn value_down(&self, y: f64) -> Option<f64> {
        let reference = self.reference_y?;
        let centre = self.bounds[1].saturating_add(reference.pixel) as f64 + 0.5;
        Some(reference.value + (y - centre) * self.delta_y)
    }

    /// (row, column) spacing in mm where both directions are lengths.
    #[must_use]
    pub fn spacing_mm(&self) -> Option<(f64, f64)> {
        let is_length =
            self.unit_x == RegionUnit::Centimetre && self.unit_y == RegionUnit::Centimetre;
        is_length.then(|| (self.delta_y.abs() * 10.0, self.delta_x.abs() * 10.0))
    }
}
