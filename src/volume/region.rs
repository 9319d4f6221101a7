//! Exact values of a volume: at a point, and over a region of a plane. All in f64.

use rayon::prelude::*;

use crate::geom::{DVec2, DVec3, PlanePose};
use crate::imaging::sampling::Blank;
use crate::imaging::{Region, Statistics, Units};
use crate::volume::grid::Volume;

/// The voxel at a point of the patient.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeProbe {
    /// Column, row, slice of the voxel.
    pub voxel: [u32; 3],
    /// Its modality value; or padding, not mapped or not loaded ([`Blank::NoData`]), or a missing slice.
    pub value: Result<f64, Blank>,
    /// The stored value, where it has no modality value for want of a mapping.
    pub unmapped: Option<f64>,
    /// Unit of the value.
    pub units: Units,
    /// What the value is multiplied with to be SUVbw, g/ml, where the slice holds what that takes.
    pub suv_bw_factor: Option<f64>,
}

impl Volume {
    /// The voxel whose area holds a patient point; `None` outside the volume.
    #[must_use]
    pub fn probe(&self, patient: DVec3) -> Option<VolumeProbe> {
        let at = self.grid.voxel_from_patient().transform_point3(patient);
        let nearest = (at + 0.5).floor();
        let dims = DVec3::from_array(self.grid.dims.map(f64::from));
        if !(nearest.cmpge(DVec3::ZERO).all() && nearest.cmplt(dims).all()) {
            return None;
        }
        let voxel = nearest.to_array().map(|index| index as u32);
        let slice = self.slice(voxel[2] as usize);
        Some(VolumeProbe {
            voxel,
            value: slice.and_then(|image| {
                let at = voxel[1] as usize * image.columns as usize + voxel[0] as usize;
                if at >= image.pixels_held() {
                    return Err(Blank::Gap);
                }
                image
                    .modality_value(voxel[0], voxel[1])
                    .ok_or(Blank::NoData)
            }),
            unmapped: { slice.ok() }.and_then(|image| {
                let at = voxel[1] as usize * image.columns as usize + voxel[0] as usize;
                let is_padding = |stored| image.padding.is_some_and(|it| it.contains(stored));
                { image.samples.get(at) }
                    .filter(|stored| stored.is_finite() && at < image.pixels_held())
                    .filter(|stored| !image.is_mapped(*stored) && !is_padding(*stored))
            }),
            units: slice.map_or(Units::None, |image| image.units.clone()),
            suv_bw_factor: slice.ok().and_then(|image| image.suv_bw_factor),
        })
    }

    /// The linear value at a voxel position, by the rules of [`crate::imaging::sampling`] but in
    /// f64; `None` outside and where the nearest voxel has no value.
    #[must_use]
    pub fn linear(&self, voxel: DVec3) -> Option<f64> {
        let dims = DVec3::from_array(self.grid.dims.map(f64::from));
        if !(voxel.cmpge(DVec3::splat(-0.5)).all() && voxel.cmplt(dims - 0.5).all()) {
            return None;
        }
        let last = self.grid.dims.map(|n| i64::from(n) - 1);
        let value = |index: [i64; 3]| {
            let [i, j, k] = [0, 1, 2].map(|axis: usize| {
                let (index, last) = (index.get(axis), last.get(axis));
                index
                    .copied()
                    .unwrap_or(0)
                    .clamp(0, last.copied().unwrap_or(0)) as u32
            });
            self.slice(k as usize).ok()?.modality_value(i, j)
        };
        value((voxel + 0.5).floor().to_array().map(|index| index as i64))?;
        let low = voxel.floor();
        let (t, low) = (voxel - low, low.to_array().map(|index| index as i64));
        let (mut sum, mut total) = (0.0, 0.0);
        for corner in 0..8 {
            let [x, y, z] = [corner & 1, corner >> 1 & 1, corner >> 2 & 1];
            let along = |t: f64, up: i64| if up == 1 { t } else { 1.0 - t };
            let weight = along(t.x, x) * along(t.y, y) * along(t.z, z);
            // A tap without weight is not asked: a plane on a slice needs no neighbour.
            if weight > 0.0
                && let Some(value) = value([low[0] + x, low[1] + y, low[2] + z])
            {
                sum += weight * value;
                total += weight;
            }
        }
        (total > 0.0).then(|| sum / total)
    }

    /// Statistics over a region of a plane, given in mm from the pose's centre (x right, y down).
    ///
    /// Linear samples on a grid as fine as the voxels it crosses: a step of one sample crosses one
    /// voxel on one axis and less on the others, and where the plane lies along the slices the
    /// samples are the voxels themselves. `None` if none has a value.
    #[must_use]
    pub fn region_statistics(&self, pose: &PlanePose, region: &Region) -> Option<Statistics> {
        let voxel_from_plane = self.grid.voxel_from_patient() * pose.patient_from_plane();
        let step_mm = |direction: DVec3| {
            let voxels = voxel_from_plane
                .transform_vector3(direction)
                .abs()
                .max_element();
            (voxels > 0.0 && voxels.is_finite()).then(|| 1.0 / voxels)
        };
        let step = DVec2::new(step_mm(DVec3::X)?, step_mm(DVec3::Y)?);
        let plane_from_voxel = voxel_from_plane.inverse();
        let anchor = plane_from_voxel.transform_point3(DVec3::ZERO).truncate();
        let (mut low, mut high) = region.bounds();
        // No sample beyond the volume: its corners on the plane bound the grid.
        let (mut volume_low, mut volume_high) = (DVec2::INFINITY, DVec2::NEG_INFINITY);
        for corner in 0..8_u8 {
            let side = |axis: u8, n: u32| {
                if corner >> axis & 1 == 1 {
                    f64::from(n) - 0.5
                } else {
                    -0.5
                }
            };
            let [x, y, z] = self.grid.dims;
            let voxel = DVec3::new(side(0, x), side(1, y), side(2, z));
            let on_plane = plane_from_voxel.transform_point3(voxel).truncate();
            volume_low = volume_low.min(on_plane);
            volume_high = volume_high.max(on_plane);
        }
        low = low.max(volume_low);
        high = high.min(volume_high);
        if !(low.cmple(high).all() && low.is_finite() && high.is_finite()) {
            return None;
        }
        let first = ((low - anchor) / step).ceil();
        let last = ((high - anchor) / step).floor();
        let rows: Vec<i64> = (first.y as i64..=last.y as i64).collect();
        let values: Vec<Vec<f64>> = rows
            .into_par_iter()
            .map(|row| {
                (first.x as i64..=last.x as i64)
                    .filter_map(|column| {
                        let point = anchor + DVec2::new(column as f64, row as f64) * step;
                        if !region.contains(point) {
                            return None;
                        }
                        let voxel = voxel_from_plane.transform_point3(point.extend(0.0));
                        self.linear(settle(voxel))
                    })
                    .collect()
            })
            .collect();
        Statistics::of(values.into_iter().flatten())
    }
}

/// Positions a rounding error away from a voxel's centre are at it: a plane along the slices reads
/// voxels, not a millionth of their neighbours.
fn settle(voxel: DVec3) -> DVec3 {
    let nearest = voxel.round();
    let is_at = (voxel - nearest).abs().cmplt(DVec3::splat(1e-6));
    DVec3::select(is_at, nearest, voxel)
}
