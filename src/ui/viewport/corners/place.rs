//! Which image it is: its number, where it lies, its phase, its mark as a key image, and what of its
//! series is not there.

use super::super::preview::number_text;
use super::super::showing::{Pixels, Showing};
use super::{ESSENTIAL, Line, joined, line, warning};
use crate::geom::{AnatomicalPlane, DVec3};
use crate::problem::{Message, MessageId, msg};
use crate::text::Words;
use crate::view::{ResolvedKind, ViewMode, slice_thickness_mm};
use crate::workspace::Workspace;

/// The name of a plane of the body.
pub(in crate::ui::viewport) const fn plane_name(plane: AnatomicalPlane) -> MessageId {
    match plane {
        AnatomicalPlane::Axial => msg("plane-axial"),
        AnatomicalPlane::Coronal => msg("plane-coronal"),
        AnatomicalPlane::Sagittal => msg("plane-sagittal"),
    }
}

/// Which image it is, on one line.
pub(in crate::ui::viewport) fn place_text(
    workspace: &Workspace,
    showing: &Showing,
    words: &Words,
) -> String {
    let plane = match showing.state.mode {
        ViewMode::Mpr(plane) => words.id(plane_name(plane)),
        ViewMode::Stack => String::new(),
    };
    let lines = slice_lines(workspace, showing, words);
    let essential = lines.into_iter().filter(|line| line.rank == ESSENTIAL);
    let parts: Vec<String> = [plane]
        .into_iter()
        .chain(essential.map(|line| line.text))
        .collect();
    joined(&parts)
}

/// What of the series is not there, so that nobody takes the rest for the whole.
pub(super) fn gap_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let counted = |id: MessageId, count: usize| {
        (count > 0).then(|| warning(words.get(&Message::new(id).count("count", count))))
    };
    let gaps = &showing.gaps;
    [
        counted(msg("viewport-missing"), gaps.missing),
        counted(msg("viewport-unreadable"), gaps.unreadable),
        counted(msg("viewport-slices-cut-off"), gaps.cut_off),
    ]
    .into_iter()
    .chain([gaps.parts.as_ref().map(|what| warning(words.get(what)))])
    .flatten()
    .collect()
}

/// The number of the image, where it lies and how thick it is.
pub(super) fn slice_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Vec<Line> {
    if let Pixels::Preview(preview) = &showing.pixels {
        let number = number_text(workspace, showing, preview, words);
        return vec![line(ESSENTIAL, number)];
    }
    if showing.key.is_none() {
        return Vec::new();
    }
    let position = showing
        .view
        .plane()
        .zip(point_of_plane(workspace, showing))
        .and_then(|(plane, point)| position_text(plane.normal(), point, words))
        .unwrap_or_default();
    if matches!(showing.state.mode, ViewMode::Mpr(_)) {
        let phase = phase_line(workspace, showing, words);
        let phase = phase.map(|text| line(ESSENTIAL, text));
        return std::iter::once(line(ESSENTIAL, position))
            .chain(phase)
            .collect();
    }
    let set = workspace.library.display_set(showing.state.display_set);
    let index = showing.state.index;
    // While the series is on its way, it counts as long as it will be.
    let track = workspace.track_of(&showing.state);
    let place = track.and_then(|track| Some((track.place_of(index)?, track.frames.len())));
    let (place, of) = place.unwrap_or((index as usize, set.map_or(0, |set| set.frames.len())));
    let number = Message::new(msg("viewport-image"))
        .text("number", (place + 1).to_string())
        .text("of", of.to_string());
    let thickness = showing
        .key
        .and_then(|key| slice_thickness_mm(&workspace.library, key))
        .map(|mm| {
            let mm = format!("{}\u{a0}mm", words.number_up_to(mm, 2));
            words.get(&Message::new(msg("viewport-thickness")).text("value", mm))
        });
    let phase = phase_line(workspace, showing, words);
    std::iter::once(line(ESSENTIAL, words.get(&number)))
        .chain(phase.map(|text| line(ESSENTIAL, text)))
        .chain([line(1, joined(&[position, thickness.unwrap_or_default()]))])
        .collect()
}

/// Which of the phases it is, and what sets it apart from them.
fn phase_line(workspace: &Workspace, showing: &Showing, words: &Words) -> Option<String> {
    let phase = workspace.phase(&showing.state)?;
    let id = if phase.is_time {
        msg("viewport-phase")
    } else {
        msg("viewport-volume")
    };
    let number = words.get(
        &Message::new(id)
            .text("number", (phase.place + 1).to_string())
            .text("of", phase.sets.len().to_string()),
    );
    let mut parts = vec![number];
    parts.extend(phase.by.iter().map(|what| words.get(what)));
    Some(joined(&parts))
}

/// A point of the plane shown that panning does not move: the middle of the image, or where the
/// three planes meet.
fn point_of_plane(workspace: &Workspace, showing: &Showing) -> Option<DVec3> {
    match &showing.view.kind {
        ResolvedKind::Image {
            patient_from_image,
            image_size,
            ..
        } => {
            let [columns, rows] = image_size.map(f64::from);
            let middle = DVec3::new((columns - 1.0) * 0.5, (rows - 1.0) * 0.5, 0.0);
            patient_from_image.map(|patient| patient.transform_point3(middle))
        }
        ResolvedKind::Plane { .. } => {
            let group = workspace.panes.mpr.get(&showing.state.display_set)?;
            Some(group.crosshair)
        }
    }
}

/// The normal of a plane with one position along a body axis is this near to that axis (cosine of
/// about 30 degrees, so that scans along the disc or the jaw keep theirs).
const NEARLY_STRAIGHT: f64 = 0.866;

/// How far along the body's axis nearest to the normal the plane lies: `S 12.5 mm`; nothing for
/// planes far off every axis, of which it would say little.
fn position_text(normal: DVec3, centre: DVec3, words: &Words) -> Option<String> {
    let n = normal.abs();
    if n.max_element() < NEARLY_STRAIGHT {
        return None;
    }
    let (axis, value) = if n.z >= n.x && n.z >= n.y {
        (DVec3::Z, centre.z)
    } else if n.y >= n.x {
        (DVec3::Y, centre.y)
    } else {
        (DVec3::X, centre.x)
    };
    let side = if value < 0.0 { -axis } else { axis };
    let letter = crate::geom::anatomical_letters(side);
    let value = words.with_unit(value.abs(), 1, "mm");
    Some(format!("{letter}\u{a0}{value}"))
}

/// What key object documents say of the image on screen.
pub(super) fn key_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Vec<Line> {
    let key = showing
        .key
        .filter(|_| showing.state.mode == ViewMode::Stack);
    let marks = key.map_or_else(Vec::new, |key| workspace.key_marks(key));
    let said = marks.into_iter().map(|mark| {
        let id = if mark.is_rejection {
            msg("viewport-rejected")
        } else {
            msg("viewport-key-image")
        };
        let text = words.get(&Message::new(id).text("title", &*mark.title));
        if mark.is_rejection {
            warning(text)
        } else {
            line(1, joined(&[text, mark.description.to_string()]))
        }
    });
    said.collect()
}
