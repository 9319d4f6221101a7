//! C-ECHO: is anybody there (PS3.4 annex A).

use std::time::Instant;

use super::association::Association;
use super::association::Call;
use super::association::Proposal;
use super::command::Command;
use super::command::kind;
use super::uids;
use crate::jobs::JobCtx;
use crate::pacs::Authorities;
use crate::pacs::Echo;
use crate::pacs::Failure;

pub(super) fn echo(call: &Call, ctx: &JobCtx) -> Result<Echo, Failure> {
    let start = Instant::now();
    let proposal = Proposal::new("C-ECHO").with(uids::VERIFICATION, &uids::PLAIN);
    let mut association = Association::request(call, &proposal, ctx)?;
    let context = association.needed_context(uids::VERIFICATION, proposal.service)?;
    let id = association.next_message_id();
    let command = Command::request(kind::C_ECHO, id, uids::VERIFICATION);
    association.send(context.id, &command, None)?;
    let answer = association.answer(id)?;
    if answer.status() != 0 {
        return Err(Failure::Status {
            peer: call.peer(),
            status: answer.status(),
            comment: answer.comment(),
        });
    }
    let is_verified = association.link.is_encrypted()
        && (call.address.tls.as_ref()).is_some_and(|tls| tls.authorities != Authorities::Anyone);
    let echo = Echo {
        elapsed: start.elapsed(),
        implementation: association.implementation.clone(),
        is_verified,
    };
    association.release();
    Ok(echo)
}
