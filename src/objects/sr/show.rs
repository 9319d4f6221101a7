//! A content tree as lines to read.

use crate::annotation::Code;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::ImageReference;
use crate::problem::Message;
use crate::problem::msg;

/// One item: how deep it lies, what it is called, what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// 0 for the root.
    pub depth: usize,
    /// The meaning of its concept name; empty if it has none.
    pub name: String,
    /// Its value; `None` for a container.
    pub value: Option<Message>,
    /// The image it points at.
    pub image: Option<ImageReference>,
}

/// Every item of a tree, in reading order.
#[must_use]
pub fn lines(root: &ContentItem) -> Vec<Line> {
    let mut lines = Vec::new();
    push(root, 0, &mut lines);
    lines
}

fn push(item: &ContentItem, depth: usize, lines: &mut Vec<Line>) {
    lines.push(Line {
        depth,
        name: item.name.as_ref().map(shown).unwrap_or_default(),
        value: value(&item.value),
        image: match &item.value {
            ContentValue::Image(image) => Some(image.clone()),
            _ => None,
        },
    });
    for child in &item.children {
        push(child, depth + 1, lines);
    }
}

fn shown(code: &Code) -> String {
    if code.meaning.is_empty() {
        format!("({}, {})", code.value, code.scheme)
    } else {
        code.meaning.clone()
    }
}

fn value(value: &ContentValue) -> Option<Message> {
    let plain = |text: &str| Message::new(msg("sr-value-text")).text("text", text);
    Some(match value {
        ContentValue::Container { .. } => return None,
        ContentValue::PersonName(name) => {
            plain(&crate::dicom::PersonName::parse(name).display_all())
        }
        ContentValue::Text(text)
        | ContentValue::Date(text)
        | ContentValue::Time(text)
        | ContentValue::DateTime(text)
        | ContentValue::UidRef(text)
        | ContentValue::Tcoord(text) => plain(text),
        ContentValue::Code(code) => plain(&shown(code)),
        ContentValue::Num(Some(number), _) => Message::new(msg("sr-value-number"))
            .text("value", number.value.to_string())
            .text("unit", number_unit(&number.unit)),
        ContentValue::Num(None, Some(reason)) => plain(&shown(reason)),
        ContentValue::Num(None, None) => Message::new(msg("sr-value-none")),
        ContentValue::Image(image) => {
            let message = Message::new(if image.frames.is_empty() {
                msg("sr-value-image")
            } else {
                msg("sr-value-image-frames")
            });
            let frames: Vec<String> = image.frames.iter().map(ToString::to_string).collect();
            let message = message.text("uid", &image.instance.sop_instance_uid);
            if frames.is_empty() {
                message
            } else {
                message.text("frames", frames.join(", "))
            }
        }
        ContentValue::Composite(instance) => {
            Message::new(msg("sr-value-object")).text("uid", &instance.sop_instance_uid)
        }
        ContentValue::Waveform(instance) => {
            Message::new(msg("sr-value-waveform")).text("uid", &instance.sop_instance_uid)
        }
        ContentValue::Scoord { graphic, points } => Message::new(msg("sr-value-pixels"))
            .text("graphic", graphic)
            .text("points", list(points.iter().map(|p| p.to_array().to_vec()))),
        ContentValue::Scoord3d {
            graphic, points, ..
        } => Message::new(msg("sr-value-patient"))
            .text("graphic", graphic)
            .text("points", list(points.iter().map(|p| p.to_array().to_vec()))),
        ContentValue::ByReference(position) => {
            let position: Vec<String> = position.iter().map(ToString::to_string).collect();
            Message::new(msg("sr-value-reference")).text("position", position.join("."))
        }
        ContentValue::Unknown(value_type) => {
            Message::new(msg("sr-value-unknown")).text("type", value_type)
        }
    })
}

fn number_unit(unit: &Code) -> &str {
    match unit.value.as_str() {
        "1" => "",
        "[hnsf'U]" => "HU",
        "deg" => "°",
        "mm2" => "mm²",
        "mm3" => "mm³",
        "cm2" => "cm²",
        "{pixels}" => "px",
        "{square-pixels}" => "px²",
        _ => unit.value.trim_matches(['{', '}']),
    }
}

fn list(points: impl Iterator<Item = Vec<f64>>) -> String {
    const MOST: usize = 12;
    let mut shown: Vec<String> = Vec::new();
    for (index, point) in points.enumerate() {
        if index == MOST {
            shown.push("…".to_owned());
            break;
        }
        let coordinates: Vec<String> = point
            .iter()
            .map(|value| format!("{value:.3}"))
            .map(|text| text.trim_end_matches('0').trim_end_matches('.').to_owned())
            .collect();
        shown.push(format!("({})", coordinates.join(", ")));
    }
    shown.join(" ")
}
