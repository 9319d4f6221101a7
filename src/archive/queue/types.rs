//! What a transfer is.

use std::path::PathBuf;
use std::time::SystemTime;

use super::Label;

/// Names a transfer; never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub i64);

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferKind {
    /// From a node, because the reader asked for it.
    Retrieve,
    /// To a node.
    Send,
    /// From a node, earlier studies of a patient who is being read.
    Priors,
}

/// What goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransferPriority {
    /// The reader waits for it.
    Urgent,
    /// As it comes.
    Normal,
    /// When nothing else is to be done.
    Background,
}

/// Where a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferState {
    /// For its turn, or for the time of its next attempt.
    Waiting,
    /// A runner works on it.
    Running,
    /// Everything is sent; the node has not yet said that it keeps it.
    Committing,
    /// By the reader, until resumed.
    Paused,
    /// Given up; the reason and the outcomes say why.
    Failed,
    /// Stopped by the reader.
    Cancelled,
    /// Every instance is a success.
    Done,
}

/// A transfer to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTransfer {
    /// Which way.
    pub kind: TransferKind,
    /// Name of the node.
    pub node: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient ID: two patients may have a study of one UID. Empty: not known.
    pub patient_id: String,
    /// Series Instance UIDs of a part of the study; empty for the whole.
    pub series_uids: Vec<String>,
    /// SOP Instance UIDs of a part of the study; empty for the whole.
    pub instance_uids: Vec<String>,
    /// Of a send: all that is to be sent. Of a retrieval: nothing, or what is known to be there.
    pub items: Vec<NewItem>,
    /// For the reader.
    pub label: Label,
    /// What goes first.
    pub priority: TransferPriority,
    /// Sent only once the node has committed to keep it (PS3.4 J).
    pub is_to_be_committed: bool,
}

/// An instance to be transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Its file, where it is not the archive's to find.
    pub path: Option<PathBuf>,
}

/// What adding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// The transfer.
    pub id: TransferId,
    /// The same was there already and is what is asked for now: waiting again, if it had ended.
    pub has_joined: bool,
}

/// A transfer as it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its name.
    pub id: TransferId,
    /// Which way.
    pub kind: TransferKind,
    /// Name of the node.
    pub node: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient ID; empty if it is not known.
    pub patient_id: String,
    /// Of a part of the study.
    pub series_uids: Vec<String>,
    /// Of a part of the study.
    pub instance_uids: Vec<String>,
    /// For the reader.
    pub label: Label,
    /// What goes first.
    pub priority: TransferPriority,
    /// Whether the node is to commit to keeping it.
    pub is_to_be_committed: bool,
    /// Where it is.
    pub state: TransferState,
    /// How often it was begun since it was last asked for.
    pub attempts: u32,
    /// Not before.
    pub next_attempt: Option<SystemTime>,
    /// Why the last attempt failed, as it was told then; empty for none.
    pub reason: String,
    /// Transaction UID of the commitment that was asked for last and is awaited; empty for none. Of
    /// a transfer that is handed out: of one that was asked for again and again within a day, and
    /// not reported.
    pub transaction_uid: String,
    /// How often the node took the question to commit since the transfer was last asked for, or
    /// since it last reported.
    pub asks: u32,
    /// Instances in all, once that is known.
    pub expected: Option<u32>,
    /// Instances that are a success.
    pub succeeded: u32,
    /// Instances that failed, for now or for good.
    pub failed: u32,
    /// Bytes transferred.
    pub bytes: u64,
    /// When it was first asked for.
    pub created: SystemTime,
    /// When anything about it changed last.
    pub changed: SystemTime,
}

/// An instance of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// SOP Class UID, if known.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Its file, where it is not the archive's to find.
    pub path: Option<PathBuf>,
    /// What became of it.
    pub outcome: ItemOutcome,
}

/// What became of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    /// Nothing yet.
    Waiting,
    /// It is there: kept by us, or acknowledged by the node.
    Success,
    /// The node has committed to keep it.
    Committed,
    /// Not this time; the sentence says why.
    Failed(String),
}

/// An instance that a node does not promise to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotKept {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// The sentence that says why.
    pub reason: String,
    /// It says that it has not got it. Else it has stored it, and sending it again changes nothing.
    pub is_absent: bool,
}

/// How an attempt ended, as its runner sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// Everything was tried that was to be done. Without a single instance that is no success, and
    /// not tried again.
    Complete,
    /// It broke off; the sentence says why.
    Failed(String, Retry),
    /// The node was asked to commit ([`super::Transfers::ask_commitment`]) and has not reported
    /// yet: it has a day for that, and is asked again meanwhile, later each time.
    AwaitsCommitment,
    /// The runner stops, for a reason that is none of the transfer's: it waits, and the attempt
    /// does not count.
    Yielded,
    /// The local archive cannot go on: its disk is full, or away; the sentence says why. It is tried
    /// again until it can, and the attempt does not count.
    Hindered(String),
    /// The same, after something was fetched in vain, so many times in a row: later each time.
    NoRoom(String, u32),
}

/// Whether there is a point in trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The line, or the node's mood: later.
    Later,
    /// The same would come of it: a refused title, an unknown study.
    Never,
}
