//! Findings → TID 1500.

use std::collections::BTreeMap;

use crate::annotation::Annotation;
use crate::annotation::Code;
use crate::annotation::Geometry;
use crate::annotation::Measurement;
use crate::dicom::IMPLEMENTATION_CLASS_UID;
use crate::dicom::codes;
use crate::dicom::codes::CodeRef;
use crate::dicom::is_valid_uid;
use crate::dicom::tags;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::Evidence;
use crate::objects::sr::EvidenceImage;
use crate::objects::sr::Finding;
use crate::objects::sr::Findings;
use crate::objects::sr::ImageReference;
use crate::objects::sr::NumericValue;
use crate::objects::sr::Relationship;
use crate::objects::sr::TemplateId;
use crate::objects::sr::findings::NO_TEXT;
use crate::objects::sr::findings::as_written;
use crate::objects::sr::findings::clean;
use crate::objects::sr::findings::language_code;
use crate::objects::sr::read::code as read_code;

/// CID 7021 Measurement Report Document Titles.
const TITLES: [CodeRef; 4] = [
    codes::IMAGING_MEASUREMENT_REPORT,
    codes::ONCOLOGY_MEASUREMENT_REPORT,
    codes::DYNAMIC_CONTRAST_MR_MEASUREMENT_REPORT,
    codes::PET_MEASUREMENT_REPORT,
];

pub(super) fn tree(findings: &Findings, evidence: &Evidence) -> ContentItem {
    let mut children = vec![ContentItem::new(
        Relationship::HasConceptMod,
        codes::LANGUAGE,
        ContentValue::Code(language_code(findings.language).into()),
    )];
    children.extend(observer(&findings.observer));
    children.extend(procedures(evidence));
    children.extend(image_library(findings, evidence));
    let groups: Vec<ContentItem> = findings
        .findings
        .iter()
        .enumerate()
        .map(|(index, finding)| group(index, finding, evidence))
        .chain(findings.other.iter().cloned())
        .collect();
    if !groups.is_empty() {
        children.push(ContentItem::container(codes::IMAGING_MEASUREMENTS, groups));
    }
    let text = |name, text: &str| {
        let text = clean(text);
        (!text.is_empty())
            .then(|| ContentItem::new(Relationship::Contains, name, ContentValue::Text(text)))
    };
    let texts: Vec<ContentItem> = text(codes::FINDING, &findings.text)
        .into_iter()
        .chain(text(codes::IMPRESSION, &findings.impression))
        .collect();
    if !texts.is_empty() {
        children.push(ContentItem::container(
            codes::QUALITATIVE_EVALUATIONS,
            texts,
        ));
    }
    let title = TITLES
        .into_iter()
        .find(|title| title.meaning.eq_ignore_ascii_case(findings.title.trim()))
        .unwrap_or(codes::IMAGING_MEASUREMENT_REPORT);
    ContentItem {
        relationship: None,
        value: ContentValue::Container {
            is_continuous: false,
            template: Some(TemplateId {
                resource: "DCMR".to_owned(),
                identifier: "1500".to_owned(),
            }),
        },
        ..ContentItem::container(title, children)
    }
}

/// TID 1002: the person where one is named, else the program.
fn observer(name: &str) -> Vec<ContentItem> {
    let name = clean(name);
    let kind = |kind: CodeRef| {
        ContentItem::new(
            Relationship::HasObsContext,
            codes::OBSERVER_TYPE,
            ContentValue::Code(kind.into()),
        )
    };
    if name.is_empty() {
        vec![
            kind(codes::DEVICE),
            ContentItem::new(
                Relationship::HasObsContext,
                codes::DEVICE_OBSERVER_UID,
                ContentValue::UidRef(IMPLEMENTATION_CLASS_UID.to_owned()),
            ),
            ContentItem::new(
                Relationship::HasObsContext,
                codes::DEVICE_OBSERVER_NAME,
                ContentValue::Text("isocentre".to_owned()),
            ),
        ]
    } else {
        vec![
            kind(codes::PERSON),
            ContentItem::new(
                Relationship::HasObsContext,
                codes::PERSON_OBSERVER_NAME,
                ContentValue::PersonName(name),
            ),
        ]
    }
}

/// The procedures the images state, or the most general one of CID 100.
fn procedures(evidence: &Evidence) -> Vec<ContentItem> {
    let item = |code: Code| {
        ContentItem::new(
            Relationship::HasConceptMod,
            codes::PROCEDURE_REPORTED,
            ContentValue::Code(code),
        )
    };
    let stated: Vec<ContentItem> = evidence
        .source
        .elements()
        .items(tags::PROCEDURE_CODE_SEQUENCE)
        .into_iter()
        .map(read_code)
        .filter(|code| ![&code.value, &code.scheme, &code.meaning].contains(&&String::new()))
        .map(item)
        .collect();
    if stated.is_empty() {
        vec![item(codes::IMAGING_PROCEDURE.into())]
    } else {
        stated
    }
}

