//! What a program that died had kept, but not yet put into the index.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::dicom::ByteSource;
use crate::dicom::read_header;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

use super::ArchiveError;
use super::entry::Entry;
use super::entry::Place;
use super::index::Index;

/// Makes the index hold what these series folders (relative to the archive's) hold: no less, and no
/// more.
pub(super) fn catch_up(
    folder: &Path,
    series_folders: &[String],
    index: &Index,
    problems: &Problems,
) -> Result<(), ArchiveError> {
    let mut missing = Vec::new();
    let mut gone = Vec::new();
    for series_folder in series_folders {
        let own = index.own_in(series_folder)?;
        let mut known: HashMap<String, i64> = own
            .into_iter()
            .map(|known| (known.path, known.id))
            .collect();
        for path in files_in(folder, series_folder) {
            if known.remove(&path).is_none() {
                missing.push(path);
            }
        }
        gone.extend(known.into_values());
    }
    let entries: Vec<Entry> = missing
        .par_iter()
        .filter_map(|path| entry_of(folder, path, problems))
        .collect();
    let mut told = Vec::new();
    for entries in entries.chunks(4096) {
        index.insert(entries, SystemTime::now(), &mut told)?;
    }
    told.into_iter()
        .for_each(|problem| problems.report(problem));
    index.forget(&gone)
}

/// What the index should hold of one of the archive's own files, by its path relative to the
/// archive's folder. What cannot be read is told.
pub(super) fn entry_of(folder: &Path, path: &str, problems: &Problems) -> Option<Entry> {
    let file = folder.join(path);
    let size = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
    let source = ByteSource::File(file.as_path().into());
    let entry = match read_header(source) {
        // Where it came from it does not say: the Source Application Entity Title (0002,0016) of a
        // copy from a disc is that of whoever wrote the disc.
        Ok(header) => Entry::read(&header, Place::own(path)?, size),
        Err(error) => Err(error.message()),
    };
    match entry {
        Ok(entry) => Some(entry),
        Err(reason) => {
            let message = Message::new(msg("archive-not-indexed")).message("reason", reason);
            problems.report(Problem::warning(message).at(file));
            None
        }
    }
}

/// The instances of a series folder, relative to the archive's folder.
fn files_in(folder: &Path, series_folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join(series_folder)) else {
        return Vec::new(); // touched, but nothing came; or removed since
    };
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    let mut files: Vec<String> = names
        .filter(|name| is_instance(name))
        .map(|name| format!("{series_folder}/{name}"))
        .collect();
    files.sort();
    files
}

/// Whether a file of the archive is an instance, by its name.
pub(super) fn is_instance(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "dcm")
}
