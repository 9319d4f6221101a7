//! What nodes gave when they were asked: that can be had again. What lies here when a retrieval
//! begins is a success of it too, and proves nothing.

use rusqlite::params;

use crate::archive::ArchiveError;

use super::Transfers;

impl Transfers {
    /// The node of this name has sent these instances (SOP Instance UIDs) because it was asked for
    /// them. Stays when the transfer is taken off the list.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing was noted.
    pub fn mark_fetched<'a>(
        &self,
        node: &str,
        sop_instance_uids: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement =
                transaction.prepare_cached("INSERT OR IGNORE INTO fetched VALUES (?1, ?2)")?;
            for uid in sop_instance_uids {
                statement.execute(params![uid, node])?;
            }
            Ok(())
        })
    }

    /// Names of the nodes that gave an instance when they were asked for it.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn fetched_from(&self, sop_instance_uid: &str) -> Result<Vec<String>, ArchiveError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT node FROM fetched WHERE sop_instance_uid = ?1")?;
        let rows = statement.query_map([sop_instance_uid], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// They went: what comes under these UIDs from now on came in another way.
    pub(in crate::archive) fn forget_fetched<'a>(
        &self,
        sop_instance_uids: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement =
                transaction.prepare_cached("DELETE FROM fetched WHERE sop_instance_uid = ?1")?;
            for uid in sop_instance_uids {
                statement.execute([uid])?;
            }
            Ok(())
        })
    }
}
