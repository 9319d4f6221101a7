//! Undo and redo: whole snapshots with a label that says what would be undone.

use std::collections::VecDeque;

use crate::problem::Message;
use crate::workspace::command::GestureId;
use crate::workspace::document::Document;
use crate::workspace::presentation::Seen;

/// Steps kept; a snapshot is a list of shared pointers.
const STEPS: usize = 200;

/// The past and the undone future of one document.
#[derive(Debug, Default)]
pub struct History {
    past: VecDeque<Step>,
    future: Vec<Step>,
    /// The future that the latest step did away with, until that step is past cancelling.
    dropped: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    label: Message,
    gesture: Option<GestureId>,
    /// The document before this step (in `past`) or after it (in `future`).
    document: Document,
    /// The same of the pane it changed, if it changed one.
    seen: Option<Seen>,
}

impl History {
    /// Notes that `before` is about to change. Edits of one gesture are one step.
    pub fn record(&mut self, label: Message, gesture: Option<GestureId>, before: &Document) {
        if gesture.is_some() && self.past.back().is_some_and(|step| step.gesture == gesture) {
            self.future.clear();
            return;
        }
        self.dropped = std::mem::take(&mut self.future);
        if self.past.len() == STEPS {
            self.past.pop_front();
        }
        self.past.push_back(Step {
            label,
            gesture,
            document: before.clone(),
            seen: None,
        });
    }

    /// Notes that a pane is about to be seen by another presentation state.
    pub fn record_seen(&mut self, label: Message, document: &Document, before: Seen) {
        self.record(label, None, document);
        if let Some(step) = self.past.back_mut() {
            step.seen = Some(before);
        }
    }

    /// What undo would undo.
    #[must_use]
    pub fn undo_label(&self) -> Option<&Message> {
        self.past.back().map(|step| &step.label)
    }

    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&Message> {
        self.future.last().map(|step| &step.label)
    }

    /// One step back. `see` makes a pane look as it did and gives back how it looked.
    pub fn undo(
        &mut self,
        now: &mut Document,
        see: impl FnOnce(&Seen) -> Option<Seen>,
    ) -> Option<Message> {
        let step = self.past.pop_back()?;
        let after = std::mem::replace(now, step.document);
        self.future.push(Step {
            label: step.label.clone(),
            gesture: None,
            document: after,
            seen: step.seen.as_ref().and_then(see),
        });
        Some(step.label)
    }

    /// Takes back the latest step if it is this gesture's, leaving past and future as before it.
    pub fn cancel(&mut self, gesture: GestureId, now: &mut Document) -> bool {
        if self.past.back().and_then(|step| step.gesture) != Some(gesture) {
            return false;
        }
        let Some(step) = self.past.pop_back() else {
            return false;
        };
        *now = step.document;
        self.future = std::mem::take(&mut self.dropped);
        true
    }

    /// One step forward again.
    pub fn redo(
        &mut self,
        now: &mut Document,
        see: impl FnOnce(&Seen) -> Option<Seen>,
    ) -> Option<Message> {
        let step = self.future.pop()?;
        let before = std::mem::replace(now, step.document);
        self.past.push_back(Step {
            label: step.label.clone(),
            gesture: None,
            document: before,
            seen: step.seen.as_ref().and_then(see),
        });
        Some(step.label)
    }
}
