//! From the planes of frames to a grid (PS3.3 C.7.6.2): how far apart the slices are, which are
//! missing or double, whether the gantry was tilted, or why they form no volume.
//!
//! Positions are integer multiples of one step vector, fitted to all slice origins by least squares;
//! its direction is that of the origins, so a tilt ends up as shear and is never ignored. A missing
//! slice leaves a position empty. What does not fit within the tolerances below is refused.

use std::sync::Arc;

use super::FrameKey;
use super::GridReport;
use super::VolumeGrid;
use super::VolumePlan;
use super::WhyNoVolume;
use crate::dicom::modules::ImagePlaneModule;
use crate::geom::{DAffine3, DMat3, DVec3};

/// Fewer slices are no volume.
pub const LEAST_SLICES: usize = 3;
/// Slices nearer than this lie at the same place, mm.
pub(super) const SAME_PLACE_MM: f64 = 0.01;
/// A slice may be this share of a step away from its grid position.
const DEVIATION_OF_STEP: f64 = 0.1;
/// … but only this share where more than a quarter of the positions would be gaps: a real change
/// of the step is an exact multiple, an uneven series is not.
const DEVIATION_WITH_MANY_GAPS: f64 = 0.02;
/// … or this much, mm, where steps are tiny (positions are stored in decimal).
const LEAST_DEVIATION_MM: f64 = 0.01;
/// Orientation, spacing and sideways position may differ by what moves no voxel farther than this
/// share of a pixel.
const DEVIATION_OF_PIXEL: f64 = 0.5;
/// A step this far off the normal is no gantry tilt any more.
const LARGEST_TILT_DEGREES: f64 = 60.0;
/// Tilts below this are rounding.
const SMALLEST_TILT_DEGREES: f64 = 0.05;

/// A frame to be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFrame {
    /// Its key.
    pub key: FrameKey,
    /// Where it lies.
    pub plane: Option<ImagePlaneModule>,
    /// Between rows and between columns, mm.
    pub spacing_mm: Option<(f64, f64)>,
    /// Height, pixels.
    pub rows: u32,
    /// Width, pixels.
    pub columns: u32,
    /// More than one sample a pixel.
    pub is_colour: bool,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<Arc<str>>,
}

/// A frame whose plane is there.
struct Placed {
    key: FrameKey,
    plane: ImagePlaneModule,
    /// Along the common normal, mm.
    distance: f64,
}

/// Plans a volume from frames in any order.
///
/// # Errors
/// [`WhyNoVolume`] says why they form none.
pub fn plan(frames: &[PlanFrame]) -> Result<VolumePlan, WhyNoVolume> {
    let (Some(first), true) = (frames.first(), frames.len() >= LEAST_SLICES) else {
        return Err(WhyNoVolume::TooFewSlices {
            found: frames.len(),
            needed: LEAST_SLICES,
        });
    };
    if frames.iter().any(|frame| frame.is_colour) {
        return Err(WhyNoVolume::Colour);
    }
    if frames
        .iter()
        .any(|frame| (frame.rows, frame.columns) != (first.rows, first.columns))
    {
        return Err(WhyNoVolume::DifferentSizes);
    }
    if frames
        .iter()
        .any(|frame| frame.frame_of_reference != first.frame_of_reference)
    {
        return Err(WhyNoVolume::DifferentFramesOfReference);
    }
    let unplaced = frames.iter().filter(|frame| frame.plane.is_none()).count();
    if unplaced > 0 {
        return Err(WhyNoVolume::NoPosition { frames: unplaced });
    }
    let (row_mm, column_mm) = common_spacing(frames)?;
    let extent_mm = DVec3::new(
        f64::from(first.columns) * column_mm,
        f64::from(first.rows) * row_mm,
        0.0,
    )
    .max_element();
    let pixel_mm = row_mm.min(column_mm);

    let reference = frames
        .get(frames.len() / 2)
        .and_then(|frame| frame.plane)
        .ok_or(WhyNoVolume::NoPosition { frames: 1 })?;
    let normal = reference.normal();
    let mut placed: Vec<Placed> = frames
        .iter()
        .filter_map(|frame| {
            Some(Placed {
                key: frame.key,
                distance: frame.plane?.origin.dot(normal),
                plane: frame.plane?,
            })
        })
        .collect();
    check_parallel(&placed, &reference, extent_mm, pixel_mm)?;

    placed.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    let (placed, duplicates) = without_duplicates(placed);
    if duplicates.len() * 2 > placed.len() && placed.len() >= LEAST_SLICES {
        return Err(WhyNoVolume::Repeated {
            repeated: duplicates.len(),
            frames: frames.len(),
        });
    }
    if placed.len() < LEAST_SLICES {
        return Err(WhyNoVolume::TooFewPositions {
            positions: placed.len(),
            needed: LEAST_SLICES,
        });
    }
    let fit = fit_positions(&placed, normal, pixel_mm)?;

    let slices = fit.indices.last().map_or(0, |last| last + 1);
    let mut filled: Vec<Option<FrameKey>> = vec![None; slices];
    for (frame, index) in placed.iter().zip(&fit.indices) {
        if let Some(place) = filled.get_mut(*index) {
            *place = Some(frame.key);
        }
    }
    let missing = (0..)
        .zip(&filled)
        .filter(|(_, frame)| frame.is_none())
        .map(|(k, _)| k)
        .collect();
    let patient_from_voxel = DAffine3::from_mat3_translation(
        DMat3::from_cols(
            reference.row * column_mm,
            reference.column * row_mm,
            fit.step,
        ),
        fit.origin,
    );
    Ok(VolumePlan {
        grid: VolumeGrid {
            dims: [first.columns, first.rows, filled.len() as u32],
            patient_from_voxel,
        },
        frames: filled.into(),
        report: GridReport {
            pixel_mm: [column_mm, row_mm],
            slice_mm: fit.step.dot(normal),
            tilt_degrees: fit.tilt_degrees,
            missing,
            duplicates,
            largest_deviation_mm: fit.largest_deviation_mm,
        },
        frame_of_reference: first.frame_of_reference.clone(),
    })
}

