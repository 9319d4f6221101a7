//! Everything that is open.

mod insert;

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
use super::records::Instance;
use super::records::Patient;
use super::records::Series;
use super::records::Study;
use super::split::split;
use crate::dicom::InstanceHeader;
use crate::problem::Message;

pub use insert::duplicate_of;

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
    /// Where each frame is shown; made when first asked for.
    places: OnceLock<HashMap<FrameKey, (DisplaySetId, u32)>>,
}

impl Sets {
    fn place(&self, key: FrameKey) -> Option<(DisplaySetId, u32)> {
        let places = self.places.get_or_init(|| {
            let placed = |set: &DisplaySet| {
                let (id, frames) = (set.id, Arc::clone(&set.frames));
                (0..frames.len()).filter_map(move |place| {
                    Some((*frames.get(place)?, (id, u32::try_from(place).ok()?)))
                })
            };
            self.all.iter().flat_map(placed).collect()
        });
        places.get(&key).copied()
    }
}

impl Library {
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
                places: OnceLock::new(),
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

    /// The study that an instance is in.
    #[must_use]
    pub fn study_of(&self, instance: InstanceIx) -> Option<&Study> {
        let series = self.series.get(&self.instances.get(&instance)?.series)?;
        self.studies.get(&series.study)
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

    /// The instance found last.
    #[must_use]
    pub fn newest(&self) -> Option<InstanceIx> {
        self.instances.keys().next_back().copied()
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

    /// The headers of a study's instances, series by series.
    pub fn headers_of(&self, study: StudyKey) -> impl Iterator<Item = &Arc<InstanceHeader>> {
        let series = self.study(study).map_or(&[][..], |study| &study.series);
        let series = series.iter().filter_map(|key| self.series(*key));
        let instances = series.flat_map(|series| series.instances.iter());
        instances.filter_map(|ix| self.header(*ix))
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

    /// [`Self::find_frame`] among the instances of one patient: another's may have the same UID.
    #[must_use]
    pub fn find_frame_of(
        &self,
        patient: PatientKey,
        sop_instance_uid: &str,
        frame: u32,
    ) -> Option<(DisplaySetId, u32)> {
        let is_whose = |ix| {
            self.study_of(ix)
                .is_some_and(|study| study.patient == patient)
        };
        let instances = self.by_uid.get(sop_instance_uid)?;
        let mut own = instances.iter().copied().filter(|ix| is_whose(*ix));
        own.find_map(|instance| self.place(FrameKey { instance, frame }))
    }

    /// Where a frame is shown: the display set and the place in it.
    #[must_use]
    pub fn place(&self, key: FrameKey) -> Option<(DisplaySetId, u32)> {
        self.sets().place(key)
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
