//! Data set → content tree, from any maker's document.

use std::path::Path;

use crate::annotation::Code;
use crate::dicom::ByteSource;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::codes;
use crate::dicom::read_header;
use crate::dicom::tags;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::ImageReference;
use crate::objects::sr::NumericValue;
use crate::objects::sr::Reference;
use crate::objects::sr::Relationship;
use crate::objects::sr::SrDocument;
use crate::objects::sr::TemplateId;
use crate::objects::sr::is_structured_report;
use crate::problem::Message;
use crate::problem::msg;

/// Items deeper than this are left out: no template comes near, a hostile file might.
const DEEPEST: usize = 64;

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SrError {
    /// The file cannot be read as DICOM.
    #[error("not readable: {0}")]
    Unreadable(String, Message),
    /// It is DICOM, but no structured report.
    #[error("not a structured report")]
    NotAReport,
}

impl SrError {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Unreadable(_, message) => message.clone(),
            Self::NotAReport => Message::new(msg("sr-not-a-report")),
        }
    }
}

/// Reads a structured report from a file.
///
/// # Errors
/// [`SrError`].
pub fn read_file(path: &Path) -> Result<SrDocument, SrError> {
    let source = ByteSource::File(path.into());
    let header = read_header(source)
        .map_err(|error| SrError::Unreadable(error.to_string(), error.message()))?;
    read_document(header.dataset)
}

/// Reads a structured report from a data set.
///
/// # Errors
/// [`SrError::NotAReport`].
pub fn read_document(dataset: Dataset) -> Result<SrDocument, SrError> {
    if !is_structured_report(dataset.elements()) {
        return Err(SrError::NotAReport);
    }
    let root = content_tree(dataset.elements());
    Ok(SrDocument { dataset, root })
}

/// The content tree of a document (or of one item).
#[must_use]
pub fn content_tree(elements: Elements<'_>) -> ContentItem {
    item(elements, 0)
}

fn item(elements: Elements<'_>, depth: usize) -> ContentItem {
    let children = if depth < DEEPEST {
        elements
            .items(tags::CONTENT_SEQUENCE)
            .into_iter()
            .map(|child| item(child, depth + 1))
            .collect()
    } else {
        Vec::new()
    };
    ContentItem {
        relationship: elements
            .text(tags::RELATIONSHIP_TYPE)
            .map(|term| Relationship::from_term(&term)),
        name: elements.item(tags::CONCEPT_NAME_CODE_SEQUENCE).map(code),
        value: value(elements),
        children,
        original: (depth > 0).then(|| without_children(elements)),
    }
}

fn without_children(elements: Elements<'_>) -> Dataset {
    let mut builder = DatasetBuilder::from(elements.to_dataset());
    builder.remove(tags::CONTENT_SEQUENCE);
    builder.into_dataset()
}

/// Basic code, long code or URN code (PS3.3 8.1).
pub(super) fn code(elements: Elements<'_>) -> Code {
    let value = [
        tags::CODE_VALUE,
        tags::LONG_CODE_VALUE,
        tags::URN_CODE_VALUE,
    ]
    .into_iter()
    .find_map(|tag| long_text(elements, tag))
    .unwrap_or_default();
    Code {
        value,
        scheme: elements
            .text(tags::CODING_SCHEME_DESIGNATOR)
            .unwrap_or_default(),
        meaning: elements.text(tags::CODE_MEANING).unwrap_or_default(),
    }
}

