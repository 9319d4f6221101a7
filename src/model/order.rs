//! The order of frames within a display set: by position along the normal; where there is none, by
//! number. Never by file name.

use std::cmp::Ordering;

use super::plan::SAME_PLACE_MM;
use super::split::Item;
use crate::geom::DVec3;

/// For each item the place it lies at, counted along the first item's normal; items that lie within
/// a hundredth of a millimetre of their neighbour share a place. Without planes: all at place 0.
pub(super) fn places(items: &[Item<'_>]) -> Vec<usize> {
    let normal = items
        .iter()
        .find_map(Item::plane)
        .map_or(DVec3::ZERO, |plane| plane.normal());
    let distances: Vec<f64> = items
        .iter()
        .map(|item| item.plane().map_or(0.0, |plane| plane.origin.dot(normal)))
        .collect();
    let mut by_distance: Vec<(usize, f64)> = distances.into_iter().enumerate().collect();
    by_distance.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut places = vec![0; items.len()];
    let mut place = 0;
    let mut previous: Option<f64> = None;
    for (index, distance) in by_distance {
        if previous.is_some_and(|previous| distance - previous >= SAME_PLACE_MM) {
            place += 1;
        }
        previous = Some(distance);
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    places
}

/// Sorts the frames of one display set.
pub(super) fn sort(items: &mut Vec<Item<'_>>) {
    let has_one_orientation = {
        let rows: Vec<DVec3> = items
            .iter()
            .filter_map(Item::plane)
            .map(|plane| plane.normal())
            .collect();
        rows.len() == items.len()
            && rows
                .first()
                .is_some_and(|first| rows.iter().all(|n| first.dot(*n) > 0.99))
    };
    if !has_one_orientation {
        items.sort_by(in_numbers);
        return;
    }
    let mut placed: Vec<(usize, Item<'_>)> =
        places(items).into_iter().zip(items.drain(..)).collect();
    placed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| in_time(&a.1, &b.1)));
    items.extend(placed.into_iter().map(|(_, item)| item));
}

/// Sorts frames that lie at one place.
pub(super) fn sort_in_time(items: &mut [Item<'_>]) {
    items.sort_by(in_time);
}

fn in_time(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    let number = |value: Option<f64>| value.unwrap_or(f64::NEG_INFINITY);
    a.facts
        .temporal_position
        .cmp(&b.facts.temporal_position)
        .then_with(|| number(a.facts.trigger_time_ms).total_cmp(&number(b.facts.trigger_time_ms)))
        .then_with(|| a.facts.acquisition_number.cmp(&b.facts.acquisition_number))
        .then_with(|| a.facts.acquisition_time.cmp(&b.facts.acquisition_time))
        .then_with(|| in_numbers(a, b))
}

/// By the dimensions of an image of several frames, by stack position where one is given, part of
/// the concatenation, instance number, UID and frame.
fn in_numbers(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    let instance_number = |item: &Item<'_>| item.instance.facts.instance_number.unwrap_or(i64::MAX);
    let part = |item: &Item<'_>| item.instance.facts.concatenation.in_concatenation_number;
    dimensions(a)
        .cmp(dimensions(b))
        .then_with(|| a.facts.stack_id.cmp(&b.facts.stack_id))
        .then_with(|| a.facts.in_stack_position.cmp(&b.facts.in_stack_position))
        .then_with(|| part(a).cmp(&part(b)))
        .then_with(|| instance_number(a).cmp(&instance_number(b)))
        .then_with(|| {
            let uid = |item: &Item<'_>| item.instance.facts.sop_instance_uid.clone();
            uid(a).cmp(&uid(b))
        })
        .then_with(|| a.key.frame.cmp(&b.key.frame))
        .then_with(|| a.key.cmp(&b.key))
}

/// Indices count within one image; those of images of one frame have nothing to do with each other.
fn dimensions<'a>(item: &Item<'a>) -> &'a [i64] {
    let facts = &item.instance.facts;
    if facts.frame_count > 1 || !facts.concatenation.uid.is_empty() {
        &item.facts.dimension_index
    } else {
        &[]
    }
}
