//! C-STORE from the sending side (PS3.4 annex B): files as they are, one after the other.
//!
//! Over one association: two are a fifth faster to Orthanc, but some receivers (DCMTK's dcmqrscp)
//! give two instances that come at the same moment the same file, and acknowledge both.

use std::path::PathBuf;

use super::association::Association;
use super::association::Call;
use super::association::Context;
use super::association::MOST_CONTEXTS;
use super::association::Proposal;
use super::command::Command;
use super::command::field;
use super::command::kind;
use super::contexts::Proposed;
use super::uids::EXPLICIT_LITTLE;
use super::uids::IMPLICIT_LITTLE;
use crate::dicom::Outgoing;
use crate::dicom::io_message;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::SendOutcome;
use crate::pacs::Sent;
use crate::pacs::status_message;
use crate::problem::Message;
use crate::problem::msg;

/// Sends files.
pub(super) fn send(
    call: &Call,
    files: &[PathBuf],
    told: &(dyn Fn(&SendOutcome) + Sync),
    ctx: &JobCtx,
) -> Result<Sent, Failure> {
    let mut ledger = Ledger {
        told,
        sent: Sent::default(),
    };
    let mut instances = Vec::new();
    for path in files {
        ctx.check()?;
        match Outgoing::open(path) {
            Ok(instance) => instances.push(instance),
            Err(reason) => ledger.add(SendOutcome {
                path: path.clone(),
                sop_class_uid: String::new(),
                sop_instance_uid: String::new(),
                result: Err(reason),
                remark: None,
            }),
        }
    }
    for (n, group) in groups(instances).into_iter().enumerate() {
        let sender = Sender {
            call,
            contexts: group.contexts,
            ctx,
        };
        match sender.open() {
            Ok(association) => sender.work(association, group.files, &mut ledger),
            // Where not even the first association can be made, nothing can be sent.
            Err(failure) if n == 0 => return Err(failure),
            Err(failure) => ledger.sent.end = Some(failure),
        }
        if ledger.sent.end.is_some() {
            break;
        }
    }
    Ok(ledger.sent)
}

/// Files that one association can send, and its contexts.
struct Group {
    contexts: Vec<Proposed>,
    files: Vec<Outgoing>,
}

/// In their order, in as few groups as their classes and syntaxes allow.
fn groups(instances: Vec<Outgoing>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for instance in instances {
        let class = &instance.sop_class_uid;
        let wanted: Vec<Proposed> = [
            &instance.transfer_syntax_uid,
            EXPLICIT_LITTLE,
            IMPLICIT_LITTLE,
        ]
        .into_iter()
        .map(|syntax| (class.clone(), vec![syntax.to_owned()]))
        .collect();
        let missing = |group: &Group| -> Vec<Proposed> {
            let mut missing: Vec<Proposed> = Vec::new();
            for proposed in &wanted {
                if !group.contexts.contains(proposed) && !missing.contains(proposed) {
                    missing.push(proposed.clone());
                }
            }
            missing
        };
        let fitting = groups
            .iter_mut()
            .find(|group| group.contexts.len() + missing(group).len() <= MOST_CONTEXTS);
        if let Some(group) = fitting {
            let missing = missing(group);
            group.contexts.extend(missing);
            group.files.push(instance);
        } else {
            let mut group = Group {
                contexts: Vec::new(),
                files: Vec::new(),
            };
            group.contexts = missing(&group);
            group.files.push(instance);
            groups.push(group);
        }
    }
    groups
}

/// What was sent so far.
struct Ledger<'a> {
    told: &'a (dyn Fn(&SendOutcome) + Sync),
    sent: Sent,
}

impl Ledger<'_> {
    fn add(&mut self, outcome: SendOutcome) {
        (self.told)(&outcome);
        self.sent.outcomes.push(outcome);
    }
}

struct Sender<'a> {
    call: &'a Call,
    contexts: Vec<Proposed>,
    ctx: &'a JobCtx,
}

