//! Display Shutter Module (PS3.3 C.7.6.11), Bitmap Display Shutter Module (C.7.6.15) and the Frame
//! Display Shutter macro (C.7.6.16.2.16): what of an image is covered.

use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::problem::{Message, MessageId, msg};

/// A polygon with more corners is a claim, not a shutter.
const MAX_VERTICES: usize = 20_000;

/// Edges of a rectangular shutter: rows and columns from 1, the edges themselves are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct Rectangle {
    pub left: i64,
    pub right: i64,
    pub upper: i64,
    pub lower: i64,
}

/// A circular shutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circle {
    /// Row of the centre, from 1.
    pub row: i64,
    /// Column of the centre, from 1.
    pub column: i64,
    /// In pixels along a row; with pixels that are not square it is a circle all the same.
    pub radius: i64,
}

/// What covered pixels are shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutterColour {
    /// Shutter Presentation Value: a P-value, 0 black to 65535 white.
    PValue(u16),
    /// Shutter Presentation Color CIELab Value, as encoded (C.10.7.1.1).
    CieLab([u16; 3]),
}

/// A shutter. What all of its shapes leave open is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayShutter {
    /// RECTANGULAR.
    pub rectangle: Option<Rectangle>,
    /// CIRCULAR.
    pub circle: Option<Circle>,
    /// POLYGONAL: (row, column) of the corners, from 1; the last is joined to the first.
    pub polygon: Option<Arc<[(i64, i64)]>>,
    /// BITMAP: the index of the overlay whose bits cover, see
    /// [`super::OverlayPlane::index`].
    pub overlay_index: Option<u8>,
    /// What is shown where it covers.
    pub colour: ShutterColour,
}

impl DisplayShutter {
    /// Reads it from the macro's item or the image; `None` if there is none. A shape that is named
    /// and not described, or described absurdly, is left out and a sentence says so.
    #[must_use]
    pub fn read(elements: Elements<'_>) -> (Option<Self>, Vec<Message>) {
        let shapes = elements.texts(tags::SHUTTER_SHAPE);
        let mut faults = Vec::new();
        let mut refuse = |shape| faults.push(shutter_fault(shape));
        let mut shutter = Self {
            rectangle: None,
            circle: None,
            polygon: None,
            overlay_index: None,
            colour: colour(elements),
        };
        for shape in &shapes {
            match shape.as_str() {
                "RECTANGULAR" => match rectangle(elements) {
                    Some(rectangle) => shutter.rectangle = Some(rectangle),
                    None => refuse(msg("shutter-rectangular")),
                },
                "CIRCULAR" => match circle(elements) {
                    Some(circle) => shutter.circle = Some(circle),
                    None => refuse(msg("shutter-circular")),
                },
                "POLYGONAL" => match polygon(elements) {
                    Some(polygon) => shutter.polygon = Some(polygon),
                    None => refuse(msg("shutter-polygonal")),
                },
                "BITMAP" => match overlay_index(elements) {
                    Some(index) => shutter.overlay_index = Some(index),
                    None => refuse(msg("shutter-bitmap")),
                },
                _ => {}
            }
        }
        let has_shape = shutter.rectangle.is_some()
            || shutter.circle.is_some()
            || shutter.polygon.is_some()
            || shutter.overlay_index.is_some();
        (has_shape.then_some(shutter), faults)
    }
}

/// That a shape, named by a message, covers nothing.
#[must_use]
pub fn shutter_fault(shape: MessageId) -> Message {
    Message::new(msg("shutter-not-applied")).message("shape", Message::new(shape))
}

fn rectangle(elements: Elements<'_>) -> Option<Rectangle> {
    let rectangle = Rectangle {
        left: elements.integer(tags::SHUTTER_LEFT_VERTICAL_EDGE)?,
        right: elements.integer(tags::SHUTTER_RIGHT_VERTICAL_EDGE)?,
        upper: elements.integer(tags::SHUTTER_UPPER_HORIZONTAL_EDGE)?,
        lower: elements.integer(tags::SHUTTER_LOWER_HORIZONTAL_EDGE)?,
    };
    (rectangle.left <= rectangle.right && rectangle.upper <= rectangle.lower).then_some(rectangle)
}

