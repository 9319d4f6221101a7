//! Whose an instance is. Two patients are never mixed: the program's own rule
//! ([`crate::model::identity`]) decides, among those who have the same ID.

use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use rusqlite::Transaction;
use rusqlite::params;

use crate::archive::ArchiveError;
use crate::archive::names;
use crate::archive::words::words;
use crate::dicom::Date;
use crate::dicom::PersonName;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::normalised_name;
use crate::model::identity;
use crate::model::identity::Relation;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;

use super::Index;

/// A patient of the index.
#[derive(Debug, Clone)]
pub(in crate::archive) struct KnownPatient {
    pub(super) id: i64,
    /// Its folder in the folder of images.
    pub(in crate::archive) folder: String,
    pub(super) module: PatientModule,
    only_study: Option<String>,
}

impl Index {
    /// The patient of a file, made known if it is new. Gives what the reader should be told.
    pub(in crate::archive) fn patient_for(
        &self,
        file: &PatientModule,
        study_uid: &str,
    ) -> Result<(KnownPatient, Option<Problem>), ArchiveError> {
        let found = {
            let reader = self.reader();
            matching(&reader, file, study_uid)?
        };
        if let Match::Known(patient) = found {
            return Ok((patient, None));
        }
        self.change(|transaction| find_or_add(transaction, file, study_uid))
    }
}

enum Match {
    Known(KnownPatient),
    /// Somebody else; the one whose ID it shares, if any.
    New(Option<KnownPatient>),
}

/// In one transaction, so that two programs do not make one patient twice.
pub(super) fn find_or_add(
    transaction: &Transaction<'_>,
    file: &PatientModule,
    study_uid: &str,
) -> Result<(KnownPatient, Option<Problem>), ArchiveError> {
    let other = match matching(transaction, file, study_uid)? {
        Match::Known(patient) => return Ok((patient, None)),
        Match::New(other) => other,
    };
    let problem = other.map(|other| {
        let message = Message::new(msg("archive-same-patient-id"))
            .text("id", file.patient_id.as_str())
            .text("first", person(&other.module, &other.folder))
            .text("second", person(file, &folder_for(file, study_uid)));
        Problem::warning(message)
    });
    let folder = folder_for(file, study_uid);
    Ok((add(transaction, &folder, file, study_uid)?, problem))
}

/// Who somebody is, for who must tell two apart: name, date of birth and sex; where none is known,
/// the folder.
pub(super) fn person(patient: &PatientModule, folder: &str) -> String {
    let birth = Date::parse(&patient.birth_date);
    let birth = birth.map(|Date { year, month, day }| format!("{year:04}-{month:02}-{day:02}"));
    let known = [
        PersonName::parse(&patient.name).display(),
        birth.unwrap_or_default(),
        patient.sex.clone(),
    ];
    let known: Vec<String> = known.into_iter().filter(|it| !it.is_empty()).collect();
    if known.is_empty() {
        folder.to_owned()
    } else {
        known.join(" · ")
    }
}

fn folder_for(file: &PatientModule, study_uid: &str) -> String {
    let only_study = identity::only_study(file, study_uid);
    names::of_patient(file, only_study.as_deref())
}

/// The patient whose folder this is, made known from a file in it if it is new.
pub(super) fn of_folder(
    transaction: &Transaction<'_>,
    folder: &str,
    file: &PatientModule,
    study_uid: &str,
) -> Result<KnownPatient, ArchiveError> {
    let found = {
        let mut statement =
            transaction.prepare_cached("SELECT * FROM patient WHERE folder = ?1")?;
        statement.query_row([folder], known).optional()?
    };
    match found {
        Some(patient) => Ok(patient),
        None => add(transaction, folder, file, study_uid),
    }
}

