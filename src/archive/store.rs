//! Keeping instances: each gets its name once all of it is on the disk, and never takes the place
//! of another.

use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::LONGEST_COMPARISON;
use crate::dicom::Refusal;
use crate::dicom::Sameness;
use crate::dicom::read_header;
use crate::files::FileError;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

use super::ArchiveError;
use super::catch_up::is_damage;
use super::catch_up::is_gone;
use super::entry::Checksum;
use super::entry::Entry;
use super::entry::Place;
use super::index::Index;
use super::indexer::Indexer;
use super::names;
use super::room::Room;
use super::session::Session;

/// What all who keep instances share.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) folder: PathBuf,
    pub(super) session: Arc<Session>,
    pub(super) index: Arc<Index>,
    pub(super) indexer: Indexer,
    pub(super) problems: Arc<Problems>,
    /// Locked while a name is given; the file's lock holds other programs.
    pub(super) naming: Mutex<File>,
    pub(super) room: Room,
}

/// An instance that lies complete and synced in the session's folder.
pub(super) struct Arrived<'a> {
    /// Its header.
    pub(super) header: &'a InstanceHeader,
    pub(super) checksum: Checksum,
    /// Bytes of its file.
    pub(super) size: u64,
    /// AE title or host.
    pub(super) from: &'a str,
}

/// What is to be done with what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It gets this name, unless someone else has it by then.
    Keep {
        patient_folder: String,
        path: String,
    },
    /// It is there already, under this name.
    Known {
        patient_folder: String,
        path: String,
    },
    /// Another with the same identifiers is there: it gets a name aside.
    Aside {
        path: PathBuf,
        other: PathBuf,
        /// What is known of the two.
        sameness: Sameness,
    },
}

/// What became of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is in the archive.
    New(PathBuf),
    /// It was there already.
    Known(PathBuf),
    /// It contradicts one that is there and was kept aside.
    Aside(PathBuf),
}

impl Store {
    /// Gives what arrived its place. `name_it` renames the temporary file, durably.
    pub(super) fn keep(
        &self,
        arrived: &Arrived<'_>,
        name_it: impl FnOnce(&Path) -> Result<(), Refusal>,
    ) -> Result<Kept, Refusal> {
        let nowhere = Place::Reference {
            path: String::new(),
            entry: String::new(),
        };
        let mut entry =
            Entry::read(arrived.header, nowhere, arrived.size).map_err(Refusal::Unreadable)?;
        entry.checksum = Some(arrived.checksum);
        arrived.from.clone_into(&mut entry.from);
        loop {
            let (path, patient_folder) = match self.verdict(&entry, arrived)? {
                Verdict::Known {
                    patient_folder,
                    path,
                } => return Ok(self.know_again(entry, patient_folder, path)),
                Verdict::Aside {
                    path,
                    other,
                    sameness,
                } => return self.keep_aside(&path, &other, sameness, name_it),
                Verdict::Keep {
                    patient_folder,
                    path,
                } => (path, patient_folder),
            };
            let file = self.folder.join(&path);
            if let Some((series_folder, _)) = path.rsplit_once('/') {
                self.session.touch(series_folder).map_err(no_room)?;
                self.make_folders(series_folder)
                    .map_err(|error| no_place(&file, &error))?;
            }
            let naming = self.naming.lock().unwrap_or_else(PoisonError::into_inner);
            naming.lock().map_err(|source| no_lock(&file, source))?;
            if file.try_exists().map_err(|source| no_name(&file, source))? {
                drop(naming.unlock()); // it goes with the next lock at the latest
                continue; // someone was faster: what lies there now is compared
            }
            let named = name_it(&file);
            drop(naming.unlock());
            drop(naming);
            named?;
            entry.place = Place::Own {
                patient_folder,
                path,
            };
            self.indexer.add(entry);
            return Ok(Kept::New(file));
        }
    }

