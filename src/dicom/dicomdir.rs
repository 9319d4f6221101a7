//! The Basic Directory (DICOMDIR, PS3.3 annex F): an index of files by linked records.
//!
//! Records point at each other by byte offsets, which writers get wrong. The tree is followed as
//! far as its offsets lead; records it does not reach follow in the order of the file, so that
//! every file listed is found.

use std::collections::HashMap;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use dicom_dictionary_std::tags;

use super::Elements;
use super::InstanceHeader;

const MEDIA_STORAGE_DIRECTORY: &str = "1.2.840.10008.1.3.10";

/// Whether an instance is a directory.
pub(super) fn is_directory(header: &InstanceHeader) -> bool {
    let class = header
        .meta
        .elements()
        .uid(tags::MEDIA_STORAGE_SOP_CLASS_UID);
    class.as_deref() == Some(MEDIA_STORAGE_DIRECTORY)
        || header
            .dataset
            .elements()
            .has(tags::DIRECTORY_RECORD_SEQUENCE)
}

/// A file as a directory lists it: the components of its path, seen from the directory's folder.
pub(super) type FileId = Vec<String>;

/// The files of a directory in the order of its tree. `offsets` are those of the records' items.
pub(super) fn listed_files(directory: Elements<'_>, offsets: &[u64]) -> Vec<FileId> {
    let records = directory.items(tags::DIRECTORY_RECORD_SEQUENCE);
    let by_offset: HashMap<u64, usize> = offsets
        .iter()
        .enumerate()
        .map(|(index, offset)| (*offset, index))
        .collect();
    let target = |elements: Elements<'_>, tag| {
        let offset = u64::try_from(elements.integer(tag)?).ok()?;
        by_offset.get(&offset).copied()
    };
    let mut is_visited = vec![false; records.len()];
    let mut order = Vec::with_capacity(records.len());
    let first = target(
        directory,
        tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY,
    );
    let roots = first.into_iter().chain(0..records.len());
    for root in roots {
        let mut pending = vec![root];
        while let Some(index) = pending.pop() {
            let (Some(record), Some(is_visited)) = (records.get(index), is_visited.get_mut(index))
            else {
                continue;
            };
            if std::mem::replace(is_visited, true) {
                continue; // offsets that lead in a circle
            }
            order.push(*record);
            pending.extend(target(*record, tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD));
            pending.extend(target(
                *record,
                tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY,
            ));
        }
    }
    order
        .into_iter()
        .filter(|record| record.integer(tags::RECORD_IN_USE_FLAG) != Some(0))
        .map(|record| file_id(record))
        .filter(|id| !id.is_empty())
        .collect()
}

fn file_id(record: Elements<'_>) -> FileId {
    record
        .texts(tags::REFERENCED_FILE_ID)
        .iter()
        .flat_map(|component| component.split('/'))
        .filter(|component| !component.is_empty() && *component != ".")
        .map(str::to_owned)
        .collect()
}

/// Whether two names mean one file on the media they came from: case, and the version that
/// ISO 9660 appends, are lost in copying.
fn is_same_name(listed: &str, found: &str) -> bool {
    bare(listed).eq_ignore_ascii_case(bare(found))
}

fn bare(name: &str) -> &str {
    let name = name.split_once(';').map_or(name, |(name, _)| name);
    name.strip_suffix('.').unwrap_or(name)
}

/// Finds listed files on disk; remembers folders it has read.
#[derive(Default)]
pub(super) struct Resolver {
    folders: HashMap<PathBuf, Vec<OsString>>,
}

impl Resolver {
    /// The file, if it is there. Never outside `folder`.
    pub(super) fn find(&mut self, folder: &Path, id: &[String]) -> Option<PathBuf> {
        let mut path = folder.to_owned();
        for component in id {
            let is_name = !component.contains(['/', '\\', '\0']) && component != "..";
            if !is_name {
                return None;
            }
            let exact = path.join(component);
            path = if exact.exists() {
                exact
            } else {
                let name = self
                    .names(&path)
                    .iter()
                    .find(|name| is_same_name(component, &name.to_string_lossy()))?
                    .clone();
                path.join(name)
            };
        }
        path.is_file().then_some(path)
    }

    fn names(&mut self, folder: &Path) -> &[OsString] {
        self.folders.entry(folder.to_owned()).or_insert_with(|| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
            names.sort();
            names
        })
    }
}

/// The names of an archive's entries, to find in them what a directory there lists.
pub(super) struct ArchiveNames {
    names: HashSet<String>,
    folder: String,
}

impl ArchiveNames {
    /// `index` is the entry that is the directory.
    pub(super) fn new(names: &[&str], index: &str) -> Self {
        let names = names.iter().map(|name| normalised(name)).collect();
        let folder = normalised(index);
        let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self {
            names,
            folder: folder.to_owned(),
        }
    }

    pub(super) fn has(&self, id: &[String]) -> bool {
        let path = format!("{}/{}", self.folder, id.join("/"));
        self.names.contains(&normalised(&path))
    }
}

fn normalised(path: &str) -> String {
    let parts: Vec<String> = path
        .split(['/', '\\'])
        .filter(|part| !part.is_empty())
        .map(|part| bare(part).to_ascii_lowercase())
        .collect();
    parts.join("/")
}
