//! A folder that takes instances: one file each, named by its SOP Instance UID.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use crate::dicom::Announced;
use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::InstanceSink;
use crate::dicom::InstanceWriter;
use crate::dicom::LONGEST_COMPARISON;
use crate::dicom::PartFile;
use crate::dicom::Received;
use crate::dicom::Refusal;
use crate::dicom::read_header;
use crate::files::Readable;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

/// `<SOP Instance UID>.dcm`, below one folder. The same instance again leaves its file as it is;
/// another content under the same UID is kept beside it, as `<SOP Instance UID>-2.dcm`.
#[derive(Debug, Clone)]
pub struct FolderSink {
    folder: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Locked from the choice of a name until it is taken.
    naming: Mutex<()>,
    problems: Problems,
}

impl FolderSink {
    /// Into this folder, which exists.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            shared: Arc::default(),
        }
    }

    /// What the person at the screen should know: contents that contradict each other.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.shared.problems
    }
}

impl InstanceSink for FolderSink {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let file = PartFile::begin(&self.folder, announced, Readable::AsUsual);
        Ok(Box::new(FolderWriter {
            file: file.map_err(|refusal| refusal.in_folder(&self.folder))?,
            folder: self.folder.clone(),
            // The part file took it for one: digits and dots, so it cannot leave the folder.
            uid: announced.sop_instance_uid.clone(),
            shared: Arc::clone(&self.shared),
        }))
    }
}

struct FolderWriter {
    file: PartFile,
    folder: PathBuf,
    uid: String,
    shared: Arc<Shared>,
}

impl InstanceWriter for FolderWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let written = self.file.write(bytes);
        written.map_err(|refusal| refusal.in_folder(&self.folder))
    }

    fn finish(self: Box<Self>) -> Result<Received, Refusal> {
        let folder = self.folder.clone();
        let kept = self.kept();
        kept.map_err(|refusal| refusal.in_folder(&folder))
    }
}

impl FolderWriter {
    fn kept(mut self) -> Result<Received, Refusal> {
        let came = self.file.check()?;
        self.file.sync()?;
        let bytes = self.file.bytes();
        let shared = Arc::clone(&self.shared);
        let until = Instant::now() + LONGEST_COMPARISON;
        let mut number = 1;
        let (path, naming) = loop {
            let path = self.named(number);
            let naming = (shared.naming.lock()).unwrap_or_else(PoisonError::into_inner);
            // A link to nowhere has the name as well.
            if path.symlink_metadata().is_err() {
                break (path, naming);
            }
            // Others get their names while this is compared.
            drop(naming);
            let there = read_header(ByteSource::File(path.as_path().into()));
            if let Ok(header) = there
                && (header.has_same_content(&came)
                    || header.is_same_in_another_syntax(&came, until))
            {
                return Ok(Received {
                    header,
                    path,
                    bytes,
                    was_known: true,
                });
            }
            number += 1;
        };
        let first = self.named(1);
        let path = self.file.keep(&path)?;
        drop(naming);
        if path != first {
            shared.problems.report(both_kept(&first, &path));
        }
        Ok(Received {
            header: InstanceHeader {
                source: ByteSource::File(path.as_path().into()),
                ..came
            },
            path,
            bytes,
            was_known: false,
        })
    }

    fn named(&self, number: usize) -> PathBuf {
        self.folder.join(match number {
            1 => format!("{}.dcm", self.uid),
            number => format!("{}-{number}.dcm", self.uid),
        })
    }
}

fn both_kept(first: &Path, beside: &Path) -> Problem {
    let message = Message::new(msg("pacs-kept-beside"))
        .text("other", first.display().to_string())
        .text("beside", beside.display().to_string());
    Problem::warning(message).at(beside)
}
