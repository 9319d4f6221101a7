//! In which order the frames of a display set are read: by position along the normal, never by
//! file name. Where positions are equal or missing: temporal position, instance number, place in
//! the stack, frame number, and last the UID, so that the order never depends on how files came.

use std::cmp::Ordering;

use crate::dicom::modules::FrameFacts;
use crate::model::keys::FrameKey;

/// A frame with all that splitting and ordering look at.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: FrameKey,
    pub facts: FrameFacts,
    /// Position along the normal of its group, mm; set once the group is known.
    pub position_mm: Option<f64>,
    pub instance_number: Option<i64>,
    pub sop_instance_uid: std::sync::Arc<str>,
}

/// Positions nearer than this are one place, mm.
pub(super) const SAME_PLACE_MM: f64 = 0.01;

fn by_some<T>(a: Option<T>, b: Option<T>, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Measures each entry along the common normal (that of the first that has one).
pub(super) fn measure(entries: &mut [Entry]) {
    let normal = entries.iter().find_map(|entry| entry.facts.plane.as_ref().map(|plane| plane.normal()));
    for entry in entries {
        entry.position_mm =
            normal.and_then(|normal| entry.facts.plane.as_ref().map(|plane| plane.origin.dot(normal)));
    }
}

/// Sorts one display set.
pub(super) fn sort(entries: &mut [Entry]) {
    // Rounded, so that the order is total: neighbours within a hundredth of a millimetre are one place.
    let place = |entry: &Entry| entry.position_mm.map(|mm| (mm / SAME_PLACE_MM).round() as i64);
    entries.sort_by(|a, b| {
        by_some(place(a), place(b), Ord::cmp)
            .then_with(|| by_some(a.facts.temporal_position, b.facts.temporal_position, Ord::cmp))
            .then_with(|| by_some(a.instance_number, b.instance_number, Ord::cmp))
            .then_with(|| by_some(a.facts.in_stack_position, b.facts.in_stack_position, Ord::cmp))
            .then_with(|| a.sop_instance_uid.cmp(&b.sop_instance_uid))
            .then_with(|| a.key.frame.cmp(&b.key.frame))
            .then_with(|| a.key.instance.cmp(&b.key.instance))
    });
}
