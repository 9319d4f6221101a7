//! Idle workers for frames: any of them can decode any.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Ended, Kind, Limits, Worker};

/// The last one idle is the first to be busy again: its memory is warm.
static IDLE: Mutex<Vec<Worker>> = Mutex::new(Vec::new());

/// Hands a worker to `work`, an idle one if there is, else a new one. It is kept for others if `work`
/// says so: what a damaged file left behind in it must not touch the next. For the same reason a worker
/// that served before and ends is no proof against what it was asked: `work` is tried once more, with a
/// new one.
///
/// # Errors
/// The worker ended, or none could be started.
pub fn with_frames_worker<T>(
    limits: Limits,
    mut work: impl FnMut(&mut Worker) -> Result<(T, IsSound), Ended>,
) -> Result<T, Ended> {
    let idle = lock().pop();
    if let Some(mut worker) = idle {
        match work(&mut worker) {
            Err(Ended::Unexpectedly) => {}
            Err(ended) => return Err(ended),
            Ok((result, is_sound)) => {
                keep(worker, is_sound);
                return Ok(result);
            }
        }
    }
    let mut worker = Worker::start(Kind::Frames, limits)?;
    let (result, is_sound) = work(&mut worker)?;
    keep(worker, is_sound);
    Ok(result)
}

/// Whether a worker may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsSound(pub bool);

fn lock() -> MutexGuard<'static, Vec<Worker>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(worker: Worker, IsSound(is_sound): IsSound) {
    let most = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    let mut idle = lock();
    if is_sound && idle.len() < most {
        idle.push(worker);
    }
}
