//! Opening and closing the archive.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::files::Readable;
use crate::files::make_folder;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

use super::ArchiveError;
use super::Transfers;
use super::database;
use super::queue::MEMORY;
use super::session::Begun;
use super::session::Session;

/// Where the archive keeps what is not an image: databases, locks, what is arriving.
const STATE: &str = ".isocentre";

/// The local archive.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    session: Arc<Session>,
    transfers: Transfers,
    problems: Problems,
}

impl Archive {
    /// Opens the archive in a folder, or makes one there. Deals with what a program that died left
    /// behind; a damaged database is set aside and made anew, which [`Self::problems`] tells.
    ///
    /// # Errors
    /// [`ArchiveError`]; nothing was changed then but that folders may have been made.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        // Making the folder of a drive that is away would hide that it is.
        let is_below_something = folder.parent().is_none_or(Path::exists);
        if !is_below_something {
            return Err(ArchiveError::Gone(folder.to_owned()));
        }
        let state = folder.join(STATE);
        make_folder(folder, Readable::AsUsual)?;
        make_folder(&state, Readable::ByUserAlone)?;
        let begun = Session::begin(&state)?;
        let problems = Problems::new();
        let memory = open_or_set_aside(&state.join("memory.sqlite"), &MEMORY, &begun, &problems)?;
        let session = Arc::new(begun.session);
        let transfers = Transfers::new(memory, Arc::clone(&session));
        drop(begun.births);
        begun.remains.into_iter().for_each(|it| it.clear());
        transfers.wake()?;
        Ok(Self {
            folder: folder.to_owned(),
            session,
            transfers,
            problems,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The queue's memory.
    #[must_use]
    pub const fn transfers(&self) -> &Transfers {
        &self.transfers
    }

    /// What the reader should be told, each once.
    #[must_use]
    pub const fn problems(&self) -> &Problems {
        &self.problems
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        self.session.end();
    }
}

/// A damaged database is renamed and made anew, if nobody else has it open.
fn open_or_set_aside(
    path: &Path,
    schema: &database::Schema,
    begun: &Begun,
    problems: &Problems,
) -> Result<rusqlite::Connection, ArchiveError> {
    let is_doubtful = !begun.remains.is_empty();
    let damaged = match database::open(path, schema) {
        Ok(connection) if is_doubtful && !database::is_whole(&connection) => {
            ArchiveError::Damaged("quick_check".to_owned())
        }
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    if !(begun.is_alone && matches!(damaged, ArchiveError::Damaged(_))) {
        return Err(damaged);
    }
    let aside = database::set_aside(path)?;
    problems.report(Problem::warning(Message::new(msg("archive-memory-lost"))).at(aside));
    database::open(path, schema)
}
