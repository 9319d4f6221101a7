//! Looking things up, and taking them out.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::entry::Checksum;
use crate::archive::entry::Entry;

use super::Index;
use super::KnownPatient;
use super::insert::sum_up;

/// An instance as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::archive) struct Known {
    pub(in crate::archive) id: i64,
    pub(in crate::archive) is_own: bool,
    /// Relative to the archive's folder if it is its own.
    pub(in crate::archive) path: String,
    pub(in crate::archive) entry: String,
    pub(in crate::archive) size: u64,
    pub(in crate::archive) checksum: Option<Checksum>,
    pub(in crate::archive) came_from: String,
    pub(in crate::archive) sop_instance_uid: String,
}

pub(super) fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    let from: Option<i64> = row.get("checksum_from")?;
    let sha256: Option<[u8; 32]> = row.get("checksum")?;
    Ok(Known {
        id: row.get("id")?,
        is_own: row.get("is_own")?,
        path: row.get("path")?,
        entry: row.get("entry")?,
        size: row.get::<_, i64>("size")?.max(0) as u64,
        checksum: from.zip(sha256).map(|(from, sha256)| Checksum {
            from: from.max(0) as u64,
            sha256,
        }),
        came_from: row.get("came_from")?,
        sop_instance_uid: row.get("uid")?,
    })
}

pub(super) fn known_instance(
    connection: &Connection,
    series: i64,
    uid: &str,
) -> Result<Option<Known>, ArchiveError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM instance WHERE series = ?1 AND uid = ?2")?;
    Ok(statement
        .query_row(params![series, uid], known)
        .optional()?)
}

impl Index {
    /// The instance an entry speaks of, if the index knows it.
    pub(in crate::archive) fn find_known(
        &self,
        patient: &KnownPatient,
        entry: &Entry,
    ) -> Result<Option<Known>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT instance.* FROM instance
             JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
             WHERE study.patient = (SELECT id FROM patient WHERE folder = ?1)
             AND study.uid = ?2 AND series.uid = ?3 AND instance.uid = ?4",
        )?;
        let found = statement.query_row(
            params![
                patient.folder,
                entry.study.study_instance_uid,
                entry.series.series_instance_uid,
                entry.sop_instance_uid
            ],
            known,
        );
        Ok(found.optional()?)
    }

    /// An instance of this UID in a file of its own; the archive's own first.
    pub(in crate::archive) fn file_of_instance(
        &self,
        uid: &str,
    ) -> Result<Option<Known>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT * FROM instance WHERE uid = ?1 AND entry = '' ORDER BY is_own DESC, id",
        )?;
        Ok(statement.query_row([uid], known).optional()?)
    }

    /// The archive's own instances in a folder (relative to the archive's, with `/`).
    pub(in crate::archive) fn own_in(&self, folder: &str) -> Result<Vec<Known>, ArchiveError> {
        let reader = self.reader();
        // All that begins with the folder and `/`: `0` follows `/`.
        let mut statement = reader.prepare_cached(
            "SELECT * FROM instance WHERE is_own AND path >= ?1 || '/' AND path < ?1 || '0'
             ORDER BY path",
        )?;
        let rows = statement.query_map([folder], known)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Instances after this one, by the order of the index; at most `limit`.
    pub(in crate::archive) fn instances_after(
        &self,
        id: i64,
        limit: usize,
    ) -> Result<Vec<Known>, ArchiveError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT * FROM instance WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = statement.query_map(params![id, limit as i64], known)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many instances there are.
    pub(in crate::archive) fn instance_count(&self) -> Result<usize, ArchiveError> {
        let reader = self.reader();
        let count = "SELECT coalesce(sum(instance_count), 0) FROM study";
        let count: i64 = reader.query_row(count, (), |row| row.get(0))?;
        Ok(count.max(0) as usize)
    }

    /// Whether a file is in the index.
    pub(in crate::archive) fn has_path(&self, path: &str) -> Result<bool, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT 1 FROM instance WHERE path = ?1")?;
        Ok(statement.exists([path])?)
    }

    /// Bytes of the archive's own files.
    pub(in crate::archive) fn own_bytes(&self) -> Result<u64, ArchiveError> {
        let reader = self.reader();
        let bytes = "SELECT coalesce(sum(size), 0) FROM instance WHERE is_own";
        let bytes: i64 = reader.query_row(bytes, (), |row| row.get(0))?;
        Ok(bytes.max(0) as u64)
    }

    /// Remembers what files held.
    pub(in crate::archive) fn set_checksums(
        &self,
        sums: &[(i64, Checksum)],
    ) -> Result<(), ArchiveError> {
        if sums.is_empty() {
            return Ok(());
        }
        self.change(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE instance SET checksum_from = ?2, checksum = ?3 WHERE id = ?1",
            )?;
            for (id, sum) in sums {
                statement.execute(params![id, sum.from as i64, sum.sha256.to_vec()])?;
            }
            Ok(())
        })
    }

    /// Forgets instances; what is empty then goes with them.
    pub(in crate::archive) fn forget(&self, ids: &[i64]) -> Result<(), ArchiveError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.change(|transaction| forget(transaction, ids))
    }
}

pub(super) fn forget(transaction: &Transaction<'_>, ids: &[i64]) -> Result<(), ArchiveError> {
    let mut all_series = BTreeSet::new();
    let mut studies = BTreeSet::new();
    {
        let mut place = transaction.prepare_cached(
            "SELECT series.id, series.study FROM instance
             JOIN series ON series.id = instance.series WHERE instance.id = ?1",
        )?;
        let mut remove = transaction.prepare_cached("DELETE FROM instance WHERE id = ?1")?;
        for id in ids {
            let found = place.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)));
            if let Some((series, study)) = found.optional()? {
                all_series.insert(series);
                studies.insert(study);
            }
            remove.execute([id])?;
        }
    }
    for series in &all_series {
        transaction.execute(
            "DELETE FROM series WHERE id = ?1
             AND NOT EXISTS (SELECT 1 FROM instance WHERE series = ?1)",
            [series],
        )?;
    }
    for study in &studies {
        let gone = transaction.execute(
            "DELETE FROM study WHERE id = ?1
             AND NOT EXISTS (SELECT 1 FROM series WHERE study = ?1)",
            [study],
        )?;
        if gone > 0 {
            transaction.execute("DELETE FROM study_words WHERE rowid = ?1", [study])?;
        }
    }
    sum_up(transaction, &all_series, &studies)
}
