//! Annotations and the crosshair, painted over the picture.

use std::sync::Arc;

use eframe::egui;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, Vec2};

use super::PaneRect;
use super::frame::plane_colour;
use super::measurement::MeasurementCache;
use super::showing::Showing;
use super::text_on_image::{line, outlined};
use crate::annotation::{Annotation, AnnotationKind};
use crate::geom::DVec2;
use crate::text;
use crate::tool::{GAP_PT, Gesture, LabelPlace, Scene, crosshair_lines, is_near, px_per_unit};
use crate::ui::theme::Theme;
use crate::view::{Space, Visibility, is_same_patient};
use crate::workspace::{Workspace, is_default_label};

/// Kept free of the crosshair's lines along the edges, points.
const LETTER_ROOM: Vec2 = Vec2::new(46.0, 28.0);
/// Between a label placed by itself and its drawing, points.
const LABEL_GAP: f32 = 10.0;

/// The annotations of the patient on screen that are seen in this pane, and how.
pub(super) fn seen(workspace: &Workspace, showing: &Showing) -> Vec<(Arc<Annotation>, Visibility)> {
    let Some(data) = &showing.data else {
        return Vec::new();
    };
    let is_of_patient = |study| {
        let mut sets = workspace.library.display_sets();
        sets.any(|set| {
            set.study == study
                && is_same_patient(&workspace.library, set.id, showing.state.display_set)
        })
    };
    workspace
        .studies
        .iter()
        .filter(|(study, record)| !record.document.annotations.is_empty() && is_of_patient(**study))
        .flat_map(|(_, record)| &record.document.annotations)
        .filter_map(|annotation| {
            let visibility = data.visibility(&showing.view, annotation);
            (visibility != Visibility::Hidden).then(|| (Arc::clone(annotation), visibility))
        })
        .collect()
}

/// What labels are written with.
pub(super) struct Words<'a> {
    pub words: &'a text::Words,
    pub theme: &'a Theme,
    pub cache: &'a mut MeasurementCache,
}

/// Paints them; gives back where the labels stand.
pub(super) fn annotations(
    ui: &Ui,
    painter: &Painter,
    scene: &Scene<'_>,
    rect: &PaneRect,
    with: Words<'_>,
    gesture: Option<&Gesture>,
) -> Vec<LabelPlace> {
    let mut places: Vec<(LabelPlace, Rect)> = Vec::new();
    for (annotation, visibility) in scene.annotations {
        let is_selected = scene.workspace.selected == Some(annotation.id);
        let pen = Pen::new(with.theme, is_selected, *visibility);
        let outlines = on_window(scene, rect, annotation);
        pen.outlines(painter, annotation, &outlines);
        if *visibility == Visibility::Faint {
            continue;
        }
        if is_selected {
            pen.handles(painter, scene, rect, annotation);
        }
        let lines = label_lines(annotation, scene, with.words, with.cache);
        let taken: Vec<Rect> = places.iter().map(|(_, area)| *area).collect();
        if let Some(area) = label(
            ui, painter, scene, rect, &pen, annotation, &outlines, &lines, &taken,
        ) {
            let place = LabelPlace {
                id: annotation.id,
                min_px: rect.px(area.min),
                max_px: rect.px(area.max),
            };
            places.push((place, area));
        }
    }
    if let Some(gesture) = gesture.filter(|gesture| gesture.pane == scene.pane) {
        preview(
            painter,
            scene,
            rect,
            &Pen::new(with.theme, true, Visibility::Full),
            gesture,
        );
    }
    places.into_iter().map(|(place, _)| place).collect()
}

