//! TEMPORARY shape of the open collection, replaced by the real one.
use super::{DisplaySetId, FrameKey};
use crate::dicom::InstanceHeader;
use crate::problem::{Message, Problem};
use crate::volume::VolumeGrid;
use std::sync::Arc;

/// Key of a study.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct StudyKey(pub u32);

/// What one pane can show.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct DisplaySet {
    pub id: DisplaySetId,
    pub study: StudyKey,
    pub series_instance_uid: Arc<str>,
    pub frames: Arc<[FrameKey]>,
}

impl DisplaySet {
    /// Whether it has pixels to show.
    pub fn is_image(&self) -> bool {
        !self.frames.is_empty()
    }
}

/// The open collection.
#[derive(Debug, Default)]
pub struct Library {
    sets: Vec<DisplaySet>,
}

#[allow(missing_docs)]
impl Library {
    pub fn display_set(&self, id: DisplaySetId) -> Option<&DisplaySet> {
        self.sets.iter().find(|s| s.id == id)
    }
    pub fn display_sets(&self) -> impl Iterator<Item = &DisplaySet> {
        self.sets.iter()
    }
    pub fn volume_grid(&self, _id: DisplaySetId) -> Result<VolumeGrid, Message> {
        unimplemented!("temporary")
    }
    pub fn insert(&mut self, _header: InstanceHeader) -> Result<Vec<Problem>, Message> {
        unimplemented!("temporary")
    }
    pub fn study_keys(&self) -> Vec<StudyKey> {
        Vec::new()
    }
    pub fn report_sets(&self) -> Vec<DisplaySetId> {
        Vec::new()
    }
    pub fn find_frame(&self, _sop_instance_uid: &str, _frame: u32) -> Option<(DisplaySetId, u32)> {
        None
    }
}
