//! Retrievals that the disk had no room for: they wait longer each time that something came in
//! vain, and what was larger than the room left is not asked for before there is more. The same
//! for those whose instances may not be written where they belong.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::archive::{ArchiveError, Ending, TransferId};
use crate::pacs::InstanceOutcome;
use crate::problem::Message;

use super::super::run::Run;
use super::super::transfers::{Shared, lock, waits_for_archive};

/// So many instances that have no place end an attempt that brought nothing else.
const MOST_IN_VAIN: u32 = 20;

/// What the disk had no room for, since this program began.
#[derive(Debug, Default)]
pub(in crate::engine::pacs) struct Shortages(Mutex<HashMap<TransferId, Shortage>>);

#[derive(Debug, Clone, Copy, Default)]
struct Shortage {
    /// Attempts in a row that brought nothing that was kept.
    times: u32,
    /// Bytes that were on their way when the disk took no more.
    lacked: u64,
    /// Attempts in a row that brought much, nothing of which could be kept where it belongs.
    in_vain: u32,
}

/// What came in an attempt and could not be kept where it belongs, with nothing kept so far.
#[derive(Debug, Default)]
pub(in crate::engine::pacs) struct InVain {
    instances: u32,
    /// Why the last of them could not, where the attempt is ended for it.
    ended_by: Option<Message>,
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

    /// Whether what has no place ends an attempt. Other series may have one, and come last: after
    /// one attempt that was ended so everything is asked for, and ever more rarely later.
    fn ends_in_vain(&self, id: TransferId) -> bool {
        let times = lock(&self.0).get(&id).map_or(0, |it| it.in_vain);
        times == 0 || !(times + 1).is_power_of_two()
    }

    /// An attempt was in vain; how often now in a row.
    fn note_in_vain(&self, id: TransferId) -> u32 {
        let mut all = lock(&self.0);
        let shortage = all.entry(id).or_default();
        shortage.in_vain += 1;
        shortage.in_vain
    }

    /// An attempt was not.
    fn has_place(&self, id: TransferId) {
        if let Some(shortage) = lock(&self.0).get_mut(&id) {
            shortage.in_vain = 0;
        }
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

/// An instance came, or did not. Where nothing can be kept, as in a patient's folder that may not
/// be written, the rest is not fetched in vain.
pub(super) fn note_place(shared: &Shared, run: &Run, outcome: &InstanceOutcome) {
    let why = outcome.result.as_ref().err();
    let Some(why) = why.filter(|_| outcome.has_no_place && !run.has_brought()) else {
        return;
    };
    let mut in_vain = lock(&run.in_vain);
    in_vain.instances += 1;
    let is_enough = in_vain.instances >= MOST_IN_VAIN;
    if is_enough && !run.is_stopped() && shared.shortages.ends_in_vain(run.transfer.id) {
        in_vain.ended_by = Some(why.clone());
        drop(in_vain);
        run.stop();
    }
}

/// How an attempt ends of which nothing could be kept where it belongs; any other as it does.
pub(in crate::engine::pacs) fn end_in_vain(shared: &Shared, run: &Run, ending: Ending) -> Ending {
    let id = run.transfer.id;
    let mut in_vain = lock(&run.in_vain);
    if run.has_brought() {
        shared.shortages.has_place(id);
        return ending;
    }
    let ended_by = in_vain.ended_by.take();
    if in_vain.instances < MOST_IN_VAIN || (ending == Ending::Yielded && ended_by.is_none()) {
        return ending;
    }
    let times = shared.shortages.note_in_vain(id);
    match ended_by {
        Some(why) => Ending::NoRoom(shared.said(&waits_for_archive(why)), times),
        None => ending,
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
    use crate::archive::{ItemOutcome, Retry};
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

    fn placeless(uid: u32) -> InstanceOutcome {
        InstanceOutcome {
            sop_instance_uid: format!("1.2.{uid}"),
            result: Err(Message::new(msg("archive-no-place"))),
            remark: None,
            has_no_room: false,
            has_no_place: true,
        }
    }

    /// An attempt at a study of 40 instances without a place: how many of them are fetched, and
    /// how it ends.
    fn attempt(stage: &Stage, run: &Run) -> (u32, Ending) {
        let fetched = (1..=40).take_while(|uid| {
            let goes_on = !run.is_stopped();
            if goes_on {
                note_place(&stage.shared, run, &placeless(*uid));
            }
            goes_on
        });
        let fetched = u32::try_from(fetched.count()).unwrap();
        let ending = if run.is_stopped() {
            Ending::Yielded
        } else {
            Ending::Failed(String::new(), Retry::Later)
        };
        (fetched, end_in_vain(&stage.shared, run, ending))
    }

    #[test]
    fn a_study_without_a_place_is_rarely_fetched_in_vain_and_a_few_of_it_at_other_times() {
        let stage = Stage::new();
        stage.add("1.2");
        let transfer = stage.begin().transfer.clone();
        let mut ends = Vec::new();
        for _ in 0..4 {
            let (fetched, ending) = attempt(&stage, &Run::new(transfer.clone()));
            let times = match ending {
                Ending::NoRoom(why, times) => {
                    assert!(why.contains("archive-no-place"), "{why}");
                    Some(times)
                }
                Ending::Failed(..) => None,
                other => panic!("{other:?}"),
            };
            ends.push((fetched, times));
        }
        assert_eq!(ends, [(20, Some(1)), (40, None), (20, Some(3)), (40, None)]);
    }

    #[test]
    fn a_few_instances_without_a_place_keep_no_other_from_coming() {
        let stage = Stage::new();
        let id = stage.add("1.2");
        let run = stage.begin();
        run.note("1.1", ItemOutcome::Success, 1);
        let (fetched, ending) = attempt(&stage, &run);
        assert_eq!(
            (fetched, ending),
            (40, Ending::Failed(String::new(), Retry::Later))
        );
        // What the reader stops says nothing either.
        let run = Run::new(run.transfer.clone());
        for uid in 1..20 {
            note_place(&stage.shared, &run, &placeless(uid));
        }
        run.stop();
        note_place(&stage.shared, &run, &placeless(20));
        let ending = end_in_vain(&stage.shared, &run, Ending::Yielded);
        assert_eq!(ending, Ending::Yielded);
        assert_eq!(stage.shared.shortages.note_in_vain(id), 1);
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
