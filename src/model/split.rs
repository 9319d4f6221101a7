//! One series becomes display sets.
//!
//! **Always apart** are frames that cannot lie on one grid or must not look as if they did:
//! instances without pictures (each alone), loops (each alone), different SOP class, size, colour,
//! frame of reference, localizers from the rest, those with a place in space from those without,
//! enhanced instances of several frames unless they are parts of one concatenation, and different orientations (more
//! than a degree; frames alone in their orientation stay together, so that a rotating acquisition
//! or a set of scouts is scrolled, not scattered).
//!
//! **Apart where it must be**: what is left is split by each [`Criterion`] in turn, where it has
//! several values and either
//! - the values are kinds of picture (echo, b-value, kernel …) with at least [`SEVERAL`] frames each; or
//! - places are taken more than once, splitting by it frees some, and each value covers on average
//!   at least half of the places.
//!
//! So a property that changes from slice to slice (acquisition time) never shatters a stack: its
//! values cover one place each. Where places are still taken several times, and nearly all equally
//! often, the first frames at each place make the first set, the second ones the second, and so on,
//! in order of time and instance number. A few doubles stay in the stack, and the volume reports them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::FrameKey;
use super::concatenation;
use super::criterion::Axis;
use super::criterion::Criterion;
use super::criterion::Value;
use super::order;
use super::records::Instance;
use crate::dicom::modules::FrameFacts;
use crate::dicom::modules::ImageKind;
use crate::dicom::modules::ImagePlaneModule;
use crate::geom::DVec3;
use crate::geom::nearest_anatomical_plane;
use crate::problem::Message;
use crate::problem::msg;

/// So many frames make a kind of picture worth its own set.
const SEVERAL: usize = 3;
/// Orientations nearer than this are one: the chord of one degree.
const SAME_ORIENTATION: f64 = 0.0175;
/// More orientations than this in one series are not told apart.
const MOST_ORIENTATIONS: usize = 64;
/// Ranks must on average cover this share of the places to be sets of their own.
const RANK_COVER: f64 = 0.75;

/// A frame to be put into a set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub key: FrameKey,
    pub instance: &'a Instance,
    pub facts: &'a FrameFacts,
}

impl Item<'_> {
    /// Where it lies: in the patient, else in a volume of its own.
    pub(super) fn plane(&self) -> Option<ImagePlaneModule> {
        self.facts.plane.or(self.facts.plane_in_volume)
    }
}

/// A display set to be: frames in their order, and why they are apart from the others.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub items: Vec<Item<'a>>,
    pub reasons: Vec<Reason>,
    /// What of its concatenation is not there.
    pub missing: Option<Message>,
}

/// Why a part is a part.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub message: Message,
    pub axis: Axis,
    /// What it is ordered by along its axis.
    pub value: Value,
    /// It says nothing but which of several it is.
    pub is_count: bool,
}

impl Reason {
    const fn fixed(message: Message) -> Self {
        Self {
            message,
            axis: Axis::Fixed,
            value: Value::Missing,
            is_count: false,
        }
    }
}

/// Splits and orders the frames of a series.
pub(super) fn split<'a>(instances: impl Iterator<Item = &'a Arc<Instance>>) -> Vec<Part<'a>> {
    let mut groups: BTreeMap<Apart, Vec<Item<'a>>> = BTreeMap::new();
    let mut others = Vec::new();
    for instance in instances {
        let items = items(instance);
        if items.is_empty() {
            others.push(Part {
                items: vec![Item {
                    key: instance.frame_key(0),
                    instance,
                    facts: &instance.no_facts,
                }],
                reasons: Vec::new(),
                missing: None,
            });
        }
        for item in items {
            groups.entry(Apart::of(&item)).or_default().push(item);
        }
    }
    let mut concatenated: BTreeMap<&str, Vec<Item<'a>>> = BTreeMap::new();
    for item in groups.values().flatten() {
        let uid = item.instance.facts.concatenation.uid.as_str();
        if !uid.is_empty() {
            concatenated.entry(uid).or_default().push(*item);
        }
    }
    let group_reasons = Apart::reasons(&groups.keys().cloned().collect::<Vec<_>>());
    let mut parts: Vec<Part<'a>> = Vec::new();
    for ((apart, items), reasons) in groups.into_iter().zip(group_reasons) {
        let missing = missing_of(&items, &concatenated);
        let whole = Part {
            items,
            reasons,
            missing,
        };
        if !apart.has_place {
            parts.push(whole);
            continue;
        }
        for (part, is_parallel) in by_orientation(whole) {
            if !is_parallel {
                parts.push(part);
                continue;
            }
            let by_criteria = Criterion::ALL
                .into_iter()
                .fold(vec![part], |parts, criterion| {
                    parts
                        .into_iter()
                        .flat_map(|part| by(part, criterion))
                        .collect()
                });
            parts.extend(by_criteria.into_iter().flat_map(by_rank));
        }
    }
    for part in &mut parts {
        order::sort(&mut part.items);
    }
    // Parts as the scanner numbered them; equals stay in the order of their values.
    parts.sort_by_key(|part| {
        part.items
            .iter()
            .filter_map(|item| item.instance.facts.instance_number)
            .min()
            .unwrap_or(i64::MAX)
    });
    others.sort_by_key(|part| {
        let instance = part.items.first().map(|item| item.instance);
        instance.map(|i| (i.facts.instance_number.unwrap_or(i64::MAX), i.ix))
    });
    parts.extend(others);
    parts
}

