//! Runs effects as jobs; owns the caches and the budget. Knows no egui: the window and the
//! command line both stand on it.
//!
//! One frame of the window: [`Engine::poll`] → commands → `Workspace::apply` → effects →
//! [`Engine::run`]; then [`Engine::want`] says what is on screen, and the views read what is
//! here through [`crate::view::Frames`], which the engine implements.

use std::sync::Arc;

use crate::model::DisplaySetId;
use crate::view::ViewMode;

/// What a pane shows and so needs first; its neighbours follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The display set.
    pub display_set: DisplaySetId,
    /// The frame shown, from 0.
    pub index: u32,
    /// Stack: this frame, then its neighbours. MPR: the whole volume.
    pub mode: ViewMode,
}

/// A small picture of a display set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Red, green, blue, alpha; row by row.
    pub rgba: Arc<[u8]>,
}
