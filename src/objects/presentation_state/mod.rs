//! Softcopy presentation states (PS3.3 A.33, PS3.4 N): how somebody wanted images to be seen.
//!
//! | file | what it owns |
//! |---|---|
//! | `read.rs` | from a header to a [`PresentationState`], or why it cannot be applied |
//! | `scope.rs` | which images and frames something is for |
//! | `area.rs` | displayed area and spatial transformation |
//! | `layer.rs` | graphic layers, their order and colour |
//! | `graphic.rs` | graphics and texts over the image |
//! | `outline.rs` | graphics as lines |
//! | `apply.rs` | an image as the state shows it |
//! | `open_states.rs` | the states that are open, and what they are about |
//!
//! A state replaces what the image says of its own display: a stage that the state leaves out is
//! the identity, not the image's (PS3.4 N.2). So without a Modality LUT the stored values go into
//! the window, the image's own shutter is not drawn, and of overlays only those it activates.

mod apply;
mod area;
mod graphic;
mod layer;
mod open_states;
mod outline;
mod read;
mod scope;

pub use apply::PresentedFrame;
pub use area::{DisplayedArea, PresentationSize, SpatialTransformation};
pub use graphic::{
    AnchorPoint, AnnotationUnits, BoundingBox, GraphicAnnotation, GraphicObject, GraphicType,
    Justification, TextObject,
};
pub use layer::GraphicLayer;
pub use open_states::{PresentationStates, is_for, is_for_any};
pub use read::{is_presentation_state, read};
pub use scope::{ReferencedImage, Scope};

use std::sync::Arc;

use crate::dicom::Dataset;
use crate::dicom::modules::{DisplayShutter, OverlayPlane};
use crate::imaging::{ColourProfile, PresentationTable};
use crate::model::PatientKey;
use crate::problem::Message;

/// Which kind of images a state is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresentationClass {
    /// Grayscale Softcopy Presentation State Storage.
    Grayscale,
    /// Color Softcopy Presentation State Storage: the colours stay as they are.
    Color,
    /// Pseudo-Color Softcopy Presentation State Storage: grey values through a palette.
    PseudoColor,
}

/// How some images are to be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct PresentationState {
    /// Whose it is, among the patients open; `None` while it is in no library. Images of other
    /// patients may have the UIDs it names.
    pub patient: Option<PatientKey>,
    /// What it is for.
    pub class: PresentationClass,
    /// SOP Instance UID.
    pub sop_instance_uid: Arc<str>,
    /// Content Label.
    pub label: String,
    /// Content Description; may be empty.
    pub description: String,
    /// Content Creator's Name, as stored; may be empty.
    pub creator: String,
    /// Presentation Creation Date and Time, as stored; either may be empty.
    pub created: [String; 2],
    /// The images and frames it is for.
    pub images: Vec<ReferencedImage>,
    /// Series Instance UIDs of those images, each once.
    pub series: Vec<Arc<str>>,
    /// Turned and mirrored.
    pub transformation: SpatialTransformation,
    /// Behind the VOI stage: a Presentation LUT or a palette, if there is one.
    pub table: Option<PresentationTable>,
    /// What the colours of colour images stand for, if the state says so; a palette has gone through it
    /// already.
    pub colour: Option<Arc<ColourProfile>>,
    /// Presentation LUT Shape is INVERSE.
    pub is_inverse: bool,
    /// The layers, lowest first.
    pub layers: Vec<GraphicLayer>,
    /// What is drawn over the images, in the order of its layers.
    pub annotations: Vec<GraphicAnnotation>,
    /// What of it cannot be shown, a sentence each.
    pub faults: Vec<Message>,
    areas: Vec<(Scope, DisplayedArea)>,
    /// Which item of the Softcopy VOI LUT Sequence is for which images.
    vois: Vec<Scope>,
    shutter: Option<Arc<DisplayShutter>>,
    overlays: Vec<Arc<OverlayPlane>>,
    /// The layer that each overlay is drawn in, by its index; of state and image alike.
    active_overlays: [Option<String>; 16],
    /// Modality and VOI LUT modules are read for the images they are applied to, whose values decide
    /// the signs.
    dataset: Arc<Dataset>,
}

impl PresentationState {
    /// Whether it says how this frame (from 0) of an image is to be seen.
    #[must_use]
    pub fn is_for(&self, sop_instance_uid: &str, frame: u32) -> bool {
        self.images
            .iter()
            .any(|image| image.holds(sop_instance_uid, frame))
    }

    /// The part of a frame (from 0) that is shown; `None` for all of it.
    #[must_use]
    pub fn area(&self, sop_instance_uid: &str, frame: u32) -> Option<&DisplayedArea> {
        let found = self.areas.iter();
        found
            .filter(|(scope, _)| scope.holds(sop_instance_uid, frame))
            .map(|(_, area)| area)
            .next()
    }

    /// What is drawn over a frame (from 0), lowest layer first.
    pub fn annotations_of<'a>(
        &'a self,
        sop_instance_uid: &'a str,
        frame: u32,
    ) -> impl Iterator<Item = &'a GraphicAnnotation> {
        self.annotations
            .iter()
            .filter(move |annotation| annotation.scope.holds(sop_instance_uid, frame))
    }

    /// The layer of this name.
    #[must_use]
    pub fn layer(&self, name: &str) -> Option<&GraphicLayer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// What to call it: its label, else its description, else its UID.
    #[must_use]
    pub fn name(&self) -> &str {
        [self.label.as_str(), &self.description]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or(&self.sop_instance_uid)
    }
}
