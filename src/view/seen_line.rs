//! The part of a line that is on screen. A line may reach as far as its file says; what draws it
//! counts in f32, and dashes beyond the screen would be made one by one.

use crate::geom::DVec2;

/// A line is drawn so far beyond the screen, px: more than half the width of any.
const MARGIN_PX: f64 = 128.0;
/// A line longer than this on screen is drawn without gaps, px.
const DASHED_MOST_PX: f64 = 200_000.0;

/// What of a line is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenLine {
    /// Its pieces.
    pub parts: Vec<LinePart>,
    /// They have gaps.
    pub is_dashed: bool,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct LinePart {
    /// Screen px; two or more.
    pub points: Vec<DVec2>,
    /// How much of the line comes before it, px: where its dashes go on from.
    pub before_px: f64,
}

/// Whether a point of a screen of this size is on it, or nearly.
#[must_use]
pub fn is_near_screen(at: DVec2, size_px: DVec2) -> bool {
    at.cmpge(DVec2::splat(-MARGIN_PX)).all() && at.cmple(size_px + MARGIN_PX).all()
}

/// The pieces of a line that lie on a screen of this size, or nearly.
#[must_use]
pub fn seen_line(points: &[DVec2], is_dashed: bool, size_px: DVec2) -> SeenLine {
    let mut parts: Vec<LinePart> = Vec::new();
    let (mut before_px, mut seen_px) = (0.0, 0.0);
    let mut goes_on = false;
    let (low, high) = (DVec2::splat(-MARGIN_PX), size_px + MARGIN_PX);
    // Shares of a very long line are not exact.
    let on_edge = |a: DVec2, b: DVec2, share: f64| a.lerp(b, share).clamp(low, high);
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        let length = a.distance(*b);
        let Some([from, to]) = seen_share(*a, *b, size_px) else {
            before_px += length;
            goes_on = false;
            continue;
        };
        let end = if to < 1.0 { on_edge(*a, *b, to) } else { *b };
        match parts.last_mut().filter(|_| goes_on && from <= 0.0) {
            Some(part) => part.points.push(end),
            None => parts.push(LinePart {
                points: vec![
                    if from > 0.0 {
                        on_edge(*a, *b, from)
                    } else {
                        *a
                    },
                    end,
                ],
                before_px: before_px + length * from,
            }),
        }
        before_px += length;
        seen_px += length * (to - from);
        goes_on = to >= 1.0;
    }
    SeenLine {
        parts,
        is_dashed: is_dashed && seen_px <= DASHED_MOST_PX,
    }
}

/// From where to where, as shares of its length, a straight line is near the screen (Liang and
/// Barsky).
fn seen_share(a: DVec2, b: DVec2, size_px: DVec2) -> Option<[f64; 2]> {
    let (low, high) = (DVec2::splat(-MARGIN_PX), size_px + MARGIN_PX);
    let mut share = [0.0_f64, 1.0];
    for axis in 0..2 {
        let way = b[axis] - a[axis];
        if way == 0.0 {
            if a[axis] < low[axis] || a[axis] > high[axis] {
                return None;
            }
            continue;
        }
        let ends = [(low[axis] - a[axis]) / way, (high[axis] - a[axis]) / way];
        share[0] = share[0].max(ends[0].min(ends[1]));
        share[1] = share[1].min(ends[0].max(ends[1]));
    }
    (share[0] <= share[1]).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: DVec2 = DVec2::new(400.0, 300.0);

    fn line(points: &[[f64; 2]]) -> SeenLine {
        let points: Vec<DVec2> = points.iter().map(|at| DVec2::from_array(*at)).collect();
        seen_line(&points, true, SIZE)
    }

    #[test]
    fn a_line_on_screen_is_drawn_as_it_is() {
        let points = [[10.0, 10.0], [20.0, 10.0], [20.0, 30.0], [10.0, 10.0]];
        let seen = line(&points);
        assert_eq!(seen.parts.len(), 1);
        assert_eq!(seen.parts[0].points, points.map(DVec2::from_array));
        assert!(seen.parts[0].before_px == 0.0 && seen.is_dashed);
    }

    #[test]
    fn however_far_a_line_reaches_what_is_drawn_of_it_is_near_the_screen() {
        for far in [1e3, 1e7, 1e11] {
            let seen = line(&[[-far, 100.0], [far, 100.0], [200.0, far], [200.0, 100.0]]);
            assert_eq!(seen.parts.len(), 2, "{far}");
            for part in &seen.parts {
                assert!(part.points.iter().all(|at| is_near_screen(*at, SIZE)));
            }
            let [from, to] = seen.parts[0].points[..] else {
                panic!("a straight line");
            };
            let edges = DVec2::new(-MARGIN_PX, SIZE.x + MARGIN_PX);
            assert!(DVec2::new(from.x, to.x).distance(edges) < 1e-3);
            let skipped = far - MARGIN_PX;
            assert!((seen.parts[0].before_px / skipped - 1.0).abs() < 1e-9);
        }
        assert!(line(&[[-500.0, 0.0], [200.0, -900.0]]).parts.is_empty());
    }

    #[test]
    fn more_dashes_than_anyone_sees_are_not_made() {
        let to_and_fro: Vec<_> = (0..2000)
            .map(|n| [f64::from(n % 2) * 400.0, 10.0])
            .collect();
        assert!(!line(&to_and_fro).is_dashed);
    }
}
