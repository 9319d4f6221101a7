//! What a presentation state draws over the picture: graphics and texts, layer by layer.

use std::sync::Arc;

use eframe::egui;
use egui::emath::Rot2;
use egui::epaint::{Mesh, TextShape};
use egui::{Color32, FontId, Galley, Painter, Pos2, Shape, Stroke, Ui, Vec2};

use super::PaneRect;
use super::showing::Showing;
use super::text_on_image::line;
use crate::geom::DVec2;
use crate::objects::presentation_state::{Justification, PresentationState};
use crate::ui::theme::Theme;
use crate::view::mark_style::{DASH, DASH_GAP, GAP, HALO, LINE, POINT};
use crate::view::{
    PresentationMark, ResolvedView, ShownData, TextPlace, filled_rows, is_near_screen, letter_size,
    presentation_marks, seen_line,
};

/// What was drawn last, and of what: curves are not outlined anew for every frame of the window.
#[derive(Debug)]
pub(super) struct Outlined {
    state: Arc<PresentationState>,
    image: (Arc<str>, u32),
    view: ResolvedView,
    marks: Vec<PresentationMark>,
}

impl Outlined {
    fn is_of(&self, state: &Arc<PresentationState>, data: &ShownData, view: &ResolvedView) -> bool {
        let (uid, frame) = &self.image;
        Arc::ptr_eq(&self.state, state)
            && (&**uid, *frame) == (&*data.image.sop_instance_uid, data.image.frame)
            && self.view == *view
    }
}

/// Draws it, where the state is for the frame on screen and overlays are not hidden.
pub(super) fn presentation_ui(
    ui: &Ui,
    showing: &Showing,
    rect: &PaneRect,
    theme: &Theme,
    outlined: &mut Option<Outlined>,
) {
    let (Some(presented), Some(data)) = (&showing.presented, &showing.data) else {
        return;
    };
    if !presented.is_for_frame || !showing.state.look.marks.overlays {
        return;
    }
    let (image, state) = (&data.image, &presented.state);
    if !{ outlined.as_ref() }.is_some_and(|it| it.is_of(state, data, &showing.view)) {
        let (uid, frame) = (&image.sop_instance_uid, image.frame);
        *outlined = Some(Outlined {
            state: Arc::clone(state),
            image: ((**uid).into(), frame),
            view: showing.view.clone(),
            marks: presentation_marks(state, uid, frame, &showing.view),
        });
    }
    let painter = ui.painter_at(rect.points);
    for mark in outlined.iter().flat_map(|it| &it.marks) {
        draw(ui, &painter, rect, theme, mark);
    }
}

fn draw(ui: &Ui, painter: &Painter, rect: &PaneRect, theme: &Theme, mark: &PresentationMark) {
    let halo = theme.colours.halo;
    let size_px = DVec2::new(rect.size_px[0].into(), rect.size_px[1].into());
    match mark {
        PresentationMark::Point { at, .. } if !is_near_screen(*at, size_px) => {}
        PresentationMark::Point { at, rgb } => {
            let at = rect.pos(*at);
            painter.circle_filled(at, (POINT + HALO) as f32, halo);
            painter.circle_filled(at, POINT as f32, colour(theme, *rgb));
        }
        PresentationMark::Line {
            points,
            rgb,
            thickness,
            is_dashed,
        } => {
            let seen = seen_line(points, *is_dashed, size_px);
            let width = LINE * thickness;
            for (width, colour) in [(width + 2.0 * HALO, halo), (width, colour(theme, *rgb))] {
                let stroke = Stroke::new(width as f32, colour);
                for part in &seen.parts {
                    let path: Vec<Pos2> = part.points.iter().map(|at| rect.pos(*at)).collect();
                    if seen.is_dashed {
                        // The first dash of this part begins where the line's next one would.
                        let period = DASH + DASH_GAP;
                        let before = part.before_px / rect.px_per_pt;
                        let offset = (-before).rem_euclid(period) as f32;
                        let dashes = Shape::dashed_line_with_offset(
                            &path,
                            stroke,
                            &[DASH as f32],
                            &[DASH_GAP as f32],
                            offset,
                        );
                        painter.extend(dashes);
                    } else {
                        painter.line(path, stroke);
                    }
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

/// A polygon of any shape, row by row of the screen's pixels.
fn filled(points: &[DVec2], rect: &PaneRect, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for (row, [from, to]) in filled_rows(points, rect.size_px[1]) {
        let top = f64::from(row);
        // Far beyond the screen, f32 would not hold the other end either.
        let [from, to] = [from, to].map(|x| x.clamp(0.0, f64::from(rect.size_px[0])));
        let corners = [DVec2::new(from, top), DVec2::new(to, top + 1.0)];
        let [min, max] = corners.map(|corner| rect.pos(corner));
        mesh.add_colored_rect(egui::Rect::from_min_max(min, max), colour);
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
            let begin = rect.pos(at) + Vec2::new(GAP as f32, -height * 0.5);
            write(painter, theme, begin, 0.0, &galleys, |_| 0.0);
        }
        TextPlace::Box {
            quarter_turns,
            justification,
            ..
        } => {
            let (begin, room) = place.beginning();
            let room = room / rect.px_per_pt;
            let of = |size: f64| FontId {
                size: size as f32,
                ..plain.clone()
            };
            let widest = |size| {
                let widths = lines(&of(size)).into_iter().map(|galley| galley.size().x);
                widths.fold(0.0, f32::max).into()
            };
            let size = letter_size(plain.size.into(), text.lines().count(), room, widest);
            let share = match justification {
                Justification::Left => 0.0,
                Justification::Center => 0.5,
                Justification::Right => 1.0,
            };
            let angle = f32::from(quarter_turns) * std::f32::consts::FRAC_PI_2;
            let galleys = lines(&of(size));
            write(painter, theme, rect.pos(begin), angle, &galleys, |galley| {
                (room.x as f32 - galley.size().x) * share
            });
        }
    }
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
        for offset in [Vec2::X, -Vec2::X, Vec2::Y, -Vec2::Y].map(|way| way * HALO as f32) {
            let halo = theme.colours.halo;
            let shadow = TextShape::new(at + offset, Arc::clone(galley), halo);
            painter.add(shadow.with_override_text_color(halo).with_angle(angle));
        }
        painter.add(TextShape::new(at, Arc::clone(galley), Color32::WHITE).with_angle(angle));
    }
}
