//! Retrievals that the disk had no room for: they wait longer each time that something came in
//! vain, and what was larger than the room left is not asked for before there is more.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::archive::{Ending, TransferId};
use crate::problem::Message;

use super::super::run::Run;
use super::super::transfers::{Shared, lock, waits_for_archive};

/// What the disk had no room for, since this program began.
#[derive(Debug, Default)]
pub(in crate::engine::pacs) struct Shortages(Mutex<HashMap<TransferId, Shortage>>);

#[derive(Debug, Clone, Copy, Default)]
struct Shortage {
    /// Attempts in a row that brought nothing that was kept.
    times: u32,
    /// Bytes that were on their way when the disk took no more.
    lacked: u64,
}

impl Shortages {
    /// Bytes for which there was no room at the last attempt.
    pub fn lacked(&self, id: TransferId) -> u64 {
        lock(&self.0).get(&id).map_or(0, |it| it.lacked)
    }

    /// The transfer is over.
    pub fn forget(&self, id: TransferId) {
        lock(&self.0).remove(&id);
    }

    /// There was no room for so many bytes; how often now in a row.
    fn note(&self, id: TransferId, lacked: u64, has_brought: bool) -> u32 {
        let mut all = lock(&self.0);
        let shortage = all.entry(id).or_default();
        shortage.lacked = lacked;
        shortage.times = if has_brought { 1 } else { shortage.times + 1 };
        shortage.times
    }
}

/// The disk took no more in the middle of an attempt.
pub(super) fn ran_out(shared: &Shared, run: &Run, why: Message) -> Ending {
    let lacked = shared.archive.take_lacked();
    let id = run.transfer.id;
    let times = shared.shortages.note(id, lacked, run.has_brought());
    Ending::NoRoom(shared.said(&waits_for_archive(why)), times)
}
