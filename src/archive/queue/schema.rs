//! The tables of what cannot be made again from files.

use rusqlite::Transaction;

use crate::archive::database::Schema;

// Nothing can make it again: every older version must lead to this one.
const _: () = assert!(MEMORY.steps.len() + 1 == MEMORY.version as usize);

pub(in crate::archive) const MEMORY: Schema = Schema {
    version: 7,
    steps: &[
        add_patient_id,
        add_fetched,
        add_asked,
        add_origin,
        add_listed,
        add_remark,
    ],
    create: "
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sameness TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    node TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    series_uids TEXT NOT NULL,
    instance_uids TEXT NOT NULL,
    label TEXT NOT NULL,
    priority INTEGER NOT NULL,
    is_to_be_committed INTEGER NOT NULL,
    state INTEGER NOT NULL,
    owner TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    transaction_uid TEXT NOT NULL DEFAULT '',
    asks INTEGER NOT NULL DEFAULT 0,
    expected INTEGER,
    succeeded INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
);
CREATE INDEX transfer_due ON transfer (state, priority, id);
CREATE INDEX transfer_study ON transfer (study_uid);

-- What nodes were asked to commit to and have not reported on. A node that is asked once more may
-- still report on what it was asked before.
CREATE TABLE asked (
    transaction_uid TEXT PRIMARY KEY,
    transfer INTEGER NOT NULL REFERENCES transfer ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX asked_transfer ON asked (transfer);

CREATE TABLE item (
    transfer INTEGER NOT NULL REFERENCES transfer ON DELETE CASCADE,
    sop_instance_uid TEXT NOT NULL,
    sop_class_uid TEXT NOT NULL,
    path TEXT,
    outcome INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    remark TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (transfer, sop_instance_uid)
) WITHOUT ROWID;
CREATE INDEX item_remark ON item (transfer) WHERE remark <> '';

-- What a node has, or has promised to keep where it was to promise that: our own copy may go.
-- Stays when the transfer is taken off the list.
CREATE TABLE sent (
    sop_instance_uid TEXT NOT NULL,
    node TEXT NOT NULL,
    is_committed INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    PRIMARY KEY (sop_instance_uid, node)
) WITHOUT ROWID;

-- What a node gave when it was asked, and under which title or host. An instance that came unasked
-- may be nowhere else.
CREATE TABLE fetched (
    sop_instance_uid TEXT NOT NULL,
    node TEXT NOT NULL,
    origin TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sop_instance_uid, node)
) WITHOUT ROWID;

-- How many instances a node said there are of a study, and of its series, until all have come from
-- there; of the whole study with no series.
CREATE TABLE listed (
    study_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    node TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    instances INTEGER NOT NULL,
    PRIMARY KEY (study_uid, patient_id, node, series_uid)
) WITHOUT ROWID;

-- Files outside the archive's folder that it knows.
CREATE TABLE reference (path TEXT PRIMARY KEY) WITHOUT ROWID;

-- Studies that no clean-up touches, by the folder of their patient in the archive.
CREATE TABLE pinned (
    patient TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    PRIMARY KEY (patient, study_uid)
) WITHOUT ROWID;
",
};

/// A new column, unless it is there.
fn add_column(
    transaction: &Transaction<'_>,
    table: &str,
    column: &str,
    declaration: &str,
) -> rusqlite::Result<()> {
    let there = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
    let there: i64 = transaction.query_row(there, [table, column], |row| row.get(0))?;
    if there == 0 {
        let add = format!("ALTER TABLE {table} ADD COLUMN {column} {declaration}");
        transaction.execute_batch(&add)?;
    }
    Ok(())
}

/// The last of version 1 had it already.
fn add_patient_id(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    add_column(
        transaction,
        "transfer",
        "patient_id",
        "TEXT NOT NULL DEFAULT ''",
    )
}

fn add_origin(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    add_column(transaction, "fetched", "origin", "TEXT NOT NULL DEFAULT ''")
}

fn add_asked(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    add_column(
        transaction,
        "transfer",
        "asks",
        "INTEGER NOT NULL DEFAULT 0",
    )?;
    transaction.execute_batch(
        "CREATE INDEX IF NOT EXISTS transfer_study ON transfer (study_uid);
        CREATE TABLE IF NOT EXISTS asked (
            transaction_uid TEXT PRIMARY KEY,
            transfer INTEGER NOT NULL REFERENCES transfer ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS asked_transfer ON asked (transfer);
        INSERT OR IGNORE INTO asked
            SELECT transaction_uid, id FROM transfer WHERE transaction_uid <> '';",
    )
}

/// How instances came that are here by then is not known: nothing says that a node has them.
fn add_fetched(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS fetched (
            sop_instance_uid TEXT NOT NULL,
            node TEXT NOT NULL,
            PRIMARY KEY (sop_instance_uid, node)
        ) WITHOUT ROWID",
    )
}

/// What was fetched by then and is no whole study is not known to be none.
fn add_listed(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS listed (
            study_uid TEXT NOT NULL,
            patient_id TEXT NOT NULL,
            node TEXT NOT NULL,
            series_uid TEXT NOT NULL,
            instances INTEGER NOT NULL,
            PRIMARY KEY (study_uid, patient_id, node, series_uid)
        ) WITHOUT ROWID",
    )
}

/// What nodes warned of by then was not kept.
fn add_remark(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    add_column(transaction, "item", "remark", "TEXT NOT NULL DEFAULT ''")?;
    let index = "CREATE INDEX IF NOT EXISTS item_remark ON item (transfer) WHERE remark <> ''";
    transaction.execute_batch(index)
}
