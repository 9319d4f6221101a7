//! Pixels for measuring, from whatever is loaded.

use std::sync::Arc;

use crate::annotation::{Anchor, ImageGeometry, PixelSource};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::model::{DisplaySetId, FrameKey, Library, PatientKey};
use crate::view::Frames;
use crate::volume::Volume;

/// The library's geometry with the frames and volumes lent by the engine.
pub struct LoadedPixels<'a> {
    /// What is open.
    pub library: &'a Library,
    /// What of it is loaded.
    pub frames: &'a dyn Frames,
    /// Whose images are measured; `None` for whoever's. Two patients may have images of one UID.
    pub patient: Option<PatientKey>,
}

impl LoadedPixels<'_> {
    fn place(&self, anchor: &Anchor) -> Option<(DisplaySetId, FrameKey)> {
        let uid = &anchor.sop_instance_uid;
        let (set, index) = match self.patient {
            Some(patient) => self.library.find_frame_of(patient, uid, anchor.frame),
            None => self.library.find_frame(uid, anchor.frame),
        }?;
        let key = self.library.display_set(set)?.frames.get(index as usize)?;
        Some((set, *key))
    }
}

impl PixelSource for LoadedPixels<'_> {
    fn image(&self, anchor: &Anchor) -> Option<ImageGeometry> {
        let (_, key) = self.place(anchor)?;
        if let Some(frame) = self.frames.frame(key).ready() {
            return Some((&**frame).into());
        }
        let attributes = ImageAttributes::read(self.library.header(key.instance)?);
        Some(ImageGeometry::of(&attributes, key.frame))
    }

    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>> {
        let (_, key) = self.place(anchor)?;
        self.frames.frame(key).ready().cloned()
    }

    /// Only once every slice is there: a region over a volume with holes has other values.
    fn volume(&self, anchor: &Anchor) -> Option<Arc<Volume>> {
        let (set, _) = self.place(anchor)?;
        let volume = self.frames.volume(set).ready().cloned()?;
        volume.is_complete().then_some(volume)
    }
}
