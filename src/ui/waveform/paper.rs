//! The paper: grid, calibration pulses, traces, names, and the line that says the scale.

use eframe::egui;
use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui};

use super::{Page, said};
use crate::ui::bidi_label::galley;
use crate::view::waveform::{PULSE_MV, PULSE_S, Strip, trace};

/// The small squares are left out where they would be smaller, points.
const LEAST_SQUARE: f32 = 2.5;
/// Line of a trace, points.
const TRACE_LINE: f32 = 1.3;
/// The two ticks between leads of a row leave the trace free: from and to, mm off the axis.
const TICKS_MM: [f64; 2] = [7.0, 10.0];
/// At gains above those of an ECG, mm/mV, 1 mV would be higher than the paper.
const ECG_GAIN: f64 = 20.0;
/// How opaque the ground under words is.
const WORDS_GROUND: f32 = 0.75;

/// Everything but the calipers.
pub(super) fn paper_ui(ui: &Ui, page: &Page<'_>) {
    let painter = ui.painter_at(page.paper);
    painter.rect_filled(page.paper, 0.0, page.theme.colours.paper);
    grid(&painter, page);
    let mut seen_rows = Vec::new();
    for strip in &page.sheet.strips {
        let top = page.pos(0.0, page.sheet.row_mm * strip.row as f64).y;
        let bottom = top + page.sheet.row_mm as f32 * page.points_per_mm;
        // A trace may leave its row by as much again.
        let slack = bottom - top;
        if bottom + slack < page.paper.top() || top - slack > page.paper.bottom() {
            continue;
        }
        if seen_rows.contains(&strip.row) {
            tick(&painter, page, strip);
        } else {
            seen_rows.push(strip.row);
            pulse(&painter, page, strip);
        }
        strip_trace(ui, page, strip);
    }
    for strip in &page.sheet.strips {
        heading(ui, page, strip);
    }
    foot(ui, page);
}

fn grid(painter: &egui::Painter, page: &Page<'_>) {
    let colours = &page.theme.colours;
    let step = page.points_per_mm;
    let px = 1.0 / painter.pixels_per_point();
    let sharp = |at: f32| (at / px).round() * px + px / 2.0;
    let lines = |every: usize, colour: Color32| {
        let stroke = Stroke::new(px, colour);
        let columns = (page.paper.width() / step) as usize;
        for mm in (0..=columns).step_by(every) {
            let x = sharp(page.paper.left() + mm as f32 * step);
            painter.vline(x, page.paper.y_range(), stroke);
        }
        let first = (page.state.top_mm / every as f64).floor() as usize * every;
        let rows = (page.paper.height() / step) as usize + every;
        for mm in (first..=first + rows).step_by(every) {
            let y = sharp(page.pos(0.0, mm as f64).y);
            painter.hline(page.paper.x_range(), y, stroke);
        }
    };
    if step >= LEAST_SQUARE {
        lines(1, colours.paper_small);
    }
    lines(5, colours.paper_big);
}

/// 1 mV for 200 ms, at the beginning of a row; nothing where a row is no voltage or it has no room.
fn pulse(painter: &egui::Painter, page: &Page<'_>, strip: &Strip) {
    let is_voltage = page.group.channels.get(strip.channel);
    if !is_voltage.is_some_and(|channel| channel.is_voltage()) || page.state.gain > ECG_GAIN {
        return;
    }
    let axis = page.sheet.axis_mm(strip.row);
    let high = axis - PULSE_MV * page.state.gain;
    let (start, width) = (page.sheet.pulse_mm, PULSE_S * page.sheet.speed);
    let foot = start / 2.0;
    let corners = [
        (start - foot, axis),
        (start, axis),
        (start, high),
        (start + width, high),
        (start + width, axis),
        (start + width + foot, axis),
    ];
    let points = corners.map(|(x, y)| page.pos(x, y)).to_vec();
    let stroke = Stroke::new(TRACE_LINE, page.theme.colours.overlay);
    painter.add(Shape::line(points, stroke));
}