/// What of the concatenation that frames belong to is not there.
fn missing_of(items: &[Item<'_>], concatenated: &BTreeMap<&str, Vec<Item<'_>>>) -> Option<Message> {
    let uid = items.first()?.instance.facts.concatenation.uid.as_str();
    concatenation::missing(concatenated.get(uid)?)
}

fn items(instance: &Instance) -> Vec<Item<'_>> {
    (0..instance.facts.frame_count)
        .filter_map(|frame| {
            Some(Item {
                key: instance.frame_key(frame),
                instance,
                facts: instance.facts.frame(frame)?,
            })
        })
        .collect()
}

/// What keeps frames apart whatever else they share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Apart {
    sop_class: Arc<str>,
    rows: u32,
    columns: u32,
    is_colour: bool,
    frame_of_reference: Option<Arc<str>>,
    is_localizer: bool,
    has_place: bool,
    /// The instance of a loop; the instance or concatenation of an enhanced image.
    own: Option<String>,
}

impl Apart {
    fn of(item: &Item<'_>) -> Self {
        let facts = &item.instance.facts;
        let own = match facts.kind {
            ImageKind::SingleFrame | ImageKind::NotAnImage => None,
            ImageKind::EnhancedMultiFrame if !facts.concatenation.uid.is_empty() => {
                Some(facts.concatenation.uid.clone())
            }
            ImageKind::EnhancedMultiFrame if facts.frame_count == 1 => None,
            // Dose grids and other enhanced or classic frames of one instance.
            _ => Some(format!("{:010}", item.instance.ix.0)),
        };
        Self {
            sop_class: Arc::clone(&facts.sop_class_uid),
            rows: facts.pixel.rows,
            columns: facts.pixel.columns,
            is_colour: facts.pixel.samples_per_pixel > 1,
            frame_of_reference: facts.frame_of_reference.clone(),
            is_localizer: item.facts.image_type.split('\\').any(|v| v == "LOCALIZER"),
            has_place: item.plane().is_some(),
            own,
        }
    }

    /// For each group, what a reader would call the difference.
    fn reasons(groups: &[Self]) -> Vec<Vec<Reason>> {
        let differ = |same: fn(&Self, &Self) -> bool| {
            groups
                .first()
                .is_some_and(|first| groups.iter().any(|group| !same(first, group)))
        };
        let sizes = differ(|a, b| (a.rows, a.columns) == (b.rows, b.columns));
        let localizers = differ(|a, b| a.is_localizer == b.is_localizer);
        groups
            .iter()
            .map(|group| {
                let mut reasons = Vec::new();
                if localizers && group.is_localizer {
                    reasons.push(Reason::fixed(Message::new(msg("split-localizer"))));
                }
                if sizes {
                    let size = Message::new(msg("split-size"))
                        .number("columns", group.columns.into())
                        .number("rows", group.rows.into());
                    reasons.push(Reason::fixed(size));
                }
                reasons
            })
            .collect()
    }
}

/// A direction and the frames that share it.
type Orientation<'a> = (DVec3, DVec3, Vec<Item<'a>>);

