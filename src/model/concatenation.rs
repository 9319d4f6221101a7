//! What of a concatenation is not there (PS3.3 C.7.6.16.2.2.4).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::split::Item;
use crate::problem::Message;
use crate::problem::msg;

/// So many parts are named before the rest is an ellipsis.
const NAMED: usize = 6;

/// The parts missing by their numbers, else the frames missing by the offsets of the parts; `None`
/// where nothing is, or nobody can know.
pub(super) fn missing(items: &[Item<'_>]) -> Option<Message> {
    let mut of: BTreeMap<u32, u32> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    let mut total = 0;
    let mut seen = BTreeSet::new();
    for item in items {
        let facts = &item.instance.facts;
        let part = &facts.concatenation;
        if part.uid.is_empty() || !seen.insert(item.key.instance) {
            continue;
        }
        total = total.max(part.in_concatenation_total_number.unwrap_or(0));
        if let Some(number) = part.in_concatenation_number {
            total = total.max(number);
            numbers.insert(number);
        }
        if let Some(offset) = part.frame_offset {
            of.insert(offset, facts.frame_count);
        }
    }
    let missing: Vec<u32> = (1..=total).filter(|n| !numbers.contains(n)).collect();
    if !missing.is_empty() && !numbers.is_empty() {
        return Some(
            Message::new(msg("concatenation-parts"))
                .count("count", missing.len())
                .text("parts", list(&missing))
                .text("of", total.to_string()),
        );
    }
    let mut next = 0_u32;
    let mut frames = 0_u32;
    for (offset, count) in of {
        frames = frames.saturating_add(offset.saturating_sub(next));
        next = next.max(offset.saturating_add(count));
    }
    (frames > 0).then(|| Message::new(msg("concatenation-frames")).count("count", frames as usize))
}

fn list(numbers: &[u32]) -> String {
    let named = numbers.iter().take(NAMED).map(ToString::to_string);
    let rest = (numbers.len() > NAMED).then(|| "…".to_owned());
    named.chain(rest).collect::<Vec<_>>().join(", ")
}
