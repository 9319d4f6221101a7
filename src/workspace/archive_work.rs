//! Looking after the local archive: taking in, checking, making room. Nothing is removed that was
//! not shown first.

use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::{CheckDepth, CleanUpLimits, CleanUpPlan, ImportMode};
use crate::dicom::ByteSource;
use crate::problem::{Message, Problem, Severity, msg};
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, Task};

/// What can be done with the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum ArchiveWork {
    /// Take in all that these lead to.
    Import(Vec<PathBuf>, ImportMode),
    /// Compare index and files.
    Check(CheckDepth),
    /// Make the index again.
    Rebuild,
    /// What these limits would let go.
    Plan(CleanUpLimits, InUse),
    /// Do what was planned.
    CleanUp(CleanUpLimits, Arc<CleanUpPlan>, InUse),
}

/// Study Instance UIDs of what is open.
pub type InUse = Vec<String>;

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum ArchiveDone {
    /// A sentence about it, and the files it is about.
    Told(Message, Vec<PathBuf>),
    /// What would go.
    Planned(CleanUpLimits, Arc<CleanUpPlan>),
    /// It could not be done.
    Failed(Message),
}

/// A wish about the archive.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum ArchiveEdit {
    Import(PathBuf, ImportMode),
    /// The files of the study on screen, as copies.
    Keep,
    Check(CheckDepth),
    Rebuild,
    /// Shows what would go.
    Plan(CleanUpLimits),
    /// Removes what is shown.
    CleanUp,
    /// Removes nothing.
    LeavePlan,
}

/// How the archive's work stands.
#[derive(Debug, Default)]
pub struct ArchiveState {
    /// What would go, for the reader to agree.
    pub plan: Option<(CleanUpLimits, Arc<CleanUpPlan>)>,
    /// What was said last, and the files it is about.
    pub told: Option<(Message, Vec<PathBuf>)>,
    /// Something is being done.
    pub is_working: bool,
}

impl Workspace {
    pub(super) fn edit_archive(&mut self, edit: ArchiveEdit) -> Vec<Effect> {
        let work = match edit {
            ArchiveEdit::LeavePlan => {
                self.archive.plan = None;
                return Vec::new();
            }
            ArchiveEdit::Import(path, mode) => ArchiveWork::Import(vec![path], mode),
            ArchiveEdit::Keep => ArchiveWork::Import(self.files_on_screen(), ImportMode::Copy),
            ArchiveEdit::Check(depth) => ArchiveWork::Check(depth),
            ArchiveEdit::Rebuild => ArchiveWork::Rebuild,
            ArchiveEdit::Plan(limits) => ArchiveWork::Plan(limits, self.studies_in_use()),
            ArchiveEdit::CleanUp => match self.archive.plan.take() {
                Some((limits, plan)) => ArchiveWork::CleanUp(limits, plan, self.studies_in_use()),
                None => return Vec::new(),
            },
        };
        self.archive.is_working = true;
        self.archive.told = None;
        vec![Effect::Spawn(Task::Archive(work))]
    }

    pub(super) fn archive_done(&mut self, done: ArchiveDone) {
        self.archive.is_working = false;
        match done {
            ArchiveDone::Told(message, files) => {
                self.notices.push(Problem {
                    severity: Severity::Note,
                    message: message.clone(),
                    path: None,
                });
                self.archive.told = Some((message, files));
            }
            ArchiveDone::Planned(limits, plan) if plan.studies.is_empty() => {
                drop((limits, plan));
                let nothing = Message::new(msg("archive-clean-nothing"));
                self.archive.told = Some((nothing, Vec::new()));
            }
            ArchiveDone::Planned(limits, plan) => self.archive.plan = Some((limits, plan)),
            ArchiveDone::Failed(message) => {
                self.notices.push(Problem::error(message.clone()));
                self.archive.told = Some((message, Vec::new()));
            }
        }
    }

    /// What is open is never cleaned away.
    fn studies_in_use(&self) -> InUse {
        let studies = self.library.studies();
        studies
            .map(|study| study.module.study_instance_uid.clone())
            .collect()
    }

    /// Files and archives the study on screen came from.
    fn files_on_screen(&self) -> Vec<PathBuf> {
        let study = self.active_study();
        let headers = study.into_iter().flat_map(|it| self.library.headers_of(it));
        let mut files: Vec<PathBuf> = headers
            .filter_map(|header| match &header.source {
                ByteSource::File(path) => Some(path.to_path_buf()),
                ByteSource::ZipEntry { archive, .. } => Some(archive.to_path_buf()),
                ByteSource::Memory(_) => None,
            })
            .collect();
        files.sort();
        files.dedup();
        files
    }
}
