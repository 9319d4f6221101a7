//! The geometry of display sets, worked out when first asked for and once for each change.

use crate::model::display_set::{DisplaySet, DisplaySetKind};
use crate::model::grid::{VolumeGrid, VolumePlan};
use crate::model::keys::{DisplaySetId, FrameKey};
use crate::model::library::Library;
use crate::model::plan::{PlanFrame, plan};
use crate::problem::{Message, msg};

impl Library {
    /// How the frames of a display set make a volume.
    ///
    /// # Errors
    /// The reason why they make none.
    pub fn volume_plan(&self, id: DisplaySetId) -> Result<&VolumePlan, Message> {
        let not_images = || Message::new(msg("no-volume-not-images"));
        let set = self.display_set(id).ok_or_else(not_images)?;
        set.plan.get_or_init(|| self.make_plan(set)).as_ref().map_err(Clone::clone)
    }

    /// The grid of a display set's volume.
    ///
    /// # Errors
    /// The reason why it has none.
    pub fn volume_grid(&self, id: DisplaySetId) -> Result<VolumeGrid, Message> {
        self.volume_plan(id).map(|plan| plan.grid)
    }

    fn make_plan(&self, set: &DisplaySet) -> Result<VolumePlan, Message> {
        if set.kind != DisplaySetKind::Stack {
            return Err(Message::new(msg("no-volume-not-images")));
        }
        let frames: Vec<PlanFrame> = set.frames.iter().filter_map(|key| self.plan_frame(*key)).collect();
        plan(&frames).map_err(|why| why.message())
    }

    fn plan_frame(&self, key: FrameKey) -> Option<PlanFrame> {
        let instance = self.instance(key.instance)?;
        let facts = instance.frame_facts(key.frame);
        let pixel = &instance.facts.pixel;
        Some(PlanFrame {
            key,
            plane: facts.plane,
            spacing_mm: facts.pixel_spacing,
            rows: pixel.rows,
            columns: pixel.columns,
            is_colour: pixel.samples_per_pixel > 1,
            frame_of_reference: instance.facts.frame_of_reference.clone(),
        })
    }

    /// Bytes the decoded frames of a display set take.
    #[must_use]
    pub fn decoded_bytes(&self, set: &DisplaySet) -> u64 {
        let bytes = |key: &FrameKey| self.instance(key.instance).map_or(0, |instance| instance.facts.pixel.frame_bytes());
        set.frames.iter().map(bytes).sum()
    }
}
