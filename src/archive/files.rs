//! Where the files of what is in the archive are, for those who show or send them.

use std::path::Path;
use std::path::PathBuf;

use crate::model::StudyMatch;

use super::Archive;
use super::ArchiveError;
use super::open::STATE;

impl Archive {
    /// Whether there is an archive in this folder.
    #[must_use]
    pub fn is_at(folder: &Path) -> bool {
        folder.join(STATE).is_dir()
    }

    /// The files of a study, series by series, by their instance numbers; of this patient's, where
    /// two patients have a study of one UID.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn study_files(&self, study: &StudyMatch) -> Result<Vec<PathBuf>, ArchiveError> {
        let found = self
            .store
            .index
            .study_paths(&study.study_uid, &study.patient_id)?;
        Ok(self.absolute(found))
    }

    /// The file of an instance; any, where two patients have one of this UID.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn file_of(&self, sop_instance_uid: &str) -> Result<Option<PathBuf>, ArchiveError> {
        let found = self.store.index.instance_paths(sop_instance_uid)?;
        Ok(self.absolute(found).into_iter().next())
    }

    /// What is the archive's own lies below its folder; what is known by reference anywhere.
    fn absolute(&self, found: Vec<(String, bool)>) -> Vec<PathBuf> {
        let place = |(path, is_own): (String, bool)| {
            if is_own {
                self.folder().join(path)
            } else {
                PathBuf::from(path)
            }
        };
        found.into_iter().map(place).collect()
    }
}
