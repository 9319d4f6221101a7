//! Opening without a window: everything read, in the calling thread, before anything is asked.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::cache::Budget;
use crate::dicom::ScanEvent;
use crate::dicom::scan;
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
    let summary = scan(paths, ctx, &|event| {
        let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ScanEvent::Headers(headers) => {
                headers.into_iter().for_each(|header| opened.insert(header))
            }
            ScanEvent::PassedOver { path, reason } => {
                opened.passed_over.push(PassedOver { path, reason })
            }
        }
    })?;
    let mut opened = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
    opened.files_found = summary.files_found;
    opened.library.settle();
    Ok(opened)
}

impl Opened {
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
