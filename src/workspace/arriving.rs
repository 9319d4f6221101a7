//! Series on their way: what the node says they hold, which of it is here, and which slice the
//! reader waits for.
//!
//! So that the track beside a picture is as long as the series will be, and a place on it that is
//! still empty can be asked for first.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::dicom::{InstanceHeader, tags};
use crate::model::{DisplaySet, FrameKey, SeriesKey, StudyKey};
use crate::problem::{Message, msg};
use crate::workspace::Workspace;
use crate::workspace::command::ViewEdit;
use crate::workspace::panes::PaneId;

/// An instance that a node lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedInstance {
    /// Instance Number.
    pub instance_number: Option<i64>,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
}

/// Series of which not everything is here, by their UIDs.
#[derive(Debug, Default)]
pub struct Arriving {
    series: HashMap<String, Listing>,
    /// What came in the place of instances of studies on their way, and is not of them (SOP Instance
    /// UIDs, by Study Instance UIDs): it may come before it is listed, and be listed once more.
    left_out: HashMap<String, HashSet<String>>,
    /// One a pane at most.
    awaited: Vec<Awaited>,
    /// How much there is of studies that were not fetched to their end, by their UIDs.
    counted: HashMap<String, Counted>,
}

/// How many images a study has by what nodes said.
#[derive(Debug)]
struct Counted {
    count: usize,
    /// By Series Instance UIDs.
    series: BTreeMap<String, usize>,
}

/// A part of a study or series is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Images that are here.
    pub here: usize,
    /// Images that there are, by what a node said.
    pub of: usize,
}

impl Part {
    /// How much of it is here, as a sentence.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(msg("series-arriving"))
            .count("here", self.here)
            .count("of", self.of)
    }
}

#[derive(Debug)]
struct Listing {
    study_uid: String,
    /// By number.
    instances: Vec<ListedInstance>,
    /// Places in `instances`.
    ranks: HashMap<String, usize>,
    /// Pictures stood for some of them.
    is_previewed: bool,
    /// No more will come; kept where the reader is to be told what that means for the images.
    is_over: bool,
}

/// The slice the reader waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Where.
    pub pane: PaneId,
    /// Of this study.
    pub study_uid: String,
    /// Of this series.
    pub series_uid: String,
    /// Which.
    pub instance: ListedInstance,
}

/// The places of a series that is on its way, in the order of the stack that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Of each place, the frame of the stack that is there.
    pub frames: Vec<Option<u32>>,
    /// Of each place, what is or will be there.
    instances: Vec<ListedInstance>,
}

impl Track {
    /// The place of a frame of the stack.
    #[must_use]
    pub fn place_of(&self, frame: u32) -> Option<usize> {
        self.frames.iter().position(|here| *here == Some(frame))
    }

    /// The place of an instance.
    #[must_use]
    pub fn place_of_instance(&self, instance: &ListedInstance) -> Option<usize> {
        self.instances.iter().position(|it| it == instance)
    }

    /// The place of an instance by its UID.
    #[must_use]
    pub fn place_of_uid(&self, sop_instance_uid: &str) -> Option<usize> {
        let mut instances = self.instances.iter();
        instances.position(|it| it.sop_instance_uid == sop_instance_uid)
    }

    /// The frame that is nearest to a place.
    #[must_use]
    pub fn nearest_frame(&self, place: usize) -> Option<u32> {
        let here = self.frames.iter().enumerate();
        let here = here.filter_map(|(at, frame)| Some((at.abs_diff(place), (*frame)?)));
        here.min().map(|(_, frame)| frame)
    }

    /// How much of it is here, as a sentence.
    #[must_use]
    pub fn words(&self) -> Message {
        let here = self.frames.iter().flatten().count();
        Message::new(msg("series-arriving"))
            .count("here", here)
            .count("of", self.frames.len())
    }

    /// What belongs to a place.
    #[must_use]
    pub fn instance(&self, place: usize) -> Option<&ListedInstance> {
        self.instances.get(place)
    }
}

/// Places by SOP Instance UIDs.
fn ranks_of(instances: &[ListedInstance]) -> HashMap<String, usize> {
    let ranked = instances.iter().enumerate();
    ranked
        .map(|(rank, instance)| (instance.sop_instance_uid.clone(), rank))
        .collect()
}

