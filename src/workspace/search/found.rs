//! A study that was found, by whoever has it; and when two answers are one study.

use crate::dicom::{Tag, tags};
use crate::model::StudyMatch;

use super::sources::Source;

/// Requested Procedure Priority (0040,1003) and its retired forerunner, Study Priority ID.
pub(super) const PRIORITIES: [Tag; 2] = [tags::REQUESTED_PROCEDURE_PRIORITY, Tag(0x0032, 0x000c)];

/// A study that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundStudy {
    /// What the first source said, with what others had to add.
    pub study: StudyMatch,
    /// Who has it.
    pub sources: Vec<Source>,
    /// Instances there are by the largest count of a node; the archive may have but a part.
    pub node_count: Option<u32>,
    /// Another patient's study bears the same UID.
    pub is_ambiguous: bool,
}

impl FoundStudy {
    /// What one source said.
    #[must_use]
    pub fn new(study: StudyMatch, source: Source) -> Self {
        let count = study.instance_count;
        let mut found = Self {
            study,
            sources: Vec::new(),
            node_count: None,
            is_ambiguous: false,
        };
        found.count(count, &source);
        found.sources.push(source);
        found
    }

    /// What another source says of the same study.
    pub fn join(&mut self, other: StudyMatch, source: &Source) {
        self.add(other, source);
    }

    /// Requested as urgent.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        let elements = self.study.dataset.elements();
        PRIORITIES
            .into_iter()
            .filter_map(|tag| elements.text(tag))
            .any(|priority| ["STAT", "HIGH", "URGENT"].contains(&priority.as_str()))
    }

    pub(super) fn is_of_same_patient(&self, other: &StudyMatch) -> bool {
        let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        let (mine, its) = (&self.study, other);
        same(&mine.patient_id, &its.patient_id)
            && (!mine.patient_id.is_empty() && !its.patient_id.is_empty()
                || same(&folded(&mine.patient_name), &folded(&its.patient_name)))
    }

    /// What a source counts.
    pub(super) fn count(&mut self, found: Option<u32>, source: &Source) {
        if *source != Source::Archive {
            self.node_count = self.node_count.max(found);
        }
    }

    pub(super) fn add(&mut self, other: StudyMatch, source: &Source) {
        self.count(other.instance_count, source);
        if !self.sources.contains(source) {
            self.sources.push(source.clone());
        }
        let study = &mut self.study;
        for (mine, its) in [
            (&mut study.patient_name, other.patient_name),
            (&mut study.patient_id, other.patient_id),
            (&mut study.patient_sex, other.patient_sex),
            (&mut study.accession_number, other.accession_number),
            (&mut study.study_description, other.study_description),
            (&mut study.institution, other.institution),
            (&mut study.referring_physician, other.referring_physician),
        ] {
            if mine.is_empty() {
                *mine = its;
            }
        }
        study.patient_birth_date = study.patient_birth_date.or(other.patient_birth_date);
        study.study_date = study.study_date.or(other.study_date);
        study.study_time = study.study_time.or(other.study_time);
        study.series_count = study.series_count.max(other.series_count);
        study.instance_count = study.instance_count.max(other.instance_count);
        if study.modalities.is_empty() {
            study.modalities = other.modalities;
        }
    }
}

/// For comparing names that differ in letters' case and separators only.
pub(super) fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
