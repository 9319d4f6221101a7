//! Opening a SQLite file so that it lasts, and setting aside one that is damaged.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::Transaction;

use crate::files::FileError;

use super::ArchiveError;

/// How long to wait for another program's transaction; ours take well below a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a database should hold.
pub(super) struct Schema {
    /// Counted up with every change; kept as `user_version`.
    pub(super) version: i32,
    /// Makes an empty database.
    pub(super) create: &'static str,
    /// From version 1 to 2, 2 to 3 and so on. Without them an older database is made anew from
    /// the files: only where that loses nothing.
    pub(super) steps: &'static [Step],
}

/// Makes the next version of a database.
pub(super) type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// Opens or makes a database.
///
/// Write-ahead log, so that searches go on while instances arrive; a transaction that came back
/// survives a power cut. Where the file system has no shared memory (some network drives), SQLite
/// keeps its rollback journal: slower, as safe.
pub(super) fn open(path: &Path, schema: &Schema) -> Result<Connection, ArchiveError> {
    let mut connection = Connection::open(path)?;
    prepare(&connection)?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i32 = transaction.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    if version > schema.version {
        return Err(ArchiveError::Newer(path.to_owned()));
    }
    if (1..schema.version).contains(&version) {
        let steps = usize::try_from(version - 1)
            .ok()
            .and_then(|done| schema.steps.get(done..))
            .filter(|steps| !steps.is_empty())
            .ok_or_else(|| ArchiveError::Damaged(format!("version {version}")))?;
        for step in steps {
            step(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", schema.version)?;
    }
    if version == 0 {
        transaction.execute_batch(schema.create)?;
        transaction.pragma_update(None, "user_version", schema.version)?;
    }
    transaction.commit()?;
    Ok(connection)
}

/// One more connection, for searches, to a database that is open already.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, ArchiveError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), ArchiveError> {
    connection.busy_timeout(PATIENCE)?;
    let _mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -32_000)?; // KiB
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Makes sure that the file's structure is whole; reads all of it.
///
/// # Errors
/// [`ArchiveError::Damaged`] if it is not; others where that could not be found out.
pub(super) fn check_whole(connection: &Connection) -> Result<(), ArchiveError> {
    let check = "PRAGMA quick_check(1)";
    let answer: String = connection.query_row(check, (), |row| row.get(0))?;
    if answer == "ok" {
        Ok(())
    } else {
        Err(ArchiveError::Damaged(answer))
    }
}

/// Renames a damaged database and what belongs to it; gives its new name.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, ArchiveError> {
    let mut number = 1;
    let mut aside = with_ending(path, ".damaged-1");
    while aside.exists() {
        number += 1;
        aside = with_ending(path, &format!(".damaged-{number}"));
    }
    for ending in ["-wal", "-shm", ""] {
        let from = with_ending(path, ending);
        if !from.exists() {
            continue;
        }
        let renamed = std::fs::rename(&from, with_ending(&aside, ending));
        renamed.map_err(|source| FileError::Write { path: from, source })?;
    }
    Ok(aside)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        version: 3,
        create: "CREATE TABLE thing (name TEXT)",
        steps: &[],
    };

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let newer = Schema {
            version: 4,
            ..SCHEMA
        };
        drop(open(&path, &newer).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(open(&path, &SCHEMA), Err(ArchiveError::Newer(_))));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn an_older_database_keeps_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let older = Schema {
            version: 1,
            ..SCHEMA
        };
        let connection = open(&path, &older).unwrap();
        let insert = "INSERT INTO thing (name) VALUES ('a')";
        connection.execute(insert, ()).unwrap();
        drop(connection);
        assert!(matches!(
            open(&path, &SCHEMA),
            Err(ArchiveError::Damaged(_))
        ));
        let newer = Schema {
            steps: &[
                |transaction| transaction.execute_batch("ALTER TABLE thing ADD COLUMN b TEXT"),
                |transaction| transaction.execute_batch("UPDATE thing SET b = name || 'b'"),
            ],
            ..SCHEMA
        };
        for _ in 0..2 {
            let connection = open(&path, &newer).unwrap();
            let b = connection.query_row("SELECT b FROM thing", (), |row| row.get(0));
            assert_eq!(b, Ok("ab".to_owned()));
        }
    }

    #[test]
    fn a_file_that_is_no_database_is_damaged_and_can_be_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        std::fs::write(&path, [7; 5000]).unwrap();
        let error = open(&path, &SCHEMA).unwrap_err();
        assert!(matches!(error, ArchiveError::Damaged(_)), "{error}");
        let aside = set_aside(&path).unwrap();
        assert_eq!(std::fs::read(aside).unwrap(), [7; 5000]);
        check_whole(&open(&path, &SCHEMA).unwrap()).unwrap();
    }
}
