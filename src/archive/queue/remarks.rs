//! What was warned of instances that are a success all the same.

use std::collections::HashMap;

use rusqlite::params;

use crate::archive::ArchiveError;

use super::TransferId;
use super::Transfers;

impl Transfers {
    /// What was warned of instances of a transfer, by SOP Instance UID. It stays until they are
    /// transferred anew.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing was noted.
    pub fn remark(&self, id: TransferId, remarks: &[(String, String)]) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE item SET remark = ?3 WHERE transfer = ?1 AND sop_instance_uid = ?2",
            )?;
            for (uid, remark) in remarks {
                statement.execute(params![id.0, uid, remark])?;
            }
            Ok(())
        })
    }

    /// What was warned of, by transfer: SOP Instance UIDs and sentences.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn remarks(&self) -> Result<HashMap<TransferId, Vec<(String, String)>>, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT transfer, sop_instance_uid, remark FROM item WHERE remark <> ''
             ORDER BY transfer, sop_instance_uid",
        )?;
        let mut rows = statement.query(())?;
        let mut all: HashMap<TransferId, Vec<(String, String)>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let of_transfer = all.entry(TransferId(row.get(0)?)).or_default();
            of_transfer.push((row.get(1)?, row.get(2)?));
        }
        Ok(all)
    }
}
