//! Files that stay where they are, put into the index many at a time.

use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use crate::archive::ArchiveError;
use crate::archive::Transfers;
use crate::archive::entry::Entry;
use crate::archive::entry::Place;
use crate::archive::index::Inserted;
use crate::archive::index::Known;
use crate::archive::store::Store;
use crate::archive::store::compare;
use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::Sameness;
use crate::dicom::ScanEvent;
use crate::dicom::read_header;
use crate::dicom::scan;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

use super::ImportEvent;

/// Entries of a transaction.
const BATCH: usize = 4096;

pub(super) struct Referrer<'a> {
    store: &'a Store,
    transfers: &'a Transfers,
    tell: &'a (dyn Fn(ImportEvent) + Sync),
    waiting: Vec<(Entry, ByteSource)>,
}

impl<'a> Referrer<'a> {
    pub(super) fn new(
        store: &'a Store,
        transfers: &'a Transfers,
        tell: &'a (dyn Fn(ImportEvent) + Sync),
    ) -> Self {
        Self {
            store,
            transfers,
            tell,
            waiting: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, headers: Vec<InstanceHeader>) -> Result<(), ArchiveError> {
        for header in headers {
            let path = header.source.display_path();
            let entry = match Place::of_source(&header.source) {
                Some(place) => {
                    let size = header.source.size().unwrap_or_default();
                    Entry::read(&header, place, size)
                }
                None => Err(Message::new(msg("archive-no-reference"))),
            };
            match entry {
                Ok(entry) => self.waiting.push((entry, header.source)),
                Err(reason) => (self.tell)(ImportEvent::PassedOver { path, reason }),
            }
        }
        if self.waiting.len() >= BATCH {
            self.write()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), ArchiveError> {
        self.write()
    }

    fn write(&mut self) -> Result<(), ArchiveError> {
        let (entries, sources): (Vec<Entry>, Vec<ByteSource>) = self.waiting.drain(..).unzip();
        let paths = entries.iter().filter_map(|entry| match &entry.place {
            Place::Reference { path, .. } => Some(path.as_str()),
            Place::Own { .. } => None,
        });
        // First: what the index is made again from must not know less than the index.
        self.transfers.add_references(paths)?;
        let mut problems = Vec::new();
        let now = SystemTime::now();
        let inserted = self.store.index.insert(&entries, now, &mut problems)?;
        for ((entry, source), inserted) in entries.into_iter().zip(sources).zip(inserted) {
            let path = source.display_path();
            let event = match inserted {
                Inserted::New => ImportEvent::Added(path),
                Inserted::Known => ImportEvent::Known(path),
                Inserted::Clash(known) => self.clash(entry, source, &known)?,
            };
            (self.tell)(event);
        }
        for problem in problems {
            self.store.problems.report(problem);
        }
        Ok(())
    }

    /// The index holds another file of the same identifiers.
    fn clash(
        &self,
        entry: Entry,
        source: ByteSource,
        known: &Known,
    ) -> Result<ImportEvent, ArchiveError> {
        let path = source.display_path();
        let other = self.store.file_of(known);
        let there = if known.entry.is_empty() {
            read_header(ByteSource::File(other.as_path().into())).ok()
        } else {
            entry_of_archive(&other, &known.entry)
        };
        let Some(there) = there else {
            if known.is_own {
                return Ok(ImportEvent::Aside { path, other });
            }
            // The file it was is gone: it has moved here, or to one that was just put in its place.
            self.store.index.forget(&[known.id])?;
            let now = SystemTime::now();
            let again = std::slice::from_ref(&entry);
            let inserted = self.store.index.insert(again, now, &mut Vec::new())?;
            return match inserted.into_iter().next() {
                Some(Inserted::Clash(other)) if other.id != known.id => {
                    self.clash(entry, source, &other)
                }
                _ => Ok(ImportEvent::Added(path)),
            };
        };
        let is_same =
            read_header(source).is_ok_and(|header| compare(&there, &header) == Sameness::Same);
        Ok(if is_same {
            ImportEvent::Known(path)
        } else {
            ImportEvent::Aside { path, other }
        })
    }
}

/// An entry of a zip archive, by its name.
fn entry_of_archive(archive: &Path, name: &str) -> Option<InstanceHeader> {
    let found = Mutex::new(None);
    let scanned = scan(&[archive.to_owned()], &JobCtx::new(), &|event| {
        let ScanEvent::Headers(headers) = event else {
            return;
        };
        let wanted = headers.into_iter().find(|header| {
                matches!(&header.source, ByteSource::ZipEntry { name: own, .. } if **own == *name)
            });
        if let (Some(header), Ok(mut found)) = (wanted, found.lock()) {
            *found = Some(header);
        }
    });
    scanned.ok()?;
    found.into_inner().ok()?
}
