//! Files are never written in place: temporary file, sync, rename, sync of the folder. And the
//! folders of the application.
//!
//! A reader who saves sees either the old file or the whole new one, also after a power cut; a full
//! disk leaves the old file and no temporary one.
#![warn(missing_docs)]

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::problem::Message;
use crate::problem::msg;

/// Names the folder all application files go to, instead of the desktop's own places.
pub const HOME_VARIABLE: &str = "ISOCENTRE_HOME";

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The folder does not exist and could not be made.
    #[error("cannot make the folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Writing failed; nothing was left behind.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file that was to be.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading failed.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The desktop names no home folder.
    #[error("no home folder")]
    NoHome,
}

impl FileError {
    /// The file or folder it is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder { path, .. } | Self::Write { path, .. } | Self::Read { path, .. } => {
                Some(path)
            }
            Self::NoHome => None,
        }
    }

    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Folder { source, .. } => {
                Message::new(msg("files-no-folder")).message("reason", reason(source))
            }
            Self::Write { source, .. } => {
                Message::new(msg("files-not-written")).message("reason", reason(source))
            }
            Self::Read { source, .. } => {
                Message::new(msg("files-not-read")).message("reason", reason(source))
            }
            Self::NoHome => Message::new(msg("files-no-home")),
        }
    }
}

fn reason(error: &io::Error) -> Message {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Message::new(msg("files-reason-full"))
        }
        io::ErrorKind::FileTooLarge => Message::new(msg("files-reason-too-large")),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Message::new(msg("files-reason-permission"))
        }
        io::ErrorKind::NotFound => Message::new(msg("files-reason-gone")),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            Message::new(msg("files-reason-not-a-folder"))
        }
        _ => Message::new(msg("files-reason-other")).text("error", error.to_string()),
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// Whom the user's own settings (umask) allow.
    AsUsual,
    /// The user alone: what may hold patient data in the application's own folders.
    ByUserAlone,
}

/// Writes a whole file or nothing.
///
/// # Errors
/// [`FileError::Write`]; the file that was there before is untouched and no temporary one is left.
pub fn write_atomically(path: &Path, bytes: &[u8], readable: Readable) -> Result<(), FileError> {
    write_atomically_with(path, readable, |file| file.write_all(bytes))
}

/// Writes a whole file or nothing, by a function that fills it.
///
/// # Errors
/// [`FileError::Write`] if that function or the disk fails; the file that was there before is
/// untouched and no temporary one is left.
pub fn write_atomically_with(
    path: &Path,
    readable: Readable,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FileError> {
    let failed = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    let (mut file, temporary) = temporary_beside(path, readable).map_err(failed)?;
    fill(&mut file)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    drop(file);
    temporary.keep_as(path)
}

/// A file that is removed when this goes, unless it was given its name.
#[derive(Debug)]
pub struct TemporaryFile {
    path: PathBuf,
    is_kept: bool,
}

impl TemporaryFile {
    /// A new file in a folder, to be filled; its name begins with a dot and ends with `.part`.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn in_folder(folder: &Path, readable: Readable) -> Result<(File, Self), FileError> {
        let path = folder.join("arriving");
        temporary_beside(&path, readable).map_err(|source| FileError::Write { path, source })
    }

    /// Where it is for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, durably; what had that name is replaced. Its bytes should be synced.
    ///
    /// # Errors
    /// [`FileError::Write`]; then it is removed.
    pub fn keep_as(mut self, path: &Path) -> Result<(), FileError> {
        let failed = |source| FileError::Write {
            path: path.to_owned(),
            source,
        };
        std::fs::rename(&self.path, path).map_err(failed)?;
        self.is_kept = true;
        sync_folder(path).map_err(failed)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // The first error is the one to tell; a temporary file that cannot be removed either is
        // named so that it is recognised.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!("a temporary file stays: {error}");
        }
    }
}

