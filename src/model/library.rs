//! Everything that is open.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use crate::dicom::InstanceHeader;
use crate::dicom::modules::{ImageKind, InstanceFacts, PatientModule, SeriesModule, StudyModule};
use crate::model::display_set::{DisplaySet, DisplaySetKind, kind_of};
use crate::model::identity::{self, Identity};
use crate::model::keys::{DisplaySetId, FrameKey, InstanceIx, PatientKey, SeriesKey, StudyKey};
use crate::model::order::{self, Entry};
use crate::model::split;
use crate::model::tree::{Instance, Patient, Series, Study};
use crate::problem::{Message, Problem, msg};

/// Patients, studies, series, instances and the display sets made of them.
///
/// [`Self::insert`] takes instances one by one; [`Self::settle`] then forms display sets of the
/// series that changed. Between the two, display sets are those of the last settling.
#[derive(Debug, Default)]
pub struct Library {
    patients: Vec<Patient>,
    studies: Vec<Study>,
    series: Vec<Series>,
    instances: Vec<Instance>,
    sets: BTreeMap<DisplaySetId, DisplaySet>,
    /// Browser order.
    order: Vec<DisplaySetId>,
    by_sop_instance: HashMap<Arc<str>, InstanceIx>,
    places: HashMap<FrameKey, (DisplaySetId, u32)>,
    dirty: BTreeSet<SeriesKey>,
    next_set: u32,
}

impl Library {
    /// Takes an instance in.
    ///
    /// # Errors
    /// The reason for passing it over: it is in already.
    pub fn insert(&mut self, header: InstanceHeader) -> Result<Vec<Problem>, Message> {
        let mut problems = Vec::new();
        let root = header.dataset.elements();
        let (patient, study, series) =
            (PatientModule::read(root), StudyModule::read(root), SeriesModule::read(root));
        let facts = InstanceFacts::read(&header);
        if let Some(known) = self.by_sop_instance.get(&facts.sop_instance_uid).and_then(|ix| self.instance(*ix))
            && !facts.sop_instance_uid.is_empty()
        {
            let other = known.header.source.display_path().display().to_string();
            if is_same_content(&known.header, &header) {
                return Err(Message::new(msg("duplicate-instance")).text("other", other));
            }
            let message = Message::new(msg("instance-uid-twice")).text("other", other);
            problems.push(Problem::warning(message).at(header.source.display_path()));
        }
        let patient = self.patient_for(patient, &header, &mut problems);
        let study = self.study_for(patient, study, &header, &mut problems);
        let series = self.series_for(study, series);
        let ix = InstanceIx(self.instances.len() as u32);
        if !facts.sop_instance_uid.is_empty() {
            self.by_sop_instance.entry(Arc::clone(&facts.sop_instance_uid)).or_insert(ix);
        }
        if let Some(series) = self.series.get_mut(series.0 as usize) {
            series.instances.push(ix);
        }
        self.dirty.insert(series);
        self.instances.push(Instance { ix, series, header: Arc::new(header), facts });
        Ok(problems)
    }

    fn patient_for(
        &mut self,
        module: PatientModule,
        header: &InstanceHeader,
        problems: &mut Vec<Problem>,
    ) -> PatientKey {
        let mut is_conflicting = false;
        for patient in &self.patients {
            match identity::compare(&patient.module, &module) {
                Identity::Same => return patient.key,
                Identity::Conflicting => is_conflicting = true,
                Identity::Different => {}
            }
        }
        if is_conflicting {
            let message = Message::new(msg("patient-id-twice")).text("id", module.patient_id.clone());
            problems.push(Problem::warning(message).at(header.source.display_path()));
        }
        let key = PatientKey(self.patients.len() as u32);
        self.patients.push(Patient { key, module });
        key
    }

    fn study_for(
        &mut self,
        patient: PatientKey,
        module: StudyModule,
        header: &InstanceHeader,
        problems: &mut Vec<Problem>,
    ) -> StudyKey {
        let same = |study: &&Study| study.module.study_instance_uid == module.study_instance_uid;
        if let Some(study) = self.studies.iter().filter(same).find(|study| study.patient == patient) {
            return study.key;
        }
        if !module.study_instance_uid.is_empty() && self.studies.iter().any(|study| same(&study)) {
            problems.push(Problem::warning(Message::new(msg("study-of-two-patients"))).at(header.source.display_path()));
        }
        let key = StudyKey(self.studies.len() as u32);
        self.studies.push(Study { key, patient, module });
        key
    }

    fn series_for(&mut self, study: StudyKey, module: SeriesModule) -> SeriesKey {
        let same = |series: &&Series| {
            series.study == study
                && series.module.series_instance_uid == module.series_instance_uid
                && series.module.modality == module.modality
        };
        if let Some(series) = self.series.iter().rev().find(same) {
            return series.key;
        }
        let key = SeriesKey(self.series.len() as u32);
        self.series.push(Series { key, study, module, instances: Vec::new() });
        key
    }

