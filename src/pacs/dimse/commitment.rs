//! Storage commitment, push model (PS3.4 annex J): a node's word that it keeps what it was sent.

use std::sync::Arc;
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
use super::move_;
use super::storage_scp::ScpEvent;
use super::storage_scp::ScpOptions;
use super::storage_scp::StorageScp;
use super::uids;
use super::wire::GLANCE;
use crate::dicom::Announced;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::Refusal;
use crate::dicom::decode_data_set;
use crate::dicom::encode_data_set;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::pacs::Commitment;
use crate::pacs::Failure;
use crate::pacs::NotTaken;
use crate::pacs::ReceiverTls;
use crate::pacs::Reception;
use crate::pacs::SopReference;
use crate::problem::Message;
use crate::problem::msg;

const REQUEST_COMMITMENT: u16 = 1;
/// Processing failure (PS3.7 C.5.16).
const UNREADABLE: u16 = 0x0110;
/// Failure Reason (PS3.3 C.14.1.1).
const NO_SUCH_INSTANCE: i64 = 0x0112;
const CLASS_NOT_SUPPORTED: i64 = 0x0122;
const RESOURCES: i64 = 0x0213;

/// How long a report is waited for where it may also come later, to a receiver that is always on:
/// most come at once.
const AT_ONCE: Duration = Duration::from_secs(3);

/// Asks a node to commit itself to instances. The report comes over the association of the
/// request, or over one that the node opens to our receiver: one that listens as long as this
/// takes, where none is always on. `None`: not yet.
///
/// # Errors
/// [`Failure`] where the request could not be made, or was not taken.
pub(super) fn commit(
    call: &Call,
    reception: &Reception,
    tls: Option<&ReceiverTls>,
    transaction_uid: &str,
    instances: &[SopReference],
    ctx: &JobCtx,
) -> Result<Option<Commitment>, Failure> {
    let patience = call.address.patience();
    let (own, longest) = match reception {
        Reception::Running(scp) => (Some(Arc::clone(scp)), AT_ONCE.min(patience)),
        Reception::Listen(port) => (receiver_of_reports(call, tls, *port), patience),
        Reception::None => (None, patience),
    };
    // Listened to from before the request, so that no report is missed.
    let events = own.as_ref().map(|scp| scp.events());
    request(
        call,
        transaction_uid,
        instances,
        events.as_ref(),
        longest,
        ctx,
    )
}

/// A receiver that takes no instances. None where the port is taken: the report may come over the
/// association of the request all the same.
fn receiver_of_reports(
    call: &Call,
    tls: Option<&ReceiverTls>,
    port: u16,
) -> Option<Arc<StorageScp>> {
    let not_listened = |failure: &Failure| {
        tracing::warn!("reports on commitments are not listened for: {failure:?}")
    };
    let tls = move_::receiver_tls(call, tls)
        .inspect_err(not_listened)
        .ok()?;
    let options = ScpOptions {
        ae_title: Some(call.calling.clone()),
        patience: call.address.patience(),
        tls,
    };
    let receiver = StorageScp::start(port, options, Arc::new(NoInstances));
    receiver.inspect_err(not_listened).ok().map(Arc::new)
}

struct NoInstances;

impl InstanceSink for NoInstances {
    fn begin(&self, _: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        Err(Refusal::NoRoom(Message::new(msg("pacs-reports-only"))))
    }
}

fn request(
    call: &Call,
    transaction_uid: &str,
    instances: &[SopReference],
    receiver: Option<&Receiver<ScpEvent>>,
    longest: Duration,
    ctx: &JobCtx,
) -> Result<Option<Commitment>, Failure> {
    let proposal = Proposal::new("Storage Commitment").with(uids::STORAGE_COMMITMENT, &uids::PLAIN);
    let mut association = Association::request(call, &proposal, ctx)?;
    let context = association.needed_context(uids::STORAGE_COMMITMENT, proposal.service)?;
    let data = action(transaction_uid, instances);
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
    let mut wait = Wait {
        association: &mut association,
        id,
        transaction_uid,
        call,
        is_accepted: false,
        is_open: true,
        report: None,
    };
    wait.until_reported(receiver, longest, ctx)?;
    let report = wait.report;
    association.release();
    let Some(mut commitment) = report else {
        return Ok(None);
    };
    let silent = Message::new(msg("pacs-not-committed")).text("peer", call.peer());
    for SopReference {
        sop_instance_uid: uid,
        ..
    } in instances
    {
        let is_known = commitment.committed.contains(uid)
            || commitment.failed.iter().any(|(failed, _)| failed == uid);
        if !is_known {
            commitment.failed.push((uid.clone(), silent.clone()));
        }
    }
    Ok(Some(commitment))
}

/// A request that was sent, on its way to be taken and reported on.
struct Wait<'a> {
    association: &'a mut Association,
    /// Message ID of the request.
    id: u16,
    transaction_uid: &'a str,
    call: &'a Call,
    is_accepted: bool,
    /// The association may still bring the report.
    is_open: bool,
    report: Option<Commitment>,
}

