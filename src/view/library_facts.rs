//! What views need to know of the open collection: which image lies where.

use std::sync::Arc;

use super::shown::ImageRef;
use crate::geom::DVec3;
use crate::model::{DisplaySetId, Library};
use crate::volume::Volume;

/// The frame of reference of a display set.
#[must_use]
pub fn frame_of_reference(_library: &Library, _set: DisplaySetId) -> Option<Arc<str>> {
    None
}

/// Whether two display sets are of one patient.
#[must_use]
pub fn is_same_patient(_library: &Library, a: DisplaySetId, b: DisplaySetId) -> bool {
    a == b
}

/// The frame of a stack whose plane is nearest to a patient point.
#[must_use]
pub fn nearest_index(_library: &Library, _set: DisplaySetId, _point: DVec3) -> Option<u32> {
    None
}

/// The image of a volume nearest to a patient point.
#[must_use]
pub fn image_nearest_to(
    _library: &Library,
    _set: DisplaySetId,
    _volume: Option<&Volume>,
    _point: DVec3,
) -> Option<ImageRef> {
    None
}
