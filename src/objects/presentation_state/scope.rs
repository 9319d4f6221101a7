//! Which images and frames something of a state is for: the Image SOP Instance Reference macro
//! (PS3.3 table 10-3).

use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::tags;

/// An image, or some frames of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferencedImage {
    /// Referenced SOP Instance UID.
    pub sop_instance_uid: Arc<str>,
    /// Referenced SOP Class UID; may be empty.
    pub sop_class_uid: Arc<str>,
    /// The frames, counted from 0; `None` for all.
    pub frames: Option<Vec<u32>>,
}

impl ReferencedImage {
    /// Reads one item; `None` without a UID.
    #[must_use]
    pub fn read(item: Elements<'_>) -> Option<Self> {
        let frames = item.integers(tags::REFERENCED_FRAME_NUMBER);
        let from_0 = |number: &i64| u32::try_from(number - 1).ok();
        Some(Self {
            sop_instance_uid: item.uid(tags::REFERENCED_SOP_INSTANCE_UID)?.into(),
            sop_class_uid: item
                .uid(tags::REFERENCED_SOP_CLASS_UID)
                .unwrap_or_default()
                .into(),
            frames: item
                .has(tags::REFERENCED_FRAME_NUMBER)
                .then(|| frames.iter().filter_map(from_0).collect()),
        })
    }

    /// Whether a frame (from 0) is one of them.
    #[must_use]
    pub fn holds(&self, sop_instance_uid: &str, frame: u32) -> bool {
        *self.sop_instance_uid == *sop_instance_uid
            && (self.frames.as_ref()).is_none_or(|frames| frames.contains(&frame))
    }
}

/// Some of the images of a state, or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every image the state is for.
    All,
    /// These.
    Images(Vec<ReferencedImage>),
}

impl Scope {
    /// The Referenced Image Sequence of an item; all images where there is none.
    #[must_use]
    pub fn read(item: Elements<'_>) -> Self {
        let items = item.items(tags::REFERENCED_IMAGE_SEQUENCE);
        if items.is_empty() {
            return Self::All;
        }
        Self::Images(
            items
                .into_iter()
                .filter_map(ReferencedImage::read)
                .collect(),
        )
    }

    /// Whether a frame (from 0) of an image is among them.
    #[must_use]
    pub fn holds(&self, sop_instance_uid: &str, frame: u32) -> bool {
        match self {
            Self::All => true,
            Self::Images(images) => images
                .iter()
                .any(|image| image.holds(sop_instance_uid, frame)),
        }
    }
}
