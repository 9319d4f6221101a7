//! Where a plane cuts a region of interest: along its contours, or across its slabs.

use std::collections::HashMap;

use super::structures::{Roi, Slab, SlabStack};
use crate::geom::{DVec3, PlanePose};

/// Planes that lean less than this against the contours (cosine) run along them: half a degree.
const ALONG: f64 = 0.999_962;
/// Open lines and points are seen this far from a plane at least, mm.
const LEAST_REACH_MM: f64 = 0.01;

/// A region's lines in a plane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CutLines {
    /// Ways from point to point, patient mm.
    pub lines: Vec<Vec<DVec3>>,
    /// Single points, patient mm.
    pub points: Vec<DVec3>,
}

/// The lines of a region in a plane; contours within `reach_mm` of it belong to it.
///
/// Along the contours: those of the nearest contour plane that lies within reach or whose slab
/// holds the plane. Across them: the border of the slabs in the plane, without the parts of floors
/// and ceilings that two neighbouring slabs share.
#[must_use]
pub fn cut(roi: &Roi, plane: &PlanePose, reach_mm: f64) -> CutLines {
    let mut found = CutLines::default();
    for stack in &roi.stacks {
        let lean = stack.normal.dot(plane.normal());
        if lean.abs() > ALONG {
            // Where the region is, and not where the picture happens to have its middle.
            let level = stack.middle.dot(stack.normal) - plane.distance_mm(stack.middle) / lean;
            if let Some(slab) = slab_at(stack, level, reach_mm) {
                found
                    .lines
                    .extend(slab.polygons.iter().flat_map(|it| outline(it)));
            }
        } else {
            across(stack, plane, &mut found.lines);
        }
    }
    let reach = reach_mm.max(LEAST_REACH_MM);
    let is_near = |point: &DVec3| plane.distance_mm(*point).abs() <= reach;
    for line in &roi.lines {
        let near = line.chunk_by(|a, b| is_near(a) && is_near(b));
        let seen = near.filter(|part| part.len() > 1 && part.iter().all(is_near));
        found.lines.extend(seen.map(<[DVec3]>::to_vec));
    }
    found
        .points
        .extend(roi.points.iter().filter(|it| is_near(it)));
    found
}

/// Whether a region holds a point of a plane; contours within `reach_mm` of it belong to it.
#[must_use]
pub fn holds(roi: &Roi, point: DVec3, reach_mm: f64) -> bool {
    roi.stacks.iter().any(|stack| {
        let slab = slab_at(stack, point.dot(stack.normal), reach_mm);
        slab.is_some_and(|slab| is_inside(slab, stack.normal, point))
    })
}

/// The slab for a plane at this distance: the nearest within reach, or the one that holds it.
fn slab_at(stack: &SlabStack, distance: f64, reach_mm: f64) -> Option<&Slab> {
    let above = stack.slabs.partition_point(|slab| slab.distance < distance);
    let nearest = [above.checked_sub(1), Some(above)]
        .into_iter()
        .flatten()
        .filter_map(|at| stack.slabs.get(at))
        .min_by(|a, b| {
            let far = |slab: &Slab| (slab.distance - distance).abs();
            far(a).total_cmp(&far(b))
        })?;
    let [low, high] = nearest.reach;
    let is_near = (nearest.distance - distance).abs() <= reach_mm;
    (is_near || (low <= distance && distance <= high)).then_some(nearest)
}

fn edges(polygon: &[DVec3]) -> impl Iterator<Item = (DVec3, DVec3)> + '_ {
    let next = polygon.iter().skip(1).chain(polygon.first());
    polygon.iter().copied().zip(next.copied())
}

/// A point's place for comparing: a hundredth of a millimetre apart is another place.
fn key(point: DVec3) -> [i64; 3] {
    point.to_array().map(|part| (part * 100.0).round() as i64)
}