/// Where one lead of a row ends and the next begins.
fn tick(painter: &egui::Painter, page: &Page<'_>, strip: &Strip) {
    let axis = page.sheet.axis_mm(strip.row);
    for side in [-1.0, 1.0] {
        let ends = TICKS_MM.map(|off| page.pos(strip.left_mm, axis + side * off));
        painter.line_segment(ends, Stroke::new(TRACE_LINE, page.theme.colours.dimmed));
    }
}

fn strip_trace(ui: &Ui, page: &Page<'_>, strip: &Strip) {
    let (sheet, group) = (page.sheet, page.group);
    let found = group.channels.get(strip.channel);
    let scale = page.scales.get(strip.channel).copied().flatten();
    let (Some(channel), Some(scale)) = (found, scale) else {
        return;
    };
    let hz = group.frequency_hz;
    let into_s = strip.start_s - channel.skew_s;
    let first = (into_s * hz).floor().max(0.0) as usize;
    let after = ((into_s + strip.width_mm / sheet.speed) * hz).ceil() as usize + 1;
    let px_per_s = sheet.speed * f64::from(page.points_per_mm * ui.ctx().pixels_per_point());
    let lines = trace(first..after.min(group.samples), hz / px_per_s, |sample| {
        page.samples.value(strip.channel, sample)
    });
    let axis = sheet.axis_mm(strip.row);
    let place = |sample: usize, value: f64| {
        let time_s = sample as f64 / hz + channel.skew_s;
        let x_mm = strip.left_mm + (time_s - strip.start_s) * sheet.speed;
        page.pos(x_mm, axis + scale.y_mm(value))
    };
    let clip = Rect::from_x_y_ranges(
        page.pos(strip.left_mm, 0.0).x..=page.pos(strip.left_mm + strip.width_mm, 0.0).x,
        page.paper.y_range(),
    );
    let painter = ui.painter_at(clip.intersect(page.paper));
    let stroke = Stroke::new(TRACE_LINE, page.theme.colours.trace);
    for line in lines {
        let points: Vec<Pos2> = line.iter().map(|p| place(p.sample, p.value)).collect();
        match points.as_slice() {
            // One sample between padding is seen as well.
            [only] => {
                painter.circle_filled(*only, TRACE_LINE, stroke.color);
            }
            _ => {
                painter.add(Shape::line(points, stroke));
            }
        }
    }
}

/// The lead's name at the beginning of its strip.
fn heading(ui: &Ui, page: &Page<'_>, strip: &Strip) {
    let scale = page.scales.get(strip.channel).copied().flatten();
    let text = said::heading(page.words, page.group, strip.channel, scale.as_ref());
    let at = page.pos(
        strip.left_mm + 1.0,
        page.sheet.row_mm * strip.row as f64 + 1.0,
    );
    let room = strip.width_mm as f32 * page.points_per_mm - 8.0;
    let words = galley(
        ui,
        &text,
        &page.theme.strong(),
        page.theme.colours.overlay,
        room,
    );
    on_ground(ui, page, at, words);
}

/// The scale of the grid along the lower edge; it never scrolls away.
fn foot(ui: &Ui, page: &Page<'_>) {
    let colours = &page.theme.colours;
    let scale = said::scale_line(page.words, page.group, page.state, page.sheet);
    let lines = [
        said::shortened(page.words, page.group).map(|text| (text, colours.on_image_warning)),
        Some((scale, colours.overlay)),
    ];
    let room = page.paper.width() - 16.0;
    let mut bottom = page.paper.bottom() - 4.0;
    for (text, colour) in lines.into_iter().flatten().rev() {
        let words = galley(ui, &text, &page.theme.overlay(), colour, room);
        bottom -= words.size().y;
        on_ground(ui, page, Pos2::new(page.paper.left() + 8.0, bottom), words);
    }
}

fn on_ground(ui: &Ui, page: &Page<'_>, at: Pos2, words: std::sync::Arc<egui::Galley>) {
    let painter = ui.painter_at(page.paper);
    let ground = Rect::from_min_size(at, words.size()).expand2(egui::vec2(3.0, 0.0));
    let colour = page.theme.colours.paper.gamma_multiply(WORDS_GROUND);
    painter.rect_filled(ground, 2.0, colour);
    painter.galley(at, words, Color32::PLACEHOLDER);
}
