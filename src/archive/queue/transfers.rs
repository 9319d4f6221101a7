//! Adding transfers, handing them out, and what an attempt ended with.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::SystemTime;

use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use rusqlite::named_params;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::milliseconds;
use crate::archive::session::Session;

use super::Added;
use super::Ending;
use super::NewItem;
use super::NewTransfer;
use super::Transfer;
use super::TransferId;
use super::TransferPriority;
use super::TransferState;
use super::attempts::LONGEST;
use super::attempts::LONGEST_REPORT;
use super::attempts::is_overdue;
use super::ending::after;
use super::listed::forget_if_whole;
use super::rows::Coded as _;
use super::rows::joined;
use super::rows::outcome;
use super::rows::read_transfer;

/// All transfers that are remembered. Calls block for as long as the disk takes.
pub struct Transfers {
    connection: Mutex<Connection>,
    session: Arc<Session>,
}

impl fmt::Debug for Transfers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfers").finish_non_exhaustive()
    }
}

impl Transfers {
    pub(in crate::archive) const fn new(connection: Connection, session: Arc<Session>) -> Self {
        Self {
            connection: Mutex::new(connection),
            session,
        }
    }

    pub(in crate::archive) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one transaction: all of it lasts when this returns, or nothing.
    pub(in crate::archive) fn change<T>(
        &self,
        what: impl FnOnce(&Transaction<'_>) -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = what(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Adds a transfer. The same again (kind, node, study, parts) joins it: what has ended or is
    /// paused waits again, what runs gets the higher of the two priorities.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing was added.
    pub fn add(&self, new: &NewTransfer, now: SystemTime) -> Result<Added, ArchiveError> {
        self.change(|transaction| {
            let sameness = sameness(new);
            let known = known(transaction, &sameness)?;
            let id = match known {
                Some((id, state)) => {
                    join(transaction, id, state, new, now)?;
                    id
                }
                None => insert(transaction, &sameness, new, now)?,
            };
            add_items(transaction, id, &new.items)?;
            if known.is_some_and(|(_, state)| state == TransferState::Committing) {
                send_what_was_added(transaction, id)?;
            }
            Ok(Added {
                id,
                has_joined: known.is_some(),
            })
        })
    }

    /// The most urgent transfer that is due, running from now on; none of these nodes'.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn next(
        &self,
        busy_nodes: &[String],
        now: SystemTime,
    ) -> Result<Option<Transfer>, ArchiveError> {
        self.next_asked(busy_nodes, &[], TransferPriority::Background, now)
    }

    /// The same, of this priority at `least`. Of what is most urgent the one goes first that stands
    /// last in `asked`, then the newest; of what is not, the oldest.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn next_asked(
        &self,
        busy_nodes: &[String],
        asked: &[TransferId],
        least: TransferPriority,
        now: SystemTime,
    ) -> Result<Option<Transfer>, ArchiveError> {
        self.wake_orphans()?;
        self.change(|transaction| {
            // A clock that was set back makes nobody wait longer than any report takes.
            transaction.execute(
                "UPDATE transfer SET next_attempt_ms = ?2
                 WHERE state = ?1 AND next_attempt_ms > ?2",
                params![
                    TransferState::Committing.code(),
                    milliseconds(now + LONGEST_REPORT)
                ],
            )?;
            let mut due = transaction.prepare_cached(
                "SELECT id, node, state, priority FROM transfer
                 WHERE state IN (:waiting, :committing) AND priority <= :least
                 AND (next_attempt_ms IS NULL OR next_attempt_ms <= :now
                      OR state = :waiting AND next_attempt_ms > :now + :longest)
                 ORDER BY priority, id",
            )?;
            let mut rows = due.query(named_params! {
                ":waiting": TransferState::Waiting.code(),
                ":committing": TransferState::Committing.code(),
                ":least": least.code(),
                ":now": milliseconds(now),
                ":longest": LONGEST.as_millis() as i64,
            })?;
            let mut found = None;
            while let Some(row) = rows.next()? {
                if busy_nodes.contains(&row.get(1)?) {
                    continue;
                }
                let id = TransferId(row.get(0)?);
                let is_urgent =
                    TransferPriority::of_code(row, "priority")? == TransferPriority::Urgent;
                if found.is_some() && !is_urgent {
                    break;
                }
                let turn = asked.iter().position(|it| *it == id);
                if found.is_none_or(|(before, _, _)| before <= turn) {
                    found = Some((turn, id, TransferState::of_code(row, "state")?));
                }
                if !is_urgent {
                    break;
                }
            }
            let Some((_, id, state)) = found else {
                return Ok(None);
            };
            transaction.execute(
                "UPDATE transfer SET state = ?2, owner = ?3, attempts = attempts + 1,
                 next_attempt_ms = NULL, changed_ms = ?4 WHERE id = ?1",
                params![
                    id.0,
                    TransferState::Running.code(),
                    self.session.id(),
                    milliseconds(now)
                ],
            )?;
            let mut transfer = read_transfer(transaction, id)?;
            // A report may still come; only of what is overdue is this the runner's business.
            let is_due = |it: &Transfer| state == TransferState::Committing && is_overdue(it.asks);
            if let Some(transfer) = transfer.as_mut().filter(|it| !is_due(it)) {
                transfer.transaction_uid.clear();
            }
            Ok(transfer)
        })
    }

