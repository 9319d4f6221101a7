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
//! | `grid.rs`, `plan.rs`, `why_no_volume.rs` | from planes to a grid, or why not |
//! | `volumes.rs` | the geometry of display sets |
#![warn(missing_docs)]

mod display_set;
mod grid;
mod identity;
mod keys;
mod library;
mod order;
mod plan;
mod split;
mod tree;
mod volumes;
mod why_no_volume;

pub use display_set::{DisplaySet, DisplaySetKind};
pub use grid::{GridReport, VolumeGrid, VolumePlan};
pub use keys::{DisplaySetId, FrameKey, InstanceIx, PatientKey, SeriesKey, StudyKey};
pub use library::Library;
pub use plan::{LEAST_SLICES, PlanFrame, plan};
pub use tree::{Instance, Patient, Series, Study};
pub use why_no_volume::WhyNoVolume;
