//! What the reader chose.

use serde::{Deserialize, Serialize};

/// What happens at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Repeat {
    /// From the first frame again.
    #[default]
    Loop,
    /// Back to the first frame, and so on.
    Sweep,
    /// It stops.
    Once,
}

impl Repeat {
    /// The next choice.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Loop => Self::Sweep,
            Self::Sweep => Self::Once,
            Self::Once => Self::Loop,
        }
    }
}

/// What a film runs through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CineAxis {
    /// The frames of the display set.
    Frames,
    /// One slice through the sets that show the same places: moments, echoes, b-values.
    Phases,
}

/// The film of one pane.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cine {
    /// It runs.
    pub is_playing: bool,
    /// It ran, or is meant to: its bar is on screen.
    pub is_open: bool,
    /// What it runs through; `None`: phases where they are one entry of the browser, else frames.
    pub axis: Option<CineAxis>,
    /// What happens at the end; `None`: as the data ask for.
    pub repeat: Option<Repeat>,
    /// Times the speed of the data.
    pub speed: f64,
    /// First and last frame played, from 0; `None`: as the data ask for.
    pub range: Option<(u32, u32)>,
}

impl Default for Cine {
    fn default() -> Self {
        Self {
            is_playing: false,
            is_open: false,
            axis: None,
            repeat: None,
            speed: 1.0,
            range: None,
        }
    }
}