fn value(elements: Elements<'_>) -> ContentValue {
    let text = |tag: Tag| long_text(elements, tag).unwrap_or_default();
    let value_type = elements.text(tags::VALUE_TYPE).unwrap_or_default();
    match value_type.as_str() {
        "CONTAINER" => ContentValue::Container {
            is_continuous: elements.text(tags::CONTINUITY_OF_CONTENT).as_deref()
                == Some("CONTINUOUS"),
            template: elements
                .item(tags::CONTENT_TEMPLATE_SEQUENCE)
                .map(|template| TemplateId {
                    resource: template.text(tags::MAPPING_RESOURCE).unwrap_or_default(),
                    identifier: template.text(tags::TEMPLATE_IDENTIFIER).unwrap_or_default(),
                }),
        },
        "TEXT" => ContentValue::Text(text(tags::TEXT_VALUE)),
        "PNAME" => ContentValue::PersonName(text(tags::PERSON_NAME)),
        "DATE" => ContentValue::Date(text(tags::DATE)),
        "TIME" => ContentValue::Time(text(tags::TIME)),
        "DATETIME" => ContentValue::DateTime(text(tags::DATE_TIME)),
        "UIDREF" => ContentValue::UidRef(text(tags::UID)),
        "CODE" => elements.item(tags::CONCEPT_CODE_SEQUENCE).map_or_else(
            || ContentValue::Unknown(value_type.clone()),
            |item| ContentValue::Code(code(item)),
        ),
        "NUM" => number(elements),
        "IMAGE" => reference(elements).map_or_else(
            || ContentValue::Unknown(value_type.clone()),
            |(instance, item)| {
                ContentValue::Image(ImageReference {
                    instance,
                    frames: naturals(item.integers(tags::REFERENCED_FRAME_NUMBER)),
                    segments: naturals(item.integers(tags::REFERENCED_SEGMENT_NUMBER)),
                })
            },
        ),
        "COMPOSITE" | "WAVEFORM" => match reference(elements) {
            Some((instance, _)) if value_type == "COMPOSITE" => ContentValue::Composite(instance),
            Some((instance, _)) => ContentValue::Waveform(instance),
            None => ContentValue::Unknown(value_type),
        },
        "SCOORD" => ContentValue::Scoord {
            graphic: elements.text(tags::GRAPHIC_TYPE).unwrap_or_default(),
            points: elements
                .floats(tags::GRAPHIC_DATA)
                .chunks_exact(2)
                .map(DVec2::from_slice)
                .collect(),
        },
        "SCOORD3D" => ContentValue::Scoord3d {
            graphic: elements.text(tags::GRAPHIC_TYPE).unwrap_or_default(),
            points: elements
                .floats(tags::GRAPHIC_DATA)
                .chunks_exact(3)
                .map(DVec3::from_slice)
                .collect(),
            frame_of_reference: elements
                .text(tags::REFERENCED_FRAME_OF_REFERENCE_UID)
                .unwrap_or_default(),
        },
        "TCOORD" => {
            ContentValue::Tcoord(elements.text(tags::TEMPORAL_RANGE_TYPE).unwrap_or_default())
        }
        "" if elements.has(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER) => ContentValue::ByReference(
            naturals(elements.integers(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER)),
        ),
        _ => ContentValue::Unknown(value_type),
    }
}

fn number(elements: Elements<'_>) -> ContentValue {
    let qualifier = elements
        .item(tags::NUMERIC_VALUE_QUALIFIER_CODE_SEQUENCE)
        .map(code);
    let measured = elements
        .item(tags::MEASURED_VALUE_SEQUENCE)
        .and_then(|item| {
            let exact = item.float(tags::FLOATING_POINT_VALUE);
            Some(NumericValue {
                value: exact.or_else(|| item.float(tags::NUMERIC_VALUE))?,
                unit: item
                    .item(tags::MEASUREMENT_UNITS_CODE_SEQUENCE)
                    .map_or_else(|| codes::NO_UNITS.into(), code),
            })
        });
    ContentValue::Num(measured, qualifier)
}

fn reference(elements: Elements<'_>) -> Option<(Reference, Elements<'_>)> {
    let item = elements.item(tags::REFERENCED_SOP_SEQUENCE)?;
    Some((
        Reference {
            sop_class_uid: item.text(tags::REFERENCED_SOP_CLASS_UID)?,
            sop_instance_uid: item.text(tags::REFERENCED_SOP_INSTANCE_UID)?,
        },
        item,
    ))
}

fn naturals(values: Vec<i64>) -> Vec<u32> {
    values
        .into_iter()
        .filter_map(|value| u32::try_from(value).ok())
        .collect()
}

/// A text in which a backslash is a letter like any other.
fn long_text(elements: Elements<'_>, tag: Tag) -> Option<String> {
    let text = elements.texts(tag).join("\\");
    (!text.is_empty()).then_some(text)
}
