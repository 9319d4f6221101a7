//! The value under the pointer, in full precision, and where it is.

use std::sync::Arc;

use super::showing::{Pixels, Showing};
use super::value_text::{Precision, sample_text, symbol, unit_text};
use crate::geom::{DVec2, DVec3};
use crate::imaging;
use crate::imaging::sampling::Blank;
use crate::imaging::{FrameImage, Probe, mapped_values};
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::workspace::Workspace;

/// Mapped values named beside the value itself, at most.
const MOST_MAPPED: usize = 3;

/// For the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeText {
    /// The value with its unit; empty outside the image.
    pub value: String,
    /// The patient position, or the pixel where there is none.
    pub position: String,
    /// Which image, and how thick.
    pub place: String,
    /// What lies over the image there: segments, regions, dose.
    pub layers: String,
}

/// What lies at a position of the pane; `None` while nothing is shown.
pub(super) fn probe_text(
    showing: &Showing,
    workspace: &Workspace,
    words: &Words,
    at_px: DVec2,
) -> Option<ProbeText> {
    if let Pixels::Preview(_) = &showing.pixels {
        // Its levels are the node's, of no quantity.
        return Some(ProbeText {
            value: words.id(msg("preview-no-values")),
            position: String::new(),
            place: super::corners::place_text(workspace, showing, words),
            layers: String::new(),
        });
    }
    let precision = Precision::of(showing.image.as_ref()?);
    let point = showing.view.patient_from_screen(at_px);
    let pixel = showing.view.image_from_screen(at_px);
    let value = match &showing.pixels {
        Pixels::Frame(frame) => {
            pixel
                .and_then(|at| imaging::probe(frame, at.x, at.y))
                .map(|probe| {
                    let frame = match showing.key {
                        Some(key) => {
                            workspace
                                .value_mappings
                                .beside(&workspace.library, key, frame)
                        }
                        None => Arc::clone(frame),
                    };
                    frame_text(&frame, &probe, precision, words)
                })
        }
        Pixels::Plane(volume, ..) => {
            point
                .and_then(|point| volume.probe(point))
                .map(|probe| match probe.value {
                    Ok(value) => {
                        let suv = probe.suv_bw_factor.map(|factor| factor * value);
                        grey_text(
                            value,
                            suv,
                            &unit_text(&probe.units, words),
                            precision,
                            words,
                        )
                    }
                    Err(Blank::Gap) => words.id(msg("probe-gap")),
                    Err(Blank::NoData) => probe.unmapped.map_or_else(
                        || words.id(msg("probe-padding")),
                        |stored| unmapped_text(stored, words),
                    ),
                })
        }
        Pixels::Preview(_) | Pixels::Waiting | Pixels::Failed(_) => return None,
    };
    let position = match (point, pixel) {
        (Some(point), _) => point_text(point, words),
        (None, Some(pixel)) => {
            let [x, y] = (pixel + 0.5).floor().to_array();
            words.get(
                &Message::new(msg("probe-pixel"))
                    .text("column", words.number(x, 0))
                    .text("row", words.number(y, 0)),
            )
        }
        (None, None) => String::new(),
    };
    let place = super::corners::place_text(workspace, showing, words);
    Some(ProbeText {
        value: value.unwrap_or_default(),
        position,
        place,
        layers: super::layers::probe_text(workspace, showing, words, at_px),
    })
}

/// The value, and what else it stands for.
fn frame_text(frame: &FrameImage, probe: &Probe, precision: Precision, words: &Words) -> String {
    let mut parts = vec![value_text(probe, precision, words)];
    if let Probe::Grey { stored, .. } | Probe::Unmapped { stored } = probe {
        let mapped = mapped_values(frame, *stored);
        parts.extend(mapped.iter().take(MOST_MAPPED).map(|it| {
            let value = sample_text(it.value, symbol(&it.unit), Precision::Float, words);
            format!("{}\u{a0}{value}", it.label)
        }));
    }
    parts.join(" · ")
}

fn value_text(probe: &Probe, precision: Precision, words: &Words) -> String {
    match probe {
        Probe::Grey {
            value,
            units,
            suv_bw,
            ..
        } => grey_text(*value, *suv_bw, &unit_text(units, words), precision, words),
        Probe::Unmapped { stored } => unmapped_text(*stored, words),
        Probe::Padding { .. } => words.id(msg("probe-padding")),
        Probe::Missing => words.id(msg("probe-missing")),
        Probe::Colour([r, g, b]) => format!("R\u{a0}{r} G\u{a0}{g} B\u{a0}{b}"),
    }
}

/// A stored value that stands for nothing.
fn unmapped_text(stored: f64, words: &Words) -> String {
    let decimals = if stored.fract() == 0.0 { 0 } else { 3 };
    let stored = words.number(stored, decimals);
    words.get(&Message::new(msg("probe-unmapped")).text("stored", stored))
}

/// The value, and what it means as uptake.
fn grey_text(
    value: f64,
    suv_bw: Option<f64>,
    unit: &str,
    precision: Precision,
    words: &Words,
) -> String {
    let value = sample_text(value, unit, precision, words);
    match suv_bw {
        Some(suv) => format!("{value} · {}", suv_text(suv, words)),
        None => value,
    }
}

/// An uptake by body weight.
pub(super) fn suv_text(suv: f64, words: &Words) -> String {
    format!("SUVbw\u{a0}{}", words.number(suv, 2))
}

fn point_text(point: DVec3, words: &Words) -> String {
    let [x, y, z] = point.to_array().map(|value| words.number(value, 1));
    words.get(
        &Message::new(msg("probe-point"))
            .text("x", x)
            .text("y", y)
            .text("z", z),
    )
}
