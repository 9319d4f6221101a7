//! The thread that puts into the index what has been kept, many at a time.
//!
//! It lags behind a little. What it has not written when the program dies is found by the next
//! opening, which the session's journal tells where to look.

use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::SystemTime;

use crate::problem::Problem;
use crate::problem::Problems;

use super::ArchiveError;
use super::entry::Entry;
use super::index::Index;

/// Instances are gathered for as long.
const GATHERING: Duration = Duration::from_millis(150);
/// Or until there are so many.
const ENOUGH: usize = 1024;
/// The wait after a write that failed.
const PAUSE: Duration = Duration::from_secs(2);
/// Nobody waits longer than this for the index; its writes take well below a second.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Indexer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    index: Arc<Index>,
    problems: Arc<Problems>,
    queue: Mutex<Queue>,
    /// Something in the queue changed.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Entry>,
    /// Taken out, not in the index yet.
    in_hand: usize,
    /// How many were ever added, and how many of these, in that order, are in the index.
    added: u64,
    written: u64,
    /// The thread is gone, whatever the reason.
    has_ended: bool,
    /// Someone waits for all of it.
    is_urgent: bool,
    is_stopping: bool,
    /// The last write failed, and someone was told.
    has_failed: bool,
}

impl Indexer {
    pub(super) fn start(index: Arc<Index>, problems: Arc<Problems>) -> Result<Self, ArchiveError> {
        let shared = Arc::new(Shared {
            index,
            problems,
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("archive index".to_owned())
            .spawn(move || {
                let _ending = Ending(Arc::clone(&own));
                own.run();
            })
            .map_err(|error| ArchiveError::Database(error.to_string()))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    pub(super) fn add(&self, entry: Entry) {
        let mut queue = self.shared.lock();
        queue.waiting.push(entry);
        queue.added += 1;
        self.shared.changed.notify_all();
    }

    /// Waits until everything that was added before is in the index, whatever comes meanwhile.
    /// Gives up when the index cannot be written, or takes too long.
    pub(super) fn flush(&self) {
        let mut queue = self.shared.lock();
        queue.is_urgent = true;
        self.shared.changed.notify_all();
        let all = queue.added;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(queue, PATIENCE, |queue| {
                queue.written < all && !queue.has_failed && !queue.has_ended
            });
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.is_urgent = false;
    }

    /// Writes what there is and ends the thread; whether all of it was written.
    pub(super) fn stop(&mut self) -> bool {
        self.shared.lock().is_stopping = true;
        self.shared.changed.notify_all();
        let ended = self
            .thread
            .take()
            .is_none_or(|thread| thread.join().is_ok());
        ended && self.shared.lock().is_empty()
    }
}

/// Says that the thread is gone, also when it panics.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.lock().has_ended = true;
        self.0.changed.notify_all();
    }
}

impl Queue {
    const fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.in_hand == 0
    }
}

fn wait<'a>(changed: &Condvar, queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
    changed.wait(queue).unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let mut queue = self.lock();
            while queue.waiting.is_empty() && !queue.is_stopping {
                queue = wait(&self.changed, queue);
            }
            let (mut queue, _) = self
                .changed
                .wait_timeout_while(queue, GATHERING, |queue| {
                    queue.waiting.len() < ENOUGH && !queue.is_stopping && !queue.is_urgent
                })
                .unwrap_or_else(PoisonError::into_inner);
            let is_last = queue.is_stopping;
            let entries = std::mem::take(&mut queue.waiting);
            queue.in_hand = entries.len();
            drop(queue);

            let written = self.write(&entries);
            let mut queue = self.lock();
            queue.in_hand = 0;
            match written {
                Ok(()) => {
                    queue.has_failed = false;
                    queue.written += entries.len() as u64;
                }
                Err(error) => {
                    tracing::warn!("the archive's index was not written: {error}");
                    if !queue.has_failed {
                        self.problems.report(Problem::error(error.message()));
                    }
                    queue.has_failed = true;
                    queue.waiting.splice(..0, entries);
                }
            }
            let is_done = is_last && (queue.waiting.is_empty() || queue.has_failed);
            self.changed.notify_all();
            if is_done {
                return;
            }
            if queue.has_failed {
                let paused = self
                    .changed
                    .wait_timeout_while(queue, PAUSE, |queue| !queue.is_stopping);
                drop(paused);
            }
        }
    }

    fn write(&self, entries: &[Entry]) -> Result<(), ArchiveError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut problems = Vec::new();
        self.index
            .insert(entries, SystemTime::now(), &mut problems)?;
        for problem in problems {
            self.problems.report(problem);
        }
        Ok(())
    }
}
