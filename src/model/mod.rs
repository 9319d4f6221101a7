//! Patient → study → series → display set, and the keys every cache uses.
//!
//! `library` keeps what was found, `identity` tells patients apart, `split` forms display sets by
//! `criterion` and `order`, `phases` finds those that show the same slices, and `plan` the grid that
//! a display set's slices form.
#![warn(missing_docs)]

mod body_region;
mod concatenation;
mod criterion;
mod display_set;
mod grid;
mod keys;
mod kind;
mod library;
mod order;
mod phases;
mod plan;
mod planned;
mod records;
mod search;
mod split;
mod why_no_volume;

pub mod identity;

pub use body_region::Regions;
pub use display_set::DisplaySet;
pub use grid::{GridReport, VolumeGrid, VolumePlan};
pub use keys::{DisplaySetId, FrameKey, InstanceIx, PatientKey, SeriesKey, StudyKey};
pub use kind::DisplaySetKind;
pub use library::{Library, duplicate_of};
pub use phases::{JOINED_FROM, Phase};
pub use plan::{LEAST_SLICES, PlanFrame, plan};
pub use planned::PlannedStep;
pub use records::{Instance, Patient, Series, Study};
pub use search::{
    DateRange, Level, PRIORITIES, StudyMatch, StudyQuery, has_words, is_urgent, plain, priority_of,
    words,
};
pub use why_no_volume::WhyNoVolume;
