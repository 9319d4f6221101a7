//! Whose image it is: patient, study and series, from the header of the very image on screen.

use super::super::showing::Showing;
use super::{ESSENTIAL, Line, joined, line};
use crate::dicom::InstanceHeader;
use crate::dicom::PersonName;
use crate::dicom::modules::{PatientModule, SeriesModule, StudyModule};
use crate::model::InstanceIx;
use crate::problem::{Message, msg};
use crate::text::{Words, age_at};
use crate::workspace::Workspace;

/// Whose picture it is, on one line; the marker where identification is hidden.
pub(in crate::ui::viewport) fn patient_name(
    workspace: &Workspace,
    showing: &Showing,
    words: &Words,
) -> String {
    name_in(workspace, super::header_of(workspace, showing), words)
}

/// Whose instance it is, on one line; the marker where identification is hidden.
pub(in crate::ui) fn name_of(
    workspace: &Workspace,
    instance: Option<InstanceIx>,
    words: &Words,
) -> String {
    let header = instance.and_then(|instance| workspace.library.header(instance));
    name_in(workspace, header.map(AsRef::as_ref), words)
}

fn name_in(workspace: &Workspace, header: Option<&InstanceHeader>, words: &Words) -> String {
    if workspace.is_identification_hidden {
        return words.id(msg("viewport-hidden"));
    }
    let name = header.map(|header| PatientModule::read(header.dataset.elements()).name);
    let name = name.map(|name| PersonName::parse(&name).display());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| words.id(msg("viewport-no-name")))
}

pub(super) fn patient_lines(
    patient: &PatientModule,
    study: &StudyModule,
    words: &Words,
) -> Vec<Line> {
    let age = if patient.age.trim().is_empty() {
        age_at(&patient.birth_date, &study.date).unwrap_or_default()
    } else {
        patient.age.clone()
    };
    let born_sex_age = [
        words.date(&patient.birth_date),
        patient.sex.trim().to_owned(),
        words.age(&age),
    ];
    vec![
        line(ESSENTIAL, patient.patient_id.clone()),
        line(3, joined(&born_sex_age)),
    ]
}

pub(super) fn study_lines(study: &StudyModule, words: &Words) -> Vec<Line> {
    vec![
        line(4, study.institution.clone()),
        line(1, study.description.clone()),
        line(3, study.accession_number.clone()),
        line(2, words.date_time(&study.date, &study.time)),
    ]
}

pub(super) fn series_line(series: &SeriesModule, words: &Words) -> String {
    let number = series.number.map(|number| {
        words.get(&Message::new(msg("viewport-series")).number("number", number as f64))
    });
    joined(&[number.unwrap_or_default(), series.description.clone()])
}
