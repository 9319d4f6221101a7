//! Voxels that are laid over images: labels of segments, shares of one segment, or a dose.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::cache::Reservation;
use crate::geom::DVec3;
use crate::imaging::sampling::{Blank, Filter, Position, Tap, sample};
use crate::volume::grid::VolumeGrid;

/// Names a [`LayerVolume`] in caches; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerVolumeId(u64);

/// The voxels, columns fastest, then rows, then slices.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerSamples {
    /// A label each, 0 for none.
    Labels(Box<[u8]>),
    /// How much of a segment each holds, of `full`.
    Shares {
        /// As stored.
        stored: Box<[u8]>,
        /// What stands for all of it (Maximum Fractional Value), at least 1.
        full: u8,
    },
    /// A dose each, in the unit of the dose object.
    Doses(Box<[f32]>),
}

impl LayerSamples {
    /// How many voxels.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Labels(samples)
            | Self::Shares {
                stored: samples, ..
            } => samples.len(),
            Self::Doses(samples) => samples.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of the samples, native order.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Labels(samples)
            | Self::Shares {
                stored: samples, ..
            } => samples,
            Self::Doses(samples) => bytemuck::cast_slice(samples),
        }
    }
}

/// A grid of them, as large as what it holds.
#[derive(Debug)]
pub struct LayerVolume {
    id: LayerVolumeId,
    grid: VolumeGrid,
    samples: LayerSamples,
    _reservation: Option<Reservation>,
}

