//! From the reader's choice to the transform that is applied.

use super::state::VoiChoice;
use crate::imaging::{FrameImage, VoiFunction, VoiTransform};

/// The transform for a frame. `full_range` is the smallest and largest modality value of the
/// picture, asked for only when needed.
#[must_use]
pub fn resolve_voi(
    choice: VoiChoice,
    frame: &FrameImage,
    full_range: impl FnOnce() -> Option<(f64, f64)>,
) -> VoiTransform {
    match choice {
        VoiChoice::Own(index) => {
            let own = frame
                .vois
                .get(index)
                .or_else(|| frame.vois.first())
                .map(|named| named.voi.clone());
            own.unwrap_or_else(|| range_window(full_range()))
        }
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
