//! The document around a content tree: patient, study, series, equipment and the general module
//! (PS3.3 A.35.3 Comprehensive SR, A.35.13 Comprehensive 3D SR, C.17.1, C.17.2).

use std::collections::BTreeMap;

use jiff::Zoned;

use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::new_uid;
use crate::dicom::sop_class;
use crate::dicom::tags;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::Findings;
use crate::objects::sr::Reference;
use crate::objects::sr::Template;
use crate::objects::sr::content_dataset;

/// SOP class for trees that hold patient coordinates.
pub const COMPREHENSIVE_3D_SR: &str = sop_class::COMPREHENSIVE_3D_SR_STORAGE;
/// SOP class for trees without.
pub const COMPREHENSIVE_SR: &str = sop_class::COMPREHENSIVE_SR_STORAGE;

const MANUFACTURER: &str = "isocentre";
/// Far behind the numbers scanners give.
const SERIES_NUMBER: i64 = 9900;

/// A structured report in memory.
#[derive(Debug, Clone)]
pub struct SrDocument {
    /// All of it.
    pub dataset: Dataset,
    /// Its content.
    pub root: ContentItem,
}

impl SrDocument {
    /// SOP Instance UID.
    #[must_use]
    pub fn sop_instance_uid(&self) -> String {
        let e = self.dataset.elements();
        e.text(tags::SOP_INSTANCE_UID).unwrap_or_default()
    }

    /// Where it lies, for a document that will replace it.
    #[must_use]
    pub fn reference(&self) -> Option<DocumentReference> {
        let e = self.dataset.elements();
        Some(DocumentReference {
            study_instance_uid: e.text(tags::STUDY_INSTANCE_UID)?,
            series_instance_uid: e.text(tags::SERIES_INSTANCE_UID)?,
            instance: Reference {
                sop_class_uid: e.text(tags::SOP_CLASS_UID)?,
                sop_instance_uid: e.text(tags::SOP_INSTANCE_UID)?,
            },
            instance_number: e.integer(tags::INSTANCE_NUMBER).unwrap_or(1),
            is_ours: e.text(tags::MANUFACTURER).as_deref() == Some(MANUFACTURER),
        })
    }

    /// Whether it says that it replaces this document.
    #[must_use]
    pub fn replaces(elements: Elements<'_>, sop_instance_uid: &str) -> bool {
        let documents = elements.items(tags::PREDECESSOR_DOCUMENTS_SEQUENCE);
        documents.into_iter().any(|study| {
            let series = study.items(tags::REFERENCED_SERIES_SEQUENCE);
            series.into_iter().any(|series| {
                let instances = series.items(tags::REFERENCED_SOP_SEQUENCE);
                instances.into_iter().any(|instance| {
                    instance.text(tags::REFERENCED_SOP_INSTANCE_UID).as_deref()
                        == Some(sop_instance_uid)
                })
            })
        })
    }

    /// The images its evidence lists, with their series.
    #[must_use]
    pub fn evidence(&self) -> Vec<EvidenceImage> {
        let e = self.dataset.elements();
        let studies = e
            .items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE)
            .into_iter()
            .chain(e.items(tags::PERTINENT_OTHER_EVIDENCE_SEQUENCE));
        let mut images = Vec::new();
        for study in studies {
            let study_uid = study.text(tags::STUDY_INSTANCE_UID).unwrap_or_default();
            for series in study.items(tags::REFERENCED_SERIES_SEQUENCE) {
                let series_uid = series.text(tags::SERIES_INSTANCE_UID).unwrap_or_default();
                for instance in series.items(tags::REFERENCED_SOP_SEQUENCE) {
                    let (Some(class), Some(uid)) = (
                        instance.text(tags::REFERENCED_SOP_CLASS_UID),
                        instance.text(tags::REFERENCED_SOP_INSTANCE_UID),
                    ) else {
                        continue;
                    };
                    images.push(EvidenceImage {
                        study_instance_uid: study_uid.clone(),
                        series_instance_uid: series_uid.clone(),
                        instance: Reference {
                            sop_class_uid: class,
                            sop_instance_uid: uid,
                        },
                        modality: String::new(),
                        frame_of_reference: None,
                        frames: 1,
                    });
                }
            }
        }
        images
    }
}

/// An instance that a new document follows (Predecessor Documents Sequence).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReference {
    /// Its study.
    pub study_instance_uid: String,
    /// Its series.
    pub series_instance_uid: String,
    /// The instance.
    pub instance: Reference,
    /// Its Instance Number.
    pub instance_number: i64,
    /// Whether this program wrote it; then the new one goes to the same series.
    pub is_ours: bool,
}

/// An image a report may refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceImage {
    /// Its study.
    pub study_instance_uid: String,
    /// Its series.
    pub series_instance_uid: String,
    /// The image.
    pub instance: Reference,
    /// Modality; empty if not known.
    pub modality: String,
    /// Frame of Reference UID, if it has one.
    pub frame_of_reference: Option<String>,
    /// Number of Frames; 1 for a single-frame image.
    pub frames: u32,
}