/// What stands beside a drawing: the name the reader gave it, its text, what it measures. Values
/// of one display set (a series, or one phase, echo or b-value of it) are not written on another,
/// where they would be taken for that one's.
fn label_lines(
    annotation: &Arc<Annotation>,
    scene: &Scene<'_>,
    words: &text::Words,
    cache: &mut MeasurementCache,
) -> Vec<String> {
    let measured = cache.lines(annotation, scene.workspace, scene.frames, words);
    let own = scene.workspace.place_of_annotation(annotation);
    let is_own = own.is_some_and(|(set, _)| set == scene.state.display_set);
    let is_named = !annotation.label.is_empty() && !is_default_label(&annotation.label);
    let name = is_named.then(|| annotation.label.clone());
    let values = if is_own { measured.values } else { Vec::new() };
    name.into_iter()
        .chain(annotation.text.lines().map(str::to_owned))
        .chain(measured.geometry)
        .chain(values)
        .collect()
}

fn on_window(scene: &Scene<'_>, rect: &PaneRect, annotation: &Annotation) -> Vec<Vec<Pos2>> {
    scene
        .view
        .outlines_on_screen(annotation)
        .into_iter()
        .map(|line| line.into_iter().map(|px| rect.pos(px)).collect())
        .collect()
}

/// How a drawing is drawn.
struct Pen {
    colour: Color32,
    halo: Color32,
    width: f32,
    handle: f32,
    is_faint: bool,
    font: egui::FontId,
}

impl Pen {
    fn new(theme: &Theme, is_selected: bool, visibility: Visibility) -> Self {
        let is_faint = visibility == Visibility::Faint;
        let colour = if is_selected {
            theme.colours.selected
        } else {
            theme.colours.measurement
        };
        Self {
            colour: if is_faint {
                colour.gamma_multiply(0.6)
            } else {
                colour
            },
            halo: theme
                .colours
                .halo
                .gamma_multiply(if is_faint { 0.4 } else { 0.8 }),
            width: theme.sizes.measurement_line + if is_selected { 0.5 } else { 0.0 },
            handle: theme.sizes.handle,
            is_faint,
            font: theme.overlay(),
        }
    }

    fn path(&self, painter: &Painter, path: &[Pos2]) {
        if self.is_faint {
            let mut dashes = Vec::new();
            for (width, colour) in [(self.width + 2.0, self.halo), (self.width, self.colour)] {
                dashes.extend(Shape::dashed_line(
                    path,
                    Stroke::new(width, colour),
                    6.0,
                    5.0,
                ));
            }
            painter.extend(dashes);
            return;
        }
        painter.line(path.to_vec(), Stroke::new(self.width + 2.0, self.halo));
        painter.line(path.to_vec(), Stroke::new(self.width, self.colour));
    }

    fn cross(&self, painter: &Painter, at: Pos2) {
        for arm in [Vec2::X, Vec2::Y] {
            for side in [-1.0, 1.0] {
                self.path(painter, &[at + arm * side * 3.0, at + arm * side * 9.0]);
            }
        }
    }

    fn outlines(&self, painter: &Painter, annotation: &Annotation, outlines: &[Vec<Pos2>]) {
        for path in outlines {
            match path.as_slice() {
                [at] => self.cross(painter, *at),
                path => self.path(painter, path),
            }
        }
        match (annotation.kind, outlines.first().map(Vec::as_slice)) {
            (AnnotationKind::Arrow, Some(&[tip, tail])) => self.arrow_head(painter, tip, tail),
            (AnnotationKind::Length, Some(&[a, b])) => {
                self.tick(painter, a, b);
                self.tick(painter, b, a);
            }
            (AnnotationKind::Angle, Some(&[a, vertex, b])) => self.arc(painter, a, vertex, b),
            _ => {}
        }
    }

    /// A short line across the end of a length, so that its end is seen exactly.
    fn tick(&self, painter: &Painter, end: Pos2, other: Pos2) {
        let across = (other - end).normalized().rot90() * 4.0;
        self.path(painter, &[end - across, end + across]);
    }

    fn arrow_head(&self, painter: &Painter, tip: Pos2, tail: Pos2) {
        let back = (tail - tip).normalized() * 12.0;
        let side = back.rot90() * 0.4;
        self.path(painter, &[tip + back + side, tip, tip + back - side]);
    }

