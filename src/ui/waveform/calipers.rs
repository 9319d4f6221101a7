//! The calipers on the paper: their lines, and what they measure on a chip that moves both.

use eframe::egui;
use egui::{Painter, Pos2, Rect, Stroke, Ui, vec2};

use super::{Page, said};
use crate::ui::bidi_label::galley;
use crate::view::waveform::Grab;

/// Room around the words of a chip, points.
const CHIP_MARGIN: egui::Vec2 = vec2(6.0, 2.0);

/// Where the chips were drawn.
#[derive(Default)]
pub(super) struct Chips {
    times: Option<Rect>,
    levels: Option<Rect>,
}

impl Chips {
    /// What a chip at a place on screen moves.
    pub(super) fn grab(&self, at: Pos2) -> Option<Grab> {
        let is_on = |chip: Option<Rect>| chip.is_some_and(|chip| chip.contains(at));
        if is_on(self.levels) {
            Some(Grab::BothLevels)
        } else {
            is_on(self.times).then_some(Grab::BothTimes)
        }
    }
}

/// Both calipers, as far as they are laid on.
pub(super) fn calipers_ui(ui: &Ui, page: &Page<'_>) -> Chips {
    let painter = ui.painter_at(page.paper);
    Chips {
        times: page
            .state
            .times
            .map(|times| times_ui(ui, &painter, page, times)),
        levels: levels_ui(ui, &painter, page),
    }
}

fn stroke(page: &Page<'_>) -> Stroke {
    let theme = page.theme;
    Stroke::new(theme.sizes.measurement_line, theme.colours.measurement)
}

fn times_ui(ui: &Ui, painter: &Painter, page: &Page<'_>, times: [f64; 2]) -> Rect {
    let sheet = page.sheet;
    let mut middle = None;
    for strip in &sheet.strips {
        let top = sheet.row_mm * strip.row as f64;
        let places = times.map(|time| sheet.x_mm(strip, time));
        for x_mm in places.into_iter().flatten() {
            let ends = [page.pos(x_mm, top), page.pos(x_mm, top + sheet.row_mm)];
            painter.line_segment(ends, stroke(page));
        }
        let [a, b] = places;
        let seen = match (a, b) {
            (Some(a), Some(b)) => Some(f64::midpoint(a, b)),
            (one, other) => one.or(other),
        };
        // The last strip, for the one along the bottom is the longest.
        middle = seen.or(middle);
    }
    let text = said::interval(page.words, times);
    let x = middle.map_or(page.paper.center().x, |x_mm| page.pos(x_mm, 0.0).x);
    let at = Pos2::new(x, page.paper.top() + 14.0);
    chip(ui, painter, page, &text, at)
}

fn levels_ui(ui: &Ui, painter: &Painter, page: &Page<'_>) -> Option<Rect> {
    let caliper = page.state.levels?;
    let scale = page.scales.get(caliper.channel).copied().flatten()?;
    let sheet = page.sheet;
    let mut at = None;
    for strip in sheet.strips.iter().filter(|s| s.channel == caliper.channel) {
        let axis = sheet.axis_mm(strip.row);
        let right = strip.left_mm + strip.width_mm;
        let heights = caliper.levels.map(|level| axis + scale.y_mm(level));
        for y_mm in heights {
            let ends = [page.pos(strip.left_mm, y_mm), page.pos(right, y_mm)];
            painter.line_segment(ends, stroke(page));
        }
        let [a, b] = heights;
        at = Some(page.pos(right, f64::midpoint(a, b)));
    }
    let text = said::difference(page.words, page.group, &caliper);
    Some(chip(ui, painter, page, &text, at?))
}

/// Words on a ground around a place, within the paper.
fn chip(ui: &Ui, painter: &Painter, page: &Page<'_>, text: &str, at: Pos2) -> Rect {
    let theme = page.theme;
    let colour = theme.colours.selected;
    let words = galley(ui, text, &theme.strong(), colour, page.paper.width() - 16.0);
    let size = words.size() + 2.0 * CHIP_MARGIN;
    let room = page.paper.shrink2(size / 2.0 + vec2(2.0, 2.0));
    let centre = if room.is_positive() {
        at.clamp(room.min, room.max)
    } else {
        page.paper.center()
    };
    let rect = Rect::from_center_size(centre, size);
    painter.rect_filled(rect, 3.0, theme.colours.paper);
    painter.rect_stroke(rect, 3.0, stroke(page), egui::StrokeKind::Inside);
    painter.galley(rect.min + CHIP_MARGIN, words, colour);
    rect
}
