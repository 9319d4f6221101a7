//! Taking in what lies on a disk: by copy, or by remembering where it is.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::prelude::*;

use crate::dicom::InstanceHeader;
use crate::dicom::Refusal;
use crate::dicom::ScanEvent;
use crate::dicom::scan;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use super::Archive;
use super::ArchiveError;

mod copy;
mod refer;

use refer::Referrer;

/// How files are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Copied into the archive's folder.
    Copy,
    /// Left where they are. The archive never changes or removes them; when they go, it has lost
    /// them.
    Reference,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportEvent {
    /// It is in the archive now.
    Added(PathBuf),
    /// The same instance was there.
    Known(PathBuf),
    /// It has the identifiers of one that is there and another content. A copy was kept aside; a
    /// reference was not made.
    Aside {
        /// The file.
        path: PathBuf,
        /// The one it contradicts, or the copy that was kept aside.
        other: PathBuf,
    },
    /// It gives no instance, or could not be kept.
    PassedOver {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: Message,
    },
    /// Entries of a zip archive are encrypted.
    Locked {
        /// The archive.
        archive: PathBuf,
        /// How many.
        entries: usize,
    },
}

/// How an import ended; `files_found` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each counts the event of that name")]
pub struct ImportSummary {
    pub files_found: usize,
    pub added: usize,
    pub known: usize,
    pub aside: usize,
    pub passed_over: usize,
}

impl Archive {
    /// Takes in all instances that the inputs (files, folders, zip archives, DICOMDIRs) lead to.
    /// Each file is told once, as it is done with; what was taken in stays when it is cancelled.
    ///
    /// # Errors
    /// [`ArchiveError`]: cancelled, or nothing can be written any more. What is wrong with one file
    /// is told as its event.
    pub fn import(
        &self,
        inputs: &[PathBuf],
        mode: ImportMode,
        ctx: &JobCtx,
        on: &(dyn Fn(ImportEvent) + Sync),
    ) -> Result<ImportSummary, ArchiveError> {
        let summary = Mutex::new(ImportSummary::default());
        let tell = |event: ImportEvent| {
            let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
            summary.count(&event);
            drop(summary);
            on(event);
        };
        match mode {
            ImportMode::Copy => self.import_copies(inputs, ctx, &tell)?,
            ImportMode::Reference => self.import_references(inputs, ctx, &tell)?,
        }
        self.flush();
        Ok(summary.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn import_copies(
        &self,
        inputs: &[PathBuf],
        ctx: &JobCtx,
        tell: &(dyn Fn(ImportEvent) + Sync),
    ) -> Result<(), ArchiveError> {
        let broken = Mutex::new(None);
        let scanned = self.scan_others(inputs, ctx, tell, &|headers| {
            headers.par_iter().for_each(|header| {
                if ctx.check().is_err() {
                    return;
                }
                let path = header.source.display_path();
                match self.store.copy(header) {
                    Ok(kept) => tell(kept.event(path)),
                    Err(Refusal::NoRoom(message)) => {
                        // The next file would find no room either.
                        let refusal = Refusal::NoRoom(message);
                        let mut broken = broken.lock().unwrap_or_else(PoisonError::into_inner);
                        broken.get_or_insert(ArchiveError::Refused(refusal));
                        ctx.cancel();
                    }
                    Err(
                        Refusal::NotAsAnnounced(reason)
                        | Refusal::Unreadable(reason)
                        | Refusal::Unkept(reason),
                    ) => {
                        tell(ImportEvent::PassedOver { path, reason });
                    }
                }
            });
        });
        match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => scanned,
        }
    }

    fn import_references(
        &self,
        inputs: &[PathBuf],
        ctx: &JobCtx,
        tell: &(dyn Fn(ImportEvent) + Sync),
    ) -> Result<(), ArchiveError> {
        std::thread::scope(|scope| {
            // Headers are read on while the index is written; not further than a few batches.
            let (send, receive) = crossbeam_channel::bounded::<Vec<InstanceHeader>>(8);
            let writer = scope.spawn(move || {
                let mut referrer = Referrer::new(&self.store, &self.transfers, tell);
                for headers in receive {
                    referrer.add(headers)?;
                }
                referrer.finish()
            });
            let scanned = self.scan_others(inputs, ctx, tell, &|headers| {
                if send.send(headers).is_err() {
                    ctx.cancel(); // the writer gave up, and says why
                }
            });
            drop(send);
            let written = writer.join().unwrap_or_else(|_panic| {
                let detail = "the writer of the index stopped".to_owned();
                Err(ArchiveError::Database(detail))
            });
            written.and(scanned)
        })
    }

    /// Scans the inputs, but not the archive itself.
    fn scan_others(
        &self,
        inputs: &[PathBuf],
        ctx: &JobCtx,
        tell: &(dyn Fn(ImportEvent) + Sync),
        on_headers: &(dyn Fn(Vec<InstanceHeader>) + Sync),
    ) -> Result<(), ArchiveError> {
        let own = own_folders(&self.store.folder);
        scan(inputs, ctx, &|event| match event {
            ScanEvent::Headers(headers) => {
                let (own_files, headers): (Vec<_>, Vec<_>) =
                    headers.into_iter().partition(|header| {
                        let path = header.source.display_path();
                        let path = std::path::absolute(&path).unwrap_or(path);
                        own.iter().any(|own| path.starts_with(own))
                    });
                for header in own_files {
                    tell(ImportEvent::PassedOver {
                        path: header.source.display_path(),
                        reason: Message::new(msg("archive-own-file")),
                    });
                }
                on_headers(headers);
            }
            ScanEvent::PassedOver { path, reason } => {
                tell(ImportEvent::PassedOver { path, reason });
            }
            ScanEvent::Locked { archive, entries } => {
                tell(ImportEvent::Locked { archive, entries });
            }
        })?;
        Ok(())
    }
}

/// The archive's folder by each of its names.
fn own_folders(folder: &Path) -> Vec<PathBuf> {
    let resolved = std::fs::canonicalize(folder).ok();
    std::iter::once(folder.to_owned()).chain(resolved).collect()
}

impl ImportSummary {
    const fn count(&mut self, event: &ImportEvent) {
        let counter = match event {
            ImportEvent::Added(_) => &mut self.added,
            ImportEvent::Known(_) => &mut self.known,
            ImportEvent::Aside { .. } => &mut self.aside,
            ImportEvent::PassedOver { .. } => &mut self.passed_over,
            ImportEvent::Locked { .. } => return, // its entries are passed over one by one
        };
        *counter += 1;
        self.files_found += 1;
    }
}