    fn verdict(&self, entry: &Entry, arrived: &Arrived<'_>) -> Result<Verdict, Refusal> {
        let study_uid = &entry.study.study_instance_uid;
        let (patient, problem) = self
            .index
            .patient_for(&entry.patient, study_uid)
            .map_err(not_indexed)?;
        if let Some(problem) = problem {
            self.problems.report(problem);
        }
        let path = format!(
            "{}/{}",
            entry.series_folder(&patient.folder),
            entry.file_name()
        );
        let file = self.folder.join(&path);
        let patient_folder = patient.folder.clone();
        if file.try_exists().map_err(|source| no_name(&file, source))? {
            let source = ByteSource::File(file.as_path().into());
            return match read_header(source) {
                Ok(there) => Ok(match compare(&there, arrived.header) {
                    Sameness::Same => Verdict::Known {
                        patient_folder,
                        path,
                    },
                    sameness => self.aside(entry, arrived, file, sameness),
                }),
                Err(error) if is_damage(&error) => {
                    // What makes no instance makes room, and is not lost.
                    self.set_damaged_aside(&file)?;
                    Ok(Verdict::Keep {
                        patient_folder,
                        path,
                    })
                }
                Err(error) if is_gone(&error) => Ok(Verdict::Keep {
                    patient_folder,
                    path,
                }),
                // The disk did not give it this time: it may be whole.
                Err(error) => Err(Refusal::Unkept(
                    Message::new(msg("archive-copy-unread"))
                        .text("file", file.display().to_string())
                        .message("reason", error.message()),
                )),
            };
        }
        // The archive may know it by a reference to a file elsewhere.
        let known = self
            .index
            .find_known(&patient, entry)
            .map_err(not_indexed)?;
        if let Some(known) = known.filter(|known| !known.is_own && known.entry.is_empty()) {
            let other = PathBuf::from(known.path);
            let source = ByteSource::File(other.as_path().into());
            if let Ok(there) = read_header(source) {
                let sameness = compare(&there, arrived.header);
                if sameness != Sameness::Same {
                    return Ok(self.aside(entry, arrived, other, sameness));
                }
            }
        }
        Ok(Verdict::Keep {
            patient_folder,
            path,
        })
    }

    /// The index hears of what is there once more: the study counts as used, and an instance that
    /// it had lost is found again.
    fn know_again(&self, mut entry: Entry, patient_folder: String, path: String) -> Kept {
        let file = self.folder.join(&path);
        if let Some((series_folder, _)) = path.rsplit_once('/') {
            // On a full disk this fails; what is there is there all the same.
            if let Err(error) = self.session.touch(series_folder) {
                tracing::warn!("the archive's journal was not written: {error}");
            }
        }
        // Its meta information may not be that of the file which is there.
        entry.checksum = None;
        if let Ok(metadata) = std::fs::metadata(&file) {
            entry.size = metadata.len();
            entry.place = Place::Own {
                patient_folder,
                path,
            };
            self.indexer.add(entry);
        }
        Kept::Known(file)
    }

    fn aside(
        &self,
        entry: &Entry,
        arrived: &Arrived<'_>,
        other: PathBuf,
        sameness: Sameness,
    ) -> Verdict {
        let content = names::hex(arrived.checksum.sha256.get(..6).unwrap_or_default());
        let name = format!("{}-{content}.dcm", names::of_uid(&entry.sop_instance_uid));
        let study = names::of_uid(&entry.study.study_instance_uid);
        let path = self.folder.join(names::ASIDE).join(study).join(name);
        Verdict::Aside {
            path,
            other,
            sameness,
        }
    }

    fn keep_aside(
        &self,
        path: &Path,
        other: &Path,
        sameness: Sameness,
        name_it: impl FnOnce(&Path) -> Result<(), Refusal>,
    ) -> Result<Kept, Refusal> {
        if path.exists() {
            return Ok(Kept::Known(path.to_owned()));
        }
        if let Ok(relative) = path.strip_prefix(&self.folder)
            && let Some(relative) = relative.parent().and_then(Path::to_str)
        {
            self.make_folders(&relative.replace('\\', "/"))
                .map_err(|error| no_place(path, &error))?;
        }
        name_it(path)?;
        let sentence = match sameness {
            Sameness::Unproven => msg("archive-kept-aside-unproven"),
            Sameness::Same | Sameness::Different => msg("archive-kept-aside"),
        };
        let message = Message::new(sentence)
            .text("other", other.display().to_string())
            .text("aside", path.display().to_string());
        self.problems.report(Problem::warning(message).at(path));
        Ok(Kept::Aside(path.to_owned()))
    }