fn add(
    transaction: &Transaction<'_>,
    folder: &str,
    file: &PatientModule,
    study_uid: &str,
) -> Result<KnownPatient, ArchiveError> {
    if let Some(same) = transaction
        .prepare_cached("SELECT * FROM patient WHERE folder = ?1")?
        .query_row([folder], known)
        .optional()?
    {
        return Ok(same);
    }
    let only_study = identity::only_study(file, study_uid);
    let name_words = words(&file.name).join(" ");
    let mut statement = transaction.prepare_cached(
        "INSERT INTO patient
         (folder, patient_id, issuer, name, name_key, birth_date, sex, only_study, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    statement.execute(params![
        folder,
        file.patient_id,
        file.issuer,
        file.name,
        normalised_name(&file.name),
        file.birth_date,
        file.sex,
        only_study,
        format!(" {name_words} ")
    ])?;
    let id = transaction.last_insert_rowid();
    let mut statement =
        transaction.prepare_cached("INSERT INTO patient_words (rowid, name) VALUES (?1, ?2)")?;
    statement.execute(params![id, name_words])?;
    Ok(KnownPatient {
        id,
        folder: folder.to_owned(),
        module: file.clone(),
        only_study,
    })
}

/// Takes over what a file says beyond what is known.
pub(super) fn complete(
    transaction: &Transaction<'_>,
    patient: &mut KnownPatient,
    file: &PatientModule,
) -> Result<(), ArchiveError> {
    let mut module = patient.module.clone();
    identity::complete(&mut module, file);
    module.age.clone_from(&patient.module.age); // not the patient's but the study's
    if module == patient.module {
        return Ok(());
    }
    let name = words(&module.name).join(" ");
    let mut statement = transaction.prepare_cached(
        "UPDATE patient SET issuer = ?2, name = ?3, name_key = ?4, birth_date = ?5, sex = ?6,
         words = ?7 WHERE id = ?1",
    )?;
    statement.execute(params![
        patient.id,
        module.issuer,
        module.name,
        normalised_name(&module.name),
        module.birth_date,
        module.sex,
        format!(" {name} ")
    ])?;
    if module.name != patient.module.name {
        transaction.execute("DELETE FROM patient_words WHERE rowid = ?1", [patient.id])?;
        transaction.execute(
            "INSERT INTO patient_words (rowid, name) VALUES (?1, ?2)",
            params![patient.id, name],
        )?;
    }
    patient.module = module;
    Ok(())
}

fn matching(
    connection: &Connection,
    file: &PatientModule,
    study_uid: &str,
) -> Result<Match, ArchiveError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM patient WHERE patient_id = ?1 AND (?1 <> '' OR name_key = ?2) ORDER BY id",
    )?;
    let candidates =
        statement.query_map(params![file.patient_id, normalised_name(&file.name)], known)?;
    let mut same = Vec::new();
    let mut contradicting = None;
    for candidate in candidates {
        let candidate = candidate?;
        let only_study = candidate.only_study.as_deref();
        match identity::relation(&candidate.module, only_study, file, study_uid) {
            Relation::Same => same.push(candidate),
            Relation::Contradicting => contradicting = contradicting.or(Some(candidate)),
            Relation::Other => {}
        }
    }
    if same.len() > 1 {
        // Where the file leaves out what tells several apart, its study may still be known.
        let mut has_study =
            connection.prepare_cached("SELECT 1 FROM study WHERE patient = ?1 AND uid = ?2")?;
        for patient in &same {
            if has_study.exists(params![patient.id, study_uid])? {
                return Ok(Match::Known(patient.clone()));
            }
        }
        return Ok(Match::New(
            contradicting.or_else(|| same.into_iter().next()),
        ));
    }
    Ok(match same.pop() {
        Some(patient) => Match::Known(patient),
        None => Match::New(contradicting),
    })
}

pub(super) fn known(row: &Row<'_>) -> rusqlite::Result<KnownPatient> {
    Ok(KnownPatient {
        id: row.get("id")?,
        folder: row.get("folder")?,
        module: PatientModule {
            patient_id: row.get("patient_id")?,
            issuer: row.get("issuer")?,
            name: row.get("name")?,
            birth_date: row.get("birth_date")?,
            sex: row.get("sex")?,
            age: String::new(),
        },
        only_study: row.get("only_study")?,
    })
}
