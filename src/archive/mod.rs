//! The local archive: plain DICOM files under a folder the user chooses, and an index of them.
//!
//! The files are the truth: what was acknowledged is a whole file on the disk, and the index can
//! be made again from the files at any time. What cannot be made again (the queue of transfers,
//! what was sent, what is pinned) is kept in a database of its own.
//!
//! Two programs on one machine may use one archive at once; of several machines only one may.
#![warn(missing_docs)]

mod catch_up;
mod check;
mod clean_up;
mod database;
mod entry;
mod error;
mod files;
mod import;
mod index;
mod indexer;
mod names;
mod open;
mod queue;
mod rebuild;
mod room;
mod session;
mod sink;
mod store;
mod studies;
mod time;
mod walk;
mod words;

use time::milliseconds;

pub use check::CheckDepth;
pub use check::CheckReport;
pub use clean_up::BrokenOff;
pub use clean_up::CleanUpLimits;
pub use clean_up::CleanUpPlan;
pub use clean_up::CleanUpReport;
pub use clean_up::KeptBack;
pub use clean_up::NodeOrigin;
pub use clean_up::PlannedStudy;
pub use clean_up::Unattended;
pub use error::ArchiveError;
pub use import::ImportEvent;
pub use import::ImportMode;
pub use import::ImportSummary;
pub use open::Archive;
pub use queue::Added;
pub use queue::Ending;
pub use queue::Item;
pub use queue::ItemOutcome;
pub use queue::Label;
pub use queue::NewItem;
pub use queue::NewTransfer;
pub use queue::NodeListing;
pub use queue::NotKept;
pub use queue::Retry;
pub use queue::Transfer;
pub use queue::TransferId;
pub use queue::TransferKind;
pub use queue::TransferPriority;
pub use queue::TransferState;
pub use queue::Transfers;
pub use rebuild::RebuildReport;
