//! One attempt at sending: what is not with the node yet, and no word of success before the node
//! has said it of every instance.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::{Ending, ItemOutcome, Retry};
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
            shared
                .archive
                .file_of(&item.sop_instance_uid)
                .ok()
                .flatten()
        });
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
    if let Some(commitment) = &sent.commitment {
        for uid in &commitment.committed {
            run.note(uid, ItemOutcome::Committed, 0);
        }
        for (uid, why) in &commitment.failed {
            run.note(uid, ItemOutcome::Failed(shared.said(why)), 0);
        }
    }
    match sent.end {
        Some(failure) => failed(&failure.message(), Retry::Later),
        None => Ending::Complete,
    }
}
