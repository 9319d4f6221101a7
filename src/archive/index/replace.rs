//! An index that was made anew takes the place of this one, while others search it.

use std::path::Path;
use std::time::SystemTime;

use rusqlite::Transaction;
use rusqlite::TransactionBehavior;

use crate::archive::ArchiveError;
use crate::archive::entry::Entry;
use crate::archive::queue::path_text;
use crate::problem::Problem;

use super::Index;
use super::insert::Batch;

/// A file that entered the index.
pub(in crate::archive) struct Arrival {
    pub(in crate::archive) is_own: bool,
    pub(in crate::archive) path: String,
    /// AE title or host it came from.
    pub(in crate::archive) came_from: String,
}

impl Index {
    /// The last instance there is.
    pub(in crate::archive) fn last_instance(&self) -> Result<i64, ArchiveError> {
        let last = "SELECT coalesce(max(id), 0) FROM instance";
        Ok(self.reader().query_row(last, (), |row| row.get(0))?)
    }

    /// Takes over all of another index, which nobody has open. What entered this one after the
    /// instance `since` is read by `read` and stays. When studies came and were used, and what
    /// files held when they were kept, is taken over where this index knows it.
    pub(in crate::archive) fn replace_with(
        &self,
        other: &Path,
        since: i64,
        read: impl FnOnce(Vec<Arrival>) -> Vec<Entry>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), ArchiveError> {
        let mut writer = self.writer();
        writer.execute("ATTACH ?1 AS other", [path_text(other)?])?;
        let replaced = (|| {
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let entries = read(arrivals(&transaction, since)?);
            transaction.execute_batch(TAKE_OVER)?;
            let mut batch = Batch::new(&transaction, SystemTime::now());
            for entry in &entries {
                batch.insert(entry)?;
            }
            batch.sum_up()?;
            problems.append(&mut batch.problems);
            transaction.commit()?;
            Ok(())
        })();
        writer.execute("DETACH other", ())?;
        replaced
    }
}

fn arrivals(transaction: &Transaction<'_>, since: i64) -> Result<Vec<Arrival>, ArchiveError> {
    let mut statement = transaction.prepare(
        "SELECT is_own, path, max(came_from) FROM instance WHERE id > ?1 GROUP BY is_own, path",
    )?;
    let rows = statement.query_map([since], |row| {
        Ok(Arrival {
            is_own: row.get(0)?,
            path: row.get(1)?,
            came_from: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const TAKE_OVER: &str = "
UPDATE other.study SET (added_ms, used_ms) = (
    SELECT known.added_ms, known.used_ms FROM main.study AS known
    JOIN main.patient AS owner ON owner.id = known.patient
    WHERE known.uid = other.study.uid AND owner.folder =
        (SELECT folder FROM other.patient WHERE id = other.study.patient))
WHERE EXISTS (
    SELECT 1 FROM main.study AS known
    JOIN main.patient AS owner ON owner.id = known.patient
    WHERE known.uid = other.study.uid AND owner.folder =
        (SELECT folder FROM other.patient WHERE id = other.study.patient));
UPDATE other.instance SET (checksum_from, checksum, came_from) = (
    SELECT known.checksum_from, known.checksum, known.came_from FROM main.instance AS known
    WHERE known.path = other.instance.path AND known.entry = other.instance.entry
    AND known.size = other.instance.size)
WHERE is_own AND EXISTS (
    SELECT 1 FROM main.instance AS known
    WHERE known.path = other.instance.path AND known.entry = other.instance.entry
    AND known.size = other.instance.size);
DELETE FROM main.instance;
DELETE FROM main.series;
DELETE FROM main.study;
DELETE FROM main.patient;
INSERT INTO main.patient_words (patient_words) VALUES ('delete-all');
INSERT INTO main.study_words (study_words) VALUES ('delete-all');
INSERT INTO main.patient SELECT * FROM other.patient;
INSERT INTO main.study SELECT * FROM other.study;
INSERT INTO main.series SELECT * FROM other.series;
INSERT INTO main.instance SELECT * FROM other.instance;
INSERT INTO main.patient_words (rowid, name) SELECT id, words FROM main.patient;
INSERT INTO main.study_words (rowid, description) SELECT id, words FROM main.study;
UPDATE main.state SET is_complete = 1;
";
