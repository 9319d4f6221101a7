//! The archive as the place where received instances go.

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
use crate::files::Readable;

use super::Archive;
use super::ArchiveError;
use super::entry::Checksum;
use super::store::Arrived;
use super::store::Kept;
use super::store::Store;

impl InstanceSink for Archive {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let folder = self.store.session.folder();
        let part = PartFile::begin(folder, announced, Readable::AsUsual);
        Ok(Box::new(Writer {
            part: part.map_err(|refusal| self.store.refused(refusal))?,
            hash: Sha256::new(),
            from: announced.from.clone(),
            arriving: Arriving {
                store: Arc::clone(&self.store),
                bytes: 0,
            },
        }))
    }
}

struct Writer {
    part: PartFile,
    hash: Sha256,
    from: String,
    arriving: Arriving,
}

/// The bytes of an instance on its way, until it has its name or is gone.
struct Arriving {
    store: Arc<Store>,
    bytes: u64,
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.store.room.remove(self.bytes);
    }
}

impl InstanceWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.hash.update(bytes);
        let Arriving { store, bytes: own } = &mut self.arriving;
        *own += bytes.len() as u64;
        store.room.add(bytes.len() as u64);
        let written = self.part.write(bytes);
        written.map_err(|refusal| store.refused(refusal))
    }

    fn so_far(&mut self) -> Option<ByteSource> {
        self.part.so_far()
    }

    fn finish(self: Box<Self>) -> Result<Received, Refusal> {
        self.keep()
    }
}

impl Writer {
    fn keep(self) -> Result<Received, Refusal> {
        let Self {
            part,
            hash,
            from,
            arriving,
        } = self;
        let kept = keep(part, hash, &from, &arriving.store);
        // While its bytes still count.
        kept.map_err(|refusal| arriving.store.refused(refusal))
    }
}

fn keep(mut part: PartFile, hash: Sha256, from: &str, store: &Store) -> Result<Received, Refusal> {
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
        from,
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

impl Store {
    /// A refusal in words: where the folder has gone away meanwhile, nothing can be kept at all.
    fn refused(&self, refusal: Refusal) -> Refusal {
        let refusal = match refusal {
            Refusal::Unkept(_) if !Archive::is_at(&self.folder) => {
                Refusal::NoRoom(ArchiveError::Gone(self.folder.clone()).message())
            }
            refusal => refusal.in_folder(&self.folder),
        };
        if matches!(refusal, Refusal::NoRoom(_)) {
            self.room.run_out();
        }
        refusal
    }
}
