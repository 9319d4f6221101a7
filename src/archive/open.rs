//! Opening and closing the archive.

use std::fs::File;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use rusqlite::Connection;

use crate::files::FileError;
use crate::files::Readable;
use crate::files::make_folder;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

use super::ArchiveError;
use super::Transfers;
use super::catch_up::catch_up;
use super::database;
use super::index::INDEX;
use super::index::Index;
use super::indexer::Indexer;
use super::names;
use super::queue::MEMORY;
use super::room::Room;
use super::session::Begun;
use super::session::Session;
use super::store::Store;

/// Where the archive keeps what is not an image: databases, locks, what is arriving.
pub(super) const STATE: &str = ".isocentre";

/// The local archive. Cheap to share; whoever keeps it, or an instance on its way into it, keeps
/// it open. Its last owner waits for the index to be written.
#[derive(Debug, Clone)]
pub struct Archive {
    pub(super) store: Arc<Store>,
    pub(super) transfers: Arc<Transfers>,
}

impl Archive {
    /// Opens the archive in a folder, or makes one there. Deals with what a program that died left
    /// behind; a damaged database is set aside and made anew, which [`Self::problems`] tells.
    /// Afterwards [`Self::needs_rebuild`] may hold.
    ///
    /// # Errors
    /// [`ArchiveError`]; nothing was changed then but that folders may have been made.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let failed = |source| FileError::Folder {
            path: folder.to_owned(),
            source,
        };
        let folder = std::path::absolute(folder).map_err(failed)?;
        let state = folder.join(STATE);
        if !state.is_dir() {
            // Making the folder of a drive that is away would hide that it is.
            if !folder.parent().is_none_or(Path::exists) {
                return Err(ArchiveError::Gone(folder));
            }
            make_folder(&folder, Readable::AsUsual)?;
            make_folder(&state, Readable::ByUserAlone)?;
        }
        let begun = Session::begin(&state)?;
        let problems = Arc::new(Problems::new());
        let tell = |id, aside: PathBuf| {
            problems.report(Problem::warning(Message::new(id)).at(aside));
        };
        let (memory, aside) = open_or_set_aside(&state.join("memory.sqlite"), &MEMORY, &begun)?;
        if let Some(aside) = aside {
            tell(msg("archive-memory-lost"), aside);
        }
        let index_path = state.join("index.sqlite");
        let (connection, aside) = open_or_set_aside(&index_path, &INDEX, &begun)?;
        if let Some(aside) = aside {
            tell(msg("archive-index-lost"), aside);
        }
        let index = Index::new(&index_path, connection)?;
        if !folder.join(names::IMAGES).exists() && index.instance_count()? == 0 {
            index.set_complete()?; // there is nothing yet
        }
        let session = Arc::new(begun.session);
        let transfers = Transfers::new(memory, Arc::clone(&session));
        drop(begun.births);
        for remains in begun.remains {
            // Else the next opening looks again.
            if catch_up(&folder, &remains.touched, &index, &problems)? {
                remains.clear();
            }
        }
        transfers.wake()?;
        let index = Arc::new(index);
        let naming = open_lock(&state.join("naming.lock"))?;
        let store = Store {
            folder,
            session,
            indexer: Indexer::start(Arc::clone(&index), Arc::clone(&problems))?,
            index,
            problems,
            naming: Mutex::new(naming),
            room: Room::default(),
        };
        Ok(Self {
            store: Arc::new(store),
            transfers: Arc::new(transfers),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.store.folder
    }

    /// The queue's memory.
    #[must_use]
    pub const fn transfers(&self) -> &Arc<Transfers> {
        &self.transfers
    }

    /// What the reader should be told, each once.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.store.problems
    }

    /// Waits until what was kept so far is found by searches.
    pub fn flush(&self) {
        self.store.indexer.flush();
    }

    /// What matches, newest studies first; as a node is asked. Words of names and descriptions may
    /// come in any order, as beginnings, without accents. What was kept in the last moments may
    /// not be found yet.
    ///
    /// # Errors
    /// [`ArchiveError`]; [`ArchiveError::NoSuchKey`] for a matching key the index does not hold.
    pub fn search(&self, query: &StudyQuery) -> Result<Vec<StudyMatch>, ArchiveError> {
        let mut found = self.store.index.search(query)?;
        if query.level == Level::Study {
            self.add_listed(&mut found)?;
        }
        Ok(found)
    }

    /// The studies that were kept or opened last, latest first.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn recent(&self, limit: usize) -> Result<Vec<StudyMatch>, ArchiveError> {
        self.store.index.recent(limit)
    }
}

fn open_lock(path: &Path) -> Result<File, FileError> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|source| FileError::Write {
        path: path.to_owned(),
        source,
    })
}

/// A damaged database is renamed and made anew, if nobody else has it open; gives its new name.
fn open_or_set_aside(
    path: &Path,
    schema: &database::Schema,
    begun: &Begun,
) -> Result<(Connection, Option<PathBuf>), ArchiveError> {
    // Reading all of it takes time: only where a program died, which a full disk may have made.
    let is_doubtful = !begun.remains.is_empty();
    let opened = database::open(path, schema).and_then(|connection| {
        if is_doubtful {
            database::check_whole(&connection)?;
        }
        Ok(connection)
    });
    let damaged = match opened {
        Ok(connection) => return Ok((connection, None)),
        Err(error) => error,
    };
    if !(begun.is_alone && matches!(damaged, ArchiveError::Damaged(_))) {
        return Err(damaged);
    }
    let aside = database::set_aside(path)?;
    Ok((database::open(path, schema)?, Some(aside)))
}
