//! What panes remember from frame to frame; never truth, only comfort and caches.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use eframe::wgpu;

use crate::engine::{TextureKey, Textures};
use crate::imaging::FrameImage;
use crate::model::{FrameKey, InstanceIx};
use crate::objects::presentation_state::PresentedFrame;
use crate::render::Gpu;
use crate::render::Output;
use crate::tool;
use crate::tool::LabelPlace;
use crate::ui::viewport::calibrate::LengthField;
use crate::ui::viewport::layers::LayerMemory;
use crate::ui::viewport::measurement::MeasurementCache;
use crate::ui::viewport::picture::{PictureMemory, SharedTextures};
use crate::ui::viewport::presentation::Outlined;
use crate::ui::viewport::preview::Quality;
use crate::view::{Presented, ViewState};
use crate::workspace::{Cinema, Command, GestureId, PaneId};

/// The hand over the panes and what the panes remember: one for the window.
#[derive(Default)]
pub struct Interaction {
    pub(super) hand: tool::Interaction,
    pub(super) panes: BTreeMap<PaneId, PaneMemory>,
    pub(super) ranges: ValueRanges,
    /// Values of annotations, shared with the findings panel.
    pub measurements: MeasurementCache,
    /// The clocks of the panes' films.
    pub films: Cinema,
    pub(super) text: Option<TextField>,
    pub(super) length: Option<LengthField>,
    pub(super) textures: Option<SharedTextures>,
}

impl Interaction {
    /// Panes are drawn on this device from now on, into targets of this format; without, by the
    /// CPU twin.
    pub fn draw_with(&mut self, gpu: Arc<Gpu>, format: wgpu::TextureFormat) {
        let textures = Textures::new(gpu, Output::Display(format));
        self.textures = Some(Arc::new(Mutex::new(textures)));
    }

    /// A frame of the window begins; call once before the panes of a frame.
    pub fn begin_frame(&mut self, panes_on_screen: &[PaneId]) {
        self.panes.retain(|pane, _| panes_on_screen.contains(pane));
        self.hand.forget_unless(panes_on_screen);
        if let Some(textures) = &self.textures {
            let mut textures = textures.lock().unwrap_or_else(PoisonError::into_inner);
            textures.begin_frame(panes_on_screen);
        }
    }

    /// A key for a gesture or for the edits of one field, never given twice.
    pub fn new_gesture(&mut self) -> GestureId {
        self.hand.new_gesture()
    }

    /// Esc, another tool: what is being drawn is taken back. Empty if nothing was.
    pub fn cancel(&mut self) -> Vec<Command> {
        self.text = None;
        self.hand.cancel()
    }
}

/// Of one pane.
#[derive(Default)]
pub(super) struct PaneMemory {
    /// The last stack frame that was on screen.
    pub last: Option<LastFrame>,
    /// What a presentation state drew over it.
    pub outlined: Option<Outlined>,
    /// Where labels were drawn.
    pub labels: Vec<LabelPlace>,
    /// How much of its series was here.
    pub quality: Quality,
    /// The pointer holds the film's bar.
    pub is_bar_held: bool,
    /// What of the picture is kept.
    pub picture: PictureMemory,
    /// What of the layers over it is kept.
    pub layers: LayerMemory,
    /// The frame on screen as a presentation state shows it.
    presented: Option<(FrameKey, InstanceIx, Arc<FrameImage>)>,
}

impl PaneMemory {
    /// A frame as a state shows it, made once.
    pub fn presented(
        &mut self,
        key: FrameKey,
        by: &Presented,
        image: &FrameImage,
        of: PresentedFrame<'_>,
    ) -> Arc<FrameImage> {
        if let Some((made_of, made_by, made)) = &self.presented
            && (*made_of, *made_by) == (key, by.ix)
        {
            return Arc::clone(made);
        }
        let made = Arc::new(by.state.apply(image, of));
        self.presented = Some((key, by.ix, Arc::clone(&made)));
        made
    }
}

/// A frame that stays until its successor is here.
#[derive(Debug, Clone)]
pub(super) struct LastFrame {
    pub state: ViewState,
    pub key: FrameKey,
    pub image: Arc<FrameImage>,
}

/// The text of an arrow while it is typed.
#[derive(Debug, Clone)]
pub(super) struct TextField {
    /// The arrow's tracking UID.
    pub tracking_uid: Arc<str>,
    /// All its edits are one step, together with drawing it.
    pub gesture: GestureId,
    /// Where it was drawn.
    pub pane: PaneId,
    /// The field has had the focus.
    pub is_open: bool,
}

/// Lowest and highest value by frame and presentation state; neither ever changes, so these stay
/// right.
#[derive(Debug, Default)]
pub(super) struct ValueRanges(HashMap<TextureKey, Option<(f64, f64)>>);

impl ValueRanges {
    pub fn get(&mut self, key: TextureKey, image: &FrameImage) -> Option<(f64, f64)> {
        *self
            .0
            .entry(key)
            .or_insert_with(|| crate::imaging::full_range(image))
    }
}
