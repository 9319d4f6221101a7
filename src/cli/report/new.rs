//! `report new`: findings placed on the images, measured, saved and read back.

use std::process::ExitCode;

use serde_json::json;

use super::DONE_IN_PART;
use super::NewArgs;
use super::complain;
use super::findings_file::FindingEntry;
use super::findings_file::FindingsFile;
use super::placing::instance;
use super::placing::placed;
use super::say;
use crate::annotation::Annotation;
use crate::annotation::Measured;
use crate::annotation::Quantity;
use crate::annotation::measure;
use crate::annotation::measure_quantities;
use crate::cache::Budget;
use crate::engine::OwnPixels;
use crate::engine::open::open;
use crate::files::Readable;
use crate::files::make_folder;
use crate::jobs::JobCtx;
use crate::model::DisplaySet;
use crate::model::Library;
use crate::model::StudyKey;
use crate::objects::sr;
use crate::objects::sr::Evidence;
use crate::objects::sr::Finding;
use crate::objects::sr::Findings;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Language;
use crate::text::Words;
use crate::view::NoFrames;

pub(super) fn run(args: &NewArgs, words: &Words) -> Result<ExitCode, Problem> {
    let file = FindingsFile::read(&args.findings)?;
    let about_file = |message| Problem::error(message).at(&args.findings);
    let template = file.template().map_err(about_file)?;
    let nothing = || Problem::error(Message::new(msg("report-no-images")));
    let ctx = JobCtx::new();
    // What is passed over is left to `info` to list.
    let library = open(&args.paths, &ctx)
        .map_err(|_cancelled| nothing())?
        .library;
    if !library.display_sets().any(DisplaySet::is_image) {
        return Err(nothing());
    }
    let mut failures: Vec<Problem> = Vec::new();
    let mut annotations: Vec<(Annotation, Option<Vec<Quantity>>)> = Vec::new();
    for (index, entry) in file.findings.iter().enumerate() {
        let label = entry.named(index);
        let annotation = placed(&library, entry, &label)
            .and_then(|annotation| Ok((annotation, entry.quantities()?)));
        match annotation {
            Ok(annotation) => annotations.push(annotation),
            Err(reason) => failures.push(Problem::error(
                Message::new(msg("findings-entry"))
                    .text("label", &label)
                    .message("reason", reason),
            )),
        }
    }
    let anchors = annotations.iter().map(|(annotation, _)| &annotation.anchor);
    let budget = Budget::of_this_machine();
    let pixels = OwnPixels::new((&library, None), &NoFrames, anchors, budget, ctx);
    let mut findings: Vec<Finding> = Vec::new();
    let mut report: Vec<serde_json::Value> = Vec::new();
    for (annotation, quantities) in annotations {
        let measured = match quantities {
            Some(quantities) => measure_quantities(&annotation, &quantities, &pixels),
            None => measure(&annotation, &pixels),
        };
        failures.extend(pixels.take_problems());
        failures.extend(missing(&annotation.label, &measured, words));
        report.push(as_json(&annotation, &measured));
        findings.push(Finding {
            measurements: measured.values.into_iter().map(|(_, m)| m).collect(),
            annotation,
            kept: Vec::new(),
        });
    }
    let study = study_of(&library, &findings);
    let evidence = study
        .and_then(|study| Evidence::of_study(&library, study))
        .ok_or_else(|| Problem::error(Message::new(msg("report-no-images"))))?;
    let is_partial = !failures.is_empty();
    for failure in &failures {
        complain(words, failure);
    }
    let findings = Findings {
        title: file.title,
        observer: file.observer,
        language: Language::from_locale(&file.language).unwrap_or_default(),
        findings,
        text: file.text.findings,
        impression: file.text.impression,
        is_complete: !is_partial,
        other: Vec::new(),
    };
    make_folder(&args.out, Readable::AsUsual)
        .map_err(|error| Problem::error(error.message()).at(&args.out))?;
    let saved = sr::save(&findings, &evidence, template, &args.out)
        .map_err(|error| Problem::error(error.message()).at(&args.out))?;
    if args.json {
        say(&json!({
            "path": saved.path(),
            "sop_instance_uid": saved.sop_instance_uid(),
            "findings": report,
        })
        .to_string());
    } else {
        let path = saved.path().display().to_string();
        say(&words.get(&Message::new(msg("report-saved")).text("path", path)));
    }
    Ok(if is_partial {
        ExitCode::from(DONE_IN_PART)
    } else {
        ExitCode::SUCCESS
    })
}

impl FindingEntry {
    fn named(&self, index: usize) -> String {
        match self.label.trim() {
            "" => (index + 1).to_string(),
            label => label.to_owned(),
        }
    }
}

/// The study of the first finding, else of the first images.
fn study_of(library: &Library, findings: &[Finding]) -> Option<StudyKey> {
    let first = findings.first().map(|f| &f.annotation.anchor);
    let of_finding = first.and_then(|anchor| {
        let instance = instance(library, &anchor.sop_instance_uid)?;
        Some(library.series(instance.series)?.study)
    });
    of_finding.or_else(|| {
        let mut sets = library.display_sets();
        Some(sets.find(|set| set.is_image())?.study)
    })
}

fn missing(label: &str, measured: &Measured, words: &Words) -> Option<Problem> {
    if measured.missing.is_empty() {
        return None;
    }
    let names: Vec<String> = measured
        .missing
        .iter()
        .map(|quantity| words.id(quantity.label()))
        .collect();
    Some(Problem::warning(
        Message::new(msg("findings-not-measured"))
            .text("label", label)
            .text("names", names.join(", ")),
    ))
}

fn as_json(annotation: &Annotation, measured: &Measured) -> serde_json::Value {
    let values = measured.values.iter().map(|(quantity, measurement)| {
        json!({
            "name": quantity.name(),
            "value": measurement.value,
            "unit": measurement.unit.value,
        })
    });
    json!({
        "label": annotation.label,
        "tracking_uid": &*annotation.tracking_uid,
        "sop_instance_uid": &*annotation.anchor.sop_instance_uid,
        "frame": annotation.anchor.frame + 1,
        "measurements": values.collect::<Vec<_>>(),
    })
}
