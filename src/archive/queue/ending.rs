//! What becomes of a transfer when an attempt ends.

use std::time::Duration;
use std::time::SystemTime;

use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::milliseconds;

use super::Ending;
use super::Retry;
use super::Transfer;
use super::TransferId;
use super::TransferState;
use super::attempts::HINDERED;
use super::attempts::MAX_ATTEMPTS;
use super::attempts::wait_after;
use super::attempts::wait_for_report;
use super::rows::Coded as _;
use super::rows::outcome;

/// What becomes of a transfer.
pub(super) struct After {
    state: TransferState,
    attempts: u32,
    wait: Option<Duration>,
    reason: String,
    pub(super) transaction_uid: String,
    asks: u32,
}

impl After {
    /// No other attempt is made by itself.
    pub(super) fn stay_failed(&mut self) {
        if self.state == TransferState::Waiting {
            self.state = TransferState::Failed;
            self.wait = None;
        }
    }

    pub(super) fn write(
        &self,
        transaction: &Transaction<'_>,
        id: TransferId,
        now: SystemTime,
    ) -> Result<(), ArchiveError> {
        transaction.execute(
            "UPDATE transfer SET state = ?2, owner = '', attempts = ?3, next_attempt_ms = ?4,
             reason = ?5, transaction_uid = ?6, asks = ?7, changed_ms = ?8 WHERE id = ?1",
            params![
                id.0,
                self.state.code(),
                self.attempts,
                self.wait.map(|wait| milliseconds(now + wait)),
                self.reason,
                self.transaction_uid,
                self.asks,
                milliseconds(now)
            ],
        )?;
        Ok(())
    }
}

/// What an attempt's ending makes of a transfer.
pub(super) fn after(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
    ending: &Ending,
) -> Result<After, ArchiveError> {
    let mut after = After {
        state: TransferState::Waiting,
        attempts: transfer.attempts,
        wait: None,
        reason: String::new(),
        // Whenever its report comes, it is true; asking anew takes its place.
        transaction_uid: transfer.transaction_uid.clone(),
        asks: transfer.asks,
    };
    let (reason, retry) = match ending {
        Ending::Yielded => {
            after.attempts = after.attempts.saturating_sub(1);
            after.reason.clone_from(&transfer.reason);
            return Ok(after);
        }
        Ending::Hindered(reason) => {
            after.attempts = after.attempts.saturating_sub(1);
            after.wait = Some(HINDERED);
            after.reason.clone_from(reason);
            return Ok(after);
        }
        Ending::NoRoom(reason, times) => {
            after.attempts = after.attempts.saturating_sub(1);
            after.wait = Some(wait_after(*times));
            after.reason.clone_from(reason);
            return Ok(after);
        }
        // Its report may have come while the attempt was ending: then nothing is awaited any more.
        Ending::AwaitsCommitment
            if !transfer.transaction_uid.is_empty()
                && missing(transaction, transfer, outcome::SUCCESS)? == 0 =>
        {
            after.state = TransferState::Committing;
            // Only now has the node been asked: who could not be is not asked again in hours.
            after.asks += 1;
            after.wait = Some(wait_for_report(after.asks));
            return Ok(after);
        }
        Ending::Complete | Ending::AwaitsCommitment if is_all_done(transaction, transfer)? => {
            after.state = TransferState::Done;
            after.transaction_uid.clear();
            return Ok(after);
        }
        Ending::Complete if transfer.succeeded == 0 && transfer.failed == 0 => {
            (String::new(), Retry::Never)
        }
        Ending::Complete | Ending::AwaitsCommitment => unfinished(transaction, transfer)?,
        Ending::Failed(reason, retry) => (reason.clone(), *retry),
    };
    after.reason = reason;
    if retry == Retry::Never || transfer.attempts >= MAX_ATTEMPTS {
        after.state = TransferState::Failed;
    } else {
        after.wait = Some(wait_after(transfer.attempts));
    }
    Ok(after)
}

/// Why not all is done, and whether another attempt may help: of instances that are not there it
/// may; a node that stored all and does not promise to keep them would say the same again.
fn unfinished(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
) -> Result<(String, Retry), ArchiveError> {
    let mut statement = transaction.prepare_cached(
        "SELECT reason FROM item WHERE transfer = ?1 AND outcome = ?2 AND reason <> ''
         ORDER BY sop_instance_uid LIMIT 1",
    )?;
    let mut first = |outcome| {
        let ids = [transfer.id.0, outcome];
        statement
            .query_row(ids, |row| row.get::<_, String>(0))
            .optional()
    };
    let failed = first(outcome::FAILED)?;
    let refused = first(outcome::SUCCESS)?;
    let is_all_there = missing(transaction, transfer, outcome::SUCCESS)? == 0;
    Ok(match (failed, refused) {
        (None, Some(refused)) if is_all_there => (refused, Retry::Never),
        (failed, _) => (failed.unwrap_or_default(), Retry::Later),
    })
}

/// Every instance is a success, and committed where that was asked.
pub(super) fn is_all_done(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
) -> Result<bool, ArchiveError> {
    let least = if transfer.is_to_be_committed {
        outcome::COMMITTED
    } else {
        outcome::SUCCESS
    };
    Ok(transfer.succeeded > 0 && missing(transaction, transfer, least)? == 0)
}

/// How many instances have not come as far as this.
fn missing(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
    least: i64,
) -> Result<i64, ArchiveError> {
    let mut statement = transaction.prepare_cached(
        "SELECT count(*), coalesce(sum(outcome >= ?2), 0) FROM item WHERE transfer = ?1",
    )?;
    let (all, enough): (i64, i64) =
        statement.query_row([transfer.id.0, least], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let expected = transfer.expected.map_or(all, |count| all.max(count.into()));
    Ok(expected - enough)
}
