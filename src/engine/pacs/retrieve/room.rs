//! Retrievals that the disk had no room for: they wait longer each time that something came in
//! vain, and what was larger than the room left is not asked for before there is more.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::archive::{ArchiveError, Ending, TransferId};
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
    fn lacked(&self, id: TransferId) -> u64 {
        lock(&self.0).get(&id).map_or(0, |it| it.lacked)
    }

    /// There is room again for what there was none for.
    fn has_room(&self, id: TransferId) {
        if let Some(shortage) = lock(&self.0).get_mut(&id) {
            shortage.lacked = 0;
        }
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

impl Shared {
    /// Looks before an attempt whether anything of it can be kept. Where it can, what was too much
    /// before is past: how much lacked is told by this attempt.
    pub(super) fn check_room(&self, id: TransferId) -> Result<(), ArchiveError> {
        self.archive.check_room(self.shortages.lacked(id))?;
        self.shortages.has_room(id);
        // Also of what nobody asked for, and nobody will bring again.
        self.archive.take_lacked();
        Ok(())
    }
}

/// The disk took no more in the middle of an attempt.
pub(super) fn ran_out(shared: &Shared, run: &Run, why: Message) -> Ending {
    let lacked = shared.archive.take_lacked();
    let id = run.transfer.id;
    let times = shared.shortages.note(id, lacked, run.has_brought());
    Ending::NoRoom(shared.said(&waits_for_archive(why)), times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::{Announced, InstanceSink as _};
    use crate::engine::pacs::transfers::tests::Stage;
    use crate::problem::msg;

    fn full(stage: &Stage, run: &Run) -> u32 {
        let why = Message::new(msg("pacs-cancelled"));
        match ran_out(&stage.shared, run, why) {
            Ending::NoRoom(_, times) => times,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_too_much_once_holds_nothing_back_after_there_was_room_for_it() {
        let stage = Stage::new();
        let id = stage.add("1.2");
        let run = stage.begin();
        let shortages = &stage.shared.shortages;
        shortages.note(id, u64::MAX, false);
        let held_back = stage.shared.check_room(id);
        assert!(
            matches!(held_back, Err(ArchiveError::TooLittleRoom { .. })),
            "{held_back:?}"
        );
        assert_eq!(shortages.note(id, 1000, false), 2);
        stage.shared.check_room(id).unwrap();
        assert_eq!(shortages.lacked(id), 0);
        assert_eq!(full(&stage, &run), 3, "it came in vain as often as before");
    }

    #[test]
    fn what_was_refused_to_somebody_else_holds_back_no_retrieval_that_begins_later() {
        let stage = Stage::new();
        let id = stage.add("1.2");
        let run = stage.begin();
        let refuse = || {
            let announced = Announced {
                sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
                sop_instance_uid: "1.9".to_owned(),
                transfer_syntax_uid: "1.2.840.10008.1.2.1".to_owned(),
                from: "SCANNER".to_owned(),
            };
            let archive = &stage.shared.archive;
            let mut writer = archive.begin(&announced).unwrap();
            writer.write(&[0; 1500]).unwrap();
            let here = archive.folder();
            let away = here.with_extension("away");
            std::fs::rename(here, &away).unwrap();
            assert!(archive.begin(&announced).is_err());
            std::fs::rename(&away, here).unwrap();
        };
        refuse();
        full(&stage, &run);
        assert_eq!(stage.shared.shortages.lacked(id), 1500);
        refuse();
        stage.shared.check_room(id).unwrap();
        full(&stage, &run);
        assert_eq!(stage.shared.shortages.lacked(id), 0);
    }
}