impl EvidenceImage {
    /// From an image's header; `None` if it has no identity.
    #[must_use]
    pub fn of(header: Elements<'_>) -> Option<Self> {
        Some(Self {
            study_instance_uid: header.text(tags::STUDY_INSTANCE_UID)?,
            series_instance_uid: header.text(tags::SERIES_INSTANCE_UID)?,
            instance: Reference {
                sop_class_uid: header.text(tags::SOP_CLASS_UID)?,
                sop_instance_uid: header.text(tags::SOP_INSTANCE_UID)?,
            },
            modality: header.text(tags::MODALITY).unwrap_or_default(),
            frame_of_reference: header.text(tags::FRAME_OF_REFERENCE_UID),
            frames: header
                .integer(tags::NUMBER_OF_FRAMES)
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(1)
                .max(1),
        })
    }
}

/// What a report stands on: whose study it is, and the images it may refer to.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The header of an image of the study: patient and study are copied from it.
    pub source: Dataset,
    /// The images, in any order; only those referred to are listed.
    pub images: Vec<EvidenceImage>,
    /// The document this one replaces, if it was opened from one.
    pub predecessor: Option<DocumentReference>,
}

impl Evidence {
    /// The image with this SOP Instance UID.
    #[must_use]
    pub fn image(&self, sop_instance_uid: &str) -> Option<&EvidenceImage> {
        self.images
            .iter()
            .find(|image| image.instance.sop_instance_uid == sop_instance_uid)
    }
}

/// Whether a data set is a structured report of any kind.
#[must_use]
pub fn is_structured_report(elements: Elements<'_>) -> bool {
    elements
        .text(tags::SOP_CLASS_UID)
        .is_some_and(|class| class.starts_with(sop_class::STRUCTURED_REPORTS))
        || (elements.text(tags::VALUE_TYPE).as_deref() == Some("CONTAINER")
            && elements.has(tags::CONTENT_SEQUENCE))
}

