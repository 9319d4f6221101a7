//! The mutable truth of a pane.

use serde::{Deserialize, Serialize};

use crate::geom::{AnatomicalPlane, DVec2};
use crate::imaging::marks::{SHUTTER, overlay_bit};
use crate::imaging::{Colours, Filter, MarksLook, VoiFunction};
use crate::model::{DisplaySetId, InstanceIx};
use crate::view::cine::Cine;

/// How big the picture is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum Zoom {
    /// The whole image in the pane, whatever the pane's size.
    #[default]
    Fit,
    /// What the presentation state says for the frame shown (stack); without one as [`Self::Fit`].
    Presented,
    /// Screen pixels an image pixel (stack; along a row) or screen pixels a millimetre (plane).
    Scale(f64),
}

/// How the picture lies in the pane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Camera {
    /// Its size.
    pub zoom: Zoom,
    /// How far the middle of the pane is from the middle of the image (of the displayed area, where
    /// the zoom is the presentation state's), in unrotated image directions (x right, y down): image
    /// pixel widths in a stack, millimetres in a plane.
    pub pan: DVec2,
    /// Turned clockwise on screen, degrees.
    pub rotation_degrees: f64,
    /// Mirrored left to right (before turning).
    pub flip_horizontal: bool,
    /// Mirrored top to bottom (before turning).
    pub flip_vertical: bool,
}

/// Which VOI transform is applied.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum VoiChoice {
    /// The n-th one the image itself offers, from 0 and on past the last to the first again; the full
    /// range if it offers none.
    Own(usize),
    /// A window chosen by the reader.
    Window {
        /// Window Center, modality units.
        center: f64,
        /// Window Width, modality units, at least the smallest the function allows.
        width: f64,
        /// Its shape.
        function: VoiFunction,
    },
    /// From the smallest to the largest value of the image, padding left out.
    FullRange,
}

impl Default for VoiChoice {
    fn default() -> Self {
        Self::Own(0)
    }
}

/// Which of what lies over a frame is shown; nothing of it is shown in a resliced plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarksChoice {
    /// The display shutter covers.
    pub shutter: bool,
    /// Overlays are drawn.
    pub overlays: bool,
    /// Overlays that are not drawn all the same: bit n is the one of group 6000 + 2n.
    pub hidden_overlays: u16,
}

impl Default for MarksChoice {
    fn default() -> Self {
        Self {
            shutter: true,
            overlays: true,
            hidden_overlays: 0,
        }
    }
}

impl MarksChoice {
    /// Whether an overlay is drawn, by its index.
    #[must_use]
    pub const fn shows(self, overlay: u8) -> bool {
        self.overlays && self.hidden_overlays >> (overlay % 16) & 1 == 0
    }

    /// The same choice for the grey chain.
    #[must_use]
    pub fn look(self) -> MarksLook {
        let shutter = if self.shutter { SHUTTER } else { 0 };
        let overlays = (0..16).filter(|index| self.shows(*index));
        MarksLook {
            shown: overlays.fold(shutter, |shown, index| shown | overlay_bit(index)),
            ..MarksLook::default()
        }
    }
}

/// The look of the data in a pane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct DataPresentation {
    /// Window or VOI LUT.
    pub voi: VoiChoice,
    /// Black and white swapped by the reader (on top of MONOCHROME1).
    pub invert: bool,
    /// Interpolation.
    pub filter: Filter,
    /// Shutter and overlays.
    #[serde(default)]
    pub marks: MarksChoice,
    /// Colours as stored, without the image's profile.
    #[serde(default)]
    pub has_colours_as_stored: bool,
}

impl DataPresentation {
    /// The same choice for the display path.
    #[must_use]
    pub const fn colours(&self) -> Colours {
        if self.has_colours_as_stored {
            Colours::AsStored
        } else {
            Colours::Managed
        }
    }
}

/// What a pane shows of its display set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ViewMode {
    /// The frames as they were acquired.
    #[default]
    Stack,
    /// A plane through the volume, one of the three linked by the crosshair.
    Mpr(AnatomicalPlane),
}

/// The truth of one pane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewState {
    /// What it shows.
    pub display_set: DisplaySetId,
    /// How.
    pub mode: ViewMode,
    /// Frame of the display set, from 0 (stack only).
    pub index: u32,
    /// Where.
    pub camera: Camera,
    /// With which window.
    pub look: DataPresentation,
    /// As a film.
    #[serde(default)]
    pub cine: Cine,
    /// By which presentation state (stack only); an instance of it.
    #[serde(skip)]
    pub presentation: Option<InstanceIx>,
}

impl ViewState {
    /// A fresh view of a display set.
    #[must_use]
    pub fn new(display_set: DisplaySetId, mode: ViewMode) -> Self {
        Self {
            display_set,
            mode,
            index: 0,
            camera: Camera::default(),
            look: DataPresentation::default(),
            cine: Cine::default(),
            presentation: None,
        }
    }
}
