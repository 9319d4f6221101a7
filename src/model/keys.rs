//! Small copyable keys. An [`InstanceIx`] is never reused while the program runs, so that no
//! stale cache entry can show another patient.

use serde::{Deserialize, Serialize};

/// An instance, by the order in which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstanceIx(pub u32);

/// One frame of one instance; the key of every cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FrameKey {
    /// The instance.
    pub instance: InstanceIx,
    /// The frame, counted from 0.
    pub frame: u32,
}

/// What one pane can show. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DisplaySetId(pub u32);

/// A patient among those open. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PatientKey(pub u32);

/// A study among those open. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StudyKey(pub u32);

/// A series among those open. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey(pub u32);
