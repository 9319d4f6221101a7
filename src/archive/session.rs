//! Who has the archive open, and what programs that died left behind.
//!
//! Every opening makes a folder of its own with a locked file in it: the system drops the lock when
//! the process goes, however it goes. In that folder instances arrive, and a journal says which
//! series folders they may have been given a name in; it is on the disk before the first name is.
//! So whoever opens the archive next knows what to remove and where to look for what the index
//! does not hold yet.

use std::collections::HashSet;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use uuid::Uuid;

use crate::files::FileError;
use crate::files::Readable;
use crate::files::make_folder;
use crate::files::write_atomically;

use super::ArchiveError;

const SESSIONS: &str = "sessions";
const ALIVE: &str = "alive.lock";
const TOUCHED: &str = "touched";
const IN_USE: &str = "in_use";

/// One opening of the archive.
#[derive(Debug)]
pub(super) struct Session {
    state: PathBuf,
    folder: PathBuf,
    id: String,
    touched: Mutex<Touched>,
    /// Held for as long as this lives.
    _alive: File,
    _open: File,
}

#[derive(Debug)]
struct Touched {
    journal: File,
    /// Bytes of the journal that are sure to be whole lines.
    length: u64,
    known: HashSet<String>,
}

impl Touched {
    fn write(&mut self, line: &str) -> io::Result<()> {
        // A full disk may have taken the beginning of a line, which would make another of the next.
        self.journal.set_len(self.length)?;
        self.journal.seek(SeekFrom::Start(self.length))?;
        self.journal.write_all(line.as_bytes())?;
        self.journal.sync_data()?;
        self.length += line.len() as u64;
        Ok(())
    }
}

/// A session, and what it found.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) session: Session,
    /// What the dead left.
    pub(super) remains: Vec<Remains>,
    /// Nobody else has the archive open.
    pub(super) is_alone: bool,
    /// While this is kept, nobody else opens the archive.
    pub(super) births: File,
}

/// What an opening left behind whose process is gone. The lock is ours now: nobody else cleans up.
#[derive(Debug)]
pub(super) struct Remains {
    folder: PathBuf,
    lock: File,
    /// Series folders, relative to the archive's, that the index may not know all of.
    pub(super) touched: Vec<String>,
}

impl Session {
    /// Begins one, in the archive's state folder.
    pub(super) fn begin(state: &Path) -> Result<Begun, ArchiveError> {
        make_folder(&state.join(SESSIONS), Readable::ByUserAlone)?;
        let births = lock_births(state)?;
        let (open, is_alone) = lock_open(state)?;
        let remains = remains(state)?;
        let id = Uuid::new_v4().simple().to_string();
        let folder = state.join(SESSIONS).join(&id);
        make_folder(&folder, Readable::ByUserAlone)?;
        let path = folder.join(ALIVE);
        let alive = create(&path)?;
        if !try_lock(&alive, &path)? {
            return Err(ArchiveError::NoLocks(path));
        }
        let path = folder.join(TOUCHED);
        let journal = create(&path)?;
        let synced = File::open(&folder).and_then(|folder| folder.sync_all());
        if cfg!(unix) {
            synced.map_err(|source| FileError::Write { path, source })?;
        }
        let session = Self {
            state: state.to_owned(),
            folder,
            id,
            touched: Mutex::new(Touched {
                journal,
                length: 0,
                known: HashSet::new(),
            }),
            _alive: alive,
            _open: open,
        };
        Ok(Begun {
            session,
            remains,
            is_alone,
            births,
        })
    }

    /// Its name, unlike any other's.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Where instances arrive.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes that instances are going to be named in, or removed from, this series folder
    /// (relative to the archive's). On the disk when this returns.
    pub(super) fn touch(&self, series_folder: &str) -> Result<(), FileError> {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.known.contains(series_folder) {
            return Ok(());
        }
        let line = format!("{series_folder}\n");
        touched.write(&line).map_err(|source| FileError::Write {
            path: self.folder.join(TOUCHED),
            source,
        })?;
        touched.known.insert(series_folder.to_owned());
        Ok(())
    }

