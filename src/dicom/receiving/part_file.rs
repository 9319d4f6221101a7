//! A Part 10 file that grows as bytes arrive, and gets its name only when it is whole.

use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use dicom_dictionary_std::tags;
use dicom_object::FileMetaTableBuilder;

use crate::dicom::ByteSource;
use crate::dicom::IMPLEMENTATION_CLASS_UID;
use crate::dicom::InstanceHeader;
use crate::dicom::ReadError;
use crate::dicom::read_header;
use crate::files::FileError;
use crate::files::Readable;
use crate::files::TemporaryFile;
use crate::problem::Message;
use crate::problem::msg;

use super::Announced;
use super::Refusal;

/// Bytes written at once.
const BUFFER: usize = 256 * 1024;

/// A file on its way: temporary until [`PartFile::keep`].
pub struct PartFile {
    announced: Announced,
    file: BufWriter<File>,
    temporary: TemporaryFile,
    bytes: u64,
}

impl PartFile {
    /// A temporary file in this folder, with the meta information written.
    ///
    /// # Errors
    /// [`Refusal::NoRoom`] where it cannot be made, [`Refusal::NotAsAnnounced`] where a UID is none.
    pub fn begin(
        folder: &Path,
        announced: &Announced,
        readable: Readable,
    ) -> Result<Self, Refusal> {
        let head = part10_head(announced)?;
        let (file, temporary) =
            TemporaryFile::in_folder(folder, readable).map_err(|error| no_room(&error))?;
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let written = file.write_all(&head);
        written.map_err(|error| temporary.no_room(error))?;
        Ok(Self {
            announced: announced.clone(),
            file,
            temporary,
            bytes: 0,
        })
    }

    /// The next bytes of the data set.
    ///
    /// # Errors
    /// [`Refusal::NoRoom`]; [`Refusal::Unkept`] where no file of the disk may be so large.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.bytes += bytes.len() as u64;
        let written = self.file.write_all(bytes);
        written.map_err(|error| self.temporary.no_room(error))
    }

    /// Bytes of the data set so far.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is there so far, as far as the disk takes it.
    pub fn so_far(&mut self) -> Option<ByteSource> {
        self.file.flush().ok()?; // a full disk is told by the next write
        Some(ByteSource::File(self.temporary.path().into()))
    }

    /// All bytes are there: what they are, if they are what was announced.
    ///
    /// # Errors
    /// [`Refusal`]; the temporary file goes with `self`.
    pub fn check(&mut self) -> Result<InstanceHeader, Refusal> {
        let flushed = self.file.flush();
        flushed.map_err(|error| self.temporary.no_room(error))?;
        let source = ByteSource::File(self.temporary.path().into());
        let header = read_header(source).map_err(|error| match error {
            // The disk did not give it: that says nothing of the instance.
            ReadError::Io(source) if !is_of_content(&source) => self.temporary.no_room(source),
            error => Refusal::Unreadable(error.message()),
        })?;
        let elements = header.dataset.elements();
        let is = |tag, announced: &str| elements.uid(tag).is_some_and(|uid| uid == announced);
        if is(tags::SOP_INSTANCE_UID, &self.announced.sop_instance_uid)
            && is(tags::SOP_CLASS_UID, &self.announced.sop_class_uid)
        {
            Ok(header)
        } else {
            let message = Message::new(msg("receiving-other-instance"));
            Err(Refusal::NotAsAnnounced(
                message.text("uid", &self.announced.sop_instance_uid),
            ))
        }
    }

    /// Waits until all bytes are on the disk, so that [`Self::keep`] has nothing left to wait for.
    ///
    /// # Errors
    /// [`Refusal::NoRoom`].
    pub fn sync(&mut self) -> Result<(), Refusal> {
        let synced = self
            .file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(|error| self.temporary.no_room(error))
    }

    /// Makes the file last under this name, in the folder it was begun in or another of the same
    /// file system. A file of that name is replaced.
    ///
    /// # Errors
    /// [`Refusal::of_file`]; then nothing stays but what was there before.
    pub fn keep(mut self, path: &Path) -> Result<PathBuf, Refusal> {
        let kept = self
            .file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all());
        kept.map_err(|error| self.temporary.no_room(error))?;
        self.temporary
            .keep_as(path)
            .map_err(|error| Refusal::of_file(&error))?;
        Ok(path.to_owned())
    }
}

impl TemporaryFile {
    fn no_room(&self, source: io::Error) -> Refusal {
        let is_too_large = source.kind() == io::ErrorKind::FileTooLarge;
        let error = FileError::Write {
            path: self.path().to_owned(),
            source,
        };
        if is_too_large {
            Refusal::Unkept(error.message())
        } else {
            no_room(&error)
        }
    }
}

/// Whether reading failed for what was read.
fn is_of_content(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

fn no_room(error: &FileError) -> Refusal {
    Refusal::NoRoom(error.message())
}

/// Preamble, magic and meta group of what is announced.
pub(super) fn part10_head(announced: &Announced) -> Result<Vec<u8>, Refusal> {
    let refused = |error: String| {
        let message = Message::new(msg("receiving-not-announced")).text("error", error);
        Refusal::NotAsAnnounced(message)
    };
    for uid in [&announced.sop_class_uid, &announced.sop_instance_uid] {
        if !is_like_a_uid(uid) {
            return Err(refused(uid.clone()));
        }
    }
    let mut meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(&announced.sop_class_uid)
        .media_storage_sop_instance_uid(&announced.sop_instance_uid)
        .transfer_syntax(&announced.transfer_syntax_uid)
        .implementation_class_uid(IMPLEMENTATION_CLASS_UID)
        .implementation_version_name(concat!("ISOCENTRE_", env!("CARGO_PKG_VERSION")));
    if is_ae_title(&announced.from) {
        meta = meta.source_application_entity_title(&announced.from);
    }
    let meta = meta.build().map_err(|error| refused(error.to_string()))?;
    let mut head = vec![0; 128];
    head.extend_from_slice(b"DICM");
    meta.write(&mut head)
        .map_err(|error| refused(error.to_string()))?;
    Ok(head)
}

/// Digits and dots, safe in a file's name. Leading zeros in a component are against the standard,
/// and common: an instance is not lost for them.
fn is_like_a_uid(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.len() <= 64
        && text.bytes().all(is_allowed)
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Value representation AE (PS3.5 6.2).
fn is_ae_title(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_graphic() && c != '\\' || c == ' ';
    !text.trim().is_empty() && text.len() <= 16 && text.chars().all(is_allowed)
}
