//! What the reader made of one study: small, built of shared parts, so that history can keep
//! whole copies.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::annotation::{Annotation, AnnotationId, ManualCalibration};
use crate::workspace::history::History;

/// Annotations and text of one study.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Document {
    /// In the order they were made.
    pub annotations: Vec<Arc<Annotation>>,
    /// Free text.
    pub findings: Arc<str>,
    /// Free text.
    pub impression: Arc<str>,
    /// Millimetres the reader gave to pictures, in the order they were given.
    #[serde(default)]
    pub calibrations: Vec<ManualCalibration>,
}

impl Document {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.findings.is_empty() && self.impression.is_empty()
    }

    /// Both together: annotations by their tracking UID (of one that is in both, the other's if
    /// `other_is_newer`), texts one after the other unless one holds the other.
    #[must_use]
    pub fn joined(&self, other: &Self, other_is_newer: bool) -> Self {
        let mut annotations = self.annotations.clone();
        for addition in &other.annotations {
            let same = |known: &&mut Arc<Annotation>| known.tracking_uid == addition.tracking_uid;
            match annotations.iter_mut().find(same) {
                Some(known) if other_is_newer => {
                    let id = known.id;
                    *known = Arc::new(Annotation {
                        id,
                        ..(**addition).clone()
                    });
                }
                Some(_) => {}
                None => annotations.push(Arc::clone(addition)),
            }
        }
        Self {
            annotations,
            findings: joined_text(&self.findings, &other.findings),
            impression: joined_text(&self.impression, &other.impression),
            calibrations: {
                let known = |it: &&ManualCalibration| !self.calibrations.contains(it);
                let further = other.calibrations.iter().filter(known);
                self.calibrations.iter().chain(further).cloned().collect()
            },
        }
    }

    /// One annotation.
    #[must_use]
    pub fn annotation(&self, id: AnnotationId) -> Option<&Arc<Annotation>> {
        self.annotations
            .iter()
            .find(|annotation| annotation.id == id)
    }
}

fn joined_text(a: &Arc<str>, b: &Arc<str>) -> Arc<str> {
    if a.contains(&**b) {
        Arc::clone(a)
    } else if b.contains(&**a) {
        Arc::clone(b)
    } else {
        format!("{a}\n{b}").into()
    }
}

/// How the document stands to what is on disk.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SaveState {
    /// Never saved in this run.
    #[default]
    Never,
    /// Being written.
    Saving,
    /// Written here, read back and found equal.
    Saved {
        /// Where.
        path: PathBuf,
    },
}

/// A study's document with its past.
#[derive(Debug, Default)]
pub struct StudyRecord {
    /// What it is now.
    pub document: Document,
    /// What is in the last report saved or read.
    pub saved: Document,
    /// How saving goes.
    pub save_state: SaveState,
    /// Undo and redo.
    pub history: History,
    /// Unsaved work of an earlier run, offered until taken or thrown away.
    pub journal: Option<Document>,
}

impl StudyRecord {
    /// Whether something is in no report yet. Of an empty document no report can be made.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.document != self.saved && !self.document.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(findings: &str, impression: &str) -> Document {
        Document {
            findings: findings.into(),
            impression: impression.into(),
            ..Document::default()
        }
    }

    #[test]
    fn joining_keeps_every_word_once() {
        let joined = document("A nodule.", "").joined(&document("A scar.", "Benign."), true);
        assert_eq!(joined, document("A nodule.\nA scar.", "Benign."));
        assert_eq!(joined.joined(&document("A scar.", ""), false), joined);
    }
}
