//! What is open, in the words of browser, patient bar and document view.

use crate::dicom::PersonName;
use crate::model::{DisplaySet, DisplaySetId, DisplaySetKind, Library, StudyKey};
use crate::problem::{Message, MessageId, msg};
use crate::text::{Words, age_at};

/// Who it is and which examination, each as shown; empty where the data say nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// Patient's Name.
    pub name: String,
    /// Sex and age at the study.
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
    /// Modality and series number.
    pub series: String,
    /// How many frames.
    pub frames: usize,
    /// It has a picture.
    pub is_image: bool,
    /// It can be resliced.
    pub is_volume: bool,
    /// Short word of what it is when it is no image: `SR`.
    pub badge: Option<String>,
    /// Why it cannot be shown, if it cannot.
    pub why_not: Option<String>,
}

/// Studies in the order of the library.
#[must_use]
pub fn studies(library: &Library, words: &Words) -> Vec<StudyRow> {
    let mut rows: Vec<StudyRow> = Vec::new();
    for set in library.display_sets() {
        let row = set_row(set, library, words);
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

fn set_row(set: &DisplaySet, library: &Library, words: &Words) -> SetRow {
    let why_not = match &set.kind {
        DisplaySetKind::NotShown(what) => Some(words.get(what)),
        _ => None,
    };
    let apart: Vec<String> = set.apart_by.iter().map(|what| words.get(what)).collect();
    let title = [set.description.clone(), apart.join(", ")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let series = match set.number {
        Some(number) => words.get(
            &Message::new(msg("browser-series"))
                .text("modality", &*set.modality)
                .text("number", number.to_string()),
        ),
        None => set.modality.clone(),
    };
    SetRow {
        id: set.id,
        title: if title.is_empty() {
            words.id(msg("browser-untitled"))
        } else {
            title
        },
        series,
        frames: set.frames.len(),
        is_image: set.is_image(),
        is_volume: library.volume_grid(set.id).is_ok(),
        badge: (!set.is_image()).then(|| set.modality.clone()),
        why_not,
    }
}

/// Who a study is of.
#[must_use]
pub fn identity(library: &Library, study: StudyKey, words: &Words) -> Identity {
    let (Some(patient), Some(study)) = (library.patient_of(study), library.study(study)) else {
        return Identity::default();
    };
    let (who, what) = (&patient.module, &study.module);
    let name = PersonName::parse(&who.name).display_all();
    let age = if who.age.is_empty() {
        age_at(&who.birth_date, &what.date).unwrap_or_default()
    } else {
        who.age.clone()
    };
    let named = |id: MessageId, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            words.get(&Message::new(id).text("value", value))
        }
    };
    let joined = |parts: [String; 2]| {
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    };
    Identity {
        name: if name.is_empty() {
            words.id(msg("patient-unnamed"))
        } else {
            name
        },
        sex_and_age: joined([who.sex.clone(), words.age(&age)]),
        birth_date: words.date(&who.birth_date),
        patient_id: named(msg("patient-id"), &who.patient_id),
        study: joined([what.description.clone(), words.date(&what.date)]),
        accession: named(msg("patient-accession"), &what.accession_number),
    }
}
