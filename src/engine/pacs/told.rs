//! How far all transfers are, for the window.

use std::time::SystemTime;

use crate::archive::{self, ItemOutcome};
use crate::problem::Message;
use crate::text;
use crate::workspace::{Arrival, Transfer, TransferState};

use super::run::Run;
use super::transfers::{Shared, lock};

/// Tells the window how far all transfers are, if that has changed.
/// `hindrance` says why none is begun that is due.
pub(super) fn tell(shared: &Shared, told: &mut Option<Vec<Transfer>>, hindrance: Option<&Message>) {
    let Ok(transfers) = shared.archive.transfers().list() else {
        return; // the next look may do better; what cannot be begun is said there
    };
    let mut remarks = shared.archive.transfers().remarks().unwrap_or_default();
    let now = SystemTime::now();
    let running = lock(&shared.running);
    let rows: Vec<Transfer> = transfers
        .into_iter()
        .filter(|transfer| transfer.state != archive::TransferState::Cancelled)
        .map(|transfer| {
            let run = running.get(&transfer.id);
            let remarks = remarks.remove(&transfer.id).unwrap_or_default();
            let mut row = row(shared, transfer, run.map(AsRef::as_ref), now);
            let remarks = remarks.into_iter();
            row.remarks = remarks.map(|(uid, it)| (uid, text::of_kept(&it))).collect();
            if matches!(row.state, TransferState::Waiting(_)) && hindrance.is_some() {
                row.state = TransferState::Waiting(None);
                row.reason = hindrance.cloned();
            }
            row
        })
        .collect();
    drop(running);
    if told.as_ref() != Some(&rows) {
        *told = Some(rows.clone());
        shared.messenger.send(Arrival::Transfers(rows));
    }
}

/// A transfer as the window shows it.
fn row(
    shared: &Shared,
    transfer: archive::Transfer,
    run: Option<&Run>,
    now: SystemTime,
) -> Transfer {
    use archive::TransferState as Stored;
    let mut failed = Vec::new();
    if transfer.failed > 0
        && let Ok(items) = shared.archive.transfers().items(transfer.id)
    {
        failed = items
            .into_iter()
            .filter_map(|item| match item.outcome {
                ItemOutcome::Failed(why) => Some((item.sop_instance_uid, text::of_kept(&why))),
                _ => None,
            })
            .collect();
    }
    let mut reason = None;
    let state = match transfer.state {
        Stored::Waiting => {
            let next = transfer.next_attempt;
            reason = Some(transfer.reason.as_str()).filter(|reason| !reason.is_empty());
            TransferState::Waiting(next.and_then(|at| at.duration_since(now).ok()))
        }
        Stored::Running => TransferState::Running,
        Stored::Committing => TransferState::Committing,
        Stored::Paused | Stored::Cancelled => TransferState::Paused,
        Stored::Failed => TransferState::Failed(text::of_kept(&transfer.reason)),
        Stored::Done => TransferState::Done,
    };
    let mut row = Transfer {
        id: transfer.id,
        kind: transfer.kind,
        node: transfer.node,
        label: transfer.label.0,
        study_uid: transfer.study_uid,
        patient_id: transfer.patient_id,
        is_of_whole_study: transfer.series_uids.is_empty() && transfer.instance_uids.is_empty(),
        is_committed: transfer.is_to_be_committed,
        state,
        done: transfer.succeeded as usize,
        of: transfer.expected.unwrap_or(transfer.succeeded) as usize,
        reason: reason.map(text::of_kept),
        failed,
        remarks: Vec::new(),
        bytes: transfer.bytes,
        bytes_per_s: None,
    };
    if let Some(run) = run {
        let live = lock(&run.live);
        row.done = live.done;
        row.of = live.of;
        row.bytes += live.bytes;
        row.bytes_per_s = live.speed.per_s();
        if let Some(why) = &live.hindered {
            row.state = TransferState::Waiting(None);
            row.reason = Some(why.clone());
        }
    }
    row
}
