//! The queue and its threads.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::ctx::{Cancelled, JobCtx, JobId};
use super::panic::panic_text;
use super::state::{Generation, Job, JobInfo, Next, Priority, Start, State};

use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

/// Called on a worker after each job, so that the window can draw what came of it. It must not
/// block.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// How long the end of the program waits for jobs that do not look at their cancel flag.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(5);

/// What to run, and how it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRequest {
    /// What it does, for the reader.
    pub title: Message,
    /// How urgent.
    pub priority: Priority,
    /// What it was asked for, see [`Queue::drop_generations_before`]; `None` outlives every generation.
    pub generation: Option<Generation>,
    /// Whether the window lists it.
    pub is_shown: bool,
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It returned.
    Done(T),
    /// It was cancelled, before it began or while it ran.
    Cancelled,
    /// It panicked. The same problem is in [`Queue::problems`].
    Panicked(Problem),
}

struct Shared {
    state: Mutex<State>,
    /// Something to take, or the end.
    work_came: Condvar,
    /// Something ended.
    work_ended: Condvar,
    waker: Waker,
    problems: Problems,
    most_others: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs jobs on its own threads, the most urgent first, first come first served among equals.
///
/// Dropping it cancels everything and waits for the threads, but for a job that never looks at
/// its cancel flag only a few seconds.
pub struct Queue {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Queue({} threads)", self.threads.len())
    }
}

impl Queue {
    /// As many threads as the machine has cores for thumbnails, prefetch and computing, and one
    /// more that only interactions use.
    #[must_use]
    pub fn new(waker: Waker) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_threads(cores, waker)
    }

    /// With so many threads (at least one) besides the one for interactions.
    #[must_use]
    pub fn with_threads(threads: usize, waker: Waker) -> Self {
        let most_others = threads.max(1);
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            work_came: Condvar::new(),
            work_ended: Condvar::new(),
            waker,
            problems: Problems::new(),
            most_others,
        });
        let threads = (0..=most_others)
            .filter_map(|index| {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new()
                    .name(format!("job {index}"))
                    .spawn(move || work_until_shutdown(&shared))
                    .inspect_err(|error| tracing::error!(%error, "no thread for jobs"))
                    .ok()
            })
            .collect();
        Self { shared, threads }
    }

    /// Runs `work`; it sends what it found on a channel of its own.
    pub fn spawn(
        &self,
        title: Message,
        priority: Priority,
        is_shown: bool,
        work: impl FnOnce(&JobCtx) + Send + 'static,
    ) -> JobId {
        let request = JobRequest {
            title,
            priority,
            generation: None,
            is_shown,
        };
        self.submit(
            request,
            |ctx| {
                work(ctx);
                Ok(())
            },
            |_| {},
        )
    }

    /// Runs `work` and hands its outcome to `finish`, both on a worker. `finish` is called
    /// exactly once, whether the job ran, was cancelled or panicked; only the end of the program
    /// drops waiting jobs without it.
    pub fn submit<T: 'static>(
        &self,
        request: JobRequest,
        work: impl FnOnce(&JobCtx) -> Result<T, Cancelled> + Send + 'static,
        finish: impl FnOnce(Outcome<T>) + Send + 'static,
    ) -> JobId {
        let shared = Arc::downgrade(&self.shared);
        let title = request.title.clone();
        let run = move |start: Start<'_>| {
            let outcome = match start {
                Start::Cancelled => Outcome::Cancelled,
                Start::Run(ctx) => match catch_unwind(AssertUnwindSafe(|| work(ctx))) {
                    Ok(Ok(value)) => Outcome::Done(value),
                    Ok(Err(Cancelled)) => Outcome::Cancelled,
                    Err(panic) => {
                        let problem = panicked(title, &*panic);
                        if let Some(shared) = shared.upgrade() {
                            shared.problems.report(problem.clone());
                        }
                        Outcome::Panicked(problem)
                    }
                },
            };
            finish(outcome);
        };
        let job = Job {
            title: request.title,
            generation: request.generation,
            is_shown: request.is_shown,
            ctx: JobCtx::new(),
            work: Box::new(run),
        };
        let id = self.shared.lock().add(request.priority, job);
        self.shared.work_came.notify_one();
        id
    }

    /// Cancels a job: one that waits never begins, one that runs is asked to stop.
    pub fn cancel(&self, id: JobId) {
        self.shared.lock().cancel(|job, _| job == id);
        self.shared.work_came.notify_one();
    }

    /// Cancels every job asked for by a generation before this one.
    pub fn drop_generations_before(&self, generation: Generation) {
        self.shared
            .lock()
            .cancel(|_, of| of.is_some_and(|of| of < generation));
        self.shared.work_came.notify_all();
    }

    /// Changes how urgent a job is that still waits. `false` if it is over.
    pub fn reprioritise(&self, id: JobId, priority: Priority) -> bool {
        let known = self.shared.lock().reprioritise(id, priority);
        self.shared.work_came.notify_one();
        known
    }

    /// The jobs to be listed: running ones, then waiting ones, each oldest first.
    #[must_use]
    pub fn running(&self) -> Vec<JobInfo> {
        self.shared.lock().shown()
    }

    /// Whether nothing runs and nothing waits, listed or not.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.shared.lock().is_idle()
    }

    /// Waits until nothing runs and nothing waits; `false` if that took longer than `patience`.
    pub fn wait_until_idle(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut state = self.shared.lock();
        while !state.is_idle() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self
                .shared
                .work_ended
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    /// Whether a job waits or runs.
    #[must_use]
    pub fn is_alive(&self, id: JobId) -> bool {
        self.shared.lock().is_alive(id)
    }

    /// The jobs that panicked since the last call.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.shared.problems.drain()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let dropped = self.shared.lock().shut_down();
        self.shared.work_came.notify_all();
        // The closures' own destructors run outside the lock.
        drop(dropped);
        let end = Instant::now() + SHUTDOWN_PATIENCE;
        while self.threads.iter().any(|thread| !thread.is_finished()) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
        let this_thread = std::thread::current().id();
        for thread in self.threads.drain(..) {
            if thread.is_finished() && thread.thread().id() != this_thread {
                if thread.join().is_err() {
                    tracing::error!("a thread for jobs panicked outside a job");
                }
            } else {
                tracing::warn!("a job does not heed its cancel flag and is left behind");
            }
        }
    }
}

fn panicked(title: Message, panic: &(dyn Any + Send)) -> Problem {
    Problem::error(
        Message::new(msg("job-panicked"))
            .message("job", title)
            .text("detail", panic_text(panic)),
    )
}

fn work_until_shutdown(shared: &Shared) {
    loop {
        let mut state = shared.lock();
        let next = loop {
            if state.shutdown {
                return;
            }
            if let Some(next) = state.take(shared.most_others) {
                break next;
            }
            state = shared
                .work_came
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        // `work` catches the job's own panics; this catches those of its `finish`.
        let (id, ended) = match next {
            Next::Run(id, work, ctx) => (
                Some(id),
                catch_unwind(AssertUnwindSafe(|| work(Start::Run(&ctx)))),
            ),
            Next::Discard(work) => (
                None,
                catch_unwind(AssertUnwindSafe(|| work(Start::Cancelled))),
            ),
        };
        if ended.is_err() {
            tracing::error!(?id, "the outcome of a job could not be handed over");
        }
        shared.lock().finished(id);
        shared.work_ended.notify_all();
        (shared.waker)();
    }
}
