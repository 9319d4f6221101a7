//! `report show`: any structured report as readable text or as a content tree.

use std::process::ExitCode;

use serde_json::Value;
use serde_json::json;

use super::ShowArgs;
use super::say;
use crate::annotation::Code;
use crate::dicom::PersonName;
use crate::dicom::tags;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::objects::sr;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::Reference;
use crate::objects::sr::SrDocument;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &ShowArgs, words: &Words) -> Result<ExitCode, Problem> {
    let document = sr::read_file(&args.file)
        .map_err(|error| Problem::error(error.message()).at(&args.file))?;
    if args.json {
        say(&as_json(&document).to_string());
    } else {
        say(&as_text(&document, words));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(document: &SrDocument, words: &Words) -> String {
    let e = document.dataset.elements();
    let text = |tag| e.text(tag).unwrap_or_default();
    let name = PersonName::parse(&text(tags::PATIENT_NAME)).display_all();
    let mut lines = vec![
        words.get(
            &Message::new(msg("report-patient"))
                .text("name", name)
                .text("id", text(tags::PATIENT_ID)),
        ),
        words.get(
            &Message::new(msg("report-written"))
                .text(
                    "date",
                    words.date_time(&text(tags::CONTENT_DATE), &text(tags::CONTENT_TIME)),
                )
                .text("completion", text(tags::COMPLETION_FLAG))
                .text("verification", text(tags::VERIFICATION_FLAG)),
        ),
        String::new(),
    ];
    for line in sr::lines(&document.root) {
        let indent = "  ".repeat(line.depth);
        let value = line
            .value
            .map(|value| words.get(&value))
            .unwrap_or_default();
        // A text of several lines stays under its own beginning.
        let value = value.trim().replace('\n', &format!("\n{indent}  "));
        lines.push(match (line.name.is_empty(), value.is_empty()) {
            (true, _) => format!("{indent}{value}"),
            (false, true) => format!("{indent}{}", line.name),
            (false, false) => format!("{indent}{}: {value}", line.name),
        });
    }
    lines.join("\n")
}

fn as_json(document: &SrDocument) -> Value {
    let e = document.dataset.elements();
    let text = |tag| e.text(tag).unwrap_or_default();
    json!({
        "sop_class_uid": text(tags::SOP_CLASS_UID),
        "sop_instance_uid": text(tags::SOP_INSTANCE_UID),
        "study_instance_uid": text(tags::STUDY_INSTANCE_UID),
        "series_instance_uid": text(tags::SERIES_INSTANCE_UID),
        "patient_name": text(tags::PATIENT_NAME),
        "patient_id": text(tags::PATIENT_ID),
        "content_date": text(tags::CONTENT_DATE),
        "content_time": text(tags::CONTENT_TIME),
        "completion": text(tags::COMPLETION_FLAG),
        "verification": text(tags::VERIFICATION_FLAG),
        "template": sr::template_of(&document.root).map(sr::Template::name),
        "content": item(&document.root),
    })
}

fn item(content: &ContentItem) -> Value {
    let (value_type, value) = value(&content.value);
    let mut object = json!({
        "relationship": content.relationship.as_ref().map(sr::Relationship::term),
        "name": content.name.as_ref().map(code),
        "value_type": value_type,
        "value": value,
    });
    if let (Some(object), false) = (object.as_object_mut(), content.children.is_empty()) {
        object.insert(
            "content".to_owned(),
            content.children.iter().map(item).collect(),
        );
    }
    object
}

fn code(code: &Code) -> Value {
    json!({"value": code.value, "scheme": code.scheme, "meaning": code.meaning})
}

fn reference(instance: &Reference) -> Value {
    json!({
        "sop_class_uid": instance.sop_class_uid,
        "sop_instance_uid": instance.sop_instance_uid,
    })
}

fn value(value: &ContentValue) -> (&str, Value) {
    match value {
        ContentValue::Container {
            is_continuous,
            template,
        } => (
            "CONTAINER",
            json!({
                "continuity": if *is_continuous { "CONTINUOUS" } else { "SEPARATE" },
                "template": template.as_ref().map(|template| &template.identifier),
            }),
        ),
        ContentValue::Text(text) => ("TEXT", json!(text)),
        ContentValue::Code(value) => ("CODE", code(value)),
        ContentValue::Num(number, qualifier) => (
            "NUM",
            json!({
                "value": number.as_ref().map(|number| number.value),
                "unit": number.as_ref().map(|number| code(&number.unit)),
                "qualifier": qualifier.as_ref().map(code),
            }),
        ),
        ContentValue::PersonName(name) => ("PNAME", json!(name)),
        ContentValue::Date(text) => ("DATE", json!(text)),
        ContentValue::Time(text) => ("TIME", json!(text)),
        ContentValue::DateTime(text) => ("DATETIME", json!(text)),
        ContentValue::UidRef(uid) => ("UIDREF", json!(uid)),
        ContentValue::Image(image) => {
            let mut value = reference(&image.instance);
            if let Some(object) = value.as_object_mut() {
                object.insert("frames".to_owned(), json!(image.frames));
                object.insert("segments".to_owned(), json!(image.segments));
            }
            ("IMAGE", value)
        }
        ContentValue::Composite(instance) => ("COMPOSITE", reference(instance)),
        ContentValue::Waveform(instance) => ("WAVEFORM", reference(instance)),
        ContentValue::Scoord { graphic, points } => {
            let points: Vec<[f64; 2]> = points.iter().map(DVec2::to_array).collect();
            (
                "SCOORD",
                json!({"graphic_type": graphic, "points_px": points}),
            )
        }
        ContentValue::Scoord3d {
            graphic,
            points,
            frame_of_reference,
        } => {
            let points: Vec<[f64; 3]> = points.iter().map(DVec3::to_array).collect();
            (
                "SCOORD3D",
                json!({
                    "graphic_type": graphic,
                    "points_mm": points,
                    "frame_of_reference_uid": frame_of_reference,
                }),
            )
        }
        ContentValue::Tcoord(range) => ("TCOORD", json!(range)),
        ContentValue::ByReference(position) => ("", json!({"reference": position})),
        ContentValue::Unknown(value_type) => (value_type, Value::Null),
    }
}
