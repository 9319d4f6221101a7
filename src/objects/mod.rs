//! Derived DICOM objects: structured reports; and the journal of what is not one yet.
#![warn(missing_docs)]

pub mod journal;
pub mod sr;
