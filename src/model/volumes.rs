//! The geometry of display sets.

use crate::imaging::{ImagePlane, PixelSpacing};
use crate::model::display_set::{DisplaySet, DisplaySetKind};
use crate::model::keys::{DisplaySetId, FrameKey};
use crate::model::library::Library;
use crate::problem::{Message, msg};
use crate::volume::{PlannedFrame, VolumeGrid, VolumePlan};

impl Library {
    /// How the frames of a display set make a volume; worked out once for each change of the set.
    ///
    /// # Errors
    /// The reason why they make none.
    pub fn volume_plan(&self, id: DisplaySetId) -> Result<VolumePlan, Message> {
        self.plan(id).cloned().map_err(Clone::clone)
    }

    /// The grid of a display set's volume.
    ///
    /// # Errors
    /// The reason why it has none.
    pub fn volume_grid(&self, id: DisplaySetId) -> Result<VolumeGrid, Message> {
        self.plan(id).map(|plan| plan.grid).map_err(Clone::clone)
    }

    /// The plan, borrowed.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn plan(&self, id: DisplaySetId) -> Result<&VolumePlan, &Message> {
        static GONE: std::sync::OnceLock<Message> = std::sync::OnceLock::new();
        let Some(set) = self.display_set(id) else {
            return Err(GONE.get_or_init(|| Message::new(msg("no-volume-not-images"))));
        };
        set.plan.get_or_init(|| self.make_plan(set)).as_ref()
    }

    fn make_plan(&self, set: &DisplaySet) -> Result<VolumePlan, Message> {
        if set.kind != DisplaySetKind::Stack {
            return Err(Message::new(msg("no-volume-not-images")));
        }
        let frames = set.frames.iter().map(|key| {
            let instance = self.instance(key.instance)?;
            let attributes = instance.attributes();
            Some(PlannedFrame {
                key: *key,
                plane: attributes.plane(key.frame)?.clone(),
                spacing: attributes.spacing(key.frame)?,
                size: [instance.facts.pixel.columns, instance.facts.pixel.rows],
            })
        });
        let frames: Option<Vec<PlannedFrame>> = frames.collect();
        crate::volume::plan(&frames.ok_or_else(|| Message::new(msg("no-volume-no-positions")))?)
    }

    /// Where a frame lies.
    #[must_use]
    pub fn plane(&self, key: FrameKey) -> Option<&ImagePlane> {
        self.instance(key.instance)?.attributes().plane(key.frame)
    }

    /// Plane, spacing and pixel aspect of a frame, before it is decoded.
    #[must_use]
    pub fn image_geometry(&self, key: FrameKey) -> Option<(Option<ImagePlane>, Option<PixelSpacing>, f64)> {
        let attributes = self.instance(key.instance)?.attributes();
        Some((attributes.plane(key.frame).cloned(), attributes.spacing(key.frame), attributes.aspect(key.frame)))
    }

    /// Bytes the decoded frames of a display set take.
    #[must_use]
    pub fn decoded_bytes(&self, set: &DisplaySet) -> u64 {
        let bytes = |key: &FrameKey| self.instance(key.instance).map_or(0, |instance| instance.facts.pixel.frame_bytes());
        set.frames.iter().map(bytes).sum()
    }
}
