//! How many connections a retrieval has at once.
//!
//! While an instance waits for its place on the disk, or its answer travels, another connection uses
//! the line. On a slow line each one more makes every instance later, first of all the first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Instances from which the pace of a line is told.
const ENOUGH: usize = 5;
/// Where each comes in less, waiting takes longer than the line does.
const SHORT: Duration = Duration::from_millis(200);

/// Whether connection `number`, counted from 0, is to join, when so many instances have come and the
/// first of them so long ago.
pub(super) fn may_join(number: usize, come: usize, since_first: Duration) -> bool {
    match number {
        0 => true,
        1 => come >= 1,
        _ => come >= ENOUGH && since_first < SHORT * come as u32,
    }
}

/// Says when it goes that the first connection has done what it could, also where that ended by a
/// panic: nobody need wait any more to be called for.
pub(super) struct End<'a>(pub &'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_instance_has_the_line_to_itself() {
        assert!(may_join(0, 0, Duration::ZERO));
        assert!(!may_join(1, 0, Duration::ZERO));
        assert!(may_join(1, 1, Duration::ZERO));
    }

    #[test]
    fn a_slow_line_has_two_connections_and_a_fast_one_all() {
        for number in 2..4 {
            assert!(!may_join(number, 4, Duration::from_millis(40)));
            assert!(may_join(number, 5, Duration::from_millis(50)));
            assert!(!may_join(number, 5, Duration::from_secs(2)));
        }
    }
}
