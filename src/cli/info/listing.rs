//! The text of `isocentre info`, for people.

use super::document::DisplaySetEntry;
use super::document::Document;
use super::document::GeometryEntry;
use super::document::PatientEntry;
use super::document::PresentationStateEntry;
use super::document::SeriesEntry;
use super::document::StudyEntry;
use super::document::VideoEntry;
use super::layers;
use crate::dicom::PersonName;
use crate::engine::open::Opened;
use crate::model::DisplaySetKind;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

/// All that was found, indented by level, then what was passed over and why.
pub(super) fn listing(opened: &Opened, document: &Document, words: &Words) -> String {
    let mut lines = Vec::new();
    for patient in &document.patients {
        lines.push(patient_line(patient, words));
        for study in &patient.studies {
            lines.push(indented(1, &study_line(study, words)));
            for series in &study.series {
                lines.push(indented(2, &series_line(series, words)));
                for set in &series.display_sets {
                    if set.presentation_states.is_empty() {
                        lines.push(indented(3, &set_line(set, words)));
                    }
                    let states = set.presentation_states.iter();
                    lines.extend(states.map(|state| indented(3, &state_line(state, words))));
                    let objects = set.overlay_objects.iter();
                    let objects = objects.flat_map(|object| layers::lines(object, words));
                    lines.extend(objects.map(|line| indented(4, &line)));
                }
            }
        }
    }
    if !opened.problems.is_empty() {
        lines.push(String::new());
        lines.extend(opened.problems.iter().map(|problem| words.problem(problem)));
    }
    if !document.passed_over.is_empty() {
        lines.push(String::new());
        let count = document.passed_over.len();
        lines.push(words.get(&Message::new(msg("info-passed-over")).count("count", count)));
        for entry in &document.passed_over {
            lines.push(indented(1, &format!("{}: {}", entry.path, entry.reason)));
        }
    }
    lines.push(String::new());
    lines.push(
        words.get(
            &Message::new(msg("info-summary"))
                .count("found", document.files_found)
                .count("shown", document.files_shown)
                .count("passed", document.passed_over.len()),
        ),
    );
    lines.join("\n") + "\n"
}

fn indented(level: usize, text: &str) -> String {
    format!("{}{text}", "  ".repeat(level))
}

/// What is not empty, with dots between.
fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

fn patient_line(patient: &PatientEntry, words: &Words) -> String {
    let name = PersonName::parse(&patient.patient_name).display_all();
    let name = if name.is_empty() {
        words.id(msg("info-unnamed"))
    } else {
        name
    };
    joined(&[
        name,
        patient.patient_id.clone(),
        words.date(&patient.patient_birth_date),
        patient.patient_sex.clone(),
    ])
}

fn study_line(study: &StudyEntry, words: &Words) -> String {
    joined(&[
        words.date_time(&study.study_date, &study.study_time),
        study.study_description.clone(),
        study.accession_number.clone(),
        study.study_instance_uid.clone(),
    ])
}

fn series_line(series: &SeriesEntry, words: &Words) -> String {
    joined(&[
        series
            .series_number
            .map(|number| number.to_string())
            .unwrap_or_default(),
        series.modality.clone(),
        series.series_description.clone(),
        words.get(&Message::new(msg("info-instances")).count("count", series.instances)),
    ])
}

fn set_line(set: &DisplaySetEntry, words: &Words) -> String {
    let title = set.document.as_ref().map(|document| document.title.clone());
    let title = title.unwrap_or_default();
    if let Some(why) = &set.not_shown {
        return joined(&[title, why.clone()]);
    }
    if let Some(document) = &set.document {
        let pages = document.pages.map_or_else(
            || document.problem.clone().unwrap_or_default(),
            |count| words.get(&Message::new(msg("info-pdf")).count("count", count)),
        );
        return joined(&[title, pages]);
    }
    if set.frames == 0 {
        return words.id(if set.kind == DisplaySetKind::Waveform.name() {
            msg("info-waveform")
        } else {
            msg("info-report")
        });
    }
    let what = Message::new(msg("info-frames"))
        .count("frames", set.frames)
        .number("columns", set.columns.into())
        .number("rows", set.rows.into());
    let mut parts = vec![words.get(&what)];
    parts.extend(set.apart_by.iter().cloned());
    parts.extend(set.missing.clone());
    if let Some(video) = &set.video {
        parts.push(video_part(video, words));
        return joined(&parts);
    }
    match (&set.geometry, &set.no_volume) {
        (Some(geometry), _) => parts.extend(geometry_parts(geometry, words)),
        (None, Some(why)) if set.frames > 1 => parts.push(why.clone()),
        _ => {}
    }
    joined(&parts)
}

fn state_line(state: &PresentationStateEntry, words: &Words) -> String {
    if let Some(why) = &state.refused {
        let refused = Message::new(msg("info-presentation-refused"));
        return words.get(&refused.text("reason", why.as_str()));
    }
    let name = [&state.label, &state.description, &state.sop_instance_uid]
        .into_iter()
        .find(|text| !text.is_empty());
    let named = Message::new(msg("info-presentation"));
    let creator = PersonName::parse(&state.creator).display();
    let by = Message::new(msg("info-presentation-by")).text("creator", creator.as_str());
    let about = Message::new(msg("info-presentation-about"))
        .count("images", state.images)
        .count("series", state.referenced_series.len());
    let mut parts = vec![words.get(&named.text("name", name.cloned().unwrap_or_default()))];
    if !creator.is_empty() {
        parts.push(words.get(&by));
    }
    parts.push(words.date_time(&state.creation_date, &state.creation_time));
    parts.push(words.get(&about));
    parts.extend(state.faults.iter().cloned());
    joined(&parts)
}

fn video_part(video: &VideoEntry, words: &Words) -> String {
    let id = match (video.frame_rate, video.has_audio) {
        (Some(_), false) => msg("info-video"),
        (Some(_), true) => msg("info-video-audio"),
        (None, false) => msg("info-video-no-rate"),
        (None, true) => msg("info-video-no-rate-audio"),
    };
    let mut message = Message::new(id)
        .text("codec", video.codec)
        .text("container", video.container);
    if let Some(fps) = video.frame_rate {
        message = message.number("fps", fps);
    }
    words.get(&message)
}

fn geometry_parts(geometry: &GeometryEntry, words: &Words) -> Vec<String> {
    let [pixel_x, pixel_y] = geometry.pixel_mm;
    let mut parts = vec![
        words.get(
            &Message::new(msg("info-volume"))
                .number("x", pixel_x)
                .number("y", pixel_y)
                .number("z", geometry.slice_mm),
        ),
    ];
    if geometry.tilt_degrees > 0.0 {
        parts.push(
            words.get(&Message::new(msg("info-tilt")).number("degrees", geometry.tilt_degrees)),
        );
    }
    if !geometry.missing_slices.is_empty() {
        let numbers: Vec<String> = geometry.missing_slices.iter().map(u32::to_string).collect();
        parts.push(
            words.get(
                &Message::new(msg("info-missing"))
                    .count("count", numbers.len())
                    .text("numbers", numbers.join(", ")),
            ),
        );
    }
    if geometry.duplicates > 0 {
        parts.push(
            words.get(&Message::new(msg("info-duplicates")).count("count", geometry.duplicates)),
        );
    }
    parts
}
