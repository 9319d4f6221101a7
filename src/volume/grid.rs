//! A volume while and after it is filled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::imaging::FrameImage;
use crate::model::FrameKey;
pub use crate::model::{GridReport, VolumeGrid, VolumePlan};

/// A volume being filled. Slices arrive in any order, from several threads, and are shared with
/// the stack view; each keeps its own modality transform.
#[derive(Debug)]
pub struct Volume {
    /// Where the voxels are.
    pub grid: VolumeGrid,
    /// One a grid position; unset while loading, and for ever at a missing slice.
    pub slices: Box<[OnceLock<Arc<FrameImage>>]>,
    /// Which frame fills which position; `None` at a gap.
    pub frames: Box<[Option<FrameKey>]>,
    /// Positions whose frame cannot be decoded or has another size: gaps, too.
    pub unreadable: Box<[AtomicBool]>,
    /// What the geometry is like.
    pub report: GridReport,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<Arc<str>>,
}

impl Volume {
    /// An empty volume of this plan.
    #[must_use]
    pub fn new(plan: VolumePlan) -> Self {
        Self {
            grid: plan.grid,
            slices: plan.frames.iter().map(|_| OnceLock::new()).collect(),
            unreadable: plan.frames.iter().map(|_| AtomicBool::new(false)).collect(),
            frames: plan.frames,
            report: plan.report,
            frame_of_reference: plan.frame_of_reference,
        }
    }

    /// Publishes a slice, from any thread and without a lock. `false`, and nothing is changed, when
    /// the position is a gap or beyond the grid, is filled already, or the slice has another size.
    pub fn set_slice(&self, k: u32, slice: Arc<FrameImage>) -> bool {
        let [columns, rows, _] = self.grid.dims;
        let is_expected = self.frames.get(k as usize).is_some_and(Option::is_some);
        let fits = (slice.columns, slice.rows) == (columns, rows);
        is_expected
            && fits
            && self
                .slices
                .get(k as usize)
                .is_some_and(|place| place.set(slice).is_ok())
    }

    /// Says that the slice of this position will never come.
    pub fn set_unreadable(&self, k: u32) {
        if let Some(place) = self.unreadable.get(k as usize) {
            place.store(true, Ordering::Relaxed);
        }
    }

    /// Slices known never to come.
    #[must_use]
    pub fn unreadable(&self) -> usize {
        let is_set = |place: &&AtomicBool| place.load(Ordering::Relaxed);
        self.unreadable.iter().filter(is_set).count()
    }

    /// Slices that are here.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.slices.iter().filter(|s| s.get().is_some()).count()
    }

    /// Slices that can ever be here: the grid's positions less its gaps.
    #[must_use]
    pub fn expected(&self) -> usize {
        self.frames.iter().filter(|frame| frame.is_some()).count()
    }

    /// Whether every position that has a frame is filled, and no slice is cut off.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut slices = self.slices.iter().filter_map(|slice| slice.get());
        self.loaded() == self.expected() && slices.all(|slice| slice.missing.is_none())
    }

    /// The grid position of a frame.
    #[must_use]
    pub fn position_of(&self, key: FrameKey) -> Option<u32> {
        let index = self.frames.iter().position(|frame| *frame == Some(key))?;
        u32::try_from(index).ok()
    }
}