impl Arriving {
    /// What a node lists of a study.
    pub(super) fn list(&mut self, study_uid: &str, series: Vec<(String, Vec<ListedInstance>)>) {
        for (series_uid, mut instances) in series {
            if let Some(left_out) = self.left_out.get(study_uid) {
                instances.retain(|it| !left_out.contains(&it.sop_instance_uid));
            }
            if instances.is_empty() {
                continue;
            }
            instances.sort();
            instances.dedup();
            let ranks = ranks_of(&instances);
            let listing = Listing {
                study_uid: study_uid.to_owned(),
                instances,
                ranks,
                is_previewed: false,
                is_over: false,
            };
            let before = self.series.insert(series_uid.clone(), listing);
            if before.is_some_and(|before| before.is_previewed) {
                self.mark_previewed(&series_uid);
            }
        }
    }

    /// What came in the place of an instance is not of the study: nothing will be there.
    pub(super) fn leave_out(&mut self, study_uid: &str, sop_instance_uid: &str) {
        let left_out = self.left_out.entry(study_uid.to_owned()).or_default();
        left_out.insert(sop_instance_uid.to_owned());
        self.series.retain(|_, listing| {
            if listing.study_uid == study_uid && listing.ranks.contains_key(sop_instance_uid) {
                let listed = &mut listing.instances;
                listed.retain(|it| it.sop_instance_uid != sop_instance_uid);
                listing.ranks = ranks_of(listed);
            }
            !listing.instances.is_empty()
        });
        self.awaited
            .retain(|it| it.instance.sop_instance_uid != sop_instance_uid);
    }

    /// How much there is of a study by what nodes said; nothing once all of it is here.
    pub(super) fn count(
        &mut self,
        study_uid: String,
        count: usize,
        series: BTreeMap<String, usize>,
    ) {
        if count == 0 {
            self.counted.remove(&study_uid);
        } else {
            self.counted.insert(study_uid, Counted { count, series });
        }
    }

    /// No more of a study is on its way.
    pub(super) fn forget(&mut self, study_uid: &str) {
        self.left_out.remove(study_uid);
        self.series.retain(|_, listing| {
            listing.is_over |= listing.study_uid == study_uid;
            !listing.is_over || listing.is_previewed
        });
        self.awaited.retain(|it| it.study_uid != study_uid);
    }

    /// Studies of which something is on its way.
    pub(super) fn studies(&self) -> Vec<String> {
        let listings = self.series.values().filter(|listing| !listing.is_over);
        let listed = listings.map(|listing| &listing.study_uid);
        listed.chain(self.left_out.keys()).cloned().collect()
    }

    /// The slice the reader waits for in this pane.
    #[must_use]
    pub fn awaited_in(&self, pane: PaneId) -> Option<&Awaited> {
        self.awaited.iter().find(|it| it.pane == pane)
    }

    pub(super) fn await_in(&mut self, awaited: Awaited) {
        self.stop_awaiting(awaited.pane);
        self.awaited.push(awaited);
    }

    fn stop_awaiting(&mut self, pane: PaneId) {
        self.awaited.retain(|it| it.pane != pane);
    }

    /// An instance of a series, as the node lists it.
    pub(super) fn instance(&self, series_uid: &str, uid: &str) -> Option<&ListedInstance> {
        let listing = self.series.get(series_uid)?;
        listing.instances.get(*listing.ranks.get(uid)?)
    }

    /// A picture stands for an instance of this series.
    pub(super) fn mark_previewed(&mut self, series_uid: &str) {
        if let Some(listing) = self.series.get_mut(series_uid) {
            listing.is_previewed = true;
        }
    }

    /// Of a series that was previewed: how many instances the node lists, and whether no more of
    /// them will come.
    pub(super) fn listed(&self, series_uid: &str) -> Option<(usize, bool)> {
        let listing = self.series.get(series_uid).filter(|it| it.is_previewed)?;
        Some((listing.instances.len(), listing.is_over))
    }