    /// Forms the display sets of the series that changed. A set that grew keeps its id.
    pub fn settle(&mut self) {
        for series in std::mem::take(&mut self.dirty) {
            self.form(series);
        }
        self.sort_sets();
    }

    fn form(&mut self, key: SeriesKey) {
        let Some(series) = self.series.get(key.0 as usize) else { return };
        let mut groups: BTreeMap<String, (DisplaySetKind, Vec<Entry>)> = BTreeMap::new();
        let mut others: Vec<(DisplaySetKind, InstanceIx)> = Vec::new();
        for instance in series.instances.iter().filter_map(|ix| self.instance(*ix)) {
            let kind = kind_of(&instance.facts);
            if instance.facts.kind == ImageKind::NotAnImage {
                others.push((kind, instance.ix));
                continue;
            }
            for frame in 0..instance.facts.frame_count {
                let facts = instance.frame_facts(frame);
                let hard = split::hard_key(&instance.facts, &facts);
                let entry = Entry {
                    key: FrameKey { instance: instance.ix, frame },
                    facts,
                    position_mm: None,
                    instance_number: instance.facts.instance_number,
                    sop_instance_uid: Arc::clone(&instance.facts.sop_instance_uid),
                };
                groups.entry(hard).or_insert_with(|| (kind.clone(), Vec::new())).1.push(entry);
            }
        }
        let mut formed: Vec<Formed> = Vec::new();
        for (kind, entries) in groups.into_values() {
            for mut part in split::split(entries, kind == DisplaySetKind::Loop) {
                if kind != DisplaySetKind::Loop {
                    order::measure(&mut part.entries);
                }
                order::sort(&mut part.entries);
                formed.push(Formed::images(kind.clone(), &part));
            }
        }
        formed.extend(others.into_iter().map(|(kind, ix)| Formed::other(kind, ix)));
        formed.sort_by_key(|set| set.instances.first().copied());
        self.adopt(key, formed);
    }

    /// Gives the new sets of a series the ids of the old ones they share most with.
    fn adopt(&mut self, key: SeriesKey, formed: Vec<Formed>) {
        let Some(series) = self.series.get(key.0 as usize).cloned() else { return };
        let Some(patient) = self.studies.get(series.study.0 as usize).map(|study| study.patient) else { return };
        let ids: Vec<DisplaySetId> =
            self.sets.values().filter(|set| set.series == key).map(|set| set.id).collect();
        let mut old: BTreeMap<DisplaySetId, DisplaySet> =
            ids.into_iter().filter_map(|id| Some((id, self.sets.remove(&id)?))).collect();
        let uid: Arc<str> = series.module.series_instance_uid.as_str().into();
        for set in formed {
            let shared = |id: &DisplaySetId| {
                let in_old = set.instances.iter().filter(|ix| self.set_of_instance_was(**ix, *id, &old)).count();
                (in_old, std::cmp::Reverse(*id))
            };
            let heir = old.keys().copied().max_by_key(|id| shared(id)).filter(|id| shared(id).0 > 0);
            let before = heir.and_then(|id| old.remove(&id));
            let id = before.as_ref().map_or_else(
                || {
                    self.next_set += 1;
                    DisplaySetId(self.next_set)
                },
                |set| set.id,
            );
            let (frames, plan) = match before {
                Some(before) if *before.frames == *set.frames => (before.frames, before.plan),
                _ => (set.frames.into(), OnceLock::new()),
            };
            let description = [&series.module.description, &series.module.protocol]
                .into_iter()
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or_default();
            self.sets.insert(
                id,
                DisplaySet {
                    id,
                    patient,
                    study: series.study,
                    series: key,
                    series_instance_uid: Arc::clone(&uid),
                    number: series.module.number,
                    modality: series.module.modality.clone(),
                    description,
                    apart_by: set.apart_by,
                    kind: set.kind,
                    instances: set.instances.into(),
                    frames,
                    plan,
                },
            );
        }
    }

    fn set_of_instance_was(
        &self,
        ix: InstanceIx,
        id: DisplaySetId,
        old: &BTreeMap<DisplaySetId, DisplaySet>,
    ) -> bool {
        let first = self.places.get(&FrameKey { instance: ix, frame: 0 });
        first.map_or_else(
            || old.get(&id).is_some_and(|set| set.frames.is_empty() && set.instances.contains(&ix)),
            |(set, _)| *set == id,
        )
    }

