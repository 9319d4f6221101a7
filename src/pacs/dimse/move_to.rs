//! C-MOVE to another than us (PS3.4 C.4.2): the node sends to an AE title that it knows, and counts.
//! None of the bytes come this way, so what the node says is all there is to know.

use super::association::Association;
use super::association::Call;
use super::command::Command;
use super::model;
use super::model::Model;
use super::operation;
use super::operation::Counts;
use super::plan::Task;
use crate::dicom::decode_data_set;
use crate::dicom::tags;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::Failure;
use crate::pacs::MoveCounts;
use crate::pacs::Moved;
use crate::pacs::Wanted;
use crate::pacs::status_message;
use crate::problem::Message;
use crate::problem::msg;

/// The node does not know where to send (PS3.4 C.4.2.1.5).
const DESTINATION_UNKNOWN: u16 = 0xa801;

/// One request a series, or one for the whole study. `told` hears what the node has counted so far,
/// all requests together.
pub(super) fn move_to(
    call: &Call,
    to: &AeTitle,
    wanted: &Wanted,
    told: &mut dyn FnMut(MoveCounts),
    ctx: &JobCtx,
) -> Result<Moved, Failure> {
    let proposal = model::MOVE.proposal("C-MOVE");
    let association = Association::request(call, &proposal, ctx)?;
    let model = Model::taken(&association, &model::MOVE, proposal.service, call, ctx)?;
    let mut mover = Mover {
        association,
        model,
        to,
        told,
        before: MoveCounts::default(),
        moved: Moved::default(),
    };
    for task in tasks(wanted) {
        if let Err(failure) = mover.send(&task) {
            mover.moved.end = Some(failure);
            return Ok(mover.moved);
        }
    }
    mover.association.release();
    Ok(mover.moved)
}

fn tasks(wanted: &Wanted) -> Vec<Task> {
    let whole = Task {
        study_uid: wanted.study_uid.clone(),
        ..Task::default()
    };
    if wanted.series.is_empty() {
        return vec![whole];
    }
    let series = wanted.series.iter().map(|series| Task {
        series_uid: series.series_uid.clone(),
        instances: series.instance_uids.clone(),
        ..whole.clone()
    });
    series.collect()
}

struct Mover<'a> {
    association: Association,
    model: Model,
    to: &'a AeTitle,
    told: &'a mut dyn FnMut(MoveCounts),
    /// Of the requests that are over.
    before: MoveCounts,
    moved: Moved,
}

impl Mover<'_> {
    /// One request, from its beginning to its last answer.
    fn send(&mut self, task: &Task) -> Result<(), Failure> {
        let id = operation::move_id();
        let (association, model) = (&mut self.association, &mut self.model);
        operation::ask(association, model, task, Some(self.to), id)?;
        loop {
            let answer = match self.answer(id) {
                Err(Failure::Cancelled) => {
                    let link = &mut self.association.link;
                    link.send_last(self.model.context.id, &Command::cancel(id));
                    self.association.abort();
                    return Err(Failure::Cancelled);
                }
                answer => answer?,
            };
            let (command, data) = answer;
            let counts = Counts::of(&command);
            if command.says_counts() {
                self.moved.counts = self.before.and(counts.as_told());
                (self.told)(self.moved.counts);
            }
            if !matches!(command.status(), 0xff00 | 0xff01) {
                return self.end(task, &command, counts, &data);
            }
        }
    }

    fn answer(&mut self, id: u16) -> Result<(Command, Vec<u8>), Failure> {
        let command = self.association.answer(id)?;
        let data = if command.has_data() {
            self.association.read_data_set(self.model.context.id)?
        } else {
            Vec::new()
        };
        Ok((command, data))
    }

    /// What the last answer says.
    fn end(
        &mut self,
        task: &Task,
        answer: &Command,
        counts: Counts,
        data: &[u8],
    ) -> Result<(), Failure> {
        let status = answer.status();
        let peer = self.association.link.peer.clone();
        let sentence = status_message(&peer, status, &answer.comment());
        if status == DESTINATION_UNKNOWN {
            self.association.abort();
            return Err(Failure::Told(
                Message::new(msg("pacs-move-destination"))
                    .text("peer", &peer)
                    .text("to", self.to.as_str()),
            ));
        }
        let is_success = matches!(status, 0x0000 | 0xb000..=0xbfff);
        if !is_success {
            // Not every node has a status of its own for a destination that it does not know.
            let reason = if counts.all() == 0 {
                Message::new(msg("pacs-move-refused"))
                    .message("sentence", sentence)
                    .text("to", self.to.as_str())
            } else {
                sentence
            };
            self.moved.reasons.push(reason);
        } else if status != 0 && !answer.says_counts() {
            // One or more have failed, and the node does not say which.
            self.moved.reasons.push(sentence);
        } else if answer.says_counts() && counts.all() == 0 {
            let uid = [&task.series_uid, &task.study_uid]
                .into_iter()
                .find(|uid| !uid.is_empty());
            self.moved.reasons.push(
                Message::new(msg("pacs-move-nothing"))
                    .text("peer", &peer)
                    .text("uid", uid.map_or("", String::as_str)),
            );
        }
        // Nothing goes after the last answer: what remains then has failed.
        let failed = usize::from(counts.failed) + usize::from(counts.remaining.unwrap_or(0));
        if failed > 0 {
            self.moved.reasons.push(
                Message::new(msg("pacs-move-failed"))
                    .text("peer", &peer)
                    .text("to", self.to.as_str())
                    .count("count", failed),
            );
        }
        let named = decode_data_set(data, &self.model.context.transfer_syntax)
            .map(|data| data.elements().texts(tags::FAILED_SOP_INSTANCE_UID_LIST))
            .unwrap_or_default();
        let named = named.into_iter().filter(|uid| !uid.is_empty());
        self.moved.failed_uids.extend(named);
        self.moved.is_counted &= answer.says_counts();
        self.before = self.before.and(MoveCounts {
            remaining: 0,
            failed,
            ..counts.as_told()
        });
        self.moved.counts = self.before;
        Ok(())
    }
}