fn circle(elements: Elements<'_>) -> Option<Circle> {
    let [row, column] = pair(elements, tags::CENTER_OF_CIRCULAR_SHUTTER)?;
    let radius = elements.integer(tags::RADIUS_OF_CIRCULAR_SHUTTER)?;
    (radius > 0).then_some(Circle {
        row,
        column,
        radius,
    })
}

fn pair(elements: Elements<'_>, tag: Tag) -> Option<[i64; 2]> {
    elements.integers(tag).get(..2)?.try_into().ok()
}

fn polygon(elements: Elements<'_>) -> Option<Arc<[(i64, i64)]>> {
    let values = elements.integers(tags::VERTICES_OF_THE_POLYGONAL_SHUTTER);
    let corners = values.as_chunks::<2>().0;
    // Beyond what an image can have, the arithmetic of edges would overflow.
    let is_near = |value: &i64| value.abs() < 1 << 30;
    let is_sane = (3..=MAX_VERTICES).contains(&corners.len()) && values.iter().all(is_near);
    is_sane.then(|| {
        corners
            .iter()
            .map(|[row, column]| (*row, *column))
            .collect()
    })
}

fn overlay_index(elements: Elements<'_>) -> Option<u8> {
    let group = elements.integer(tags::SHUTTER_OVERLAY_GROUP)?;
    let index = group.checked_sub(0x6000)?;
    ((0..0x20).contains(&index) && index % 2 == 0).then_some((index / 2) as u8)
}

/// Black where nothing is said.
fn colour(elements: Elements<'_>) -> ShutterColour {
    let word = |value: &i64| u16::try_from(*value).ok();
    let lab: Vec<u16> = elements
        .integers(tags::SHUTTER_PRESENTATION_COLOR_CIE_LAB_VALUE)
        .iter()
        .filter_map(word)
        .collect();
    if let [l, a, b] = *lab {
        return ShutterColour::CieLab([l, a, b]);
    }
    let value = elements.integer(tags::SHUTTER_PRESENTATION_VALUE);
    ShutterColour::PValue(value.as_ref().and_then(word).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    #[test]
    fn shapes_that_are_named_and_not_described_are_left_out_and_said() {
        let header = Header::new()
            .texts(
                tags::SHUTTER_SHAPE,
                &["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
            )
            .text(tags::CENTER_OF_CIRCULAR_SHUTTER, "10\\20")
            .text(tags::RADIUS_OF_CIRCULAR_SHUTTER, "5")
            .text(tags::VERTICES_OF_THE_POLYGONAL_SHUTTER, "1\\1\\2\\2")
            .dataset();
        let (shutter, faults) = DisplayShutter::read(header.elements());
        let shutter = shutter.unwrap();
        assert_eq!(shutter.rectangle, None);
        assert_eq!(
            shutter.circle,
            Some(Circle {
                row: 10,
                column: 20,
                radius: 5
            })
        );
        assert_eq!(shutter.polygon, None);
        assert_eq!(shutter.colour, ShutterColour::PValue(0));
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn a_bitmap_shutter_names_the_group_of_an_overlay() {
        let of = |group: u16| {
            let header = Header::new()
                .text(tags::SHUTTER_SHAPE, "BITMAP")
                .u16s(tags::SHUTTER_OVERLAY_GROUP, &[group])
                .dataset();
            DisplayShutter::read(header.elements()).0?.overlay_index
        };
        assert_eq!(of(0x6000), Some(0));
        assert_eq!(of(0x601E), Some(15));
        assert_eq!(of(0x6001), None);
        assert_eq!(of(0x5000), None);
    }
}
