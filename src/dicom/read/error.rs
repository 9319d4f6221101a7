//! Why a file gives no instance.

use std::io;

use crate::problem::Message;
use crate::problem::msg;

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes could not be had.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A folder, a device, a pipe.
    #[error("not an ordinary file")]
    NoFile,
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are something else.
    #[error("not a DICOM file")]
    NotDicom,
    /// It begins as a DICOM file and holds nothing of use.
    #[error("a DICOM file without a usable data set")]
    NothingUsable,
}

impl ReadError {
    /// For the person at the screen; the path is added by who reports it.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Io(error) => io_message(error),
            Self::NoFile => Message::new(msg("reading-no-file")),
            Self::Empty => Message::new(msg("reading-empty")),
            Self::NotDicom => Message::new(msg("reading-not-dicom")),
            Self::NothingUsable => Message::new(msg("reading-nothing-usable")),
        }
    }
}

/// The system's reason in a sentence.
#[must_use]
pub fn io_message(error: &io::Error) -> Message {
    match error.kind() {
        io::ErrorKind::NotFound => Message::new(msg("reading-not-found")),
        io::ErrorKind::PermissionDenied => Message::new(msg("reading-permission-denied")),
        io::ErrorKind::OutOfMemory => Message::new(msg("reading-out-of-memory")),
        io::ErrorKind::InvalidData => {
            Message::new(msg("reading-corrupt")).text("reason", error.to_string())
        }
        _ => Message::new(msg("reading-failed")).text("reason", error.to_string()),
    }
}
