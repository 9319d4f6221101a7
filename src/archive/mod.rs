//! The local archive: plain DICOM files under a folder the user chooses, and an index of them.
//!
//! The files are the truth: what was acknowledged is a whole file on the disk, and the index can
//! be made again from the files at any time.
#![warn(missing_docs)]
