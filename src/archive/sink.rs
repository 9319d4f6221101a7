//! The archive as the place where received instances go.

use std::io::Write as _;
use std::sync::Arc;

use sha2::Digest as _;
use sha2::Sha256;

use crate::dicom::Announced;
use crate::dicom::ByteSource;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::PartFile;
use crate::dicom::Received;
use crate::dicom::Refusal;
use crate::dicom::read_header;
use crate::files::FileError;
use crate::files::Readable;
use crate::files::TemporaryFile;

use super::Archive;
use super::ArchiveError;
use super::entry::Checksum;
use super::store::Arrived;
use super::store::Kept;
use super::store::Store;
use super::store::no_room;

/// With less room than this nothing is fetched, for it would come in vain.
const LEAST_ROOM: usize = 1 << 20;

impl Archive {
    /// Looks whether anything can be kept now, before it is fetched: [`ArchiveError::Gone`] of a
    /// drive that is away.
    ///
    /// # Errors
    /// [`ArchiveError`], which says why nothing can.
    pub fn check_room(&self) -> Result<(), ArchiveError> {
        let folder = &self.store.folder;
        if !Self::is_at(folder) {
            return Err(ArchiveError::Gone(folder.clone()));
        }
        let refused = |error| ArchiveError::Refused(no_room(error).in_folder(folder));
        let state = self.store.session.folder();
        let (mut file, temporary) =
            TemporaryFile::in_folder(state, Readable::ByUserAlone).map_err(refused)?;
        let written = file.write_all(&vec![0; LEAST_ROOM]);
        written.map_err(|source| {
            let path = temporary.path().to_owned();
            refused(FileError::Write { path, source })
        })
    }
}

impl InstanceSink for Archive {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let folder = self.store.session.folder();
        let part = PartFile::begin(folder, announced, Readable::AsUsual);
        Ok(Box::new(Writer {
            part: part.map_err(|refusal| refusal.in_folder(&self.store.folder))?,
            hash: Sha256::new(),
            from: announced.from.clone(),
            store: Arc::clone(&self.store),
        }))
    }
}

struct Writer {
    part: PartFile,
    hash: Sha256,
    from: String,
    store: Arc<Store>,
}

impl InstanceWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.hash.update(bytes);
        let written = self.part.write(bytes);
        written.map_err(|refusal| refusal.in_folder(&self.store.folder))
    }

    fn so_far(&mut self) -> Option<ByteSource> {
        self.part.so_far()
    }

    fn finish(self: Box<Self>) -> Result<Received, Refusal> {
        let store = Arc::clone(&self.store);
        let kept = self.keep();
        kept.map_err(|refusal| refusal.in_folder(&store.folder))
    }
}

impl Writer {
    fn keep(self) -> Result<Received, Refusal> {
        let Self {
            mut part,
            hash,
            from,
            store,
        } = self;
        let mut header = part.check()?;
        part.sync()?;
        let bytes = part.bytes();
        let size = header.source.size().unwrap_or_default();
        let arrived = Arrived {
            header: &header,
            checksum: Checksum {
                from: size.saturating_sub(bytes),
                sha256: hash.finalize().into(),
            },
            size,
            from: &from,
        };
        let kept = store.keep(&arrived, |path| part.keep(path).map(drop))?;
        let (path, was_known) = match kept {
            Kept::New(path) | Kept::Aside(path) => (path, false),
            Kept::Known(path) => (path, true),
        };
        header.source = ByteSource::File(path.as_path().into());
        if was_known && let Ok(there) = read_header(header.source.clone()) {
            header = there; // its pixels may begin elsewhere
        }
        Ok(Received {
            header,
            path,
            bytes,
            was_known,
        })
    }
}
