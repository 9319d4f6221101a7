//! Derived DICOM objects: structured reports, presentation states; and the journal of what is not one yet.
#![warn(missing_docs)]

pub mod journal;
pub mod presentation_state;
pub mod sr;
