//! Looking after the local archive: taking in, checking, making room. Nothing is removed that was
//! not shown first, unless the reader has said in the settings that it may.

use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::{CheckDepth, CleanUpLimits, CleanUpPlan, CleanUpReport, ImportMode};
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
    /// Plan and do it at once, beside all else.
    Tidy(CleanUpLimits, InUse),
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
    /// The reader stopped it; what is to be said of that.
    Stopped(Message),
    /// What went by itself, or why that failed.
    Tidied(Result<CleanUpReport, Message>),
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
    /// It is time for what the settings let go by itself.
    Tidy,
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

/// To one decimal.
#[must_use]
pub fn mebibytes(bytes: u64) -> f64 {
    (bytes as f64 / 1_048_576.0 * 10.0).round() / 10.0
}

impl Workspace {
    pub(super) fn edit_archive(&mut self, edit: ArchiveEdit) -> Vec<Effect> {
        let work = match edit {
            ArchiveEdit::LeavePlan => {
                self.archive.plan = None;
                return Vec::new();
            }
            ArchiveEdit::Tidy => return self.tidy_archive(),
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

    fn tidy_archive(&self) -> Vec<Effect> {
        let limits = self.settings.pacs.automatic_clean_up();
        let work = limits.map(|limits| ArchiveWork::Tidy(limits, self.studies_in_use()));
        work.map(|work| Effect::Spawn(Task::Archive(work)))
            .into_iter()
            .collect()
    }

    /// Only what went is worth a word.
    fn archive_tidied(&mut self, result: Result<CleanUpReport, Message>) {
        let problem = match result {
            Err(why) => Problem::error(why),
            Ok(report) if report.studies > 0 => Problem {
                severity: Severity::Note,
                message: Message::new(msg("archive-tidied"))
                    .count("studies", report.studies)
                    .number("mib", mebibytes(report.bytes)),
                path: None,
            },
            Ok(_) => return,
        };
        self.notices.push(problem);
    }

    pub(super) fn archive_done(&mut self, done: ArchiveDone) {
        if !matches!(done, ArchiveDone::Tidied(_)) {
            self.archive.is_working = false;
        }
        match done {
            ArchiveDone::Tidied(result) => self.archive_tidied(result),
            ArchiveDone::Stopped(message) => self.archive.told = Some((message, Vec::new())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacs::{Node, NodeAddress};
    use crate::workspace::{CleanUp, NodeEdit};

    fn tidied(workspace: &mut Workspace) -> Option<CleanUpLimits> {
        let effects = workspace.edit_archive(ArchiveEdit::Tidy);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Spawn(Task::Archive(ArchiveWork::Tidy(limits, _))) => Some(limits),
            _ => None,
        })
    }

    #[test]
    fn nothing_goes_by_itself_unless_the_reader_said_so_and_how_much() {
        let mut workspace = Workspace::default();
        assert_eq!(tidied(&mut workspace), None);
        let without_limits = CleanUp {
            is_automatic: true,
            ..CleanUp::default()
        };
        workspace.edit_nodes(NodeEdit::CleanUp(without_limits.clone()));
        assert_eq!(tidied(&mut workspace), None);
        workspace.edit_nodes(NodeEdit::CleanUp(CleanUp {
            unused_days: Some(365),
            ..without_limits
        }));
        workspace.edit_nodes(NodeEdit::Put(Node {
            name: "Main".into(),
            address: NodeAddress::parse("https://pacs.example/rs").unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        }));
        let limits = tidied(&mut workspace).unwrap();
        let nodes = limits.unattended.unwrap().nodes;
        let [node] = nodes.as_slice() else {
            panic!("{nodes:?}");
        };
        assert_eq!(
            (node.name.as_str(), node.origin.as_str()),
            ("Main", "pacs.example:443")
        );
        assert!(!limits.includes_never_sent && !workspace.archive.is_working);
    }

    #[test]
    fn what_went_by_itself_is_said_and_nothing_is_said_of_nothing() {
        let mut workspace = Workspace::default();
        workspace.archive.is_working = true;
        let report = CleanUpReport {
            studies: 2,
            ..CleanUpReport::default()
        };
        workspace.archive_done(ArchiveDone::Tidied(Ok(CleanUpReport::default())));
        assert!(workspace.notices.shown().is_empty());
        workspace.archive_done(ArchiveDone::Tidied(Ok(report)));
        assert_eq!(workspace.notices.shown().len(), 1);
        assert!(
            workspace.archive.is_working,
            "the reader's own work goes on"
        );
    }
}