/// TID 1600: the images referred to, in groups of one modality and frame of reference.
fn image_library(findings: &Findings, evidence: &Evidence) -> Option<ContentItem> {
    type GroupKey<'a> = (&'a str, Option<&'a str>);
    let mut groups: BTreeMap<GroupKey<'_>, BTreeMap<&str, &EvidenceImage>> = BTreeMap::new();
    for finding in &findings.findings {
        if let Some(image) = evidence.image(&finding.annotation.anchor.sop_instance_uid) {
            groups
                .entry((&image.modality, image.frame_of_reference.as_deref()))
                .or_default()
                .insert(&image.instance.sop_instance_uid, image);
        }
    }
    let groups: Vec<ContentItem> = groups
        .into_iter()
        .filter_map(|((modality, frame_of_reference), images)| {
            // The modality is mandatory in TID 1602; a group without one is left out.
            let modality = modality_code(modality)?;
            let mut children = vec![ContentItem::new(
                Relationship::HasAcqContext,
                codes::MODALITY,
                ContentValue::Code(modality),
            )];
            children.extend(
                frame_of_reference
                    .filter(|uid| is_valid_uid(uid))
                    .map(|uid| {
                        ContentItem::new(
                            Relationship::HasAcqContext,
                            codes::FRAME_OF_REFERENCE_UID,
                            ContentValue::UidRef(uid.to_owned()),
                        )
                    }),
            );
            children.extend(images.into_values().map(|image| ContentItem {
                name: None,
                ..ContentItem::new(
                    Relationship::Contains,
                    codes::SOURCE,
                    ContentValue::Image(ImageReference {
                        instance: image.instance.clone(),
                        frames: Vec::new(),
                        segments: Vec::new(),
                    }),
                )
            }));
            Some(ContentItem::container(codes::IMAGE_LIBRARY_GROUP, children))
        })
        .collect();
    (!groups.is_empty()).then(|| ContentItem::container(codes::IMAGE_LIBRARY, groups))
}

/// CID 29 Acquisition Modality.
fn modality_code(modality: &str) -> Option<Code> {
    let meaning = match modality {
        "CR" => "Computed Radiography",
        "CT" => "Computed Tomography",
        "DX" => "Digital Radiography",
        "ES" => "Endoscopy",
        "GM" => "General Microscopy",
        "IO" => "Intra-oral Radiography",
        "IVUS" => "Intravascular Ultrasound",
        "MG" => "Mammography",
        "MR" => "Magnetic Resonance",
        "NM" => "Nuclear Medicine",
        "OCT" => "Optical Coherence Tomography",
        "OP" => "Ophthalmic Photography",
        "OPT" => "Ophthalmic Tomography",
        "PT" => "Positron emission tomography",
        "PX" => "Panoramic X-Ray",
        "RF" => "Radiofluoroscopy",
        "RG" => "Radiographic imaging",
        "RTIMAGE" => "RT Image",
        "SM" => "Slide Microscopy",
        "US" => "Ultrasound",
        "XA" => "X-Ray Angiography",
        "XC" => "External-camera Photography",
        _ => return None,
    };
    Some(Code::new(modality, "DCM", meaning))
}

fn group(index: usize, finding: &Finding, evidence: &Evidence) -> ContentItem {
    let annotation = &finding.annotation;
    let label = match clean(&annotation.label) {
        label if label.is_empty() => (index + 1).to_string(),
        label => label,
    };
    let mut children = vec![
        ContentItem::new(
            Relationship::HasObsContext,
            codes::TRACKING_IDENTIFIER,
            ContentValue::Text(label),
        ),
        ContentItem::new(
            Relationship::HasObsContext,
            codes::TRACKING_UNIQUE_IDENTIFIER,
            ContentValue::UidRef(annotation.tracking_uid.to_string()),
        ),
    ];
    if let Some(code) = &annotation.finding {
        children.push(ContentItem::new(
            Relationship::Contains,
            codes::FINDING,
            ContentValue::Code(code.clone()),
        ));
    }
    let is_line = matches!(
        annotation.geometry,
        Geometry::Polyline | Geometry::MultiPoint
    );
    let coordinates = |relationship| coordinates(annotation, relationship, evidence);
    let text = clean(&annotation.text);
    let mut comment = (!text.is_empty()).then_some(text);
    if is_line && finding.measurements.is_empty() {
        // An open line is no region: its coordinates hang on its text.
        let text = comment.take().unwrap_or_else(|| NO_TEXT.to_owned());
        children.push(
            ContentItem::new(
                Relationship::Contains,
                codes::COMMENT,
                ContentValue::Text(text),
            )
            .with(vec![coordinates(Relationship::InferredFrom)]),
        );
    } else if is_line {
        children.extend(finding.measurements.iter().map(|measurement| {
            number(measurement).with({
                let mut below = derivation(measurement);
                below.push(coordinates(Relationship::InferredFrom));
                below
            })
        }));
    } else {
        children.push(coordinates(Relationship::Contains));
        children.extend(
            finding
                .measurements
                .iter()
                .map(|measurement| number(measurement).with(derivation(measurement))),
        );
    }
    // SCOORD3D cannot select from an image (PS3.3 table A.35.13-2).
    if annotation.points.is_patient() {
        children.push(source_image(Relationship::Contains, annotation, evidence));
    }
    children.extend(comment.map(|text| {
        ContentItem::new(
            Relationship::Contains,
            codes::COMMENT,
            ContentValue::Text(text),
        )
    }));
    children.extend(finding.kept.iter().cloned());
    ContentItem::container(codes::MEASUREMENT_GROUP, children)
}

