//! The queue's memory: transfers to and from other archives, and what became of each instance.
//!
//! What a runner does with it, on threads of its own:
//!
//! 1. [`Transfers::next`] hands out the most urgent transfer that is due and marks it running, so
//!    that no other runner, in this program or another, takes it too. Nodes that are busy are
//!    named and passed over. With nothing due, [`Transfers::next_due`] says how long to sleep.
//! 2. Of a send, [`Transfers::items`] says which instances are still to be sent
//!    ([`ItemOutcome::Waiting`] and [`ItemOutcome::Failed`]) and which still to be committed.
//!    Of a retrieval, instances become items as they arrive.
//! 3. While it runs: [`Transfers::record`] with outcomes, a few times a second and many at once,
//!    for each call waits for the disk. Every call tells the state: when it is no longer
//!    [`TransferState::Running`] the reader paused, cancelled or removed it, and the runner stops.
//!    Until it has, its node counts as busy, lest a second runner takes what was resumed.
//! 4. Of a send that is to be committed: [`Transfers::ask_commitment`] before the node is asked;
//!    [`Transfers::commitment`] takes its report whenever that comes, to whichever program, on
//!    whichever request. Without one the transfer is handed out again, later each time, to ask once
//!    more, and after a day to be given up.
//! 5. [`Transfers::finish`] with how it ended. Done it is only when every instance is a success,
//!    and committed where that was asked, whatever the runner says; else it waits for the next
//!    attempt, later each time, and fails after the last.
//!
//! A runner that dies leaves nothing running: its transfers are waiting again for whoever asks
//! next. An instance recorded as a success is never sent again by the same transfer, unless the
//! node says later that it has not got it.
//!
//! No patient data but [`Label`], which is shown on screen and never logged.

mod attempts;
mod ending;
mod fetched;
mod label;
mod listed;
mod outcomes;
mod remarks;
mod rows;
mod schema;
mod steering;
mod transfers;
mod types;

#[cfg(test)]
mod tests;

pub(super) use schema::MEMORY;
pub(super) use transfers::path_text;

pub use label::Label;
pub use listed::NodeListing;
pub use transfers::Transfers;
pub use types::Added;
pub use types::Ending;
pub use types::Item;
pub use types::ItemOutcome;
pub use types::NewItem;
pub use types::NewTransfer;
pub use types::NotKept;
pub use types::Retry;
pub use types::Transfer;
pub use types::TransferId;
pub use types::TransferKind;
pub use types::TransferPriority;
pub use types::TransferState;
