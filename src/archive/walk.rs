//! The archive's own files, as the folders show them.

use std::path::Path;

use crate::files::FileError;
use crate::jobs::JobCtx;

use super::ArchiveError;
use super::catch_up::is_instance;
use super::names;

/// Paths of all instances relative to the archive's folder, with `/`, sorted.
pub(super) fn own_files(folder: &Path, ctx: &JobCtx) -> Result<Vec<String>, ArchiveError> {
    let mut files = Vec::new();
    let mut folders = vec![names::IMAGES.to_owned()];
    while let Some(relative) = folders.pop() {
        ctx.check()?;
        let path = folder.join(&relative);
        let failed = |source| FileError::Read {
            path: path.clone(),
            source,
        };
        let entries = match std::fs::read_dir(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else {
                continue; // no name of ours
            };
            let kind = entry.file_type().map_err(failed)?;
            let below = format!("{relative}/{name}");
            if kind.is_dir() {
                folders.push(below);
            } else if is_instance(&name) {
                files.push(below);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Files that were kept aside.
pub(super) fn files_aside(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.join(names::ASIDE)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => files.push(entry.path()),
            }
        }
    }
    files.sort();
    files
}
