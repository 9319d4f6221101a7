//! Studies that match, the newest first. A list on screen has some thousand rows, an archive a hundred
//! times as many: only what is listed is read in full.
//!
//! Where few match, they are looked up and put in order. Where many do, all studies are gone through
//! from the newest on, until the list is full: each is compared with a list of those that match, or,
//! where a great part does and the list would be long, looked at by itself.

use rusqlite::Connection;
use rusqlite::params_from_iter;

use crate::archive::ArchiveError;
use crate::model::Level;
use crate::model::StudyMatch;

use super::Index;
use super::search::Conditions;
use super::search::JOIN_PATIENT;
use super::search::STUDY;
use super::search::exists_in_study;
use super::search::found;

/// From so many matches on, going through all studies in their order is quicker.
const MANY: usize = 4000;
/// One in so many studies is a great part.
const GREAT_PART: usize = 8;
const ORDER: &str = "ORDER BY study.date DESC, study.time DESC, study.id DESC";

/// A condition that another index can tell.
struct Choice {
    column: &'static str,
    /// Gives all that the column may hold.
    all: String,
    /// The same, of one study.
    one: String,
}

impl Index {
    /// At most `limit`; all, if that is 0.
    pub(super) fn search_studies(
        &self,
        conditions: Conditions,
        limit: usize,
    ) -> Result<Vec<StudyMatch>, ArchiveError> {
        let Conditions { sql, values } = conditions;
        let (choices, others) = sorted(sql);
        let reader = self.reader();
        let many = MANY.max(study_count(&reader)? / GREAT_PART);
        let counts = choices
            .iter()
            .map(|choice| count(&reader, &choice.all, many, &values));
        let counts: Vec<usize> = counts.collect::<Result<_, ArchiveError>>()?;
        let is_few = counts.is_empty() || counts.iter().any(|count| *count < MANY);
        // The sign keeps SQLite from looking each of them up.
        let (index, sign) = if is_few {
            ("", "")
        } else {
            ("INDEXED BY study_in_order", "+")
        };
        let choices = choices.into_iter().zip(counts).map(|(choice, count)| {
            let Choice { column, all, one } = choice;
            if !is_few && count >= many {
                one
            } else {
                format!("{sign}{column} IN ({all})")
            }
        });
        let wheres: Vec<String> = choices.chain(others).collect();
        let mut listed = format!("SELECT study.id AS listed FROM study {index}");
        if !wheres.is_empty() {
            listed = listed + " WHERE " + &wheres.join(" AND ");
        }
        listed = listed + " " + ORDER;
        if limit > 0 {
            listed = listed + " LIMIT " + &limit.to_string();
        }
        let sql = format!(
            "SELECT {STUDY} FROM ({listed}) JOIN study ON study.id = listed {JOIN_PATIENT} {ORDER}"
        );
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| found(row, Level::Study))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// What can be told by another index, and the rest.
fn sorted(conditions: Vec<String>) -> (Vec<Choice>, Vec<String>) {
    let (mut of_patient, mut choices, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for condition in conditions {
        let words = condition.strip_prefix("study.id IN (");
        if let Some(words) = words.and_then(|it| it.strip_suffix(")")) {
            choices.push(Choice {
                column: "study.id",
                all: words.to_owned(),
                one: format!("+{condition}"),
            });
        } else if condition.starts_with("study.accession_number ") {
            choices.push(Choice {
                column: "study.id",
                all: format!("SELECT study.id FROM study WHERE {condition}"),
                one: format!("+{condition}"),
            });
        } else if condition.contains("patient.") {
            of_patient.push(condition);
        } else {
            others.push(exists_in_study(condition));
        }
    }
    if !of_patient.is_empty() {
        let all = of_patient.join(" AND ");
        let has_words = all.contains("patient.id IN (");
        let list = format!("SELECT patient.id FROM patient WHERE {all}");
        choices.push(Choice {
            column: "study.patient",
            // Words are not told of one patient.
            one: if has_words {
                format!("+study.patient IN ({list})")
            } else {
                format!("EXISTS (SELECT 1 FROM patient WHERE patient.id = study.patient AND {all})")
            },
            all: list,
        });
    }
    (choices, others)
}

/// How many studies there are, or some more.
fn study_count(reader: &Connection) -> Result<usize, ArchiveError> {
    let mut statement = reader.prepare_cached("SELECT coalesce(max(id), 0) FROM study")?;
    let count: i64 = statement.query_row((), |row| row.get(0))?;
    Ok(count.max(0) as usize)
}

/// How many it gives; `most`, if there are more.
fn count(
    reader: &Connection,
    choice: &str,
    most: usize,
    values: &[String],
) -> Result<usize, ArchiveError> {
    let sql = format!("SELECT count(*) FROM ({choice} LIMIT {most})");
    let mut statement = reader.prepare_cached(&sql)?;
    // Those behind the last one it speaks of are not taken.
    let values = values.iter().take(statement.parameter_count());
    let count: i64 = statement.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(count.max(0) as usize)
}
