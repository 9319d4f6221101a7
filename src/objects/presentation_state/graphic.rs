//! Graphic Annotation Module (PS3.3 C.10.5): vector graphics and texts over images. Compound graphics
//! are drawn as the plain objects that every one of them is stored as, too.

use super::layer::lab;
use super::scope::Scope;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::geom::DVec2;
use crate::problem::{Message, msg};

/// What positions are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationUnits {
    /// PIXEL: columns and rows of the image, (0, 0) at the outer corner of its first pixel.
    Pixel,
    /// DISPLAY: fractions of the displayed area, (0, 0) at its top left as it is shown.
    Display,
}

impl AnnotationUnits {
    fn read(item: Elements<'_>, tag: Tag) -> Option<Self> {
        match item.text(tag)?.as_str() {
            "PIXEL" => Some(Self::Pixel),
            "DISPLAY" => Some(Self::Display),
            _ => None,
        }
    }
}

/// Graphic Type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum GraphicType {
    Point,
    Polyline,
    Interpolated,
    /// The middle, and a point on the circle.
    Circle,
    /// The ends of the major axis, then those of the minor one.
    Ellipse,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphicObject {
    /// What its points are counted in.
    pub units: AnnotationUnits,
    /// What the points mean.
    pub graphic_type: GraphicType,
    /// As many as its type asks for at least, all finite.
    pub points: Vec<DVec2>,
    /// Graphic Filled; only closed figures are.
    pub is_filled: bool,
    /// Colour of the line, sRGB, where the object has a style of its own.
    pub line_rgb: Option<[u8; 3]>,
    /// Width of the line over that of others, where the object has a style of its own.
    pub thickness: f64,
    /// Drawn in dashes.
    pub is_dashed: bool,
    /// Colour of the filling, sRGB, where the object has a style of its own.
    pub fill_rgb: Option<[u8; 3]>,
    /// How much of what lies below is covered, 0 to 1.
    pub fill_opacity: f64,
}

/// Where a text stands between the sides of its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Justification {
    #[default]
    Left,
    Center,
    Right,
}

/// Points further out than this, in pixels or displays, are a claim, not a place.
const FARTHEST: f64 = 16_777_216.0;

/// The box of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    /// What its corners are counted in.
    pub units: AnnotationUnits,
    /// Where the text begins.
    pub top_left: DVec2,
    /// Where it runs to.
    pub bottom_right: DVec2,
    /// Where its lines stand.
    pub justification: Justification,
}

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnchorPoint {
    /// What it is counted in.
    pub units: AnnotationUnits,
    /// Where.
    pub at: DVec2,
    /// It is to be seen.
    pub is_visible: bool,
}

/// A text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextObject {
    /// Unformatted Text Value; may have several lines.
    pub text: String,
    /// Its box; a text has this, an anchor or both.
    pub bounding_box: Option<BoundingBox>,
    /// What it is about.
    pub anchor: Option<AnchorPoint>,
    /// sRGB, where the object has a style of its own.
    pub rgb: Option<[u8; 3]>,
}

/// Graphics and texts of one layer, for some of the images.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphicAnnotation {
    /// The images.
    pub scope: Scope,
    /// Graphic Layer.
    pub layer: String,
    /// The figures, in their order.
    pub graphics: Vec<GraphicObject>,
    /// The texts, in their order.
    pub texts: Vec<TextObject>,
}

impl GraphicAnnotation {
    /// Reads an item of the Graphic Annotation Sequence; a sentence for what of it is not drawn.
    pub(super) fn read(item: Elements<'_>, faults: &mut Vec<Message>) -> Self {
        let count = |items: usize, read: usize| items - read;
        let graphic_items = item.items(tags::GRAPHIC_OBJECT_SEQUENCE);
        let text_items = item.items(tags::TEXT_OBJECT_SEQUENCE);
        let graphics: Vec<_> = graphic_items
            .iter()
            .filter_map(|item| GraphicObject::read(*item))
            .collect();
        let texts: Vec<_> = text_items
            .iter()
            .filter_map(|item| TextObject::read(*item))
            .collect();
        let lost =
            count(graphic_items.len(), graphics.len()) + count(text_items.len(), texts.len());
        if lost > 0 {
            faults.push(Message::new(msg("presentation-objects-lost")).count("count", lost));
        }
        Self {
            scope: Scope::read(item),
            layer: item.text(tags::GRAPHIC_LAYER).unwrap_or_default(),
            graphics,
            texts,
        }
    }
}

