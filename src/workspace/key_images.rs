//! Images that key object documents point at: where they are on screen, and the way to the next.

use std::collections::BTreeMap;

use crate::model::{DisplaySet, DisplaySetId, FrameKey, InstanceIx, Library, PatientKey, StudyKey};
use crate::objects::key_objects::{KEY_OBJECT_SELECTION, KeyImages, KeyMark, KeyObjectSelection};
use crate::workspace::Workspace;
use crate::workspace::panes::PaneId;

/// What of a display set was picked out: places in it, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetKeys {
    /// To be looked at.
    pub selected: Vec<u32>,
    /// Not to be read.
    pub rejected: Vec<u32>,
}

/// All that the open documents say. A document speaks of images of its own patient alone.
#[derive(Debug, Default)]
pub(super) struct KeyObjects {
    read: BTreeMap<InstanceIx, KeyObjectSelection>,
    by_patient: BTreeMap<PatientKey, KeyImages>,
    by_set: BTreeMap<DisplaySetId, SetKeys>,
}

impl KeyObjects {
    /// What a document says.
    pub(super) fn take(&mut self, document: InstanceIx, selection: KeyObjectSelection) {
        self.read.insert(document, selection);
    }

    /// Takes in what arrived: documents, or images that one spoke of before they were there.
    pub(super) fn follow(&mut self, library: &Library) {
        self.by_patient.clear();
        let documents = library
            .display_sets()
            .filter(|set| &*set.sop_class_uid == KEY_OBJECT_SELECTION);
        for set in documents {
            for instance in set.instances.iter() {
                if let Some(selection) = self.read.get(instance) {
                    let keys = self.by_patient.entry(set.patient).or_default();
                    keys.add(selection);
                }
            }
        }
        self.by_set = library
            .display_sets()
            .filter_map(|set| Some((set.id, self.keys_of(library, set)?)))
            .collect();
    }

    fn keys_of(&self, library: &Library, set: &DisplaySet) -> Option<SetKeys> {
        let said = self.by_patient.get(&set.patient)?;
        let mut keys = SetKeys::default();
        for (place, key) in (0..).zip(set.frames.iter()) {
            let uid = &library.instance(key.instance)?.facts.sop_instance_uid;
            let is_any = |is_rejection| {
                let mut marks = said.of(uid, key.frame);
                marks.any(|mark| mark.is_rejection == is_rejection)
            };
            if is_any(false) {
                keys.selected.push(place);
            }
            if is_any(true) {
                keys.rejected.push(place);
            }
        }
        (keys != SetKeys::default()).then_some(keys)
    }
}

impl Workspace {
    /// What documents say of a frame.
    #[must_use]
    pub fn key_marks(&self, key: FrameKey) -> Vec<&KeyMark> {
        let library = &self.library;
        let instance = library.instance(key.instance);
        let study = instance
            .and_then(|instance| library.series(instance.series))
            .map(|series| series.study);
        let patient = study
            .and_then(|study| library.study(study))
            .map(|study| study.patient);
        let said = patient.and_then(|patient| self.key_objects.by_patient.get(&patient));
        match (said, instance) {
            (Some(said), Some(instance)) => said
                .of(&instance.facts.sop_instance_uid, key.frame)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What of a display set was picked out, if anything was.
    #[must_use]
    pub fn key_images(&self, set: DisplaySetId) -> Option<&SetKeys> {
        self.key_objects.by_set.get(&set)
    }

    /// Whether a study has images to step through.
    #[must_use]
    pub fn has_key_images(&self, study: StudyKey) -> bool {
        let mut sets = self.key_objects.by_set.iter();
        sets.any(|(set, keys)| {
            let set = self.library.display_set(*set);
            !keys.selected.is_empty() && set.is_some_and(|set| set.study == study)
        })
    }

    /// The next key image of the study, or the one before, in the order of the browser.
    pub(super) fn step_key_image(&mut self, pane: PaneId, is_forward: bool) {
        let Some(view) = self.panes.view(pane).cloned() else {
            return;
        };
        let Some(study) = self
            .library
            .display_set(view.display_set)
            .map(|set| set.study)
        else {
            return;
        };
        let mut places: Vec<(usize, DisplaySetId, u32)> = Vec::new();
        let mut here = (usize::MAX, view.index);
        let sets = self.library.display_sets().filter(|set| set.study == study);
        for (order, set) in sets.enumerate() {
            if set.id == view.display_set {
                here.0 = order;
            }
            let selected = self
                .key_images(set.id)
                .map_or(&[][..], |keys| &keys.selected);
            places.extend(selected.iter().map(|place| (order, set.id, *place)));
        }
        let found = if is_forward {
            let after = |(order, _, place): &&(usize, DisplaySetId, u32)| (*order, *place) > here;
            places.iter().find(after).or(places.first())
        } else {
            let before = |(order, _, place): &&(usize, DisplaySetId, u32)| (*order, *place) < here;
            places.iter().rev().find(before).or(places.last())
        };
        if let Some((_, set, place)) = found.copied() {
            self.show_at(pane, set, place);
        }
    }

    /// A frame of a display set, in a stack.
    pub(super) fn show_at(&mut self, pane: PaneId, set: DisplaySetId, place: u32) {
        let is_shown = self.panes.view(pane).is_some_and(|view| {
            view.display_set == set && view.mode == crate::view::ViewMode::Stack
        });
        if !is_shown {
            self.show(pane, set);
        }
        let last = self.library.display_set(set);
        let last = last.map_or(0, |set| set.frames.len().saturating_sub(1));
        let active = if is_shown { pane } else { self.panes.active };
        self.stop_awaiting(active);
        if let Some(view) = self.panes.view_mut(active) {
            view.index = place.min(last as u32);
        }
        self.panes.active = active;
        self.panes.mark_scrolled(active);
    }
}