    fn arc(&self, painter: &Painter, a: Pos2, vertex: Pos2, b: Pos2) {
        let (from, to) = (a - vertex, b - vertex);
        let radius = (from.length().min(to.length()) * 0.3).min(28.0);
        let mut sweep = to.angle() - from.angle();
        if sweep.abs() > std::f32::consts::PI {
            sweep -= std::f32::consts::TAU.copysign(sweep);
        }
        let points: Vec<Pos2> = (0_u8..=16)
            .map(|step| {
                let angle = from.angle() + sweep * f32::from(step) / 16.0;
                vertex + Vec2::angled(angle) * radius
            })
            .collect();
        self.path(painter, &points);
    }

    fn handles(
        &self,
        painter: &Painter,
        scene: &Scene<'_>,
        rect: &PaneRect,
        annotation: &Annotation,
    ) {
        let space = Space::of(&annotation.points);
        for handle in annotation.handles() {
            if let Some(px) = scene.view.screen_from_place(space, handle) {
                let square = Rect::from_center_size(rect.pos(px), Vec2::splat(self.handle));
                painter.rect(
                    square,
                    0.0,
                    self.halo,
                    Stroke::new(1.5, self.colour),
                    StrokeKind::Inside,
                );
            }
        }
    }
}

/// The label with its leader; gives back the area it takes.
#[expect(clippy::too_many_arguments, reason = "one call, in the loop above")]
fn label(
    ui: &Ui,
    painter: &Painter,
    scene: &Scene<'_>,
    rect: &PaneRect,
    pen: &Pen,
    annotation: &Annotation,
    outlines: &[Vec<Pos2>],
    lines: &[String],
    taken: &[Rect],
) -> Option<Rect> {
    let galleys: Vec<_> = lines
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| line(ui, text, &pen.font, pen.colour))
        .collect();
    let points: Vec<Pos2> = outlines.iter().flatten().copied().collect();
    if galleys.is_empty() || points.is_empty() {
        return None;
    }
    let size = galleys.iter().fold(Vec2::ZERO, |size, galley| {
        Vec2::new(size.x.max(galley.size().x), size.y + galley.size().y)
    });
    let first = scene.view.screen_from_place(
        Space::of(&annotation.points),
        *annotation.handles().first()?,
    )?;
    let at = match annotation.label_offset {
        Some(offset) => {
            let scale = px_per_unit(scene.view, Space::of(&annotation.points))?;
            rect.pos(first + offset * scale)
        }
        None => place_label(annotation, &points, size, rect, taken),
    };
    let area = Rect::from_min_size(at, size);
    leader(painter, pen, area, &points);
    let mut y = at.y;
    for galley in &galleys {
        outlined(
            painter,
            Pos2::new(at.x, y),
            galley,
            pen.colour,
            Color32::BLACK,
        );
        y += galley.size().y;
    }
    Some(area.expand(2.0))
}

/// Beside the drawing, inside the pane, over no other label.
fn place_label(
    annotation: &Annotation,
    points: &[Pos2],
    size: Vec2,
    rect: &PaneRect,
    taken: &[Rect],
) -> Pos2 {
    let bounds = points.iter().fold(Rect::NOTHING, |bounds, point| {
        bounds.union(Rect::from_min_max(*point, *point))
    });
    let inside = rect.inside.shrink(6.0);
    let wanted = match (annotation.kind, points) {
        // Beside the vertex, on the outer side, where no leg is in the way.
        (AnnotationKind::Angle, &[a, vertex, b]) => {
            let inward = ((a - vertex).normalized() + (b - vertex).normalized()).normalized();
            let outward = if inward == Vec2::ZERO {
                Vec2::Y
            } else {
                -inward
            };
            vertex + outward * (LABEL_GAP + size.length() * 0.5) - size * 0.5
        }
        // The text of an arrow stands at its tail, away from what it points to.
        (AnnotationKind::Arrow, &[tip, tail]) => {
            let away = if tail.x < tip.x {
                -size.x - LABEL_GAP
            } else {
                LABEL_GAP
            };
            tail + Vec2::new(away, -size.y * 0.5)
        }
        _ => Pos2::new(bounds.right() + LABEL_GAP, bounds.top()),
    };
    let mut area = Rect::from_min_size(wanted, size);
    if area.right() > inside.right() {
        area = area.translate(Vec2::new(bounds.left() - LABEL_GAP - area.right(), 0.0));
    }
    area = kept_in(area, inside);
    for _ in 0..12 {
        let Some(other) = taken.iter().find(|other| other.intersects(area)) else {
            break;
        };
        area = kept_in(
            area.translate(Vec2::new(0.0, other.bottom() - area.top() + 1.0)),
            inside,
        );
    }
    area.min
}

