//! What is written of an annotation, beside it and in the findings panel: computed from
//! full-precision samples, kept until the annotation changes or more of its data is here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError};

use super::frame::calibration_name;
use super::value_text::{Precision, sample_text, symbol};
use crate::annotation::{
    Anchor, Annotation, AnnotationId, AnnotationKind, ImageGeometry, ManualCalibration,
    ManuallyCalibrated, Measured, PixelSource, Points, Quantity, measure,
};
use crate::engine::LoadedPixels;
use crate::geom::DVec3;
use crate::imaging::Calibration;
use crate::imaging::FrameImage;
use crate::imaging::LinearMap;
use crate::model::{DisplaySetId, FrameKey, InstanceIx};
use crate::problem::msg;
use crate::text::Language;
use crate::text::Words;
use crate::view::Frames;
use crate::volume::Volume;
use crate::workspace::Workspace;

/// Samples a region may hold for its values to be computed between two frames of the window;
/// larger ones are measured beside.
const SAMPLES_AT_ONCE: f64 = 150_000.0;
/// In place of values that are being computed.
const PENDING: &str = "…";

/// What was measured, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeasuredLines {
    /// Lengths, angles and areas: true on every image of the same space.
    pub geometry: Vec<String>,
    /// Values of the series it was drawn on; on another they would be read as that one's.
    pub values: Vec<String>,
    /// How many samples were counted.
    pub count: Option<String>,
}

impl MeasuredLines {
    /// Everything.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.geometry.iter().chain(&self.values).chain(&self.count)
    }
}

/// Values by annotation, computed once, and off the window's thread where that takes long.
#[derive(Debug, Default)]
pub struct MeasurementCache(BTreeMap<AnnotationId, Kept>);

#[derive(Debug)]
struct Kept {
    annotation: Arc<Annotation>,
    /// Slices of its data that were here.
    loaded: usize,
    calibrations: Vec<ManualCalibration>,
    /// The objects that map its image to real world values.
    mapped_by: Vec<InstanceIx>,
    values: Values,
    precision: Precision,
    /// In words, with the language they are in.
    lines: Option<(Language, MeasuredLines)>,
}

#[derive(Debug)]
enum Values {
    Pending(Receiver<Measured>),
    Here(Measured),
}

impl MeasurementCache {
    /// The lines of an annotation.
    pub fn lines(
        &mut self,
        annotation: &Arc<Annotation>,
        workspace: &Workspace,
        frames: &dyn Frames,
        words: &Words,
    ) -> MeasuredLines {
        let loaded = loaded(annotation, workspace, frames);
        let calibrations = workspace.calibrations_for(annotation.id);
        let mapped_by = mapped_by(annotation, workspace);
        let is_current = |kept: &Kept| {
            let is_complete =
                matches!(&kept.values, Values::Here(measured) if measured.missing.is_empty());
            // What was let go since does not make a value wrong; what came since may.
            let is_enough = kept.loaded == loaded || (is_complete && loaded < kept.loaded);
            Arc::ptr_eq(&kept.annotation, annotation)
                && is_enough
                && kept.calibrations == calibrations
                && kept.mapped_by == mapped_by
        };
        if !self.0.get(&annotation.id).is_some_and(is_current) {
            let kept = Kept {
                annotation: Arc::clone(annotation),
                loaded,
                calibrations: calibrations.to_vec(),
                mapped_by,
                values: values(annotation, workspace, frames),
                precision: precision(annotation, workspace, frames),
                lines: None,
            };
            self.0.insert(annotation.id, kept);
        }
        let Some(kept) = self.0.get_mut(&annotation.id) else {
            return MeasuredLines::default();
        };
        if let Values::Pending(receiver) = &kept.values
            && let Ok(measured) = receiver.try_recv()
        {
            kept.values = Values::Here(measured);
        }
        let Values::Here(measured) = &kept.values else {
            return MeasuredLines {
                geometry: vec![PENDING.to_owned()],
                ..MeasuredLines::default()
            };
        };
        if let Some((language, lines)) = &kept.lines
            && *language == words.language()
        {
            return lines.clone();
        }
        let lines = lines(annotation, measured, kept.precision, words);
        kept.lines = Some((words.language(), lines.clone()));
        lines
    }

