//! How the frames of a series fall into display sets.
//!
//! 1. What cannot share a stack is always apart: SOP class, size, colour, frame of reference,
//!    stack ID, localizer or not, orientation (beyond about one degree); each loop (a classic
//!    multi-frame instance) and each enhanced instance of several frames is a set of its own,
//!    parts of one concatenation together.
//! 2. Frames that lie at different places along the normal are one stack, whatever else varies
//!    from slice to slice (a time, a position of the heart …), except that two convolution
//!    kernels are never mixed.
//! 3. Where several frames lie at one place, they are told apart by the first criterion of
//!    [`CRITERIA`] that makes fewer of them collide without shattering the stack: it may have no
//!    more values than frames lie at one place. Then again, within each part.
//! 4. If no criterion does and every place holds the same number of frames, the n-th frame of
//!    each place (by instance number) makes the n-th set. Else they stay together, and the
//!    geometry report says so.

use std::collections::BTreeMap;

use crate::dicom::modules::{FrameFacts, ImageKind, InstanceFacts};
use crate::geom::DVec3;
use crate::model::order::{self, Entry, SAME_PLACE_MM};

/// Normals and rows closer than this (cosine) are parallel: about one degree.
const PARALLEL: f64 = 0.999_85;

/// A part of a series, and what sets it apart from the others.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub entries: Vec<Entry>,
    /// Values of the criteria that set it apart: `TE 30`, `b 1000`; in the data's own words.
    pub apart_by: Vec<String>,
}

type Criterion = fn(&FrameFacts) -> String;

/// What tells frames at one place apart, first things first.
static CRITERIA: &[Criterion] = &[
    |facts| facts.image_type.clone(),
    |facts| facts.echo_number.map_or_else(String::new, |number| format!("E {number}")),
    |facts| facts.echo_time_ms.map_or_else(String::new, |time| format!("TE {time}")),
    |facts| facts.b_value.map_or_else(String::new, |value| format!("b {value}")),
    |facts| facts.convolution_kernel.clone(),
    |facts| facts.contrast_agent.clone(),
    |facts| facts.temporal_position.map_or_else(String::new, |position| format!("T {position}")),
    |facts| facts.trigger_time_ms.map_or_else(String::new, |time| format!("TT {time}")),
    |facts| facts.acquisition_number.map_or_else(String::new, |number| format!("A {number}")),
    |facts| facts.acquisition_time.clone(),
];

/// What never shares a stack; compared as text so that it can be a key.
pub(super) fn hard_key(instance: &InstanceFacts, facts: &FrameFacts) -> String {
    let pixel = &instance.pixel;
    let group = match instance.kind {
        ImageKind::ClassicMultiFrame => own_group(instance),
        ImageKind::EnhancedMultiFrame if instance.frame_count > 1 => own_group(instance),
        _ => String::new(),
    };
    let is_localizer = facts.image_type.split('\\').any(|value| value == "LOCALIZER");
    format!(
        "{}|{}x{}x{}|{}|{}|{}|{is_localizer}|{}",
        instance.sop_class_uid,
        pixel.rows,
        pixel.columns,
        pixel.samples_per_pixel,
        instance.frame_of_reference.as_deref().unwrap_or_default(),
        facts.stack_id,
        facts.plane.is_some(),
        group,
    )
}

/// Instances of one concatenation are one; any other stands alone.
fn own_group(instance: &InstanceFacts) -> String {
    if instance.concatenation_uid.is_empty() {
        instance.sop_instance_uid.to_string()
    } else {
        instance.concatenation_uid.clone()
    }
}

/// Splits frames that share a [`hard_key`].
pub(super) fn split(entries: Vec<Entry>, is_loop: bool) -> Vec<Part> {
    if is_loop {
        return vec![Part { entries, apart_by: Vec::new() }];
    }
    by_orientation(entries)
        .into_iter()
        .flat_map(|entries| by_kernel(entries))
        .flat_map(|part| by_collision(part, CRITERIA))
        .collect()
}