    /// Whether the opening of this name still lives.
    pub(super) fn is_alive(&self, id: &str) -> bool {
        if id == self.id {
            return true;
        }
        let path = self.state.join(SESSIONS).join(id).join(ALIVE);
        // In doubt it lives: nothing must run twice.
        match File::open(&path) {
            Ok(file) => file.try_lock_shared().is_err(),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Held while a study goes, and while one is opened, by whichever program: neither finds half
    /// of it. Waits for whoever has it.
    pub(super) fn lock_removing(&self) -> Result<File, ArchiveError> {
        let path = self.state.join("removing.lock");
        let file = create(&path)?;
        match file.lock() {
            Ok(()) => Ok(file),
            Err(_) => Err(ArchiveError::NoLocks(path)),
        }
    }

    /// These studies (Study Instance UIDs) are open here from now on, and no others.
    pub(super) fn set_in_use(&self, study_uids: &[String]) -> Result<(), FileError> {
        let path = self.folder.join(IN_USE);
        write_atomically(
            &path,
            study_uids.join("\n").as_bytes(),
            Readable::ByUserAlone,
        )
    }

    /// What is open anywhere, as all that live have said.
    pub(super) fn in_use(&self) -> Result<HashSet<String>, FileError> {
        let sessions = self.state.join(SESSIONS);
        let failed = |source| FileError::Read {
            path: sessions.clone(),
            source,
        };
        let mut in_use = HashSet::new();
        for entry in std::fs::read_dir(&sessions).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path().join(IN_USE);
            let uids = match std::fs::read_to_string(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                uids => uids.map_err(|source| FileError::Read { path, source })?,
            };
            if self.is_alive(&entry.file_name().to_string_lossy()) {
                in_use.extend(uids.lines().map(str::to_owned));
            }
        }
        Ok(in_use)
    }

    /// Everything is in the index: nothing needs to be looked for.
    pub(super) fn end(&self) {
        // What stays is looked through by the next opening; it costs time only.
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!("the folder of an archive session stays: {error}");
        }
    }
}

impl Remains {
    /// What it left behind is dealt with.
    pub(super) fn clear(self) {
        drop(self.lock); // a locked file cannot be removed everywhere
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!("the folder of a dead archive session stays: {error}");
        }
    }
}

fn remains(state: &Path) -> Result<Vec<Remains>, ArchiveError> {
    let sessions = state.join(SESSIONS);
    let failed = |source| FileError::Read {
        path: sessions.clone(),
        source,
    };
    let mut remains = Vec::new();
    for entry in std::fs::read_dir(&sessions).map_err(failed)? {
        let folder = entry.map_err(failed)?.path();
        let path = folder.join(ALIVE);
        // For writing: some network file systems lock nothing else exclusively.
        let lock = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // It died before it had begun, or while it was cleared away.
                drop(std::fs::remove_dir_all(&folder));
                continue;
            }
            Err(source) => return Err(FileError::Read { path, source }.into()),
        };
        if !try_lock(&lock, &path)? {
            continue;
        }
        let path = folder.join(TOUCHED);
        let journal = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            journal => journal.map_err(|source| FileError::Read { path, source })?,
        };
        let journal = String::from_utf8_lossy(&journal);
        // A line without its end was not on the disk when its process died: nothing came after it.
        let lines = journal.split_inclusive('\n');
        let touched = lines.filter_map(|line| line.strip_suffix('\n'));
        let touched: Vec<String> = touched.map(str::to_owned).collect();
        remove_parts(&folder);
        remains.push(Remains {
            folder,
            lock,
            touched,
        });
    }
    Ok(remains)
}

/// Removes what had begun to arrive. The rest stays until the index has caught up.
fn remove_parts(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "part")
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!("a file that never arrived stays: {error}");
        }
    }
}