/// The closed way around a polygon, without edges that are walked in both directions (keyholes).
fn outline(polygon: &[DVec3]) -> Vec<Vec<DVec3>> {
    let mut walked: HashMap<([i64; 3], [i64; 3]), u32> = HashMap::new();
    for (a, b) in edges(polygon) {
        *walked.entry((key(a), key(b))).or_default() += 1;
    }
    let is_border = |a: DVec3, b: DVec3| !walked.contains_key(&(key(b), key(a)));
    let mut lines: Vec<Vec<DVec3>> = Vec::new();
    let mut is_open = false;
    for (a, b) in edges(polygon) {
        if !is_border(a, b) {
            is_open = false;
            continue;
        }
        match lines.last_mut().filter(|_| is_open) {
            Some(line) => line.push(b),
            None => lines.push(vec![a, b]),
        }
        is_open = true;
    }
    lines
}

/// Even-odd over all polygons of a slab, seen along its normal.
fn is_inside(slab: &Slab, normal: DVec3, point: DVec3) -> bool {
    let Some((u, v)) = axes(normal) else {
        return false;
    };
    let (x, y) = (point.dot(u), point.dot(v));
    let crossings = slab.polygons.iter().flat_map(|polygon| edges(polygon));
    let count = crossings.filter(|(a, b)| {
        let ((ax, ay), (bx, by)) = ((a.dot(u), a.dot(v)), (b.dot(u), b.dot(v)));
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    count.count() % 2 == 1
}

/// Two unit vectors across a normal.
fn axes(normal: DVec3) -> Option<(DVec3, DVec3)> {
    let u = normal.any_orthogonal_vector().try_normalize()?;
    Some((u, normal.cross(u)))
}

/// The border, in a plane, of slabs it runs across.
fn across(stack: &SlabStack, plane: &PlanePose, lines: &mut Vec<Vec<DVec3>>) {
    let n = stack.normal;
    let across = plane.normal() - n * plane.normal().dot(n);
    let Some(across) = across.try_normalize() else {
        return;
    };
    // The plane meets a level of the stack in a line: through its foot, along this.
    let along = n.cross(across);
    let level_line = |level: f64| {
        let lean = plane.normal().dot(across);
        let from = plane.centre + n * (level - plane.centre.dot(n));
        from - across * (plane.distance_mm(from) / lean)
    };
    for slab in &stack.slabs {
        for (a, b) in slab.polygons.iter().flat_map(|polygon| edges(polygon)) {
            lines.extend(wall(slab, n, plane, a, b).map(Vec::from));
        }
    }
    for (at, slab) in stack.slabs.iter().enumerate() {
        let below = at.checked_sub(1).and_then(|at| stack.slabs.get(at));
        let touches = |below: &&Slab| (below.reach[1] - slab.reach[0]).abs() < 1e-6;
        let below = below.filter(touches);
        let floor = below.map_or_else(Vec::new, |below| {
            crossings(below, across, along, level_line(slab.reach[0]))
        });
        let own = crossings(slab, across, along, level_line(slab.reach[0]));
        lines.extend(spans(
            &[floor, own].concat(),
            level_line(slab.reach[0]),
            along,
        ));
        let has_next = stack
            .slabs
            .get(at + 1)
            .is_some_and(|next| (next.reach[0] - slab.reach[1]).abs() < 1e-6);
        if !has_next {
            let top = level_line(slab.reach[1]);
            lines.extend(spans(&crossings(slab, across, along, top), top, along));
        }
    }
}

/// Where a line through `from` crosses the border of a slab's area, mm along it.
fn crossings(slab: &Slab, across: DVec3, along: DVec3, from: DVec3) -> Vec<f64> {
    let side = |point: DVec3| (point - from).dot(across);
    slab.polygons
        .iter()
        .flat_map(|polygon| edges(polygon))
        .filter_map(|(a, b)| {
            let (sa, sb) = (side(a), side(b));
            let is_crossed = (sa > 0.0) != (sb > 0.0);
            is_crossed.then(|| {
                let point = a + (b - a) * (sa / (sa - sb));
                (point - from).dot(along)
            })
        })
        .collect()
}

/// What lies between every other crossing: of one area its inside, of two what they do not share.
fn spans(crossings: &[f64], from: DVec3, along: DVec3) -> Vec<Vec<DVec3>> {
    let mut sorted = crossings.to_vec();
    sorted.sort_by(f64::total_cmp);
    let pairs = sorted.chunks_exact(2).filter_map(|pair| match pair {
        [a, b] if b - a > 1e-6 => Some(vec![from + along * *a, from + along * *b]),
        _ => None,
    });
    pairs.collect()
}

/// Where a plane meets the wall over an edge of a slab's area.
fn wall(slab: &Slab, n: DVec3, plane: &PlanePose, a: DVec3, b: DVec3) -> Option<[DVec3; 2]> {
    let [low, high] = slab.reach;
    let at_level = |point: DVec3, level: f64| point + n * (level - point.dot(n));
    let corners = [
        at_level(a, low),
        at_level(b, low),
        at_level(b, high),
        at_level(a, high),
    ];
    let mut met: Vec<DVec3> = Vec::with_capacity(2);
    for (from, to) in edges(&corners) {
        let (df, dt) = (plane.distance_mm(from), plane.distance_mm(to));
        if (df > 0.0) != (dt > 0.0) {
            met.push(from + (to - from) * (df / (df - dt)));
        }
    }
    let pair: [DVec3; 2] = met.try_into().ok()?;
    ((pair[1] - pair[0]).length() > 1e-9).then_some(pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::DVec2;

    fn square(min: DVec2, max: DVec2, z: f64) -> Vec<DVec3> {
        vec![
            DVec3::new(min.x, min.y, z),
            DVec3::new(max.x, min.y, z),
            DVec3::new(max.x, max.y, z),
            DVec3::new(min.x, max.y, z),
        ]
    }

    fn roi(slabs: Vec<Slab>) -> Roi {
        Roi {
            number: 1,
            name: String::new(),
            interpreted_type: String::new(),
            algorithm: String::new(),
            rgb: [255, 0, 0],
            frame_of_reference: None,
            stacks: vec![SlabStack {
                normal: DVec3::Z,
                middle: DVec3::new(5.0, 5.0, 0.0),
                slabs,
            }],
            lines: Vec::new(),
            points: Vec::new(),
            contours: 0,
            unreadable: 0,
        }
    }

    fn slab(z: f64, polygons: Vec<Vec<DVec3>>) -> Slab {
        Slab {
            distance: z,
            reach: [z - 1.0, z + 1.0],
            polygons,
        }
    }

    fn length(lines: &CutLines) -> f64 {
        let ways = lines.lines.iter().flat_map(|line| line.windows(2));
        ways.map(|pair| (pair[1] - pair[0]).length()).sum()
    }

    fn big() -> Vec<DVec3> {
        square(DVec2::ZERO, DVec2::splat(10.0), 0.0)
    }

    #[test]
    fn along_the_contours_the_nearest_plane_within_reach_is_drawn_and_none_beyond() {
        let roi = roi(vec![slab(0.0, vec![big()]), slab(2.0, vec![big()])]);
        let at = |z: f64| PlanePose::new(DVec3::Z * z, DVec3::X, DVec3::Y).unwrap();
        assert_eq!(length(&cut(&roi, &at(0.4), 0.5)), 40.0);
        assert_eq!(length(&cut(&roi, &at(0.8), 0.5)), 40.0); // the slab holds it
        assert_eq!(length(&cut(&roi, &at(3.4), 0.5)), 0.0);
        assert_eq!(length(&cut(&roi, &at(3.4), 2.0)), 40.0);
    }

    #[test]
    fn which_contour_a_leaning_plane_draws_does_not_depend_on_where_the_picture_is() {
        let roi = roi(vec![slab(0.0, vec![big()]), slab(3.0, vec![big()])]);
        // 0.4 degrees: over 200 mm, 1.4 mm.
        let (sin, cos) = 0.4_f64.to_radians().sin_cos();
        let right = DVec3::new(cos, 0.0, sin);
        let through = DVec3::new(5.0, 5.0, 0.2);
        let levels = [-200.0, 0.0, 200.0].map(|pan| {
            let plane = PlanePose::new(through + right * pan, right, DVec3::Y).unwrap();
            let lines = cut(&roi, &plane, 0.5).lines;
            lines.first().and_then(|line| line.first()).map(|it| it.z)
        });
        assert_eq!(levels, [Some(0.0); 3]);
    }

    #[test]
    fn a_plane_across_two_slabs_draws_their_common_border_and_nothing_between_them() {
        let roi = roi(vec![slab(0.0, vec![big()]), slab(2.0, vec![big()])]);
        // Coronal, through the middle: ten wide, four high.
        let plane = PlanePose::new(DVec3::Y * 5.0, DVec3::X, -DVec3::Z).unwrap();
        assert!((length(&cut(&roi, &plane, 0.5)) - 28.0).abs() < 1e-9);
        // Oblique by 45 degrees about x: the way through is √2 longer.
        let plane = PlanePose::new(
            DVec3::new(0.0, 5.0, 1.0),
            DVec3::X,
            DVec3::new(0.0, 1.0, 1.0),
        );
        let expected = 20.0 + 2.0 * 4.0 * 2.0_f64.sqrt();
        assert!((length(&cut(&roi, &plane.unwrap(), 0.5)) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_step_between_slabs_is_drawn_where_one_of_them_ends() {
        let small = square(DVec2::new(2.0, 2.0), DVec2::new(6.0, 8.0), 2.0);
        let roi = roi(vec![slab(0.0, vec![big()]), slab(2.0, vec![small])]);
        let plane = PlanePose::new(DVec3::Y * 5.0, DVec3::X, -DVec3::Z).unwrap();
        // Walls 2 × 2 + 2 × 2, floor 10, top 4, steps 2 + 4.
        assert!((length(&cut(&roi, &plane, 0.5)) - 28.0).abs() < 1e-9);
    }

    #[test]
    fn an_inner_contour_and_a_keyhole_are_holes() {
        let inner = square(DVec2::splat(4.0), DVec2::splat(6.0), 0.0);
        let nested = roi(vec![slab(0.0, vec![big(), inner.clone()])]);
        // The same as one way: out to the inner square and back.
        let mut keyhole = big();
        keyhole.insert(1, DVec3::new(4.0, 0.0, 0.0));
        let way_in = [
            DVec3::new(4.0, 4.0, 0.0),
            DVec3::new(4.0, 6.0, 0.0),
            DVec3::new(6.0, 6.0, 0.0),
            DVec3::new(6.0, 4.0, 0.0),
            DVec3::new(4.0, 4.0, 0.0),
            DVec3::new(4.0, 0.0, 0.0),
        ];
        for (at, point) in way_in.into_iter().enumerate() {
            keyhole.insert(2 + at, point);
        }
        let keyhole = roi(vec![slab(0.0, vec![keyhole])]);
        let axial = PlanePose::new(DVec3::ZERO, DVec3::X, DVec3::Y).unwrap();
        for roi in [&nested, &keyhole] {
            assert!(holds(roi, DVec3::new(2.0, 2.0, 0.0), 0.5));
            assert!(!holds(roi, DVec3::new(5.0, 5.0, 0.0), 0.5));
            assert!(!holds(roi, DVec3::new(11.0, 5.0, 0.0), 0.5));
            assert!((length(&cut(roi, &axial, 0.5)) - 48.0).abs() < 1e-9);
        }
    }
}