    /// Whether values are being computed; draw again soon. Also of what is not asked for any more:
    /// undone, or of another study.
    #[must_use]
    pub fn is_pending(&mut self) -> bool {
        let mut is_pending = false;
        self.0.retain(|_, kept| {
            let Values::Pending(receiver) = &kept.values else {
                return true;
            };
            match receiver.try_recv() {
                Ok(measured) => kept.values = Values::Here(measured),
                Err(TryRecvError::Empty) => is_pending = true,
                Err(TryRecvError::Disconnected) => return false,
            }
            true
        });
        is_pending
    }
}

fn values(annotation: &Arc<Annotation>, workspace: &Workspace, frames: &dyn Frames) -> Values {
    let source = LoadedPixels {
        library: &workspace.library,
        frames,
        patient: workspace.patient_of_annotation(annotation.id),
    };
    let gathered = Gathered::of(annotation, workspace, frames);
    if samples(annotation, &source) <= SAMPLES_AT_ONCE {
        return Values::Here(measure(annotation, &gathered));
    }
    let (sender, receiver) = crossbeam_channel::bounded(1);
    let annotation = Arc::clone(annotation);
    rayon::spawn(move || {
        // Nobody waits any more when the annotation has changed meanwhile.
        drop(sender.send(measure(&annotation, &gathered)));
    });
    Values::Pending(receiver)
}

/// About how many samples the bounds of a region hold.
fn samples(annotation: &Annotation, source: &LoadedPixels<'_>) -> f64 {
    let is_region = annotation
        .quantities()
        .iter()
        .any(|quantity| matches!(quantity, Quantity::Mean));
    if !is_region {
        return 0.0;
    }
    let points = annotation.points.to_space();
    let low = points.iter().fold(DVec3::INFINITY, |low, p| low.min(*p));
    let high = points
        .iter()
        .fold(DVec3::NEG_INFINITY, |high, p| high.max(*p));
    let mut sides = (high - low).to_array();
    sides.sort_by(f64::total_cmp);
    let area = sides[1] * sides[2];
    let image = source.image(&annotation.anchor);
    let pixel = match (&annotation.points, image.and_then(|image| image.spacing)) {
        (Points::Patient(_), Some(spacing)) => spacing.row_mm * spacing.column_mm,
        _ => 1.0,
    };
    area / pixel.max(1e-9)
}

/// What measuring one annotation needs, to be taken to another thread.
struct Gathered {
    image: Option<ImageGeometry>,
    frame: Option<Arc<FrameImage>>,
    volume: Option<Arc<Volume>>,
}

impl Gathered {
    fn of(annotation: &Annotation, workspace: &Workspace, frames: &dyn Frames) -> Self {
        let source = LoadedPixels {
            library: &workspace.library,
            frames,
            patient: workspace.patient_of_annotation(annotation.id),
        };
        let anchor = &annotation.anchor;
        let calibrated = ManuallyCalibrated {
            inner: &source,
            calibrations: workspace.calibrations_for(annotation.id),
        };
        let frame = source.frame(anchor).map(|frame| {
            let (mappings, library) = (&workspace.value_mappings, &workspace.library);
            key(annotation, workspace).map_or_else(
                || Arc::clone(&frame),
                |key| mappings.beside(library, key, &frame),
            )
        });
        Self {
            image: calibrated.image(anchor),
            frame,
            volume: source.volume(anchor),
        }
    }
}

impl PixelSource for Gathered {
    fn image(&self, _anchor: &Anchor) -> Option<ImageGeometry> {
        self.image.clone()
    }

    fn frame(&self, _anchor: &Anchor) -> Option<Arc<FrameImage>> {
        self.frame.clone()
    }

    fn volume(&self, _anchor: &Anchor) -> Option<Arc<Volume>> {
        self.volume.clone()
    }
}