    /// How long until something waiting is due; zero if something is, `None` if nothing waits.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn next_due(&self, now: SystemTime) -> Result<Option<Duration>, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT state, coalesce(next_attempt_ms, 0) FROM transfer WHERE state IN (?1, ?2)",
        )?;
        let committing = TransferState::Committing.code();
        let rows = statement.query_map([TransferState::Waiting.code(), committing], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let mut earliest = None;
        for row in rows {
            let (state, due): (i64, i64) = row?;
            let wait = due.saturating_sub(milliseconds(now)).max(0);
            let wait = Duration::from_millis(wait as u64);
            // A clock that was set back must not make it wait longer than any attempt does.
            let wait = if state == committing {
                wait.min(LONGEST_REPORT)
            } else if wait > LONGEST {
                Duration::ZERO
            } else {
                wait
            };
            earliest = Some(earliest.map_or(wait, |known: Duration| known.min(wait)));
        }
        Ok(earliest)
    }

    /// The attempt is over. Gives the transfer as it stands then, `None` if it was removed, or if
    /// another program runs it by now.
    /// What the reader paused or cancelled meanwhile stays so.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn finish(
        &self,
        id: TransferId,
        ending: &Ending,
        now: SystemTime,
    ) -> Result<Option<Transfer>, ArchiveError> {
        self.change(|transaction| {
            let Some(transfer) = self.read_ours(transaction, id)? else {
                return Ok(None);
            };
            if transfer.state == TransferState::Running {
                after(transaction, &transfer, ending)?.write(transaction, id, now)?;
            }
            let transfer = read_transfer(transaction, id)?;
            if let Some(transfer) = &transfer {
                forget_if_whole(transaction, transfer)?;
            }
            Ok(transfer)
        })
    }

    /// A transfer; `None` where another program runs it: it was resumed there after it was paused
    /// here, or while this computer slept.
    pub(super) fn read_ours(
        &self,
        transaction: &Transaction<'_>,
        id: TransferId,
    ) -> Result<Option<Transfer>, ArchiveError> {
        let mut statement = transaction.prepare_cached(
            "SELECT 1 FROM transfer WHERE id = ?1 AND state = ?2 AND owner <> ?3",
        )?;
        let running = TransferState::Running.code();
        if statement.exists(params![id.0, running, self.session.id()])? {
            return Ok(None);
        }
        read_transfer(transaction, id)
    }

    /// What ran in a program that is gone waits again.
    fn wake_orphans(&self) -> Result<(), ArchiveError> {
        let owners: Vec<String> = {
            let connection = self.lock();
            let mut statement = connection
                .prepare_cached("SELECT DISTINCT owner FROM transfer WHERE state = ?1")?;
            let rows = statement.query_map([TransferState::Running.code()], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for owner in owners {
            if !self.session.is_alive(&owner) {
                self.wake_those_of(&owner)?;
            }
        }
        Ok(())
    }

    fn wake_those_of(&self, owner: &str) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            transaction.execute(
                "UPDATE transfer SET state = ?2, owner = '', attempts = max(attempts - 1, 0)
                 WHERE state = ?1 AND owner = ?3",
                params![
                    TransferState::Running.code(),
                    TransferState::Waiting.code(),
                    owner
                ],
            )?;
            Ok(())
        })
    }

    /// What ran when a program died waits again. Called at opening.
    pub(in crate::archive) fn wake(&self) -> Result<(), ArchiveError> {
        self.wake_orphans()
    }
}

/// Equal for transfers that are the same.
fn sameness(new: &NewTransfer) -> String {
    let sorted = |uids: &[String]| {
        let mut uids = uids.to_vec();
        uids.sort();
        uids.dedup();
        joined(&uids)
    };
    [
        new.kind.code().to_string(),
        new.node.clone(),
        new.study_uid.clone(),
        new.patient_id.clone(),
        sorted(&new.series_uids),
        sorted(&new.instance_uids),
    ]
    .join("\n")
}

