//! What a pane shows and where it shows it.
//!
//! Ownership: [`ViewState`] is the mutable truth and is saved; [`DataPresentation`] is the look of
//! the data bound to it; [`ResolvedView`] is computed for one frame on screen from the state and
//! the pane's size and never stored. Everything that turns a screen position into millimetres or
//! pixels, or back, goes through [`ResolvedView`].
#![warn(missing_docs)]

pub mod cine;
mod kept_cuts;
mod layers;
mod library_facts;
pub mod mark_style;
mod overlay_geometry;
mod placing;
mod presentation;
mod resolve;
mod resolved;
mod scale_bar;
mod seen_line;
mod shown;
mod sources;
mod state;
mod voi;
pub mod waveform;
mod window;

pub use crate::imaging::Filter;
pub use kept_cuts::KeptCuts;
pub use layers::{
    ISODOSES, LayerCut, LayerDraw, LayerOver, LayerProbe, LayerSetting, dose_palette,
};
pub use library_facts::{
    frame_of_reference, image_ref, is_same_patient, nearest_frame, nearest_index, shown_data,
    slice_thickness_mm, step_mm,
};
pub use overlay_geometry::{EdgeLetters, edge_letters};
pub use placing::Space;
pub use presentation::{
    PresentationMark, Presented, TextPlace, UNTOUCHED, filled_rows, letter_size,
    presentation_marks, presented_camera,
};
pub use resolve::{StackGeometry, resolve_plane, resolve_stack, with_own_zoom};
pub use resolved::{ResolvedKind, ResolvedView};
pub use scale_bar::{ScaleBar, scale_bar};
pub use seen_line::{LinePart, SeenLine, is_near_screen, seen_line};
pub use shown::{ImageRef, ShownData, Visibility};
pub use sources::{Frames, Loading, NoFrames};
pub use state::{Camera, DataPresentation, MarksChoice, ViewMode, ViewState, VoiChoice, Zoom};
pub use voi::{offered_vois, own_voi, resolve_voi, voi_name};
pub use window::ShownWindow;
