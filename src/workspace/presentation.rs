//! Presentation states in panes: chosen, left, taken back by undo.

use std::sync::Arc;

use crate::model::{DisplaySetId, DisplaySetKind, FrameKey, InstanceIx};
use crate::objects::presentation_state::{PresentationState, is_for};
use crate::problem::{Message, msg};
use crate::view::{Camera, DataPresentation, Presented, UNTOUCHED, ViewMode, ViewState};
use crate::workspace::Workspace;
use crate::workspace::panes::PaneId;

/// How a pane looked before a step of history, for it to look so again.
#[derive(Debug, Clone)]
pub struct Seen {
    pane: PaneId,
    set: DisplaySetId,
    presentation: Option<InstanceIx>,
    camera: Camera,
    look: DataPresentation,
}

impl Workspace {
    /// The presentation state of a view, on a frame it may or may not be for.
    #[must_use]
    pub fn presented(&self, view: &ViewState, key: FrameKey) -> Option<Presented> {
        if view.mode != ViewMode::Stack {
            return None;
        }
        let ix = view.presentation?;
        let state = self.presentations.get(ix)?;
        let is_for_frame = is_for(state, &self.library, key);
        Some(Presented::new(ix, Arc::clone(state), view, is_for_frame))
    }

    /// The states there are for what a pane shows, newest first.
    #[must_use]
    pub fn presentations_for(&self, pane: PaneId) -> Vec<(InstanceIx, &Arc<PresentationState>)> {
        let view = self.panes.view(pane);
        let view = view.filter(|view| view.mode == ViewMode::Stack);
        let set = view.and_then(|view| self.library.display_set(view.display_set));
        set.map_or_else(Vec::new, |set| {
            self.presentations.for_set(&self.library, set)
        })
    }

    /// Applies a state to a pane, or none.
    pub(super) fn present(&mut self, pane: PaneId, ix: Option<InstanceIx>) {
        let Some(view) = self.panes.view(pane).cloned() else {
            return;
        };
        if view.mode != ViewMode::Stack || view.presentation == ix && ix.is_none() {
            return;
        }
        let state = ix.and_then(|ix| self.presentations.get(ix)).cloned();
        if ix.is_some() && state.is_none() {
            return;
        }
        let name = match (
            &state,
            view.presentation.and_then(|ix| self.presentations.get(ix)),
        ) {
            (Some(state), _) => {
                Message::new(msg("history-presentation")).text("name", state.name())
            }
            (None, Some(old)) => {
                Message::new(msg("history-no-presentation")).text("name", old.name())
            }
            (None, None) => return,
        };
        let before = seen(pane, &view);
        if let Some(study) = self
            .library
            .display_set(view.display_set)
            .map(|set| set.study)
        {
            let record = self.studies.entry(study).or_default();
            let document = record.document.clone();
            record.history.record_seen(name, &document, before);
        }
        let index = state
            .as_ref()
            .and_then(|state| self.frame_for(state, &view));
        if index.is_some() {
            self.stop_cine(pane);
            self.stop_awaiting(pane);
            self.panes.mark_scrolled(pane);
        }
        if let Some(view) = self.panes.view_mut(pane) {
            view.presentation = ix;
            view.camera = state.as_ref().map(|_| UNTOUCHED).unwrap_or_default();
            view.look = DataPresentation {
                filter: view.look.filter,
                ..DataPresentation::default()
            };
            view.index = index.unwrap_or(view.index);
        }
    }

    /// The frame to go to, where the state says nothing about the one shown.
    fn frame_for(&self, state: &PresentationState, view: &ViewState) -> Option<u32> {
        let frames = &self.library.display_set(view.display_set)?.frames;
        let is_about = |key: &FrameKey| is_for(state, &self.library, *key);
        if frames.get(view.index as usize).is_some_and(is_about) {
            return None;
        }
        frames.iter().position(is_about).map(|place| place as u32)
    }

    /// From none to the newest state of what a pane shows, to the older ones, to none.
    pub(super) fn present_next(&mut self, pane: PaneId) {
        let states: Vec<InstanceIx> = self
            .presentations_for(pane)
            .into_iter()
            .map(|(ix, _)| ix)
            .collect();
        let now = self.panes.view(pane).and_then(|view| view.presentation);
        let place = now.and_then(|now| states.iter().position(|ix| *ix == now));
        let next = place.map_or(0, |place| place + 1);
        self.present(pane, states.get(next).copied());
    }

    /// Hangs the images of a presentation state, seen as it wants them. `false` if the set is none of
    /// presentation states, if none of them can be applied, or while their images are not open: then
    /// the first of them waits.
    pub(super) fn show_presentation(&mut self, pane: PaneId, set: DisplaySetId) -> bool {
        let Some(set) = self.library.display_set(set) else {
            return false;
        };
        if set.kind != DisplaySetKind::PresentationState {
            return false;
        }
        let instances = Arc::clone(&set.instances);
        let first = instances
            .iter()
            .find(|ix| self.presentations.get(**ix).is_some());
        self.awaited_presentation = first.map(|ix| (pane, *ix));
        self.take_awaited_presentation()
    }

    /// The state that waited for its images is applied, if one of them is open now.
    pub(super) fn take_awaited_presentation(&mut self) -> bool {
        let Some((pane, ix)) = self.awaited_presentation else {
            return false;
        };
        let Some(state) = self.presentations.get(ix) else {
            return false;
        };
        let found = state.images.iter().find_map(|image| {
            let frame = image.frames.as_ref().and_then(|frames| frames.first());
            let frame = frame.copied().unwrap_or(0);
            let uid = &image.sop_instance_uid;
            self.library.find_frame_of(state.patient?, uid, frame)
        });
        let Some((set, _)) = found else {
            return false;
        };
        self.awaited_presentation = None;
        self.show(pane, set);
        // Where planes were shown, the images hang in the pane that was there before.
        let pane = self.panes.active;
        self.present(pane, Some(ix));
        true
    }

    /// The pane looks as it did; gives back how it looked until now. `None` if it shows something
    /// else by now.
    pub(super) fn see_again(panes: &mut super::Panes, before: &Seen) -> Option<Seen> {
        let view = panes.view_mut(before.pane)?;
        if view.display_set != before.set || view.mode != ViewMode::Stack {
            return None;
        }
        let now = seen(before.pane, view);
        view.presentation = before.presentation;
        view.camera = before.camera;
        view.look = before.look;
        Some(now)
    }
}

fn seen(pane: PaneId, view: &ViewState) -> Seen {
    Seen {
        pane,
        set: view.display_set,
        presentation: view.presentation,
        camera: view.camera,
        look: view.look,
    }
}
