//! Everything that is open.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::OnceLock;

use super::DisplaySet;
use super::DisplaySetId;
use super::DisplaySetKind;
use super::FrameKey;
use super::InstanceIx;
use super::PatientKey;
use super::SeriesKey;
use super::StudyKey;
use super::VolumeGrid;
use super::VolumePlan;
use super::WhyNoVolume;
use super::display_set::display_sets;
use super::identity;
use super::identity::Relation;
use super::records::Instance;
use super::records::Patient;
use super::records::Series;
use super::records::Study;
use super::split::split;
use crate::dicom::InstanceHeader;
use crate::dicom::modules::FrameFacts;
use crate::dicom::modules::InstanceFacts;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::SeriesModule;
use crate::dicom::modules::StudyModule;
use crate::dicom::tags;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;

/// Patients, studies, series and their display sets.
///
/// Files may arrive while others are looked at: display sets are formed anew for the series that
/// changed, when someone next asks for them, and keep their ids while they grow. Nothing is hidden:
/// every instance is in exactly one display set.
#[derive(Debug, Default)]
pub struct Library {
    instances: BTreeMap<InstanceIx, Arc<Instance>>,
    by_uid: HashMap<Arc<str>, Vec<InstanceIx>>,
    patients: BTreeMap<PatientKey, Patient>,
    studies: BTreeMap<StudyKey, Study>,
    series: BTreeMap<SeriesKey, Series>,
    /// Where a patient's study, and a study's series, is found by its UID.
    study_keys: HashMap<(PatientKey, String), StudyKey>,
    series_keys: HashMap<(StudyKey, String), SeriesKey>,
    /// Patients in the order of their names.
    order: Vec<PatientKey>,
    /// The display sets as someone saw them last.
    seen: BTreeMap<SeriesKey, Vec<DisplaySet>>,
    /// Series that changed since.
    changed: BTreeSet<SeriesKey>,
    sets: OnceLock<Sets>,
}

