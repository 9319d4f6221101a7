//! What became of the instances of a transfer, and how far it is.

use std::collections::HashSet;
use std::time::SystemTime;

use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::milliseconds;

use super::Ending;
use super::Item;
use super::ItemOutcome;
use super::NotKept;
use super::Transfer;
use super::TransferId;
use super::TransferKind;
use super::TransferState;
use super::Transfers;
use super::ending::after;
use super::ending::is_all_done;
use super::rows::outcome;
use super::rows::read_items;
use super::rows::read_transfer;

impl Transfers {
    /// What became of instances, by SOP Instance UID, and how many bytes of them came or went.
    /// Of a retrieval they need not be known yet. What is a success stays one.
    /// Gives the transfer as it stands then, `None` if it was removed, or if another program runs
    /// it by now; then nothing was recorded either.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing was recorded.
    pub fn record(
        &self,
        id: TransferId,
        outcomes: &[(String, ItemOutcome)],
        bytes: u64,
        now: SystemTime,
    ) -> Result<Option<Transfer>, ArchiveError> {
        self.change(|transaction| {
            let Some(transfer) = self.read_ours(transaction, id)? else {
                return Ok(None);
            };
            record(transaction, &transfer, outcomes, now)?;
            transaction.execute(
                "UPDATE transfer SET bytes = bytes + ?2, changed_ms = ?3 WHERE id = ?1",
                params![id.0, bytes as i64, milliseconds(now)],
            )?;
            count(transaction, id)?;
            read_transfer(transaction, id)
        })
    }

