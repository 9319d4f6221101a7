//! Who has a node's line: what was asked for last goes first, and what else runs with the node
//! stands back meanwhile. To open a study is to ask for it, and so is to turn to it.

use std::time::{Duration, SystemTime};

use crate::archive::{ArchiveError, TransferId, TransferState};

use super::super::order::Focus;
use super::super::run::Run;
use super::{Shared, lock};

/// Nobody who is asked for waits longer for the first image of another.
const LONGEST_TURN: Duration = Duration::from_secs(30);

/// A transfer that somebody waits for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    id: TransferId,
    node: String,
    study_uid: String,
}

impl Shared {
    /// The reader waits for this one from now on more than for any other.
    pub(in crate::engine::pacs) fn ask_first(&self, id: TransferId, node: &str, study_uid: &str) {
        let mut asked = lock(&self.asked);
        asked.retain(|it| it.id != id);
        asked.push(Asked {
            id,
            node: node.to_owned(),
            study_uid: study_uid.to_owned(),
        });
        drop(asked);
        if self.may_run(id) {
            self.make_way(id, node);
        }
        self.wake();
    }

    /// The reader wants this one before all others, and now, whatever it waits for. What is paused or
    /// has ended stays so.
    pub(in crate::engine::pacs) fn go_first(&self, id: TransferId) -> Result<(), ArchiveError> {
        let queue = self.archive.transfers();
        queue.hasten(id, SystemTime::now())?;
        if let Some(transfer) = queue.get(id)? {
            self.ask_first(id, &transfer.node, &transfer.study_uid);
        }
        Ok(())
    }

    /// Whether it has a use for the line: what is over, is paused, is tried again later or runs in
    /// another program has none.
    fn may_run(&self, id: TransferId) -> bool {
        if lock(&self.running).contains_key(&id) {
            return true;
        }
        let transfer = self.archive.transfers().get(id).ok().flatten();
        transfer.is_some_and(|it| {
            let now = SystemTime::now();
            it.state == TransferState::Waiting && it.next_attempt.is_none_or(|at| at <= now)
        })
    }

    /// The reader has turned to a study: what is still to come of it goes before what was asked
    /// for since.
    pub(super) fn turn_to(&self, study_uid: &str) {
        let asked = lock(&self.asked).clone();
        let is_first = |it: &&Asked| it.study_uid == study_uid;
        if asked.last().as_ref().is_some_and(is_first) {
            return;
        }
        let Some(it) = asked.iter().rfind(is_first) else {
            return;
        };
        if self.may_run(it.id) {
            self.ask_first(it.id, &it.node, study_uid);
        }
    }

    /// Those that somebody waits for, what was asked for last at the end.
    pub(super) fn asked(&self) -> Vec<TransferId> {
        lock(&self.asked).iter().map(|it| it.id).collect()
    }

    /// Nobody waits for it any more.
    pub(super) fn forget_asked(&self, id: TransferId) {
        lock(&self.asked).retain(|it| it.id != id);
    }

    /// Everything else that runs with the node stops, and goes on afterwards: at once, but what stood
    /// back before it had brought anything brings something first this time. So whoever turns from
    /// one to the other has both come on.
    fn make_way(&self, id: TransferId, node: &str) {
        let running = lock(&self.running);
        let fruitless = lock(&self.fruitless);
        for run in running.values().filter(|run| run.transfer.node == node) {
            if run.transfer.id == id {
                run.go_on();
            } else if fruitless.contains(&run.transfer.id) {
                run.yield_soon();
            } else {
                run.stop();
            }
        }
    }

    /// What was to bring something first, and takes too long for that.
    pub(super) fn stop_the_slow(&self) {
        for run in lock(&self.running).values() {
            if run.has_yielded_for().is_some_and(|it| it >= LONGEST_TURN) {
                run.stop();
            }
        }
    }

    /// An attempt is over: whether it stood back before anything came is remembered for the next.
    pub(super) fn note_turn(&self, run: &Run, has_stood_back: bool) {
        let mut fruitless = lock(&self.fruitless);
        if has_stood_back && !run.has_brought() {
            fruitless.insert(run.transfer.id);
        } else {
            fruitless.remove(&run.transfer.id);
        }
    }
}

/// The study that the reader has turned to, from what was looked at to what is now: another study,
/// or an image that is not here yet. What is hung by itself on an empty screen is no turning.
pub(super) fn turned<'a>(before: Option<&Focus>, now: Option<&'a Focus>) -> Option<&'a str> {
    let (before, now) = (before?, now?);
    let is_other = before.study_uid != now.study_uid;
    let waits = now.awaited.is_some() && now.awaited != before.awaited;
    (is_other || waits).then_some(now.study_uid.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn focus(study_uid: &str, awaited: Option<&str>) -> Focus {
        Focus {
            study_uid: study_uid.into(),
            series_uid: "1".into(),
            instance_number: None,
            awaited: awaited.map(str::to_owned),
        }
    }

    #[test]
    fn to_turn_is_to_look_at_another_study_or_to_wait_for_an_image() {
        let (a, b, waiting) = (focus("A", None), focus("B", None), focus("A", Some("1")));
        assert_eq!(turned(Some(&a), Some(&b)), Some("B"));
        assert_eq!(turned(Some(&a), Some(&waiting)), Some("A"));
        assert_eq!(turned(Some(&waiting), Some(&a)), None);
        assert_eq!(turned(None, Some(&a)), None, "hung by itself");
        assert_eq!(turned(Some(&a), None), None);
        let next = Focus {
            instance_number: Some(2),
            ..a.clone()
        };
        assert_eq!(turned(Some(&a), Some(&next)), None, "it is here");
    }
}