/// Why a file did not go.
enum Trouble {
    /// This file; the association goes on.
    File(Message),
    /// This file, in its middle: the association is of no use any more.
    Torn(Message),
    /// The association.
    Line(Failure),
}

impl Sender<'_> {
    fn open(&self) -> Result<Association, Failure> {
        let proposal = Proposal {
            service: "C-STORE",
            contexts: self.contexts.clone(),
            scp_for: Vec::new(),
        };
        Association::request(self.call, &proposal, self.ctx)
    }

    fn work(&self, mut association: Association, files: Vec<Outgoing>, ledger: &mut Ledger<'_>) {
        for instance in files {
            let (result, remark) = match self.store(&mut association, &instance) {
                Ok((bytes, remark)) => (Ok(bytes), remark),
                Err(Trouble::File(reason)) => (Err(reason), None),
                Err(Trouble::Torn(reason)) => {
                    association.abort();
                    match self.open() {
                        Ok(again) => association = again,
                        Err(failure) => ledger.sent.end = Some(failure),
                    }
                    (Err(reason), None)
                }
                Err(Trouble::Line(failure)) => {
                    let reason = failure.message();
                    ledger.sent.end = Some(failure);
                    (Err(reason), None)
                }
            };
            ledger.add(SendOutcome {
                path: instance.path,
                sop_class_uid: instance.sop_class_uid,
                sop_instance_uid: instance.sop_instance_uid,
                result,
                remark,
            });
            if ledger.sent.end.is_some() {
                return;
            }
        }
        association.release();
    }

    /// Sends one instance. Gives its bytes, and what the node warns of.
    fn store(
        &self,
        association: &mut Association,
        instance: &Outgoing,
    ) -> Result<(u64, Option<Message>), Trouble> {
        let peer = association.link.peer.clone();
        let id = association.next_message_id();
        let contexts = &association.contexts;
        let context = |syntax: &str| -> Option<Context> {
            contexts
                .iter()
                .find(|it| it.sop_class == instance.sop_class_uid && it.transfer_syntax == syntax)
                .cloned()
        };
        let request = Command::request(kind::C_STORE, id, &instance.sop_class_uid)
            .number(field::PRIORITY, 0)
            .uid(field::AFFECTED_SOP_INSTANCE_UID, &instance.sop_instance_uid)
            .with_data();
        let as_it_is = context(&instance.transfer_syntax_uid);
        let plain = context(EXPLICIT_LITTLE).or_else(|| context(IMPLICIT_LITTLE));
        let sent = if let Some(context) = as_it_is {
            let file = |error: std::io::Error| Trouble::File(io_message(&error));
            let mut data = instance.data_set().map_err(file)?;
            association.send_from(context.id, &request, &mut data)
        } else if let Some(context) = plain {
            let bytes = instance
                .uncompressed(&context.transfer_syntax, self.ctx)
                .map_err(Trouble::File)?;
            association.send_from(context.id, &request, &mut bytes.as_slice())
        } else {
            let class = crate::dicom::sop_class_name(&instance.sop_class_uid);
            let class = class.unwrap_or(&instance.sop_class_uid);
            let message = Message::new(msg("pacs-class-not-taken"))
                .text("peer", &peer)
                .text("class", class);
            return Err(Trouble::File(message));
        };
        let bytes = match sent {
            Ok(bytes) => bytes,
            Err(Failure::Told(reason)) => return Err(Trouble::Torn(reason)),
            Err(failure) => return Err(Trouble::Line(failure)),
        };
        let answer = association.answer(id).map_err(Trouble::Line)?;
        let status = answer.status();
        let sentence = || status_message(&peer, status, &answer.comment());
        match status {
            0x0000 => Ok((bytes, None)),
            // Warnings of PS3.4 table B.2-1 and PS3.7: it is kept all the same.
            0xb000..=0xbfff | 0x0001 | 0x0107 | 0x0116 => Ok((bytes, Some(sentence()))),
            _ => Err(Trouble::File(sentence())),
        }
    }
}