    /// The places of a series nothing of which is here.
    pub(super) fn empty_track(&self, series_uid: &str) -> Option<Track> {
        let instances = self.series.get(series_uid)?.instances.clone();
        Some(Track {
            frames: vec![None; instances.len()],
            instances,
        })
    }
}

impl Workspace {
    /// How much of a study is here that nodes said has more.
    #[must_use]
    pub fn part_of_study(&self, study: StudyKey) -> Option<Part> {
        let study = self.library.study(study)?;
        let uid = &study.module.study_instance_uid;
        let of = self.arriving.counted.get(uid)?.count;
        let series = study
            .series
            .iter()
            .filter_map(|key| self.library.series(*key));
        let here = series.map(|series| series.instances.len()).sum();
        (here < of).then_some(Part { here, of })
    }

    /// The same of a series.
    #[must_use]
    pub fn part_of_series(&self, series: SeriesKey) -> Option<Part> {
        let series = self.library.series(series)?;
        let study = self.library.study(series.study)?;
        let counted = self
            .arriving
            .counted
            .get(&study.module.study_instance_uid)?;
        let of = *counted.series.get(&series.module.series_instance_uid)?;
        let here = series.instances.len();
        (here < of).then_some(Part { here, of })
    }

    /// What is to be said of a display set of whose study not all is here: of its series, else, with
    /// nothing on its way any more, of the study.
    #[must_use]
    pub fn part_words(&self, set: &DisplaySet) -> Option<Message> {
        if let Some(part) = self.part_of_series(set.series) {
            return Some(part.words());
        }
        let uid = &self.library.study(set.study)?.module.study_instance_uid;
        let part = self.part_of_study(set.study)?;
        self.transfers.of_study(uid).is_none().then(|| {
            Message::new(msg("study-in-part"))
                .count("here", part.here)
                .count("of", part.of)
        })
    }

    /// The track of a display set whose series is on its way; `None` where everything listed is
    /// here, or where its places are not those of the list.
    #[must_use]
    pub fn track(&self, set: &DisplaySet) -> Option<Track> {
        if self.arriving.series.is_empty() {
            return None;
        }
        let uid_of = |frame: &FrameKey| {
            let header = self.library.header(frame.instance)?;
            header.dataset.elements().uid(tags::SOP_INSTANCE_UID)
        };
        let first = set.frames.first()?;
        let series_uid = self.library.header(first.instance)?;
        let series_uid = series_uid
            .dataset
            .elements()
            .uid(tags::SERIES_INSTANCE_UID)?;
        let listing = self.arriving.series.get(&series_uid)?;
        if listing.is_over {
            return None;
        }
        let is_alone = self.library.display_sets_of(set.series).len() == 1;
        let is_single = set.frames.len() == set.instances.len();
        if !is_alone || !is_single || set.frames.len() >= listing.instances.len() {
            return None;
        }
        let mut frames = vec![None; listing.instances.len()];
        let mut ends = (None, None);
        for (index, frame) in set.frames.iter().enumerate() {
            let rank = *listing.ranks.get(&uid_of(frame)?)?;
            ends = (ends.0.or(Some(rank)), Some(rank));
            *frames.get_mut(rank)? = Some(u32::try_from(index).ok()?);
        }
        let mut instances = listing.instances.clone();
        if ends.0 > ends.1 {
            // Numbered against the order of the places in the patient.
            frames.reverse();
            instances.reverse();
        }
        Some(Track { frames, instances })
    }

    /// The reader wants the slice of a place that is still empty: it is asked for first, and shown
    /// when it is here; until then the nearest one is.
    pub(super) fn await_slice(&mut self, pane: PaneId, instance: ListedInstance) {
        if self.await_promised(pane, instance.clone()) {
            return;
        }
        let Some(set) = self
            .panes
            .view(pane)
            .and_then(|view| self.library.display_set(view.display_set))
        else {
            return;
        };
        let Some(track) = self.track(set) else {
            return;
        };
        let header = set
            .frames
            .first()
            .and_then(|frame| self.library.header(frame.instance));
        let uids = header.and_then(|header| {
            let elements = header.dataset.elements();
            let study = elements.uid(tags::STUDY_INSTANCE_UID)?;
            Some((study, elements.uid(tags::SERIES_INSTANCE_UID)?))
        });
        let Some((study_uid, series_uid)) = uids else {
            return;
        };
        let nearest = track
            .place_of_instance(&instance)
            .and_then(|place| track.nearest_frame(place));
        if let Some(frame) = nearest {
            self.edit_view(pane, ViewEdit::Index(frame));
        }
        self.arriving.await_in(Awaited {
            pane,
            study_uid,
            series_uid,
            instance,
        });
    }