    fn set_damaged_aside(&self, file: &Path) -> Result<(), Refusal> {
        self.make_folders(names::ASIDE)
            .map_err(|error| no_place(file, &error))?;
        let naming = self.naming.lock().unwrap_or_else(PoisonError::into_inner);
        naming.lock().map_err(|source| no_lock(file, source))?;
        let source = ByteSource::File(file.into());
        let moved = if read_header(source).is_err_and(|error| is_damage(&error)) {
            self.move_damaged(file)
        } else {
            Ok(()) // someone put a whole one there meanwhile
        };
        drop(naming.unlock());
        moved
    }

    fn move_damaged(&self, file: &Path) -> Result<(), Refusal> {
        let name = file.file_name().unwrap_or_default();
        let mut number = 1;
        let aside = loop {
            let mut damaged = name.to_owned();
            damaged.push(format!(".damaged-{number}"));
            let aside = self.folder.join(names::ASIDE).join(damaged);
            if !aside.exists() {
                break aside;
            }
            number += 1;
        };
        std::fs::rename(file, &aside).map_err(|source| no_name(file, source))?;
        let message =
            Message::new(msg("archive-damaged-aside")).text("aside", aside.display().to_string());
        self.problems.report(Problem::warning(message).at(file));
        Ok(())
    }

    /// Makes folders below the archive's so that a power cut leaves them there.
    fn make_folders(&self, relative: &str) -> Result<(), FileError> {
        let mut folder = self.folder.clone();
        for part in relative.split('/') {
            let above = folder.clone();
            folder.push(part);
            let failed = |source| FileError::Folder {
                path: folder.clone(),
                source,
            };
            match std::fs::create_dir(&folder) {
                Ok(()) => sync_folder(&above).map_err(failed)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What is not in the index stays in the session's journal, for the next opening.
        if self.indexer.stop() {
            self.session.end();
        }
    }
}

/// Whether what came is what is there, as it is or in another lossless syntax, as far as that is
/// found out while a peer waits.
pub(super) fn compare(there: &InstanceHeader, came: &InstanceHeader) -> Sameness {
    let until = Instant::now() + LONGEST_COMPARISON;
    if there.has_same_content(came) {
        return Sameness::Same;
    }
    there.compare_in_another_syntax(came, until)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(()); // a folder cannot be opened as a file there
    }
    match File::open(folder)?.sync_all() {
        // Some network file systems cannot sync a folder.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        result => result,
    }
}

pub(super) fn no_room(error: FileError) -> Refusal {
    Refusal::NoRoom(error.message())
}

/// Without the lock that other programs hold as well, nothing gets a name.
fn no_lock(path: &Path, source: io::Error) -> Refusal {
    no_room(FileError::Write {
        path: path.to_owned(),
        source,
    })
}

fn no_name(path: &Path, source: io::Error) -> Refusal {
    let error = FileError::Write {
        path: path.to_owned(),
        source,
    };
    no_place(path, &error)
}

/// A file that cannot be where it belongs.
fn no_place(path: &Path, error: &FileError) -> Refusal {
    match Refusal::of_file(error) {
        Refusal::Unkept(reason) => Refusal::Unkept(
            Message::new(msg("archive-no-place"))
                .text("file", path.display().to_string())
                .message("reason", reason),
        ),
        refusal => refusal,
    }
}

/// Without knowing whose it is, an instance has no place; where the index takes nothing at all,
/// none has.
fn not_indexed(error: ArchiveError) -> Refusal {
    match &error {
        ArchiveError::Full
        | ArchiveError::ReadOnly
        | ArchiveError::Damaged(_)
        | ArchiveError::Gone(_) => Refusal::NoRoom(error.message()),
        _ => Refusal::Unkept(error.message()),
    }
}
