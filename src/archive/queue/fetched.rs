//! What nodes gave when they were asked: that can be had again. What lies here when a retrieval
//! begins is a success of it too, and proves nothing.

use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::NodeOrigin;

use super::Transfers;

impl Transfers {
    /// This node has sent these instances (SOP Instance UIDs) because it was asked for them. Stays
    /// when the transfer is taken off the list, and when the index is lost.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing was noted.
    pub fn mark_fetched<'a>(
        &self,
        node: &NodeOrigin,
        sop_instance_uids: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO fetched (sop_instance_uid, node, origin) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET origin = excluded.origin",
            )?;
            for uid in sop_instance_uids {
                statement.execute(params![uid, node.name, node.origin])?;
            }
            Ok(())
        })
    }

    /// The nodes that gave an instance when they were asked for it.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn fetched_from(&self, sop_instance_uid: &str) -> Result<Vec<NodeOrigin>, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT node, origin FROM fetched WHERE sop_instance_uid = ?1")?;
        let rows = statement.query_map([sop_instance_uid], |row| {
            Ok(NodeOrigin {
                name: row.get(0)?,
                origin: row.get(1)?,
            })
        })?;
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
