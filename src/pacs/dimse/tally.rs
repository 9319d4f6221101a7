//! What a retrieval has so far: one place for all its associations to count.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::dicom::tags;
use crate::pacs::Failure;
use crate::pacs::InstanceOutcome;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::Wanted;
use crate::pacs::mixed::Patients;
use crate::problem::Message;
use crate::problem::msg;

/// Warnings of one kind are not repeated without end.
const MOST_WARNINGS: usize = 50;

pub(super) struct Tally<'a> {
    told: &'a (dyn Fn(RetrieveEvent) + Sync),
    studies: BTreeSet<String>,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: BTreeSet<String>,
    bytes: u64,
    expected: Option<usize>,
    failed: BTreeMap<String, Message>,
    /// Those of `failed` that nobody was told of.
    unsent: BTreeSet<String>,
    unnamed: Vec<Message>,
    /// Those of `failed` that came and have no place here.
    placeless: BTreeSet<String>,
    /// Refusals of ours that the node has not counted yet.
    own_refusals: usize,
    refused: Vec<RefusedSeries>,
    warnings: Vec<Message>,
    patients: Patients,
    is_of_two_patients: bool,
    first_instance: Option<Duration>,
    last: Option<Instant>,
    end: Option<Failure>,
}

/// A request that a node ended with the status of a failure.
struct RefusedSeries {
    series_uid: String,
    reason: Message,
    /// All that the node counts has a name that we know.
    is_known: bool,
}

