//! A plane through a volume, on the CPU: the twin of `shaders/reslice.wgsl`.

use rayon::prelude::*;

use crate::geom::{DVec3, PlanePose};
use crate::imaging::Look;
use crate::imaging::Picture;
use crate::imaging::grey_chain::GreyChain;
use crate::imaging::picture;
use crate::imaging::sampling::{Blank, Filter, Position, Stepper, Tap, lerp, sample, weight};
use crate::volume::grid::{Volume, VolumeGrid};
use crate::volume::taps::{VolumeTaps, Voxels, with_voxels};

/// A plane of output pixels in the patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReslicePlane {
    /// Centre of the top-left pixel, patient mm.
    pub origin: DVec3,
    /// To the next pixel on the right, patient mm.
    pub right_step: DVec3,
    /// To the next pixel below, patient mm.
    pub down_step: DVec3,
    /// Width and height, px.
    pub size_px: [u32; 2],
}

impl ReslicePlane {
    /// The picture of a pose: square pixels of `mm_per_px`, the pose's centre in its middle.
    #[must_use]
    pub fn of_pose(pose: &PlanePose, mm_per_px: f64, size_px: [u32; 2]) -> Self {
        let right_step = pose.right * mm_per_px;
        let down_step = pose.down * mm_per_px;
        let [width, height] = size_px.map(f64::from);
        Self {
            origin: pose.centre
                - right_step * ((width - 1.0) / 2.0)
                - down_step * ((height - 1.0) / 2.0),
            right_step,
            down_step,
            size_px,
        }
    }

    /// The positions of its pixels among the voxels; `None` if it shows nothing.
    #[must_use]
    pub fn stepper(&self, grid: &VolumeGrid) -> Option<Stepper<3>> {
        let voxel_from_patient = grid.voxel_from_patient();
        Stepper::new(
            voxel_from_patient.transform_point3(self.origin).to_array(),
            voxel_from_patient
                .transform_vector3(self.right_step)
                .to_array(),
            voxel_from_patient
                .transform_vector3(self.down_step)
                .to_array(),
            self.size_px,
        )
    }
}

/// Modality values on the plane, row by row; NaN where there is none.
#[must_use]
pub fn values(volume: &Volume, plane: &ReslicePlane, filter: Filter) -> Vec<f32> {
    let nothing = || vec![f32::NAN; plane.size_px[0] as usize * plane.size_px[1] as usize];
    let Some(stepper) = plane.stepper(&volume.grid) else {
        return nothing();
    };
    let taps = VolumeTaps::new(volume);
    let mut values = with_voxels!(
        &taps,
        voxels => {
            picture::values(plane.size_px, |x, y| value_at(&voxels, stepper.at(x, y), filter))
        },
        nothing()
    );
    if let Some(first) = taps.first() {
        first.blank_unmapped(&mut values);
    }
    values
}

/// The picture of the plane; a missing slice is hatched.
#[must_use]
pub fn picture(volume: &Volume, plane: &ReslicePlane, look: &Look) -> Picture {
    let taps = VolumeTaps::new(volume);
    let chain = GreyChain::new(look, taps.photometric());
    let nothing = || Picture::paint(plane.size_px, |x, y| chain.rgba(Err(Blank::NoData), x, y));
    let Some(stepper) = plane.stepper(&volume.grid) else {
        return nothing();
    };
    with_voxels!(
        &taps,
        voxels => Picture::paint(plane.size_px, |x, y| {
            chain.rgba(value_at(&voxels, stepper.at(x, y), look.filter), x, y)
        }),
        nothing()
    )
}

/// For each output pixel whether a missing slice lies there, row by row.
#[must_use]
pub fn gaps(volume: &Volume, plane: &ReslicePlane) -> Vec<bool> {
    let [width, height] = plane.size_px;
    let mut gaps = vec![false; width as usize * height as usize];
    let Some(stepper) = plane.stepper(&volume.grid) else {
        return gaps;
    };
    let taps = VolumeTaps::new(volume);
    gaps.par_chunks_exact_mut((width as usize).max(1))
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.iter_mut().enumerate() {
                let position = stepper.at(x as u32, y as u32);
                let [_, _, k] = position.nearest(taps.dims());
                *out = position.is_inside(taps.dims()) && taps.blank(k) == Some(Blank::Gap);
            }
        });
    gaps
}

#[inline]
fn value_at<V: Voxels>(voxels: &V, position: Position<3>, filter: Filter) -> Tap {
    if filter == Filter::Linear
        && let Some(value) = linear_inside(voxels, position)
    {
        return Ok(voxels.finish(value));
    }
    let value = sample(filter, position, voxels.dims(), |index| voxels.tap(index))?;
    Ok(voxels.finish(value))
}

/// The common case, eight taps that are all there and all valid, without testing each.
#[inline]
fn linear_inside<V: Voxels>(voxels: &V, position: Position<3>) -> Option<f32> {
    let Position { whole, frac } = position;
    let corners = voxels.corners(whole)?;
    let [tx, ty, tz] = frac.map(weight);
    let [a, b, c, d, e, f, g, h] = corners;
    Some(lerp(
        lerp(lerp(a, b, tx), lerp(c, d, tx), ty),
        lerp(lerp(e, f, tx), lerp(g, h, tx), ty),
        tz,
    ))
}