fn by_orientation(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut groups: Vec<(Option<(DVec3, DVec3)>, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let axes = entry.facts.plane.as_ref().map(|plane| (plane.row, plane.column));
        let is_parallel = |other: &Option<(DVec3, DVec3)>| match (axes, other) {
            (Some(a), Some(b)) => a.0.dot(b.0) > PARALLEL && a.1.dot(b.1) > PARALLEL,
            (None, None) => true,
            _ => false,
        };
        if let Some((_, group)) = groups.iter_mut().find(|(other, _)| is_parallel(other)) {
            group.push(entry);
        } else {
            groups.push((axes, vec![entry]));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn by_kernel(entries: Vec<Entry>) -> Vec<Part> {
    let kernel: Criterion = |facts| facts.convolution_kernel.clone();
    let parts = partition(entries, kernel);
    let is_split = parts.len() > 1;
    parts
        .into_iter()
        .map(|(value, entries)| Part { entries, apart_by: if is_split { vec![value] } else { Vec::new() } })
        .collect()
}

fn partition(entries: Vec<Entry>, criterion: Criterion) -> BTreeMap<String, Vec<Entry>> {
    let mut parts: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        parts.entry(criterion(&entry.facts)).or_default().push(entry);
    }
    parts
}

/// How many frames lie at each place that has any.
fn places(entries: &[Entry]) -> BTreeMap<i64, usize> {
    let mut places = BTreeMap::new();
    for entry in entries {
        if let Some(mm) = entry.position_mm {
            *places.entry((mm / SAME_PLACE_MM).round() as i64).or_insert(0) += 1;
        }
    }
    places
}

/// Frames that share their place with an earlier one.
fn collisions(entries: &[Entry]) -> usize {
    places(entries).values().map(|count| count - 1).sum()
}

fn by_collision(mut part: Part, criteria: &[Criterion]) -> Vec<Part> {
    order::measure(&mut part.entries);
    let most = places(&part.entries).into_values().max().unwrap_or(0);
    if most < 2 {
        return vec![part];
    }
    let before = collisions(&part.entries);
    for (place, criterion) in criteria.iter().enumerate() {
        let values = partition(part.entries.clone(), *criterion);
        let after: usize = values.values().map(|entries| collisions(entries)).sum();
        if values.len() > 1 && values.len() <= most && after < before {
            let rest = criteria.get(place + 1..).unwrap_or_default();
            return values
                .into_iter()
                .flat_map(|(value, entries)| {
                    let mut apart_by = part.apart_by.clone();
                    apart_by.push(value);
                    by_collision(Part { entries, apart_by }, rest)
                })
                .collect();
        }
    }
    by_rank(part, most)
}

/// The n-th frame of every place makes the n-th part, if every place has as many.
fn by_rank(mut part: Part, most: usize) -> Vec<Part> {
    if places(&part.entries).values().any(|count| *count != most) {
        return vec![part];
    }
    order::sort(&mut part.entries);
    let mut ranks: Vec<Part> = Vec::new();
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    for entry in part.entries {
        let place = entry.position_mm.map_or(i64::MIN, |mm| (mm / SAME_PLACE_MM).round() as i64);
        let rank = seen.entry(place).or_insert(0);
        if *rank == ranks.len() {
            let mut apart_by = part.apart_by.clone();
            apart_by.push(format!("{}", *rank + 1));
            ranks.push(Part { entries: Vec::new(), apart_by });
        }
        if let Some(part) = ranks.get_mut(*rank) {
            part.entries.push(entry);
        }
        *rank += 1;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::ImagePlaneModule;
    use crate::model::keys::{FrameKey, InstanceIx};

    fn entry(number: u32, z: f64) -> Entry {
        Entry {
            key: FrameKey { instance: InstanceIx(number), frame: 0 },
            facts: FrameFacts {
                plane: ImagePlaneModule::new(DVec3::new(0.0, 0.0, z), DVec3::X, DVec3::Y),
                ..FrameFacts::default()
            },
            position_mm: None,
            instance_number: Some(i64::from(number)),
            sop_instance_uid: format!("1.{number}").into(),
        }
    }

    fn with(mut entry: Entry, change: impl FnOnce(&mut FrameFacts)) -> Entry {
        change(&mut entry.facts);
        entry
    }

    #[test]
    fn a_time_that_differs_in_every_slice_does_not_shatter_a_stack() {
        let entries = (0..20).map(|k| with(entry(k, f64::from(k)), |f| f.acquisition_time = format!("12{k:02}")));
        assert_eq!(split(entries.collect(), false).len(), 1);
    }

    #[test]
    fn two_echoes_at_the_same_places_are_two_sets() {
        let entries = (0..20).map(|k| with(entry(k, f64::from(k / 2)), |f| f.echo_number = Some(i64::from(k % 2))));
        let parts = split(entries.collect(), false);
        assert_eq!(parts.iter().map(|part| part.entries.len()).collect::<Vec<_>>(), [10, 10]);
        assert_eq!(parts[1].apart_by, ["E 1"]);
    }

    #[test]
    fn b_values_are_told_apart_and_their_directions_by_rank() {
        // Ten places; b 0 once, b 1000 in three directions the header does not tell apart.
        let entries = (0..40).map(|k| {
            let b = if k % 4 == 0 { 0.0 } else { 1000.0 };
            with(entry(k, f64::from(k / 4)), |f| f.b_value = Some(b))
        });
        let parts = split(entries.collect(), false);
        assert_eq!(parts.len(), 4);
        assert!(parts.iter().all(|part| part.entries.len() == 10));
    }

    #[test]
    fn phases_without_a_temporal_position_are_told_apart_by_their_rank() {
        let entries = (0..30).map(|k| entry(k, f64::from(k % 10)));
        let parts = split(entries.collect(), false);
        assert_eq!(parts.iter().map(|part| part.entries.len()).collect::<Vec<_>>(), [10, 10, 10]);
        assert!(parts[0].entries.iter().all(|entry| entry.key.instance.0 < 10));
    }

    #[test]
    fn a_few_doubled_slices_stay_in_their_stack() {
        let mut entries: Vec<Entry> = (0..10).map(|k| entry(k, f64::from(k))).collect();
        entries.push(entry(10, 3.0));
        assert_eq!(split(entries, false).len(), 1);
    }

    #[test]
    fn planes_of_another_orientation_are_another_set() {
        let mut entries: Vec<Entry> = (0..10).map(|k| entry(k, f64::from(k))).collect();
        let coronal = ImagePlaneModule::new(DVec3::ZERO, DVec3::X, DVec3::NEG_Z);
        entries.push(with(entry(10, 0.0), |f| f.plane = coronal));
        assert_eq!(split(entries, false).len(), 2);
    }

    #[test]
    fn two_kernels_are_never_one_stack() {
        let kernels = ["B30f", "B70f"];
        let entries =
            (0..20).map(|k| with(entry(k, f64::from(k)), |f| f.convolution_kernel = kernels[k as usize % 2].to_owned()));
        assert_eq!(split(entries.collect(), false).len(), 2);
    }
}
