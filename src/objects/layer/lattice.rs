//! From the planes of frames to grids: frames that lie evenly one behind the other share one, any
//! other has a grid of a single slice.
//!
//! A frame that holds nothing may be left out of a segmentation (PS3.3 C.8.20), so a place without
//! one is empty, not missing.

use crate::dicom::modules::ImagePlaneModule;
use crate::geom::{DAffine3, DMat3, DVec3};
use crate::model::VolumeGrid;

/// Where a frame lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatticeFrame {
    /// Its number, from 0.
    pub frame: u32,
    /// Its plane.
    pub plane: ImagePlaneModule,
    /// Between rows and between columns, mm.
    pub spacing_mm: (f64, f64),
    /// What the file says about the distance of slices (Spacing Between Slices, else Slice
    /// Thickness), mm.
    pub slice_mm: Option<f64>,
}

/// A grid and which frames lie in which of its slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// Columns and rows are those of the frames.
    pub grid: VolumeGrid,
    /// Frame (from 0) and slice; several frames may share a slice (one a segment).
    pub places: Vec<(u32, u32)>,
}

/// Planes nearer than this are one, mm.
const SAME_PLANE_MM: f64 = 0.005;
/// Directions that differ by less are the same (length of the difference).
const SAME_DIRECTION: f64 = 1e-4;
/// A plane may be this share of a step away from its place.
const DEVIATION: f64 = 0.05;
/// A slice is this thick where nothing tells, mm.
const SLICE_UNKNOWN_MM: f64 = 1.0;
/// More empty slices than this are a gap between two grids.
const MOST_EMPTY: u32 = 16;

/// One or several frames at one place.
struct Level {
    /// Along the normal, mm.
    distance: f64,
    origin: DVec3,
    frames: Vec<u32>,
}

/// The grids of frames of `columns` × `rows`.
#[must_use]
pub fn lattices(frames: &[LatticeFrame], columns: u32, rows: u32) -> Vec<Lattice> {
    let mut left: Vec<LatticeFrame> = frames.to_vec();
    let mut lattices = Vec::new();
    while let Some(first) = left.first().copied() {
        let (alike, others) = left.into_iter().partition(|frame| are_alike(&first, frame));
        lattices.extend(of_parallel(&first, alike, [columns, rows]));
        left = others;
    }
    lattices
}

fn are_alike(a: &LatticeFrame, b: &LatticeFrame) -> bool {
    let same = |a: DVec3, b: DVec3| (a - b).length() < SAME_DIRECTION;
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-3 * a;
    same(a.plane.row, b.plane.row)
        && same(a.plane.column, b.plane.column)
        && near(a.spacing_mm.0, b.spacing_mm.0)
        && near(a.spacing_mm.1, b.spacing_mm.1)
}

/// Frames of one orientation and pixel size.
fn of_parallel(first: &LatticeFrame, frames: Vec<LatticeFrame>, size: [u32; 2]) -> Vec<Lattice> {
    let slice_mm = first.slice_mm;
    let levels = levels(first, frames);
    let step = step_mm(&levels, slice_mm).unwrap_or(SLICE_UNKNOWN_MM);
    let mut lattices = Vec::new();
    let mut run: Vec<(u32, Level)> = Vec::new();
    for level in levels {
        let next = run
            .first()
            .zip(run.last())
            .and_then(|((_, start), (k, last))| {
                let steps = (level.distance - start.distance) / step;
                let place = steps.round();
                let is_even = (steps - place).abs() <= DEVIATION && place > f64::from(*k);
                let is_near = place <= f64::from(*k + MOST_EMPTY);
                (is_even && is_near && continues(&run, last, &level, first)).then_some(place as u32)
            });
        if next.is_none() && !run.is_empty() {
            lattices.push(lattice(first, std::mem::take(&mut run), step, size));
        }
        run.push((next.unwrap_or(0), level));
    }
    if !run.is_empty() {
        lattices.push(lattice(first, run, step, size));
    }
    lattices
}

/// Whether a plane lies where the way from the first plane to the last one goes on.
fn continues(run: &[(u32, Level)], last: &Level, level: &Level, first: &LatticeFrame) -> bool {
    let Some((_, start)) = run.first() else {
        return true;
    };
    let pixel_mm = first.spacing_mm.0.min(first.spacing_mm.1);
    let way = level.origin - start.origin;
    let so_far = last.origin - start.origin;
    let normal = first.plane.normal();
    // The first two planes set the direction: the normal, or the shear of a tilted gantry.
    let expected = if run.len() < 2 {
        if (way - normal * way.dot(normal)).length() > way.dot(normal).abs() {
            return false;
        }
        way
    } else {
        so_far * (way.dot(normal) / so_far.dot(normal))
    };
    (way - expected).length() <= DEVIATION * pixel_mm.max(1e-6) + SAME_PLANE_MM
}

fn levels(first: &LatticeFrame, mut frames: Vec<LatticeFrame>) -> Vec<Level> {
    let normal = first.plane.normal();
    let distance = |frame: &LatticeFrame| frame.plane.origin.dot(normal);
    frames.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    let mut levels: Vec<Level> = Vec::new();
    for frame in frames {
        let same = levels
            .iter_mut()
            .rev()
            .find(|level| (level.origin - frame.plane.origin).length() <= SAME_PLANE_MM);
        match same {
            Some(level) => level.frames.push(frame.frame),
            None => levels.push(Level {
                distance: distance(&frame),
                origin: frame.plane.origin,
                frames: vec![frame.frame],
            }),
        }
    }
    levels
}

