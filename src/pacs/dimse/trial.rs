//! Whether a node would send us what we ask for, found out without fetching anything.

use super::association::Association;
use super::association::Call;
use super::association::Request;
use super::get::Getter;
use super::model;
use super::model::Model;
use super::move_;
use super::operation;
use super::plan::Task;
use crate::dicom::new_uid;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::ReceiverTls;
use crate::pacs::Reception;
use crate::pacs::Retrieval;
use crate::problem::Message;
use crate::problem::msg;

/// The destination is unknown (PS3.4 C.4.2.1.5).
const DESTINATION_UNKNOWN: u16 = 0xa801;

/// What the node does of it.
///
/// # Errors
/// [`Failure`]: nothing would come.
pub(super) fn retrieval(
    call: &Call,
    reception: &Reception,
    tls: Option<&ReceiverTls>,
    ctx: &JobCtx,
) -> Result<Message, Failure> {
    match call.address.retrieval {
        Retrieval::Get => {
            Getter::open(call, std::iter::empty(), ctx)?.release();
            Ok(Message::new(msg("pacs-get-offered")))
        }
        Retrieval::Move => {
            match reception {
                Reception::None => return Err(Failure::NoReception),
                Reception::Listen(_) => drop(move_::receiver_tls(call, tls)?),
                Reception::Running(scp) => move_::may_come_to(call, scp)?,
            }
            move_nothing(call, ctx)?;
            Ok(Message::new(msg("pacs-move-offered")))
        }
    }
}

/// Asks to move a study that nobody has. Many nodes look first whether they know where to; what
/// else they say is about the study.
fn move_nothing(call: &Call, ctx: &JobCtx) -> Result<(), Failure> {
    let proposal = model::MOVE.proposal("C-MOVE");
    let mut association = Association::request(call, &proposal, ctx)?;
    let mut model = Model::taken(&association, &model::MOVE, proposal.service, call, ctx)?;
    let task = Task {
        study_uid: new_uid(),
        ..Task::default()
    };
    let id = operation::move_id();
    operation::ask(&mut association, &mut model, &task, Some(&call.calling), id)?;
    loop {
        let command = match association.next() {
            Ok(Request::Message { command, .. }) if command.answers(id) => command,
            // It was asked for nonsense: how it takes that is no sign of anything.
            _ => return Ok(()),
        };
        if command.has_data() {
            association.read_data_set(model.context.id)?;
        }
        match command.status() {
            0xff00 | 0xff01 => {}
            DESTINATION_UNKNOWN => {
                let failure = Failure::Status {
                    peer: call.peer(),
                    status: DESTINATION_UNKNOWN,
                    comment: command.comment(),
                };
                association.release();
                return Err(failure);
            }
            _ => {
                association.release();
                return Ok(());
            }
        }
    }
}
