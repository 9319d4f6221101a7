//! Work off the UI thread: a priority queue on named threads, with progress and cancel.
//!
//! A job gets a [`JobCtx`]; it calls [`JobCtx::check`] often and [`JobCtx::progress`] when it can.
//! A panic in a job becomes a problem of that job, never of the program.
#![warn(missing_docs)]

mod ctx;
mod panic;
mod queue;
mod state;

pub use ctx::{Cancelled, JobCtx, JobId, Progress};
pub use panic::panic_text;
pub use queue::{JobRequest, Outcome, Queue, Waker};
pub use state::{Generation, JobInfo, Priority};
