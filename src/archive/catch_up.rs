//! What a program that died had kept, but not yet put into the index.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::dicom::ByteSource;
use crate::dicom::ReadError;
use crate::dicom::io_message;
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
/// more. Whether all could be looked at; what could not is told, and worth another try.
pub(super) fn catch_up(
    folder: &Path,
    series_folders: &[String],
    index: &Index,
    problems: &Problems,
) -> Result<bool, ArchiveError> {
    let mut is_complete = true;
    let mut missing = Vec::new();
    let mut gone = Vec::new();
    for series_folder in series_folders {
        let files = match files_in(folder, series_folder) {
            Ok(files) => files,
            Err(error) => {
                // What is known of it stays known.
                tell(problems, io_message(&error), folder.join(series_folder));
                is_complete = false;
                continue;
            }
        };
        let own = index.own_in(series_folder)?.into_iter();
        let mut known: HashMap<String, i64> = own
            .filter(|known| known.path.rsplit_once('/').map(|it| it.0) == Some(series_folder))
            .map(|known| (known.path, known.id))
            .collect();
        for path in files {
            if known.remove(&path).is_none() {
                missing.push(path);
            }
        }
        gone.extend(known.into_values());
    }
    let may_be_read_later = AtomicBool::new(false);
    let entries: Vec<Entry> = missing
        .par_iter()
        .filter_map(|path| match read_entry(folder, path) {
            Ok(entry) => Some(entry),
            Err(fault) => {
                may_be_read_later.fetch_or(fault.may_pass, Ordering::Relaxed);
                tell(problems, fault.reason, folder.join(path));
                None
            }
        })
        .collect();
    is_complete &= !may_be_read_later.into_inner();
    let mut told = Vec::new();
    for entries in entries.chunks(4096) {
        index.insert(entries, SystemTime::now(), &mut told)?;
    }
    told.into_iter()
        .for_each(|problem| problems.report(problem));
    index.forget(&gone)?;
    Ok(is_complete)
}

/// What the index should hold of one of the archive's own files, by its path relative to the
/// archive's folder. What cannot be read is told.
pub(super) fn entry_of(folder: &Path, path: &str, problems: &Problems) -> Option<Entry> {
    match read_entry(folder, path) {
        Ok(entry) => Some(entry),
        Err(fault) => {
            tell(problems, fault.reason, folder.join(path));
            None
        }
    }
}

/// Why a file is not in the index.
struct Fault {
    reason: Message,
    /// The disk or the system failed, not the file.
    may_pass: bool,
}

fn read_entry(folder: &Path, path: &str) -> Result<Entry, Fault> {
    let lasting = |reason| Fault {
        reason,
        may_pass: false,
    };
    let file = folder.join(path);
    let place = Place::own(path).ok_or_else(|| lasting(ReadError::NoFile.message()))?;
    let header = read_header(ByteSource::File(file.as_path().into())).map_err(|error| Fault {
        reason: error.message(),
        may_pass: !is_damage(&error) && !is_gone(&error),
    })?;
    let size = std::fs::metadata(&file).map_err(|error| Fault {
        reason: io_message(&error),
        may_pass: error.kind() != io::ErrorKind::NotFound,
    })?;
    // Where it came from it does not say: the Source Application Entity Title (0002,0016) of a
    // copy from a disc is that of whoever wrote the disc.
    Entry::read(&header, place, size.len()).map_err(lasting)
}

/// Whether it is the bytes that make no instance, and not the disk that did not give them.
pub(super) fn is_damage(error: &ReadError) -> bool {
    match error {
        ReadError::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
        ),
        ReadError::NoFile => false,
        ReadError::Empty | ReadError::NotDicom | ReadError::NothingUsable => true,
    }
}

/// Whether there is no such file any more.
pub(super) fn is_gone(error: &ReadError) -> bool {
    matches!(error, ReadError::Io(error) if error.kind() == io::ErrorKind::NotFound)
}

fn tell(problems: &Problems, reason: Message, at: PathBuf) {
    let message = Message::new(msg("archive-not-indexed")).message("reason", reason);
    problems.report(Problem::warning(message).at(at));
}

/// The instances of a series folder, relative to the archive's folder; none if there is no such
/// folder: touched, but nothing came, or removed since.
fn files_in(folder: &Path, series_folder: &str) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder.join(series_folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        // A name that is no Unicode is none of ours.
        if let Ok(name) = entry?.file_name().into_string()
            && is_instance(&name)
        {
            files.push(format!("{series_folder}/{name}"));
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file of the archive is an instance, by its name.
pub(super) fn is_instance(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "dcm")
}
