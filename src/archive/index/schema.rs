//! The tables of what can be made again from the files.

use crate::archive::database::Schema;

pub(in crate::archive) const INDEX: Schema = Schema {
    version: 3,
    steps: &[], // it is made again from the files
    create: "
CREATE TABLE patient (
    id INTEGER PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    patient_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    words TEXT NOT NULL, -- those of the name, each between blanks
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    only_study TEXT
);
CREATE INDEX patient_by_id ON patient (patient_id, name_key);
CREATE INDEX patient_by_birth ON patient (birth_date);

CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patient,
    uid TEXT NOT NULL,
    date TEXT NOT NULL,
    time TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    study_id TEXT NOT NULL,
    description TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '', -- those of the description
    referring_physician TEXT NOT NULL,
    institution TEXT NOT NULL,
    modalities TEXT NOT NULL DEFAULT '',
    body_parts TEXT NOT NULL DEFAULT '',
    priority TEXT NOT NULL DEFAULT '',
    series_count INTEGER NOT NULL DEFAULT 0,
    instance_count INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    added_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL,
    UNIQUE (patient, uid)
);
CREATE INDEX study_by_uid ON study (uid);
-- The order in which studies are listed, with what tells whether one is: the table is not read.
CREATE INDEX study_in_order ON study (date DESC, time DESC, id DESC, patient, modalities);
CREATE INDEX study_by_accession ON study (accession_number);
CREATE INDEX study_by_use ON study (used_ms);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    study INTEGER NOT NULL REFERENCES study,
    uid TEXT NOT NULL,
    number INTEGER,
    modality TEXT NOT NULL,
    description TEXT NOT NULL,
    body_part TEXT NOT NULL,
    instance_count INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (study, uid)
);
CREATE INDEX series_by_uid ON series (uid);

CREATE TABLE instance (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series,
    uid TEXT NOT NULL,
    sop_class_uid TEXT NOT NULL,
    number INTEGER,
    is_own INTEGER NOT NULL,
    path TEXT NOT NULL,
    entry TEXT NOT NULL,
    size INTEGER NOT NULL,
    checksum_from INTEGER,
    checksum BLOB,
    came_from TEXT NOT NULL,
    UNIQUE (series, uid)
);
CREATE INDEX instance_by_uid ON instance (uid);
CREATE INDEX instance_by_path ON instance (path);

CREATE VIRTUAL TABLE patient_words USING fts5 (
    name, content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);
-- The words one by one, for wildcards.
CREATE VIRTUAL TABLE patient_terms USING fts5vocab (patient_words, instance);
CREATE VIRTUAL TABLE study_words USING fts5 (
    description, content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);

-- Whether every file was looked at: 0 until a rebuild has come to its end.
CREATE TABLE state (is_complete INTEGER NOT NULL);
INSERT INTO state VALUES (0);
",
};
