//! What is open, in the words of browser, patient bar and document view.

use crate::model::{DisplaySetId, Library, StudyKey};
use crate::text::Words;

/// Who it is and which examination, each as shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// Patient's Name.
    pub name: String,
    /// Sex and age.
    pub sex_and_age: String,
    /// Birth date.
    pub birth_date: String,
    /// Patient ID.
    pub patient_id: String,
    /// Study description and date.
    pub study: String,
    /// Accession Number.
    pub accession: String,
}

/// A study in the browser.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyRow {
    /// Its key.
    pub key: StudyKey,
    /// Who and what.
    pub identity: Identity,
    /// What it holds, in the order of the browser.
    pub sets: Vec<SetRow>,
}

/// A display set in the browser.
#[derive(Debug, Clone, PartialEq)]
pub struct SetRow {
    /// Its key.
    pub id: DisplaySetId,
    /// Its description.
    pub title: String,
    /// Series number and modality.
    pub series: String,
    /// How many frames.
    pub frames: usize,
    /// Index of the frame a volume or stack starts with.
    pub is_image: bool,
    /// It can be resliced.
    pub is_volume: bool,
    /// Short word of what it is when it is no image: `SR`.
    pub badge: Option<String>,
}

/// Studies in the order of the library.
#[must_use]
pub fn studies(library: &Library, words: &Words) -> Vec<StudyRow> {
    let mut rows: Vec<StudyRow> = Vec::new();
    for set in library.display_sets() {
        let row = SetRow {
            id: set.id,
            title: String::new(),
            series: String::new(),
            frames: set.frames.len(),
            is_image: set.is_image(),
            is_volume: false,
            badge: None,
        };
        match rows.iter_mut().find(|study| study.key == set.study) {
            Some(study) => study.sets.push(row),
            None => rows.push(StudyRow {
                key: set.study,
                identity: identity(library, set.study, words),
                sets: vec![row],
            }),
        }
    }
    rows
}

/// Who a study is of.
#[must_use]
pub fn identity(_library: &Library, _study: StudyKey, _words: &Words) -> Identity {
    Identity::default()
}
