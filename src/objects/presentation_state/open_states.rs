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
}

impl PresentationStates {
    /// Those of a library.
    #[must_use]
    pub fn of(library: &Library) -> Self {
        let mut states = Self::default();
        for instance in library.instances() {
            if is_presentation_state(&instance.facts.sop_class_uid) {
                states.take(library, instance.ix, read(&instance.header));
            }
        }
        states
    }

    /// Takes up a state of the library, or why it cannot be applied.
    pub fn take(
        &mut self,
        library: &Library,
        ix: InstanceIx,
        state: Result<PresentationState, Message>,
    ) {
        let patient = library.study_of(ix).map(|study| study.patient);
        let state = state.map(|state| Arc::new(PresentationState { patient, ..state }));
        self.states.insert(ix, state);
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

    /// Whether a state is about the series of a display set.
    #[must_use]
    pub fn is_any_for(&self, set: &DisplaySet) -> bool {
        let mut states = self.states.values().filter_map(|state| state.as_ref().ok());
        states.any(|state| is_about_series(state, set))
    }

    /// The states that are about a frame of a display set, newest first.
    #[must_use]
    pub fn for_set(
        &self,
        library: &Library,
        set: &DisplaySet,
    ) -> Vec<(InstanceIx, &Arc<PresentationState>)> {
        let mut states = self.all();
        states.retain(|(_, state)| is_for_any(state, library, set));
        states
    }
}

/// Whether a state says how an open frame is to be seen.
#[must_use]
pub fn is_for(state: &PresentationState, library: &Library, key: FrameKey) -> bool {
    let is_named = library
        .instance(key.instance)
        .is_some_and(|instance| state.is_for(&instance.facts.sop_instance_uid, key.frame));
    let patient = || library.study_of(key.instance).map(|study| study.patient);
    is_named && state.patient.is_some() && state.patient == patient()
}

/// Whether a state says how a frame of a display set is to be seen.
#[must_use]
pub fn is_for_any(state: &PresentationState, library: &Library, set: &DisplaySet) -> bool {
    let mut frames = set.frames.iter();
    is_about_series(state, set) && frames.any(|key| is_for(state, library, *key))
}

fn is_about_series(state: &PresentationState, set: &DisplaySet) -> bool {
    state.patient == Some(set.patient) && state.series.contains(&set.series_instance_uid)
}
