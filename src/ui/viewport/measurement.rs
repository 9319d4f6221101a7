//! The lines beside an annotation, here and in the findings panel: computed from full-precision
//! samples, kept until the annotation changes or more of its data is here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frame::calibration_name;
use crate::annotation::{
    Annotation, AnnotationId, AnnotationKind, Measured, Points, Quantity, measure,
};
use crate::engine::LoadedPixels;
use crate::imaging::Calibration;
use crate::text::Words;
use crate::view::Frames;
use crate::workspace::Workspace;

/// What the values of an annotation are, in the reader's language; lines of label and report panel.
///
/// Nothing is kept: for what is drawn every frame use [`MeasurementCache`].
#[must_use]
pub fn measurement_lines(
    annotation: &Annotation,
    workspace: &Workspace,
    frames: &dyn Frames,
    words: &Words,
) -> Vec<String> {
    let source = LoadedPixels {
        library: &workspace.library,
        frames,
    };
    lines(annotation, &measure(annotation, &source), words)
}

/// Values by annotation, computed once.
#[derive(Debug, Default)]
pub struct MeasurementCache(BTreeMap<AnnotationId, Kept>);

#[derive(Debug)]
struct Kept {
    annotation: Arc<Annotation>,
    is_complete: bool,
    language: crate::text::Language,
    lines: Vec<String>,
    /// Slices of its data that were here.
    loaded: usize,
}

impl MeasurementCache {
    /// The lines of an annotation.
    pub fn lines(
        &mut self,
        annotation: &Arc<Annotation>,
        workspace: &Workspace,
        frames: &dyn Frames,
        words: &Words,
    ) -> Vec<String> {
        let loaded = loaded(annotation, workspace, frames);
        if let Some(kept) = self.0.get(&annotation.id)
            && Arc::ptr_eq(&kept.annotation, annotation)
            && kept.language == words.language()
            && (kept.is_complete || kept.loaded == loaded)
        {
            return kept.lines.clone();
        }
        let source = LoadedPixels {
            library: &workspace.library,
            frames,
        };
        let measured = measure(annotation, &source);
        let lines = lines(annotation, &measured, words);
        self.0.insert(
            annotation.id,
            Kept {
                annotation: Arc::clone(annotation),
                is_complete: measured.missing.is_empty(),
                language: words.language(),
                lines: lines.clone(),
                loaded,
            },
        );
        lines
    }
}

/// How much of the data under an annotation is here.
fn loaded(annotation: &Annotation, workspace: &Workspace, frames: &dyn Frames) -> usize {
    let anchor = &annotation.anchor;
    let found = workspace
        .library
        .find_frame(&anchor.sop_instance_uid, anchor.frame);
    let Some((set, index)) = found else { return 0 };
    let key = workspace
        .library
        .display_set(set)
        .and_then(|set| set.frames.get(index as usize));
    let own = usize::from(key.is_some_and(|key| frames.frame(*key).ready().is_some()));
    let in_volume = match &annotation.points {
        Points::Image(_) => 0,
        Points::Patient(_) => frames.volume(set).ready().map_or(0, |volume| {
            volume
                .slices
                .iter()
                .filter(|slice| slice.get().is_some())
                .count()
        }),
    };
    own + in_volume
}

fn lines(annotation: &Annotation, measured: &Measured, words: &Words) -> Vec<String> {
    let mut lines = Vec::new();
    if annotation.kind == AnnotationKind::Arrow {
        lines.extend(annotation.text.lines().map(str::to_owned));
        return lines;
    }
    let text = |quantity: Quantity| {
        measured
            .values
            .iter()
            .find(|(q, _)| *q == quantity)
            .map(|(_, m)| value_text(quantity, m.value, &m.unit.value, &m.unit.meaning, words))
    };
    for quantity in [Quantity::Length, Quantity::Angle, Quantity::Value] {
        lines.extend(text(quantity));
    }
    if let Some(area) = text(Quantity::Area) {
        lines.push(area);
    }
    let named = |quantity: Quantity| {
        text(quantity).map(|value| format!("{} {value}", words.id(quantity.label())))
    };
    let pairs = [
        (Quantity::Mean, Quantity::StandardDeviation),
        (Quantity::Minimum, Quantity::Maximum),
    ];
    for (first, second) in pairs {
        let both: Vec<String> = named(first).into_iter().chain(named(second)).collect();
        if !both.is_empty() {
            lines.push(both.join("  "));
        }
    }
    lines.extend(named(Quantity::Count));
    if let Some(source) = measured.calibration.and_then(calibration_name)
        && measured.calibration != Some(Calibration::Patient)
        && let Some(first) = lines.first_mut()
    {
        *first = format!("{first} ({})", words.id(source));
    }
    lines
}

/// A value as it is read: tenths of millimetres, tenths of degrees, values to what they are worth.
fn value_text(
    quantity: Quantity,
    value: f64,
    unit: &str,
    unit_meaning: &str,
    words: &Words,
) -> String {
    let symbol = match unit {
        "mm" => "mm",
        "mm2" if value >= 1000.0 => return words.with_unit(value / 100.0, 1, "cm²"),
        "mm2" => "mm²",
        "deg" => "°",
        "[hnsf'U]" => "HU",
        "{pixels}" | "{pixel}" => "px",
        "{pixels}2" | "{pixel}2" => "px²",
        "1" => "",
        _ => unit_meaning,
    };
    match quantity {
        Quantity::Count => words.number(value, 0),
        Quantity::Length | Quantity::Angle | Quantity::Area => words.with_unit(value, 1, symbol),
        Quantity::Minimum | Quantity::Maximum | Quantity::Value => {
            super::probe::number_text(value, symbol, words)
        }
        Quantity::Mean | Quantity::StandardDeviation => {
            let decimals = if value.abs() >= 1.0 { 1 } else { 4 };
            words.with_unit(value, decimals, symbol)
        }
    }
}