fn is_near(point: DVec2) -> bool {
    point.abs().max_element() <= FARTHEST
}

impl GraphicObject {
    fn read(item: Elements<'_>) -> Option<Self> {
        let values = item.floats(tags::GRAPHIC_DATA);
        let mut points: Vec<DVec2> = values
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[column, row]| DVec2::new(*column, *row))
            .collect();
        let stated = item.integer(tags::NUMBER_OF_GRAPHIC_POINTS);
        if let Some(stated) = stated.and_then(|count| usize::try_from(count).ok()) {
            points.truncate(stated);
        }
        let (graphic_type, least) = match item.text(tags::GRAPHIC_TYPE)?.as_str() {
            "POINT" => (GraphicType::Point, 1),
            "POLYLINE" => (GraphicType::Polyline, 2),
            "INTERPOLATED" => (GraphicType::Interpolated, 2),
            "CIRCLE" => (GraphicType::Circle, 2),
            "ELLIPSE" => (GraphicType::Ellipse, 4),
            _ => return None,
        };
        if points.len() < least || !points.iter().all(|point| is_near(*point)) {
            return None;
        }
        let is_closed = match graphic_type {
            GraphicType::Point => false,
            GraphicType::Polyline | GraphicType::Interpolated => points.first() == points.last(),
            GraphicType::Circle | GraphicType::Ellipse => true,
        };
        let line = item.item(tags::LINE_STYLE_SEQUENCE);
        let fill = item.item(tags::FILL_STYLE_SEQUENCE);
        let dashing = line.and_then(|line| line.text(tags::LINE_DASHING_STYLE));
        Some(Self {
            units: AnnotationUnits::read(item, tags::GRAPHIC_ANNOTATION_UNITS)?,
            graphic_type,
            points,
            is_filled: is_closed && item.text(tags::GRAPHIC_FILLED).as_deref() == Some("Y"),
            line_rgb: line.and_then(|line| lab(line, tags::PATTERN_ON_COLOR_CIE_LAB_VALUE)),
            thickness: line
                .and_then(|line| line.float(tags::LINE_THICKNESS))
                .map_or(1.0, |thickness| thickness.clamp(0.5, 20.0)),
            is_dashed: dashing.as_deref() == Some("DASHED"),
            fill_rgb: fill.and_then(|fill| lab(fill, tags::PATTERN_ON_COLOR_CIE_LAB_VALUE)),
            fill_opacity: fill
                .and_then(|fill| fill.float(tags::PATTERN_ON_OPACITY))
                .map_or(1.0, |opacity| opacity.clamp(0.0, 1.0)),
        })
    }
}

impl TextObject {
    fn read(item: Elements<'_>) -> Option<Self> {
        let text = item.text(tags::UNFORMATTED_TEXT_VALUE)?;
        let point = |tag| {
            let values = item.floats(tag);
            Some(DVec2::new(*values.first()?, *values.get(1)?)).filter(|point| is_near(*point))
        };
        let bounding_box = || {
            Some(BoundingBox {
                units: AnnotationUnits::read(item, tags::BOUNDING_BOX_ANNOTATION_UNITS)?,
                top_left: point(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER)?,
                bottom_right: point(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER)?,
                justification: match item
                    .text(tags::BOUNDING_BOX_TEXT_HORIZONTAL_JUSTIFICATION)
                    .as_deref()
                {
                    Some("RIGHT") => Justification::Right,
                    Some("CENTER") => Justification::Center,
                    _ => Justification::Left,
                },
            })
        };
        let anchor = || {
            Some(AnchorPoint {
                units: AnnotationUnits::read(item, tags::ANCHOR_POINT_ANNOTATION_UNITS)?,
                at: point(tags::ANCHOR_POINT)?,
                is_visible: item.text(tags::ANCHOR_POINT_VISIBILITY).as_deref() == Some("Y"),
            })
        };
        let style = item.item(tags::TEXT_STYLE_SEQUENCE);
        let text = Self {
            text: text.replace("\r\n", "\n").replace('\r', "\n"),
            bounding_box: bounding_box(),
            anchor: anchor(),
            rgb: style.and_then(|style| lab(style, tags::TEXT_COLOR_CIE_LAB_VALUE)),
        };
        (text.bounding_box.is_some() || text.anchor.is_some()).then_some(text)
    }
}
