//! Work that may end the process it runs in, in a process of its own.
//!
//! A C decoder may abort on an assertion or write where it must not; a renderer of documents may ask
//! for more memory than there is. Such work runs in a worker: this same program started again, which
//! reads requests from its standard input and answers on its standard output. A worker that ends
//! costs its request alone; the next one gets a new worker.
//!
//! A program says once, at its start, that it can be a worker ([`enable`]). One that does not (a test,
//! another user of the library) does the work itself, with the risk that this carries.
//!
//! | file | what it owns |
//! |---|---|
//! | `wire.rs` | a message: a head in JSON, a body of bytes |
//! | `process.rs` | [`Worker`]: a worker seen from outside |
//! | `pool.rs` | idle workers for frames |
//! | `serve.rs` | a worker seen from inside: its limits and its loop |
#![warn(missing_docs)]

mod pool;
mod process;
mod serve;
mod wire;

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};

pub use pool::{IsSound, with_frames_worker};
pub use process::{Answer, Ended, Stopper, Worker};
pub use serve::{Reply, serve};

/// The argument that makes the program a worker; its [`Kind`] and its [`Limits`] follow.
pub const ARGUMENT: &str = "--worker";

static IS_ENABLED: AtomicBool = AtomicBool::new(false);

/// Says that this program answers to [`ARGUMENT`] with [`serve`].
pub fn enable() {
    IS_ENABLED.store(true, Ordering::Relaxed);
}

/// Whether work can be given to workers.
#[must_use]
pub fn is_enabled() -> bool {
    IS_ENABLED.load(Ordering::Relaxed)
}

/// What a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Decodes frames.
    Frames,
    /// Draws the pages of one document.
    Document,
}

/// What a worker may take before it ends itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space, bytes; only Unix systems hold a process to it.
    pub memory_bytes: u64,
}

fn arguments(kind: Kind, limits: Limits) -> [String; 3] {
    let kind = match kind {
        Kind::Frames => "frames",
        Kind::Document => "document",
    };
    [ARGUMENT, kind, &limits.memory_bytes.to_string()].map(str::to_owned)
}

/// What a process with these arguments (without the program) is to be, if it is to be a worker.
pub fn asked(arguments: impl IntoIterator<Item = OsString>) -> Option<(Kind, Limits)> {
    let mut arguments = arguments.into_iter();
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let kind = match arguments.next()?.to_str()? {
        "frames" => Kind::Frames,
        "document" => Kind::Document,
        _ => return None,
    };
    let memory_bytes = arguments.next()?.to_str()?.parse().ok()?;
    Some((kind, Limits { memory_bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_asked_for_by_all_three_arguments_alone() {
        let limits = Limits {
            memory_bytes: 1 << 40,
        };
        for kind in [Kind::Frames, Kind::Document] {
            let asking = arguments(kind, limits).map(OsString::from);
            assert_eq!(asked(asking.clone()), Some((kind, limits)));
            assert_eq!(asked(asking[1..].to_vec()), None);
            assert_eq!(asked(asking[..2].to_vec()), None);
        }
    }
}