/// The lock that all who have the archive open share, and whether we are the only one. Another
/// machine's is refused: no lock of SQLite's write-ahead log reaches across machines.
fn lock_open(state: &Path) -> Result<(File, bool), ArchiveError> {
    let path = state.join("open.lock");
    let file = create(&path)?;
    let name = state.join("machine");
    let failed = |source| FileError::Write {
        path: name.clone(),
        source,
    };
    let own = machine();
    let is_alone = try_lock(&file, &path)?;
    if is_alone {
        std::fs::write(&name, &own).map_err(failed)?;
        file.unlock().map_err(failed)?;
    }
    match file.try_lock_shared() {
        Ok(()) => {}
        Err(_) => return Err(ArchiveError::NoLocks(path)),
    }
    let there = std::fs::read_to_string(&name).unwrap_or_default();
    if there != own {
        return Err(ArchiveError::OtherMachine(there));
    }
    Ok((file, is_alone))
}

/// Held while a session is born and while the dead are counted: one that has no lock yet is no
/// dead one.
fn lock_births(state: &Path) -> Result<File, ArchiveError> {
    let path = state.join("births.lock");
    let file = create(&path)?;
    match file.lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(ArchiveError::NoLocks(path)),
    }
}

fn create(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(|source| FileError::Write {
        path: path.to_owned(),
        source,
    })
}

fn try_lock(file: &File, path: &Path) -> Result<bool, ArchiveError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(_)) => Err(ArchiveError::NoLocks(path.to_owned())),
    }
}

/// This machine's name.
fn machine() -> String {
    let from_file = |path| std::fs::read_to_string(path).ok();
    let name = from_file("/proc/sys/kernel/hostname")
        .or_else(|| from_file("/etc/hostname"))
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_default();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(state: &Path) -> (Session, Vec<Remains>, bool) {
        let begun = Session::begin(state).unwrap();
        (begun.session, begun.remains, begun.is_alone)
    }

    #[test]
    fn what_the_dead_left_is_found_and_the_living_are_let_be() {
        let state = tempfile::tempdir().unwrap();
        let (first, remains, is_alone) = begin(state.path());
        assert!(remains.is_empty() && is_alone);
        first.touch("a/1/2").unwrap();
        first.touch("a/1/3").unwrap();
        first.touch("a/1/2").unwrap();
        let part = first.folder().join(".arriving.1-1.part");
        std::fs::write(&part, b"x").unwrap();
        let id = first.id().to_owned();

        let (second, remains, is_alone) = begin(state.path());
        assert!(remains.is_empty() && !is_alone);
        assert!(second.is_alive(&id) && part.exists());
        drop(first); // as a kill would: the folder stays, the lock goes

        let (_third, mut remains, _) = begin(state.path());
        let remains = remains.pop().unwrap();
        assert_eq!(remains.touched, ["a/1/2", "a/1/3"]);
        assert!(!part.exists());
        let folder = remains.folder.clone();
        remains.clear();
        assert!(!folder.exists() && !second.is_alive(&id));
    }

    #[test]
    fn an_archive_open_on_another_machine_is_refused_by_its_name() {
        let state = tempfile::tempdir().unwrap();
        let _first = begin(state.path());
        std::fs::write(state.path().join("machine"), "ws-07").unwrap();
        let error = Session::begin(state.path()).unwrap_err();
        assert!(matches!(error, ArchiveError::OtherMachine(name) if name == "ws-07"));
    }

    #[test]
    fn a_torn_line_of_the_journal_is_none() {
        let state = tempfile::tempdir().unwrap();
        let (first, _, _) = begin(state.path());
        first.touch("a").unwrap();
        let journal = first.folder().join(TOUCHED);
        drop(first);
        std::fs::write(&journal, b"a\nb").unwrap();
        let (_, remains, _) = begin(state.path());
        assert_eq!(remains[0].touched, ["a"]);
    }
}