    /// Any other step of the reader ends the waiting.
    pub(super) fn stop_awaiting(&mut self, pane: PaneId) {
        self.arriving.stop_awaiting(pane);
    }

    /// What has come may be what is waited for.
    pub(super) fn show_awaited(&mut self, arrived: &[String]) {
        let come: Vec<Awaited> = {
            let awaited = self.arriving.awaited.iter();
            let has_come = |it: &&Awaited| arrived.contains(&it.instance.sop_instance_uid);
            awaited.filter(has_come).cloned().collect()
        };
        for Awaited { pane, instance, .. } in come {
            let uid = &instance.sop_instance_uid;
            // Of a picture of one of its frames, that one.
            let frame = self.previews.of(uid).map_or(0, |preview| preview.frame);
            let place = self.panes.view(pane).and_then(|view| {
                let set = self.library.display_set(view.display_set)?;
                let patient = self.library.study(set.study)?.patient;
                let (found, index) = self.library.find_frame_of(patient, uid, frame)?;
                let is_of_series = self.library.display_set(found)?.series == set.series;
                is_of_series.then_some((found == set.id, found, index))
            });
            self.arriving.stop_awaiting(pane);
            match place {
                Some((true, _, index)) => drop(self.edit_view(pane, ViewEdit::Index(index))),
                // With what came, the series is split, and this is in another part of it.
                Some((false, set, index)) => {
                    if let Some(view) = self.panes.view_mut(pane) {
                        (view.display_set, view.index) = (set, index);
                    }
                }
                None => {}
            }
        }
    }
}

/// SOP Instance UIDs of headers.
pub(super) fn uids_of<'a>(headers: impl Iterator<Item = &'a InstanceHeader>) -> Vec<String> {
    let uids = headers.map(|header| header.dataset.elements().uid(tags::SOP_INSTANCE_UID));
    uids.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_another_patient_leaves_no_empty_place() {
        let listed = |number: i64| ListedInstance {
            instance_number: Some(number),
            sop_instance_uid: format!("1.2.1.{number}"),
        };
        let mut arriving = Arriving::default();
        let series = |uid: &str, numbers: &[i64]| {
            (
                uid.to_owned(),
                numbers.iter().copied().map(listed).collect(),
            )
        };
        arriving.list("1.2", vec![series("a", &[1, 2, 3]), series("b", &[4])]);
        for (number, study) in [(2, "1.2"), (4, "1.2"), (3, "1.3")] {
            arriving.leave_out(study, &format!("1.2.1.{number}"));
        }
        let places = |arriving: &Arriving, uid: &str| {
            let track = arriving.empty_track(uid);
            track.map(|track| track.instances)
        };
        assert_eq!(places(&arriving, "a"), Some(vec![listed(1), listed(3)]));
        assert_eq!(places(&arriving, "b"), None);
        let ranks = &arriving.series["a"].ranks;
        assert_eq!((ranks.get("1.2.1.2"), ranks["1.2.1.3"]), (None, 1));

        // It is listed again for who opens the study now, or only after it came.
        arriving.leave_out("1.2", "1.2.1.6");
        let lists = [
            series("a", &[1, 2, 3]),
            series("b", &[4]),
            series("c", &[5, 6]),
        ];
        arriving.list("1.2", lists.into());
        assert_eq!(places(&arriving, "a"), Some(vec![listed(1), listed(3)]));
        assert_eq!(places(&arriving, "b"), None);
        assert_eq!(places(&arriving, "c"), Some(vec![listed(5)]));
        assert!(arriving.studies().contains(&"1.3".to_owned()));
        // The next retrieval may be for the other patient.
        arriving.forget("1.2");
        arriving.list("1.2", vec![series("b", &[4])]);
        assert_eq!(places(&arriving, "b"), Some(vec![listed(4)]));
    }
}
