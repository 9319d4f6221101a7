//! What the window is opened with.

use std::path::PathBuf;

/// What to do first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Open these; the start screen if there is none.
    Paths(Vec<PathBuf>),
    /// The built-in study.
    Demo,
}
