//! `report new`: findings placed on the images, measured, saved and read back.

use std::process::ExitCode;

use serde_json::json;

use super::DONE_IN_PART;
use super::NewArgs;
use super::complain;
use super::findings_file::FindingEntry;
use super::findings_file::FindingsFile;
use super::say;
use super::sources::Sources;
use crate::annotation::Anchor;
use crate::annotation::Annotation;
use crate::annotation::AnnotationId;
use crate::annotation::AnnotationKind;
use crate::annotation::Code;
use crate::annotation::Geometry;
use crate::annotation::Measured;
use crate::annotation::PixelSource as _;
use crate::annotation::Points;
use crate::annotation::measure;
use crate::annotation::measure_quantities;
use crate::annotation::pixel_from_patient;
use crate::dicom::new_uid;
use crate::files::Readable;
use crate::files::make_folder;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::model::DisplaySet;
use crate::model::FrameKey;
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

/// Without a frame of reference, points in patient mm must lie this near to the plane of an image
/// to be drawn on it.
const ON_IMAGE_MM: f64 = 0.5;

pub(super) fn run(args: &NewArgs, words: &Words) -> Result<ExitCode, Problem> {
    let file = FindingsFile::read(&args.findings)?;
    let about_file = |message| Problem::error(message).at(&args.findings);
    let template = file.template().map_err(about_file)?;
    let sources = Sources::open(&args.paths)?;
    let mut failures: Vec<Problem> = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    let mut report: Vec<serde_json::Value> = Vec::new();
    for (index, entry) in file.findings.iter().enumerate() {
        let label = entry.named(index);
        let measured = placed(&sources, entry, &label).and_then(|annotation| {
            let measured = match entry.quantities()? {
                Some(quantities) => measure_quantities(&annotation, &quantities, &sources),
                None => measure(&annotation, &sources),
            };
            Ok((annotation, measured))
        });
        failures.extend(sources.take_problems());
        match measured {
            Ok((annotation, measured)) => {
                failures.extend(missing(&label, &measured, words));
                report.push(as_json(&annotation, &measured));
                findings.push(Finding {
                    measurements: measured.values.into_iter().map(|(_, m)| m).collect(),
                    annotation,
                    kept: Vec::new(),
                });
            }
            Err(reason) => failures.push(Problem::error(
                Message::new(msg("findings-entry"))
                    .text("label", &label)
                    .message("reason", reason),
            )),
        }
    }
    let study = study_of(&sources, &findings);
    let evidence = study
        .and_then(|study| Evidence::of_study(&sources.library, study))
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
fn study_of(sources: &Sources, findings: &[Finding]) -> Option<StudyKey> {
    let first = findings.first().map(|f| &f.annotation.anchor);
    let of_finding = first.and_then(|anchor| {
        let instance = sources.instance(&anchor.sop_instance_uid)?;
        Some(sources.library.series(instance.series)?.study)
    });
    of_finding.or_else(|| {
        let mut sets = sources.library.display_sets();
        Some(sets.find(|set| set.is_image())?.study)
    })
}

/// The entry as an annotation on an image.
fn placed(sources: &Sources, entry: &FindingEntry, label: &str) -> Result<Annotation, Message> {
    let shape = &entry.geometry;
    let (points, anchor) = match (&shape.points_mm, &shape.points_px) {
        (Some(points), None) => {
            let points: Vec<DVec3> = points.iter().map(|&p| DVec3::from_array(p)).collect();
            in_patient(sources, shape.series_instance_uid.as_deref(), points)?
        }
        (None, Some(points)) => {
            let points = points.iter().map(|&p| DVec2::from_array(p)).collect();
            let uid = shape
                .sop_instance_uid
                .as_deref()
                .ok_or_else(|| Message::new(msg("findings-needs-image")))?;
            (Points::Image(points), on_image(sources, uid, shape.frame)?)
        }
        _ => return Err(Message::new(msg("findings-needs-points"))),
    };
    let annotation = Annotation {
        id: AnnotationId(0),
        tracking_uid: new_uid().into(),
        label: label.to_owned(),
        text: entry.text.clone(),
        kind: AnnotationKind::Other,
        geometry: shape.geometry(),
        points: open(shape.geometry(), &points),
        anchor,
        finding: entry
            .code
            .as_ref()
            .map(|[value, scheme, meaning]| Code::new(value, scheme, meaning)),
        label_offset: None,
    };
    if annotation.is_writable() {
        Ok(annotation)
    } else {
        Err(Message::new(msg("findings-points-wrong")))
    }
}

/// A polygon may repeat its first point at the end or not.
fn open(geometry: Geometry, points: &Points) -> Points {
    let mut space = points.to_space();
    if geometry == Geometry::Polygon && space.len() > 3 && space.first() == space.last() {
        space.pop();
    }
    points.like(space)
}

fn on_image(sources: &Sources, uid: &str, frame: Option<u32>) -> Result<Anchor, Message> {
    let absent = || Message::new(msg("findings-no-such-image")).text("uid", uid);
    let instance = sources.instance(uid).ok_or_else(absent)?;
    // Frames are counted from 1 outside.
    let number = frame.unwrap_or(1);
    let count = instance.facts.frame_count;
    if number == 0 || number > count {
        return Err(Message::new(msg("findings-no-such-frame"))
            .count("frame", number as usize)
            .count("count", count as usize));
    }
    sr::anchor_of(&sources.library, instance, number - 1).ok_or_else(absent)
}

/// Points in patient mm, anchored to the nearest image of the series.
fn in_patient(
    sources: &Sources,
    series_instance_uid: Option<&str>,
    points: Vec<DVec3>,
) -> Result<(Points, Anchor), Message> {
    let nowhere = || Message::new(msg("findings-no-space"));
    let first = points
        .first()
        .copied()
        .ok_or_else(|| Message::new(msg("findings-needs-points")))?;
    let set = spatial_set(sources, series_instance_uid).ok_or_else(nowhere)?;
    let plane_of = |key: &FrameKey| {
        let instance = sources.library.instance(key.instance)?;
        Some((instance, instance.facts.frame(key.frame)?.plane?))
    };
    let distance_mm = |key: &FrameKey| {
        let (_, plane) = plane_of(key)?;
        Some((first - plane.origin).dot(plane.normal()).abs())
    };
    let (_, key) = set
        .frames
        .iter()
        .filter_map(|key| Some((distance_mm(key)?, key)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .ok_or_else(nowhere)?;
    let (instance, _) = plane_of(key).ok_or_else(nowhere)?;
    let anchor = sr::anchor_of(&sources.library, instance, key.frame).ok_or_else(nowhere)?;
    if anchor.frame_of_reference.is_some() {
        return Ok((Points::Patient(points), anchor));
    }
    // Patient coordinates need a frame of reference to be written; without one the points are
    // drawn on the image they lie on.
    let image = sources.image(&anchor).ok_or_else(nowhere)?;
    let (Some(plane), Some(spacing)) = (image.plane, image.spacing) else {
        return Err(nowhere());
    };
    let pixels: Option<Vec<DVec2>> = points
        .iter()
        .map(|&point| {
            let (pixel, distance_mm) = pixel_from_patient(&plane, spacing, point);
            (distance_mm.abs() <= ON_IMAGE_MM).then_some(pixel)
        })
        .collect();
    let pixels = pixels.ok_or_else(|| Message::new(msg("findings-no-frame-of-reference")))?;
    Ok((Points::Image(pixels), anchor))
}

/// The series asked for; else the first that makes a volume, else the first that lies in space.
fn spatial_set<'a>(sources: &'a Sources, series: Option<&str>) -> Option<&'a DisplaySet> {
    let has_plane = |set: &&DisplaySet| {
        set.frames.iter().any(|key| {
            let instance = sources.library.instance(key.instance);
            let facts = instance.and_then(|instance| instance.facts.frame(key.frame));
            facts.is_some_and(|facts| facts.plane.is_some())
        })
    };
    let is_wanted =
        |set: &&DisplaySet| series.is_none_or(|series| *set.series_instance_uid == *series);
    let sets = || sources.library.display_sets().filter(is_wanted);
    sets()
        .find(|set| set.volume.is_ok())
        .or_else(|| sets().find(has_plane))
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