/// A whole new document of a template, with a new SOP Instance UID.
#[must_use]
pub fn build(findings: &Findings, evidence: &Evidence, template: &dyn Template) -> SrDocument {
    let root = template.write(findings, evidence);
    let mut b = DatasetBuilder::from(content_dataset(&root));
    let source = evidence.source.elements();
    patient_and_study(&mut b, source);

    let now = Zoned::now();
    let date = now.strftime("%Y%m%d").to_string();
    let time = now.strftime("%H%M%S").to_string();
    let class = if has_patient_coordinates(&root) {
        COMPREHENSIVE_3D_SR
    } else {
        COMPREHENSIVE_SR
    };
    b.text(tags::SOP_CLASS_UID, class)
        .text(tags::SOP_INSTANCE_UID, &new_uid())
        .text(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .text(tags::INSTANCE_CREATION_DATE, &date)
        .text(tags::INSTANCE_CREATION_TIME, &time)
        .text(
            tags::TIMEZONE_OFFSET_FROM_UTC,
            &now.strftime("%z").to_string(),
        );

    let same_series = evidence.predecessor.as_ref().filter(|p| p.is_ours);
    let series_uid = same_series.map_or_else(new_uid, |p| p.series_instance_uid.clone());
    b.text(tags::MODALITY, "SR")
        .text(tags::SERIES_INSTANCE_UID, &series_uid)
        .integer(tags::SERIES_NUMBER, SERIES_NUMBER)
        .text(tags::SERIES_DESCRIPTION, &findings.title_or_default())
        .empty(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE);

    b.text(tags::MANUFACTURER, MANUFACTURER)
        .text(tags::MANUFACTURER_MODEL_NAME, MANUFACTURER)
        .text(tags::SOFTWARE_VERSIONS, env!("CARGO_PKG_VERSION"));

    b.integer(
        tags::INSTANCE_NUMBER,
        same_series.map_or(1, |p| p.instance_number.saturating_add(1)),
    )
    .text(
        tags::COMPLETION_FLAG,
        if findings.is_complete {
            "COMPLETE"
        } else {
            "PARTIAL"
        },
    )
    .text(tags::VERIFICATION_FLAG, "UNVERIFIED")
    .text(tags::PRELIMINARY_FLAG, "PRELIMINARY")
    .text(tags::CONTENT_DATE, &date)
    .text(tags::CONTENT_TIME, &time)
    .empty(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE);

    let references = evidence_sequence(&root, evidence);
    if !references.is_empty() {
        b.items(
            tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
            references,
        );
    }
    if let Some(p) = &evidence.predecessor {
        b.items(
            tags::PREDECESSOR_DOCUMENTS_SEQUENCE,
            references_by_study([(
                p.study_instance_uid.as_str(),
                p.series_instance_uid.as_str(),
                &p.instance,
            )]),
        );
    }
    SrDocument {
        dataset: b.into_dataset(),
        root,
    }
}

/// Patient, Patient Study and General Study modules (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2), values that
/// their representation forbids left out.
fn patient_and_study(b: &mut DatasetBuilder, source: Elements<'_>) {
    for tag in [
        tags::PATIENT_NAME,
        tags::PATIENT_ID,
        tags::ACCESSION_NUMBER,
        tags::STUDY_ID,
        tags::REFERRING_PHYSICIAN_NAME,
    ] {
        b.copy_or_empty(source, tag);
    }
    for tag in [tags::PATIENT_BIRTH_DATE, tags::STUDY_DATE] {
        checked(b, source, tag, is_date);
    }
    checked(b, source, tags::STUDY_TIME, is_time);
    checked(b, source, tags::PATIENT_SEX, |sex| {
        ["M", "F", "O"].contains(&sex)
    });
    b.copy_all(
        source,
        &[
            tags::STUDY_INSTANCE_UID,
            tags::ISSUER_OF_PATIENT_ID,
            tags::PATIENT_COMMENTS,
            tags::STUDY_DESCRIPTION,
        ],
    );
    if source.text(tags::PATIENT_IDENTITY_REMOVED).as_deref() == Some("YES") {
        b.copy_all(
            source,
            &[
                tags::PATIENT_IDENTITY_REMOVED,
                tags::DEIDENTIFICATION_METHOD,
                tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
            ],
        );
        // One of the two must be there, also where the images leave both out.
        if !b.elements().has(tags::DEIDENTIFICATION_METHOD)
            && b.elements()
                .items(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE)
                .is_empty()
        {
            b.text(tags::DEIDENTIFICATION_METHOD, "unknown");
        }
    }
    if source.has(tags::PATIENT_AGE) {
        checked(b, source, tags::PATIENT_AGE, is_age);
    }
    for tag in [tags::PATIENT_SIZE, tags::PATIENT_WEIGHT] {
        if let Some(value) = source.float(tag).filter(|&v| v > 0.0) {
            b.float(tag, value);
        }
    }
}

fn checked(b: &mut DatasetBuilder, source: Elements<'_>, tag: Tag, valid: impl Fn(&str) -> bool) {
    match source.text(tag) {
        Some(text) if valid(&text) => b.text(tag, &text),
        _ => b.empty(tag),
    };
}

fn is_date(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    matches!(whole.len(), 2 | 4 | 6)
        && (1..=6).contains(&fraction.len())
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
}

fn is_age(text: &str) -> bool {
    let (number, unit) = text.split_at_checked(3).unwrap_or(("", ""));
    ["D", "W", "M", "Y"].contains(&unit) && number.bytes().all(|b| b.is_ascii_digit())
}

fn has_patient_coordinates(item: &ContentItem) -> bool {
    matches!(item.value, ContentValue::Scoord3d { .. })
        || item.children.iter().any(has_patient_coordinates)
}

/// Every instance the tree refers to, by study and series.
fn evidence_sequence(root: &ContentItem, evidence: &Evidence) -> Vec<Dataset> {
    let mut referred = Vec::new();
    collect(root, &mut referred);
    references_by_study(referred.into_iter().filter_map(|reference| {
        let image = evidence.image(&reference.sop_instance_uid)?;
        Some((
            image.study_instance_uid.as_str(),
            image.series_instance_uid.as_str(),
            reference,
        ))
    }))
}

fn collect<'a>(item: &'a ContentItem, references: &mut Vec<&'a Reference>) {
    match &item.value {
        ContentValue::Image(image) => references.push(&image.instance),
        ContentValue::Composite(instance) | ContentValue::Waveform(instance) => {
            references.push(instance);
        }
        _ => {}
    }
    for child in &item.children {
        collect(child, references);
    }
}

fn references_by_study<'a>(
    references: impl IntoIterator<Item = (&'a str, &'a str, &'a Reference)>,
) -> Vec<Dataset> {
    type BySeries<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;
    let mut studies: BTreeMap<&str, BySeries<'_>> = BTreeMap::new();
    for (study, series, instance) in references {
        studies
            .entry(study)
            .or_default()
            .entry(series)
            .or_default()
            .insert(&instance.sop_instance_uid, &instance.sop_class_uid);
    }
    studies
        .into_iter()
        .map(|(study, series)| {
            let series = series.into_iter().map(|(uid, instances)| {
                let instances = instances.into_iter().map(|(uid, class)| {
                    let mut b = DatasetBuilder::new();
                    b.text(tags::REFERENCED_SOP_CLASS_UID, class)
                        .text(tags::REFERENCED_SOP_INSTANCE_UID, uid);
                    b.into_dataset()
                });
                let mut b = DatasetBuilder::new();
                b.items(tags::REFERENCED_SOP_SEQUENCE, instances.collect())
                    .text(tags::SERIES_INSTANCE_UID, uid);
                b.into_dataset()
            });
            let mut b = DatasetBuilder::new();
            b.text(tags::STUDY_INSTANCE_UID, study)
                .items(tags::REFERENCED_SERIES_SEQUENCE, series.collect());
            b.into_dataset()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_ages_of_the_wrong_shape_are_told_apart() {
        assert!(is_date("20260131") && !is_date("2026.01.31") && !is_date("2026013"));
        assert!(is_time("235959") && is_time("2359") && is_time("235959.123456"));
        assert!(!is_time("23:59:59") && !is_time("235959.") && !is_time("2"));
        assert!(is_age("045Y") && !is_age("45Y") && !is_age("045") && !is_age("045y"));
    }
}
