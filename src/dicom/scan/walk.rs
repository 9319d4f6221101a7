//! The walk through folders: every file once, whatever leads to it.

use std::collections::HashSet;
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::dicom::read::io_message;
use crate::problem::Message;

/// What the walk comes to.
pub(super) enum Found {
    File(FoundFile),
    /// A folder that cannot be listed, a link that leads nowhere.
    Unreadable(PathBuf, Message),
}

pub(super) struct FoundFile {
    pub(super) path: PathBuf,
    /// Given by the user, not met on the way.
    pub(super) is_input: bool,
}

struct Pending {
    path: PathBuf,
    /// Its folder without links, if that is known, so that few paths must be resolved.
    folder: Option<PathBuf>,
    is_input: bool,
}

pub(super) struct Walk {
    /// What is met on the way goes to the back and comes first; what is added waits.
    pending: VecDeque<Pending>,
    /// Files and folders by their one true path.
    seen: HashSet<PathBuf>,
}

impl Walk {
    pub(super) fn new(inputs: &[PathBuf]) -> Self {
        let pending = inputs.iter().rev().map(|path| Pending {
            path: path.clone(),
            folder: None,
            is_input: true,
        });
        Self {
            pending: pending.collect(),
            seen: HashSet::new(),
        }
    }

    /// One file more.
    pub(super) fn add(&mut self, path: PathBuf) {
        self.pending.push_front(Pending {
            path,
            folder: None,
            is_input: false,
        });
    }

    pub(super) fn next(&mut self) -> Option<Found> {
        while let Some(pending) = self.pending.pop_back() {
            match self.visit(&pending) {
                Ok(None) => {}
                Ok(Some(file)) => return Some(Found::File(file)),
                Err(error) => return Some(Found::Unreadable(pending.path, io_message(&error))),
            }
        }
        None
    }

    fn visit(&mut self, pending: &Pending) -> io::Result<Option<FoundFile>> {
        let path = &pending.path;
        let mut kind = std::fs::symlink_metadata(path)?.file_type();
        let identity = match (&pending.folder, path.file_name()) {
            (Some(folder), Some(name)) if !kind.is_symlink() => folder.join(name),
            _ => {
                kind = std::fs::metadata(path)?.file_type();
                std::fs::canonicalize(path)?
            }
        };
        if self.seen.contains(&identity) {
            return Ok(None);
        }
        if kind.is_dir() {
            self.list(path, &identity)?;
        }
        self.seen.insert(identity);
        Ok((!kind.is_dir()).then(|| FoundFile {
            path: path.clone(),
            is_input: pending.is_input,
        }))
    }

    fn list(&mut self, path: &Path, identity: &Path) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name());
        }
        names.sort_unstable();
        self.pending
            .extend(names.into_iter().rev().map(|name| Pending {
                path: path.join(name),
                folder: Some(identity.to_owned()),
                is_input: false,
            }));
        Ok(())
    }
}
