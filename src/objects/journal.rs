//! The journal: measurements and text that are not in a saved report yet, one file a study,
//! offered again after a crash.
//!
//! Files lie in the application's own journal folder, are readable by the user alone, and are
//! named by a hash of the study's UID: no name tells whose study it is. Each write replaces the
//! whole file, so that a crash leaves the last whole draft.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use crate::annotation::Annotation;
use crate::annotation::ManualCalibration;
use crate::files::FileError;
use crate::files::Readable;
use crate::files::make_folder;
use crate::files::read;
use crate::files::write_atomically;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

/// Drafts of another version are not read.
const VERSION: u32 = 1;
const EXTENSION: &str = "draft";

/// What is not saved yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Who the study is of, to be asked about it by name.
    pub patient_name: String,
    /// Study Description or date, to tell studies apart.
    pub study_description: String,
    /// The files or folders it was opened from, to open them again.
    pub paths: Vec<PathBuf>,
    /// What was drawn.
    pub annotations: Vec<Annotation>,
    /// Free-text findings.
    pub text: String,
    /// Free-text impression.
    pub impression: String,
    /// Millimetres the reader gave to pictures.
    pub calibrations: Vec<ManualCalibration>,
    /// SOP Instance UID of the report it was opened from; empty if from none.
    pub predecessor: String,
}

impl Draft {
    /// Whether nothing would be lost with it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty()
            && self.text.trim().is_empty()
            && self.impression.trim().is_empty()
    }
}

/// A draft found in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingDraft {
    /// The study.
    pub study_instance_uid: String,
    /// When it was written, seconds since 1970.
    pub written_unix_s: i64,
    /// What it holds.
    pub draft: Draft,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    study_instance_uid: String,
    written_unix_s: i64,
    draft: Draft,
}

/// The drafts of all studies.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// In this folder ([`crate::files::AppFolders::journal`]); it is made when first written to.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn path(&self, study_instance_uid: &str) -> PathBuf {
        let hash = Sha256::digest(study_instance_uid.as_bytes());
        let (first, _) = hash.split_at(16);
        let name = first
            .iter()
            .fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        self.folder.join(name).with_extension(EXTENSION)
    }

    /// Replaces the study's draft; an empty draft removes it.
    ///
    /// # Errors
    /// [`FileError`]; then the draft written before is still there.
    pub fn write(&self, study_instance_uid: &str, draft: &Draft) -> Result<(), FileError> {
        if draft.is_empty() {
            return self.discard(study_instance_uid);
        }
        let path = self.path(study_instance_uid);
        let bytes = serde_json::to_vec(&Stored {
            version: VERSION,
            study_instance_uid: study_instance_uid.to_owned(),
            written_unix_s: jiff::Timestamp::now().as_second(),
            draft: draft.clone(),
        })
        .map_err(|error| FileError::Write {
            path: path.clone(),
            source: io::Error::other(error),
        })?;
        make_folder(&self.folder, Readable::ByUserAlone)?;
        write_atomically(&path, &bytes, Readable::ByUserAlone)
    }

    /// The study's draft is saved or not wanted any more.
    ///
    /// # Errors
    /// [`FileError::Write`] if it cannot be removed.
    pub fn discard(&self, study_instance_uid: &str) -> Result<(), FileError> {
        let path = self.path(study_instance_uid);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(|source| FileError::Write { path, source }),
        }
    }

    /// All drafts, the newest first. A file that is none, or of another version, is reported and
    /// stays where it is.
    #[must_use]
    pub fn pending(&self, problems: &Problems) -> Vec<PendingDraft> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(source) => {
                let error = FileError::Read {
                    path: self.folder.clone(),
                    source,
                };
                problems.report(Problem::warning(error.message()).at(&self.folder));
                return Vec::new();
            }
        };
        let mut drafts: Vec<PendingDraft> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == EXTENSION))
            .filter_map(|path| match load(&path) {
                Ok(draft) => Some(draft),
                Err(message) => {
                    problems.report(Problem::warning(message).at(&path));
                    None
                }
            })
            .collect();
        drafts.sort_by(|a, b| {
            (b.written_unix_s, &a.study_instance_uid)
                .cmp(&(a.written_unix_s, &b.study_instance_uid))
        });
        drafts
    }
}

fn load(path: &Path) -> Result<PendingDraft, Message> {
    let bytes = read(path).map_err(|error| error.message())?;
    let unreadable = || Message::new(msg("journal-unreadable"));
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|error| {
        tracing::warn!("journal: {error}");
        unreadable()
    })?;
    if stored.version != VERSION {
        return Err(unreadable());
    }
    Ok(PendingDraft {
        study_instance_uid: stored.study_instance_uid,
        written_unix_s: stored.written_unix_s,
        draft: stored.draft,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::AnnotationKind;
    use crate::annotation::Geometry;
    use crate::annotation::Points;
    use crate::annotation::testing::annotation;
    use crate::geom::DVec3;

    fn draft() -> Draft {
        Draft {
            patient_name: "Doe^Jane".to_owned(),
            annotations: vec![annotation(
                AnnotationKind::Length,
                Geometry::Polyline,
                Points::Patient(vec![DVec3::ZERO, DVec3::new(0.1, 1.0 / 3.0, -7e-9)]),
            )],
            text: "Nodule, 9 mm.".to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_draft_is_there_again_as_it_was_written_and_gone_once_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path().join("journal"));
        let problems = Problems::new();
        assert!(journal.pending(&problems).is_empty());
        journal.write("1.2.3", &draft()).unwrap();
        journal
            .write(
                "1.2.4",
                &Draft {
                    text: "b".into(),
                    ..Draft::default()
                },
            )
            .unwrap();
        let pending = Journal::new(folder.path().join("journal")).pending(&problems);
        let one = pending
            .iter()
            .find(|p| p.study_instance_uid == "1.2.3")
            .unwrap();
        assert_eq!((pending.len(), &one.draft), (2, &draft()));
        journal.discard("1.2.3").unwrap();
        journal.write("1.2.4", &Draft::default()).unwrap();
        assert!(journal.pending(&problems).is_empty());
        assert!(problems.drain().is_empty());
    }

    #[test]
    fn no_file_name_tells_the_patient_or_the_study() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        journal.write("1.2.3", &draft()).unwrap();
        let names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names.len(), 1);
        assert!(!names[0].contains("Doe") && !names[0].contains("1.2.3"));
    }

    #[test]
    fn a_damaged_draft_is_reported_and_left_in_place_and_the_others_are_offered() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        journal.write("1.2.3", &draft()).unwrap();
        let damaged = folder.path().join("0123.draft");
        std::fs::write(&damaged, b"{\"version\":1,").unwrap();
        let problems = Problems::new();
        assert_eq!(journal.pending(&problems).len(), 1);
        assert_eq!(problems.drain()[0].path.as_deref(), Some(damaged.as_path()));
        assert!(damaged.exists());
    }
}
