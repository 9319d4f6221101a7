//! Instances on their way into the index, many at once.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::time::SystemTime;

use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::entry::Entry;
use crate::archive::entry::Place;
use crate::archive::milliseconds;
use crate::archive::words::words;
use crate::dicom::PersonName;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;

use super::Index;
use super::Known;
use super::KnownPatient;
use super::patients;
use super::read::known_instance;

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::archive) enum Inserted {
    /// It is in the index now; or it is there as it lies in the archive, where only a reference to
    /// the same instance elsewhere was.
    New,
    /// This very file was in the index.
    Known,
    /// The index holds the same instance in another file, and still does.
    Clash(Known),
}

impl Index {
    /// Puts entries into the index, all or none; gives for each what became of it. `problems`
    /// gets what the reader should be told.
    pub(in crate::archive) fn insert(
        &self,
        entries: &[Entry],
        now: SystemTime,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<Inserted>, ArchiveError> {
        self.change(|transaction| {
            let mut batch = Batch::new(transaction, now);
            let inserted = entries.iter().map(|entry| batch.insert(entry));
            let inserted: Vec<Inserted> = inserted.collect::<Result<_, _>>()?;
            batch.sum_up()?;
            problems.append(&mut batch.problems);
            Ok(inserted)
        })
    }
}

/// A transaction's memory of what it has looked up.
pub(super) struct Batch<'t> {
    transaction: &'t Transaction<'t>,
    now_ms: i64,
    /// By folder.
    own_patients: HashMap<String, KnownPatient>,
    studies: HashMap<(i64, String), Row>,
    series: HashMap<(i64, String), Row>,
    changed_studies: BTreeSet<i64>,
    /// Those something came for, though it was known.
    used_studies: BTreeSet<i64>,
    changed_series: BTreeSet<i64>,
    pub(super) problems: Vec<Problem>,
}

/// A row, and which of its texts are empty still.
#[derive(Clone)]
struct Row {
    id: i64,
    texts: Vec<String>,
}

const STUDY_TEXTS: [&str; 8] = [
    "date",
    "time",
    "accession_number",
    "study_id",
    "description",
    "referring_physician",
    "institution",
    "priority",
];
const SERIES_TEXTS: [&str; 3] = ["modality", "description", "body_part"];

