//! Work that may never end, or end badly, at the cost of itself alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::jobs::{Cancelled, JobCtx};
use crate::problem::{Message, msg};

/// How often the job's cancel flag is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Room for nested objects; only what is used is taken.
pub(super) const STACK_BYTES: usize = 256 << 20;
/// Pieces of work left behind at a time.
const MOST_LEFT: usize = 2;

/// Counts the pieces of work still running although nobody waits for them.
#[derive(Debug)]
pub(super) struct Guard {
    left: AtomicUsize,
}

/// The program's.
pub(super) static GUARD: Guard = Guard::new();

impl Guard {
    const fn new() -> Self {
        Self {
            left: AtomicUsize::new(0),
        }
    }
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq)]
pub enum NoResult {
    /// The job was cancelled.
    Cancelled,
    /// The sentence to show instead.
    Refused(Message),
}

impl From<Cancelled> for NoResult {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// Runs `work` on a thread of its own and waits for it, for so long at most; work that is given up is
/// asked to `stop`. Where too much was left behind it waits as long for some of that to end.
pub(super) fn run<T: Send + 'static>(
    guard: &'static Guard,
    ctx: &JobCtx,
    limit: Duration,
    work: impl FnOnce() -> Result<T, Message> + Send + 'static,
    stop: impl FnOnce(),
) -> Result<T, NoResult> {
    let refused = |id| Err(NoResult::Refused(Message::new(id)));
    ctx.check()?;
    let end = Instant::now() + limit;
    while guard.left.load(Ordering::SeqCst) >= MOST_LEFT {
        if Instant::now() >= end {
            return refused(msg("pdf-others-busy"));
        }
        std::thread::sleep(LOOK);
        ctx.check()?;
    }
    let (sender, result) = sync_channel(0);
    let thread = std::thread::Builder::new()
        .name("document".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            let done = done.unwrap_or_else(|_| Err(Message::new(msg("pdf-unreadable"))));
            if sender.send(done).is_err() {
                guard.left.fetch_sub(1, Ordering::SeqCst);
            }
        });
    if thread.is_err() {
        return refused(msg("pdf-others-busy"));
    }
    let end = Instant::now() + limit;
    let why = loop {
        match result.recv_timeout(LOOK) {
            Ok(done) => return done.map_err(NoResult::Refused),
            Err(RecvTimeoutError::Disconnected) => return refused(msg("pdf-unreadable")),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ctx.check().is_err() {
            break NoResult::Cancelled;
        }
        if Instant::now() >= end {
            let seconds = limit.as_secs_f64();
            break NoResult::Refused(Message::new(msg("pdf-too-slow")).number("seconds", seconds));
        }
    };
    // Counted before the receiver goes: the thread takes itself off when nobody takes its result.
    guard.left.fetch_add(1, Ordering::SeqCst);
    stop();
    Err(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_does_not_end_is_left_behind_and_named() {
        static GUARD: Guard = Guard::new();
        let (end, ended) = sync_channel::<()>(0);
        let stuck = run(
            &GUARD,
            &JobCtx::new(),
            Duration::from_millis(50),
            move || {
                assert!(ended.recv().is_err());
                Ok(())
            },
            || (),
        );
        let expected = Message::new(msg("pdf-too-slow")).number("seconds", 0.05);
        assert_eq!(stuck, Err(NoResult::Refused(expected)));
        drop(end);
    }

    #[test]
    fn work_waits_until_what_was_left_behind_ends() {
        static GUARD: Guard = Guard::new();
        let moment = Duration::from_millis(50);
        let left: Vec<_> = (0..MOST_LEFT)
            .map(|_| {
                let (end, ended) = sync_channel::<()>(0);
                let stuck: Result<(), _> = run(
                    &GUARD,
                    &JobCtx::new(),
                    moment,
                    move || {
                        assert!(ended.recv().is_err());
                        Ok(())
                    },
                    || (),
                );
                assert!(stuck.is_err());
                end
            })
            .collect();
        let busy = run(&GUARD, &JobCtx::new(), moment, || Ok(1), || ());
        let expected = Message::new(msg("pdf-others-busy"));
        assert_eq!(busy, Err(NoResult::Refused(expected)));
        drop(left);
        assert_eq!(
            run(
                &GUARD,
                &JobCtx::new(),
                Duration::from_mins(1),
                || Ok(1),
                || ()
            ),
            Ok(1)
        );
    }

    #[test]
    fn cancelled_work_is_not_waited_for() {
        let (end, ended) = sync_channel::<()>(0);
        let ctx = JobCtx::new();
        let cancelled = {
            let ctx = ctx.clone();
            std::thread::spawn(move || {
                run(
                    &GUARD,
                    &ctx,
                    Duration::from_mins(1),
                    move || {
                        assert!(ended.recv().is_err());
                        Ok(())
                    },
                    || (),
                )
            })
        };
        ctx.cancel();
        assert_eq!(cancelled.join().unwrap(), Err(NoResult::Cancelled));
        drop(end);
    }

    #[test]
    fn a_panic_is_a_sentence() {
        let broken: Result<(), _> = run(
            &GUARD,
            &JobCtx::new(),
            Duration::from_secs(5),
            || panic!("broken"),
            || (),
        );
        let expected = Message::new(msg("pdf-unreadable"));
        assert_eq!(broken, Err(NoResult::Refused(expected)));
    }
}