/// The display sets of now, in browser order.
#[derive(Debug, Default)]
struct Sets {
    all: Vec<DisplaySet>,
    index: HashMap<DisplaySetId, usize>,
    of_series: HashMap<SeriesKey, Range<usize>>,
}

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
            match identity::relation(patient, identity, study_uid) {
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

    fn sets(&self) -> &Sets {
        self.sets.get_or_init(|| {
            let mut all = Vec::new();
            let mut of_series = HashMap::new();
            for (patient, series) in self.series_in_order() {
                let start = all.len();
                match self.seen.get(&series.key) {
                    Some(seen) if !self.changed.contains(&series.key) => {
                        all.extend_from_slice(seen);
                    }
                    seen => {
                        let instances = series.instances.iter();
                        let parts = split(instances.filter_map(|ix| self.instances.get(ix)));
                        let seen = seen.map_or(&[][..], Vec::as_slice);
                        all.extend(display_sets(series, patient, parts, seen));
                    }
                }
                of_series.insert(series.key, start..all.len());
            }
            let index = all
                .iter()
                .enumerate()
                .map(|(place, set)| (set.id, place))
                .collect();
            Sets {
                all,
                index,
                of_series,
            }
        })
    }

    fn series_in_order(&self) -> impl Iterator<Item = (PatientKey, &Series)> {
        self.studies().flat_map(|study| {
            let series = study.series.iter().filter_map(|key| self.series.get(key));
            series.map(|series| (study.patient, series))
        })
    }

    /// Forms the display sets of what arrived, if that was not done yet; asking for them does, too.
    pub fn settle(&mut self) {
        self.sets();
    }

    /// The patients, by name.
    pub fn patients(&self) -> impl Iterator<Item = &Patient> {
        self.order.iter().filter_map(|key| self.patients.get(key))
    }

    /// The studies: patient by patient, newest first.
    pub fn studies(&self) -> impl Iterator<Item = &Study> {
        self.patients().flat_map(|patient| {
            patient
                .studies
                .iter()
                .filter_map(|key| self.studies.get(key))
        })
    }

    /// The keys of [`Self::studies`].
    #[must_use]
    pub fn study_keys(&self) -> Vec<StudyKey> {
        self.studies().map(|study| study.key).collect()
    }

    /// A patient.
    #[must_use]
    pub fn patient(&self, key: PatientKey) -> Option<&Patient> {
        self.patients.get(&key)
    }

    /// A study.
    #[must_use]
    pub fn study(&self, key: StudyKey) -> Option<&Study> {
        self.studies.get(&key)
    }

    /// Whose study it is.
    #[must_use]
    pub fn patient_of(&self, study: StudyKey) -> Option<&Patient> {
        self.patients.get(&self.studies.get(&study)?.patient)
    }

    /// A series.
    #[must_use]
    pub fn series(&self, key: SeriesKey) -> Option<&Series> {
        self.series.get(&key)
    }

    /// Series Number of a display set's series.
    #[must_use]
    pub fn series_number(&self, set: &DisplaySet) -> Option<i64> {
        self.series.get(&set.series)?.module.number
    }

    /// An instance.
    #[must_use]
    pub fn instance(&self, ix: InstanceIx) -> Option<&Arc<Instance>> {
        self.instances.get(&ix)
    }

    /// All instances, as they were found.
    pub fn instances(&self) -> impl Iterator<Item = &Arc<Instance>> {
        self.instances.values()
    }

    /// The header of an instance.
    #[must_use]
    pub fn header(&self, ix: InstanceIx) -> Option<&Arc<InstanceHeader>> {
        Some(&self.instances.get(&ix)?.header)
    }

    /// The display sets in browser order: patient by patient, studies newest first, series by number.
    pub fn display_sets(&self) -> impl Iterator<Item = &DisplaySet> {
        self.sets().all.iter()
    }

    /// The display sets of one series.
    #[must_use]
    pub fn display_sets_of(&self, series: SeriesKey) -> &[DisplaySet] {
        let sets = self.sets();
        let range = sets.of_series.get(&series).cloned().unwrap_or_default();
        sets.all.get(range).unwrap_or_default()
    }

    /// A display set; `None` once it was taken up by another as files arrived.
    #[must_use]
    pub fn display_set(&self, id: DisplaySetId) -> Option<&DisplaySet> {
        let sets = self.sets();
        sets.all.get(*sets.index.get(&id)?)
    }

    /// The structured reports.
    #[must_use]
    pub fn report_sets(&self) -> Vec<DisplaySetId> {
        self.display_sets()
            .filter(|set| set.kind == DisplaySetKind::Report)
            .map(|set| set.id)
            .collect()
    }

    /// Where a frame (from 0) of an instance is shown: the display set and the place in it.
    #[must_use]
    pub fn find_frame(&self, sop_instance_uid: &str, frame: u32) -> Option<(DisplaySetId, u32)> {
        let instances = self.by_uid.get(sop_instance_uid)?;
        instances.iter().find_map(|ix| {
            self.place(FrameKey {
                instance: *ix,
                frame,
            })
        })
    }

    /// Where a frame is shown: the display set and the place in it.
    #[must_use]
    pub fn place(&self, key: FrameKey) -> Option<(DisplaySetId, u32)> {
        let series = self.instances.get(&key.instance)?.series;
        self.display_sets_of(series).iter().find_map(|set| {
            let place = set.frames.iter().position(|other| *other == key)?;
            Some((set.id, u32::try_from(place).ok()?))
        })
    }

    /// Bytes that the decoded samples of a display set take.
    #[must_use]
    pub fn decoded_bytes(&self, set: &DisplaySet) -> u64 {
        if !set.is_image() {
            return 0;
        }
        let frame_bytes = |ix| {
            self.instances
                .get(&ix)
                .map_or(0, |instance| instance.facts.pixel.decoded_frame_bytes())
        };
        set.frames.iter().map(|key| frame_bytes(key.instance)).sum()
    }

    /// What the frames of a display set would form, slice by slice.
    ///
    /// # Errors
    /// Why they form no volume.
    pub fn volume_plan(&self, id: DisplaySetId) -> Result<&VolumePlan, Message> {
        self.plan(id).map_err(WhyNoVolume::message)
    }

    /// The grid of [`Self::volume_plan`], cheap to ask for.
    ///
    /// # Errors
    /// Why there is none.
    pub fn volume_grid(&self, id: DisplaySetId) -> Result<VolumeGrid, Message> {
        self.plan(id)
            .map(|plan| plan.grid)
            .map_err(WhyNoVolume::message)
    }

    fn plan(&self, id: DisplaySetId) -> Result<&VolumePlan, WhyNoVolume> {
        let set = self.display_set(id).ok_or(WhyNoVolume::NotAnImage)?;
        set.volume.as_deref().map_err(|why| *why)
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
