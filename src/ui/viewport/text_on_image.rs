//! Text over an image: light with a dark outline, through the one function that lays out text
//! from data.

use std::sync::Arc;

use eframe::egui;
use egui::{Color32, Galley, Painter, Pos2, Ui, Vec2};

use crate::ui::bidi_label;
use crate::ui::theme::Theme;

/// A line in a corner has at most so many characters.
const LINE_CHARS: usize = 40;

/// A line of text laid out for an image, whole.
pub(super) fn line(ui: &Ui, text: &str, font: &egui::FontId, colour: Color32) -> Arc<Galley> {
    bidi_label::galley(ui, text, font, colour, f32::INFINITY)
}

/// How high a line of a corner is, points.
pub(super) fn line_height(ui: &Ui, theme: &Theme) -> f32 {
    line(ui, "0", &theme.overlay(), theme.colours.overlay)
        .size()
        .y
        .max(1.0)
}

/// A line of a corner: no longer than a corner may hold, and cut where `room` (points) ends.
fn line_within(
    ui: &Ui,
    text: &str,
    font: &egui::FontId,
    colour: Color32,
    room: f32,
) -> Arc<Galley> {
    let cut: String = if text.chars().count() > LINE_CHARS {
        text.chars().take(LINE_CHARS - 1).chain(['…']).collect()
    } else {
        text.to_owned()
    };
    bidi_label::galley(ui, &cut, font, colour, room)
}

/// Paints it with an outline of one physical pixel.
pub(super) fn outlined(
    painter: &Painter,
    at: Pos2,
    galley: &Arc<Galley>,
    colour: Color32,
    halo: Color32,
) {
    let px = 1.0 / painter.pixels_per_point();
    let at = Pos2::new((at.x / px).round() * px, (at.y / px).round() * px);
    for (x, y) in [
        (-1.0, -1.0),
        (0.0, -1.0),
        (1.0, -1.0),
        (-1.0, 0.0),
        (1.0, 0.0),
        (-1.0, 1.0),
        (0.0, 1.0),
        (1.0, 1.0),
    ] {
        let offset = Vec2::new(x, y) * px;
        painter.galley_with_override_text_color(at + offset, Arc::clone(galley), halo);
    }
    painter.galley_with_override_text_color(at, Arc::clone(galley), colour);
}

/// Where a block of lines stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub at: Pos2,
    pub is_right: bool,
    pub is_bottom: bool,
    /// No line is wider, points.
    pub room: f32,
}

/// Lines below each other from a corner; gives back how high they are, points.
pub(super) fn block(
    ui: &Ui,
    painter: &Painter,
    theme: &Theme,
    lines: &[(String, Color32)],
    corner: Corner,
) -> f32 {
    let Corner {
        at: corner,
        is_right,
        is_bottom,
        room,
    } = corner;
    let font = theme.overlay();
    let galleys: Vec<(Arc<Galley>, Color32)> = lines
        .iter()
        .map(|(text, colour)| (line_within(ui, text, &font, *colour, room), *colour))
        .collect();
    let height: f32 = galleys.iter().map(|(galley, _)| galley.size().y).sum();
    let mut y = if is_bottom {
        corner.y - height
    } else {
        corner.y
    };
    for (galley, colour) in &galleys {
        let x = if is_right {
            corner.x - galley.size().x
        } else {
            corner.x
        };
        outlined(
            painter,
            Pos2::new(x, y),
            galley,
            *colour,
            theme.colours.halo,
        );
        y += galley.size().y;
    }
    height
}
