//! What a presentation state draws over the picture: graphics and texts, layer by layer.

use std::sync::Arc;

use eframe::egui;
use egui::emath::Rot2;
use egui::epaint::{Mesh, TextShape};
use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2};

use super::PaneRect;
use super::showing::Showing;
use super::text_on_image::line;
use crate::geom::DVec2;
use crate::objects::presentation_state::Justification;
use crate::ui::theme::Theme;
use crate::view::{PresentationMark, TextPlace, presentation_marks};

/// Width of a line whose state says nothing, points.
const LINE: f32 = 1.5;
/// Radius of a point, points.
const POINT: f32 = 3.0;
/// Between a point and the text beside it, points.
const GAP: f32 = 8.0;
/// Texts are at most this much larger than others on the image, to fill a box made for it.
const LARGEST: f32 = 2.0;
/// Share of a line's height that letters fill.
const LEADING: f32 = 1.3;

/// Draws it, where the state is for the frame on screen and overlays are not hidden.
pub(super) fn presentation_ui(ui: &Ui, showing: &Showing, rect: &PaneRect, theme: &Theme) {
    let (Some(presented), Some(data)) = (&showing.presented, &showing.data) else {
        return;
    };
    if !presented.is_for_frame || !showing.state.look.marks.overlays {
        return;
    }
    let image = &data.image;
    let state = &presented.state;
    for mark in presentation_marks(state, &image.sop_instance_uid, image.frame, &showing.view) {
        draw(ui, &ui.painter_at(rect.points), rect, theme, &mark);
    }
}

fn draw(ui: &Ui, painter: &Painter, rect: &PaneRect, theme: &Theme, mark: &PresentationMark) {
    let halo = theme.colours.halo;
    match mark {
        PresentationMark::Point { at, rgb } => {
            let at = rect.pos(*at);
            painter.circle_filled(at, POINT + 1.0, halo);
            painter.circle_filled(at, POINT, colour(theme, *rgb));
        }
        PresentationMark::Line {
            points,
            rgb,
            thickness,
            is_dashed,
        } => {
            let path: Vec<Pos2> = points.iter().map(|at| rect.pos(*at)).collect();
            let width = LINE * *thickness as f32;
            for (width, colour) in [(width + 1.5, halo), (width, colour(theme, *rgb))] {
                let stroke = Stroke::new(width, colour);
                if *is_dashed {
                    painter.extend(Shape::dashed_line(&path, stroke, 6.0, 5.0));
                } else {
                    painter.line(path.clone(), stroke);
                }
            }
        }
        PresentationMark::Area {
            points,
            rgb,
            opacity,
        } => {
            let colour = colour(theme, *rgb).gamma_multiply(*opacity as f32);
            painter.add(filled(points, rect, colour));
        }
        PresentationMark::Text { text, rgb, place } => {
            text_ui(ui, painter, rect, theme, text, colour(theme, *rgb), *place);
        }
    }
}

fn colour(theme: &Theme, rgb: Option<[u8; 3]>) -> Color32 {
    rgb.map_or(theme.colours.image_overlay, |[r, g, b]| {
        Color32::from_rgb(r, g, b)
    })
}

/// A polygon of any shape.
fn filled(points: &[DVec2], rect: &PaneRect, colour: Color32) -> Shape {
    let mut triangles: Vec<u32> = Vec::new();
    let corners = points.iter().map(|at| at.to_array());
    earcut::Earcut::new().earcut(corners, &[], &mut triangles);
    let mut mesh = Mesh::default();
    for at in points {
        mesh.colored_vertex(rect.pos(*at), colour);
    }
    for corners in triangles.as_chunks::<3>().0 {
        let [a, b, c] = *corners;
        mesh.add_triangle(a, b, c);
    }
    Shape::mesh(mesh)
}

/// A text in its box, as large as the box is made for; or beside its point.
fn text_ui(
    ui: &Ui,
    painter: &Painter,
    rect: &PaneRect,
    theme: &Theme,
    text: &str,
    colour: Color32,
    place: TextPlace,
) {
    let plain = theme.overlay();
    let lines = |font: &FontId| -> Vec<Arc<Galley>> {
        text.lines()
            .map(|text| line(ui, text, font, colour))
            .collect()
    };
    match place {
        TextPlace::Beside(at) => {
            let galleys = lines(&plain);
            let height: f32 = galleys.iter().map(|galley| galley.size().y).sum();
            let begin = rect.pos(at) + Vec2::new(GAP, -height * 0.5);
            write(painter, theme, begin, 0.0, &galleys, |_| 0.0);
        }
        TextPlace::Box {
            low,
            high,
            quarter_turns,
            justification,
        } => {
            let room = Rect::from_min_max(rect.pos(low), rect.pos(high));
            // Width and height as the text is read, and the corner where it begins.
            let size = if quarter_turns.is_multiple_of(2) {
                room.size()
            } else {
                Vec2::new(room.height(), room.width())
            };
            let begin = match quarter_turns {
                0 => room.left_top(),
                1 => room.right_top(),
                2 => room.right_bottom(),
                _ => room.left_bottom(),
            };
            let galleys = fitted(&plain, text.lines().count(), size, lines);
            let share = match justification {
                Justification::Left => 0.0,
                Justification::Center => 0.5,
                Justification::Right => 1.0,
            };
            let angle = f32::from(quarter_turns) * std::f32::consts::FRAC_PI_2;
            write(painter, theme, begin, angle, &galleys, |galley| {
                (size.x - galley.size().x) * share
            });
        }
    }
}

/// Letters as high as the box has room for, within reason, and never smaller than others on the
/// image: a text need not stay inside its box.
fn fitted(
    plain: &FontId,
    count: usize,
    size: Vec2,
    lines: impl Fn(&FontId) -> Vec<Arc<Galley>>,
) -> Vec<Arc<Galley>> {
    let high = size.y / (count.max(1) as f32 * LEADING);
    let of = |size: f32| FontId {
        size: size.clamp(plain.size, plain.size * LARGEST),
        ..plain.clone()
    };
    let font = of(high);
    let galleys = lines(&font);
    let widest = galleys
        .iter()
        .map(|galley| galley.size().x)
        .fold(0.0, f32::max);
    if widest > size.x && font.size > plain.size {
        return lines(&of(font.size * size.x / widest));
    }
    galleys
}

/// Line below line as the text is read, each `indent` further on; readable on light and dark alike.
fn write(
    painter: &Painter,
    theme: &Theme,
    begin: Pos2,
    angle: f32,
    galleys: &[Arc<Galley>],
    indent: impl Fn(&Galley) -> f32,
) {
    let turn = Rot2::from_angle(angle);
    let mut y = 0.0;
    for galley in galleys {
        let at = begin + turn * Vec2::new(indent(galley), y);
        y += galley.size().y;
        for offset in [Vec2::X, -Vec2::X, Vec2::Y, -Vec2::Y] {
            let halo = theme.colours.halo;
            let shadow = TextShape::new(at + offset, Arc::clone(galley), halo);
            painter.add(shadow.with_override_text_color(halo).with_angle(angle));
        }
        painter.add(TextShape::new(at, Arc::clone(galley), Color32::WHITE).with_angle(angle));
    }
}
