//! Named threads and one priority queue.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::ctx::{JobCtx, JobId, Progress};
use crate::problem::{Message, Problem, msg};

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody looks at the place where it will be.
    Interaction,
    /// A small picture in a list.
    Thumbnail,
    /// Likely to be wanted soon.
    Prefetch,
    /// Long work nobody waits for.
    Compute,
}

/// A job for the jobs panel.
#[derive(Debug, Clone, PartialEq)]
pub struct JobInfo {
    /// Its key, for cancel.
    pub id: JobId,
    /// What it does.
    pub title: Message,
    /// How far it is.
    pub progress: Progress,
    /// How long it has run; zero while it waits.
    pub running: Duration,
}

impl JobInfo {
    /// Time left if it goes on as it went, once that can be told.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let Progress { done, of } = self.progress;
        if done == 0 || of <= done || self.running < Duration::from_millis(300) {
            return None;
        }
        Some(self.running.mul_f64((of - done) as f64 / done as f64))
    }
}

type Work = Box<dyn FnOnce(&JobCtx) + Send>;
type Waker = Arc<dyn Fn() + Send + Sync>;

struct Job {
    title: Message,
    is_shown: bool,
    ctx: JobCtx,
    /// Taken by the thread that runs it.
    work: Option<Work>,
    started: Option<Instant>,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<JobId, Job>,
    waiting: BTreeMap<(Priority, JobId), ()>,
    problems: Vec<Problem>,
    next: u64,
    is_closing: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    waker: Waker,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs jobs on one thread a core. Dropping it cancels all and waits for those that run.
pub struct Queue {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Queue {
    /// One thread a core. `waker` is called whenever a job ends.
    #[must_use]
    pub fn new(waker: Waker) -> Self {
        Self::with_threads(std::thread::available_parallelism().map_or(2, usize::from), waker)
    }

    /// So many threads; fewer where the system gives no more.
    #[must_use]
    pub fn with_threads(count: usize, waker: Waker) -> Self {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), waker });
        let threads = (0..count.max(1))
            .filter_map(|index| {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new().name(format!("job {index}")).spawn(move || work(&shared)).ok()
            })
            .collect();
        Self { shared, threads }
    }

    /// Puts a job into the queue. What it brings it sends itself.
    pub fn spawn(
        &self,
        title: Message,
        priority: Priority,
        is_shown: bool,
        work: impl FnOnce(&JobCtx) + Send + 'static,
    ) -> JobId {
        let mut state = self.shared.lock();
        state.next += 1;
        let id = JobId(state.next);
        let job = Job { title, is_shown, ctx: JobCtx::new(), work: Some(Box::new(work)), started: None };
        state.jobs.insert(id, job);
        state.waiting.insert((priority, id), ());
        drop(state);
        self.shared.changed.notify_one();
        id
    }

    /// Asks a job to stop; one that has not begun never does.
    pub fn cancel(&self, id: JobId) {
        let mut state = self.shared.lock();
        let Some(job) = state.jobs.get(&id) else { return };
        job.ctx.cancel();
        if job.work.is_some() {
            state.jobs.remove(&id);
            state.waiting.retain(|(_, waiting), ()| *waiting != id);
        }
    }

    /// Shown jobs that wait or run, oldest first.
    #[must_use]
    pub fn running(&self) -> Vec<JobInfo> {
        let state = self.shared.lock();
        let shown = state.jobs.iter().filter(|(_, job)| job.is_shown);
        shown
            .map(|(id, job)| JobInfo {
                id: *id,
                title: job.title.clone(),
                progress: job.ctx.current(),
                running: job.started.map_or(Duration::ZERO, |started| started.elapsed()),
            })
            .collect()
    }

    /// Whether a job waits or runs.
    #[must_use]
    pub fn is_alive(&self, id: JobId) -> bool {
        self.shared.lock().jobs.contains_key(&id)
    }

    /// Jobs that ended in a panic since the last call.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        std::mem::take(&mut self.shared.lock().problems)
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_closing = true;
        state.waiting.clear();
        state.jobs.values().for_each(|job| job.ctx.cancel());
        drop(state);
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // Its panics were caught and told already.
            drop(thread.join());
        }
    }
}

fn work(shared: &Shared) {
    loop {
        let mut state = shared.lock();
        let id = loop {
            if state.is_closing {
                return;
            }
            if let Some(((_, id), ())) = state.waiting.pop_first() {
                break id;
            }
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        let Some(job) = state.jobs.get_mut(&id) else { continue };
        let Some(work) = job.work.take() else { continue };
        job.started = Some(Instant::now());
        let (ctx, title) = (job.ctx.clone(), job.title.clone());
        drop(state);
        let result = catch_unwind(AssertUnwindSafe(|| work(&ctx)));
        let mut state = shared.lock();
        state.jobs.remove(&id);
        if let Err(panic) = result {
            let message = Message::new(msg("job-panicked")).message("job", title).text("detail", panic_text(&*panic));
            state.problems.push(Problem::error(message));
        }
        drop(state);
        (shared.waker)();
    }
}

/// What a panic said.
fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
