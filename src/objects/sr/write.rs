//! Content tree → data set.

use crate::annotation::Code;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::decimal_string;
use crate::dicom::tags;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::Reference;

/// The data set of an item and all below it. Items that came from another document are written as
/// they were read.
#[must_use]
pub fn content_dataset(item: &ContentItem) -> Dataset {
    let mut builder = match &item.original {
        Some(original) => {
            let mut builder = DatasetBuilder::from_dataset(original);
            if let Some(relationship) = &item.relationship {
                builder.text(tags::RELATIONSHIP_TYPE, relationship.term());
            }
            builder
        }
        None => own(item),
    };
    if !item.children.is_empty() {
        builder.items(
            tags::CONTENT_SEQUENCE,
            item.children.iter().map(content_dataset).collect(),
        );
    }
    builder.into_dataset()
}

fn own(item: &ContentItem) -> DatasetBuilder {
    let mut b = DatasetBuilder::new();
    if let Some(relationship) = &item.relationship {
        b.text(tags::RELATIONSHIP_TYPE, relationship.term());
    }
    if let Some(name) = &item.name {
        b.item(tags::CONCEPT_NAME_CODE_SEQUENCE, code_item(name));
    }
    let value_type = match &item.value {
        ContentValue::Container {
            is_continuous,
            template,
        } => {
            let continuity = if *is_continuous {
                "CONTINUOUS"
            } else {
                "SEPARATE"
            };
            b.text(tags::CONTINUITY_OF_CONTENT, continuity);
            if let Some(template) = template {
                let mut t = DatasetBuilder::new();
                t.text(tags::MAPPING_RESOURCE, &template.resource)
                    .text(tags::TEMPLATE_IDENTIFIER, &template.identifier);
                b.item(tags::CONTENT_TEMPLATE_SEQUENCE, t.into_dataset());
            }
            "CONTAINER"
        }
        ContentValue::Text(text) => {
            b.text(tags::TEXT_VALUE, text);
            "TEXT"
        }
        ContentValue::Code(code) => {
            b.item(tags::CONCEPT_CODE_SEQUENCE, code_item(code));
            "CODE"
        }
        ContentValue::Num(value, qualifier) => {
            let items = value.iter().map(|value| {
                let mut v = DatasetBuilder::new();
                v.float(tags::NUMERIC_VALUE, value.value);
                // The decimal string holds 16 characters; the exact value goes beside it.
                let written = decimal_string(value.value).and_then(|text| text.parse().ok());
                if written != Some(value.value) {
                    v.float(tags::FLOATING_POINT_VALUE, value.value);
                }
                v.item(
                    tags::MEASUREMENT_UNITS_CODE_SEQUENCE,
                    code_item(&value.unit),
                );
                v.into_dataset()
            });
            b.items(tags::MEASURED_VALUE_SEQUENCE, items.collect());
            if let Some(qualifier) = qualifier {
                b.item(
                    tags::NUMERIC_VALUE_QUALIFIER_CODE_SEQUENCE,
                    code_item(qualifier),
                );
            }
            "NUM"
        }
        ContentValue::PersonName(name) => {
            b.text(tags::PERSON_NAME, name);
            "PNAME"
        }
        ContentValue::Date(date) => {
            b.text(tags::DATE, date);
            "DATE"
        }
        ContentValue::Time(time) => {
            b.text(tags::TIME, time);
            "TIME"
        }
        ContentValue::DateTime(date_time) => {
            b.text(tags::DATE_TIME, date_time);
            "DATETIME"
        }
        ContentValue::UidRef(uid) => {
            b.text(tags::UID, uid);
            "UIDREF"
        }
        ContentValue::Image(image) => {
            let mut r = reference(&image.instance);
            let numbers = |numbers: &[u32]| numbers.iter().map(|&n| n.into()).collect::<Vec<i64>>();
            if !image.frames.is_empty() {
                r.integers(tags::REFERENCED_FRAME_NUMBER, &numbers(&image.frames));
            }
            if !image.segments.is_empty() {
                r.integers(tags::REFERENCED_SEGMENT_NUMBER, &numbers(&image.segments));
            }
            b.item(tags::REFERENCED_SOP_SEQUENCE, r.into_dataset());
            "IMAGE"
        }
        ContentValue::Composite(instance) => {
            b.item(
                tags::REFERENCED_SOP_SEQUENCE,
                reference(instance).into_dataset(),
            );
            "COMPOSITE"
        }
        ContentValue::Waveform(instance) => {
            b.item(
                tags::REFERENCED_SOP_SEQUENCE,
                reference(instance).into_dataset(),
            );
            "WAVEFORM"
        }
        ContentValue::Scoord { graphic, points } => {
            let data: Vec<f64> = points.iter().flat_map(DVec2::to_array).collect();
            b.text(tags::GRAPHIC_TYPE, graphic)
                .floats(tags::GRAPHIC_DATA, &data);
            "SCOORD"
        }
        ContentValue::Scoord3d {
            graphic,
            points,
            frame_of_reference,
        } => {
            let data: Vec<f64> = points.iter().flat_map(DVec3::to_array).collect();
            b.text(tags::GRAPHIC_TYPE, graphic)
                .floats(tags::GRAPHIC_DATA, &data)
                .text(tags::REFERENCED_FRAME_OF_REFERENCE_UID, frame_of_reference);
            "SCOORD3D"
        }
        ContentValue::Tcoord(range) => {
            b.text(tags::TEMPORAL_RANGE_TYPE, range);
            "TCOORD"
        }
        ContentValue::ByReference(position) => {
            let position: Vec<i64> = position.iter().map(|&n| n.into()).collect();
            b.integers(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER, &position);
            return b;
        }
        ContentValue::Unknown(value_type) => value_type,
    };
    b.text(tags::VALUE_TYPE, value_type);
    b
}

fn reference(instance: &Reference) -> DatasetBuilder {
    let mut r = DatasetBuilder::new();
    r.text(tags::REFERENCED_SOP_CLASS_UID, &instance.sop_class_uid)
        .text(
            tags::REFERENCED_SOP_INSTANCE_UID,
            &instance.sop_instance_uid,
        );
    r
}

/// A code sequence's item (PS3.3 8.8).
#[must_use]
pub(super) fn code_item(code: &Code) -> Dataset {
    let mut b = DatasetBuilder::new();
    let value_tag = if code.value.starts_with("urn:") || code.value.contains("://") {
        tags::URN_CODE_VALUE
    } else if code.value.chars().count() > 16 {
        tags::LONG_CODE_VALUE
    } else {
        tags::CODE_VALUE
    };
    b.text(value_tag, &code.value);
    if !code.scheme.is_empty() || value_tag != tags::URN_CODE_VALUE {
        b.text(tags::CODING_SCHEME_DESIGNATOR, &code.scheme);
    }
    b.text(tags::CODE_MEANING, &code.meaning);
    b.into_dataset()
}
