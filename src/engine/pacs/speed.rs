//! Bytes a second, of late.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What is looked back on.
const WINDOW: Duration = Duration::from_secs(4);

/// Bytes as they came or went.
#[derive(Debug, Default)]
pub(super) struct Speed {
    recent: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// So many bytes more.
    pub(super) fn add(&mut self, bytes: u64) {
        self.add_at(Instant::now(), bytes);
    }

    fn add_at(&mut self, now: Instant, bytes: u64) {
        self.recent.push_back((now, bytes));
        while self
            .recent
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.recent.pop_front();
        }
    }

    /// Bytes of one of those that came of late, on average.
    pub(super) fn each(&self) -> Option<f64> {
        let bytes: u64 = self.recent.iter().map(|(_, bytes)| bytes).sum();
        (!self.recent.is_empty()).then(|| bytes as f64 / self.recent.len() as f64)
    }

    /// `None` until there is something to go by.
    pub(super) fn per_s(&self) -> Option<f64> {
        let (first, _) = self.recent.front()?;
        let (last, _) = self.recent.back()?;
        let elapsed = last.duration_since(*first).as_secs_f64();
        // What came first came in the time before it.
        let bytes: u64 = self.recent.iter().skip(1).map(|(_, bytes)| bytes).sum();
        (elapsed > 0.05).then(|| bytes as f64 / elapsed)
    }
}

impl Speed {
    /// How long so many more will take.
    pub(super) fn time_for(&self, instances: usize) -> Option<Duration> {
        let per_s = self.per_s().filter(|speed| *speed > 1.0)?;
        let seconds = instances as f64 * self.each()? / per_s;
        Some(Duration::from_secs_f64(seconds.min(1e6)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let mut speed = Speed::default();
        assert_eq!(speed.per_s(), None);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        for step in 0..=20 {
            speed.add_at(at(step * 100), 1_000_000);
        }
        assert!((speed.per_s().unwrap() - 10_000_000.0).abs() < 1.0);
        for step in 1..=60 {
            speed.add_at(at(2000 + step * 100), 100_000);
        }
        assert!((speed.per_s().unwrap() - 1_000_000.0).abs() < 1.0);
    }
}
