//! Pixels for measuring, from whatever is loaded.

use std::sync::{Arc, OnceLock};

use crate::annotation::{Anchor, ImageGeometry, PixelSource, VolumeSampler};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::model::{DisplaySetId, FrameKey, Library};
use crate::view::Frames;
use crate::volume::Volume;

/// The library's geometry with the frames and volumes lent by the engine.
pub struct LoadedPixels<'a> {
    /// What is open.
    pub library: &'a Library,
    /// What of it is loaded.
    pub frames: &'a dyn Frames,
}

impl LoadedPixels<'_> {
    fn place(&self, anchor: &Anchor) -> Option<(DisplaySetId, FrameKey)> {
        let (set, index) = self.library.find_frame(&anchor.sop_instance_uid, anchor.frame)?;
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
        Some(ImageGeometry {
            plane: attributes.plane(key.frame).cloned(),
            spacing: attributes.spacing(key.frame),
            aspect: 1.0,
        })
    }

    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>> {
        let (_, key) = self.place(anchor)?;
        self.frames.frame(key).ready().cloned()
    }

    fn volume(&self, anchor: &Anchor) -> Option<VolumeSampler<'_>> {
        let (set, _) = self.place(anchor)?;
        sampler(self.frames.volume(set).ready()?)
    }
}

/// Samples of a volume; `None` while no slice is there.
pub(super) fn sampler<'a>(volume: &Arc<Volume>) -> Option<VolumeSampler<'a>> {
    let units = volume.slices.iter().find_map(OnceLock::get)?.units.clone();
    let volume = Arc::clone(volume);
    let voxel_from_patient = volume.grid.voxel_from_patient();
    let step_mm = volume.grid.spacing_mm().min_element();
    let value = Box::new(move |point| volume.linear(voxel_from_patient.transform_point3(point)));
    Some(VolumeSampler { step_mm, units, value })
}
