//! A folder that keeps what arrives, and remembers in which order.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use isocentre::dicom::Announced;
use isocentre::dicom::InstanceSink;
use isocentre::dicom::InstanceWriter;
use isocentre::dicom::PartFile;
use isocentre::dicom::Received;
use isocentre::dicom::Refusal;
use isocentre::files::Readable;

/// Keeps every instance as `<uid>.dcm`.
pub struct Keeping {
    folder: tempfile::TempDir,
    begun: Mutex<Vec<Announced>>,
    kept: Arc<Mutex<Vec<String>>>,
}

impl Keeping {
    pub fn new() -> Self {
        Self {
            folder: super::temp_folder(),
            begun: Mutex::default(),
            kept: Arc::default(),
        }
    }

    /// What was announced, in order.
    pub fn begun(&self) -> Vec<Announced> {
        self.begun.lock().unwrap().clone()
    }

    /// SOP Instance UIDs of what was kept, in order.
    pub fn kept(&self) -> Vec<String> {
        self.kept.lock().unwrap().clone()
    }

    /// The file of an instance.
    pub fn file(&self, uid: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(format!("{uid}.dcm"))).unwrap()
    }

    /// How many files there are, temporary ones included.
    pub fn file_count(&self) -> usize {
        super::files_below(self.folder.path()).len()
    }
}

impl InstanceSink for Keeping {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        self.begun.lock().unwrap().push(announced.clone());
        let uid = announced.sop_instance_uid.clone();
        Ok(Box::new(Writer {
            file: PartFile::begin(self.folder.path(), announced, Readable::AsUsual)?,
            path: self.folder.path().join(format!("{uid}.dcm")),
            uid,
            kept: self.kept.clone(),
        }))
    }
}

struct Writer {
    file: PartFile,
    path: PathBuf,
    uid: String,
    kept: Arc<Mutex<Vec<String>>>,
}

impl InstanceWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.write(bytes)
    }

    fn finish(mut self: Box<Self>) -> Result<Received, Refusal> {
        let header = self.file.check()?;
        let bytes = self.file.bytes();
        let path = self.file.keep(&self.path)?;
        self.kept.lock().unwrap().push(self.uid);
        Ok(Received {
            header,
            path,
            bytes,
            was_known: false,
        })
    }
}