impl<'t> Batch<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>, now: SystemTime) -> Self {
        Self {
            transaction,
            now_ms: milliseconds(now),
            own_patients: HashMap::new(),
            studies: HashMap::new(),
            series: HashMap::new(),
            changed_studies: BTreeSet::new(),
            used_studies: BTreeSet::new(),
            changed_series: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry) -> Result<Inserted, ArchiveError> {
        let patient = self.patient(entry)?;
        let study = self.study(patient, entry)?;
        let series = self.series(study, entry)?;
        self.used_studies.insert(study);
        let (is_own, path, name) = match &entry.place {
            Place::Own { path, .. } => (true, path.as_str(), ""),
            Place::Reference { path, entry } => (false, path.as_str(), entry.as_str()),
        };
        // What lies in the archive takes the place of a reference, which may go any time. What is
        // known of this very file is not lost to one who knows less.
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO instance (series, uid, sop_class_uid, number, is_own, path, entry, size,
             checksum_from, checksum, came_from)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (series, uid) DO UPDATE SET is_own = excluded.is_own,
             path = excluded.path, entry = excluded.entry, size = excluded.size,
             checksum_from = iif(excluded.checksum IS NULL AND instance.path = excluded.path
               AND instance.size = excluded.size, instance.checksum_from, excluded.checksum_from),
             checksum = iif(excluded.checksum IS NULL AND instance.path = excluded.path
               AND instance.size = excluded.size, instance.checksum, excluded.checksum),
             came_from = iif(excluded.came_from = '' AND instance.path = excluded.path,
               instance.came_from, excluded.came_from)
             WHERE excluded.is_own AND (NOT instance.is_own OR instance.path = excluded.path)",
        )?;
        let changed = statement.execute(params![
            series,
            entry.sop_instance_uid,
            entry.sop_class_uid,
            entry.number,
            is_own,
            path,
            name,
            entry.size as i64,
            entry.checksum.map(|it| it.from as i64),
            entry.checksum.map(|it| it.sha256.to_vec()),
            entry.from
        ])?;
        if changed > 0 {
            self.changed_series.insert(series);
            self.changed_studies.insert(study);
            return Ok(Inserted::New);
        }
        let known = known_instance(self.transaction, series, &entry.sop_instance_uid)?;
        Ok(match known {
            Some(known) if known.path == path && known.entry == name => Inserted::Known,
            Some(known) => Inserted::Clash(known),
            None => Inserted::Known,
        })
    }

    fn patient(&mut self, entry: &Entry) -> Result<i64, ArchiveError> {
        let study_uid = &entry.study.study_instance_uid;
        let mut patient = match &entry.place {
            Place::Own { patient_folder, .. } => {
                if let Some(patient) = self.own_patients.get(patient_folder) {
                    patient.clone()
                } else {
                    patients::of_folder(
                        self.transaction,
                        patient_folder,
                        &entry.patient,
                        study_uid,
                    )?
                }
            }
            Place::Reference { .. } => {
                let (patient, problem) =
                    patients::find_or_add(self.transaction, &entry.patient, study_uid)?;
                self.problems.extend(problem);
                patient
            }
        };
        patients::complete(self.transaction, &mut patient, &entry.patient)?;
        let id = patient.id;
        self.own_patients.insert(patient.folder.clone(), patient);
        Ok(id)
    }

    fn study(&mut self, patient: i64, entry: &Entry) -> Result<i64, ArchiveError> {
        let module = &entry.study;
        let physician = PersonName::parse(&module.referring_physician).display();
        let texts = [
            &module.date,
            &module.time,
            &module.accession_number,
            &module.study_id,
            &module.description,
            &physician,
            &module.institution,
            &entry.priority,
        ];
        let key = (patient, module.study_instance_uid.clone());
        let mut row = match self.studies.remove(&key) {
            Some(row) => row,
            None => match self.find("study", "patient", &key, &STUDY_TEXTS)? {
                Some(row) => row,
                None => self.add_study(&key, &texts)?,
            },
        };
        if self.fill("study", &STUDY_TEXTS, &mut row, &texts)? {
            self.index_words(row.id, row.texts.get(4).map_or("", String::as_str))?;
        }
        let id = row.id;
        self.studies.insert(key, row);
        Ok(id)
    }

    fn series(&mut self, study: i64, entry: &Entry) -> Result<i64, ArchiveError> {
        let module = &entry.series;
        let texts = [&module.modality, &module.description, &module.body_part];
        let key = (study, module.series_instance_uid.clone());
        let mut row = match self.series.remove(&key) {
            Some(row) => row,
            None => match self.find("series", "study", &key, &SERIES_TEXTS)? {
                Some(row) => row,
                None => self.add_series(&key, module.number, &texts)?,
            },
        };
        self.fill("series", &SERIES_TEXTS, &mut row, &texts)?;
        let id = row.id;
        self.series.insert(key, row);
        Ok(id)
    }

    fn find(
        &self,
        table: &str,
        parent: &str,
        key: &(i64, String),
        texts: &[&str],
    ) -> Result<Option<Row>, ArchiveError> {
        let sql = format!(
            "SELECT id, {} FROM {table} WHERE {parent} = ?1 AND uid = ?2",
            texts.join(", ")
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let row = statement.query_row(params![key.0, key.1], |row| {
            let texts = (1..=texts.len()).map(|column| row.get(column));
            Ok(Row {
                id: row.get(0)?,
                texts: texts.collect::<Result<_, _>>()?,
            })
        });
        Ok(row.optional()?)
    }

    fn add_study(
        &mut self,
        key: &(i64, String),
        texts: &[&String; 8],
    ) -> Result<Row, ArchiveError> {
        let [
            date,
            time,
            accession,
            study_id,
            description,
            physician,
            institution,
            priority,
        ] = texts;
        let mut others = self.transaction.prepare_cached(
            "SELECT patient.* FROM study JOIN patient ON patient.id = study.patient
             WHERE study.uid = ?1 AND study.patient <> ?2",
        )?;
        let other = others
            .query_row(params![key.1, key.0], |row| {
                let other = patients::known(row)?;
                Ok(patients::person(&other.module, &other.folder))
            })
            .optional()?;
        if let Some(other) = other {
            let message = Message::new(msg("archive-same-study"))
                .text("uid", key.1.as_str())
                .text("other", other);
            self.problems.push(Problem::warning(message));
        }
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO study (patient, uid, date, time, accession_number, study_id,
             description, referring_physician, institution, priority, added_ms, used_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
        )?;
        statement.execute(params![
            key.0,
            key.1,
            date,
            time,
            accession,
            study_id,
            description,
            physician,
            institution,
            priority,
            self.now_ms
        ])?;
        let id = self.transaction.last_insert_rowid();
        self.index_words(id, description)?;
        let texts = texts.iter().map(|text| (*text).clone()).collect();
        Ok(Row { id, texts })
    }

    fn add_series(
        &self,
        key: &(i64, String),
        number: Option<i64>,
        texts: &[&String; 3],
    ) -> Result<Row, ArchiveError> {
        let [modality, description, body_part] = texts;
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO series (study, uid, number, modality, description, body_part)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        statement.execute(params![
            key.0,
            key.1,
            number,
            modality,
            description,
            body_part
        ])?;
        Ok(Row {
            id: self.transaction.last_insert_rowid(),
            texts: texts.iter().map(|text| (*text).clone()).collect(),
        })
    }

    /// Takes over what earlier instances left out.
    fn fill(
        &self,
        table: &str,
        columns: &[&str],
        row: &mut Row,
        texts: &[&String],
    ) -> Result<bool, ArchiveError> {
        let mut is_filled = false;
        for ((column, own), text) in columns.iter().zip(&mut row.texts).zip(texts) {
            if own.is_empty() && !text.is_empty() {
                let sql = format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1");
                let mut statement = self.transaction.prepare_cached(&sql)?;
                statement.execute(params![row.id, text])?;
                own.clone_from(text);
                is_filled = true;
            }
        }
        Ok(is_filled)
    }

    fn index_words(&self, study: i64, description: &str) -> Result<(), ArchiveError> {
        let words = words(description).join(" ");
        let mut keep = self
            .transaction
            .prepare_cached("UPDATE study SET words = ?2 WHERE id = ?1")?;
        keep.execute(params![study, words])?;
        let mut remove = self
            .transaction
            .prepare_cached("DELETE FROM study_words WHERE rowid = ?1")?;
        remove.execute([study])?;
        let mut add = self
            .transaction
            .prepare_cached("INSERT INTO study_words (rowid, description) VALUES (?1, ?2)")?;
        add.execute(params![study, words])?;
        Ok(())
    }

    /// Counts and sizes of what changed, and when what came was used last.
    pub(super) fn sum_up(&mut self) -> Result<(), ArchiveError> {
        let mut use_it = self
            .transaction
            .prepare_cached("UPDATE study SET used_ms = max(used_ms, ?2) WHERE id = ?1")?;
        for study in &self.used_studies {
            use_it.execute([*study, self.now_ms])?;
        }
        sum_up(
            self.transaction,
            &self.changed_series,
            &self.changed_studies,
        )
    }
}

