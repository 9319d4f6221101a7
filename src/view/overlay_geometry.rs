//! The letters at the edges of a picture, from geometry.

use super::resolved::ResolvedView;
use crate::geom::anatomical_letters;

/// Which way the patient lies, at the middle of each edge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the four edges")]
pub struct EdgeLetters {
    pub left: String,
    pub right: String,
    pub top: String,
    pub bottom: String,
}

/// The letters for a view; `None` where the picture has no patient space.
#[must_use]
pub fn edge_letters(view: &ResolvedView) -> Option<EdgeLetters> {
    // Not through a plane pose: a mirrored picture keeps its own right and down.
    let middle = view.middle_px();
    let centre = view.patient_from_screen(middle)?;
    let right = view.patient_from_screen(middle + crate::geom::DVec2::X)? - centre;
    let down = view.patient_from_screen(middle + crate::geom::DVec2::Y)? - centre;
    Some(EdgeLetters {
        left: anatomical_letters(-right),
        right: anatomical_letters(right),
        top: anatomical_letters(-down),
        bottom: anatomical_letters(down),
    })
}
