//! What the reader does with transfers.

use std::time::SystemTime;

use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::milliseconds;

use super::Transfer;
use super::TransferId;
use super::TransferPriority;
use super::TransferState;
use super::Transfers;
use super::rows::Coded as _;
use super::rows::read_transfer;
use super::rows::read_transfers;

impl Transfers {
    /// All of them, the newest first.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn list(&self) -> Result<Vec<Transfer>, ArchiveError> {
        read_transfers(&self.lock())
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn get(&self, id: TransferId) -> Result<Option<Transfer>, ArchiveError> {
        read_transfer(&self.lock(), id)
    }

    /// Stops it until it is resumed. What has ended stays as it is.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn pause(&self, id: TransferId, now: SystemTime) -> Result<(), ArchiveError> {
        let from = [
            TransferState::Waiting,
            TransferState::Running,
            TransferState::Committing,
        ];
        self.turn(id, &from, TransferState::Paused, now)
    }

    /// What is paused, failed or cancelled waits for its turn again, at once, and counts its
    /// attempts anew. What waits for its next attempt is due now.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn resume(&self, id: TransferId, now: SystemTime) -> Result<(), ArchiveError> {
        let from = [
            TransferState::Waiting,
            TransferState::Paused,
            TransferState::Failed,
            TransferState::Cancelled,
        ];
        self.turn(id, &from, TransferState::Waiting, now)
    }

    /// What waits goes before all others, and is due now; what runs has the priority from its next
    /// attempt on. Whatever else it does, it goes on doing.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn hasten(&self, id: TransferId, now: SystemTime) -> Result<(), ArchiveError> {
        let waiting = [TransferState::Waiting];
        self.turn(id, &waiting, TransferState::Waiting, now)?;
        self.set_priority(id, TransferPriority::Urgent, now)
    }

    /// Stops it for good; it stays on the list. What is done stays done.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn cancel(&self, id: TransferId, now: SystemTime) -> Result<(), ArchiveError> {
        let from = [
            TransferState::Waiting,
            TransferState::Running,
            TransferState::Committing,
            TransferState::Paused,
            TransferState::Failed,
        ];
        self.turn(id, &from, TransferState::Cancelled, now)
    }

    /// Takes it off the list, whatever it does. What was sent is remembered.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn remove(&self, id: TransferId) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            transaction.execute("DELETE FROM transfer WHERE id = ?1", [id.0])?;
            Ok(())
        })
    }

    /// Takes off the list what is done, or was stopped for good. What was given up stays, with its
    /// reasons, until the reader takes it off by itself.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn remove_over(&self) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let over = [TransferState::Done.code(), TransferState::Cancelled.code()];
            transaction.execute("DELETE FROM transfer WHERE state IN (?1, ?2)", over)?;
            Ok(())
        })
    }

    /// What goes first.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn set_priority(
        &self,
        id: TransferId,
        priority: TransferPriority,
        now: SystemTime,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            transaction.execute(
                "UPDATE transfer SET priority = ?2, changed_ms = ?3 WHERE id = ?1",
                params![id.0, priority.code(), milliseconds(now)],
            )?;
            Ok(())
        })
    }

    /// Whether a transfer of this study is not over, or failed.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub(in crate::archive) fn is_on_its_way(&self, study_uid: &str) -> Result<bool, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT 1 FROM transfer WHERE study_uid = ?1 AND state NOT IN (?2, ?3)",
        )?;
        let (done, cancelled) = (TransferState::Done, TransferState::Cancelled);
        Ok(statement.exists(params![study_uid, done.code(), cancelled.code()])?)
    }

    /// Whether an instance was sent to any node, and acknowledged; committed, where that was asked.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn was_sent(&self, sop_instance_uid: &str) -> Result<bool, ArchiveError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT 1 FROM sent WHERE sop_instance_uid = ?1")?;
        Ok(statement.exists([sop_instance_uid])?)
    }

    fn turn(
        &self,
        id: TransferId,
        from: &[TransferState],
        to: TransferState,
        now: SystemTime,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let state = read_transfer(transaction, id)?.map(|transfer| transfer.state);
            if state.is_some_and(|state| from.contains(&state)) {
                transaction.execute(
                    "UPDATE transfer SET state = ?2, owner = '', attempts = 0,
                     next_attempt_ms = NULL, transaction_uid = '', asks = 0, changed_ms = ?3
                     WHERE id = ?1",
                    params![id.0, to.code(), milliseconds(now)],
                )?;
            }
            Ok(())
        })
    }
}
