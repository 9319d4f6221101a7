//! Retrieves and sends as the reader sees them. The queue itself is on disk, in the archive; the
//! engine runs it and says here how far it is.

use std::time::Duration;

pub use crate::archive::{TransferId, TransferKind};
use crate::model::StudyKey;
use crate::problem::{Message, MessageId, Problem, Severity, msg};
use crate::workspace::Workspace;
use crate::workspace::command::Effect;
use crate::workspace::search::{FoundStudy, Source};

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq)]
pub enum TransferState {
    /// Others come first, or it is tried again in so long a time.
    Waiting(Option<Duration>),
    /// Under way.
    Running,
    /// All is sent; the node has not said yet that it keeps it.
    Committing,
    /// The reader stopped it for now.
    Paused,
    /// Every instance is there.
    Done,
    /// It is over, and not everything is there.
    Failed(Message),
}

/// A transfer, for the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its key.
    pub id: TransferId,
    /// Which way.
    pub kind: TransferKind,
    /// With whom.
    pub node: String,
    /// Whose and what.
    pub label: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient ID, as it was asked for.
    pub patient_id: String,
    /// It is for all of the study, not for some of its series or instances.
    pub is_of_whole_study: bool,
    /// Done only once the node has given its word to keep it (storage commitment).
    pub is_committed: bool,
    /// How far.
    pub state: TransferState,
    /// Instances that are there.
    pub done: usize,
    /// Instances that there are in all, as far as is known.
    pub of: usize,
    /// Why the last attempt broke off, where it is tried again.
    pub reason: Option<Message>,
    /// Instances that failed, each with a reason.
    pub failed: Vec<(String, Message)>,
    /// What was warned of instances that are there all the same.
    pub remarks: Vec<(String, Message)>,
    /// Bytes moved.
    pub bytes: u64,
    /// Bytes a second, of late.
    pub bytes_per_s: Option<f64>,
}

impl Transfer {
    /// `123 of 400`, `done`, `failed`: one line for lists.
    #[must_use]
    pub fn state_words(&self) -> Message {
        let with_counts = |message: Message| message.count("done", self.done).count("of", self.of);
        match &self.state {
            TransferState::Waiting(None) => Message::new(msg("transfer-waiting")),
            TransferState::Waiting(Some(after)) => {
                let seconds = after.as_secs_f64().ceil();
                Message::new(msg("transfer-again")).number("seconds", seconds)
            }
            TransferState::Running if self.of == 0 => Message::new(msg("transfer-begun")),
            TransferState::Running => with_counts(Message::new(msg("transfer-running"))),
            TransferState::Committing => with_counts(Message::new(msg("transfer-committing"))),
            TransferState::Paused if self.of == 0 => Message::new(msg("transfer-paused-unbegun")),
            TransferState::Paused => with_counts(Message::new(msg("transfer-paused"))),
            TransferState::Done => {
                let id = match self.kind {
                    TransferKind::Send if self.is_committed => msg("transfer-sent-kept"),
                    TransferKind::Send => msg("transfer-sent"),
                    TransferKind::Retrieve | TransferKind::Priors => msg("transfer-done"),
                };
                let done = Message::new(id).count("count", self.done);
                self.with_warnings(done, msg("transfer-with-warnings"))
            }
            TransferState::Failed(why) if self.of == 0 => why.clone(),
            TransferState::Failed(why) => {
                with_counts(Message::new(msg("transfer-failed"))).message("reason", why.clone())
            }
        }
    }

    /// A sentence about what is there, by this message where some of it is with a warning.
    fn with_warnings(&self, said: Message, with: MessageId) -> Message {
        match self.remarks.len() {
            0 => said,
            count => Message::new(with)
                .message("said", said)
                .count("count", count),
        }
    }

    /// Why instances failed, and which, those reasons first that most have in common.
    #[must_use]
    pub fn failures(&self) -> Vec<(&Message, Vec<&str>)> {
        alike(&self.failed)
    }

