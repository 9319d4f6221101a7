//! What can be measured, and what is measured by default from each kind of drawing.

use crate::annotation::Annotation;
use crate::annotation::AnnotationKind;
use crate::annotation::Code;
use crate::annotation::Geometry;
use crate::dicom::codes;
use crate::imaging::Units;
use crate::problem::MessageId;
use crate::problem::msg;

/// Something measured from a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// Of an open line, along it.
    Length,
    /// At the middle of three points, 0 to 180 degrees.
    Angle,
    /// Between the ends of a line across the time axis of an ultrasound curve, ms.
    Duration,
    /// Between the ends of a line along the velocity axis of a Doppler curve, or at a point of it,
    /// cm/s.
    Velocity,
    /// Between the ends of a line along the depth axis of an M-mode picture, mm.
    Depth,
    /// Of what a closed line encloses.
    Area,
    /// Of the values inside.
    Mean,
    /// Of the values inside.
    StandardDeviation,
    /// Of the values inside.
    Minimum,
    /// Of the values inside.
    Maximum,
    /// How many pixels lie inside.
    Count,
    /// At a point.
    Value,
}

impl Quantity {
    /// All, in the order they are listed.
    pub const ALL: [Self; 12] = [
        Self::Length,
        Self::Angle,
        Self::Duration,
        Self::Velocity,
        Self::Depth,
        Self::Area,
        Self::Mean,
        Self::StandardDeviation,
        Self::Minimum,
        Self::Maximum,
        Self::Count,
        Self::Value,
    ];

    /// Its name on the command line and in findings files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Angle => "angle",
            Self::Duration => "duration",
            Self::Velocity => "velocity",
            Self::Depth => "depth",
            Self::Area => "area",
            Self::Mean => "mean",
            Self::StandardDeviation => "sd",
            Self::Minimum => "min",
            Self::Maximum => "max",
            Self::Count => "count",
            Self::Value => "value",
        }
    }

    /// The inverse of [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.name() == name)
    }

    /// Its name on screen.
    #[must_use]
    pub const fn label(self) -> MessageId {
        match self {
            Self::Length => msg("quantity-length"),
            Self::Angle => msg("quantity-angle"),
            Self::Duration => msg("quantity-duration"),
            Self::Velocity => msg("quantity-velocity"),
            Self::Depth => msg("quantity-depth"),
            Self::Area => msg("quantity-area"),
            Self::Mean => msg("quantity-mean"),
            Self::StandardDeviation => msg("quantity-sd"),
            Self::Minimum => msg("quantity-min"),
            Self::Maximum => msg("quantity-max"),
            Self::Count => msg("quantity-count"),
            Self::Value => msg("quantity-value"),
        }
    }

    /// Its concept in a report.
    #[must_use]
    pub fn code(self, units: &Units) -> Code {
        match self {
            Self::Length => codes::LENGTH,
            Self::Angle => codes::ANGLE,
            Self::Duration => codes::DURATION,
            Self::Velocity => codes::FLOW_VELOCITY,
            Self::Depth => codes::DEPTH,
            Self::Area => codes::AREA,
            Self::Mean => codes::MEAN,
            Self::StandardDeviation => codes::STANDARD_DEVIATION,
            Self::Minimum => codes::MINIMUM,
            Self::Maximum => codes::MAXIMUM,
            Self::Count => codes::PIXEL_COUNT,
            Self::Value if *units == Units::Hounsfield => codes::ATTENUATION_COEFFICIENT,
            Self::Value => codes::PIXEL_VALUE,
        }
        .into()
    }

    /// The quantity a report's concept means, if it is one of ours.
    #[must_use]
    pub fn from_code(code: &Code) -> Option<Self> {
        if code.is(codes::ATTENUATION_COEFFICIENT) {
            return Some(Self::Value);
        }
        Self::ALL
            .into_iter()
            .find(|quantity| quantity.code(&Units::None).is_same(code))
    }

    /// Whether it needs sample values, not only the drawing.
    #[must_use]
    pub const fn needs_pixels(self) -> bool {
        !matches!(
            self,
            Self::Length | Self::Angle | Self::Area | Self::Duration | Self::Velocity | Self::Depth
        )
    }

    /// Whether this geometry has it.
    #[must_use]
    pub fn applies_to(self, geometry: Geometry, points: usize) -> bool {
        match (self, geometry) {
            (Self::Length, Geometry::Polyline) => points >= 2,
            (Self::Angle, Geometry::Polyline) => points == 3,
            (Self::Value, geometry) => geometry == Geometry::Point,
            (Self::Area, Geometry::Polygon) => points >= 3,
            (Self::Area, geometry) => matches!(geometry, Geometry::Circle | Geometry::Ellipse),
            (Self::Duration | Self::Depth, geometry) => geometry == Geometry::Polyline,
            (Self::Velocity, geometry) => {
                matches!(geometry, Geometry::Polyline | Geometry::Point)
            }
            (Self::Length | Self::Angle, _) => false,
            (_, geometry) => geometry != Geometry::Polyline,
        }
    }
}

impl Annotation {
    /// What is measured from it unless something else is asked for.
    #[must_use]
    pub fn quantities(&self) -> &'static [Quantity] {
        const REGION: &[Quantity] = &[
            Quantity::Area,
            Quantity::Mean,
            Quantity::StandardDeviation,
            Quantity::Minimum,
            Quantity::Maximum,
            Quantity::Count,
        ];
        match (self.kind, self.geometry) {
            (AnnotationKind::Arrow, _) => &[],
            (AnnotationKind::Angle, Geometry::Polyline) if self.points.len() == 3 => {
                &[Quantity::Angle]
            }
            (_, Geometry::Polyline) => &[Quantity::Length],
            (_, Geometry::Point) => &[Quantity::Value],
            (_, Geometry::MultiPoint) => &[Quantity::Mean, Quantity::Count],
            (_, Geometry::Polygon | Geometry::Circle | Geometry::Ellipse) => REGION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_lead_back_to_their_quantity() {
        for quantity in Quantity::ALL {
            assert_eq!(Quantity::from_name(quantity.name()), Some(quantity));
            for units in [Units::None, Units::Hounsfield] {
                assert_eq!(Quantity::from_code(&quantity.code(&units)), Some(quantity));
            }
        }
        assert_eq!(Quantity::from_name("volume"), None);
    }
}
