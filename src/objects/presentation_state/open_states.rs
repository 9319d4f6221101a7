//! The presentation states that are open, and what they are about.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PresentationState;
use super::read::{is_presentation_state, read};
use crate::model::DisplaySet;
use crate::model::FrameKey;
use crate::model::InstanceIx;
use crate::model::Library;
use crate::problem::Message;

/// All of them. A state may be open before its images are; it is found as soon as they come.
#[derive(Debug, Default)]
pub struct PresentationStates {
    states: BTreeMap<InstanceIx, Result<Arc<PresentationState>, Message>>,
    /// Instances before this one have been looked at.
    next: u32,
}

impl PresentationStates {
    /// Those of a library.
    #[must_use]
    pub fn of(library: &Library) -> Self {
        let mut states = Self::default();
        states.update(library);
        states
    }

    /// Takes up what was opened since the last time; gives back which of it are states.
    pub fn update(&mut self, library: &Library) -> Vec<InstanceIx> {
        let mut new = Vec::new();
        for instance in library.instances_from(InstanceIx(self.next)) {
            self.next = instance.ix.0 + 1;
            if is_presentation_state(&instance.facts.sop_class_uid) {
                self.states
                    .insert(instance.ix, read(&instance.header).map(Arc::new));
                new.push(instance.ix);
            }
        }
        new
    }

    /// A state; `None` if the instance is none, or cannot be applied.
    #[must_use]
    pub fn get(&self, ix: InstanceIx) -> Option<&Arc<PresentationState>> {
        self.states.get(&ix)?.as_ref().ok()
    }

    /// Why a state cannot be applied.
    #[must_use]
    pub fn refused(&self, ix: InstanceIx) -> Option<&Message> {
        self.states.get(&ix)?.as_ref().err()
    }

    /// All that can be applied, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<(InstanceIx, &Arc<PresentationState>)> {
        let mut states: Vec<_> = self
            .states
            .iter()
            .filter_map(|(ix, state)| Some((*ix, state.as_ref().ok()?)))
            .collect();
        states.sort_by(|(_, a), (_, b)| b.created.cmp(&a.created)); // stable: as found among equals
        states
    }

    /// Whether a state is about a series.
    #[must_use]
    pub fn is_any_for(&self, series_instance_uid: &str) -> bool {
        self.states
            .values()
            .filter_map(|state| state.as_ref().ok())
            .any(|state| state.series.iter().any(|uid| **uid == *series_instance_uid))
    }

    /// The states that are about a frame of a display set, newest first.
    #[must_use]
    pub fn for_set(
        &self,
        library: &Library,
        set: &DisplaySet,
    ) -> Vec<(InstanceIx, &Arc<PresentationState>)> {
        let is_about = |state: &PresentationState| {
            let keys = set.frames.iter();
            state.series.contains(&set.series_instance_uid)
                && keys.into_iter().any(|key| is_for(state, library, *key))
        };
        let mut states = self.all();
        states.retain(|(_, state)| is_about(state));
        states
    }
}

/// Whether a state says how an open frame is to be seen.
#[must_use]
pub fn is_for(state: &PresentationState, library: &Library, key: FrameKey) -> bool {
    let instance = library.instance(key.instance);
    instance.is_some_and(|instance| state.is_for(&instance.facts.sop_instance_uid, key.frame))
}