    /// How many instances a retrieval is going to bring, once the node has said so.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn expect(&self, id: TransferId, instances: u32) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            if self.read_ours(transaction, id)?.is_none() {
                return Ok(());
            }
            transaction.execute(
                "UPDATE transfer SET expected = ?2 WHERE id = ?1",
                params![id.0, instances],
            )?;
            Ok(())
        })
    }

    /// A retrieval's node has these instances (SOP Instance UIDs) and no others: what else was
    /// wanted of it, and has not come, is not its own any more.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn keep_failed_of<'a>(
        &self,
        id: TransferId,
        sop_instance_uids: impl Iterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            if self.read_ours(transaction, id)?.is_none() {
                return Ok(());
            }
            transaction.execute(
                "DELETE FROM item WHERE transfer = ?1 AND outcome <= ?2
                 AND sop_instance_uid NOT IN (SELECT value FROM json_each(?3))",
                params![id.0, outcome::WAITING, json(sop_instance_uids)],
            )?;
            count(transaction, id)
        })
    }

    /// The node is about to be asked to commit (PS3.4 J.3.2) under this transaction UID: remembered
    /// before it is asked, for the report may come before the answer; and until it comes, also
    /// where the node is asked once more meanwhile. `false` where it was not, and
    /// the node must not be asked: the transfer does not run any more, or runs elsewhere.
    ///
    /// # Errors
    /// [`ArchiveError`]; then it must not be asked either.
    pub fn ask_commitment(
        &self,
        id: TransferId,
        transaction_uid: &str,
        now: SystemTime,
    ) -> Result<bool, ArchiveError> {
        self.change(|transaction| {
            let transfer = self.read_ours(transaction, id)?;
            if transfer.is_none_or(|transfer| transfer.state != TransferState::Running) {
                return Ok(false);
            }
            transaction.execute(
                "UPDATE transfer SET transaction_uid = ?2, changed_ms = ?3
                 WHERE id = ?1",
                params![id.0, transaction_uid, milliseconds(now)],
            )?;
            transaction.execute(
                "INSERT INTO asked VALUES (?1, ?2)",
                params![transaction_uid, id.0],
            )?;
            // What it refused before, it is asked anew.
            transaction.execute(
                "UPDATE item SET reason = '' WHERE transfer = ?1 AND outcome = ?2",
                params![id.0, outcome::SUCCESS],
            )?;
            Ok(true)
        })
    }

    /// The transfer that awaits a report on the commitment with this transaction UID.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn awaiting(&self, transaction_uid: &str) -> Result<Option<Transfer>, ArchiveError> {
        awaiting(&self.lock(), transaction_uid)
    }

    /// A node's report on the commitment with this transaction UID (PS3.4 J.3.3): what it keeps,
    /// and what it does not, with why. Gives the transfer, `None` if none awaits it.
    /// What it has not got is sent again at the next attempt, and nothing else is. What it has
    /// stored and does not promise to keep ends the transfer as failed. Neither counts as sent any
    /// more, whatever was acknowledged before. What is named as both is not kept.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn commitment(
        &self,
        transaction_uid: &str,
        kept: &[String],
        not_kept: &[NotKept],
        now: SystemTime,
    ) -> Result<Option<Transfer>, ArchiveError> {
        self.change(|transaction| {
            let Some(transfer) = awaiting(transaction, transaction_uid)? else {
                return Ok(None);
            };
            let id = transfer.id;
            let is_latest = transfer.transaction_uid == transaction_uid;
            transaction.execute(
                "DELETE FROM asked WHERE transaction_uid = ?1",
                [transaction_uid],
            )?;
            let absent = not_kept.iter().filter(|it| it.is_absent);
            transaction.execute(
                "UPDATE item SET outcome = ?2 WHERE transfer = ?1 AND outcome = ?3
                 AND sop_instance_uid IN (SELECT value FROM json_each(?4))",
                params![
                    id.0,
                    outcome::WAITING,
                    outcome::SUCCESS,
                    json(absent.clone().map(|it| it.sop_instance_uid.as_str()))
                ],
            )?;
            transaction.execute(
                "DELETE FROM sent WHERE node = ?2 AND sop_instance_uid IN
                 (SELECT sop_instance_uid FROM item WHERE transfer = ?1
                  AND sop_instance_uid IN (SELECT value FROM json_each(?3)))",
                params![
                    id.0,
                    transfer.node,
                    json(not_kept.iter().map(|it| it.sop_instance_uid.as_str()))
                ],
            )?;
            // Stays a success, with the reason why it is no more than that.
            let mut refuse = transaction.prepare_cached(
                "UPDATE item SET reason = ?3
                 WHERE transfer = ?1 AND sop_instance_uid = ?2 AND outcome = ?4",
            )?;
            for it in not_kept.iter().filter(|it| !it.is_absent) {
                let (uid, reason) = (&it.sop_instance_uid, &it.reason);
                refuse.execute(params![id.0, uid, reason, outcome::SUCCESS])?;
            }
            // An answer speaks of what was asked about; of nothing else it makes an item.
            let items = read_items(transaction, id)?;
            let known: HashSet<&String> = items.iter().map(|item| &item.sop_instance_uid).collect();
            // What it has not got is sent anew, and asked about anew with the rest: what it had when
            // it was asked before says nothing of that.
            if absent
                .clone()
                .any(|it| known.contains(&it.sop_instance_uid))
            {
                transaction.execute("DELETE FROM asked WHERE transfer = ?1", [id.0])?;
            }
            // Nor of what is to be sent anew: a late report is about what the node had before.
            let stored: HashSet<&String> = items
                .iter()
                .filter(|item| {
                    matches!(item.outcome, ItemOutcome::Success | ItemOutcome::Committed)
                })
                .map(|item| &item.sop_instance_uid)
                .collect();
            let lost: HashSet<&String> = not_kept.iter().map(|it| &it.sop_instance_uid).collect();
            let kept = kept.iter();
            let kept = kept.filter(|uid| !lost.contains(uid) && stored.contains(uid));
            let kept = kept.map(|uid| (uid.clone(), ItemOutcome::Committed));
            let absent = absent.map(|it| {
                let outcome = ItemOutcome::Failed(it.reason.clone());
                (it.sop_instance_uid.clone(), outcome)
            });
            let outcomes: Vec<_> = kept
                .chain(absent)
                .filter(|(uid, _)| known.contains(uid))
                .collect();
            record(transaction, &transfer, &outcomes, now)?;
            count(transaction, id)?;
            let Some(transfer) = read_transfer(transaction, id)? else {
                return Ok(None);
            };
            // What else it was asked about since, it may still report on.
            let is_all = is_latest || is_all_done(transaction, &transfer)?;
            if !is_all && not_kept.is_empty() {
                return Ok(Some(transfer));
            }
            match transfer.state {
                TransferState::Committing | TransferState::Waiting | TransferState::Failed => {
                    let mut after = after(transaction, &transfer, &Ending::Complete)?;
                    after.transaction_uid.clear();
                    // What it was given up for has not changed.
                    if transfer.state == TransferState::Failed
                        && not_kept.iter().all(|it| !it.is_absent)
                    {
                        after.stay_failed();
                    }
                    after.write(transaction, id, now)?;
                    transaction.execute("UPDATE transfer SET asks = 0 WHERE id = ?1", [id.0])?;
                }
                // Its runner ends the attempt; what the reader stopped stays so.
                TransferState::Running
                | TransferState::Paused
                | TransferState::Cancelled
                | TransferState::Done => {
                    transaction.execute(
                        "UPDATE transfer SET transaction_uid = '', changed_ms = ?2 WHERE id = ?1",
                        params![id.0, milliseconds(now)],
                    )?;
                }
            }
            read_transfer(transaction, id)
        })
    }

    /// The instances of a transfer, by UID.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn items(&self, id: TransferId) -> Result<Vec<Item>, ArchiveError> {
        read_items(&self.lock(), id)
    }
}

