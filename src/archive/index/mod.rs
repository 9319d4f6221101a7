//! The index: one connection writes, in big transactions; another searches meanwhile.

mod insert;
mod patients;
mod read;
mod replace;
mod schema;
mod search;
mod search_studies;
mod studies;

use std::fmt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rusqlite::Connection;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;

use super::ArchiveError;
use super::database;

pub(super) use insert::Inserted;
pub(super) use patients::KnownPatient;
pub(super) use read::Known;
pub(super) use schema::INDEX;
pub(super) use studies::StudyRow;

/// The index of the archive.
pub(super) struct Index {
    /// Closed first: the last one to close puts the log into the database.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").finish_non_exhaustive()
    }
}

impl Index {
    /// With the connection that made sure it is there.
    pub(super) fn new(path: &Path, writer: Connection) -> Result<Self, ArchiveError> {
        let reader = database::open_to_read(path)?;
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one transaction: all of it lasts when this returns, or nothing.
    pub(super) fn change<T>(
        &self,
        what: impl FnOnce(&Transaction<'_>) -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = what(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// Whether every file of the archive was looked at.
    pub(super) fn is_complete(&self) -> Result<bool, ArchiveError> {
        let reader = self.reader();
        Ok(reader.query_row("SELECT is_complete FROM state", (), |row| row.get(0))?)
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_complete(&self) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            transaction.execute("UPDATE state SET is_complete = 1", ())?;
            Ok(())
        })
    }
}
