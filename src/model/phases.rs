//! Sets of one series that show the same places: moments of a heart beat, passes of contrast
//! agent, echoes, b-values. They are scrolled in a second direction, along [`Phase`].
//!
//! Sets belong together when their frames lie at the same places, slice by slice, and nothing
//! fixed (kind of image, kernel, contrast agent …) sets them apart. Where every echo or b-value
//! has the same two or more moments, each of them is a group in time; else all are one group,
//! echo by echo or b-value by b-value, in time.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::DisplaySet;
use super::DisplaySetId;
use super::criterion::Axis;
use super::criterion::Criterion;
use super::plan::SAME_PLACE_MM;
use super::split::Part;
use super::split::Reason;
use crate::problem::Message;

/// So many phases and more are one entry in the browser, unless the reader says otherwise.
pub const JOINED_FROM: usize = 8;
/// Directions of two phases may differ by this chord.
const SAME_DIRECTION: f64 = 1e-3;

/// A set's place among those that show the same slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// All of them, in their order, this one among them.
    pub sets: Arc<[DisplaySetId]>,
    /// Which of them this is, from 0.
    pub place: u32,
    /// They differ in time alone.
    pub is_time: bool,
    /// What sets this one apart from the others.
    pub by: Vec<Message>,
    /// What the group is apart from other sets by.
    pub common: Vec<Message>,
}

/// Which parts belong together: for each group their numbers, in order, with what sets each apart
/// beside its reasons; a part is in one group at most.
pub(super) fn groups(parts: &[Part<'_>]) -> Vec<Vec<(usize, Option<Reason>)>> {
    let mut by_fixed: Vec<(usize, Vec<usize>)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        if !is_placed(part) {
            continue;
        }
        let fits = |first: &usize| {
            parts.get(*first).is_some_and(|first| {
                same_reasons(first, part, Axis::Fixed)
                    && is_same_kind(first, part)
                    && shows_same_places(first, part)
            })
        };
        match by_fixed.iter_mut().find(|(first, _)| fits(first)) {
            Some((_, group)) => group.push(number),
            None => by_fixed.push((number, vec![number])),
        }
    }
    by_fixed
        .into_iter()
        .flat_map(|(_, group)| in_time_where_whole(parts, group))
        .filter(|group| group.len() > 1)
        .map(|group| {
            let mut told: Vec<(usize, Option<Reason>)> = further_reasons(parts, &group);
            told.sort_by(|(a, told_a), (b, told_b)| {
                let values = |number: &usize| parts.get(*number).map(varying_values);
                let further = |told: &Option<Reason>| told.as_ref().map(|r| r.value.clone());
                values(a)
                    .cmp(&values(b))
                    .then_with(|| further(told_a).cmp(&further(told_b)))
                    .then(a.cmp(b))
            });
            told
        })
        .collect()
}

