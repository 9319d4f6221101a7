//! How much of a line may be taken.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::jobs::JobCtx;

/// Longest sleep before the job is looked at again.
const GLANCE: Duration = Duration::from_millis(50);
/// Time that a line which stood still has saved up.
const SAVED: Duration = Duration::from_millis(200);

/// At most so many bytes a second, over all connections that share it.
#[derive(Debug, Clone)]
pub struct Throttle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bytes_per_s: f64,
    /// When the bytes that passed so far are paid for.
    paid: Mutex<Instant>,
}

impl Throttle {
    /// `None` for no limit.
    #[must_use]
    pub fn new(bytes_per_s: Option<u64>) -> Option<Self> {
        let bytes_per_s = bytes_per_s.filter(|limit| *limit > 0)?;
        Some(Self(Arc::new(Shared {
            bytes_per_s: bytes_per_s as f64,
            paid: Mutex::new(Instant::now()),
        })))
    }

    /// Called after this many bytes went over the line: sleeps until they are paid for, or until
    /// the job is cancelled.
    pub fn pass(&self, bytes: usize, ctx: &JobCtx) {
        let cost = Duration::from_secs_f64(bytes as f64 / self.0.bytes_per_s);
        let until = {
            let mut paid = self.0.paid.lock().unwrap_or_else(PoisonError::into_inner);
            let oldest = Instant::now().checked_sub(SAVED);
            *paid = oldest.map_or(*paid, |oldest| oldest.max(*paid)) + cost;
            *paid
        };
        while ctx.check().is_ok() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(GLANCE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_pass_no_faster_than_allowed_and_a_cancelled_job_does_not_wait() {
        let throttle = Throttle::new(Some(100_000)).unwrap();
        let start = Instant::now();
        for _ in 0..10 {
            throttle.pass(5_000, &JobCtx::new());
        }
        // 50 000 bytes are half a second, less what was saved up at the start.
        let elapsed = start.elapsed();
        assert!(elapsed >= Duration::from_millis(280), "{elapsed:?}");
        let ctx = JobCtx::new();
        ctx.cancel();
        let start = Instant::now();
        throttle.pass(10_000_000, &ctx);
        assert!(start.elapsed() < Duration::from_secs(1));
        assert!(Throttle::new(None).is_none());
    }
}