/// Each part with whether its frames are parallel.
fn by_orientation(part: Part<'_>) -> Vec<(Part<'_>, bool)> {
    let mut clusters: Vec<Orientation<'_>> = Vec::new();
    let mut mixed = Vec::new();
    for item in part.items {
        let Some(plane) = item.plane() else {
            mixed.push(item);
            continue;
        };
        let near = |cluster: &&mut Orientation<'_>| {
            (cluster.0 - plane.row).length() < SAME_ORIENTATION
                && (cluster.1 - plane.column).length() < SAME_ORIENTATION
        };
        if let Some(cluster) = clusters.iter_mut().find(near) {
            cluster.2.push(item);
        } else if clusters.len() < MOST_ORIENTATIONS {
            clusters.push((plane.row, plane.column, vec![item]));
        } else {
            mixed.push(item);
        }
    }
    if clusters.len() + usize::from(!mixed.is_empty()) <= 1 {
        return clusters
            .into_iter()
            .map(|cluster| {
                let reasons = part.reasons.clone();
                let items = cluster.2;
                let missing = part.missing.clone();
                let part = Part {
                    items,
                    reasons,
                    missing,
                };
                (part, true)
            })
            .collect();
    }
    let mut parts = Vec::new();
    for (number, (row, column, items)) in (1..).zip(clusters) {
        if items.len() == 1 {
            mixed.extend(items);
            continue;
        }
        let mut reasons = part.reasons.clone();
        // Of a space of its own nobody knows how it lies in the patient.
        let is_in_patient = items.iter().all(|item| item.facts.plane.is_some());
        reasons.push(Reason::fixed(if is_in_patient {
            orientation_reason(row.cross(column))
        } else {
            Message::new(msg("split-direction")).count("number", number)
        }));
        let missing = part.missing.clone();
        let part = Part {
            items,
            reasons,
            missing,
        };
        parts.push((part, true));
    }
    if !mixed.is_empty() {
        let mut reasons = part.reasons;
        if !parts.is_empty() {
            let message = Message::new(msg("split-various-orientations"));
            reasons.push(Reason::fixed(message));
        }
        let is_parallel = mixed.len() == 1;
        let items = mixed;
        let part = Part {
            items,
            reasons,
            missing: part.missing,
        };
        parts.push((part, is_parallel));
    }
    parts
}

fn orientation_reason(normal: DVec3) -> Message {
    use crate::geom::AnatomicalPlane;
    Message::new(match nearest_anatomical_plane(normal) {
        AnatomicalPlane::Axial => msg("split-axial"),
        AnatomicalPlane::Coronal => msg("split-coronal"),
        AnatomicalPlane::Sagittal => msg("split-sagittal"),
    })
}

/// Splits a part by a criterion where it must be.
fn by(part: Part<'_>, criterion: Criterion) -> Vec<Part<'_>> {
    let values: Vec<Value> = part
        .items
        .iter()
        .map(|i| criterion.value(i.facts))
        .collect();
    let mut counts: BTreeMap<&Value, usize> = BTreeMap::new();
    for value in &values {
        *counts.entry(value).or_default() += 1;
    }
    if counts.len() < 2 {
        return vec![part];
    }
    let are_several = criterion.is_kind_of_picture() && counts.values().all(|&n| n >= SEVERAL);
    if !are_several {
        let places = order::places(&part.items);
        let taken = places.iter().collect::<BTreeSet<_>>().len();
        let covered = values.iter().zip(&places).collect::<BTreeSet<_>>().len();
        let is_taken_again = part.items.len() > taken && taken > 1;
        if !is_taken_again || covered == taken || covered * 2 < taken * counts.len() {
            return vec![part];
        }
    }
    let mut groups: BTreeMap<Value, Vec<Item<'_>>> = BTreeMap::new();
    for (item, value) in part.items.into_iter().zip(values) {
        groups.entry(value).or_default().push(item);
    }
    groups
        .into_iter()
        .map(|(value, items)| {
            let mut reasons = part.reasons.clone();
            let first = items.first().map(|item| item.facts);
            let message = criterion.reason(&value, first.unwrap_or(&FrameFacts::default()));
            reasons.push(Reason {
                message,
                axis: criterion.axis(),
                value,
                is_count: false,
            });
            Part {
                items,
                reasons,
                missing: part.missing.clone(),
            }
        })
        .collect()
}

/// Splits by how often a place was taken before.
fn by_rank(mut part: Part<'_>) -> Vec<Part<'_>> {
    let places = order::places(&part.items);
    let taken = places.iter().collect::<BTreeSet<_>>().len();
    if taken < 2 || taken == part.items.len() {
        return vec![part];
    }
    let mut at_place: BTreeMap<usize, Vec<Item<'_>>> = BTreeMap::new();
    for (item, place) in part.items.iter().zip(places) {
        at_place.entry(place).or_default().push(*item);
    }
    let ranks = at_place.values().map(Vec::len).max().unwrap_or(1);
    if (part.items.len() as f64) < RANK_COVER * (ranks * taken) as f64 {
        return vec![part];
    }
    let mut parts: Vec<Part<'_>> = (1..=ranks)
        .map(|rank| {
            let mut reasons = part.reasons.clone();
            reasons.push(Reason {
                message: Message::new(msg("split-repetition"))
                    .count("number", rank)
                    .count("of", ranks),
                axis: Axis::Time,
                value: Value::Number(rank as f64),
                is_count: true,
            });
            Part {
                items: Vec::new(),
                reasons,
                missing: part.missing.clone(),
            }
        })
        .collect();
    part.items.clear();
    for mut items in at_place.into_values() {
        order::sort_in_time(&mut items);
        for (item, part) in items.into_iter().zip(&mut parts) {
            part.items.push(item);
        }
    }
    parts
}
