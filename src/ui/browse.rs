//! What is open, in the words of browser, patient bar and document view.

use super::browse_mappings::mapping_notes;
use crate::dicom::PersonName;
use crate::dicom::modules::{PatientModule, StudyModule};
use crate::model::{DisplaySet, DisplaySetId, DisplaySetKind, LEAST_SLICES, Library, StudyKey};
use crate::objects::layer::LayerKind;
use crate::problem::{Message, MessageId, msg};
use crate::text::{Words, age_at, in_a_row};
use crate::workspace::Workspace;

/// The badge of images that a presentation state is about: its Modality.
const PRESENTED: &str = "PR";
/// Missing slices named by their numbers, at most.
const MISSING_NAMED: usize = 8;
/// Reasons against a volume that say the series itself is not as it should be.
const FAULTS: [MessageId; 3] = [
    msg("no-volume-irregular-spacing"),
    msg("no-volume-not-in-line"),
    msg("no-volume-too-many-missing"),
];

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
    /// How much of it is here, where that is not all.
    pub part: Option<String>,
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
    /// How many phases show these slices, where they are one entry; else 1.
    pub phases: usize,
    /// It has a picture.
    pub is_image: bool,
    /// An ECG or another signal.
    pub is_waveform: bool,
    /// It can be resliced.
    pub is_volume: bool,
    /// Short word of what it is when it is no image of the patient: `SR`, `SEG`; `PR` where images have a presentation
    /// state.
    pub badge: Option<String>,
    /// Why it cannot be shown, if it cannot.
    pub why_not: Option<String>,
    /// What is wrong with its geometry: slices missing, double, uneven.
    pub problems: Vec<String>,
    /// How many of its frames are key images.
    pub key_images: usize,
    /// What else a reader should know: a tilted gantry, why it cannot be resliced.
    pub notes: Vec<String>,
}

/// Studies in the order of the library.
#[must_use]
pub fn studies(workspace: &Workspace, words: &Words) -> Vec<StudyRow> {
    let library = &workspace.library;
    let mut rows: Vec<StudyRow> = Vec::new();
    let entries = library.display_sets();
    for set in entries.filter(|set| workspace.entry_of(set) == set.id) {
        let row = set_row(set, workspace, words);
        match rows.iter_mut().find(|study| study.key == set.study) {
            Some(study) => study.sets.push(row),
            None => rows.push(StudyRow {
                key: set.study,
                identity: identity(library, set.study, words),
                part: workspace
                    .part_of_study(set.study)
                    .map(|part| words.get(&part.words())),
                sets: vec![row],
            }),
        }
    }
    rows
}

/// What the geometry of a set is like, as problems and as notes.
fn geometry(set: &DisplaySet, library: &Library, words: &Words) -> (Vec<String>, Vec<String>) {
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    match library.volume_plan(set.id) {
        Ok(plan) => {
            let report = &plan.report;
            if !report.missing.is_empty() {
                problems.push(words.get(&missing(&report.missing)));
            }
            if !report.duplicates.is_empty() {
                let count = report.duplicates.len();
                problems.push(
                    words.get(&Message::new(msg("browser-duplicates")).count("count", count)),
                );
            }
            if report.tilt_degrees > 0.0 {
                let degrees = words.with_unit(report.tilt_degrees, 1, "°");
                notes.push(words.get(&Message::new(msg("browser-tilt")).text("degrees", degrees)));
            }
        }
        Err(why) if set.is_image() && set.frames.len() >= LEAST_SLICES => {
            let is_faulty = FAULTS.contains(&why.id);
            let sentence = words.get(&Message::new(msg("mpr-refused")).message("reason", why));
            if is_faulty {
                problems.push(sentence);
            } else {
                notes.push(sentence);
            }
        }
        Err(_) => {}
    }
    (problems, notes)
}

/// The numbers of the places, from 1, as far as they can be taken in at a glance.
fn missing(places: &[u32]) -> Message {
    let numbers: Vec<String> = places
        .iter()
        .take(MISSING_NAMED)
        .map(|place| (place + 1).to_string())
        .chain((places.len() > MISSING_NAMED).then(|| "…".to_owned()))
        .collect();
    Message::new(msg("browser-missing"))
        .count("count", places.len())
        .text("numbers", numbers.join(", "))
}

