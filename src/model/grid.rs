//! The grid that parallel slices form, and what its geometry is like.

use std::sync::Arc;

use super::FrameKey;
use crate::geom::{DAffine3, DVec3};

/// Voxel indices (column i, row j, slice k; integers at voxel centres) in patient space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeGrid {
    /// Columns, rows, slices.
    pub dims: [u32; 3],
    /// (i, j, k) → patient mm. A gantry tilt is in its shear: the third axis is the step between
    /// slice origins, not the normal.
    pub patient_from_voxel: DAffine3,
}

impl VolumeGrid {
    /// Patient mm → (i, j, k).
    #[must_use]
    pub fn voxel_from_patient(&self) -> DAffine3 {
        self.patient_from_voxel.inverse()
    }

    /// The middle of the grid, patient mm.
    #[must_use]
    pub fn centre(&self) -> DVec3 {
        let last = DVec3::from_array(self.dims.map(|n| f64::from(n.saturating_sub(1))));
        self.patient_from_voxel.transform_point3(last * 0.5)
    }

    /// Lengths of the three steps, mm.
    #[must_use]
    pub fn spacing_mm(&self) -> DVec3 {
        let m = self.patient_from_voxel.matrix3;
        DVec3::new(m.x_axis.length(), m.y_axis.length(), m.z_axis.length())
    }
}

/// What the geometry of a series is like; shown beside it and in `info`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GridReport {
    /// Between pixel centres along a row and along a column, mm.
    pub pixel_mm: [f64; 2],
    /// Between slice planes along the normal, mm.
    pub slice_mm: f64,
    /// Angle between the step from slice to slice and the normal, degrees; 0 if below 0.05.
    pub tilt_degrees: f64,
    /// Grid positions (from 0) that no slice fills.
    pub missing: Vec<u32>,
    /// Frames left out because another lies at the same place.
    pub duplicates: Vec<FrameKey>,
    /// Largest distance of a slice from its grid position, mm.
    pub largest_deviation_mm: f64,
}

/// A volume to be: which frame goes where.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumePlan {
    /// Where the voxels are.
    pub grid: VolumeGrid,
    /// Which frame fills which position; `None` at a gap.
    pub frames: Box<[Option<FrameKey>]>,
    /// What the geometry is like.
    pub report: GridReport,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<Arc<str>>,
}