    /// What was warned of, and of which instances, in the same order.
    #[must_use]
    pub fn warnings(&self) -> Vec<(&Message, Vec<&str>)> {
        alike(&self.remarks)
    }

    /// How long it will take, at the speed of late.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let speed = self.bytes_per_s.filter(|speed| *speed > 1.0)?;
        if self.state != TransferState::Running || self.done == 0 || self.of <= self.done {
            return None;
        }
        let each = self.bytes as f64 / self.done as f64;
        let left = (self.of - self.done) as f64 * each / speed;
        Some(Duration::from_secs_f64(left.min(1e6)))
    }

    /// Over, one way or the other.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, TransferState::Done | TransferState::Failed(_))
    }
}

/// By what is said, most common first.
fn alike(said: &[(String, Message)]) -> Vec<(&Message, Vec<&str>)> {
    let mut all: Vec<(&Message, Vec<&str>)> = Vec::new();
    for (uid, what) in said {
        match all.iter_mut().find(|(known, _)| *known == what) {
            Some((_, uids)) => uids.push(uid),
            None => all.push((what, vec![uid])),
        }
    }
    all.sort_by_key(|(_, uids)| std::cmp::Reverse(uids.len()));
    all
}

/// All transfers, as the engine last said.
#[derive(Debug, Default)]
pub struct Transfers {
    all: Vec<Transfer>,
    /// The engine has said how they are.
    is_known: bool,
}

impl Transfers {
    /// In the order they are run.
    #[must_use]
    pub fn all(&self) -> &[Transfer] {
        &self.all
    }

    /// The first of several that wait for others to be done.
    #[must_use]
    pub fn next(&self) -> Option<TransferId> {
        let waits = |it: &&Transfer| it.state == TransferState::Waiting(None);
        let mut waiting = self.all.iter().filter(waits);
        let first = waiting.next()?;
        waiting.next().is_some().then_some(first.id)
    }

    /// Those that are not over.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.all
            .iter()
            .filter(|transfer| !transfer.is_over())
            .count()
    }

    /// The retrieval of this study that is not over.
    #[must_use]
    pub fn of_study(&self, study_uid: &str) -> Option<&Transfer> {
        self.all
            .iter()
            .find(|it| it.study_uid == study_uid && it.kind != TransferKind::Send && !it.is_over())
    }
}

/// A change of the queue.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum TransferEdit {
    /// Into the archive, and into the window as it comes.
    Open(Box<FoundStudy>),
    /// Into the archive alone.
    Fetch(Box<FoundStudy>),
    /// All files of an open study to this node.
    Send(StudyKey, String),
    /// The same of a study of which not all is here, which the reader knows.
    SendPart(StudyKey, String),
    Pause(TransferId),
    Resume(TransferId),
    /// Before all others.
    First(TransferId),
    /// Stops it; what is here already stays.
    Cancel(TransferId),
    /// Takes those that are done off the list.
    ClearOver,
}

impl Workspace {
    pub(super) fn edit_transfers(&mut self, edit: TransferEdit) -> Vec<Effect> {
        if matches!(edit, TransferEdit::Open(_)) {
            // As a scan: what is laid over images, or a document, waits for them.
            self.scans_running += 1;
        }
        vec![Effect::Transfer(edit)]
    }

