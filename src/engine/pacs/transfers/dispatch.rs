//! Begins what is due, and carries each attempt to its end in the queue's memory.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use crossbeam_channel::Receiver;

use crate::archive::{
    Archive, ArchiveError, Ending, Retry, Transfer, TransferId, TransferKind, TransferPriority,
    TransferState,
};
use crate::problem::{Message, Problem, msg};

use super::super::run::Run;
use super::super::told::tell;
use super::super::{on_thread, retrieve, send};
use super::{Shared, TOLD_EVERY, lock, waits_for_archive};

/// Transfers that run at once, but for what the reader waits for.
const MOST_AT_ONCE: usize = 4;
/// Another program may have added something.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Until the runner goes.
pub(super) fn dispatch(shared: &Arc<Shared>, woken: &Receiver<()>) {
    let mut told = None;
    let mut hindrance = None;
    while !shared.is_over.load(Ordering::SeqCst) {
        shared.stop_the_slow();
        let before = hindrance.take();
        if let Err(error) = begin_due(shared) {
            let why = error.message();
            if before.is_none() {
                shared.messenger.notify(Problem::error(why.clone()));
            }
            hindrance = Some(waits_for_archive(why));
        }
        tell(shared, &mut told, hindrance.as_ref());
        let is_running = !lock(&shared.running).is_empty();
        let wait = if is_running {
            TOLD_EVERY
        } else {
            let due = shared.archive.transfers().next_due(SystemTime::now());
            let due = due.ok().flatten().unwrap_or(LOOK_EVERY);
            due.clamp(TOLD_EVERY, LOOK_EVERY)
        };
        // Woken or not, the next look comes; the sender is in `shared`.
        woken.recv_timeout(wait).ok();
    }
}

/// Begins what is due.
fn begin_due(shared: &Arc<Shared>) -> Result<(), ArchiveError> {
    loop {
        let (busy, is_full): (Vec<String>, bool) = {
            let running = lock(&shared.running);
            let nodes = running.values().map(|run| run.transfer.node.clone());
            (nodes.collect(), running.len() >= MOST_AT_ONCE)
        };
        // The reader waits for nobody's sending to other nodes.
        let least = if is_full {
            TransferPriority::Urgent
        } else {
            TransferPriority::Background
        };
        let folder = shared.archive.folder();
        if !Archive::is_at(folder) {
            return Err(ArchiveError::Gone(folder.to_owned()));
        }
        let transfers = shared.archive.transfers();
        let Some(transfer) =
            transfers.next_asked(&busy, &shared.asked(), least, SystemTime::now())?
        else {
            return Ok(());
        };
        let id = transfer.id;
        let run = Arc::new(Run::new(transfer));
        lock(&shared.running).insert(id, Arc::clone(&run));
        let its = Arc::clone(shared);
        if !on_thread("transfer", &shared.messenger, move || carry_out(&its, &run)) {
            lock(&shared.running).remove(&id);
            transfers.finish(id, &Ending::Yielded, SystemTime::now())?;
            return Ok(());
        }
    }
}

/// One attempt of a transfer, from its begin to its end in the queue's memory.
fn carry_out(shared: &Arc<Shared>, run: &Arc<Run>) {
    let work = std::panic::AssertUnwindSafe(|| match run.transfer.kind {
        TransferKind::Retrieve | TransferKind::Priors => retrieve::run(shared, run),
        TransferKind::Send => send::run(shared, run),
    });
    let ending = std::panic::catch_unwind(work).unwrap_or_else(|_| {
        let why = shared.said(&Message::new(msg("transfer-failed-inside")));
        Ending::Failed(why, Retry::Later)
    });
    shared.record(run, true);
    let ending = if run.is_stopped() {
        Ending::Yielded
    } else {
        ending
    };
    let ending = retrieve::end_in_vain(shared, run, ending);
    let id = run.transfer.id;
    let finish = || {
        let transfers = shared.archive.transfers();
        transfers.finish(id, &ending, SystemTime::now())
    };
    let mut ended = finish();
    if let Err(error) = &ended {
        let why = error.message();
        shared.messenger.notify(Problem::error(why.clone()));
        lock(&run.live).hindered = Some(waits_for_archive(why));
    }
    // A disk that is full now may have room later; until then the transfer is this thread's.
    while ended.is_err() && !shared.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(LOOK_EVERY);
        shared.record(run, true);
        ended = finish();
    }
    shared.note_turn(run, ending == Ending::Yielded);
    let_go(shared, run, &ending, ended.ok().flatten().as_ref());
}

/// An attempt is over, and left the transfer as `ended`.
pub(super) fn let_go(shared: &Arc<Shared>, run: &Run, ending: &Ending, ended: Option<&Transfer>) {
    let id = run.transfer.id;
    lock(&shared.running).remove(&id);
    let again = lock(&run.again).take();
    let is_waiting = ended.is_some_and(|it| it.state == TransferState::Waiting);
    if !is_waiting {
        shared.forget_asked(id);
        shared.shortages.forget(id);
    }
    // What stood back for another goes on when that is here.
    let is_over = shared.is_over.load(Ordering::SeqCst);
    if *ending == Ending::Yielded && is_waiting && !is_over && !is_stopped(shared, id) {
        shared.wake();
        return;
    }
    if run.transfer.kind != TransferKind::Send {
        if shared.is_open(&run.transfer.study_uid) {
            shared.tell_listed(&run.transfer.study_uid, &run.transfer.patient_id);
        }
        shared.opening_ended(&run.transfer.study_uid);
        if let Some(again) = again.filter(|_| *ending == Ending::Complete) {
            shared.add(&again);
        }
    }
    shared.wake();
}

/// Whether the reader has stopped it since it ended: who did before it was taken off the list of
/// what runs, left the rest to its runner.
fn is_stopped(shared: &Shared, id: TransferId) -> bool {
    let transfer = shared.archive.transfers().get(id).ok().flatten();
    let is_to_go_on = |it: Transfer| {
        let state = it.state;
        matches!(state, TransferState::Waiting | TransferState::Running)
    };
    !transfer.is_some_and(is_to_go_on)
}