pub(super) fn sum_up(
    transaction: &Transaction<'_>,
    series: &BTreeSet<i64>,
    studies: &BTreeSet<i64>,
) -> Result<(), ArchiveError> {
    let mut of_series = transaction.prepare_cached(
        "UPDATE series SET (instance_count, bytes) =
         (SELECT count(*), coalesce(sum(size), 0) FROM instance WHERE series = ?1)
         WHERE id = ?1",
    )?;
    for id in series {
        of_series.execute([id])?;
    }
    let mut of_study = transaction.prepare_cached(
        "UPDATE study SET (series_count, instance_count, bytes, modalities, body_parts) =
         (SELECT count(*), coalesce(sum(instance_count), 0), coalesce(sum(bytes), 0),
          coalesce('\\' || (SELECT group_concat(it, '\\') FROM
            (SELECT DISTINCT modality AS it FROM series WHERE study = ?1 AND modality <> ''
             ORDER BY it)) || '\\', ''),
          coalesce((SELECT group_concat(it, '\\') FROM
            (SELECT DISTINCT body_part AS it FROM series WHERE study = ?1 AND body_part <> ''
             ORDER BY it)), '')
          FROM series WHERE study = ?1)
         WHERE id = ?1",
    )?;
    for id in studies {
        of_study.execute([id])?;
    }
    Ok(())
}
