//! Storage commitments of what was sent: the node is asked once all of it is there, and its report
//! may come hours later, to our receiver (PS3.4 annex J).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::SystemTime;

use crate::archive::{ArchiveError, Ending, Item, ItemOutcome, NotKept, Retry};
use crate::dicom::new_uid;
use crate::pacs::{
    Commitment, CommitmentSink, Node, NodeAddress, NotTaken, Reception, SopReference, service,
};
use crate::problem::{Message, Problem, msg};

use super::run::Run;
use super::send::ended_by;
use super::transfers::Shared;

/// Asks for what is sent and not committed yet.
pub(super) fn ask(shared: &Arc<Shared>, run: &Arc<Run>, node: &Node) -> Ending {
    // What was sent a moment ago is in the queue's memory before the node is asked about it.
    shared.record(run, true);
    let queue = shared.archive.transfers();
    let said = |message: &Message| shared.said(message);
    let items = match queue.items(run.transfer.id) {
        Ok(items) => items,
        Err(error) => return shared.hindered(error.message()),
    };
    let is_missing =
        |item: &Item| matches!(item.outcome, ItemOutcome::Waiting | ItemOutcome::Failed(_));
    // What cannot be sent keeps nobody from asking about the rest.
    let is_incomplete = items.iter().any(is_missing);
    let sent = items
        .into_iter()
        .filter(|item| item.outcome == ItemOutcome::Success);
    let instances: Vec<SopReference> = sent
        .map(|item| SopReference {
            sop_class_uid: item.sop_class_uid,
            sop_instance_uid: item.sop_instance_uid,
        })
        .collect();
    if instances.is_empty() {
        return Ending::Complete;
    }
    let transaction_uid = new_uid();
    let now = SystemTime::now;
    match queue.ask_commitment(run.transfer.id, &transaction_uid, now()) {
        Ok(true) => {}
        Ok(false) => return Ending::Yielded,
        Err(error) => return shared.hindered(error.message()),
    }
    let caller = shared.caller();
    let is_receiving = matches!(caller.reception, Reception::Running(_));
    let asked = service(node, &caller).commit(&transaction_uid, &instances, &run.begin());
    match asked {
        Ok(Some(commitment)) => match shared.note_report(&transaction_uid, &commitment) {
            Ok(_) => Ending::Complete,
            Err(why) => shared.hindered(why),
        },
        Ok(None) if is_receiving => Ending::AwaitsCommitment,
        Ok(None) if is_incomplete => Ending::Complete,
        Ok(None) => {
            let why = Message::new(msg("transfer-commitment-unheard")).text("node", &node.name);
            Ending::Failed(said(&why), Retry::Never)
        }
        // What the node reports on an earlier request is taken all the same.
        Err(failure) => ended_by(shared, &failure),
    }
}

/// The node has not reported in time.
pub(super) fn overdue(shared: &Shared, node: &str) -> Ending {
    let why = Message::new(msg("transfer-commitment-unconfirmed")).text("node", node);
    Ending::Failed(shared.said(&why), Retry::Never)
}

impl Shared {
    /// Puts a report into the queue's memory; whether a transfer awaits it.
    fn note_report(&self, transaction_uid: &str, report: &Commitment) -> Result<bool, Message> {
        let told = |error: ArchiveError| error.message();
        let queue = self.archive.transfers();
        let Some(transfer) = queue.awaiting(transaction_uid).map_err(told)? else {
            return Ok(false);
        };
        let items = queue.items(transfer.id).map_err(told)?;
        let failed = report.failed.iter().map(|(uid, why)| (uid, why));
        let named: HashSet<&String> = (report.committed.iter())
            .chain(failed.clone().map(|(uid, _)| uid))
            .collect();
        // What it does not speak of, it does not promise to keep.
        let silent = Message::new(msg("pacs-not-committed")).text("peer", &transfer.node);
        // It was not asked about what was sent since.
        let is_latest = transfer.transaction_uid == transaction_uid;
        let unnamed = items.iter().filter(|item| {
            let is_open = is_latest && item.outcome == ItemOutcome::Success;
            is_open && !named.contains(&item.sop_instance_uid)
        });
        let unnamed = unnamed.map(|item| (&item.sop_instance_uid, &silent));
        let absent: HashSet<&String> = report.absent.iter().collect();
        let not_kept: Vec<NotKept> = failed
            .chain(unnamed)
            .map(|(uid, why)| {
                let is_absent = absent.contains(uid);
                let refused = || {
                    Message::new(msg("transfer-commitment-refused"))
                        .text("node", &transfer.node)
                        .message("reason", why.clone())
                };
                NotKept {
                    sop_instance_uid: uid.clone(),
                    reason: if is_absent {
                        self.said(why)
                    } else {
                        self.said(&refused())
                    },
                    is_absent,
                }
            })
            .collect();
        let now = SystemTime::now();
        let taken = queue.commitment(transaction_uid, &report.committed, &not_kept, now);
        self.wake();
        Ok(taken.map_err(told)?.is_some())
    }
}

impl CommitmentSink for Shared {
    fn take(
        &self,
        from: &str,
        transaction_uid: &str,
        commitment: &Commitment,
    ) -> Result<(), NotTaken> {
        let told = |message: Message| {
            self.messenger.notify(Problem::error(message));
            NotTaken::NotKept
        };
        let awaiting = self.archive.transfers().awaiting(transaction_uid);
        let Some(transfer) = awaiting.map_err(|error| told(error.message()))? else {
            return Err(NotTaken::Unknown);
        };
        let settings = self.settings();
        let address = settings.node(&transfer.node).map(|node| &node.address);
        let is_asked = matches!(
            address,
            Some(NodeAddress::Dimse(address)) if address.ae_title.as_str() == from
        );
        if !is_asked {
            let message = Message::new(msg("transfer-commitment-other-node"))
                .text("title", from)
                .text("node", &transfer.node);
            self.messenger.notify(Problem::warning(message));
            return Err(NotTaken::OtherNode);
        }
        match self.note_report(transaction_uid, commitment) {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotTaken::Unknown),
            Err(message) => Err(told(message)),
        }
    }
}
