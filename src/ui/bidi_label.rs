//! The one way text that comes from data reaches the screen.
//!
//! egui 0.37 draws mixed Arabic and Latin text in the wrong order (it would show an age of 45 as
//! 54). [`crate::text::visual_runs_from`] cuts a line into runs that egui cannot get wrong; here
//! each becomes a layout section of its own, and lines are cut and wrapped before that, in
//! reading order, so that an ellipsis never eats the beginning of an Arabic name.

use std::sync::Arc;

use eframe::egui;
use egui::text::{LayoutJob, LayoutSection, TextFormat, TextWrapping};
use egui::{Color32, FontId, Galley, Response, Sense, Ui, WidgetInfo};

use crate::text::{BaseDirection, has_right_to_left, visual_runs_from};

const ELLIPSIS: &str = "…";

/// A text with its look, ready to be put into a row.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    content: &'a str,
    font: FontId,
    colour: Color32,
    width: Option<f32>,
    wraps: bool,
    base: BaseDirection,
    sense: Sense,
}

impl<'a> Text<'a> {
    /// One line, cut with an ellipsis where the room ends.
    #[must_use]
    pub fn new(text: &'a str, font: FontId, colour: Color32) -> Self {
        Self {
            content: text,
            font,
            colour,
            width: None,
            wraps: false,
            base: BaseDirection::LeftToRight,
            sense: Sense::hover(),
        }
    }

    /// At most this wide, points; the room there is otherwise.
    #[must_use]
    pub fn width(self, width: f32) -> Self {
        Self {
            width: Some(width),
            ..self
        }
    }

    /// As many lines as it needs, each paragraph in the direction of its first letter.
    #[must_use]
    pub fn wrapped(self) -> Self {
        Self {
            wraps: true,
            base: BaseDirection::FirstLetter,
            ..self
        }
    }

    /// Can be clicked.
    #[must_use]
    pub fn clickable(self) -> Self {
        Self {
            sense: Sense::click(),
            ..self
        }
    }

    /// Puts it where the row is.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let room = self.width.unwrap_or_else(|| ui.available_width());
        let text = if self.wraps {
            self.content.to_owned()
        } else {
            one_line(self.content)
        };
        let (galley, is_whole) = if self.wraps {
            (
                wrapped_galley(ui, &text, &self.font, self.colour, room, self.base),
                true,
            )
        } else {
            line_galley(ui, &text, &self.font, self.colour, room, self.base)
        };
        let (rect, response) = ui.allocate_exact_size(galley.size(), self.sense);
        if ui.is_rect_visible(rect) {
            ui.painter().galley(rect.min, galley, self.colour);
        }
        response.widget_info(|| {
            WidgetInfo::labeled(egui::Role::Label, ui.is_enabled(), readable(&text))
        });
        if is_whole {
            response
        } else {
            let font = self.font;
            let colour = ui.visuals().text_color();
            response.on_hover_ui(|ui| {
                let width = ui.spacing().tooltip_width;
                Text::new(&text, font, colour).width(width).wrapped().ui(ui);
            })
        }
    }
}

/// A text of one line as it is drawn, cut where `room` (points) ends; for painters.
#[must_use]
pub fn galley(ui: &Ui, text: &str, font: &FontId, colour: Color32, room: f32) -> Arc<Galley> {
    line_galley(
        ui,
        &one_line(text),
        font,
        colour,
        room,
        BaseDirection::LeftToRight,
    )
    .0
}

/// What a screen reader says: without the marks that only steer drawing.
fn readable(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{2066}'..='\u{2069}'))
        .collect()
}

/// Control characters from a file must not break a row.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn format(font: &FontId, colour: Color32) -> TextFormat {
    TextFormat {
        valign: egui::Align::Center,
        ..TextFormat::simple(font.clone(), colour)
    }
}

/// One line, not cut.
fn job(text: &str, font: &FontId, colour: Color32, base: BaseDirection) -> LayoutJob {
    let mut job = LayoutJob {
        break_on_newline: false,
        wrap: TextWrapping::no_max_width(),
        ..LayoutJob::default()
    };
    push_line(&mut job, text, font, colour, base);
    job
}

/// Every run a section of its own; `append` would join neighbours of one format.
fn push_line(job: &mut LayoutJob, text: &str, font: &FontId, colour: Color32, base: BaseDirection) {
    if !has_right_to_left(text) {
        job.append(text, 0.0, format(font, colour));
        return;
    }
    for run in visual_runs_from(text, base) {
        let start = job.text.len();
        job.text.push_str(&run.text);
        job.sections.push(LayoutSection {
            leading_space: 0.0,
            byte_range: egui::text::ByteRange::from(start.into()..job.text.len().into()),
            format: format(font, colour),
        });
    }
}

fn laid_out(ui: &Ui, job: LayoutJob) -> Arc<Galley> {
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// The line, and whether all of it is there.
fn line_galley(
    ui: &Ui,
    text: &str,
    font: &FontId,
    colour: Color32,
    room: f32,
    base: BaseDirection,
) -> (Arc<Galley>, bool) {
    let whole = laid_out(ui, job(text, font, colour, base));
    if whole.size().x <= room {
        return (whole, true);
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |count: usize| {
        let end = ends.get(count).copied().unwrap_or(text.len());
        let kept = text.get(..end).unwrap_or_default().trim_end();
        laid_out(ui, job(&format!("{kept}{ELLIPSIS}"), font, colour, base))
    };
    // The longest beginning that fits.
    let (mut fits, mut too_long) = (0, ends.len());
    while too_long - fits > 1 {
        let middle = usize::midpoint(fits, too_long);
        if cut(middle).size().x <= room {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    (cut(fits), false)
}

fn wrapped_galley(
    ui: &Ui,
    text: &str,
    font: &FontId,
    colour: Color32,
    room: f32,
    base: BaseDirection,
) -> Arc<Galley> {
    if !has_right_to_left(text) {
        // egui breaks lines at the narrow no-break space within numbers.
        let text = text.replace('\u{202f}', "\u{a0}");
        let mut job = LayoutJob::simple(text, font.clone(), colour, room);
        job.wrap.break_anywhere = false;
        return laid_out(ui, job);
    }
    let mut all = LayoutJob {
        wrap: TextWrapping::no_max_width(),
        ..LayoutJob::default()
    };
    for (number, line) in wrapped_lines(ui, text, font, room, base).iter().enumerate() {
        if number > 0 {
            all.append("\n", 0.0, format(font, colour));
        }
        push_line(&mut all, line, font, colour, base);
    }
    laid_out(ui, all)
}

/// Lines in reading order, broken between words.
fn wrapped_lines(
    ui: &Ui,
    text: &str,
    font: &FontId,
    room: f32,
    base: BaseDirection,
) -> Vec<String> {
    let width = |line: &str| {
        laid_out(ui, job(line, font, Color32::PLACEHOLDER, base))
            .size()
            .x
    };
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_inclusive(' ') {
            let longer = format!("{line}{word}");
            if !line.is_empty() && width(longer.trim_end()) > room {
                lines.push(std::mem::take(&mut line));
                word.clone_into(&mut line);
            } else {
                line = longer;
            }
        }
        lines.push(line);
    }
    lines
}
