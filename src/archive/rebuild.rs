//! Making the index again from the files.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::dicom::ScanEvent;
use crate::dicom::scan;
use crate::jobs::JobCtx;
use crate::problem::Problem;

use super::Archive;
use super::ArchiveError;
use super::catch_up::entry_of;
use super::database;
use super::entry::Entry;
use super::entry::Place;
use super::index::INDEX;
use super::index::Index;
use super::walk::own_files;

/// Files read between two transactions.
const BATCH: usize = 2048;

/// What a rebuild found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RebuildReport {
    /// The archive's own files.
    pub files: usize,
    /// Instances in the index now.
    pub instances: usize,
    /// Files elsewhere that the archive knows of and that could not be reached or read.
    pub missing_references: usize,
}

impl Archive {
    /// Whether the index does not hold every file, because it was lost: then [`Self::rebuild`].
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn needs_rebuild(&self) -> Result<bool, ArchiveError> {
        Ok(!self.store.index.is_complete()?)
    }

    /// Makes the index again from the files. Searches see the old index until the new one is whole;
    /// instances may arrive meanwhile. [`Self::problems`] tells of files that cannot be read.
    ///
    /// # Errors
    /// [`ArchiveError`], also when cancelled; the index is as it was then.
    pub fn rebuild(&self, ctx: &JobCtx) -> Result<RebuildReport, ArchiveError> {
        self.flush();
        let store = &self.store;
        let since = store.index.last_instance()?;
        let files = own_files(&store.folder, ctx)?;
        let references = self.transfers.references()?;
        let of = files.len() + references.len();
        // Where it goes with the session, however that ends.
        let path = store.session.folder().join("rebuilt.sqlite");
        remove_database(&path);
        let mut problems = Vec::new();
        let mut report = RebuildReport {
            files: files.len(),
            ..RebuildReport::default()
        };
        {
            let new = Index::new(&path, database::open(&path, &INDEX)?)?;
            let mut done = 0;
            for batch in files.chunks(BATCH) {
                ctx.check()?;
                let read = |file: &String| entry_of(&store.folder, file, &store.problems);
                let entries: Vec<Entry> = batch.par_iter().filter_map(read).collect();
                new.insert(&entries, SystemTime::now(), &mut problems)?;
                done += batch.len();
                ctx.progress(done, of);
            }
            for batch in references.chunks(BATCH) {
                let (entries, missing) = entries_at(batch, ctx)?;
                new.insert(&entries, SystemTime::now(), &mut problems)?;
                report.missing_references += missing;
                done += batch.len();
                ctx.progress(done, of);
            }
            report.instances = new.instance_count()?;
        }
        let replaced = store.index.replace_with(
            &path,
            since,
            |arrivals| {
                let (own, elsewhere): (Vec<_>, Vec<_>) =
                    arrivals.into_iter().partition(|arrival| arrival.is_own);
                let own = own.into_iter().filter_map(|arrival| {
                    let mut entry = entry_of(&store.folder, &arrival.path, &store.problems)?;
                    entry.from = arrival.came_from;
                    Some(entry)
                });
                let mut entries: Vec<Entry> = own.collect();
                let elsewhere: Vec<PathBuf> =
                    elsewhere.into_iter().map(|it| it.path.into()).collect();
                if let Ok((more, _)) = entries_at(&elsewhere, &JobCtx::new()) {
                    entries.extend(more);
                }
                entries
            },
            &mut problems,
        );
        remove_database(&path);
        replaced?;
        problems
            .into_iter()
            .for_each(|problem: Problem| store.problems.report(problem));
        report.instances = store.index.instance_count()?;
        Ok(report)
    }
}

/// What the index should hold of files elsewhere, and how many of these gave nothing.
fn entries_at(paths: &[PathBuf], ctx: &JobCtx) -> Result<(Vec<Entry>, usize), ArchiveError> {
    let found = Mutex::new((Vec::new(), 0));
    // The progress of this scan is none of the caller's.
    let own_ctx = JobCtx::new();
    scan(paths, &own_ctx, &|event| {
        if ctx.check().is_err() {
            own_ctx.cancel();
        }
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ScanEvent::Headers(headers) => {
                let entries = headers.iter().filter_map(|header| {
                    let place = Place::of_source(&header.source)?;
                    let size = header.source.size().unwrap_or_default();
                    Entry::read(header, place, size).ok()
                });
                found.0.extend(entries);
            }
            ScanEvent::PassedOver { .. } => found.1 += 1,
            ScanEvent::Locked { .. } => {}
        }
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn remove_database(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // Not being there is fine; in the way it would be noticed by who opens it.
        drop(std::fs::remove_file(PathBuf::from(name)));
    }
}