/// Instances of several frames are apart without a reason of their own: the first property that
/// varies among them is it.
fn further_reasons(parts: &[Part<'_>], group: &[usize]) -> Vec<(usize, Option<Reason>)> {
    let facts = |number: &usize| parts.get(*number)?.items.first().map(|item| item.facts);
    let has_own = |number: &usize| {
        let part = parts.get(*number);
        part.is_some_and(|part| part.reasons.iter().any(|reason| reason.axis != Axis::Fixed))
    };
    let varies = |criterion: &Criterion| {
        let values: BTreeSet<_> = group
            .iter()
            .filter_map(|number| Some(criterion.value(facts(number)?)))
            .collect();
        criterion.axis() != Axis::Fixed && values.len() > 1
    };
    let criterion = if group.iter().any(has_own) {
        None
    } else {
        Criterion::ALL.into_iter().find(varies)
    };
    let reason = |number: &usize| {
        let (criterion, facts) = (criterion?, facts(number)?);
        let value = criterion.value(facts);
        Some(Reason {
            message: criterion.reason(&value, facts),
            axis: criterion.axis(),
            value,
            // A time as stored is no label.
            is_count: criterion == Criterion::AcquisitionTime,
        })
    };
    group
        .iter()
        .map(|number| (*number, reason(number)))
        .collect()
}

/// Whether two parts are one kind of picture, whatever instances they come from.
fn is_same_kind(a: &Part<'_>, b: &Part<'_>) -> bool {
    let facts = |part: &Part<'_>| part.items.first().map(|item| item.facts.clone());
    let (Some(a), Some(b)) = (facts(a), facts(b)) else {
        return false;
    };
    Criterion::ALL
        .into_iter()
        .filter(|criterion| criterion.axis() == Axis::Fixed)
        .all(|criterion| criterion.value(&a) == criterion.value(&b))
}

/// A group of several echoes or b-values becomes one group each, if all have the same moments.
fn in_time_where_whole(parts: &[Part<'_>], group: Vec<usize>) -> Vec<Vec<usize>> {
    let mut by_contrast: Vec<Vec<usize>> = Vec::new();
    for number in &group {
        let fits = |others: &&mut Vec<usize>| {
            let first = others.first().and_then(|first| parts.get(*first));
            first
                .zip(parts.get(*number))
                .is_some_and(|(a, b)| same_reasons(a, b, Axis::Contrast))
        };
        match by_contrast.iter_mut().find(fits) {
            Some(others) => others.push(*number),
            None => by_contrast.push(vec![*number]),
        }
    }
    let moments: BTreeSet<usize> = by_contrast.iter().map(Vec::len).collect();
    let is_whole = by_contrast.len() > 1 && moments.len() == 1 && !moments.contains(&1);
    if is_whole { by_contrast } else { vec![group] }
}

fn is_placed(part: &Part<'_>) -> bool {
    !part.items.is_empty() && part.items.iter().all(|item| item.plane().is_some())
}

fn of_axis<'r>(part: &'r Part<'_>, axis: Axis) -> impl Iterator<Item = &'r Reason> {
    part.reasons
        .iter()
        .filter(move |reason| reason.axis == axis)
}

fn same_reasons(a: &Part<'_>, b: &Part<'_>, axis: Axis) -> bool {
    let message = |reason: &Reason| reason.message.clone();
    of_axis(a, axis)
        .map(message)
        .eq(of_axis(b, axis).map(message))
}

fn varying_values(part: &Part<'_>) -> Vec<super::criterion::Value> {
    let value = |reason: &Reason| reason.value.clone();
    let contrast = of_axis(part, Axis::Contrast).map(value);
    contrast
        .chain(of_axis(part, Axis::Time).map(value))
        .collect()
}

fn shows_same_places(a: &Part<'_>, b: &Part<'_>) -> bool {
    let frame = |part: &Part<'_>| {
        let facts = part.items.first().map(|item| &item.instance.facts);
        facts.map(|facts| {
            (
                facts.pixel.rows,
                facts.pixel.columns,
                facts.frame_of_reference.clone(),
            )
        })
    };
    a.items.len() == b.items.len()
        && frame(a) == frame(b)
        && a.items.iter().zip(&b.items).all(|(a, b)| {
            let planes = a.plane().zip(b.plane());
            a.facts.pixel_spacing == b.facts.pixel_spacing
                && planes.is_some_and(|(a, b)| {
                    (a.origin - b.origin).length() < SAME_PLACE_MM
                        && (a.row - b.row).length() < SAME_DIRECTION
                        && (a.column - b.column).length() < SAME_DIRECTION
                })
        })
}

/// Tells each set of the groups its place; `reasons` are those of its part.
pub(super) fn tell(
    sets: &mut [DisplaySet],
    reasons: &[Vec<Reason>],
    groups: &[Vec<(usize, Option<Reason>)>],
) {
    for group in groups {
        let ids: Option<Arc<[DisplaySetId]>> = group
            .iter()
            .map(|(number, _)| Some(sets.get(*number)?.id))
            .collect();
        let Some(ids) = ids else {
            continue;
        };
        let all: Vec<Vec<&Reason>> = group
            .iter()
            .map(|(number, further)| {
                reasons
                    .get(*number)
                    .into_iter()
                    .flatten()
                    .chain(further)
                    .collect()
            })
            .collect();
        // What all share is not what sets one apart.
        let is_shared = |reason: &Reason| {
            let has = |own: &Vec<&Reason>| own.iter().any(|other| other.message == reason.message);
            all.iter().all(has)
        };
        let mut varying = all
            .iter()
            .flatten()
            .filter(|reason| !is_shared(reason))
            .peekable();
        let is_time = varying.peek().is_some() && varying.all(|reason| reason.axis == Axis::Time);
        for (place, ((number, _), own)) in (0..).zip(group.iter().zip(&all)) {
            let (common, own): (Vec<&Reason>, Vec<&Reason>) =
                own.iter().copied().partition(|reason| is_shared(reason));
            let messages = |reasons: Vec<&Reason>| {
                let said = reasons.into_iter().filter(|reason| !reason.is_count);
                said.map(|reason| reason.message.clone()).collect()
            };
            if let Some(set) = sets.get_mut(*number) {
                set.phase = Some(Phase {
                    sets: Arc::clone(&ids),
                    place,
                    is_time,
                    by: messages(own),
                    common: messages(common),
                });
            }
        }
    }
}
