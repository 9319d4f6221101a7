//! Patient → study → series → display set, and the keys every cache uses.
#![warn(missing_docs)]

mod keys;

pub use keys::{DisplaySetId, FrameKey, InstanceIx};
