//! Storage commitment, push model (PS3.4 annex J): a node's word that it keeps what it was sent.

use std::time::Duration;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::association::Association;
use super::association::Call;
use super::association::Proposal;
use super::association::Request;
use super::command::Command;
use super::command::field;
use super::command::kind;
use super::storage_scp::ScpEvent;
use super::uids;
use super::wire::GLANCE;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::decode_data_set;
use crate::dicom::encode_data_set;
use crate::dicom::new_uid;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::pacs::Commitment;
use crate::pacs::Failure;
use crate::problem::Message;
use crate::problem::msg;

const REQUEST_COMMITMENT: u16 = 1;
/// Processing failure (PS3.7 C.5.16).
const UNREADABLE: u16 = 0x0110;
/// Failure Reason (PS3.3 C.14.1.1).
const NO_SUCH_INSTANCE: i64 = 0x0112;
const CLASS_NOT_SUPPORTED: i64 = 0x0122;
const RESOURCES: i64 = 0x0213;

/// Asks a node to commit itself to instances, by SOP class and instance UID. The report comes over
/// this association, or over one that the node opens to our receiver.
///
/// # Errors
/// [`Failure`] where the request could not be made. No report within the patience is none: then
/// every instance is in [`Commitment::failed`].
pub(super) fn request(
    call: &Call,
    instances: &[(String, String)],
    receiver: Option<&Receiver<ScpEvent>>,
    ctx: &JobCtx,
) -> Result<Commitment, Failure> {
    let proposal = Proposal::new("Storage Commitment").with(uids::STORAGE_COMMITMENT, &uids::PLAIN);
    let mut association = Association::request(call, &proposal, ctx)?;
    let Some(context) = association.context(uids::STORAGE_COMMITMENT).cloned() else {
        return Err(Failure::NoContext {
            peer: call.peer(),
            service: proposal.service,
        });
    };
    let transaction_uid = new_uid();
    let data = action(&transaction_uid, instances);
    let data = encode_data_set(&data, &context.transfer_syntax, None)
        .map_err(|error| Failure::Told(error.message()))?;
    let id = association.next_message_id();
    let command = Command::default()
        .uid(field::REQUESTED_SOP_CLASS_UID, uids::STORAGE_COMMITMENT)
        .number(field::COMMAND_FIELD, kind::N_ACTION)
        .number(field::MESSAGE_ID, id)
        .uid(
            field::REQUESTED_SOP_INSTANCE_UID,
            uids::STORAGE_COMMITMENT_INSTANCE,
        )
        .number(field::ACTION_TYPE_ID, REQUEST_COMMITMENT)
        .with_data();
    association.send(context.id, &command, Some(&data))?;
    let report = wait(&mut association, id, &transaction_uid, receiver, call, ctx)?;
    association.release();
    let mut commitment = report.unwrap_or_default();
    let silent = Message::new(msg("pacs-not-committed")).text("peer", call.peer());
    for (_, uid) in instances {
        let is_known = commitment.committed.contains(uid)
            || commitment.failed.iter().any(|(failed, _)| failed == uid);
        if !is_known {
            commitment.failed.push((uid.clone(), silent.clone()));
        }
    }
    Ok(commitment)
}

/// Waits for the report, here and at the receiver.
fn wait(
    association: &mut Association,
    id: u16,
    transaction_uid: &str,
    receiver: Option<&Receiver<ScpEvent>>,
    call: &Call,
    ctx: &JobCtx,
) -> Result<Option<Commitment>, Failure> {
    let end = Instant::now() + call.address.patience();
    let mut is_open = true;
    while Instant::now() < end {
        ctx.check()?;
        if let Some(receiver) = receiver {
            while let Ok(event) = receiver.try_recv() {
                if let ScpEvent::Commitment {
                    transaction_uid: of,
                    commitment,
                } = event
                    && of == transaction_uid
                {
                    return Ok(Some(commitment));
                }
            }
        }
        if !is_open {
            if receiver.is_none() {
                return Ok(None);
            }
            std::thread::sleep(GLANCE);
            continue;
        }
        association.link.set_patience(Duration::from_millis(100));
        let request = match association.next() {
            Ok(Request::Message {
                context_id,
                command,
            }) => (context_id, command),
            Err(Failure::NoAnswer { .. }) => continue,
            Err(Failure::Cancelled) => return Err(Failure::Cancelled),
            Ok(Request::Release) | Err(_) => {
                is_open = false;
                continue;
            }
        };
        association.link.set_patience(call.address.patience());
        let (context_id, command) = request;
        if command.answers(id) {
            if command.has_data() {
                association.read_data_set(context_id)?;
            }
            if command.status() != 0 {
                return Err(Failure::Status {
                    peer: call.peer(),
                    status: command.status(),
                    comment: command.comment(),
                });
            }
        } else if command.kind() == kind::N_EVENT_REPORT {
            let (of, commitment) = take_report(association, context_id, &command)?;
            if of == transaction_uid {
                return Ok(Some(commitment));
            }
        }
    }
    Ok(None)
}

