//! Derived DICOM objects: structured reports, presentation states, key objects, documents, mappings
//! to real world values, objects laid over images; and the journal of what is not a report yet.
#![warn(missing_docs)]

pub mod journal;
pub mod key_objects;
pub mod layer;
pub mod pdf;
pub mod presentation_state;
pub mod sr;
pub mod value_mappings;
