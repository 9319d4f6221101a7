//! Where the files of instances are.

use rusqlite::Row;
use rusqlite::params;

use crate::archive::ArchiveError;

use super::Index;

/// A path, relative to the archive's folder if it is the archive's own.
fn place(row: &Row<'_>) -> rusqlite::Result<(String, bool)> {
    Ok((row.get(0)?, row.get(1)?))
}

impl Index {
    /// The files of a study of the patient with this ID, series by series, by instance numbers.
    pub(in crate::archive) fn study_paths(
        &self,
        study_uid: &str,
        patient_id: &str,
    ) -> Result<Vec<(String, bool)>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT instance.path, instance.is_own FROM instance
             JOIN series ON series.id = instance.series JOIN study ON study.id = series.study
             JOIN patient ON patient.id = study.patient
             WHERE study.uid = ?1 AND patient.patient_id = ?2 AND instance.entry = ''
             ORDER BY series.number, series.id, instance.number",
        )?;
        let rows = statement.query_map(params![study_uid, patient_id], place)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The files of the instances of this UID.
    pub(in crate::archive) fn instance_paths(
        &self,
        uid: &str,
    ) -> Result<Vec<(String, bool)>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader
            .prepare_cached("SELECT path, is_own FROM instance WHERE uid = ?1 AND entry = ''")?;
        let rows = statement.query_map([uid], place)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
