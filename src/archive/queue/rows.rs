//! Between the tables and what they mean.

use std::path::PathBuf;

use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use rusqlite::types::Type;

use crate::archive::ArchiveError;
use crate::archive::time::of_milliseconds as time;

use super::Item;
use super::ItemOutcome;
use super::Label;
use super::Transfer;
use super::TransferId;
use super::TransferKind;
use super::TransferPriority;
use super::TransferState;

/// What is stored for a value.
pub(super) trait Coded: Copy + PartialEq + 'static {
    /// Every value with what stands for it in the database; never changed, only added to.
    const CODES: &'static [(Self, i64)];

    fn code(self) -> i64 {
        let row = Self::CODES.iter().find(|(value, _)| *value == self);
        row.map_or(-1, |(_, code)| *code)
    }

    fn of_code(row: &Row<'_>, column: &str) -> rusqlite::Result<Self> {
        let code: i64 = row.get(column)?;
        let found = Self::CODES.iter().find(|(_, known)| *known == code);
        found.map(|(value, _)| *value).ok_or_else(|| {
            let reason = format!("{column} is {code}");
            rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, reason.into())
        })
    }
}

impl Coded for TransferKind {
    const CODES: &'static [(Self, i64)] =
        &[(Self::Retrieve, 0), (Self::Send, 1), (Self::Priors, 2)];
}

impl Coded for TransferPriority {
    const CODES: &'static [(Self, i64)] =
        &[(Self::Urgent, 0), (Self::Normal, 1), (Self::Background, 2)];
}

impl Coded for TransferState {
    const CODES: &'static [(Self, i64)] = &[
        (Self::Waiting, 0),
        (Self::Running, 1),
        (Self::Committing, 2),
        (Self::Paused, 3),
        (Self::Failed, 4),
        (Self::Cancelled, 5),
        (Self::Done, 6),
    ];
}

/// Codes of the outcomes of instances; in the order of what is better.
pub(super) mod outcome {
    pub(in crate::archive) const FAILED: i64 = -1;
    pub(in crate::archive) const WAITING: i64 = 0;
    pub(in crate::archive) const SUCCESS: i64 = 1;
    pub(in crate::archive) const COMMITTED: i64 = 2;
}

impl ItemOutcome {
    pub(super) fn code(&self) -> (i64, &str) {
        match self {
            Self::Waiting => (outcome::WAITING, ""),
            Self::Success => (outcome::SUCCESS, ""),
            Self::Committed => (outcome::COMMITTED, ""),
            Self::Failed(reason) => (outcome::FAILED, reason),
        }
    }
}

pub(super) fn joined(uids: &[String]) -> String {
    uids.join("\\")
}

fn apart(uids: &str) -> Vec<String> {
    let uids = uids.split('\\').filter(|uid| !uid.is_empty());
    uids.map(str::to_owned).collect()
}

fn transfer(row: &Row<'_>) -> rusqlite::Result<Transfer> {
    let count = |column| row.get::<_, i64>(column).map(|count| count.max(0) as u32);
    let next: Option<i64> = row.get("next_attempt_ms")?;
    let expected: Option<i64> = row.get("expected")?;
    Ok(Transfer {
        id: TransferId(row.get("id")?),
        kind: Coded::of_code(row, "kind")?,
        node: row.get("node")?,
        study_uid: row.get("study_uid")?,
        patient_id: row.get("patient_id")?,
        series_uids: apart(&row.get::<_, String>("series_uids")?),
        instance_uids: apart(&row.get::<_, String>("instance_uids")?),
        label: Label(row.get("label")?),
        priority: Coded::of_code(row, "priority")?,
        is_to_be_committed: row.get("is_to_be_committed")?,
        state: Coded::of_code(row, "state")?,
        attempts: count("attempts")?,
        next_attempt: next.map(time),
        reason: row.get("reason")?,
        transaction_uid: row.get("transaction_uid")?,
        asks: count("asks")?,
        expected: expected.map(|count| count.max(0) as u32),
        succeeded: count("succeeded")?,
        failed: count("failed")?,
        bytes: row.get::<_, i64>("bytes")?.max(0) as u64,
        created: time(row.get("created_ms")?),
        changed: time(row.get("changed_ms")?),
    })
}

pub(super) fn read_transfer(
    connection: &Connection,
    id: TransferId,
) -> Result<Option<Transfer>, ArchiveError> {
    let mut statement = connection.prepare_cached("SELECT * FROM transfer WHERE id = ?1")?;
    Ok(statement.query_row([id.0], transfer).optional()?)
}

/// The newest first.
pub(super) fn read_transfers(connection: &Connection) -> Result<Vec<Transfer>, ArchiveError> {
    let mut statement = connection.prepare_cached("SELECT * FROM transfer ORDER BY id DESC")?;
    let rows = statement.query_map((), transfer)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn read_items(
    connection: &Connection,
    id: TransferId,
) -> Result<Vec<Item>, ArchiveError> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM item WHERE transfer = ?1 ORDER BY sop_instance_uid")?;
    let rows = statement.query_map([id.0], |row| {
        let path: Option<String> = row.get("path")?;
        Ok(Item {
            sop_class_uid: row.get("sop_class_uid")?,
            sop_instance_uid: row.get("sop_instance_uid")?,
            path: path.map(PathBuf::from),
            outcome: match row.get("outcome")? {
                outcome::SUCCESS => ItemOutcome::Success,
                outcome::COMMITTED => ItemOutcome::Committed,
                outcome::FAILED => ItemOutcome::Failed(row.get("reason")?),
                _ => ItemOutcome::Waiting,
            },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
