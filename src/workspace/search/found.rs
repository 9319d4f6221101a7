//! A study that was found, by whoever has it; and when two answers are one study.

use std::collections::BTreeMap;

use crate::model::{PlannedStep, StudyMatch, is_urgent};

use super::sources::Source;

/// A study that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundStudy {
    /// What the first source said, with what others had to add.
    pub study: StudyMatch,
    /// Who has it.
    pub sources: Vec<Source>,
    /// Instances each of them counts, where it says so: it may have but a part.
    pub counts: BTreeMap<Source, u32>,
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
            counts: BTreeMap::new(),
            is_ambiguous: false,
        };
        found.count(count, &source);
        found.sources.push(source);
        found
    }

    /// Requested as urgent.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        is_urgent(&self.study.priority)
    }

    /// Nobody says how urgent it is.
    pub(super) const fn has_no_priority(&self) -> bool {
        self.study.priority.is_empty()
    }

    pub(super) fn is_of_same_patient(&self, id: &str, name: &str) -> bool {
        let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        let mine = &self.study;
        same(&mine.patient_id, id)
            && (!mine.patient_id.is_empty() && !id.is_empty()
                || same(&folded(&mine.patient_name), &folded(name)))
    }

    /// What was planned as urgent is urgent: the study by its UID or accession number, of the same
    /// patient.
    pub(super) fn join(&mut self, urgent: &[PlannedStep]) {
        let mine = &self.study;
        let is_same = |a: &str, b: &str| !a.is_empty() && a == b;
        let planned = urgent.iter().find(|step| {
            (is_same(&step.study_uid, &mine.study_uid)
                || is_same(&step.accession_number, &mine.accession_number))
                && self.is_of_same_patient(&step.patient_id, &step.patient_name)
        });
        if let (Some(step), false) = (planned, self.is_urgent()) {
            self.study.priority.clone_from(&step.priority);
        }
    }

    /// Instances there are by the largest count of a node.
    #[must_use]
    pub fn node_count(&self) -> Option<u32> {
        let nodes = self.counts.iter();
        let nodes = nodes.filter(|(source, _)| **source != Source::Archive);
        nodes.map(|(_, count)| *count).max()
    }

    /// Of a study that is here in part: how many images are, and how many there are by the largest
    /// count of a node, of now or when it was fetched.
    #[must_use]
    pub fn part(&self) -> Option<(u32, u32)> {
        let here = *self.counts.get(&Source::Archive)?;
        let of = self.node_count().max(self.study.listed_count)?;
        (here < of).then_some((here, of))
    }

    /// This source has it, too, and counts so many images.
    pub fn know(&mut self, source: &Source, count: Option<u32>) {
        self.count(count, source);
        if !self.sources.contains(source) {
            self.sources.push(source.clone());
        }
    }

    /// What a source counts. It may give a study in more than one answer.
    pub(super) fn count(&mut self, found: Option<u32>, source: &Source) {
        if let Some(found) = found {
            let count = self.counts.entry(source.clone()).or_default();
            *count = found.max(*count);
        }
    }

    /// What another source says of the same study.
    pub fn add(&mut self, other: StudyMatch, source: &Source) {
        self.know(source, other.instance_count);
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
        if study.priority.is_empty() || is_urgent(&other.priority) && !is_urgent(&study.priority) {
            study.priority = other.priority;
        }
        study.patient_birth_date = study.patient_birth_date.or(other.patient_birth_date);
        study.study_date = study.study_date.or(other.study_date);
        study.study_time = study.study_time.or(other.study_time);
        study.series_count = study.series_count.max(other.series_count);
        study.instance_count = study.instance_count.max(other.instance_count);
        study.listed_count = study.listed_count.max(other.listed_count);
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
