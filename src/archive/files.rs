//! Where the files of what is in the archive are, for those who show or send them.

use std::path::Path;
use std::path::PathBuf;

use crate::model::StudyMatch;

use super::Archive;
use super::ArchiveError;
use super::index::Known;
use super::names;
use super::open::STATE;
use super::store::Store;

impl Archive {
    /// Whether there is an archive in this folder.
    #[must_use]
    pub fn is_at(folder: &Path) -> bool {
        folder.join(STATE).is_dir()
    }

    /// Whether a file lies where instances are kept that contradict one of the same identifiers.
    #[must_use]
    pub fn is_aside(&self, file: &Path) -> bool {
        file.starts_with(self.store.folder.join(names::ASIDE))
    }

    /// The files of a study that was found, or of the series or instance: series by series, by
    /// number, for the window to open as it opens files. Of no other patient's, also where two have
    /// a study of one UID. Empty if it is not there.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn study_files(&self, found: &StudyMatch) -> Result<Vec<PathBuf>, ArchiveError> {
        let Some(study) = self.store.index.study_of(found)? else {
            return Ok(Vec::new());
        };
        let mut instances = if found.series_uid.is_empty() {
            self.store.index.instances_of(study.id)?
        } else {
            let index = &self.store.index;
            index.instances_of_series(study.id, &found.series_uid)?
        };
        if !found.sop_instance_uid.is_empty() {
            instances.retain(|it| it.sop_instance_uid == found.sop_instance_uid);
        }
        let files = instances.iter().map(|known| self.store.file_of(known));
        let mut files: Vec<PathBuf> = files.collect();
        files.dedup(); // a zip archive gives many
        Ok(files)
    }

    /// The file of an instance; any, where two patients have one of this UID.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn file_of(&self, sop_instance_uid: &str) -> Result<Option<PathBuf>, ArchiveError> {
        let found = self.store.index.file_of_instance(sop_instance_uid)?;
        Ok(found.map(|known| self.store.file_of(&known)))
    }
}

impl Store {
    /// Where an instance lies.
    pub(super) fn file_of(&self, known: &Known) -> PathBuf {
        if known.is_own {
            self.folder.join(&known.path)
        } else {
            PathBuf::from(&known.path)
        }
    }
}
