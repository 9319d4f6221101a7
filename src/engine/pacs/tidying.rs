//! When the archive is cleaned up by itself.

use std::time::{Duration, Instant};

use crate::workspace::CleanUp;

/// How long after the start the first clean-up waits: what the reader came for goes first.
const AFTER_START: Duration = Duration::from_secs(30);
/// And how long the next.
const EVERY: Duration = Duration::from_hours(24);

/// When it is due, and by which rules.
pub(super) struct Tidying {
    due: Instant,
    /// As the settings last said.
    rules: Option<CleanUp>,
}

impl Tidying {
    pub(super) fn new() -> Self {
        Self {
            due: Instant::now() + AFTER_START,
            rules: None,
        }
    }

    /// Rules that the reader has just changed hold from tomorrow on, or from the next start: until
    /// then it can be looked at what they let go, and they can be taken back.
    pub(super) fn follow(&mut self, rules: &CleanUp, now: Instant) {
        if self.rules.as_ref().is_some_and(|known| known != rules) {
            self.due = now + EVERY;
        }
        self.rules = Some(rules.clone());
    }

    /// Whether it is time; then it is not for another day.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let is_on =
            (self.rules.as_ref()).is_some_and(|it| it.is_automatic && it.limits().is_some());
        let is_due = is_on && now >= self.due;
        if is_due {
            self.due = now + EVERY;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(is_automatic: bool, days: u32) -> CleanUp {
        CleanUp {
            is_automatic,
            unused_days: Some(days),
            at_most_bytes: None,
        }
    }

    #[test]
    fn what_was_on_at_the_start_is_due_soon_after_it_and_once_a_day() {
        let mut tidying = Tidying::new();
        let start = Instant::now();
        tidying.follow(&rules(true, 365), start);
        assert!(!tidying.is_due(start), "the reader comes first");
        let later = start + 2 * AFTER_START;
        assert!(tidying.is_due(later));
        assert!(!tidying.is_due(later + EVERY / 2));
        assert!(tidying.is_due(later + EVERY));
    }

    #[test]
    fn rules_that_are_changed_while_reading_hold_from_tomorrow_on() {
        let start = Instant::now();
        let soon = start + 2 * AFTER_START;
        for before in [rules(false, 365), rules(true, 365)] {
            let mut tidying = Tidying::new();
            tidying.follow(&before, start);
            tidying.follow(&rules(true, 7), soon);
            assert!(!tidying.is_due(soon));
            assert!(tidying.is_due(soon + EVERY));
        }
    }

    #[test]
    fn what_is_off_is_never_due() {
        let mut tidying = Tidying::new();
        let start = Instant::now();
        tidying.follow(&rules(false, 1), start);
        assert!(!tidying.is_due(start + 10 * EVERY));
    }
}
