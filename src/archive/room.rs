//! Whether there is room for what is to be fetched, and how much was not enough.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::files::FileError;
use crate::files::Readable;
use crate::files::TemporaryFile;

use super::Archive;
use super::ArchiveError;
use super::store::no_room;

/// With less room than this nothing is fetched, for it would come in vain.
const LEAST_ROOM: usize = 1 << 20;

/// What is arriving at the moment, and what of it the disk did not take.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Bytes on their way that have no name yet.
    arriving: AtomicU64,
    /// Bytes that were on their way when the disk took no more.
    lacked: AtomicU64,
}

impl Room {
    pub(super) fn add(&self, bytes: u64) {
        self.arriving.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn remove(&self, bytes: u64) {
        self.arriving.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The disk takes no more.
    pub(super) fn run_out(&self) {
        let arriving = self.arriving.load(Ordering::Relaxed);
        self.lacked.fetch_max(arriving, Ordering::Relaxed);
    }
}

impl Archive {
    /// Looks whether anything can be kept now, before it is fetched: [`ArchiveError::Gone`] of a
    /// drive that is away. `lacked` bytes were not enough before: as long as there are no more, what
    /// was larger would only come in vain once more.
    ///
    /// # Errors
    /// [`ArchiveError`], which says why nothing can.
    pub fn check_room(&self, lacked: u64) -> Result<(), ArchiveError> {
        let folder = &self.store.folder;
        if !Self::is_at(folder) {
            return Err(ArchiveError::Gone(folder.clone()));
        }
        let refused = |error| ArchiveError::Refused(no_room(error).in_folder(folder));
        let state = self.store.session.folder();
        let (mut file, temporary) =
            TemporaryFile::in_folder(state, Readable::ByUserAlone).map_err(refused)?;
        let written = file.write_all(&vec![0; LEAST_ROOM]);
        written.map_err(|source| {
            let path = temporary.path().to_owned();
            refused(FileError::Write { path, source })
        })?;
        // What was just written is room as well.
        let left = room_left(state).map(|left| left.saturating_add(LEAST_ROOM as u64));
        match left.filter(|left| lacked > 0 && *left <= lacked.saturating_add(LEAST_ROOM as u64)) {
            Some(left) => Err(ArchiveError::TooLittleRoom {
                folder: folder.clone(),
                left,
            }),
            None => Ok(()),
        }
    }

    /// How many bytes were arriving when the disk took no more; 0 if it always did since the last
    /// call.
    pub fn take_lacked(&self) -> u64 {
        self.store.room.lacked.swap(0, Ordering::Relaxed)
    }
}

/// Bytes that may still be written there; `None` where the system does not say.
#[cfg(unix)]
fn room_left(folder: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(folder).ok()?;
    Some(room.f_bavail.saturating_mul(room.f_frsize))
}

#[cfg(not(unix))]
fn room_left(_: &Path) -> Option<u64> {
    None
}