/// A new file in the folder of `path`: a rename cannot cross file systems.
fn temporary_beside(path: &Path, readable: Readable) -> io::Result<(File, TemporaryFile)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    loop {
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(
            ".{}-{}.part",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        ));
        let temporary = path.with_file_name(temporary);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if readable == Readable::ByUserAlone {
            by_user_alone(&mut options);
        }
        match options.open(&temporary) {
            Ok(file) => {
                let path = temporary;
                let is_kept = false;
                return Ok((file, TemporaryFile { path, is_kept }));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {} // an old crash's
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn by_user_alone(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn by_user_alone(_options: &mut OpenOptions) {} // the profile's folder is the user's alone there

/// Makes the rename itself durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(()); // a folder cannot be opened as a file there
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match File::open(folder)?.sync_all() {
        // Some network file systems cannot sync a folder; the file itself is safe.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        result => result,
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// [`FileError::Folder`].
pub fn make_folder(path: &Path, readable: Readable) -> Result<(), FileError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    if readable == Readable::ByUserAlone {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    #[cfg(not(unix))]
    let _: Readable = readable;
    builder.create(path).map_err(|source| FileError::Folder {
        path: path.to_owned(),
        source,
    })
}

/// The bytes of a file.
///
/// # Errors
/// [`FileError::Read`].
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    std::fs::read(path).map_err(|source| FileError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Where the application keeps its own files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppFolders {
    /// Settings.
    pub config: PathBuf,
    /// Recent files and what else should survive.
    pub data: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
    /// Measurements and text not yet saved as a report; readable by the user alone.
    pub journal: PathBuf,
    /// Reports, unless the user chose another folder: where documents are looked for.
    pub reports: PathBuf,
}

impl AppFolders {
    /// The desktop's places, or the folder that [`HOME_VARIABLE`] names. Nothing is made yet.
    ///
    /// # Errors
    /// [`FileError::NoHome`] where the system names no home folder.
    pub fn of_user() -> Result<Self, FileError> {
        if let Some(home) = std::env::var_os(HOME_VARIABLE).filter(|home| !home.is_empty()) {
            return Ok(Self::under(Path::new(&home)));
        }
        let dirs = directories::ProjectDirs::from("", "", "isocentre").ok_or(FileError::NoHome)?;
        let data = dirs.data_local_dir().to_owned();
        let user = directories::UserDirs::new();
        let documents = user.as_ref().and_then(|dirs| dirs.document_dir());
        Ok(Self {
            config: dirs.config_dir().to_owned(),
            journal: data.join("journal"),
            reports: documents.map_or_else(|| data.join("reports"), |it| it.join("isocentre")),
            data,
            cache: dirs.cache_dir().to_owned(),
        })
    }

    /// All of them under one folder.
    #[must_use]
    pub fn under(home: &Path) -> Self {
        Self {
            config: home.join("config"),
            data: home.join("data"),
            cache: home.join("cache"),
            journal: home.join("journal"),
            reports: home.join("reports"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_stays_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.dcm");
        write_atomically(&path, b"first", Readable::AsUsual).unwrap();
        write_atomically(&path, b"second", Readable::AsUsual).unwrap();
        assert_eq!(read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["report.dcm"]);
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_file_and_no_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.dcm");
        write_atomically(&path, b"old", Readable::AsUsual).unwrap();
        let error = write_atomically_with(&path, Readable::AsUsual, |file| {
            file.write_all(b"half of the n")?;
            Err(io::ErrorKind::StorageFull.into())
        })
        .unwrap_err();
        assert_eq!(error.message().id, msg("files-not-written"));
        assert_eq!(error.path(), Some(path.as_path()));
        assert_eq!(read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["report.dcm"]);
    }

    #[test]
    fn a_folder_that_vanished_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone").join("report.dcm");
        let error = write_atomically(&path, b"x", Readable::AsUsual).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_readable_by_the_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal").join("draft.json");
        make_folder(path.parent().unwrap(), Readable::ByUserAlone).unwrap();
        write_atomically(&path, b"{}", Readable::ByUserAlone).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
}
