//! Contours of an RT structure set (PS3.3 C.8.8.6): points in the patient, in their order.

use std::sync::Arc;

use crate::dicom::{Elements, Tag, tags};
use crate::geom::DVec3;

/// Retired in 2021; older structure sets state it.
const CONTOUR_SLAB_THICKNESS: Tag = Tag(0x3006, 0x0044);

/// Contour Geometric Type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContourType {
    /// CLOSED_PLANAR, CLOSEDPLANAR_XOR: the border of an area.
    Closed,
    /// OPEN_PLANAR, OPEN_NONPLANAR: a line.
    Open,
    /// POINT.
    Point,
}

/// One contour.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// What its points mean.
    pub kind: ContourType,
    /// Patient mm; at least one, all finite.
    pub points: Vec<DVec3>,
    /// SOP Instance UIDs of the images it was drawn on.
    pub images: Vec<Arc<str>>,
    /// Contour Slab Thickness, mm.
    pub slab_mm: Option<f64>,
}

impl Contour {
    /// Reads an item of Contour Sequence; `None` without points or of an unknown type.
    pub(super) fn read(item: Elements<'_>) -> Option<Self> {
        let kind = match item.text(tags::CONTOUR_GEOMETRIC_TYPE)?.as_str() {
            "CLOSED_PLANAR" | "CLOSEDPLANAR_XOR" => ContourType::Closed,
            "OPEN_PLANAR" | "OPEN_NONPLANAR" => ContourType::Open,
            "POINT" => ContourType::Point,
            _ => return None,
        };
        // A list with a hole is none: shifted by one number it would be another shape.
        let numbers = item.floats(tags::CONTOUR_DATA);
        let points: Vec<DVec3> = numbers
            .chunks_exact(3)
            .filter_map(|point| point.try_into().ok().map(DVec3::from_array))
            .collect();
        if points.is_empty() || points.len() * 3 != numbers.len() {
            return None;
        }
        let images = item.items(tags::CONTOUR_IMAGE_SEQUENCE);
        let images = images
            .iter()
            .filter_map(|image| image.text(tags::REFERENCED_SOP_INSTANCE_UID));
        Some(Self {
            kind,
            points,
            images: images.map(Into::into).collect(),
            slab_mm: item.float(CONTOUR_SLAB_THICKNESS).filter(|mm| *mm > 0.0),
        })
    }

    /// Normal of the area it encloses, twice as long as the area is large (mm²), turned to one side
    /// of space whatever the sense of its points; `None` if it encloses none.
    pub(super) fn area_normal(&self) -> Option<DVec3> {
        let first = self.points.first()?;
        let sum: DVec3 = self
            .points
            .windows(2)
            .map(|pair| match pair {
                [a, b] => (*a - *first).cross(*b - *first),
                _ => DVec3::ZERO,
            })
            .sum();
        let normal = sum.try_normalize()?;
        let side = [normal.z, normal.y, normal.x]
            .into_iter()
            .find(|part| part.abs() > 1e-3)?;
        Some(if side < 0.0 { -sum } else { sum })
    }
}
