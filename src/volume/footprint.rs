//! What a pixel of a picture covers where the picture is coarser than the voxels.
//!
//! Grey may be sampled at the pixel's centre alone; a segment of one voxel would come and go with the
//! zoom. So its layer is asked on a finer raster, so many positions a pixel, and shown if any of them
//! meets it.

use crate::geom::DVec3;
use crate::volume::grid::VolumeGrid;
use crate::volume::reslice::ReslicePlane;

/// Positions a pixel, across and down, at most: beyond it a picture is a thumbnail.
const MOST: u32 = 15;

/// Positions a pixel, across and down; both odd, so that one of them is the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// To the right.
    pub across: u32,
    /// Downwards.
    pub down: u32,
}

impl Footprint {
    /// The centre alone.
    pub const CENTRE: Self = Self { across: 1, down: 1 };

    /// As many that none is further than a voxel from the next.
    #[must_use]
    pub fn of(plane: &ReslicePlane, grid: &VolumeGrid) -> Self {
        let voxel_from_patient = grid.voxel_from_patient();
        let count = |step: DVec3| {
            let voxels = voxel_from_patient
                .transform_vector3(step)
                .abs()
                .max_element();
            // A picture as fine as the voxels, but for rounding; casts saturate, NaN is 0.
            let count = (voxels - 1e-6).ceil().max(1.0) as u32;
            (count | 1).min(MOST)
        };
        Self {
            across: count(plane.right_step),
            down: count(plane.down_step),
        }
    }

    /// The plane whose pixels are these positions: pixel (x, y)'s are `across × down` of its pixels from
    /// (x × across, y × down) on.
    #[must_use]
    pub fn positions(self, plane: &ReslicePlane) -> ReslicePlane {
        let [across, down] = [self.across, self.down].map(f64::from);
        let (right_step, down_step) = (plane.right_step / across, plane.down_step / down);
        let [width, height] = plane.size_px;
        ReslicePlane {
            origin: plane.origin
                - right_step * ((across - 1.0) / 2.0)
                - down_step * ((down - 1.0) / 2.0),
            right_step,
            down_step,
            size_px: [width * self.across, height * self.down],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{DAffine3, DMat3};

    #[test]
    fn positions_are_no_further_apart_than_voxels_and_one_is_the_centre() {
        let grid = VolumeGrid {
            dims: [100, 100, 10],
            patient_from_voxel: DAffine3::from_mat3(DMat3::from_diagonal(DVec3::new(
                1.0, 1.0, 5.0,
            ))),
        };
        let plane = |right: f64, down: f64| ReslicePlane {
            origin: DVec3::new(7.0, 8.0, 9.0),
            right_step: DVec3::X * right,
            down_step: DVec3::Z * down,
            size_px: [20, 10],
        };
        let of = |right, down| {
            let Footprint { across, down } = Footprint::of(&plane(right, down), &grid);
            [across, down]
        };
        assert_eq!(of(1.0, 5.0), [1, 1]);
        assert_eq!(of(1.1, 20.0), [3, 5]);
        assert_eq!(of(1e9, f64::NAN), [MOST, 1]);
        let coarse = plane(2.5, 10.0);
        let footprint = Footprint::of(&coarse, &grid);
        let fine = footprint.positions(&coarse);
        let centre = fine.origin + fine.right_step + fine.down_step;
        assert!(centre.abs_diff_eq(coarse.origin, 1e-12));
        assert_eq!(fine.size_px, [60, 30]);
    }
}
