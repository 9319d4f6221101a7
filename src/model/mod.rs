//! Patient → study → series → display set, and the keys every cache uses.
#![warn(missing_docs)]

mod keys;
mod library;

pub use keys::{DisplaySetId, FrameKey, InstanceIx};
pub use library::{DisplaySet, Library, StudyKey};