/// The spacing of all frames, if it is one.
fn common_spacing(frames: &[PlanFrame]) -> Result<(f64, f64), WhyNoVolume> {
    let without = frames.iter().filter(|f| f.spacing_mm.is_none()).count();
    let common = frames.get(frames.len() / 2).and_then(|f| f.spacing_mm);
    let Some((row_mm, column_mm)) = common.filter(|_| without == 0) else {
        return Err(WhyNoVolume::NoSpacing { frames: without });
    };
    for frame in frames {
        let Some((own_row, own_column)) = frame.spacing_mm else {
            continue;
        };
        let drift = |own: f64, common: f64, pixels: u32| {
            (own - common).abs() * f64::from(pixels) > DEVIATION_OF_PIXEL * common
        };
        if drift(own_row, row_mm, frame.rows) || drift(own_column, column_mm, frame.columns) {
            return Err(WhyNoVolume::DifferentSpacing {
                smallest_mm: own_row.min(row_mm).min(own_column.min(column_mm)),
                largest_mm: own_row.max(row_mm).max(own_column.max(column_mm)),
            });
        }
    }
    Ok((row_mm, column_mm))
}

fn check_parallel(
    placed: &[Placed],
    reference: &ImagePlaneModule,
    extent_mm: f64,
    pixel_mm: f64,
) -> Result<(), WhyNoVolume> {
    let turned = |frame: &Placed| {
        let row = (frame.plane.row - reference.row).length();
        let column = (frame.plane.column - reference.column).length();
        row.max(column)
    };
    let worst = placed.iter().map(turned).fold(0.0, f64::max);
    if worst * extent_mm > DEVIATION_OF_PIXEL * pixel_mm {
        return Err(WhyNoVolume::NotParallel {
            // The chord of the angle, at most 2.
            degrees: (2.0 * (worst / 2.0).min(1.0).asin()).to_degrees(),
        });
    }
    Ok(())
}

/// Keeps the first of the frames at each place; `placed` is sorted by distance.
fn without_duplicates(placed: Vec<Placed>) -> (Vec<Placed>, Vec<FrameKey>) {
    let mut kept: Vec<Placed> = Vec::with_capacity(placed.len());
    let mut duplicates = Vec::new();
    for frame in placed {
        match kept.last_mut() {
            Some(last) if frame.distance - last.distance < SAME_PLACE_MM => {
                // Which of two came first must not hang on rounding: the older key stays.
                if frame.key < last.key {
                    duplicates.push(last.key);
                    *last = frame;
                } else {
                    duplicates.push(frame.key);
                }
            }
            _ => kept.push(frame),
        }
    }
    duplicates.sort_unstable();
    (kept, duplicates)
}

