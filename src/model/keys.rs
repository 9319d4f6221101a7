//! Small copyable keys. An [`InstanceIx`] is never reused while the program runs, so that no
//! stale cache entry can show another patient.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

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

/// Never the same number twice, whichever library asks: a library that is closed and another one
/// that is opened share no key.
macro_rules! never_reused {
    ($($key:ident),+) => {$(
        impl $key {
            pub(super) fn new() -> Self {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                Self(NEXT.fetch_add(1, Ordering::Relaxed))
            }
        }
    )+};
}

never_reused!(InstanceIx, DisplaySetId, PatientKey, StudyKey, SeriesKey);

impl DisplaySetId {
    /// One that no library has: of a series nothing of which is here yet.
    #[must_use]
    pub fn promised() -> Self {
        Self::new()
    }
}