fn number(measurement: &Measurement) -> ContentItem {
    ContentItem::named(
        Relationship::Contains,
        measurement.quantity.clone(),
        ContentValue::Num(
            Some(NumericValue {
                value: measurement.value,
                unit: measurement.unit.clone(),
            }),
            None,
        ),
    )
}

fn derivation(measurement: &Measurement) -> Vec<ContentItem> {
    let method = measurement.method.iter();
    let method = method.map(|code| (codes::MEASUREMENT_METHOD, code));
    let derivation = measurement.derivation.iter();
    let derivation = derivation.map(|code| (codes::DERIVATION, code));
    method
        .chain(derivation)
        .map(|(name, code)| {
            let value = ContentValue::Code(code.clone());
            ContentItem::new(Relationship::HasConceptMod, name, value)
        })
        .collect()
}

/// SCOORD3D in patient space; SCOORD on an image, which is below.
fn coordinates(
    annotation: &Annotation,
    relationship: Relationship,
    evidence: &Evidence,
) -> ContentItem {
    let (geometry, mut points) = as_written(annotation);
    let closes = geometry == Geometry::Polygon;
    if closes && let Some(&first) = points.first() {
        points.push(first);
    }
    let is_patient = annotation.points.is_patient();
    let graphic = match geometry {
        Geometry::Point => "POINT",
        Geometry::MultiPoint => "MULTIPOINT",
        Geometry::Polygon if is_patient => "POLYGON",
        // SCOORD has no polygon: a polyline that closes (PS3.3 C.18.6.1.2).
        Geometry::Polyline | Geometry::Polygon => "POLYLINE",
        Geometry::Circle => "CIRCLE",
        Geometry::Ellipse => "ELLIPSE",
    }
    .to_owned();
    let value = if is_patient {
        ContentValue::Scoord3d {
            graphic,
            points: points
                .iter()
                .map(|p| p.as_vec3().as_dvec3())
                .collect::<Vec<DVec3>>(),
            frame_of_reference: annotation
                .anchor
                .frame_of_reference
                .as_deref()
                .unwrap_or_default()
                .to_owned(),
        }
    } else {
        let as_stored = |p: &DVec3| p.truncate().as_vec2().as_dvec2();
        ContentValue::Scoord {
            graphic,
            points: points.iter().map(as_stored).collect::<Vec<DVec2>>(),
        }
    };
    let concept = match relationship {
        Relationship::InferredFrom => codes::PATH,
        _ => codes::IMAGE_REGION,
    };
    let below = if is_patient {
        Vec::new()
    } else {
        vec![source_image(
            Relationship::SelectedFrom,
            annotation,
            evidence,
        )]
    };
    ContentItem::new(relationship, concept, value).with(below)
}

fn source_image(
    relationship: Relationship,
    annotation: &Annotation,
    evidence: &Evidence,
) -> ContentItem {
    let anchor = &annotation.anchor;
    let is_multi_frame = evidence
        .image(&anchor.sop_instance_uid)
        .map_or(anchor.frame > 0, |image| image.frames > 1);
    ContentItem::new(
        relationship,
        codes::SOURCE,
        ContentValue::Image(ImageReference {
            instance: crate::objects::sr::Reference {
                sop_class_uid: anchor.sop_class_uid.to_string(),
                sop_instance_uid: anchor.sop_instance_uid.to_string(),
            },
            frames: if is_multi_frame {
                vec![anchor.frame.saturating_add(1)]
            } else {
                Vec::new()
            },
            segments: Vec::new(),
        }),
    )
}
