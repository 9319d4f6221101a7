//! What a running job holds: its cancel flag and its progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The job was cancelled; return at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps in all; 0 while unknown.
    pub of: usize,
}

/// Handed to every job; cheap to clone into inner parallel loops.
#[derive(Debug, Clone, Default)]
pub struct JobCtx(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    done: AtomicUsize,
    of: AtomicUsize,
}

impl JobCtx {
    /// A fresh one, for a job or for a test.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns early with `?` when the job was cancelled.
    ///
    /// # Errors
    /// [`Cancelled`] once [`Self::cancel`] was called.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.0.cancelled.load(Ordering::Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Asks the job to stop.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Says how far the job is.
    pub fn progress(&self, done: usize, of: usize) {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.of.store(of, Ordering::Relaxed);
    }

    /// One step more is done (for parallel loops).
    pub fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How far the job said it is.
    #[must_use]
    pub fn current(&self) -> Progress {
        Progress {
            done: self.0.done.load(Ordering::Relaxed),
            of: self.0.of.load(Ordering::Relaxed),
        }
    }
}

/// Identifies a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);
