//! What a tool sees of the pane it works on.

use std::sync::Arc;

use crate::annotation::{Anchor, Annotation, AnnotationId};
use crate::geom::{DVec2, DVec3};
use crate::tool::gesture::Gesture;
use crate::tool::grab::LabelPlace;
use crate::view::{
    Frames, ImageRef, ResolvedView, ShownData, ShownWindow, Space, ViewState, Visibility,
    image_ref, nearest_frame,
};
use crate::workspace::{PaneId, Workspace};

/// A pane as it is on screen.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Everything else.
    pub workspace: &'a Workspace,
    /// Decoded frames and volumes.
    pub frames: &'a dyn Frames,
    /// Which pane.
    pub pane: PaneId,
    /// What it shows.
    pub state: &'a ViewState,
    /// Where it shows it.
    pub view: &'a ResolvedView,
    /// Of which data; `None` while nothing is known of them.
    pub shown: Option<&'a ShownData>,
    /// With which window; `None` while nothing is loaded, and in colour.
    pub window: Option<ShownWindow>,
    /// Annotations of the patient shown, with how they are seen here.
    pub annotations: &'a [(Arc<Annotation>, Visibility)],
    /// Where their labels were drawn.
    pub labels: &'a [LabelPlace],
}

impl Scene<'_> {
    /// Whether what is on screen is a picture that stands for an image still on its way.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.shown.is_none() && self.workspace.preview_in(self.pane, self.state).is_some()
    }

    /// The space new drawings live in: the patient's where it has a name to be found by again.
    #[must_use]
    pub fn drawing_space(&self) -> Option<Space> {
        let shown = self.shown?;
        let has_pixels = self.view.image_from_screen(DVec2::ZERO).is_some();
        let has_patient = self.view.plane().is_some();
        if has_patient && (shown.frame_of_reference.is_some() || !has_pixels) {
            Some(Space::Patient)
        } else {
            has_pixels.then_some(Space::Image)
        }
    }

    /// What a drawing that begins at `first` refers to.
    #[must_use]
    pub fn anchor(&self, space: Space, first: DVec3) -> Option<Anchor> {
        let nearest = (space == Space::Patient)
            .then(|| self.nearest_image(first))
            .flatten();
        Some(self.shown?.anchor(self.view, nearest))
    }

    /// The image of the volume nearest to a point (planes through a volume only).
    fn nearest_image(&self, point: DVec3) -> Option<ImageRef> {
        if self.view.image_from_screen(DVec2::ZERO).is_some() {
            return None;
        }
        let volume = self.frames.volume(self.state.display_set);
        let key = nearest_frame(volume.ready()?, point)?;
        image_ref(&self.workspace.library, key)
    }

    /// An annotation as the document has it now.
    #[must_use]
    pub fn annotation(&self, id: AnnotationId) -> Option<&Arc<Annotation>> {
        self.annotations
            .iter()
            .map(|(annotation, _)| annotation)
            .find(|annotation| annotation.id == id)
    }

    /// A drawing of this gesture, if it is in the document already.
    #[must_use]
    pub fn drawn(&self, tracking_uid: &str) -> Option<&Arc<Annotation>> {
        let studies = self.workspace.studies.values();
        studies
            .flat_map(|record| &record.document.annotations)
            .find(|annotation| annotation.tracking_uid.as_ref() == tracking_uid)
    }
}

/// A scene and the gesture under way in it.
pub struct ToolCtx<'a> {
    /// The pane.
    pub scene: Scene<'a>,
    /// What the gesture remembers.
    pub gesture: &'a mut Gesture,
}
