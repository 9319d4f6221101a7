//! The field for the true length of a line: it opens from the line's menu, and closes with Enter,
//! Esc or a click elsewhere.

use eframe::egui;
use egui::Ui;

use super::PaneRect;
use super::ViewportCtx;
use super::frame::calibration_name;
use super::showing::Showing;
use crate::annotation::{
    Annotation, AnnotationId, ImageGeometry, ManualCalibration, PixelSource as _, can_calibrate,
};
use crate::engine::LoadedPixels;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::view::Space;
use crate::workspace::{AnnotationEdit, Command, PaneId};

/// Width of the field, points.
const WIDTH: f32 = 200.0;

/// A true length being typed.
#[derive(Debug, Clone)]
pub(super) struct LengthField {
    pub line: AnnotationId,
    pub pane: PaneId,
    pub is_for_series: bool,
    text: String,
    is_wrong: bool,
    is_open: bool,
}

impl LengthField {
    pub fn new(line: AnnotationId, pane: PaneId, is_for_series: bool) -> Self {
        Self {
            line,
            pane,
            is_for_series,
            text: String::new(),
            is_wrong: false,
            is_open: false,
        }
    }
}

/// What the image itself says, if a line on it can calibrate it.
pub(super) fn calibratable(ctx: &ViewportCtx<'_>, line: &Annotation) -> Option<ImageGeometry> {
    let source = LoadedPixels {
        library: &ctx.workspace.library,
        frames: &*ctx.engine,
        patient: ctx.workspace.patient_of_annotation(line.id),
    };
    let image = source.image(&line.anchor)?;
    can_calibrate(line, &image).then_some(image)
}

/// `12,5` and `12.5` are the same length.
fn parse_mm(text: &str) -> Option<f64> {
    text.trim()
        .trim_end_matches("mm")
        .trim()
        .replace(',', ".")
        .parse()
        .ok()
}

/// Draws it.
pub(super) fn length_field(
    ui: &mut Ui,
    ctx: &mut ViewportCtx<'_>,
    showing: &Showing,
    rect: &PaneRect,
    pane: PaneId,
) {
    let Some(mut field) = ctx.interaction.length.take() else {
        return;
    };
    if field.pane != pane {
        ctx.interaction.length = Some(field);
        return;
    }
    let document = ctx.workspace.active_document();
    let Some(line) = document
        .and_then(|document| document.annotation(field.line))
        .cloned()
    else {
        return;
    };
    let Some(image) = calibratable(ctx, &line) else {
        return;
    };
    let end = line.handles().get(1).copied();
    let end = end.and_then(|end| {
        let space = Space::of(&line.points);
        showing.view.screen_from_place(space, end)
    });
    let Some(end) = end else {
        return;
    };
    let theme = ctx.theme;
    let id = if field.is_for_series {
        msg("calibrate-series-hint")
    } else {
        msg("calibrate-image-hint")
    };
    let hint = ctx.words.id(id);
    let own = image.spacing.map(|mm| {
        let source = calibration_name(mm.source);
        let number = ctx.words.with_unit(mm.column_mm, 3, "mm");
        let own = Message::new(msg("calibrate-replaces"))
            .text("spacing", number)
            .text(
                "source",
                source.map_or_else(String::new, |id| ctx.words.id(id)),
            );
        ctx.words.get(&own)
    });
    let wrong = field.is_wrong.then(|| ctx.words.id(msg("calibrate-wrong")));
    let at = rect.pos(end) + egui::vec2(-0.5 * WIDTH, 10.0);
    let area = egui::Area::new(ui.scope_id().with("true-length"))
        .order(egui::Order::Foreground)
        .fixed_pos(rect.points.shrink(4.0).clamp(at))
        .constrain_to(rect.points);
    let shown = area.show(ui.ctx(), |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(WIDTH);
            Text::new(&hint, theme.body(), theme.colours.text)
                .width(WIDTH)
                .wrapped()
                .ui(ui);
            let edit = egui::TextEdit::singleline(&mut field.text)
                .hint_text("mm")
                .desired_width(WIDTH - 16.0);
            let response = ui.add(edit);
            if !field.is_open {
                response.request_focus();
            }
            for warning in own.iter().chain(&wrong) {
                Text::new(warning, theme.small(), theme.colours.warning)
                    .width(WIDTH)
                    .wrapped()
                    .ui(ui);
            }
            response
        })
    });
    let response = shown.inner.inner;
    let is_entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    if is_entered {
        let made = parse_mm(&field.text)
            .and_then(|mm| ManualCalibration::of_line(&line, &image, mm, field.is_for_series));
        if let Some(made) = made {
            let edit = AnnotationEdit::Calibrate(line.id, made);
            ctx.commands.push(Command::Annotate(edit));
            return;
        }
        field.is_wrong = true;
        field.is_open = false;
    } else if field.is_open && response.lost_focus() {
        return;
    } else {
        field.is_open = true;
    }
    ctx.interaction.length = Some(field);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_with_comma_or_point_and_with_its_unit() {
        assert_eq!(parse_mm("12,5"), Some(12.5));
        assert_eq!(parse_mm(" 12.5 mm "), Some(12.5));
        assert_eq!(parse_mm("twelve"), None);
    }
}
