//! Studies: where their files lie, and when they were last used.

use std::time::SystemTime;

use rusqlite::OptionalExtension as _;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::milliseconds;
use crate::archive::time::of_milliseconds;
use crate::archive::words::words;
use crate::dicom::PersonName;
use crate::model::StudyMatch;
use crate::model::StudyQuery;

use super::Index;
use super::Known;
use super::read::known;

/// A study, as those who look after the archive see it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::archive) struct StudyRow {
    pub(in crate::archive) id: i64,
    pub(in crate::archive) patient_folder: String,
    pub(in crate::archive) uid: String,
    pub(in crate::archive) used: SystemTime,
}

impl Index {
    /// The study of something found, here or at a node; `None` if it is not there. ID and UID must
    /// be equal, and names have the same words: two patients may share all else.
    pub(in crate::archive) fn study_of(
        &self,
        found: &StudyMatch,
    ) -> Result<Option<StudyRow>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT study.id, patient.folder, study.uid, study.used_ms, patient.name
             FROM study JOIN patient ON patient.id = study.patient
             WHERE study.uid = ?1 AND patient.patient_id = ?2
             AND (patient.issuer = ?3 OR patient.issuer = '' OR ?3 = '')
             ORDER BY patient.issuer = ?3 DESC, study.id",
        )?;
        let rows = statement.query_map(
            params![
                found.study_uid,
                found.patient_id,
                found.issuer_of_patient_id
            ],
            |row| Ok((study(row)?, row.get::<_, String>(4)?)),
        )?;
        let asked = sorted_words(&found.patient_name);
        for row in rows {
            let (study, name) = row?;
            // The name as it is shown, which is one of its spellings.
            let own = sorted_words(&PersonName::parse(&name).display());
            if own == asked {
                return Ok(Some(study));
            }
        }
        Ok(None)
    }

    /// All studies, those first that were not used for longest.
    pub(in crate::archive) fn studies_by_use(&self) -> Result<Vec<StudyRow>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT study.id, patient.folder, study.uid, study.used_ms
             FROM study JOIN patient ON patient.id = study.patient ORDER BY used_ms, study.id",
        )?;
        let rows = statement.query_map((), study)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The study of this folder's patient.
    pub(in crate::archive) fn study_in(
        &self,
        patient_folder: &str,
        uid: &str,
    ) -> Result<Option<StudyRow>, ArchiveError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT study.id, patient.folder, study.uid, study.used_ms
             FROM study JOIN patient ON patient.id = study.patient
             WHERE patient.folder = ?1 AND study.uid = ?2",
        )?;
        Ok(statement
            .query_row([patient_folder, uid], study)
            .optional()?)
    }

    /// What a search would say of a study.
    pub(in crate::archive) fn describe(
        &self,
        study: &StudyRow,
    ) -> Result<Option<StudyMatch>, ArchiveError> {
        let query = StudyQuery {
            study_uids: vec![study.uid.clone()],
            ..StudyQuery::default()
        };
        for found in self.search(&query)? {
            if self.study_of(&found)?.is_some_and(|it| it.id == study.id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The instances of a study: by number of the series, then by their own.
    pub(in crate::archive) fn instances_of(&self, study: i64) -> Result<Vec<Known>, ArchiveError> {
        self.instances_where("series.study = ?1 AND ?2 = ''", study, "")
    }

    /// Those of a study's series.
    pub(in crate::archive) fn instances_of_series(
        &self,
        study: i64,
        series_uid: &str,
    ) -> Result<Vec<Known>, ArchiveError> {
        self.instances_where("series.study = ?1 AND series.uid = ?2", study, series_uid)
    }

    fn instances_where(
        &self,
        condition: &str,
        study: i64,
        series_uid: &str,
    ) -> Result<Vec<Known>, ArchiveError> {
        let reader = self.reader();
        let sql = format!(
            "SELECT instance.* FROM instance JOIN series ON series.id = instance.series
             WHERE {condition} ORDER BY series.number, series.id, instance.number, instance.uid"
        );
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map(params![study, series_uid], known)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The study is looked at now.
    pub(in crate::archive) fn mark_used(
        &self,
        study: i64,
        now: SystemTime,
    ) -> Result<(), ArchiveError> {
        self.change(|transaction| {
            transaction.execute(
                "UPDATE study SET used_ms = ?2 WHERE id = ?1",
                params![study, milliseconds(now)],
            )?;
            Ok(())
        })
    }
}

fn sorted_words(name: &str) -> Vec<String> {
    let mut words = words(name);
    words.sort();
    words
}

fn study(row: &rusqlite::Row<'_>) -> rusqlite::Result<StudyRow> {
    Ok(StudyRow {
        id: row.get(0)?,
        patient_folder: row.get(1)?,
        uid: row.get(2)?,
        used: of_milliseconds(row.get(3)?),
    })
}
