//! Instances into the tree: whose they are, and which study and series they join.

use std::sync::Arc;

use super::Library;
use crate::dicom::InstanceHeader;
use crate::dicom::modules::FrameFacts;
use crate::dicom::modules::InstanceFacts;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::SeriesModule;
use crate::dicom::modules::StudyModule;
use crate::dicom::tags;
use crate::model::InstanceIx;
use crate::model::PatientKey;
use crate::model::SeriesKey;
use crate::model::StudyKey;
use crate::model::identity;
use crate::model::identity::Relation;
use crate::model::records::Instance;
use crate::model::records::Patient;
use crate::model::records::Series;
use crate::model::records::Study;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;

/// Why a second copy of an instance is passed over.
#[must_use]
pub fn duplicate_of(other: &InstanceHeader) -> Message {
    let other = other.source.display_path().display().to_string();
    Message::new(msg("passed-over-duplicate")).text("other", other)
}

impl Library {
    /// Adds an instance unless the same one is there already: where two files carry one SOP
    /// Instance UID their contents are compared, so this may read files.
    ///
    /// Gives what is worth knowing about it: a patient ID, study UID or SOP Instance UID that is
    /// used twice for different things.
    ///
    /// # Errors
    /// The reason why it is passed over: the same instance is there already.
    pub fn insert(&mut self, header: InstanceHeader) -> Result<Vec<Problem>, Message> {
        let uid = header.dataset.elements().text(tags::SOP_INSTANCE_UID);
        let mut namesakes = self.namesakes(uid.as_deref().unwrap_or_default());
        if let Some(same) = namesakes.find(|i| i.header.has_same_content(&header)) {
            return Err(duplicate_of(&same.header));
        }
        drop(namesakes);
        Ok(self.insert_distinct(header))
    }

    /// Instances with this SOP Instance UID; none for an empty one.
    pub fn namesakes(&self, sop_instance_uid: &str) -> impl Iterator<Item = &Arc<Instance>> {
        let found = self.by_uid.get(sop_instance_uid).into_iter().flatten();
        found.filter_map(|ix| self.instances.get(ix))
    }

    /// Adds an instance that is known to be no copy of another, without looking at any file.
    ///
    /// Gives what is worth knowing about it, as [`Self::insert`].
    pub fn insert_distinct(&mut self, header: InstanceHeader) -> Vec<Problem> {
        let facts = InstanceFacts::read(&header);
        let path = header.source.display_path();
        let mut problems = Vec::new();
        if let Some(first) = self.namesakes(&facts.sop_instance_uid).next() {
            let other = first.header.source.display_path().display().to_string();
            let message = Message::new(msg("model-same-uid")).text("other", other);
            problems.push(Problem::warning(message).at(&path));
        }
        let elements = header.dataset.elements();
        let study_module = StudyModule::read(elements);
        let series_module = SeriesModule::read(elements);
        let identity = PatientModule::read(elements);
        let patient = self.patient_for(&identity, &study_module.study_instance_uid, &mut problems);
        let study = self.study_for(patient, study_module, &mut problems);
        let series = self.series_for(study, series_module);
        for problem in &mut problems {
            problem.path.get_or_insert_with(|| path.clone());
        }

        let ix = InstanceIx::new();
        if !facts.sop_instance_uid.is_empty() {
            let uid = Arc::clone(&facts.sop_instance_uid);
            self.by_uid.entry(uid).or_default().push(ix);
        }
        let instance = Instance {
            ix,
            series,
            header: Arc::new(header),
            facts,
            no_facts: FrameFacts::default(),
        };
        self.instances.insert(ix, Arc::new(instance));
        if let Some(series) = self.series.get_mut(&series) {
            series.instances.push(ix);
        }
        self.series_changed(series);
        problems
    }

    fn series_changed(&mut self, series: SeriesKey) {
        if let Some(sets) = self.sets.take() {
            self.seen.clear();
            self.changed.clear();
            for set in sets.all {
                self.seen.entry(set.series).or_default().push(set);
            }
        }
        self.changed.insert(series);
    }