/// Where the slices lie on the grid.
struct Fit {
    /// Of each slice, ascending from 0.
    indices: Vec<usize>,
    origin: DVec3,
    step: DVec3,
    tilt_degrees: f64,
    largest_deviation_mm: f64,
}

/// Tries the median step first, so that a few missing slices stay gaps; then the smallest, which
/// serves series that change their step midway.
fn fit_positions(placed: &[Placed], normal: DVec3, pixel_mm: f64) -> Result<Fit, WhyNoVolume> {
    let mut steps: Vec<f64> = placed
        .iter()
        .zip(placed.iter().skip(1))
        .map(|(a, b)| b.distance - a.distance)
        .collect();
    steps.sort_by(f64::total_cmp);
    let (Some(&smallest), Some(&median), Some(&largest)) = (
        steps.first(),
        steps.get((steps.len() - 1) / 2),
        steps.last(),
    ) else {
        return Err(WhyNoVolume::TooFewPositions {
            positions: placed.len(),
            needed: LEAST_SLICES,
        });
    };
    let irregular = WhyNoVolume::IrregularSpacing {
        smallest_mm: smallest,
        largest_mm: largest,
    };
    let by_median = fit_with_step(placed, normal, pixel_mm, median, irregular);
    if by_median.is_err()
        && let Ok(by_smallest) = fit_with_step(placed, normal, pixel_mm, smallest, irregular)
    {
        return Ok(by_smallest);
    }
    by_median
}

fn fit_with_step(
    placed: &[Placed],
    normal: DVec3,
    pixel_mm: f64,
    step_mm: f64,
    irregular: WhyNoVolume,
) -> Result<Fit, WhyNoVolume> {
    let present = placed.len();
    let mut indices: Vec<usize> = Vec::with_capacity(present);
    let mut index = 0_usize;
    let mut previous: Option<f64> = None;
    for frame in placed {
        if let Some(previous) = previous {
            let steps = ((frame.distance - previous) / step_mm).round().max(1.0);
            // Not more positions than this are ever planned; `as` saturates.
            index = index.saturating_add(steps as usize);
        }
        previous = Some(frame.distance);
        indices.push(index);
    }
    let missing = (index + 1).saturating_sub(present);
    if missing > present {
        return Err(WhyNoVolume::TooManyMissing { missing, present });
    }

    // Least squares of origin = o + k · step.
    let count = present as f64;
    let mean_k = indices.iter().map(|&k| k as f64).sum::<f64>() / count;
    let mean_origin = placed.iter().map(|f| f.plane.origin).sum::<DVec3>() / count;
    let mut step = DVec3::ZERO;
    let mut weight = 0.0;
    for (frame, &k) in placed.iter().zip(&indices) {
        let k = k as f64 - mean_k;
        step += (frame.plane.origin - mean_origin) * k;
        weight += k * k;
    }
    let step = step / weight;
    let origin = mean_origin - step * mean_k;

    let mut along: f64 = 0.0;
    let mut sideways: f64 = 0.0;
    let mut largest: f64 = 0.0;
    for (frame, &k) in placed.iter().zip(&indices) {
        let off = frame.plane.origin - (origin + step * k as f64);
        let off_along = off.dot(normal);
        along = along.max(off_along.abs());
        sideways = sideways.max((off - normal * off_along).length());
        largest = largest.max(off.length());
    }
    let allowed = if missing * 4 > present {
        DEVIATION_WITH_MANY_GAPS
    } else {
        DEVIATION_OF_STEP
    };
    if along > (allowed * step.dot(normal)).max(LEAST_DEVIATION_MM) {
        return Err(irregular);
    }
    let tilt_degrees = (step.dot(normal) / step.length())
        .clamp(-1.0, 1.0)
        .acos()
        .to_degrees();
    if sideways > (DEVIATION_OF_PIXEL * pixel_mm).max(LEAST_DEVIATION_MM)
        || tilt_degrees > LARGEST_TILT_DEGREES
    {
        let mm = sideways.max((step - normal * step.dot(normal)).length());
        return Err(WhyNoVolume::NotInLine { mm });
    }
    Ok(Fit {
        indices,
        origin,
        step,
        tilt_degrees: if tilt_degrees < SMALLEST_TILT_DEGREES {
            0.0
        } else {
            tilt_degrees
        },
        largest_deviation_mm: largest,
    })
}
