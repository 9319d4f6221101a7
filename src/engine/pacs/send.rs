//! One attempt at sending: what is not with the node yet, and no word of success before the node
//! has said it of every instance.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::archive::{Archive, ArchiveError, Ending, Item, ItemOutcome, Retry, Transfer};
use crate::dicom::{ByteSource, read_header, tags};
use crate::pacs::{Failure, Node, SendOutcome, service};
use crate::problem::{Message, msg};

use super::commitment;
use super::run::Run;
use super::transfers::{Shared, lock};

/// Carries one attempt out.
pub(super) fn run(shared: &Arc<Shared>, run: &Arc<Run>) -> Ending {
    let transfer = &run.transfer;
    let settings = shared.settings();
    let failed = |why: &Message, retry| Ending::Failed(shared.said(why), retry);
    let Some(node) = settings.node(&transfer.node) else {
        let why = Message::new(msg("transfer-no-node")).text("node", &transfer.node);
        return failed(&why, Retry::Never);
    };
    if !transfer.transaction_uid.is_empty() {
        return commitment::overdue(shared, &transfer.node);
    }
    let mut items = match shared.archive.transfers().items(transfer.id) {
        Ok(items) => items,
        Err(error) => return shared.hindered(error.message()),
    };
    let all = items.len();
    // What is with the node is never sent again, even if it is still to be committed.
    items.retain(|item| matches!(item.outcome, ItemOutcome::Waiting | ItemOutcome::Failed(_)));
    {
        let mut live = lock(&run.live);
        live.of = all;
        live.done = all - items.len();
    }
    let before = lock(&run.live).done;
    let sent = send_files(shared, run, node, items);
    let mut ending = sent.ending;
    if transfer.is_to_be_committed {
        if ending == Ending::Complete {
            ending = commitment::ask(shared, run, node);
        } else if !run.is_stopped() && lock(&run.live).done > before {
            // What came through before it broke off need not wait for the rest, which may never
            // follow.
            commitment::ask(shared, run, node);
        }
    }
    match ending {
        // All else that can be done is done, and a file that went does not come back by itself.
        Ending::Complete | Ending::AwaitsCommitment if sent.is_rest_gone => {
            failed(&Message::new(msg("transfer-file-gone")), Retry::Never)
        }
        ending => ending,
    }
}

/// How sending went.
struct Sent {
    ending: Ending,
    /// Files are not there any more, and nothing else failed.
    is_rest_gone: bool,
}

/// Sends what is still to be sent.
fn send_files(shared: &Arc<Shared>, run: &Arc<Run>, node: &Node, items: Vec<Item>) -> Sent {
    let transfer = &run.transfer;
    let mut uids: HashMap<PathBuf, String> = HashMap::new();
    let mut files = Vec::new();
    let has_gone = AtomicBool::new(false);
    let has_failed = AtomicBool::new(false);
    let gone = |uid: &str| {
        let why = shared.said(&Message::new(msg("transfer-file-gone")));
        run.note(uid, ItemOutcome::Failed(why), 0);
        has_gone.store(true, Ordering::Relaxed);
    };
    for item in items {
        let path = item.path.clone().filter(|path| path.is_file());
        let path = path.or_else(|| {
            let found = shared.archive.file_of(&item.sop_instance_uid);
            found.ok().flatten()
        });
        // What lies there now may be another disc's.
        let path = path.filter(|path| is_still(path, &item.sop_instance_uid, transfer));
        if let Some(path) = path {
            uids.insert(path.clone(), item.sop_instance_uid);
            files.push(path);
        } else {
            gone(&item.sop_instance_uid);
        }
    }
    let folder = shared.archive.folder();
    if has_gone.load(Ordering::Relaxed) && !Archive::is_at(folder) {
        // Its drive is away, and comes back with all its files.
        let error = ArchiveError::Gone(folder.to_owned());
        return Sent {
            ending: shared.hindered(error.message()),
            is_rest_gone: false,
        };
    }
    if files.is_empty() {
        return Sent {
            ending: Ending::Complete,
            is_rest_gone: has_gone.into_inner(),
        };
    }
    let told = |outcome: &SendOutcome| {
        let uid = uids.get(&outcome.path).unwrap_or(&outcome.sop_instance_uid);
        match &outcome.result {
            Ok(_) if outcome.sop_instance_uid != *uid => gone(uid),
            Ok(bytes) => {
                if let Some(remark) = &outcome.remark {
                    run.note_remark(uid, shared.said(remark));
                }
                run.note(uid, ItemOutcome::Success, *bytes);
            }
            Err(why) => {
                has_failed.store(true, Ordering::Relaxed);
                run.note(uid, ItemOutcome::Failed(shared.said(why)), 0);
            }
        }
        shared.record(run, false);
    };
    let ctx = run.begin();
    let ended = match service(node, &shared.caller()).send(&files, &told, &ctx) {
        Ok(sent) => sent.end,
        Err(failure) => Some(failure),
    };
    Sent {
        ending: ended.map_or(Ending::Complete, |failure| ended_by(shared, &failure)),
        is_rest_gone: has_gone.into_inner() && !has_failed.into_inner(),
    }
}

/// What a failure makes of an attempt.
pub(super) fn ended_by(shared: &Shared, failure: &Failure) -> Ending {
    let retry = if failure.is_lasting() {
        Retry::Never
    } else {
        Retry::Later
    };
    Ending::Failed(shared.said(&failure.message()), retry)
}

/// Whether a file is the instance of this study that was to be sent.
fn is_still(path: &Path, sop_instance_uid: &str, transfer: &Transfer) -> bool {
    let source = ByteSource::File(path.into());
    read_header(source).is_ok_and(|header| {
        let elements = header.dataset.elements();
        let is = |tag, own: &str| elements.uid(tag).is_some_and(|uid| uid == own);
        let patient_id = elements.text(tags::PATIENT_ID).unwrap_or_default();
        is(tags::SOP_INSTANCE_UID, sop_instance_uid)
            && is(tags::STUDY_INSTANCE_UID, &transfer.study_uid)
            && patient_id == transfer.patient_id
    })
}
