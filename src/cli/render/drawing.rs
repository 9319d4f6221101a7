//! Graphics and texts of a presentation state over a picture that no window shows.

use vello_cpu::kurbo::{Affine, BezPath, Circle, Point, Shape as _, Stroke};
use vello_cpu::peniko::{Color, Fill};
use vello_cpu::{Pixmap, RenderContext, Resources};

use crate::geom::DVec2;
use crate::imaging::Picture;
use crate::objects::presentation_state::Justification;
use crate::text::{Lettering, OutlineStep};
use crate::view::mark_style::{DASH, DASH_GAP, GAP, HALO, LETTERS, LINE, POINT};
use crate::view::{PresentationMark, TextPlace, is_near_screen, letter_size, seen_line};

/// Colour of what has none.
const WHITE: [u8; 3] = [u8::MAX; 3];
const BLACK: [u8; 3] = [0; 3];

/// Draws them, in their order; a picture too large for it stays as it is.
pub(super) fn draw_over(picture: &mut Picture, marks: &[PresentationMark]) {
    let [Ok(width), Ok(height)] = picture.size_px.map(u16::try_from) else {
        return;
    };
    if marks.is_empty() || width == 0 || height == 0 {
        return;
    }
    let size_px = DVec2::new(f64::from(width), f64::from(height));
    let mut context = RenderContext::new(width, height);
    for mark in marks {
        draw(&mut context, mark, size_px);
    }
    context.flush();
    let mut drawn = Pixmap::new(width, height);
    context.render(&mut drawn, &mut Resources::default());
    for (below, above) in picture.rgba.chunks_exact_mut(4).zip(drawn.data()) {
        let rest = u32::from(u8::MAX - above.a);
        for (level, over) in below.iter_mut().zip([above.r, above.g, above.b]) {
            let mixed = u32::from(over) + (u32::from(*level) * rest + 127) / 255;
            *level = mixed.min(255) as u8;
        }
    }
}

fn paint(context: &mut RenderContext, [r, g, b]: [u8; 3], opacity: f64) {
    context.set_paint(Color::from_rgba8(r, g, b, (opacity * 255.0).round() as u8));
}

fn stroke(context: &mut RenderContext, path: &BezPath, width: f64, rgb: [u8; 3]) {
    paint(context, rgb, 1.0);
    context.set_stroke(Stroke::new(width));
    context.stroke_path(path);
}

fn draw(context: &mut RenderContext, mark: &PresentationMark, size_px: DVec2) {
    match mark {
        PresentationMark::Point { at, .. } if !is_near_screen(*at, size_px) => {}
        PresentationMark::Point { at, rgb } => {
            for (radius, rgb) in [(POINT + HALO, BLACK), (POINT, rgb.unwrap_or(WHITE))] {
                paint(context, rgb, 1.0);
                context.fill_path(&Circle::new(point(*at), radius).to_path(0.1));
            }
        }
        PresentationMark::Line {
            points,
            rgb,
            thickness,
            is_dashed,
        } => {
            let seen = seen_line(points, *is_dashed, size_px);
            let width = LINE * thickness;
            for (width, rgb) in [(width + 2.0 * HALO, BLACK), (width, rgb.unwrap_or(WHITE))] {
                paint(context, rgb, 1.0);
                for part in &seen.parts {
                    let stroke = Stroke::new(width);
                    context.set_stroke(if seen.is_dashed {
                        let period = DASH + DASH_GAP;
                        let offset = part.before_px.rem_euclid(period);
                        stroke.with_dashes(offset, [DASH, DASH_GAP])
                    } else {
                        stroke
                    });
                    context.stroke_path(&polygon(&part.points));
                }
            }
        }
        PresentationMark::Area {
            points,
            rgb,
            opacity,
        } => {
            paint(context, rgb.unwrap_or(WHITE), *opacity);
            context.set_fill_rule(Fill::EvenOdd);
            context.fill_path(&polygon(points));
            context.set_fill_rule(Fill::NonZero);
        }
        PresentationMark::Text { text, rgb, place } => {
            text_at(context, text, rgb.unwrap_or(WHITE), *place);
        }
    }
}

fn text_at(context: &mut RenderContext, text: &str, rgb: [u8; 3], place: TextPlace) {
    let set = |size| -> Vec<Lettering> {
        text.lines()
            .map(|line| Lettering::new(line, size))
            .collect()
    };
    let (lines, begin, angle, room, share) = match place {
        TextPlace::Beside(at) => {
            let lines = set(LETTERS);
            let height: f64 = lines.iter().map(|line| line.height).sum();
            let begin = at + DVec2::new(GAP, -height * 0.5);
            (lines, begin, 0.0, 0.0, 0.0)
        }
        TextPlace::Box {
            quarter_turns,
            justification,
            ..
        } => {
            let (begin, size) = place.beginning();
            let widest = |size| {
                let widths = set(size).into_iter().map(|line| line.width);
                widths.fold(0.0, f64::max)
            };
            let letters = letter_size(LETTERS, text.lines().count(), size, widest);
            let share = match justification {
                Justification::Left => 0.0,
                Justification::Center => 0.5,
                Justification::Right => 1.0,
            };
            let angle = f64::from(quarter_turns) * std::f64::consts::FRAC_PI_2;
            (set(letters), begin, angle, size.x, share)
        }
    };
    let mut top = 0.0;
    for line in lines {
        let indent = (room - line.width) * share;
        let baseline = Affine::translate((indent, top + line.ascent));
        let placed = Affine::translate((begin.x, begin.y)) * Affine::rotate(angle) * baseline;
        let path = placed * letters(&line);
        stroke(context, &path, 2.0 * HALO, BLACK);
        paint(context, rgb, 1.0);
        context.fill_path(&path);
        top += line.height;
    }
}

fn letters(line: &Lettering) -> BezPath {
    let mut path = BezPath::new();
    for step in &line.outline {
        match step {
            OutlineStep::Move(to) => path.move_to(point(*to)),
            OutlineStep::Line(to) => path.line_to(point(*to)),
            OutlineStep::Quad(bend, to) => path.quad_to(point(*bend), point(*to)),
            OutlineStep::Curve(a, b, to) => path.curve_to(point(*a), point(*b), point(*to)),
            OutlineStep::Close => path.close_path(),
        }
    }
    path
}

fn polygon(points: &[DVec2]) -> BezPath {
    let mut path = BezPath::new();
    for (number, at) in points.iter().enumerate() {
        if number == 0 {
            path.move_to(point(*at));
        } else {
            path.line_to(point(*at));
        }
    }
    if points.len() > 2 && points.first() == points.last() {
        path.close_path();
    }
    path
}

const fn point(at: DVec2) -> Point {
    Point::new(at.x, at.y)
}
