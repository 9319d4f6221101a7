//! Opening a SQLite file so that it lasts, and setting aside one that is damaged.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::OpenFlags;

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
}

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
        // Nothing is taken over from older ones yet: the index is made again from the files.
        return Err(ArchiveError::Damaged(format!("version {version}")));
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

/// Whether the file's structure is whole; reads all of it.
pub(super) fn is_whole(connection: &Connection) -> bool {
    let answer = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get::<_, String>(0));
    answer.is_ok_and(|answer| answer == "ok")
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
    fn a_file_that_is_no_database_is_damaged_and_can_be_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        std::fs::write(&path, [7; 5000]).unwrap();
        let error = open(&path, &SCHEMA).unwrap_err();
        assert!(matches!(error, ArchiveError::Damaged(_)), "{error}");
        let aside = set_aside(&path).unwrap();
        assert_eq!(std::fs::read(aside).unwrap(), [7; 5000]);
        assert!(is_whole(&open(&path, &SCHEMA).unwrap()));
    }
}
