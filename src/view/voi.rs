//! From the reader's choice to the transform that is applied.

use std::sync::Arc;

use super::sources::{Frames, Loading};
use super::state::{ViewMode, ViewState, VoiChoice};
use crate::imaging::{FrameImage, NamedVoi, VoiFunction, VoiTransform};
use crate::model::Library;
use crate::problem::{Message, msg};

/// The transform for a frame. `full_range` is the smallest and largest modality value of the
/// picture, asked for only when needed.
#[must_use]
pub fn resolve_voi(
    choice: VoiChoice,
    frame: &FrameImage,
    full_range: impl FnOnce() -> Option<(f64, f64)>,
) -> VoiTransform {
    match choice {
        VoiChoice::Own(_) => own_voi(choice, &frame.vois)
            .and_then(|index| frame.vois.get(index))
            .map_or_else(|| range_window(full_range()), |named| named.voi.clone()),
        VoiChoice::Window {
            center,
            width,
            function,
        } => VoiTransform::Window {
            center,
            width,
            function,
        },
        VoiChoice::FullRange => range_window(full_range()),
    }
}

/// Which of the transforms an image offers a choice means; counted on past the last, it begins anew.
/// `None` if the choice is the reader's, or the image offers none.
#[must_use]
pub fn own_voi(choice: VoiChoice, offered: &[NamedVoi]) -> Option<usize> {
    match choice {
        VoiChoice::Own(index) => index.checked_rem(offered.len()),
        VoiChoice::Window { .. } | VoiChoice::FullRange => None,
    }
}

/// The transforms the image on screen offers; in a resliced plane those of the set's middle image.
/// Empty until it is decoded.
#[must_use]
pub fn offered_vois(library: &Library, frames: &dyn Frames, state: &ViewState) -> Arc<[NamedVoi]> {
    let keys = library
        .display_set(state.display_set)
        .map(|set| Arc::clone(&set.frames))
        .unwrap_or_default();
    let index = match state.mode {
        ViewMode::Stack => state.index as usize,
        ViewMode::Mpr(_) => keys.len() / 2,
    };
    let image = keys.get(index).map(|key| frames.frame(*key));
    image
        .as_ref()
        .and_then(Loading::ready)
        .map_or_else(|| Arc::from([]), |image| Arc::clone(&image.vois))
}

/// What to call the n-th transform (from 0) an image offers: as the image does, else by number.
#[must_use]
pub fn voi_name(offered: &[NamedVoi], index: usize) -> Message {
    let Some(named) = offered.get(index) else {
        return Message::new(msg("voi-window")).count("number", index + 1);
    };
    if !named.name.trim().is_empty() {
        return Message::new(msg("voi-named")).text("name", named.name.trim());
    }
    let is_table = |named: &&NamedVoi| matches!(named.voi, VoiTransform::Lut(_));
    if is_table(&named) {
        let tables = offered.iter().take(index + 1).filter(is_table).count();
        return Message::new(msg("voi-table")).count("number", tables);
    }
    Message::new(msg("voi-window")).count("number", index + 1)
}

/// From the smallest value black to the largest value white.
fn range_window(range: Option<(f64, f64)>) -> VoiTransform {
    let (low, high) = range.unwrap_or((0.0, 255.0));
    let width = if high > low { high - low } else { 1.0 };
    VoiTransform::Window {
        center: low + width * 0.5,
        width,
        function: VoiFunction::LinearExact,
    }
}
