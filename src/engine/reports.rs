//! Reports as jobs: saved, and read when they are opened.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::annotation;
use crate::annotation::ManuallyCalibrated;
use crate::dicom::{read_full, tags};
use crate::engine::Engine;
use crate::engine::own_pixels::OwnPixels;
use crate::jobs::JobCtx;
use crate::model::{DisplaySetId, StudyKey};
use crate::objects::sr::{
    self, DocumentReference, Evidence, Finding, Findings, OpenImages, TEMPLATES, template_of,
};
use crate::problem::{Message, Problem, Problems, msg};
use crate::workspace::{Arrival, Command, Document, Workspace};

/// What reports that were opened said beside what we show; goes back into the next report.
#[derive(Debug, Default)]
pub(super) struct ReportsRead(Mutex<Vec<ReportRead>>);

#[derive(Debug, Clone)]
struct ReportRead {
    study: StudyKey,
    reference: Option<DocumentReference>,
    findings: Findings,
}

impl ReportsRead {
    fn latest(&self, study: StudyKey) -> Option<ReportRead> {
        let reports = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reports
            .iter()
            .rev()
            .find(|report| report.study == study)
            .cloned()
    }
}

impl Engine {
    pub(super) fn spawn_read_report(&self, set: DisplaySetId, workspace: &Workspace) {
        let library = &workspace.library;
        let Some(display_set) = library.display_set(set) else {
            return;
        };
        let study = display_set.study;
        let Some(header) = display_set
            .instances
            .first()
            .and_then(|ix| library.header(*ix))
        else {
            return;
        };
        // What a later version changed or withdrew must not come back from an earlier one.
        let uid = header.dataset.elements().text(tags::SOP_INSTANCE_UID);
        let reports = library.report_sets().into_iter();
        let is_replaced = reports
            .filter_map(|set| library.display_set(set))
            .flat_map(|set| set.instances.iter())
            .filter_map(|ix| library.header(*ix))
            .any(|other| {
                let elements = other.dataset.elements();
                uid.as_deref()
                    .is_some_and(|uid| sr::SrDocument::replaces(elements, uid))
            });
        if is_replaced {
            return;
        }
        let source = header.source.clone();
        let images = OpenImages::of_study(library, study);
        let (reports, sender) = (Arc::clone(&self.reports), self.sender.clone());
        let read_report = move |_ctx: &JobCtx| {
            let path = source.display_path();
            let header = read_full(source).ok()?;
            let document = sr::read_document(header.dataset).ok()?;
            // A report of another kind is shown as a tree; there is nothing to put on images.
            let template = template_of(&document.root)?;
            let problems = Problems::new();
            let findings = template.read(&document, &images, &problems);
            problems
                .drain()
                .into_iter()
                .for_each(|problem| super::notify(&sender, problem.at(&path)));
            let annotations = findings
                .findings
                .iter()
                .map(|finding| finding.annotation.clone())
                .collect();
            let (text, impression) = (findings.text.clone(), findings.impression.clone());
            let read = ReportRead {
                study,
                reference: document.reference(),
                findings,
            };
            reports
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(read);
            Some(Arrival::ReportRead {
                study,
                annotations,
                findings: text,
                impression,
            })
        };
        let title = Message::new(msg("job-read-report"));
        self.spawn_event(title, false, read_report, |_| None);
    }

    pub(super) fn spawn_save_report(
        &self,
        study: StudyKey,
        document: Document,
        folder: PathBuf,
        workspace: &Workspace,
    ) {
        let library = &workspace.library;
        let anchors = document
            .annotations
            .iter()
            .map(|annotation| &annotation.anchor);
        let ctx = JobCtx::new();
        let patient = library.study(study).map(|study| study.patient);
        let pixels = OwnPixels::new(
            (library, patient),
            self,
            anchors,
            (*self.budget).clone(),
            ctx,
        );
        let earlier = self.reports.latest(study);
        let Some(mut evidence) = Evidence::of_study(library, study) else {
            let message = Message::new(msg("report-no-images"));
            let failed = Arrival::ReportFailed {
                study,
                problem: Problem::error(message),
            };
            // The receiver is gone only when the program ends.
            drop(self.sender.send(Command::Arrived(failed)));
            return;
        };
        evidence.predecessor = earlier.as_ref().and_then(|report| report.reference.clone());
        let observer = workspace.settings.observer.clone();
        let language = workspace.settings.language.spoken();
        let sender = self.sender.clone();
        let save_report = move |_ctx: &JobCtx| {
            let mut findings = Findings {
                observer,
                language,
                text: document.findings.to_string(),
                impression: document.impression.to_string(),
                ..Findings::default()
            };
            for annotation in &document.annotations {
                let calibrated = ManuallyCalibrated {
                    inner: &pixels,
                    calibrations: &document.calibrations,
                };
                let measured = annotation::measure(annotation, &calibrated);
                if let Some(quantity) = measured.missing.first() {
                    pixels
                        .take_problems()
                        .into_iter()
                        .for_each(|problem| super::notify(&sender, problem));
                    let message = Message::new(msg("report-value-missing"))
                        .text("label", annotation.label.clone())
                        .text(
                            "quantity",
                            quantity.code(&crate::imaging::Units::None).meaning,
                        );
                    return Some(Arrival::ReportFailed {
                        study,
                        problem: Problem::error(message),
                    });
                }
                let kept = earlier.as_ref().map_or_else(Vec::new, |report| {
                    kept(&report.findings, &annotation.tracking_uid)
                });
                findings.findings.push(Finding {
                    annotation: (**annotation).clone(),
                    measurements: measured
                        .values
                        .into_iter()
                        .map(|(_, measurement)| measurement)
                        .collect(),
                    kept,
                });
            }
            if let Some(report) = &earlier {
                findings.title.clone_from(&report.findings.title);
                findings.other.clone_from(&report.findings.other);
            }
            let template = *TEMPLATES.first()?;
            Some(match save(&findings, &evidence, template, &folder) {
                Ok(path) => Arrival::ReportSaved {
                    study,
                    path,
                    document,
                },
                Err(message) => Arrival::ReportFailed {
                    study,
                    problem: Problem::error(message).at(&folder),
                },
            })
        };
        let title = Message::new(msg("job-save-report"));
        let not_saved = move |problem| Some(Arrival::ReportFailed { study, problem });
        self.spawn_event(title, true, save_report, not_saved);
    }
}

fn save(
    findings: &Findings,
    evidence: &Evidence,
    template: &dyn sr::Template,
    folder: &std::path::Path,
) -> Result<PathBuf, Message> {
    crate::files::make_folder(folder, crate::files::Readable::AsUsual)
        .map_err(|error| error.message())?;
    let saved = sr::save(findings, evidence, template, folder).map_err(|error| error.message())?;
    Ok(saved.path().to_owned())
}

fn kept(findings: &Findings, tracking_uid: &str) -> Vec<sr::ContentItem> {
    let same = |finding: &&Finding| *finding.annotation.tracking_uid == *tracking_uid;
    findings
        .findings
        .iter()
        .find(same)
        .map_or_else(Vec::new, |finding| finding.kept.clone())
}
