//! Studies that match, the newest first. A list on screen has some thousand rows, an archive a hundred
//! times as many: only what is listed is read in full.
//!
//! Where few match, they are looked up and put in order. Where many do, all studies are gone through
//! from the newest on, until the list is full; an index has all that this takes.

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
const ORDER: &str = "ORDER BY study.date DESC, study.time DESC, study.id DESC";

/// A column, and the statement that gives all it may hold.
type Choice = (&'static str, String);

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
        let mut is_few = choices.is_empty();
        for (_, choice) in &choices {
            is_few = is_few || count(&reader, choice, &values)? < MANY;
        }
        // The sign keeps SQLite from looking each of them up.
        let (index, sign) = if is_few {
            ("", "")
        } else {
            ("INDEXED BY study_in_order", "+")
        };
        let choices = choices
            .iter()
            .map(|(column, choice)| format!("{sign}{column} IN ({choice})"));
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
            choices.push(("study.id", words.to_owned()));
        } else if condition.starts_with("study.accession_number ") {
            let choice = format!("SELECT study.id FROM study WHERE {condition}");
            choices.push(("study.id", choice));
        } else if condition.contains("patient.") {
            of_patient.push(condition);
        } else {
            others.push(exists_in_study(condition));
        }
    }
    if !of_patient.is_empty() {
        let all = of_patient.join(" AND ");
        let choice = format!("SELECT patient.id FROM patient WHERE {all}");
        choices.push(("study.patient", choice));
    }
    (choices, others)
}

/// How many it gives, as far as that matters.
fn count(reader: &Connection, choice: &str, values: &[String]) -> Result<usize, ArchiveError> {
    let sql = format!("SELECT count(*) FROM ({choice} LIMIT {MANY})");
    let mut statement = reader.prepare_cached(&sql)?;
    // Those behind the last one it speaks of are not taken.
    let values = values.iter().take(statement.parameter_count());
    let count: i64 = statement.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(count.max(0) as usize)
}