    fn patient_for(
        &mut self,
        identity: &PatientModule,
        study_uid: &str,
        problems: &mut Vec<Problem>,
    ) -> PatientKey {
        let mut same = Vec::new();
        let mut contradicting = None;
        for (key, patient) in &self.patients {
            let only_study = patient.only_study.as_deref();
            match identity::relation(&patient.module, only_study, identity, study_uid) {
                Relation::Same => same.push(*key),
                Relation::Contradicting => contradicting = contradicting.or(Some(*key)),
                Relation::Other => {}
            }
        }
        // Where the file leaves out what tells several apart, its study may still be known.
        let has_study =
            |key: &&PatientKey| self.study_keys.contains_key(&(**key, study_uid.to_owned()));
        let found = match same.as_slice() {
            [only] => Some(*only),
            several => several.iter().find(has_study).copied(),
        };
        if let Some(key) = found {
            if let Some(patient) = self.patients.get_mut(&key) {
                identity::complete(&mut patient.module, identity);
            }
            return key;
        }
        if let Some(other) = contradicting.or(same.first().copied())
            && let Some(other) = self.patients.get(&other)
        {
            let message = Message::new(msg("model-same-patient-id"))
                .text("id", identity.patient_id.as_str())
                .text("first", described(&other.module))
                .text("second", described(identity));
            problems.push(Problem::warning(message));
        }
        let key = PatientKey::new();
        let patient = Patient {
            key,
            module: identity.clone(),
            studies: Vec::new(),
            only_study: identity::only_study(identity, study_uid),
        };
        let sort_key =
            |identity: &PatientModule| (identity.name.to_lowercase(), identity.patient_id.clone());
        let place = self.order.partition_point(|other| {
            self.patients
                .get(other)
                .is_some_and(|other| sort_key(&other.module) <= sort_key(identity))
        });
        self.order.insert(place, key);
        self.patients.insert(key, patient);
        key
    }

    fn study_for(
        &mut self,
        patient: PatientKey,
        module: StudyModule,
        problems: &mut Vec<Problem>,
    ) -> StudyKey {
        let uid = module.study_instance_uid.clone();
        if let Some(key) = self.study_keys.get(&(patient, uid.clone())) {
            return *key;
        }
        let elsewhere = self
            .studies
            .values()
            .find(|study| !uid.is_empty() && study.module.study_instance_uid == uid)
            .and_then(|study| self.patients.get(&study.patient));
        if let (Some(other), Some(own)) = (elsewhere, self.patients.get(&patient)) {
            let message = Message::new(msg("model-study-of-two-patients"))
                .text("first", described(&other.module))
                .text("second", described(&own.module));
            problems.push(Problem::warning(message));
        }
        let key = StudyKey::new();
        self.study_keys.insert((patient, uid), key);
        self.studies.insert(
            key,
            Study {
                key,
                patient,
                module,
                series: Vec::new(),
            },
        );
        let studies = &self.studies;
        if let Some(patient) = self.patients.get_mut(&patient) {
            patient.studies.push(key);
            // Newest first; without a date last.
            patient.studies.sort_by_cached_key(|key| {
                let module = studies.get(key).map(|study| &study.module);
                std::cmp::Reverse(module.map(|m| (m.date.clone(), m.time.clone())))
            });
        }
        key
    }

    fn series_for(&mut self, study: StudyKey, module: SeriesModule) -> SeriesKey {
        let uid = module.series_instance_uid.clone();
        if let Some(key) = self.series_keys.get(&(study, uid.clone())) {
            return *key;
        }
        let key = SeriesKey::new();
        self.series_keys.insert((study, uid), key);
        self.series.insert(
            key,
            Series {
                key,
                study,
                module,
                instances: Vec::new(),
            },
        );
        let series = &self.series;
        if let Some(study) = self.studies.get_mut(&study) {
            study.series.push(key);
            study.series.sort_by_cached_key(|key| {
                let module = series.get(key).map(|series| &series.module);
                module.map(|m| {
                    let number = m.number.unwrap_or(i64::MAX);
                    (
                        number,
                        m.date.clone(),
                        m.time.clone(),
                        m.series_instance_uid.clone(),
                    )
                })
            });
        }
        key
    }
}

/// A patient in a sentence: name and birth date as stored.
fn described(identity: &PatientModule) -> String {
    [identity.name.as_str(), identity.birth_date.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