impl<'a> Tally<'a> {
    pub fn new(wanted: &[Wanted], told: &'a (dyn Fn(RetrieveEvent) + Sync)) -> Self {
        Self {
            told,
            studies: wanted.iter().map(|study| study.study_uid.clone()).collect(),
            start: Instant::now(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many instances are to come in all.
    pub fn expect(&self, instances: usize) {
        self.state().expected = Some(instances);
        (self.told)(RetrieveEvent::Expected(instances));
    }

    /// Instances that came, and how long ago the first of them did.
    pub fn pace(&self) -> (usize, Duration) {
        let state = self.state();
        let since = state
            .first_instance
            .map(|first| self.start.elapsed().saturating_sub(first));
        (state.kept.len(), since.unwrap_or_default())
    }

    /// Whether an instance that came to a shared receiver is of what was asked for.
    pub fn is_ours(&self, outcome: &InstanceOutcome) -> bool {
        let Ok(received) = &outcome.result else {
            return false;
        };
        let study = (received.header.dataset.elements()).uid(tags::STUDY_INSTANCE_UID);
        study.is_some_and(|study| self.studies.contains(&study))
    }

    /// An instance came. Where there is no room for it, there is none for the others.
    pub fn add(&self, mut outcome: InstanceOutcome) {
        if let Some(failure) = outcome.no_room() {
            self.end(failure);
        }
        {
            let mut state = self.state();
            let uid = outcome.sop_instance_uid.clone();
            state.last = Some(Instant::now());
            match &outcome.result {
                Ok(received) => {
                    let study = (received.header.dataset.elements()).uid(tags::STUDY_INSTANCE_UID);
                    if study.is_none_or(|study| !self.studies.contains(&study)) {
                        let message = Message::new(msg("pacs-other-study")).text("uid", &uid);
                        if state.warnings.len() < MOST_WARNINGS {
                            state.warnings.push(message.clone());
                        }
                        outcome.remark = Some(message);
                    } else if let Some(message) = state.patients.note(&received.header) {
                        state.is_of_two_patients = true;
                        if !state.warnings.contains(&message) {
                            // Before all others: it must not be one too many.
                            state.warnings.insert(0, message.clone());
                            state.warnings.truncate(MOST_WARNINGS);
                        }
                        outcome.remark = Some(message);
                    }
                    if state.kept.insert(uid.clone()) {
                        state.bytes += received.bytes;
                    }
                    state.failed.remove(&uid);
                    state.unsent.remove(&uid);
                    state.first_instance.get_or_insert(self.start.elapsed());
                }
                Err(reason) => {
                    state.own_refusals += 1;
                    if outcome.has_no_place {
                        state.placeless.insert(uid.clone());
                    }
                    if !state.kept.contains(&uid) {
                        state.failed.insert(uid, reason.clone());
                    }
                }
            }
        }
        (self.told)(RetrieveEvent::Instance(outcome));
    }

    /// The node says that it could not send this instance. It may come yet in another way: nobody
    /// is told before the end.
    pub fn fail(&self, uid: &str, reason: &Message) {
        let mut state = self.state();
        if state.failed.contains_key(uid) && !state.unsent.contains(uid) {
            // It says what we have told it.
            state.own_refusals = state.own_refusals.saturating_sub(1);
        }
        if !state.kept.contains(uid) && !state.failed.contains_key(uid) {
            state.unsent.insert(uid.to_owned());
            state.failed.insert(uid.to_owned(), reason.clone());
        }
    }

    /// Whether it came, and nothing better comes of asking for it again.
    pub fn is_placeless(&self, uid: &str) -> bool {
        self.state().placeless.contains(uid)
    }

    /// Of so many failures that a node counts and does not name, those that it has not from us.
    pub fn of_node(&self, unnamed: usize) -> usize {
        let mut state = self.state();
        let own = state.own_refusals.min(unnamed);
        state.own_refusals -= own;
        unnamed - own
    }

    /// The node counts failures that it does not name.
    pub fn fail_unnamed(&self, reason: Message) {
        self.state().unnamed.push(reason);
    }

    /// The node ended the request for a series, or for the study if it has no UID, with the status
    /// of a failure, whatever came by then.
    pub fn fail_series(&self, series_uid: &str, reason: Message, is_known: bool) {
        let refused = &mut self.state().refused;
        // What is asked for in several ways is refused in as many, each time for the same.
        let is_new = |it: &RefusedSeries| it.series_uid != series_uid || it.reason != reason;
        if refused.iter().all(is_new) {
            refused.push(RefusedSeries {
                series_uid: series_uid.to_owned(),
                reason,
                is_known,
            });
        }
    }

    /// What a series lacked has come after all, by another request.
    pub fn forgive(&self, series_uid: &str) {
        let mut state = self.state();
        let refused = &mut state.refused;
        refused.retain(|refused| !refused.is_known || refused.series_uid != series_uid);
    }

    pub fn warn(&self, warning: Message) {
        let mut state = self.state();
        if state.warnings.len() < MOST_WARNINGS && !state.warnings.contains(&warning) {
            state.warnings.push(warning);
        }
    }

    /// The retrieval cannot go on; the first reason counts.
    pub fn end(&self, failure: Failure) {
        self.state().end.get_or_insert(failure);
    }

    /// What ended it.
    pub fn ended_by(&self) -> Option<Failure> {
        self.state().end.clone()
    }

    pub fn has_ended(&self) -> bool {
        self.state().end.is_some()
    }

    pub fn has(&self, uid: &str) -> bool {
        self.state().kept.contains(uid)
    }

    pub fn count(&self) -> usize {
        self.state().kept.len()
    }

    /// When the last instance came.
    pub fn last(&self) -> Instant {
        self.state().last.unwrap_or(self.start)
    }

    pub fn into_result(self) -> Retrieved {
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        for uid in state.unsent {
            if let Some(reason) = state.failed.get(&uid) {
                (self.told)(RetrieveEvent::Instance(InstanceOutcome {
                    sop_instance_uid: uid,
                    result: Err(reason.clone()),
                    remark: None,
                    has_no_room: false,
                    has_no_place: false,
                }));
            }
        }
        let refused = state.refused.into_iter().map(|refused| refused.reason);
        let mut failed: Vec<(String, Message)> = state.failed.into_iter().collect();
        failed.extend(
            state
                .unnamed
                .into_iter()
                .chain(refused)
                .map(|reason| (String::new(), reason)),
        );
        Retrieved {
            instances: state.kept.len(),
            bytes: state.bytes,
            expected: state.expected,
            failed,
            warnings: state.warnings,
            is_of_two_patients: state.is_of_two_patients,
            first_instance: state.first_instance,
            end: state.end,
        }
    }
}
