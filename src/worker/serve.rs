//! A worker seen from inside: its limits and its loop.

use std::io::{self, Read as _};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Limits, wire};

/// Exit status of a worker that took longer than it was given.
pub(super) const TOO_LATE: u8 = 124;

/// What goes back.
#[derive(Debug)]
pub struct Reply<H, B> {
    /// Head.
    pub head: H,
    /// Body.
    pub body: B,
}

/// Answers requests until nobody asks any more. `allowance` says how long a request may take, `answer`
/// does the work; nothing else may be written to the standard output.
pub fn serve<Q: DeserializeOwned, A: Serialize, B: AsRef<[u8]>>(
    limits: Limits,
    allowance: impl Fn(&Q) -> Duration,
    mut answer: impl FnMut(Q, Vec<u8>) -> Reply<A, B>,
) -> ExitCode {
    hold_to(limits);
    let clock = Clock::start();
    let (mut requests, mut answers) = (io::stdin().lock(), answers());
    loop {
        let (head, length) = match wire::read_head::<Q>(&mut requests) {
            Ok(Some(request)) => request,
            Ok(None) => return ExitCode::SUCCESS,
            Err(_cut_off) => return ExitCode::FAILURE,
        };
        let mut body = vec![0; length as usize];
        if requests.read_exact(&mut body).is_err() {
            return ExitCode::FAILURE;
        }
        if is_the_end(&body) {
            std::process::abort();
        }
        clock.set(Some(Instant::now() + allowance(&head)));
        let reply = answer(head, body);
        clock.set(None);
        if wire::write(&mut answers, &reply.head, reply.body.as_ref()).is_err() {
            return ExitCode::FAILURE; // nobody waits for it any more
        }
    }
}

/// Whether the body holds the text of `ISOCENTRE_WORKER_ENDS_AT`: how the tests have a request that
/// ends a worker for certain.
fn is_the_end(body: &[u8]) -> bool {
    std::env::var("ISOCENTRE_WORKER_ENDS_AT")
        .is_ok_and(|text| memchr::memmem::find(body, text.as_bytes()).is_some())
}

/// The standard output without the buffer that breaks at every line.
#[cfg(unix)]
fn answers() -> impl io::Write {
    use std::os::fd::AsFd as _;
    let output = io::stdout().as_fd().try_clone_to_owned();
    output.map_or_else(
        |_no_more_files| Box::new(io::stdout()) as Box<dyn io::Write>,
        |output| Box::new(std::fs::File::from(output)),
    )
}

#[cfg(not(unix))]
fn answers() -> impl io::Write {
    io::stdout()
}

/// Ends the process when a request takes too long: the thread that works may be deep in foreign code.
#[derive(Clone, Default)]
struct Clock(Arc<(Mutex<Option<Instant>>, Condvar)>);

impl Clock {
    fn start() -> Self {
        let clock = Self::default();
        let own = clock.clone();
        let started = std::thread::Builder::new()
            .name("clock".to_owned())
            .stack_size(1 << 16)
            .spawn(move || own.watch());
        if let Err(error) = started {
            tracing::error!(%error, "a worker has no clock");
        }
        clock
    }

    fn set(&self, end: Option<Instant>) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
        self.0.1.notify_one();
    }

    fn watch(&self) {
        let (end, changed) = &*self.0;
        let mut end = end.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            end = match *end {
                None => changed.wait(end).unwrap_or_else(PoisonError::into_inner),
                Some(at) => {
                    let left = at.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        std::process::exit(TOO_LATE.into());
                    }
                    let waited = changed.wait_timeout(end, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

/// Holds this process to its limits, and keeps what it holds of a patient out of crash dumps.
#[cfg(unix)]
fn hold_to(limits: Limits) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let hold = |resource, most: u64| {
        let maximum = getrlimit(resource).maximum;
        let most = maximum.map_or(most, |maximum| maximum.min(most));
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        if let Err(error) = setrlimit(resource, limit) {
            tracing::warn!(%error, "a worker is not held to a limit");
        }
    };
    hold(Resource::As, limits.memory_bytes);
    hold(Resource::Core, 0);
}

#[cfg(not(unix))]
fn hold_to(_limits: Limits) {}
