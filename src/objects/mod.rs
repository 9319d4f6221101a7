//! Derived DICOM objects: structured reports.
#![warn(missing_docs)]
