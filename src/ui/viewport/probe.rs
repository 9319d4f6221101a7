//! The value under the pointer, in full precision, and where it is.

use super::showing::{Pixels, Showing};
use crate::geom::{DVec2, DVec3};
use crate::imaging;
use crate::imaging::Probe;
use crate::imaging::sampling::Blank;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::workspace::Workspace;

/// For the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeText {
    /// The value with its unit; empty outside the image.
    pub value: String,
    /// The patient position, or the pixel where there is none.
    pub position: String,
    /// Which image, and how thick.
    pub place: String,
}

/// What lies at a position of the pane; `None` while nothing is shown.
pub(super) fn probe_text(
    showing: &Showing,
    workspace: &Workspace,
    words: &Words,
    at_px: DVec2,
) -> Option<ProbeText> {
    showing.image.as_ref()?;
    let point = showing.view.patient_from_screen(at_px);
    let pixel = showing.view.image_from_screen(at_px);
    let value = match &showing.pixels {
        Pixels::Frame(frame) => pixel
            .and_then(|at| imaging::probe(frame, at.x, at.y))
            .map(|probe| value_text(&probe, words)),
        Pixels::Plane(volume, ..) => {
            point
                .and_then(|point| volume.probe(point))
                .map(|probe| match probe.value {
                    Ok(value) => number_text(value, probe.units.symbol(), words),
                    Err(Blank::Gap) => words.id(msg("probe-gap")),
                    Err(Blank::NoData) => words.id(msg("probe-padding")),
                })
        }
        Pixels::Waiting | Pixels::Failed(_) => return None,
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
    let lines = super::corners::corner_lines(
        workspace,
        showing,
        words,
        crate::workspace::OverlayLevel::Essential,
    );
    let place = lines
        .into_iter()
        .next_back()
        .unwrap_or_default()
        .join(" · ");
    Some(ProbeText {
        value: value.unwrap_or_default(),
        position,
        place,
    })
}

fn value_text(probe: &Probe, words: &Words) -> String {
    match probe {
        Probe::Grey { value, units, .. } => number_text(*value, units.symbol(), words),
        Probe::Padding { .. } => words.id(msg("probe-padding")),
        Probe::Colour([r, g, b]) => format!("R\u{a0}{r} G\u{a0}{g} B\u{a0}{b}"),
    }
}

/// As many digits as the value has a use for.
pub(super) fn number_text(value: f64, unit: &str, words: &Words) -> String {
    let decimals = match value.abs() {
        v if v == v.trunc() && v < 1e9 => 0,
        v if v >= 100.0 => 1,
        v if v >= 1.0 => 3,
        _ => 6,
    };
    let number = words.number_up_to(value, decimals);
    if unit.is_empty() {
        number
    } else {
        format!("{number}\u{a0}{unit}")
    }
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
