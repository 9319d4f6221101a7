//! A file copied into the archive.

use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::PathBuf;

use sha2::Digest as _;
use sha2::Sha256;

use crate::archive::entry::Checksum;
use crate::archive::store::Arrived;
use crate::archive::store::Kept;
use crate::archive::store::Store;
use crate::archive::store::no_room;
use crate::dicom::Announced;
use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::PartFile;
use crate::dicom::Refusal;
use crate::dicom::io_message;
use crate::dicom::read_header;
use crate::dicom::tags;
use crate::files::FileError;
use crate::files::Readable;
use crate::files::TemporaryFile;

use super::ImportEvent;

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

impl Store {
    /// Copies an instance into the archive, byte by byte; a data set without meta information gets
    /// some.
    pub(super) fn copy(&self, header: &InstanceHeader) -> Result<Kept, Refusal> {
        let source = Source::open(&header.source)?;
        if source.is_part_10()? {
            self.copy_file(&source)
        } else {
            self.copy_data_set(&source, header)
        }
    }

    fn copy_file(&self, source: &Source<'_>) -> Result<Kept, Refusal> {
        let folder = self.session.folder();
        let (mut file, temporary) =
            TemporaryFile::in_folder(folder, Readable::AsUsual).map_err(no_room)?;
        let failed = |error| {
            no_room(FileError::Write {
                path: temporary.path().to_owned(),
                source: error,
            })
        };
        let mut hash = Sha256::new();
        let size = source.read(&mut |bytes| {
            hash.update(bytes);
            file.write_all(bytes).map_err(failed)
        })?;
        File::sync_all(&file).map_err(failed)?;
        drop(file);
        let copy = ByteSource::File(temporary.path().into());
        let header = read_header(copy).map_err(|error| Refusal::Unreadable(error.message()))?;
        let arrived = Arrived {
            header: &header,
            checksum: Checksum {
                from: 0,
                sha256: hash.finalize().into(),
            },
            size,
            from: "",
        };
        self.keep(&arrived, |path| temporary.keep_as(path).map_err(no_room))
    }

    fn copy_data_set(&self, source: &Source<'_>, header: &InstanceHeader) -> Result<Kept, Refusal> {
        let uid = |tag| header.dataset.elements().uid(tag).unwrap_or_default();
        let announced = Announced {
            sop_class_uid: uid(tags::SOP_CLASS_UID),
            sop_instance_uid: uid(tags::SOP_INSTANCE_UID),
            transfer_syntax_uid: header.transfer_syntax.to_string(),
            from: String::new(),
        };
        let mut part = PartFile::begin(self.session.folder(), &announced, Readable::AsUsual)?;
        let mut hash = Sha256::new();
        let bytes = source.read(&mut |bytes| {
            hash.update(bytes);
            part.write(bytes)
        })?;
        let header = part.check()?;
        part.sync()?;
        let size = header.source.size().unwrap_or_default();
        let arrived = Arrived {
            header: &header,
            checksum: Checksum {
                from: size.saturating_sub(bytes),
                sha256: hash.finalize().into(),
            },
            size,
            from: "",
        };
        self.keep(&arrived, |path| part.keep(path).map(drop))
    }
}

/// The bytes of an instance; those of a compressed entry of a zip archive in memory, for it can
/// only be read from its beginning.
enum Source<'a> {
    Place(&'a ByteSource),
    Memory(Vec<u8>),
}

impl<'a> Source<'a> {
    fn open(source: &'a ByteSource) -> Result<Self, Refusal> {
        if source.is_random_access().map_err(unreadable)? {
            return Ok(Self::Place(source));
        }
        let limit = source.size().map_err(unreadable)?;
        let bytes = source.read_all(limit).map_err(unreadable)?;
        Ok(Self::Memory(bytes))
    }

    fn is_part_10(&self) -> Result<bool, Refusal> {
        let magic = match self {
            Self::Place(source) => source.read_range(128, 4).map_err(unreadable)?,
            Self::Memory(bytes) => bytes.get(128..132).unwrap_or_default().to_vec(),
        };
        Ok(magic == b"DICM")
    }

    /// Hands over all bytes, and says how many there were.
    fn read(&self, take: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>) -> Result<u64, Refusal> {
        match self {
            Self::Memory(bytes) => {
                take(bytes)?;
                Ok(bytes.len() as u64)
            }
            Self::Place(source) => {
                let mut at = 0;
                loop {
                    let bytes = source.read_range(at, CHUNK).map_err(unreadable)?;
                    take(&bytes)?;
                    at += bytes.len() as u64;
                    if bytes.len() < CHUNK {
                        return Ok(at);
                    }
                }
            }
        }
    }
}

fn unreadable(error: io::Error) -> Refusal {
    Refusal::Unreadable(io_message(&error))
}

impl Kept {
    /// What an import tells of a file.
    pub(super) fn event(self, path: PathBuf) -> ImportEvent {
        match self {
            Self::New(_) => ImportEvent::Added(path),
            Self::Known(_) => ImportEvent::Known(path),
            Self::Aside(other) => ImportEvent::Aside { path, other },
        }
    }
}
