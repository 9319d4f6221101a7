//! How the picture came to look as it does: presentation state, window, zoom, marks, colours, and
//! what of the pixels is lost.

use super::super::showing::{Pixels, Showing};
use super::{ESSENTIAL, Line, joined, line, warning};
use crate::objects::presentation_state::PresentationSize;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::view::{Filter, ResolvedKind, own_voi, voi_name};

/// Which presentation state makes the picture look as it does, and what of it does not hold here.
pub(super) fn presentation_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let Some(presented) = &showing.presented else {
        return Vec::new();
    };
    let state = &presented.state;
    let name = Message::new(msg("viewport-presentation")).text("name", state.name());
    let mut lines = vec![line(ESSENTIAL, words.get(&name))];
    if !presented.is_for_frame {
        lines.push(warning(words.id(msg("viewport-presentation-elsewhere"))));
        return lines;
    }
    if presented.is_modified {
        lines.push(line(
            ESSENTIAL,
            words.id(msg("viewport-presentation-modified")),
        ));
    }
    let area = (showing.data.as_ref())
        .and_then(|data| state.area(&data.image.sop_instance_uid, data.image.frame));
    if area.is_some_and(|area| area.size == PresentationSize::TrueSize) {
        lines.push(line(1, words.id(msg("viewport-presentation-true-size"))));
    }
    if !state.faults.is_empty() {
        lines.push(warning(words.id(msg("viewport-presentation-faulty"))));
    }
    lines
}

/// Window, zoom, and what the reader should know of how the pixels came to be.
pub(super) fn look_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some(image) = &showing.image else {
        return lines;
    };
    if let (Some(missing), Pixels::Frame(_)) = (image.missing, &showing.pixels) {
        let cut_off = Message::new(msg("viewport-cut-off"))
            .number("row", missing.row(image.columns).into())
            .number("rows", image.rows.into());
        lines.push(warning(words.get(&cut_off)));
    }
    if let Some(lossy) = &image.lossy {
        let text = match lossy.ratio {
            Some(ratio) => words.get(
                &Message::new(msg("viewport-lossy-ratio"))
                    .text("ratio", words.number_up_to(ratio, 1)),
            ),
            None => words.id(msg("viewport-lossy")),
        };
        lines.push(warning(text));
    }
    if let Some(window) = &showing.window {
        let decimals = if window.width >= 10.0 { 0 } else { 3 };
        let id = if window.is_lut {
            msg("viewport-voi-lut")
        } else {
            msg("viewport-window")
        };
        let text = Message::new(id)
            .text("width", words.number_up_to(window.width, decimals))
            .text("center", words.number_up_to(window.center, decimals));
        let vois = showing.drawn_image().map_or(&[][..], |drawn| &drawn.vois);
        let own = own_voi(showing.state.look.voi, vois).filter(|_| vois.len() > 1);
        let name = own.map(|index| words.get(&voi_name(vois, index)));
        lines.push(line(
            1,
            joined(&[words.get(&text), name.unwrap_or_default()]),
        ));
    }
    let percent = match &showing.view.kind {
        ResolvedKind::Image {
            image_from_screen, ..
        } => 100.0 / image_from_screen.matrix2.x_axis.length().max(1e-9),
        ResolvedKind::Plane { mm_per_px, .. } => match &showing.pixels {
            Pixels::Plane(volume, _, _) => 100.0 * volume.grid.spacing_mm().x / mm_per_px.max(1e-9),
            _ => 100.0,
        },
    };
    let mut zoom = vec![
        words.get(&Message::new(msg("viewport-zoom")).text("percent", words.number(percent, 0))),
    ];
    match showing.state.look.filter {
        Filter::Nearest => zoom.push(words.id(msg("viewport-filter-nearest"))),
        Filter::Cubic => zoom.push(words.id(msg("viewport-filter-cubic"))),
        Filter::Linear => {}
    }
    if showing.state.look.invert {
        zoom.push(words.id(msg("viewport-inverted")));
    }
    lines.push(line(2, joined(&zoom)));
    lines.extend(marks_lines(showing, words));
    lines.extend(colour_line(showing, words));
    lines
}

/// What of shutter and overlays is not shown, be it the reader's wish or a fault of the file.
fn marks_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let marks = match &showing.pixels {
        Pixels::Frame(image) => image.marks.as_ref(),
        // They belong to the pixels of an image, which a plane mixes from several.
        Pixels::Plane(..) => {
            let marks = showing
                .image
                .as_ref()
                .and_then(|image| image.marks.as_ref());
            let is_any = marks.is_some_and(|marks| !marks.is_empty());
            let text = is_any.then(|| warning(words.id(msg("viewport-marks-in-stack"))));
            return text.into_iter().collect();
        }
        Pixels::Preview(_) | Pixels::Waiting | Pixels::Failed(_) => None,
    };
    let Some(marks) = marks else {
        return Vec::new();
    };
    let choice = showing.state.look.marks;
    let is_any_hidden = marks
        .overlays
        .iter()
        .any(|it| !choice.shows(it.plane.index));
    let mut off = Vec::new();
    if is_any_hidden {
        off.push(words.id(msg("viewport-overlays-off")));
    }
    if marks.shutter.is_some() && !choice.shutter {
        off.push(words.id(msg("viewport-shutter-off")));
    }
    if !marks.faults.is_empty() {
        off.push(words.id(msg("viewport-marks-faulty")));
    }
    off.into_iter().map(|text| line(1, text)).collect()
}

/// What the colours went through, of an image that brings a profile.
fn colour_line(showing: &Showing, words: &Words) -> Option<Line> {
    let Pixels::Frame(image) = &showing.pixels else {
        return None;
    };
    let is_off = showing.state.look.has_colours_as_stored;
    Some(match image.colour.as_ref()? {
        Err(_) => warning(words.id(msg("viewport-colour-profile-faulty"))),
        Ok(_) if is_off => line(1, words.id(msg("viewport-colour-profile-off"))),
        Ok(_) => line(3, words.id(msg("viewport-colour-profile"))),
    })
}
