//! US Region Calibration Module (PS3.3 C.8.5.5): which part of the picture measures what.

use crate::dicom::Elements;
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
        })
    }

    /// (row, column) spacing in mm where both directions are lengths.
    #[must_use]
    pub fn spacing_mm(&self) -> Option<(f64, f64)> {
        let is_length =
            self.unit_x == RegionUnit::Centimetre && self.unit_y == RegionUnit::Centimetre;
        is_length.then(|| (self.delta_y.abs() * 10.0, self.delta_x.abs() * 10.0))
    }
}
