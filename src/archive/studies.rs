//! When a study was used, and that it stays.

use std::path::PathBuf;
use std::time::SystemTime;

use rusqlite::params;

use crate::model::StudyMatch;

use super::Archive;
use super::ArchiveError;
use super::index::StudyRow;

impl Archive {
    /// The study is looked at: it is recent now, and no clean-up's by age.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn mark_opened(&self, found: &StudyMatch, now: SystemTime) -> Result<(), ArchiveError> {
        match self.store.index.study_of(found)? {
            Some(study) => self.store.index.mark_used(study.id, now),
            None => Ok(()),
        }
    }

    /// The study's files ([`Self::study_files`]), which count as used from now on: a clean-up has
    /// taken all of them, or takes none. Waits for one that is just removing a study.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn open_study(
        &self,
        found: &StudyMatch,
        now: SystemTime,
    ) -> Result<Vec<PathBuf>, ArchiveError> {
        // What came just now is in no index yet, and would not be shown.
        self.flush();
        let _nothing_goes = self.store.session.lock_removing()?;
        self.mark_opened(found, now)?;
        self.study_files(found)
    }

    /// Says what is open in this program (Study Instance UIDs): no program's clean-up takes it,
    /// until something else is said or this archive is closed.
    ///
    /// # Errors
    /// [`ArchiveError`]; what was said before holds.
    pub fn set_in_use(&self, study_uids: &[String]) -> Result<(), ArchiveError> {
        let _nothing_goes = self.store.session.lock_removing()?;
        Ok(self.store.session.set_in_use(study_uids)?)
    }

    /// Whether no clean-up touches the study.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn is_pinned(&self, found: &StudyMatch) -> Result<bool, ArchiveError> {
        match self.store.index.study_of(found)? {
            Some(study) => self.transfers.is_pinned(&study),
            None => Ok(false),
        }
    }

    /// Keeps every clean-up from the study, or no longer.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn set_pinned(&self, found: &StudyMatch, is_pinned: bool) -> Result<(), ArchiveError> {
        let Some(study) = self.store.index.study_of(found)? else {
            return Ok(());
        };
        self.transfers.change(|transaction| {
            let sql = if is_pinned {
                "INSERT OR IGNORE INTO pinned (patient, study_uid) VALUES (?1, ?2)"
            } else {
                "DELETE FROM pinned WHERE patient = ?1 AND study_uid = ?2"
            };
            transaction.execute(sql, params![study.patient_folder, study.uid])?;
            Ok(())
        })
    }
}

impl super::Transfers {
    /// Whether no clean-up touches the study.
    pub(super) fn is_pinned(&self, study: &StudyRow) -> Result<bool, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT 1 FROM pinned WHERE patient = ?1 AND study_uid = ?2")?;
        Ok(statement.exists([&study.patient_folder, &study.uid])?)
    }

    /// Files outside the archive that it knows.
    pub(super) fn references(&self) -> Result<Vec<PathBuf>, ArchiveError> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT path FROM reference ORDER BY path")?;
        let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
        let paths = rows.map(|row| row.map(PathBuf::from));
        Ok(paths.collect::<Result<_, _>>()?)
    }

    pub(super) fn add_references<'a>(
        &self,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement =
                transaction.prepare_cached("INSERT OR IGNORE INTO reference VALUES (?1)")?;
            for path in paths {
                statement.execute([path])?;
            }
            Ok(())
        })
    }

    pub(super) fn remove_references<'a>(
        &self,
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            let mut statement =
                transaction.prepare_cached("DELETE FROM reference WHERE path = ?1")?;
            for path in paths {
                statement.execute([path])?;
            }
            Ok(())
        })
    }
}