/// The distance of slices: what the file says if all planes lie at multiples of it, else the
/// smallest distance there is.
fn step_mm(levels: &[Level], said: Option<f64>) -> Option<f64> {
    let first = levels.first()?.distance;
    let fits = |step: &f64| {
        levels.iter().all(|level| {
            let steps = (level.distance - first) / step;
            (steps - steps.round()).abs() <= DEVIATION
        })
    };
    let said = said.filter(|mm| mm.is_finite() && *mm > SAME_PLANE_MM);
    let gaps = levels.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(b.distance - a.distance).filter(|gap| *gap > SAME_PLANE_MM),
        _ => None,
    });
    said.filter(fits)
        .or_else(|| gaps.min_by(f64::total_cmp))
        .or(said)
}

fn lattice(
    first: &LatticeFrame,
    run: Vec<(u32, Level)>,
    step: f64,
    [columns, rows]: [u32; 2],
) -> Lattice {
    let normal = first.plane.normal();
    let (origin, way) = match (run.first(), run.last()) {
        (Some((_, start)), Some((k, last))) if *k > 0 => {
            (start.origin, (last.origin - start.origin) / f64::from(*k))
        }
        (Some((_, start)), _) => (start.origin, normal * step),
        _ => (first.plane.origin, normal * step),
    };
    let depth = run.last().map_or(1, |(k, _)| k + 1);
    let places = run
        .into_iter()
        .flat_map(|(k, level)| level.frames.into_iter().map(move |frame| (frame, k)));
    Lattice {
        places: places.collect(),
        grid: VolumeGrid {
            dims: [columns, rows, depth],
            patient_from_voxel: DAffine3::from_mat3_translation(
                DMat3::from_cols(
                    first.plane.row * first.spacing_mm.1,
                    first.plane.column * first.spacing_mm.0,
                    way,
                ),
                origin,
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u32, origin: DVec3, slice_mm: Option<f64>) -> LatticeFrame {
        LatticeFrame {
            frame: number,
            plane: ImagePlaneModule::new(origin, DVec3::X, DVec3::Y).unwrap(),
            spacing_mm: (0.5, 0.5),
            slice_mm,
        }
    }

    fn at(z: &[f64], slice_mm: Option<f64>) -> Vec<Lattice> {
        let frames: Vec<_> = (0..)
            .zip(z)
            .map(|(number, z)| frame(number, DVec3::Z * *z, slice_mm))
            .collect();
        lattices(&frames, 4, 3)
    }

    #[test]
    fn even_frames_in_any_order_share_a_grid_and_left_out_ones_leave_it_empty() {
        let found = at(&[12.0, 3.0, 6.0, 3.0], None);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grid.dims, [4, 3, 4]);
        let mut places = found[0].places.clone();
        places.sort_unstable();
        assert_eq!(places, [(0, 3), (1, 0), (2, 1), (3, 0)]);
        let last = found[0]
            .grid
            .patient_from_voxel
            .transform_point3(DVec3::Z * 3.0);
        assert_eq!(last, DVec3::Z * 12.0);
    }

    #[test]
    fn the_distance_said_tells_how_thick_slices_are_where_every_other_one_is_left_out() {
        assert_eq!(at(&[0.0, 4.0, 8.0], Some(2.0))[0].grid.dims[2], 5);
        assert_eq!(at(&[0.0, 4.0, 8.0], Some(3.0))[0].grid.dims[2], 3);
        assert!((at(&[5.0], Some(2.5))[0].grid.spacing_mm().z - 2.5).abs() < 1e-12);
    }

    #[test]
    fn what_lies_far_apart_or_unevenly_takes_grids_of_its_own() {
        let apart = at(&[0.0, 1.0, 2.0, 500.0, 501.0], None);
        assert_eq!(
            apart.iter().map(|it| it.grid.dims[2]).collect::<Vec<_>>(),
            [3, 2]
        );
        let uneven = at(&[0.0, 2.0, 3.5, 5.5], None);
        assert!(uneven.len() > 1);
        assert_eq!(uneven.iter().map(|it| it.places.len()).sum::<usize>(), 4);
    }

    #[test]
    fn a_tilted_gantry_is_shear_and_a_slice_out_of_line_stands_alone() {
        let step = DVec3::new(0.0, 1.0, 3.0);
        let frames: Vec<_> = (0..5)
            .map(|k| frame(k, step * f64::from(k), None))
            .collect();
        let tilted = lattices(&frames, 4, 3);
        assert_eq!(tilted.len(), 1);
        let to = tilted[0]
            .grid
            .patient_from_voxel
            .transform_point3(DVec3::Z * 4.0);
        assert!((to - step * 4.0).length() < 1e-9);
        let mut frames = frames;
        frames[4] = frame(4, step * 4.0 + DVec3::Y * 3.0, None);
        assert_eq!(lattices(&frames, 4, 3).len(), 2);
    }
}
