//! Searches: what [`StudyQuery`] asks, at each level.

use rusqlite::Row;
use rusqlite::params_from_iter;

use crate::archive::ArchiveError;
use crate::archive::words::asked_words;
use crate::archive::words::folded;
use crate::dicom::Dataset;
use crate::dicom::Date;
use crate::dicom::PersonName;
use crate::dicom::Tag;
use crate::dicom::Time;
use crate::dicom::tags;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;

use super::Index;

/// What a statement asks for and with which values.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) sql: Vec<String>,
    pub(super) values: Vec<String>,
}

impl Conditions {
    /// `?` in `condition` stands for the value.
    fn add(&mut self, condition: &str, value: impl Into<String>) {
        self.values.push(value.into());
        let place = format!("?{}", self.values.len());
        self.sql.push(condition.replace('?', &place));
    }

    /// Equal, or like it where the value has wildcards (PS3.4 C.2.2.2.4).
    fn matches(&mut self, column: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() || value == "*" {
        } else if value.contains(['*', '?']) {
            self.add(&format!("{column} GLOB ?"), glob(value));
        } else {
            self.add(&format!("{column} = ?"), value);
        }
    }

    fn any_of(&mut self, column: &str, values: &[String]) {
        match values {
            [] => {}
            [one] => self.add(&format!("{column} = ?"), one),
            many => {
                let many: serde_json::Value = many.iter().map(String::as_str).collect();
                let condition = format!("{column} IN (SELECT value FROM json_each(?))");
                self.add(&condition, many.to_string());
            }
        }
    }

    /// One of these stands in the list, which has a backslash around each of its items.
    fn any_in_list(&mut self, column: &str, values: &[String]) {
        let mut any = Vec::new();
        for value in values {
            self.values.push(value.clone());
            let place = self.values.len();
            any.push(format!("instr({column}, '\\' || ?{place} || '\\')"));
        }
        if !any.is_empty() {
            self.sql.push(format!("({})", any.join(" OR ")));
        }
    }
}

/// `*` and `?` mean the same in GLOB; brackets do not.
fn glob(value: &str) -> String {
    value.replace('[', "[[]")
}

