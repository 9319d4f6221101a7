//! The local archive: plain DICOM files under a folder the user chooses, and an index of them.
//!
//! The files are the truth: what was acknowledged is a whole file on the disk, and the index can
//! be made again from the files at any time. What cannot be made again (the queue of transfers,
//! what was sent, what is pinned) is kept in a database of its own.
//!
//! Two programs on one machine may use one archive at once; of several machines only one may.
#![warn(missing_docs)]
#![allow(dead_code, unused_imports, reason = "import and rebuild come next")]

mod catch_up;
mod database;
mod entry;
mod error;
mod files;
mod index;
mod indexer;
mod names;
mod open;
mod queue;
mod session;
mod sink;
mod store;
mod time;
mod words;

use time::milliseconds;

pub use error::ArchiveError;
pub use open::Archive;
pub use queue::Added;
pub use queue::Ending;
pub use queue::Item;
pub use queue::ItemOutcome;
pub use queue::Label;
pub use queue::NewItem;
pub use queue::NewTransfer;
pub use queue::Retry;
pub use queue::Transfer;
pub use queue::TransferId;
pub use queue::TransferKind;
pub use queue::TransferPriority;
pub use queue::TransferState;
pub use queue::Transfers;