fn set_row(set: &DisplaySet, workspace: &Workspace, words: &Words) -> SetRow {
    let why_not = match &set.kind {
        DisplaySetKind::NotShown(what) => Some(words.get(what)),
        _ => None,
    };
    let (mut problems, mut notes) = match workspace.track(set) {
        Some(track) => (Vec::new(), vec![words.get(&track.words())]),
        None => geometry(set, &workspace.library, words),
    };
    if workspace.track(set).is_none()
        && let Some(part) = workspace.part_of_series(set.series)
    {
        problems.push(words.get(&part.words()));
    }
    let keys = workspace.key_images(set.id).cloned().unwrap_or_default();
    for (id, places) in [
        (msg("browser-key-images"), &keys.selected),
        (msg("browser-rejected"), &keys.rejected),
    ] {
        if !places.is_empty() {
            notes.push(words.get(&Message::new(id).count("count", places.len())));
        }
    }
    notes.extend(mapping_notes(set, workspace, words));
    problems.extend(set.missing.as_ref().map(|what| words.get(what)));
    let joined = set.phase.as_ref().filter(|_| workspace.is_joined(set));
    let apart = match (joined, &set.phase) {
        (Some(phase), _) => &phase.common,
        (None, Some(phase)) if set.apart_by.is_empty() => &phase.by,
        _ => &set.apart_by,
    };
    let apart: Vec<String> = apart.iter().map(|what| words.get(what)).collect();
    let description = if set.kind == DisplaySetKind::PresentationState {
        state_names(set, workspace)
    } else {
        set.description.clone()
    };
    let title = [description, apart.join(", ")]
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
        is_waveform: set.kind == DisplaySetKind::Waveform,
        phases: joined.map_or(1, |phase| phase.sets.len()),
        is_volume: workspace.library.volume_grid(set.id).is_ok(),
        badge: if set.is_image() && LayerKind::of(&set.sop_class_uid).is_none() {
            let is_presented = workspace.presentations.is_any_for(set);
            is_presented.then(|| PRESENTED.to_owned())
        } else {
            // Masks and doses are pictures, too, but not of the patient.
            Some(set.modality.clone())
        },
        why_not,
        key_images: keys.selected.len(),
        problems,
        notes,
    }
}

/// What the presentation states of a series are called; what the series is, where they say nothing.
fn state_names(set: &DisplaySet, workspace: &Workspace) -> String {
    let states = set
        .instances
        .iter()
        .filter_map(|ix| workspace.presentations.get(*ix));
    let names: Vec<&str> = states.map(|state| state.name()).collect();
    if names.is_empty() {
        set.description.clone()
    } else {
        names.join(", ")
    }
}

/// Who a study is of.
#[must_use]
pub fn identity(library: &Library, study: StudyKey, words: &Words) -> Identity {
    let (Some(patient), Some(study)) = (library.patient_of(study), library.study(study)) else {
        return Identity::default();
    };
    identity_of(&patient.module, &study.module, words)
}

/// The same by what one header says.
#[must_use]
pub fn identity_of(who: &PatientModule, what: &StudyModule, words: &Words) -> Identity {
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
        study: in_a_row([what.description.as_str(), &words.date(&what.date)], " "),
        accession: named(msg("patient-accession"), &what.accession_number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, visual_runs};

    #[test]
    fn a_description_in_arabic_leaves_the_date_beside_it_whole() {
        let what = StudyModule {
            description: "تصوير مقطعي".into(),
            date: "20261120".into(),
            ..StudyModule::default()
        };
        let words = Words::of(Language::French);
        let study = identity_of(&PatientModule::default(), &what, words).study;
        let runs = visual_runs(&format!("CT {study}")).into_iter();
        let seen: String = runs.map(|run| run.text).collect();
        assert!(seen.contains(&words.date("20261120")), "{seen}");
    }
}