impl Index {
    /// What matches, newest studies first.
    pub(in crate::archive) fn search(
        &self,
        query: &StudyQuery,
    ) -> Result<Vec<StudyMatch>, ArchiveError> {
        let conditions = conditions(query)?;
        if query.level == Level::Study {
            return self.search_studies(conditions, query.limit);
        }
        let (columns, joins, order) = match query.level {
            Level::Patient => (PATIENT, "", "patient.name_key, patient.id"),
            Level::Study | Level::Series => (
                SERIES,
                JOIN_STUDY,
                "study.date DESC, study.time DESC, study.id DESC, series.number, series.id",
            ),
            Level::Instance => (
                INSTANCE,
                JOIN_SERIES,
                "study.date DESC, study.time DESC, study.id DESC, series.number, series.id,
                 instance.number, instance.id",
            ),
        };
        let table = match query.level {
            Level::Patient => "patient",
            Level::Study | Level::Series => "series",
            Level::Instance => "instance",
        };
        let mut sql = format!("SELECT {columns} FROM {table} {joins}");
        let mut wheres = conditions.sql;
        if query.level == Level::Patient {
            // What is said of studies must hold of one of the patient's.
            let (of_study, of_patient): (Vec<_>, Vec<_>) =
                wheres.into_iter().partition(|it| is_below_patient(it));
            let mut exists = "EXISTS (SELECT 1 FROM study ".to_owned();
            if of_study
                .iter()
                .any(|it| it.contains("series.") || it.contains("instance."))
            {
                exists += "JOIN series ON series.study = study.id ";
            }
            if of_study.iter().any(|it| it.contains("instance.")) {
                exists += "JOIN instance ON instance.series = series.id ";
            }
            exists += "WHERE study.patient = patient.id";
            for condition in of_study {
                exists = exists + " AND " + &condition;
            }
            wheres = of_patient;
            wheres.push(exists + ")");
        }
        if query.level == Level::Series {
            wheres = wheres.into_iter().map(exists_in_series).collect();
        }
        if !wheres.is_empty() {
            sql = sql + " WHERE " + &wheres.join(" AND ");
        }
        sql = sql + " ORDER BY " + order;
        if query.limit > 0 {
            sql = sql + " LIMIT " + &query.limit.to_string();
        }
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(conditions.values), |row| {
            found(row, query.level)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The studies that came last, latest first.
    pub(in crate::archive) fn recent(&self, limit: usize) -> Result<Vec<StudyMatch>, ArchiveError> {
        let sql = format!(
            "SELECT {STUDY} FROM study {JOIN_PATIENT} ORDER BY used_ms DESC, study.id DESC LIMIT ?1"
        );
        let reader = self.reader();
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([limit as i64], |row| found(row, Level::Study))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn is_below_patient(condition: &str) -> bool {
    ["study.", "series.", "instance."]
        .into_iter()
        .any(|table| condition.contains(table))
}

pub(super) fn exists_in_study(condition: String) -> String {
    if condition.contains("instance.") {
        format!(
            "EXISTS (SELECT 1 FROM series JOIN instance ON instance.series = series.id
             WHERE series.study = study.id AND {condition})"
        )
    } else if condition.contains("series.") {
        format!("EXISTS (SELECT 1 FROM series WHERE series.study = study.id AND {condition})")
    } else {
        condition
    }
}

fn exists_in_series(condition: String) -> String {
    if condition.contains("instance.") {
        format!("EXISTS (SELECT 1 FROM instance WHERE instance.series = series.id AND {condition})")
    } else {
        condition
    }
}

const PATIENT: &str = "patient.name, patient.patient_id, patient.issuer, patient.birth_date,
 patient.sex";
pub(super) const STUDY: &str =
    "patient.name, patient.patient_id, patient.issuer, patient.birth_date,
 patient.sex, study.uid AS study_uid, study.date, study.time, study.accession_number,
 study.description AS study_description, study.referring_physician, study.institution,
 study.modalities, study.body_parts, study.priority, study.series_count, study.instance_count";
const SERIES: &str = "patient.name, patient.patient_id, patient.issuer, patient.birth_date,
 patient.sex, study.uid AS study_uid, study.date, study.time, study.accession_number,
 study.description AS study_description, study.referring_physician, study.institution,
 series.modality AS modalities, series.body_part AS body_parts, study.series_count,
 series.instance_count, series.uid AS series_uid, series.number AS series_number,
 series.description AS series_description";
const INSTANCE: &str = "patient.name, patient.patient_id, patient.issuer, patient.birth_date,
 patient.sex, study.uid AS study_uid, study.date, study.time, study.accession_number,
 study.description AS study_description, study.referring_physician, study.institution,
 series.modality AS modalities, series.body_part AS body_parts, study.series_count,
 series.instance_count, series.uid AS series_uid, series.number AS series_number,
 series.description AS series_description, instance.sop_class_uid, instance.uid AS instance_uid,
 instance.number AS instance_number";
pub(super) const JOIN_PATIENT: &str = "JOIN patient ON patient.id = study.patient";
const JOIN_STUDY: &str = "JOIN study ON study.id = series.study
 JOIN patient ON patient.id = study.patient";
const JOIN_SERIES: &str = "JOIN series ON series.id = instance.series
 JOIN study ON study.id = series.study JOIN patient ON patient.id = study.patient";

fn conditions(query: &StudyQuery) -> Result<Conditions, ArchiveError> {
    let mut all = Conditions::default();
    name_condition(&mut all, &query.patient_name);
    all.matches("patient.patient_id", &query.patient_id);
    all.matches("study.accession_number", &query.accession_number);
    date_condition(&mut all, query.study_date.from, ">=");
    date_condition(&mut all, query.study_date.to, "<=");
    if let Some(words) = match_all(&asked_words(&query.study_description)) {
        let condition = "study.id IN (SELECT rowid FROM study_words WHERE study_words MATCH ?)";
        all.add(condition, words);
    }
    modality_condition(&mut all, query);
    all.any_of("study.uid", &query.study_uids);
    all.any_of("series.uid", &query.series_uids);
    all.any_of("instance.uid", &query.instance_uids);
    for (tag, value) in query.other.iter().filter(|(_, value)| !value.is_empty()) {
        match column_of(*tag) {
            Some(column) => all.matches(column, value),
            None => return Err(ArchiveError::NoSuchKey(tag.to_string())),
        }
    }
    Ok(all)
}

/// Further matching keys the index can answer.
fn column_of(tag: Tag) -> Option<&'static str> {
    Some(match tag {
        tags::ISSUER_OF_PATIENT_ID => "patient.issuer",
        tags::PATIENT_BIRTH_DATE => "patient.birth_date",
        tags::PATIENT_SEX => "patient.sex",
        tags::STUDY_ID => "study.study_id",
        tags::REFERRING_PHYSICIAN_NAME => "study.referring_physician",
        tags::INSTITUTION_NAME => "study.institution",
        tags::SERIES_NUMBER => "series.number",
        tags::SERIES_DESCRIPTION => "series.description",
        tags::BODY_PART_EXAMINED => "series.body_part",
        tags::SOP_CLASS_UID => "instance.sop_class_uid",
        tags::INSTANCE_NUMBER => "instance.number",
        _ => return None,
    })
}

/// All words, each as the beginning of one of the name's. Those with `?`, or with `*` elsewhere
/// than at their end, are compared with every word there is.
fn name_condition(all: &mut Conditions, asked: &str) {
    let (mut plain, mut wild) = (Vec::new(), Vec::new());
    for word in asked.split(|c: char| c.is_whitespace() || matches!(c, '^' | '=' | ',')) {
        if word.trim_end_matches('*').contains(['*', '?']) {
            wild.push(word);
        } else {
            plain.extend(asked_words(word));
        }
    }
    if let Some(words) = match_all(&plain) {
        let condition =
            "patient.id IN (SELECT rowid FROM patient_words WHERE patient_words MATCH ?)";
        all.add(condition, words);
    }
    for word in wild {
        let pattern = format!("{}*", glob(&folded(word)));
        all.add(
            "patient.id IN (SELECT doc FROM patient_terms WHERE term GLOB ?)",
            pattern,
        );
    }
}

/// A full-text search for all of these beginnings.
fn match_all(words: &[String]) -> Option<String> {
    let beginnings: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
    (!beginnings.is_empty()).then(|| beginnings.join(" AND "))
}

fn date_condition(all: &mut Conditions, day: Option<Date>, relation: &str) {
    if let Some(Date { year, month, day }) = day {
        let condition = format!("study.date <> '' AND study.date {relation} ?");
        all.add(&condition, format!("{year:04}{month:02}{day:02}"));
    }
}

fn modality_condition(all: &mut Conditions, query: &StudyQuery) {
    let asked: Vec<String> = query
        .modalities
        .iter()
        .map(|modality| modality.trim().to_uppercase())
        .filter(|modality| !modality.is_empty())
        .collect();
    match query.level {
        Level::Series | Level::Instance => all.any_of("series.modality", &asked),
        Level::Patient | Level::Study => all.any_in_list("study.modalities", &asked),
    }
}

pub(super) fn found(row: &Row<'_>, level: Level) -> rusqlite::Result<StudyMatch> {
    let text = |column: &str| row.get::<_, String>(column);
    let list = |column: &str| -> rusqlite::Result<Vec<String>> {
        let text: String = row.get(column)?;
        let items = text.split('\\').filter(|item| !item.is_empty());
        Ok(items.map(str::to_owned).collect())
    };
    let count = |column: &str| -> rusqlite::Result<Option<u32>> {
        Ok(u32::try_from(row.get::<_, i64>(column)?).ok())
    };
    let mut found = StudyMatch {
        patient_name: PersonName::parse(&text("name")?).display(),
        patient_id: text("patient_id")?,
        issuer_of_patient_id: text("issuer")?,
        patient_birth_date: Date::parse(&text("birth_date")?),
        patient_sex: text("sex")?,
        dataset: Dataset::new(),
        ..StudyMatch::default()
    };
    if level == Level::Patient {
        return Ok(found);
    }
    found.study_uid = text("study_uid")?;
    found.study_date = Date::parse(&text("date")?);
    found.study_time = Time::parse(&text("time")?);
    found.accession_number = text("accession_number")?;
    found.study_description = text("study_description")?;
    found.referring_physician = text("referring_physician")?;
    found.institution = text("institution")?;
    found.modalities = list("modalities")?;
    found.body_parts = list("body_parts")?;
    if level == Level::Study {
        found.priority = text("priority")?;
    }
    found.series_count = count("series_count")?;
    found.instance_count = count("instance_count")?;
    if level == Level::Study {
        return Ok(found);
    }
    found.series_uid = text("series_uid")?;
    found.series_number = row.get("series_number")?;
    found.series_description = text("series_description")?;
    if level == Level::Series {
        return Ok(found);
    }
    found.sop_class_uid = text("sop_class_uid")?;
    found.sop_instance_uid = text("instance_uid")?;
    found.instance_number = row.get("instance_number")?;
    Ok(found)
}