impl LayerVolume {
    /// `None` if there are not as many samples as the grid has voxels, or none.
    #[must_use]
    pub fn new(
        grid: VolumeGrid,
        samples: LayerSamples,
        reservation: Option<Reservation>,
    ) -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let voxels = grid
            .dims
            .iter()
            .try_fold(1_usize, |product, n| product.checked_mul(*n as usize))?;
        let fits = voxels == samples.len()
            && voxels > 0
            && grid.dims.iter().all(|n| i32::try_from(*n).is_ok());
        fits.then(|| Self {
            id: LayerVolumeId(NEXT.fetch_add(1, Ordering::Relaxed)),
            grid,
            samples,
            _reservation: reservation,
        })
    }

    /// Its name in caches.
    #[must_use]
    pub const fn id(&self) -> LayerVolumeId {
        self.id
    }

    /// Where its voxels are: in the patient, mm, or among the pixels of the images it refers to
    /// (column, row, number of the image).
    #[must_use]
    pub const fn grid(&self) -> &VolumeGrid {
        &self.grid
    }

    /// Its voxels.
    #[must_use]
    pub const fn samples(&self) -> &LayerSamples {
        &self.samples
    }

    pub(super) fn dims(&self) -> [i32; 3] {
        self.grid.dims.map(|n| n as i32)
    }

    pub(super) fn index(&self, [i, j, k]: [i32; 3]) -> usize {
        let [columns, rows, _] = self.grid.dims.map(|n| n as usize);
        (k as usize * rows + j as usize) * columns + i as usize
    }

    /// One voxel as stored.
    pub(super) fn stored(&self, at: [i32; 3]) -> Option<f32> {
        let index = self.index(at);
        match &self.samples {
            LayerSamples::Labels(samples)
            | LayerSamples::Shares {
                stored: samples, ..
            } => samples.get(index).map(|sample| f32::from(*sample)),
            LayerSamples::Doses(samples) => samples.get(index).copied(),
        }
    }

    /// The linear value at a position among the voxels.
    pub(super) fn linear(&self, position: Position<3>) -> Tap {
        sample(Filter::Linear, position, self.dims(), |at| {
            self.stored(at).ok_or(Blank::NoData)
        })
    }

    /// The label at a point of the grid's space; 0 where there is none.
    #[must_use]
    pub fn label_at(&self, point: DVec3) -> u8 {
        let LayerSamples::Labels(samples) = &self.samples else {
            return 0;
        };
        let nearest = (self.voxel(point) + 0.5).floor();
        let dims = DVec3::from_array(self.grid.dims.map(f64::from));
        if !(nearest.cmpge(DVec3::ZERO).all() && nearest.cmplt(dims).all()) {
            return 0;
        }
        let index = self.index(nearest.to_array().map(|n| n as i32));
        samples.get(index).copied().unwrap_or(0)
    }

    /// The linear value at a point of the grid's space: a share of 1, or a dose; `None` outside and
    /// of labels.
    #[must_use]
    pub fn value_at(&self, point: DVec3) -> Option<f64> {
        let voxel = self.voxel(point);
        let dims = DVec3::from_array(self.grid.dims.map(f64::from));
        if !(voxel.cmpge(DVec3::splat(-0.5)).all() && voxel.cmplt(dims - 0.5).all()) {
            return None;
        }
        let full = match &self.samples {
            LayerSamples::Labels(_) => return None,
            LayerSamples::Shares { full, .. } => f64::from(*full),
            LayerSamples::Doses(_) => 1.0,
        };
        let low = voxel.floor();
        let t = voxel - low;
        let last = self.grid.dims.map(|n| f64::from(n) - 1.0);
        let mut sum = 0.0;
        for corner in 0..8_u8 {
            let up = DVec3::new(
                f64::from(corner & 1),
                f64::from(corner >> 1 & 1),
                f64::from(corner >> 2),
            );
            let weights = up * t + (DVec3::ONE - up) * (DVec3::ONE - t);
            let weight = weights.x * weights.y * weights.z;
            if weight > 0.0 {
                let at = (low + up).clamp(DVec3::ZERO, DVec3::from_array(last));
                let stored = self.stored(at.to_array().map(|n| n as i32))?;
                sum += weight * f64::from(stored);
            }
        }
        Some(sum / full)
    }

    fn voxel(&self, point: DVec3) -> DVec3 {
        self.grid.voxel_from_patient().transform_point3(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{DAffine3, DMat3};

    fn grid(dims: [u32; 3]) -> VolumeGrid {
        VolumeGrid {
            dims,
            patient_from_voxel: DAffine3::from_mat3_translation(
                DMat3::from_diagonal(DVec3::new(2.0, 2.0, 3.0)),
                DVec3::new(10.0, 20.0, 30.0),
            ),
        }
    }

    #[test]
    fn a_volume_with_too_few_or_too_many_samples_is_none() {
        let of = |count: usize| {
            let samples = LayerSamples::Labels(vec![0; count].into());
            LayerVolume::new(grid([2, 3, 1]), samples, None)
        };
        assert!(of(6).is_some());
        assert!(of(5).is_none() && of(7).is_none());
        let none = LayerSamples::Labels(Box::default());
        assert!(LayerVolume::new(grid([0, 3, 1]), none, None).is_none());
        let none = LayerSamples::Labels(Box::default());
        assert!(LayerVolume::new(grid([u32::MAX; 3]), none, None).is_none());
    }

    #[test]
    fn a_point_has_the_label_of_the_voxel_around_it_and_none_beyond_the_border() {
        let samples = LayerSamples::Labels([1, 2, 3, 4, 5, 6].into());
        let volume = LayerVolume::new(grid([2, 3, 1]), samples, None).unwrap();
        assert_eq!(volume.label_at(DVec3::new(12.9, 23.5, 31.4)), 4 + 2);
        assert_eq!(volume.label_at(DVec3::new(10.0, 20.0, 28.5)), 1);
        assert_eq!(volume.label_at(DVec3::new(10.0, 20.0, 28.4)), 0);
        assert_eq!(volume.label_at(DVec3::new(13.1, 20.0, 30.0)), 0);
    }

    #[test]
    fn a_dose_between_voxels_is_linear_and_ends_half_a_voxel_outside() {
        let samples = LayerSamples::Doses([1.0, 3.0].into());
        let volume = LayerVolume::new(grid([2, 1, 1]), samples, None).unwrap();
        assert_eq!(volume.value_at(DVec3::new(11.0, 20.0, 30.0)), Some(2.0));
        assert_eq!(volume.value_at(DVec3::new(9.5, 20.0, 30.0)), Some(1.0));
        assert_eq!(volume.value_at(DVec3::new(13.1, 20.0, 30.0)), None);
    }
}
