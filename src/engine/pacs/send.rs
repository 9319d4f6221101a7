//! One attempt at sending: what is not with the node yet, and no word of success before the node
//! has said it of every instance.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::archive::{Ending, ItemOutcome, Retry, Transfer};
use crate::dicom::{ByteSource, read_header, tags};
use crate::pacs::{SendOutcome, service};
use crate::problem::{Message, msg};

use super::transfers::{Run, Shared, lock};

/// Carries one attempt out.
pub(super) fn run(shared: &Arc<Shared>, run: &Arc<Run>) -> Ending {
    let transfer = &run.transfer;
    let settings = shared.settings();
    let failed = |why: &Message, retry| Ending::Failed(shared.said(why), retry);
    let Some(node) = settings.node(&transfer.node) else {
        let why = Message::new(msg("transfer-no-node")).text("node", &transfer.node);
        return failed(&why, Retry::Never);
    };
    let (all, items) = {
        let transfers = shared.archive.transfers();
        let all = transfers.items(transfer.id);
        match (all, transfers.items_not_done(transfer.id)) {
            (Ok(all), Ok(items)) => (all.len(), items),
            (Err(error), _) | (_, Err(error)) => return failed(&error.message(), Retry::Later),
        }
    };
    {
        let mut live = lock(&run.live);
        live.of = all;
        live.done = all - items.len();
    }
    let mut uids: HashMap<PathBuf, String> = HashMap::new();
    let mut files = Vec::new();
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
            let why = shared.said(&Message::new(msg("transfer-file-gone")));
            run.note(&item.sop_instance_uid, ItemOutcome::Failed(why), 0);
        }
    }
    if files.is_empty() {
        return Ending::Complete;
    }
    let told = |outcome: &SendOutcome| {
        let uid = uids.get(&outcome.path).unwrap_or(&outcome.sop_instance_uid);
        match &outcome.result {
            Ok(_) if outcome.sop_instance_uid != *uid => {
                let why = shared.said(&Message::new(msg("transfer-file-gone")));
                run.note(uid, ItemOutcome::Failed(why), 0);
            }
            Ok(bytes) => run.note(uid, ItemOutcome::Success, *bytes),
            Err(why) => run.note(uid, ItemOutcome::Failed(shared.said(why)), 0),
        }
        shared.record(run, false);
    };
    let ctx = run.begin();
    let sent = match service(node, &shared.caller()).send(&files, &told, &ctx) {
        Ok(sent) => sent,
        Err(failure) => {
            let retry = if failure.is_lasting() {
                Retry::Never
            } else {
                Retry::Later
            };
            return failed(&failure.message(), retry);
        }
    };
    let mut uncommitted = None;
    if let Some(commitment) = &sent.commitment {
        for uid in &commitment.committed {
            run.note(uid, ItemOutcome::Committed, 0);
        }
        uncommitted = commitment.failed.first().map(|(_, why)| why);
    }
    match (&sent.end, uncommitted) {
        (Some(failure), _) => {
            let retry = if failure.is_lasting() {
                Retry::Never
            } else {
                Retry::Later
            };
            failed(&failure.message(), retry)
        }
        // Sent it is; asking for the promise again by sending all of it again helps nobody.
        (None, Some(why)) => failed(why, Retry::Never),
        (None, None) => Ending::Complete,
    }
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
