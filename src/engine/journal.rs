//! Unsaved work on disk within two seconds, written by a thread of its own so that a slow disk
//! never holds up the window.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::{Engine, Waker};
use crate::jobs::JobCtx;
use crate::model::StudyKey;
use crate::objects::journal::{Draft, Journal};
use crate::problem::{Message, Problem, Problems, msg};
use crate::workspace::{Arrival, Document, Workspace};

/// Changes that come this soon after each other are written once.
const REST: Duration = Duration::from_millis(700);

#[derive(Default)]
struct State {
    /// Latest draft by Study Instance UID; an empty one removes what is on disk.
    waiting: BTreeMap<String, Draft>,
    /// Studies whose draft of an earlier run is being looked for; it is not written over before.
    searching: BTreeSet<String>,
    is_writing: bool,
    is_hurried: bool,
    is_closing: bool,
    problems: Vec<Problem>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    journal: Journal,
    waker: Waker,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes drafts.
pub(super) struct JournalWriter {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl JournalWriter {
    pub(super) fn new(journal: Journal, waker: Waker) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            journal,
            waker,
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || work(&of_thread))
            .ok();
        Self { shared, thread }
    }

    fn write(&self, study_instance_uid: String, draft: Draft) {
        self.shared.lock().waiting.insert(study_instance_uid, draft);
        self.shared.changed.notify_all();
    }

    /// Holds back what is written for a study until the search for its earlier draft has ended.
    fn search(&self, study_instance_uid: String) -> Search {
        let shared = Arc::clone(&self.shared);
        shared.lock().searching.insert(study_instance_uid.clone());
        Search {
            shared,
            study_instance_uid,
        }
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        std::mem::take(&mut self.shared.lock().problems)
    }

    /// Returns once everything is on disk (or could not be written, and that is told).
    pub(super) fn flush(&self) {
        let mut state = self.shared.lock();
        state.is_hurried = true;
        self.shared.changed.notify_all();
        while (!state.waiting.is_empty() || state.is_writing) && self.thread.is_some() {
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.is_hurried = false;
    }
}

/// A search for an earlier draft; it ends when this is dropped, whatever became of it.
struct Search {
    shared: Arc<Shared>,
    study_instance_uid: String,
}

impl Drop for Search {
    fn drop(&mut self) {
        self.shared
            .lock()
            .searching
            .remove(&self.study_instance_uid);
        self.shared.changed.notify_all();
    }
}

impl State {
    fn is_ready(&self) -> bool {
        self.waiting
            .keys()
            .any(|study| !self.searching.contains(study))
    }

    /// What may be written now.
    fn take_ready(&mut self) -> BTreeMap<String, Draft> {
        let (held, ready) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(study, _)| self.searching.contains(study));
        self.waiting = held;
        ready
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        self.shared.lock().is_closing = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It writes what waits, then ends.
            drop(thread.join());
        }
    }
}

fn work(shared: &Shared) {
    loop {
        let mut state = shared.lock();
        while !state.is_ready() {
            if state.is_closing && state.waiting.is_empty() {
                return;
            }
            state = shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if !state.is_hurried && !state.is_closing {
            let (rested, _) = shared
                .changed
                .wait_timeout_while(state, REST, |state| !state.is_hurried && !state.is_closing)
                .unwrap_or_else(PoisonError::into_inner);
            state = rested;
        }
        let waiting = state.take_ready();
        state.is_writing = true;
        drop(state);
        let mut problems = Vec::new();
        for (study, draft) in waiting {
            if let Err(error) = shared.journal.write(&study, &draft) {
                let message =
                    Message::new(msg("journal-not-written")).message("reason", error.message());
                problems.push(Problem::error(message));
            }
        }
        let mut state = shared.lock();
        state.is_writing = false;
        let has_problems = !problems.is_empty();
        state.problems.extend(problems);
        drop(state);
        shared.changed.notify_all();
        if has_problems {
            (shared.waker)();
        }
    }
}

impl Engine {
    /// The document of a study goes into the journal; one that is saved leaves it.
    pub(super) fn write_journal(
        &self,
        study: StudyKey,
        document: &Document,
        workspace: &Workspace,
    ) {
        let Some(of) = workspace.library.study(study) else {
            return;
        };
        let patient = workspace
            .library
            .patient_of(study)
            .map(|patient| patient.module.name.clone());
        let record = workspace.studies.get(&study);
        // Until the offer of an earlier run is answered, its work stays in the draft.
        let offered = record.and_then(|record| record.journal.as_ref());
        let joined = offered.map(|offered| document.joined(offered, true));
        let is_saved = joined.is_none() && record.is_some_and(|record| record.saved == *document);
        let document = joined.as_ref().unwrap_or(document);
        let draft = if is_saved {
            Draft::default()
        } else {
            Draft {
                patient_name: patient.unwrap_or_default(),
                study_description: of.module.description.clone(),
                paths: workspace.settings.recent.iter().take(1).cloned().collect(),
                annotations: document
                    .annotations
                    .iter()
                    .map(|annotation| (**annotation).clone())
                    .collect(),
                text: document.findings.to_string(),
                impression: document.impression.to_string(),
                calibrations: document.calibrations.clone(),
                predecessor: String::new(),
            }
        };
        self.journal
            .write(of.module.study_instance_uid.clone(), draft);
    }

    pub(super) fn discard_journal(&self, study: StudyKey, workspace: &Workspace) {
        if let Some(of) = workspace.library.study(study) {
            self.journal
                .write(of.module.study_instance_uid.clone(), Draft::default());
        }
    }

    /// Looks for unsaved work of a study that was just opened.
    pub(super) fn find_journal(&self, study: StudyKey, workspace: &Workspace) {
        let Some(of) = workspace.library.study(study) else {
            return;
        };
        let (uid, journal) = (
            of.module.study_instance_uid.clone(),
            Journal::new(&self.folders.journal),
        );
        let sender = self.sender.clone();
        let search = self.journal.search(uid.clone());
        let find = move |_ctx: &JobCtx| {
            let _ends_with_the_job = search;
            let problems = Problems::new();
            let found = journal
                .pending(&problems)
                .into_iter()
                .find(|pending| pending.study_instance_uid == uid);
            problems
                .drain()
                .into_iter()
                .for_each(|problem| super::notify(&sender, problem));
            let draft = found?.draft;
            let document = Document {
                annotations: draft.annotations.into_iter().map(Arc::new).collect(),
                findings: draft.text.into(),
                impression: draft.impression.into(),
                calibrations: draft.calibrations,
            };
            Some(Arrival::JournalFound { study, document })
        };
        self.spawn_event(Message::new(msg("job-journal")), false, find, |_| None);
    }
}