fn kept_in(area: Rect, inside: Rect) -> Rect {
    let x = area.left().clamp(
        inside.left(),
        (inside.right() - area.width()).max(inside.left()),
    );
    let y = area.top().clamp(
        inside.top(),
        (inside.bottom() - area.height()).max(inside.top()),
    );
    Rect::from_min_size(Pos2::new(x, y), area.size())
}

/// A thin line from a label to its drawing where they are apart.
fn leader(painter: &Painter, pen: &Pen, area: Rect, points: &[Pos2]) {
    let near = points
        .iter()
        .map(|point| (area.clamp(*point), *point))
        .min_by(|a, b| a.0.distance(a.1).total_cmp(&b.0.distance(b.1)));
    if let Some((from, to)) = near
        && from.distance(to) > LABEL_GAP * 1.5
    {
        let stroke = Stroke::new(1.0, pen.colour.gamma_multiply(0.7));
        painter.extend(Shape::dashed_line(&[from, to], stroke, 3.0, 3.0));
    }
}

/// What is drawn but not whole yet.
fn preview(painter: &Painter, scene: &Scene<'_>, rect: &PaneRect, pen: &Pen, gesture: &Gesture) {
    let Some(drawing) = gesture
        .drawing
        .as_ref()
        .filter(|drawing| drawing.added.is_none())
    else {
        return;
    };
    let path: Vec<Pos2> = drawing
        .fixed
        .iter()
        .chain(&drawing.loose)
        .filter_map(|place| scene.view.screen_from_place(drawing.space, *place))
        .map(|px| rect.pos(px))
        .collect();
    if path.len() > 1 {
        pen.path(painter, &path);
    }
}

/// The lines of the other two planes, free around the middle; handles near the pointer only.
pub(super) fn crosshair(
    painter: &Painter,
    scene: &Scene<'_>,
    rect: &PaneRect,
    theme: &Theme,
    pointer_px: Option<DVec2>,
) {
    let reach = f64::from(rect.size_px[0].max(rect.size_px[1])) * 2.0;
    // The lines end before the letters at the middle of the edges.
    let painter = &painter.with_clip_rect(rect.inside.shrink2(LETTER_ROOM));
    for line in crosshair_lines(scene) {
        let colour = plane_colour(theme, line.plane);
        let gap = GAP_PT * rect.px_per_pt;
        for side in [-1.0, 1.0] {
            let ends = [gap, reach].map(|far| rect.pos(line.middle_px + line.along * far * side));
            painter.line_segment(
                ends,
                Stroke::new(2.5, theme.colours.halo.gamma_multiply(0.6)),
            );
            painter.line_segment(ends, Stroke::new(1.0, colour));
        }
        let is_seen = pointer_px.is_some_and(|at| is_near(&line, at, rect.px_per_pt));
        if is_seen {
            for handle in line.handles_px {
                painter.circle(
                    rect.pos(handle),
                    theme.sizes.handle * 0.6,
                    theme.colours.halo,
                    Stroke::new(1.5, colour),
                );
            }
        }
    }
}
