//! Where a view gets its frames and volumes from: lent by the engine, or by a test.

use std::sync::Arc;

use crate::imaging::FrameImage;
use crate::model::{DisplaySetId, FrameKey};
use crate::problem::Message;
use crate::volume::Volume;

/// Something that may still be on its way.
#[derive(Debug, Clone, Default)]
pub enum Loading<T> {
    /// Not asked for, or not here yet.
    #[default]
    Waiting,
    /// Here.
    Ready(T),
    /// It will not come; the reason stands in place of the picture.
    Failed(Message),
}

impl<T> Loading<T> {
    /// What is here.
    pub const fn ready(&self) -> Option<&T> {
        if let Self::Ready(value) = self {
            Some(value)
        } else {
            None
        }
    }
}

/// Decoded frames and volumes, by key.
pub trait Frames {
    /// A decoded frame.
    fn frame(&self, key: FrameKey) -> Loading<Arc<FrameImage>>;
    /// The volume of a display set; it may still be filling.
    fn volume(&self, display_set: DisplaySetId) -> Loading<Arc<Volume>>;
}

/// Nothing is loaded.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFrames;

impl Frames for NoFrames {
    fn frame(&self, _key: FrameKey) -> Loading<Arc<FrameImage>> {
        Loading::Waiting
    }

    fn volume(&self, _display_set: DisplaySetId) -> Loading<Arc<Volume>> {
        Loading::Waiting
    }
}
