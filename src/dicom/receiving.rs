//! Instances that arrive over a line: who keeps them, and when they count as kept.
//!
//! Whoever receives (an association, an HTTP answer) hands bytes to an [`InstanceSink`] and tells
//! the sender "success" only after [`InstanceWriter::finish`] came back without an error.

mod part10_splitter;
mod part_file;

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::files::FileError;
use crate::problem::Message;
use crate::problem::msg;

use super::ByteSource;
use super::InstanceHeader;

pub use part_file::PartFile;
pub use part10_splitter::Part10Beginning;
pub use part10_splitter::Part10Repair;
pub use part10_splitter::Part10Splitter;
pub use part10_splitter::part10_repair;

/// What a peer says of an instance before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// SOP Class UID, as the peer says.
    pub sop_class_uid: String,
    /// SOP Instance UID, as the peer says.
    pub sop_instance_uid: String,
    /// Transfer syntax of the bytes that follow.
    pub transfer_syntax_uid: String,
    /// AE title or host of the peer: Source Application Entity Title, and for messages.
    pub from: String,
}

/// Where received instances go: a folder, or the archive.
pub trait InstanceSink: Send + Sync {
    /// A place for one instance.
    ///
    /// # Errors
    /// [`Refusal`], told to the peer; the association goes on.
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal>;
}

/// One instance on its way. Dropped before its end, nothing of it stays.
pub trait InstanceWriter: Send {
    /// The next bytes of the data set, without preamble and meta information.
    ///
    /// # Errors
    /// [`Refusal`]; the rest of the bytes need not be handed over.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal>;

    /// What was handed over so far, as a file that ends there: to look at while the rest is on its
    /// way, and at once, since nothing of it may stay. `None` where that is not kept anywhere.
    fn so_far(&mut self) -> Option<ByteSource> {
        None
    }

    /// All bytes were handed over: they are checked and made to last. What this returns without an
    /// error survives a power cut that follows at once.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing stays.
    fn finish(self: Box<Self>) -> Result<Received, Refusal>;
}

/// An instance that is kept.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its header; the source is the file it is kept in.
    pub header: InstanceHeader,
    /// Its file.
    pub path: PathBuf,
    /// Bytes of its data set.
    pub bytes: u64,
    /// It was there already, and was left as it was.
    pub was_known: bool,
}

/// Why an instance is not kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The disk is full, or cannot be written (status A700).
    NoRoom(Message),
    /// It is not what was announced (status A900).
    NotAsAnnounced(Message),
    /// It cannot be read as DICOM (status C000).
    Unreadable(Message),
    /// It has no place here, while others may have one (status 0110).
    Unkept(Message),
}

impl Refusal {
    /// What happened, for the person at the screen.
    #[must_use]
    pub const fn message(&self) -> &Message {
        match self {
            Self::NoRoom(message)
            | Self::NotAsAnnounced(message)
            | Self::Unreadable(message)
            | Self::Unkept(message) => message,
        }
    }

    /// The same with the name of the folder where there is no room.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        match self {
            Self::NoRoom(reason) => {
                let message = Message::new(msg("receiving-no-room"))
                    .text("folder", folder.display().to_string())
                    .message("reason", reason);
                Self::NoRoom(message)
            }
            other => other,
        }
    }

    /// Of a file that could not be written: whether others could not either.
    #[must_use]
    pub fn of_file(error: &FileError) -> Self {
        let message = error.message();
        match error {
            FileError::Folder { source, .. } | FileError::Write { source, .. }
                if !is_of_disk(source) =>
            {
                Self::Unkept(message)
            }
            _ => Self::NoRoom(message),
        }
    }

    /// Status of a C-STORE response (PS3.4 table B.2-1, PS3.7 annex C).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoRoom(_) => 0xa700,
            Self::NotAsAnnounced(_) => 0xa900,
            Self::Unreadable(_) => 0xc000,
            Self::Unkept(_) => 0x0110,
        }
    }
}

/// Whether it is the disk that takes nothing more, whatever the file.
fn is_of_disk(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::ReadOnlyFilesystem
    )
}
