//! Patient → study → series → display set, and the keys every cache uses.
//!
//! | file | what it owns |
//! |---|---|
//! | `keys.rs` | small keys, never reused |
//! | `tree.rs` | [`Patient`], [`Study`], [`Series`], [`Instance`] |
//! | `identity.rs` | who is the same patient |
//! | `library.rs` | [`Library`]: everything that is open |
//! | `display_set.rs` | [`DisplaySet`]: what one pane can show |
//! | `split.rs` | how the frames of a series fall into display sets |
//! | `order.rs` | in which order frames are read |
//! | `volumes.rs` | the geometry of display sets |
#![warn(missing_docs)]

mod display_set;
mod identity;
mod keys;
mod library;
mod order;
mod split;
mod tree;
mod volumes;

pub use display_set::{DisplaySet, DisplaySetKind};
pub use keys::{DisplaySetId, FrameKey, InstanceIx, PatientKey, SeriesKey, StudyKey};
pub use library::Library;
pub use tree::{Instance, Patient, Series, Study};