fn awaiting(
    connection: &Connection,
    transaction_uid: &str,
) -> Result<Option<Transfer>, ArchiveError> {
    if transaction_uid.is_empty() {
        return Ok(None);
    }
    let mut statement =
        connection.prepare_cached("SELECT transfer FROM asked WHERE transaction_uid = ?1")?;
    let id: Option<i64> = statement
        .query_row([transaction_uid], |row| row.get(0))
        .optional()?;
    match id {
        Some(id) => read_transfer(connection, TransferId(id)),
        None => Ok(None),
    }
}

fn record(
    transaction: &Transaction<'_>,
    transfer: &Transfer,
    outcomes: &[(String, ItemOutcome)],
    now: SystemTime,
) -> Result<(), ArchiveError> {
    let mut item = transaction.prepare_cached(
        "INSERT INTO item (transfer, sop_instance_uid, sop_class_uid, outcome, reason)
         VALUES (?1, ?2, '', ?3, ?4)
         ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason
         WHERE excluded.outcome > item.outcome OR item.outcome <= 0",
    )?;
    let mut sent = transaction.prepare_cached(
        "INSERT INTO sent (sop_instance_uid, node, is_committed, sent_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET is_committed = max(is_committed, excluded.is_committed),
         sent_ms = excluded.sent_ms",
    )?;
    // Our own copy may go once an instance is in `sent`: where a promise is asked for, not before.
    let is_there_from = if transfer.is_to_be_committed {
        outcome::COMMITTED
    } else {
        outcome::SUCCESS
    };
    for (uid, new) in outcomes {
        let (code, reason) = new.code();
        item.execute(params![transfer.id.0, uid, code, reason])?;
        if transfer.kind == TransferKind::Send && code >= is_there_from {
            let is_committed = code == outcome::COMMITTED;
            sent.execute(params![uid, transfer.node, is_committed, milliseconds(now)])?;
        }
    }
    Ok(())
}

fn count(transaction: &Transaction<'_>, id: TransferId) -> Result<(), ArchiveError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE transfer SET (succeeded, failed) =
         (SELECT coalesce(sum(outcome > 0), 0), coalesce(sum(outcome < 0), 0)
          FROM item WHERE transfer = ?1) WHERE id = ?1",
    )?;
    statement.execute([id.0])?;
    Ok(())
}

fn json<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<serde_json::Value>().to_string()
}
