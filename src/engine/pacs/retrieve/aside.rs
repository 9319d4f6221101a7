//! What the reader waits for is asked for aside, on a connection of its own, while the others stand
//! still.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::pacs::{RetrieveEvent, Service};

use super::super::order::{Listed, wanted};
use super::super::run::Run;
use super::super::transfers::lock;
use super::Attempt;

/// What comes in less time need not be given the right of way.
const AT_ONCE: Duration = Duration::from_millis(500);
/// How long a node without room is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// How often is looked whether the reader waits for something.
const GLANCE: Duration = Duration::from_millis(20);

/// Ends what runs aside when it goes, also where the rest ends by a panic.
pub(super) struct EndOfAside<'a> {
    pub is_over: &'a AtomicBool,
    pub run: &'a Run,
}

impl Drop for EndOfAside<'_> {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.run.end_aside();
        // A list that is still being asked for is of no use any more.
        self.run.listing.cancel();
    }
}

impl Attempt<'_> {
    /// Until all has come: what the reader waits for comes on a connection of its own, while the
    /// others stand still.
    pub(super) fn fetch_awaited(&self, service: &dyn Service, is_over: &AtomicBool) {
        let mut is_tried_again = false;
        while !is_over.load(Ordering::Relaxed) && !self.run.is_stopped() {
            let Some(listed) = self.awaited().filter(|listed| self.take(listed)) else {
                std::thread::sleep(GLANCE);
                continue;
            };
            let mut asked = wanted(&self.run.transfer.study_uid, &[&listed]);
            for series in asked.iter_mut().flat_map(|study| &mut study.series) {
                series.is_exact = true;
            }
            let ctx = self.run.begin_aside();
            let told = |event: RetrieveEvent| self.hear(event, false);
            let closed = self.gate.close();
            let result = service.retrieve(&asked, &self.watched, &told, &ctx);
            drop(closed);
            self.hand_on(true);
            let uid = &listed.sop_instance_uid;
            let has_come = self.settled().contains(uid);
            let is_answered = result.is_ok_and(|retrieved| retrieved.end.is_none());
            if !has_come || !is_answered {
                lock(&self.taken).remove(uid);
                // In another way it may come.
                lock(&self.failed).remove(uid);
                // A node without room for one connection more: it may have, once it has listed.
                if !is_answered && self.is_listing() && !is_tried_again {
                    is_tried_again = true;
                    std::thread::sleep(PAUSE);
                    continue;
                }
                // With room for one connection alone, perhaps: it is steered instead.
                tracing::debug!("nothing has the right of way any more");
                return;
            }
        }
    }

    /// What the reader waits for, if it would come late and was not asked for yet.
    fn awaited(&self) -> Option<Listed> {
        let (focus, _) = self.shared.focus(&self.run.transfer.study_uid)?;
        let uid = focus.awaited?;
        let (listed, of) = self.listed_so_far(|listed| {
            let found = listed.iter().find(|it| it.sop_instance_uid == uid);
            (found.cloned(), listed.len())
        });
        let settled = self.settled();
        let is_here = settled.contains(&uid);
        let missing = of.saturating_sub(settled.len());
        let is_soon = self.time_for(missing).is_some_and(|time| time < AT_ONCE);
        if is_here || is_soon || self.shared.under_way.has(&uid) {
            return None;
        }
        listed
    }
}