    fn sort_sets(&mut self) {
        self.places.clear();
        for set in self.sets.values() {
            for (index, key) in set.frames.iter().enumerate() {
                self.places.insert(*key, (set.id, index as u32));
            }
        }
        let mut order: Vec<DisplaySetId> = self.sets.keys().copied().collect();
        order.sort_by_cached_key(|id| {
            let set = self.sets.get(id);
            let study = set.and_then(|set| self.study(set.study));
            // Patients as found; their studies newest first; series by number, unnumbered last.
            let when = study.map(|study| (study.module.date.clone(), study.module.time.clone()));
            (
                set.map(|set| set.patient),
                std::cmp::Reverse(when),
                set.map(|set| set.study),
                set.map_or(i64::MAX, |set| set.number.unwrap_or(i64::MAX)),
                *id,
            )
        });
        self.order = order;
    }

    /// Patients in the order found.
    #[must_use]
    pub fn patients(&self) -> &[Patient] {
        &self.patients
    }

    /// One study.
    #[must_use]
    pub fn study(&self, key: StudyKey) -> Option<&Study> {
        self.studies.get(key.0 as usize)
    }

    /// Whose study it is.
    #[must_use]
    pub fn patient_of(&self, study: StudyKey) -> Option<&Patient> {
        self.patients.get(self.study(study)?.patient.0 as usize)
    }

    /// Every study, in the order found.
    #[must_use]
    pub fn studies(&self) -> &[Study] {
        &self.studies
    }

    /// The keys of every study.
    #[must_use]
    pub fn study_keys(&self) -> Vec<StudyKey> {
        self.studies.iter().map(|study| study.key).collect()
    }

    /// One series.
    #[must_use]
    pub fn series(&self, key: SeriesKey) -> Option<&Series> {
        self.series.get(key.0 as usize)
    }

    /// Series Number of a display set.
    #[must_use]
    pub const fn series_number(&self, set: &DisplaySet) -> Option<i64> {
        set.number
    }

    /// One instance.
    #[must_use]
    pub fn instance(&self, ix: InstanceIx) -> Option<&Instance> {
        self.instances.get(ix.0 as usize)
    }

    /// How many instances are in.
    #[must_use]
    pub fn instance_count(&self) -> usize {
        self.instances.len()
    }

    /// The header of one instance.
    #[must_use]
    pub fn header(&self, ix: InstanceIx) -> Option<&Arc<InstanceHeader>> {
        self.instance(ix).map(|instance| &instance.header)
    }

    /// One display set.
    #[must_use]
    pub fn display_set(&self, id: DisplaySetId) -> Option<&DisplaySet> {
        self.sets.get(&id)
    }

    /// All of them in browser order: patients as found, studies newest first, series by number.
    pub fn display_sets(&self) -> impl Iterator<Item = &DisplaySet> {
        self.order.iter().filter_map(|id| self.sets.get(id))
    }

    /// Those that are structured reports.
    #[must_use]
    pub fn report_sets(&self) -> Vec<DisplaySetId> {
        self.display_sets().filter(|set| set.kind == DisplaySetKind::Report).map(|set| set.id).collect()
    }

    /// Where a frame (from 0) of an instance is shown: display set and index in it.
    #[must_use]
    pub fn find_frame(&self, sop_instance_uid: &str, frame: u32) -> Option<(DisplaySetId, u32)> {
        let instance = *self.by_sop_instance.get(sop_instance_uid)?;
        self.places.get(&FrameKey { instance, frame }).copied()
    }

    /// Where a frame is shown.
    #[must_use]
    pub fn place(&self, key: FrameKey) -> Option<(DisplaySetId, u32)> {
        self.places.get(&key).copied()
    }
}

/// A display set before it has an id.
struct Formed {
    kind: DisplaySetKind,
    instances: Vec<InstanceIx>,
    frames: Vec<FrameKey>,
    apart_by: String,
}

impl Formed {
    fn images(kind: DisplaySetKind, part: &split::Part) -> Self {
        let frames: Vec<FrameKey> = part.entries.iter().map(|entry| entry.key).collect();
        let mut instances: Vec<InstanceIx> = frames.iter().map(|key| key.instance).collect();
        instances.dedup();
        Self { kind, instances, frames, apart_by: part.apart_by.join(" · ") }
    }

    fn other(kind: DisplaySetKind, ix: InstanceIx) -> Self {
        Self { kind, instances: vec![ix], frames: Vec::new(), apart_by: String::new() }
    }
}

/// Whether two files hold the same instance, by header and by the pixel data's declared length.
fn is_same_content(a: &InstanceHeader, b: &InstanceHeader) -> bool {
    a.transfer_syntax == b.transfer_syntax
        && a.pixel_data.map(|data| data.length) == b.pixel_data.map(|data| data.length)
        && a.dataset == b.dataset
}
