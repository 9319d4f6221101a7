//! What can go wrong between a picture and its pixels.

use std::sync::{Mutex, PoisonError};

use crate::problem::{Message, Problem, msg};

/// There is nothing to draw on.
#[derive(Debug, thiserror::Error)]
#[error("no graphics adapter: {reason}")]
pub struct NoAdapter {
    /// What the drivers said.
    pub reason: String,
}

impl NoAdapter {
    /// What to tell the reader: what to install, and that the CPU path stands in.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::new(msg("render-no-adapter")).text("reason", self.reason.clone())
    }
}

/// Why a picture was not drawn on the graphics adapter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The adapter takes no texture of this size.
    #[error("{width} × {height} × {depth} is more than the adapter takes ({limit})")]
    TooLarge {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Slices; 1 for a frame or a picture.
        depth: u32,
        /// The adapter's limit for one dimension.
        limit: u32,
    },
    /// The adapter has no memory left for it.
    #[error("{mib} MiB of video memory refused")]
    OutOfMemory {
        /// How much was asked for.
        mib: u64,
    },
    /// The frame holds fewer samples than its size asks, or of a kind that makes no texture.
    #[error("the samples make no texture")]
    Unsuitable,
    /// The adapter was lost or refused a command.
    #[error("the graphics adapter failed: {0}")]
    Failed(String),
}

impl RenderError {
    /// What to tell the reader.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::TooLarge {
                width,
                height,
                depth,
                limit,
            } => Message::new(msg("render-too-large"))
                .count("width", *width as usize)
                .count("height", *height as usize)
                .count("depth", *depth as usize)
                .count("limit", *limit as usize),
            Self::OutOfMemory { mib } => {
                Message::new(msg("render-out-of-memory")).number("mib", *mib as f64)
            }
            Self::Unsuitable => Message::new(msg("render-unsuitable")),
            Self::Failed(reason) => {
                Message::new(msg("render-failed")).text("reason", reason.clone())
            }
        }
    }
}

/// Errors no caller waits for; each kept once until drained.
#[derive(Debug, Default)]
pub(crate) struct ErrorLog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pending: Vec<Problem>,
    seen: Vec<String>,
    lost: Option<String>,
}

/// Different errors remembered; a driver that fails differently each time must not fill memory.
const SEEN_LIMIT: usize = 32;

impl ErrorLog {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds one, unless the same was said before.
    pub(crate) fn report(&self, reason: String) {
        tracing::error!("graphics: {reason}");
        self.with(|state| {
            if state.seen.len() < SEEN_LIMIT && !state.seen.contains(&reason) {
                let message = RenderError::Failed(reason.clone()).message();
                state.pending.push(Problem::error(message));
                state.seen.push(reason);
            }
        });
    }

    pub(crate) fn lose(&self, reason: String) {
        tracing::error!("graphics device lost: {reason}");
        self.with(|state| {
            if state.lost.is_none() {
                let message = Message::new(msg("render-lost")).text("reason", reason.clone());
                state.pending.push(Problem::error(message));
                state.lost = Some(reason);
            }
        });
    }

    pub(crate) fn lost(&self) -> Option<String> {
        self.with(|state| state.lost.clone())
    }

    pub(crate) fn drain(&self) -> Vec<Problem> {
        self.with(|state| std::mem::take(&mut state.pending))
    }
}