/// The frame an annotation was drawn on.
fn key(annotation: &Annotation, workspace: &Workspace) -> Option<FrameKey> {
    let (set, index) = workspace.place_of_annotation(annotation)?;
    frame_at(workspace, set, index)
}

fn frame_at(workspace: &Workspace, set: DisplaySetId, index: u32) -> Option<FrameKey> {
    let set = workspace.library.display_set(set)?;
    set.frames.get(index as usize).copied()
}

fn mapped_by(annotation: &Annotation, workspace: &Workspace) -> Vec<InstanceIx> {
    key(annotation, workspace).map_or_else(Vec::new, |key| {
        { &workspace.value_mappings }.objects_for(&workspace.library, key)
    })
}

/// How much of the data under an annotation is here.
fn loaded(annotation: &Annotation, workspace: &Workspace, frames: &dyn Frames) -> usize {
    let Some((set, index)) = workspace.place_of_annotation(annotation) else {
        return 0;
    };
    let key = frame_at(workspace, set, index);
    let own = usize::from(key.is_some_and(|key| frames.frame(key).ready().is_some()));
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

/// How finely the values under an annotation are told apart.
fn precision(annotation: &Annotation, workspace: &Workspace, frames: &dyn Frames) -> Precision {
    let source = LoadedPixels {
        library: &workspace.library,
        frames,
        patient: workspace.patient_of_annotation(annotation.id),
    };
    let image = source.frame(&annotation.anchor);
    image.map_or(Precision::Float, |image| Precision::of(&image))
}

fn lines(
    annotation: &Annotation,
    measured: &Measured,
    precision: Precision,
    words: &Words,
) -> MeasuredLines {
    let mut lines = MeasuredLines::default();
    if annotation.kind == AnnotationKind::Arrow {
        return lines; // it points; what it says is its text, not a value
    }
    let text = |quantity: Quantity, with_unit: bool| {
        let (_, measurement) = measured.values.iter().find(|(q, _)| *q == quantity)?;
        let unit = if with_unit {
            measurement.unit.value.as_str()
        } else {
            ""
        };
        let unknown = &measurement.unit.meaning;
        let text = value_text(quantity, measurement.value, unit, unknown, precision, words);
        Some(text)
    };
    for quantity in [
        Quantity::Length,
        Quantity::Angle,
        Quantity::Duration,
        Quantity::Velocity,
        Quantity::Depth,
        Quantity::Area,
    ] {
        lines.geometry.extend(text(quantity, true));
    }
    lines.values.extend(text(Quantity::Value, true));
    let named = |quantity: Quantity, with_unit: bool| {
        let value = text(quantity, with_unit)?;
        Some(format!("{}\u{a0}{value}", words.id(quantity.label())))
    };
    for (first, second) in [
        (Quantity::Mean, Quantity::StandardDeviation),
        (Quantity::Minimum, Quantity::Maximum),
    ] {
        // One unit for both, behind the second.
        let second = named(second, true);
        let first = named(first, second.is_none());
        let both: Vec<String> = first.into_iter().chain(second).collect();
        if !both.is_empty() {
            lines.values.push(both.join("  "));
        }
    }
    lines.values.extend(suv_line(measured, words));
    lines.values.extend(mapped_lines(measured, words));
    lines.count = named(Quantity::Count, true);
    if let Some(source) = measured.calibration.and_then(calibration_name)
        && measured.calibration != Some(Calibration::Patient)
        && let Some(first) = lines.geometry.first_mut()
    {
        *first = format!("{first} ({})", words.id(source));
    }
    lines
}

/// The same values by the image's other mappings: of a region mean and extremes, of a point itself.
fn mapped_lines(measured: &Measured, words: &Words) -> Vec<String> {
    let value = |quantity| measured.value(quantity);
    let of = |map: &LinearMap| {
        let text = |value| sample_text(value, symbol(&map.unit), Precision::Float, words);
        if let Some(value) = value(Quantity::Value) {
            let [value, ..] = map.region(value, value, value)?;
            return Some(format!("{}\u{a0}{}", map.label, text(value)));
        }
        let (low, high) = (value(Quantity::Minimum)?, value(Quantity::Maximum)?);
        let region = map.region(value(Quantity::Mean)?, low, high)?;
        let named = [Quantity::Mean, Quantity::Minimum, Quantity::Maximum];
        let parts = named.iter().zip(region);
        let parts = parts.map(|(q, value)| format!("{}\u{a0}{}", words.id(q.label()), text(value)));
        let parts: Vec<String> = parts.collect();
        Some(format!("{} {}", map.label, parts.join("  ")))
    };
    measured.value_maps.iter().filter_map(of).collect()
}

/// The same values as uptake by body weight: of a region its mean and its maximum, of a point itself.
fn suv_line(measured: &Measured, words: &Words) -> Option<String> {
    let factor = measured.suv_bw_factor?;
    let named = |quantity: Quantity| {
        let suv = super::probe::suv_text(measured.value(quantity)? * factor, words);
        Some(match quantity {
            Quantity::Value => suv,
            _ => format!("{} {suv}", words.id(quantity.label())),
        })
    };
    let parts: Vec<String> = [Quantity::Value, Quantity::Mean, Quantity::Maximum]
        .into_iter()
        .filter_map(named)
        .collect();
    (!parts.is_empty()).then(|| parts.join("  "))
}

/// A value as it is read: tenths of millimetres, tenths of degrees, values to what they are worth.
fn value_text(
    quantity: Quantity,
    value: f64,
    unit: &str,
    unknown: &str,
    precision: Precision,
    words: &Words,
) -> String {
    let hounsfield;
    let unit = match unit {
        "" | "1" => "",
        "mm" => "mm",
        "ms" => "ms",
        "cm/s" => "cm/s",
        "mm2" if value >= 1000.0 => return words.with_unit(value / 100.0, 1, "cm²"),
        "mm2" => "mm²",
        "deg" => "°",
        "[hnsf'U]" => {
            hounsfield = words.id(msg("unit-hounsfield"));
            &hounsfield
        }
        "{pixels}" | "{pixel}" => "px",
        "{pixels}2" | "{pixel}2" => "px²",
        // A unit of its own in braces is the data's word for it.
        own if own.starts_with('{') && symbol(own) == own => symbol(unknown),
        ucum => symbol(ucum),
    };
    match quantity {
        Quantity::Count => words.number(value, 0),
        Quantity::Duration => words.with_unit(value, 0, unit),
        Quantity::Length
        | Quantity::Angle
        | Quantity::Area
        | Quantity::Velocity
        | Quantity::Depth => words.with_unit(value, 1, unit),
        Quantity::Minimum | Quantity::Maximum | Quantity::Value => {
            words.with_unit(value, precision.of_sample(value), unit)
        }
        Quantity::Mean | Quantity::StandardDeviation => {
            words.with_unit(value, precision.of_mean(value), unit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::{Geometry, testing};

    fn pending(id: u64) -> (AnnotationId, Kept, crossbeam_channel::Sender<Measured>) {
        let (sender, receiver) = crossbeam_channel::bounded(1);
        let points = Points::Image(Vec::new());
        let annotation = testing::annotation(AnnotationKind::EllipseRoi, Geometry::Ellipse, points);
        let kept = Kept {
            annotation: Arc::new(annotation),
            calibrations: Vec::new(),
            mapped_by: Vec::new(),
            loaded: 0,
            values: Values::Pending(receiver),
            precision: Precision::Float,
            lines: None,
        };
        (AnnotationId(id), kept, sender)
    }

    #[test]
    fn values_that_nobody_asks_for_any_more_do_not_keep_the_window_drawing() {
        let (arrives, first, sender) = pending(1);
        let (given_up, second, dropped) = pending(2);
        let mut cache = MeasurementCache([(arrives, first), (given_up, second)].into());
        drop(dropped);
        assert!(cache.is_pending());
        assert!(!cache.0.contains_key(&given_up));
        sender.send(Measured::default()).unwrap();
        assert!(!cache.is_pending());
        assert!(matches!(cache.0[&arrives].values, Values::Here(_)));
    }
}
