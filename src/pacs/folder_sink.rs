//! A folder that takes instances: one file each, named by its SOP Instance UID.

use std::path::PathBuf;

use crate::dicom::Announced;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::PartFile;
use crate::dicom::Received;
use crate::dicom::Refusal;
use crate::files::Readable;

/// `<SOP Instance UID>.dcm`, below one folder. A file that is there already is replaced.
#[derive(Debug, Clone)]
pub struct FolderSink {
    folder: PathBuf,
}

impl FolderSink {
    /// Into this folder, which exists.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }
}

impl InstanceSink for FolderSink {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let file = PartFile::begin(&self.folder, announced, Readable::AsUsual)?;
        // The part file took the UID for one: digits and dots, so it cannot leave the folder.
        let name = format!("{}.dcm", announced.sop_instance_uid);
        Ok(Box::new(FolderWriter {
            file,
            path: self.folder.join(name),
        }))
    }
}

struct FolderWriter {
    file: PartFile,
    path: PathBuf,
}

impl InstanceWriter for FolderWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.write(bytes)
    }

    fn finish(mut self: Box<Self>) -> Result<Received, Refusal> {
        let header = self.file.check()?;
        let was_known = self.path.exists();
        let bytes = self.file.bytes();
        let path = self.file.keep(&self.path)?;
        Ok(Received {
            header,
            path,
            bytes,
            was_known,
        })
    }
}