impl Wait<'_> {
    /// Here and at the receiver.
    fn until_reported(
        &mut self,
        receiver: Option<&Receiver<ScpEvent>>,
        longest: Duration,
        ctx: &JobCtx,
    ) -> Result<(), Failure> {
        let patience = self.call.address.patience();
        let begin = Instant::now();
        while self.report.is_none() {
            ctx.check()?;
            let longest = if self.is_accepted { longest } else { patience };
            if begin.elapsed() >= longest {
                break;
            }
            for event in receiver.into_iter().flat_map(Receiver::try_iter) {
                self.hear(event);
            }
            if self.is_open {
                self.listen()?;
            } else if receiver.is_none() {
                break;
            } else {
                std::thread::sleep(GLANCE);
            }
        }
        if self.is_accepted || self.report.is_some() {
            return Ok(());
        }
        let peer = self.call.peer();
        Err(Failure::NoAnswer { peer, patience })
    }

    fn hear(&mut self, event: ScpEvent) {
        let ScpEvent::Commitment {
            from,
            transaction_uid,
            commitment,
        } = event
        else {
            return;
        };
        if transaction_uid == self.transaction_uid && self.call.address.ae_title.as_str() == from {
            self.report = Some(commitment);
        }
    }

    /// A moment at the association.
    fn listen(&mut self) -> Result<(), Failure> {
        let association = &mut *self.association;
        association.link.set_patience(GLANCE);
        let next = association.next();
        association.link.set_patience(self.call.address.patience());
        let (context_id, command) = match next {
            Ok(Request::Message {
                context_id,
                command,
            }) => (context_id, command),
            Err(Failure::NoAnswer { .. }) => return Ok(()),
            Err(Failure::Cancelled) => return Err(Failure::Cancelled),
            Ok(Request::Release) | Err(_) if self.is_accepted => {
                self.is_open = false;
                return Ok(());
            }
            Ok(Request::Release) => {
                return Err(Failure::Cut {
                    peer: self.call.peer(),
                });
            }
            Err(failure) => return Err(failure),
        };
        if command.answers(self.id) {
            if command.has_data() {
                association.read_data_set(context_id)?;
            }
            if command.status() != 0 {
                return Err(Failure::Status {
                    peer: self.call.peer(),
                    status: command.status(),
                    comment: command.comment(),
                });
            }
            self.is_accepted = true;
        } else if command.kind() == kind::N_EVENT_REPORT {
            let own = self.transaction_uid;
            let mut report = None;
            take_report(association, context_id, &command, |of, commitment| {
                if of != own {
                    return Err(NotTaken::Unknown);
                }
                report = Some(commitment.clone());
                Ok(())
            })?;
            self.report = report;
        }
        Ok(())
    }
}

/// Reads a report (N-EVENT-REPORT), has it taken, and answers. Gives the Transaction UID and the
/// report if it was taken.
pub(super) fn take_report(
    association: &mut Association,
    context_id: u8,
    command: &Command,
    take: impl FnOnce(&str, &Commitment) -> Result<(), NotTaken>,
) -> Result<Option<(String, Commitment)>, Failure> {
    let syntax = association
        .context_of_id(context_id)
        .map(|context| context.transfer_syntax.clone())
        .unwrap_or_default();
    let data = if command.has_data() {
        association.read_data_set(context_id)?
    } else {
        Vec::new()
    };
    let report = decode_data_set(&data, &syntax).map(|dataset| read(&dataset));
    let (status, report) = match report {
        Ok((transaction_uid, commitment)) => match take(&transaction_uid, &commitment) {
            Ok(()) => (0, Some((transaction_uid, commitment))),
            Err(refusal) => (refusal.status(), None),
        },
        Err(_unreadable) => (UNREADABLE, None),
    };
    association.send(context_id, &Command::answer(command, status), None)?;
    Ok(report)
}

fn action(transaction_uid: &str, instances: &[SopReference]) -> Dataset {
    let items = instances.iter().map(|instance| {
        let mut item = DatasetBuilder::new();
        item.text(t::REFERENCED_SOP_CLASS_UID, &instance.sop_class_uid)
            .text(t::REFERENCED_SOP_INSTANCE_UID, &instance.sop_instance_uid);
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
    let mut commitment = Commitment {
        committed: committed.collect(),
        ..Commitment::default()
    };
    for item in e.items(t::FAILED_SOP_SEQUENCE) {
        let reason = item.integer(t::FAILURE_REASON).unwrap_or_default();
        let Some(uid) = uid(item) else { continue };
        if reason == NO_SUCH_INSTANCE {
            commitment.absent.push(uid.clone());
        }
        commitment.failed.push((uid, failure(reason)));
    }
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
            .items(
                t::FAILED_SOP_SEQUENCE,
                vec![item("1.2", Some(0x0112)), item("1.3", Some(0x0122))],
            );
        let (transaction, commitment) = read(&builder.into_dataset());
        assert_eq!(transaction, "1.9");
        assert_eq!(commitment.committed, ["1.1"]);
        assert_eq!(commitment.absent, ["1.2"]);
        let [(uid, reason), _] = commitment.failed.as_slice() else {
            panic!("two failures")
        };
        assert_eq!(uid, "1.2");
        assert_eq!(reason.id, msg("pacs-commitment-no-instance"));
    }
}