    /// How far the transfers are; a failure is told once, when it happens.
    pub(super) fn take_transfers(&mut self, transfers: Vec<Transfer>) {
        for transfer in &transfers {
            let before = self.transfers.all.iter().find(|it| it.id == transfer.id);
            // What was over when the program began is no news.
            let was_over = match before {
                Some(before) => before.is_over(),
                None => !self.transfers.is_known,
            };
            if was_over || transfer.kind == TransferKind::Priors {
                continue;
            }
            match &transfer.state {
                TransferState::Failed(why) => {
                    let message = if transfer.of == 0 {
                        Message::new(msg("transfer-notice-failed-unbegun"))
                            .text("node", &transfer.node)
                            .message("reason", why.clone())
                    } else {
                        Message::new(msg("transfer-notice-failed"))
                            .text("node", &transfer.node)
                            .count("done", transfer.done)
                            .count("of", transfer.of)
                            .message("reason", why.clone())
                    };
                    self.notices.push(Problem::error(message));
                }
                TransferState::Done if transfer.kind == TransferKind::Send => {
                    let id = if transfer.is_committed {
                        msg("transfer-notice-sent-kept")
                    } else {
                        msg("transfer-notice-sent")
                    };
                    let message = Message::new(id)
                        .text("node", &transfer.node)
                        .count("count", transfer.done);
                    let severity = if transfer.remarks.is_empty() {
                        Severity::Note
                    } else {
                        Severity::Warning
                    };
                    self.notices.push(Problem {
                        severity,
                        message: transfer
                            .with_warnings(message, msg("transfer-notice-with-warnings")),
                        path: None,
                    });
                }
                _ => {}
            }
        }
        self.transfers = Transfers {
            all: transfers,
            is_known: true,
        };
        self.note_fetched();
        for study_uid in self.arriving.studies() {
            if self.transfers.of_study(&study_uid).is_none() {
                self.arriving.forget(&study_uid);
                self.forget_previews(&study_uid);
            }
        }
    }

