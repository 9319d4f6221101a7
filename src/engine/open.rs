//! Opening without a window: everything read, in the calling thread, before anything is asked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cache::Budget;
use crate::dicom::{Password, ScanEvent, scan, scan_locked};
use crate::engine::loader::Loader;
use crate::engine::source::InstanceSource;
use crate::jobs::{Cancelled, JobCtx};
use crate::model::{DisplaySet, Library};
use crate::problem::{Message, Problem};
use crate::volume::Volume;
use crate::workspace::PassedOver;

/// What files, folders and archives hold.
#[derive(Debug, Default)]
pub struct Opened {
    /// What can be shown.
    pub library: Library,
    /// What cannot, and why.
    pub passed_over: Vec<PassedOver>,
    /// Archives with encrypted entries.
    locked: Vec<PathBuf>,
    /// All files found.
    pub files_found: usize,
    /// What was noticed about those that can.
    pub problems: Vec<Problem>,
}

/// Reads everything the paths hold.
///
/// # Errors
/// [`Cancelled`] when `ctx` was.
pub fn open(paths: &[PathBuf], ctx: &JobCtx) -> Result<Opened, Cancelled> {
    let opened = Mutex::new(Opened::default());
    let take = |event| {
        let mut opened = lock(&opened);
        match event {
            ScanEvent::Headers(headers) => {
                headers.into_iter().for_each(|header| opened.insert(header))
            }
            ScanEvent::PassedOver { path, reason } => {
                opened.passed_over.push(PassedOver { path, reason })
            }
            ScanEvent::Locked { archive, .. } => opened.locked.push(archive),
        }
    };
    let summary = scan(paths, ctx, &take)?;
    let mut files_found = summary.files_found;
    if let Some(password) = archive_password() {
        let locked = lock(&opened).locked.clone();
        for archive in locked {
            if let Some(found) = scan_locked(&archive, &password, ctx, &take)? {
                files_found += found.files_found;
                files_found -= lock(&opened).forget_locked(&archive);
            }
        }
    }
    let mut opened = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
    opened.files_found = files_found;
    opened.library.settle();
    Ok(opened)
}

/// Whoever panicked while holding it left whole entries behind.
fn lock(opened: &Mutex<Opened>) -> MutexGuard<'_, Opened> {
    opened.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a script puts the password of encrypted archives: arguments are seen by everyone.
pub const PASSWORD_VARIABLE: &str = "ISOCENTRE_ARCHIVE_PASSWORD";

fn archive_password() -> Option<Password> {
    let text = std::env::var(PASSWORD_VARIABLE).ok()?;
    (!text.is_empty()).then(|| Password::new(&text))
}

impl Opened {
    /// Entries that were passed over for want of a password, and how many.
    fn forget_locked(&mut self, archive: &Path) -> usize {
        let before = self.passed_over.len();
        self.passed_over.retain(|file| !file.is_locked_in(archive));
        before - self.passed_over.len()
    }

    fn insert(&mut self, header: crate::dicom::InstanceHeader) {
        let path = header.source.display_path();
        let notes: Vec<Problem> = header
            .notes
            .iter()
            .map(|note| Problem::warning(note.clone()).at(&path))
            .collect();
        match self.library.insert(header) {
            Ok(problems) => self.problems.extend(notes.into_iter().chain(problems)),
            Err(reason) => self.passed_over.push(PassedOver { path, reason }),
        }
    }
}

/// A loader of a whole display set, its memory reserved.
///
/// # Errors
/// The sentence with the numbers, when the set does not fit the budget.
pub fn loader(
    library: &Library,
    set: &DisplaySet,
    volume: Option<Arc<Volume>>,
    budget: &Budget,
) -> Result<Loader, Message> {
    let bytes = library.decoded_bytes(set);
    let reservation = budget.reserve(bytes).map_err(|over| over.message())?;
    Ok(Loader::new(
        Arc::clone(&set.frames),
        sources(library, set),
        volume,
        set.frames.len(),
        Some(reservation),
    ))
}

/// The instances of a display set, ready to decode.
#[must_use]
pub fn sources(
    library: &Library,
    set: &DisplaySet,
) -> HashMap<crate::model::InstanceIx, Arc<InstanceSource>> {
    let mut sources = HashMap::new();
    for key in set.frames.iter() {
        if let Some(header) = library.header(key.instance) {
            sources
                .entry(key.instance)
                .or_insert_with(|| Arc::new(InstanceSource::new(Arc::clone(header))));
        }
    }
    sources
}
