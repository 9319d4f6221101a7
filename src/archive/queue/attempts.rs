//! When a transfer that failed is tried again.

use std::time::Duration;

/// After so many attempts it has failed.
pub(super) const MAX_ATTEMPTS: u32 = 12;

const FIRST: Duration = Duration::from_secs(15);
/// The longest wait between two attempts.
pub(super) const LONGEST: Duration = Duration::from_hours(1);

/// How long to wait for the local archive: somebody makes room, or connects the drive. To look
/// costs nothing.
pub(super) const HINDERED: Duration = Duration::from_secs(20);

/// How long a node has to report on a commitment before it is asked once more, for its report may
/// have come while nobody listened: a day in all, for some write to tape over night before they give
/// their word.
const REPORT: [Duration; 4] = [
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(8),
    Duration::from_hours(12),
];
/// The longest wait for a report.
pub(super) const LONGEST_REPORT: Duration = Duration::from_hours(12);

/// How long to wait for a report after so many requests.
pub(super) fn wait_for_report(asks: u32) -> Duration {
    let place = asks.saturating_sub(1) as usize;
    REPORT.get(place).copied().unwrap_or(LONGEST_REPORT)
}

/// Whether a node that was asked so often has had its time.
pub(super) fn is_overdue(asks: u32) -> bool {
    asks as usize >= REPORT.len()
}

/// The wait after this many attempts: twice as long each time, a quarter of an hour's node that
/// restarts is met again soon, and one that is away over night is met in the morning.
pub(super) fn wait_after(attempts: u32) -> Duration {
    let doubled = 1_u32.checked_shl(attempts.saturating_sub(1));
    FIRST
        .saturating_mul(doubled.unwrap_or(u32::MAX))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let waits: Vec<u64> = (1..=10).map(|n| wait_after(n).as_secs()).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(wait_after(0), FIRST);
        assert_eq!(wait_after(u32::MAX), LONGEST);
    }
}