    /// Earlier studies that were fetched are in the archive from then on.
    pub(super) fn note_fetched(&mut self) {
        for transfer in &self.transfers.all {
            let is_fetched = transfer.state == TransferState::Done
                && transfer.kind != TransferKind::Send
                && transfer.is_of_whole_study;
            if !is_fetched {
                continue;
            }
            let lists = self.earlier.iter_mut().map(|(_, studies)| studies);
            for found in lists.flatten() {
                // Two patients' studies may have one UID.
                if found.study.study_uid == transfer.study_uid
                    && found.study.patient_id == transfer.patient_id
                    && !found.sources.contains(&Source::Archive)
                {
                    found.sources.push(Source::Archive);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StudyMatch;
    use crate::workspace::command::Arrival;

    fn sending(of: usize) -> Transfer {
        Transfer {
            id: TransferId(1),
            kind: TransferKind::Send,
            node: "PACS".into(),
            label: String::new(),
            study_uid: "1.2".into(),
            patient_id: "4711".into(),
            is_of_whole_study: true,
            is_committed: false,
            state: TransferState::Running,
            reason: None,
            done: 0,
            of,
            failed: Vec::new(),
            remarks: Vec::new(),
            bytes: 0,
            bytes_per_s: None,
        }
    }

    #[test]
    fn what_was_only_accepted_what_is_kept_and_what_was_warned_of_are_told_apart() {
        let done = Transfer {
            state: TransferState::Done,
            done: 3,
            ..sending(3)
        };
        assert_eq!(done.state_words().id, msg("transfer-sent"));
        let kept = Transfer {
            is_committed: true,
            ..done.clone()
        };
        assert_eq!(kept.state_words().id, msg("transfer-sent-kept"));
        let coerced = Message::new(msg("transfer-failed-inside"));
        let warned = Transfer {
            remarks: vec![("1".into(), coerced)],
            ..done
        };
        assert_eq!(warned.state_words().id, msg("transfer-with-warnings"));
        let mut workspace = Workspace::default();
        workspace.take_transfers(vec![sending(3)]);
        workspace.take_transfers(vec![warned]);
        let notices = workspace.notices.shown();
        assert_eq!(notices[0].problem.severity, Severity::Warning);
        assert!(notices[0].problem.message.id == msg("transfer-notice-with-warnings"));
    }

    #[test]
    fn of_what_has_not_begun_no_numbers_are_said() {
        let why = Message::new(msg("transfer-no-node"));
        let failed = TransferState::Failed(why.clone());
        for (state, words) in [
            (TransferState::Running, Message::new(msg("transfer-begun"))),
            (
                TransferState::Paused,
                Message::new(msg("transfer-paused-unbegun")),
            ),
            (failed, why),
        ] {
            let transfer = Transfer {
                state,
                ..sending(0)
            };
            assert_eq!(transfer.state_words(), words);
        }
    }

    #[test]
    fn an_earlier_study_is_here_once_it_was_fetched_and_not_because_it_was_sent() {
        let node = Source::Node("PACS".into());
        let study = StudyMatch {
            study_uid: "1.2".into(),
            patient_id: "4711".into(),
            ..StudyMatch::default()
        };
        let mut workspace = Workspace::default();
        let is_here = |workspace: &Workspace| {
            let earlier = &workspace.earlier["1.1"];
            earlier[0].sources.contains(&Source::Archive)
        };
        let tell = |workspace: &mut Workspace| {
            drop(workspace.arrived(Arrival::Earlier {
                study_uid: "1.1".into(),
                studies: vec![FoundStudy::new(study.clone(), node.clone())],
            }));
        };
        tell(&mut workspace);
        let fetched = |kind, state| Transfer {
            kind,
            state,
            ..sending(3)
        };
        for (kind, state, is_now) in [
            (TransferKind::Send, TransferState::Done, false),
            (TransferKind::Priors, TransferState::Running, false),
            (TransferKind::Priors, TransferState::Done, true),
        ] {
            workspace.take_transfers(vec![fetched(kind, state)]);
            assert_eq!(is_here(&workspace), is_now, "{kind:?}");
        }
        // What was asked before it came is told after it.
        tell(&mut workspace);
        assert!(is_here(&workspace));
    }

    #[test]
    fn an_earlier_study_is_not_here_because_a_series_of_it_is_or_another_patients() {
        let study = StudyMatch {
            study_uid: "1.2".into(),
            patient_id: "4711".into(),
            ..StudyMatch::default()
        };
        let fetched = Transfer {
            kind: TransferKind::Retrieve,
            state: TransferState::Done,
            ..sending(3)
        };
        let series = Transfer {
            is_of_whole_study: false,
            ..fetched.clone()
        };
        let others = Transfer {
            patient_id: "4712".into(),
            ..fetched.clone()
        };
        for (transfer, is_here) in [(series, false), (others, false), (fetched, true)] {
            let mut workspace = Workspace::default();
            workspace.take_transfers(vec![transfer]);
            drop(workspace.arrived(Arrival::Earlier {
                study_uid: "1.1".into(),
                studies: vec![FoundStudy::new(study.clone(), Source::Node("PACS".into()))],
            }));
            let sources = &workspace.earlier["1.1"][0].sources;
            assert_eq!(sources.contains(&Source::Archive), is_here);
        }
    }

    #[test]
    fn of_those_that_wait_the_first_is_the_next() {
        let all = |states: &[TransferState]| Transfers {
            all: (states.iter().zip(1..))
                .map(|(state, id)| Transfer {
                    id: TransferId(id),
                    state: state.clone(),
                    ..sending(3)
                })
                .collect(),
            is_known: true,
        };
        let waiting = TransferState::Waiting(None);
        let later = TransferState::Waiting(Some(Duration::from_secs(9)));
        let several = [TransferState::Running, later, waiting.clone(), waiting];
        assert_eq!(all(&several).next(), Some(TransferId(3)));
        assert_eq!(all(&several[..3]).next(), None, "where there is no other");
    }

    #[test]
    fn instances_that_failed_alike_are_told_together() {
        let gone = Message::new(msg("transfer-file-gone"));
        let other = Message::new(msg("transfer-failed-inside"));
        let failed = [("1", &other), ("2", &gone), ("3", &gone)];
        let transfer = Transfer {
            failed: failed
                .map(|(uid, why)| (uid.to_owned(), why.clone()))
                .into(),
            ..sending(3)
        };
        assert_eq!(
            transfer.failures(),
            [(&gone, vec!["2", "3"]), (&other, vec!["1"])]
        );
    }
}