fn known(
    transaction: &Transaction<'_>,
    sameness: &str,
) -> Result<Option<(TransferId, TransferState)>, ArchiveError> {
    let mut statement =
        transaction.prepare_cached("SELECT id, state FROM transfer WHERE sameness = ?1")?;
    let found = statement.query_row([sameness], |row| {
        Ok((
            TransferId(row.get("id")?),
            TransferState::of_code(row, "state")?,
        ))
    });
    Ok(found.optional()?)
}

fn insert(
    transaction: &Transaction<'_>,
    sameness: &str,
    new: &NewTransfer,
    now: SystemTime,
) -> Result<TransferId, ArchiveError> {
    let expected = (!new.items.is_empty()).then_some(new.items.len());
    transaction.execute(
        "INSERT INTO transfer (sameness, kind, node, study_uid, series_uids, instance_uids,
         label, priority, is_to_be_committed, state, expected, created_ms, changed_ms, patient_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)",
        params![
            sameness,
            new.kind.code(),
            new.node,
            new.study_uid,
            joined(&new.series_uids),
            joined(&new.instance_uids),
            new.label.0,
            new.priority.code(),
            new.is_to_be_committed,
            TransferState::Waiting.code(),
            expected.map(|count| count as i64),
            milliseconds(now),
            new.patient_id
        ],
    )?;
    Ok(TransferId(transaction.last_insert_rowid()))
}

/// The transfer is asked for once more.
fn join(
    transaction: &Transaction<'_>,
    id: TransferId,
    state: TransferState,
    new: &NewTransfer,
    now: SystemTime,
) -> Result<(), ArchiveError> {
    let has_ended = matches!(
        state,
        TransferState::Done | TransferState::Failed | TransferState::Cancelled
    );
    if state == TransferState::Done {
        // Asked for again on purpose: all of it, for what is there may have changed.
        transaction.execute(
            "UPDATE item SET outcome = ?2, reason = '', remark = '' WHERE transfer = ?1",
            [id.0, outcome::WAITING],
        )?;
        transaction.execute(
            "UPDATE transfer SET succeeded = 0, failed = 0, bytes = 0, expected = NULL
             WHERE id = ?1",
            [id.0],
        )?;
        // What is reported of what was sent before says nothing of what is sent now.
        transaction.execute("DELETE FROM asked WHERE transfer = ?1", [id.0])?;
    }
    let is_to_wait = has_ended || matches!(state, TransferState::Paused | TransferState::Waiting);
    transaction.execute(
        "UPDATE transfer SET label = ?2, priority = min(priority, ?3),
         is_to_be_committed = max(is_to_be_committed, ?4),
         state = iif(?5, ?6, state), next_attempt_ms = iif(?5, NULL, next_attempt_ms),
         attempts = iif(?7, 0, attempts), reason = iif(?7, '', reason),
         transaction_uid = iif(?7, '', transaction_uid), asks = iif(?7, 0, asks), changed_ms = ?8
         WHERE id = ?1",
        params![
            id.0,
            new.label.0,
            new.priority.code(),
            new.is_to_be_committed,
            is_to_wait,
            TransferState::Waiting.code(),
            has_ended,
            milliseconds(now)
        ],
    )?;
    Ok(())
}

fn add_items(
    transaction: &Transaction<'_>,
    id: TransferId,
    items: &[NewItem],
) -> Result<(), ArchiveError> {
    if items.is_empty() {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(
        "INSERT INTO item (transfer, sop_instance_uid, sop_class_uid, path)
         VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET path = excluded.path, sop_class_uid = excluded.sop_class_uid",
    )?;
    for item in items {
        let path = item.path.as_deref().map(path_text).transpose()?;
        statement.execute(params![
            id.0,
            item.sop_instance_uid,
            item.sop_class_uid,
            path
        ])?;
    }
    transaction.execute(
        "UPDATE transfer SET expected = (SELECT count(*) FROM item WHERE transfer = ?1)
         WHERE id = ?1",
        [id.0],
    )?;
    Ok(())
}

/// What waits for a report goes on at once where something is to be sent that was not before.
fn send_what_was_added(transaction: &Transaction<'_>, id: TransferId) -> Result<(), ArchiveError> {
    transaction.execute(
        "UPDATE transfer SET state = ?2, next_attempt_ms = NULL WHERE id = ?1
         AND EXISTS (SELECT 1 FROM item WHERE transfer = ?1 AND outcome <= ?3)",
        params![id.0, TransferState::Waiting.code(), outcome::WAITING],
    )?;
    Ok(())
}

/// A path as it is kept.
pub(in crate::archive) fn path_text(path: &Path) -> Result<&str, ArchiveError> {
    path.to_str()
        .ok_or_else(|| ArchiveError::Name(path.to_owned()))
}
