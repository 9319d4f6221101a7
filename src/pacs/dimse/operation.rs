//! What C-GET and C-MOVE have in common: the request, and answers that count (PS3.4 C.4.2, C.4.3).

use std::sync::atomic::AtomicU16;
use std::sync::atomic::Ordering;

use super::association::Association;
use super::association::Context;
use super::command::Command;
use super::command::field;
use super::command::kind;
use super::model::Model;
use super::plan::Task;
use super::tally::Tally;
use crate::dicom::decode_data_set;
use crate::dicom::encode_data_set;
use crate::dicom::tags;
use crate::pacs::AeTitle;
use crate::pacs::Failure;
use crate::pacs::MoveCounts;
use crate::pacs::status_message;
use crate::problem::Message;
use crate::problem::msg;

/// A message ID that no other C-MOVE of ours has at the moment, over whatever association: what a
/// node sends for it says it again.
pub(super) fn move_id() -> u16 {
    static LAST: AtomicU16 = AtomicU16::new(0);
    let id = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    if id == 0 { move_id() } else { id }
}

/// Sends the request for a task under this message ID.
pub(super) fn ask(
    association: &mut Association,
    model: &mut Model,
    task: &Task,
    destination: Option<&AeTitle>,
    id: u16,
) -> Result<(), Failure> {
    let identifier = model.identifier(task)?;
    let context = &model.context;
    let data = encode_data_set(&identifier, &context.transfer_syntax, None)
        .map_err(|error| Failure::Told(error.message()))?;
    let kind = if destination.is_some() {
        kind::C_MOVE
    } else {
        kind::C_GET
    };
    let mut request = Command::request(kind, id, &context.sop_class)
        .number(field::PRIORITY, 0)
        .with_data();
    if let Some(title) = destination {
        request = request.text(field::MOVE_DESTINATION, title.as_str());
    }
    association.send(context.id, &request, Some(&data))
}

/// How many, as an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub remaining: Option<u16>,
    pub completed: u16,
    pub failed: u16,
    pub warned: u16,
}

impl Counts {
    pub fn of(answer: &Command) -> Self {
        let number = |field| answer.get_number(field);
        Self {
            remaining: number(field::REMAINING),
            completed: number(field::COMPLETED).unwrap_or(0),
            failed: number(field::FAILED).unwrap_or(0),
            warned: number(field::WARNING).unwrap_or(0),
        }
    }

    /// As others hear of them.
    pub fn as_told(self) -> MoveCounts {
        MoveCounts {
            remaining: usize::from(self.remaining.unwrap_or(0)),
            completed: usize::from(self.completed),
            failed: usize::from(self.failed),
            warned: usize::from(self.warned),
        }
    }

    /// All instances that the request is about.
    pub fn all(self) -> usize {
        let all = [
            self.remaining.unwrap_or(0),
            self.completed,
            self.failed,
            self.warned,
        ];
        all.into_iter().map(usize::from).sum()
    }
}

/// Reads what follows an answer, and tells what it means. `Some` if the operation is over.
pub(super) fn answered(
    association: &mut Association,
    context: &Context,
    answer: &Command,
    task: &Task,
    tally: &Tally<'_>,
) -> Result<Option<Counts>, Failure> {
    let data = if answer.has_data() {
        association.read_data_set(context.id)?
    } else {
        Vec::new()
    };
    let counts = Counts::of(answer);
    let status = answer.status();
    if matches!(status, 0xff00 | 0xff01) {
        return Ok(None);
    }
    let peer = association.link.peer.clone();
    let comment = answer.comment();
    let is_success = matches!(status, 0x0000 | 0xb000..=0xbfff);
    // All that the node counts has a name.
    let is_known = !task.known.is_empty() && counts.all() <= task.known.len();
    if !is_success && counts.all() == 0 {
        return Err(Failure::Status {
            peer,
            status,
            comment,
        });
    }
    // Nothing comes after the last answer: what remains then has failed.
    let mut unnamed = usize::from(counts.failed) + usize::from(counts.remaining.unwrap_or(0));
    if unnamed > 0 {
        let reason = if is_success {
            Message::new(msg("pacs-sub-operation-failed")).text("peer", &peer)
        } else {
            status_message(&peer, status, &comment)
        };
        let named = decode_data_set(&data, &context.transfer_syntax)
            .map(|data| data.elements().texts(tags::FAILED_SOP_INSTANCE_UID_LIST))
            .unwrap_or_default();
        for uid in named.iter().filter(|uid| !uid.is_empty()) {
            tally.fail(uid, &reason);
            unnamed = unnamed.saturating_sub(1);
        }
        let unnamed = tally.of_node(unnamed);
        // Those known by name are found missing by their names.
        if unnamed > 0 && !is_known {
            let message = Message::new(msg("pacs-sub-operations-failed"))
                .count("count", unnamed)
                .message("reason", reason);
            tally.fail_unnamed(message);
        }
    }
    if !is_success {
        let reason = status_message(&peer, status, &comment);
        tally.fail_series(&task.series_uid, reason, is_known);
    } else if status != 0 && !answer.says_counts() && task.known.is_empty() {
        // One or more have failed, and nobody says which, or how many.
        tally.fail_unnamed(status_message(&peer, status, &comment));
    }
    if counts.warned > 0 {
        tally.warn(
            Message::new(msg("pacs-sub-operations-warned"))
                .text("peer", &peer)
                .count("count", usize::from(counts.warned)),
        );
    }
    Ok(Some(counts))
}