/// Reads a report (N-EVENT-REPORT) and says that it was heard. Gives the transaction's UID.
pub(super) fn take_report(
    association: &mut Association,
    context_id: u8,
    command: &Command,
) -> Result<(String, Commitment), Failure> {
    let syntax = association
        .context_of_id(context_id)
        .map(|context| context.transfer_syntax.clone())
        .unwrap_or_default();
    let data = if command.has_data() {
        association.read_data_set(context_id)?
    } else {
        Vec::new()
    };
    let dataset = decode_data_set(&data, &syntax);
    let status = if dataset.is_ok() { 0 } else { UNREADABLE };
    association.send(context_id, &Command::answer(command, status), None)?;
    Ok(dataset.map(|dataset| read(&dataset)).unwrap_or_default())
}

fn action(transaction_uid: &str, instances: &[(String, String)]) -> Dataset {
    let items = instances.iter().map(|(class, instance)| {
        let mut item = DatasetBuilder::new();
        item.text(t::REFERENCED_SOP_CLASS_UID, class)
            .text(t::REFERENCED_SOP_INSTANCE_UID, instance);
        item.into_dataset()
    });
    let mut builder = DatasetBuilder::new();
    builder
        .text(t::TRANSACTION_UID, transaction_uid)
        .items(t::REFERENCED_SOP_SEQUENCE, items.collect());
    builder.into_dataset()
}

fn read(dataset: &Dataset) -> (String, Commitment) {
    let e = dataset.elements();
    let uid = |item: crate::dicom::Elements<'_>| item.uid(t::REFERENCED_SOP_INSTANCE_UID);
    let committed = e
        .items(t::REFERENCED_SOP_SEQUENCE)
        .into_iter()
        .filter_map(uid);
    let failed = e
        .items(t::FAILED_SOP_SEQUENCE)
        .into_iter()
        .filter_map(|item| {
            let reason = item.integer(t::FAILURE_REASON).unwrap_or_default();
            Some((uid(item)?, failure(reason)))
        });
    let commitment = Commitment {
        committed: committed.collect(),
        failed: failed.collect(),
    };
    (e.uid(t::TRANSACTION_UID).unwrap_or_default(), commitment)
}

fn failure(reason: i64) -> Message {
    match reason {
        NO_SUCH_INSTANCE => Message::new(msg("pacs-commitment-no-instance")),
        CLASS_NOT_SUPPORTED => Message::new(msg("pacs-commitment-class")),
        RESOURCES => Message::new(msg("pacs-commitment-resources")),
        other => Message::new(msg("pacs-commitment-other")).text("reason", format!("{other:04X}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_what_is_kept_and_what_is_not() {
        let item = |uid: &str, reason: Option<i64>| {
            let mut item = DatasetBuilder::new();
            item.text(t::REFERENCED_SOP_CLASS_UID, "1.2")
                .text(t::REFERENCED_SOP_INSTANCE_UID, uid);
            if let Some(reason) = reason {
                item.integer(t::FAILURE_REASON, reason);
            }
            item.into_dataset()
        };
        let mut builder = DatasetBuilder::new();
        builder
            .text(t::TRANSACTION_UID, "1.9")
            .items(t::REFERENCED_SOP_SEQUENCE, vec![item("1.1", None)])
            .items(t::FAILED_SOP_SEQUENCE, vec![item("1.2", Some(0x0112))]);
        let (transaction, commitment) = read(&builder.into_dataset());
        assert_eq!(transaction, "1.9");
        assert_eq!(commitment.committed, ["1.1"]);
        let [(uid, reason)] = commitment.failed.as_slice() else {
            panic!("one failure")
        };
        assert_eq!(uid, "1.2");
        assert_eq!(reason.id, msg("pacs-commitment-no-instance"));
    }
}
