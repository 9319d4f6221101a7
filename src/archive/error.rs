//! What can go wrong with the archive as a whole, in sentences.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::dicom::Refusal;
use crate::files::FileError;
use crate::jobs::Cancelled;
use crate::problem::Message;
use crate::problem::msg;

/// Why the archive could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file or folder could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The folder of the archive is not there: a drive that was unplugged, a share that is away.
    #[error("the archive folder is not there: {0}")]
    Gone(PathBuf),
    /// It is in use by another machine, whose name is known.
    #[error("the archive is open on {0}")]
    OtherMachine(String),
    /// The file system cannot lock files, so two programs would not see each other.
    #[error("{0} cannot lock files")]
    NoLocks(PathBuf),
    /// Another program on this machine works on it for too long.
    #[error("another program keeps the archive busy")]
    Busy,
    /// Its database was made by a newer version of this program.
    #[error("{0} was made by a newer version")]
    Newer(PathBuf),
    /// Its database is damaged; the next opening makes it again.
    #[error("the archive's database is damaged: {0}")]
    Damaged(String),
    /// The disk is full.
    #[error("the archive's disk is full")]
    Full,
    /// The disk has room, and not enough for what comes next.
    #[error("{left} bytes are left in {folder}, too few for what comes next")]
    TooLittleRoom {
        /// The folder of the archive.
        folder: PathBuf,
        /// Bytes left.
        left: u64,
    },
    /// Nothing can be written there.
    #[error("the archive cannot be written")]
    ReadOnly,
    /// A path that is no Unicode cannot be remembered.
    #[error("not Unicode: {0}")]
    Name(PathBuf),
    /// A search by an attribute that the index does not hold.
    #[error("the index does not hold {0}")]
    NoSuchKey(String),
    /// An instance was refused.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The reader cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Anything else the database says.
    #[error("the archive's database: {0}")]
    Database(String),
}

impl ArchiveError {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::File(error) => error.message(),
            Self::Gone(path) => {
                Message::new(msg("archive-gone")).text("folder", path.display().to_string())
            }
            Self::OtherMachine(machine) => {
                Message::new(msg("archive-other-machine")).text("machine", machine)
            }
            Self::NoLocks(path) => {
                Message::new(msg("archive-no-locks")).text("folder", path.display().to_string())
            }
            Self::Busy => Message::new(msg("archive-busy")),
            Self::Newer(path) => {
                Message::new(msg("archive-newer")).text("file", path.display().to_string())
            }
            Self::Damaged(detail) => Message::new(msg("archive-damaged")).text("detail", detail),
            Self::Full => Message::new(msg("archive-full")),
            Self::TooLittleRoom { folder, left } => Message::new(msg("archive-too-little-room"))
                .text("folder", folder.display().to_string())
                .count("left", (*left / 1_000_000) as usize),
            Self::ReadOnly => Message::new(msg("archive-read-only")),
            Self::Name(path) => {
                Message::new(msg("archive-name")).text("path", path.display().to_string())
            }
            Self::NoSuchKey(key) => Message::new(msg("archive-no-such-key")).text("key", key),
            Self::Refused(refusal) => refusal.message().clone(),
            Self::Cancelled(_) => Message::new(msg("archive-cancelled")),
            Self::Database(detail) => Message::new(msg("archive-database")).text("detail", detail),
        }
    }
}

impl From<rusqlite::Error> for ArchiveError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<Refusal> for ArchiveError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
