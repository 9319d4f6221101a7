//! A worker seen from outside.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Kind, Limits, arguments, serve, wire};

/// Has glibc keep the memory of one frame for the next instead of giving it back to the system, which
/// would clear every page of it anew. Other systems' allocators do not read these.
const KEEP_MEMORY: [(&str, &str); 2] = [
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
    ("MALLOC_TRIM_THRESHOLD_", "67108864"),
];

/// The worker is gone, and with it the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// It was aborted, crashed or was killed, or what it said was no answer.
    #[error("the worker ended unexpectedly")]
    Unexpectedly,
    /// It took longer than it was given.
    #[error("the worker took too long")]
    TooLate,
    /// The system starts none.
    #[error("no worker could be started")]
    NotStarted,
}

/// A process that answers one request after the other. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    child: Arc<Mutex<Child>>,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Ends a worker from another thread; whoever waits for its answer is told so.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<Mutex<Child>>);

impl Stopper {
    /// Ends the worker.
    pub fn stop(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A worker that is already gone cannot be killed, and need not be.
        if let Err(error) = child.kill() {
            tracing::debug!(%error, "a worker was not stopped");
        }
    }
}

/// An answer whose body is still to be read.
#[derive(Debug)]
pub struct Answer<'a, H> {
    /// Its head.
    pub head: H,
    /// Bytes of its body.
    pub length: u64,
    worker: &'a mut Worker,
}

impl<H> Answer<'_, H> {
    /// Reads the body into memory of just its length.
    ///
    /// # Errors
    /// The worker ended, or the body has another length.
    pub fn read_into(self, body: &mut [u8]) -> Result<H, Ended> {
        if self.length != body.len() as u64 {
            return Err(Ended::Unexpectedly);
        }
        let read = self.worker.answers.read_exact(body);
        read.map_err(|error| self.worker.why(&error))?;
        Ok(self.head)
    }
}

impl Worker {
    /// Starts this program as a worker.
    ///
    /// # Errors
    /// [`Ended::NotStarted`].
    pub fn start(kind: Kind, limits: Limits) -> Result<Self, Ended> {
        let program = this_program().map_err(|error| not_started(&error))?;
        Self::start_program(&program, kind, limits)
    }

    /// Starts another program that can be a worker, see [`super::enable`].
    ///
    /// # Errors
    /// [`Ended::NotStarted`].
    pub fn start_program(program: &Path, kind: Kind, limits: Limits) -> Result<Self, Ended> {
        let mut child = Command::new(program)
            .args(arguments(kind, limits))
            .envs(KEEP_MEMORY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Ended::NotStarted);
        };
        widen(&requests);
        widen(&answers);
        Ok(Self {
            child: Arc::new(Mutex::new(child)),
            requests,
            answers: BufReader::with_capacity(1 << 12, answers),
        })
    }

    /// What ends this worker from another thread.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.child))
    }

    /// Asks, and waits for the head of the answer.
    ///
    /// # Errors
    /// The worker ended. It answers nothing more then.
    pub fn ask<H: DeserializeOwned>(
        &mut self,
        head: &impl Serialize,
        body: &[u8],
    ) -> Result<Answer<'_, H>, Ended> {
        let answer = wire::write(&mut self.requests, head, body)
            .and_then(|()| wire::read_head(&mut self.answers))
            .and_then(|answer| answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()));
        match answer {
            Ok((head, length)) => Ok(Answer {
                head,
                length,
                worker: self,
            }),
            Err(error) => Err(self.why(&error)),
        }
    }

    /// Ends the worker and says why it gave no answer.
    fn why(&self, error: &io::Error) -> Ended {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It closes its end before it is quite gone; one that is not going is ended.
        let status = match child.try_wait() {
            Ok(Some(status)) => Ok(status),
            _ if error.kind() == io::ErrorKind::InvalidData => {
                child.kill().and_then(|()| child.wait())
            }
            _ => child.wait(),
        };
        tracing::warn!(%error, ?status, "a worker ended");
        match status {
            Ok(status) if status.code() == Some(serve::TOO_LATE.into()) => Ended::TooLate,
            _ => Ended::Unexpectedly,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stopper().stop();
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = child.wait() {
            tracing::debug!(%error, "a worker was not waited for");
        }
    }
}

/// Lets a pipe hold a whole frame of common size, so that neither end waits for the other within one.
/// Where the system does not allow it, the pipe works as it is.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn widen(pipe: &impl std::os::fd::AsFd) {
    const MOST_WITHOUT_PRIVILEGE: usize = 1 << 20;
    if let Err(error) = rustix::pipe::fcntl_setpipe_size(pipe, MOST_WITHOUT_PRIVILEGE) {
        tracing::debug!(%error, "a pipe to a worker stays narrow");
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn widen<P>(_pipe: &P) {}

fn not_started(error: &io::Error) -> Ended {
    tracing::error!(%error, "no worker could be started");
    Ended::NotStarted
}

/// The file of this program; on Linux the very one that runs, even where an update replaced it.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe()
}
