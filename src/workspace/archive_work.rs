//! Looking after the local archive: taking in, checking, making room. Nothing is removed that was
//! not shown first, unless the reader has said in the settings that it may.

use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::{CheckDepth, CleanUpLimits, CleanUpPlan, CleanUpReport, ImportMode};
use crate::dicom::ByteSource;
use crate::problem::{Message, Problem, Severity, msg};
use crate::text::size;
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
    /// What is to be said of it, and how bad that is.
    Told(Severity, Told),
    /// What would go.
    Planned(CleanUpLimits, Arc<CleanUpPlan>),
    /// It could not be done.
    Failed(Message),
    /// The reader stopped it; what is to be said of that.
    Stopped(Message),
    /// What went because the reader said so, and what ended it before its end.
    Cleaned {
        /// All that went until then.
        report: CleanUpReport,
        /// The sentence why.
        ended_by: Option<Message>,
    },
    /// What went by itself, and why that failed; that somebody stopped it is no failure.
    Tidied {
        /// All that went until then.
        report: CleanUpReport,
        /// The sentence why.
        failed: Option<Message>,
    },
}

/// A sentence about what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The sentence.
    pub message: Message,
    /// Files it is about, each with what is to be said of it.
    pub files: Vec<(PathBuf, Message)>,
    /// How bad it is.
    pub severity: Severity,
    /// What else there is to say.
    pub beside: Vec<Problem>,
}

impl Told {
    /// A sentence, and the files it is about.
    #[must_use]
    pub const fn new(message: Message, files: Vec<(PathBuf, Message)>) -> Self {
        Self {
            message,
            files,
            severity: Severity::Note,
            beside: Vec::new(),
        }
    }

    const fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
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
    /// What was said last.
    pub told: Option<Told>,
    /// Something is being done.
    pub is_working: bool,
    /// The page is open, and says itself what was done.
    pub is_page_open: bool,
}

const fn note(message: Message) -> Problem {
    Problem {
        severity: Severity::Note,
        message,
        path: None,
    }
}

/// What could not go, as it came to be in use.
fn passed_over(report: &CleanUpReport) -> Option<Problem> {
    let stays = Message::new(msg("archive-clean-passed"));
    (report.passed_over > 0).then(|| note(stays.count("count", report.passed_over)))
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

    /// Of what stays only files that should have gone are worth a word, unless something went.
    fn archive_tidied(&mut self, report: &CleanUpReport, failed: Option<Message>) {
        if report.studies > 0 {
            let went = Message::new(msg("archive-tidied"))
                .count("studies", report.studies)
                .message("size", size(report.bytes));
            self.notices.push(note(went));
            passed_over(report)
                .into_iter()
                .for_each(|it| self.notices.push(it));
        }
        self.tell_not_removed(report);
        if let Some(why) = failed {
            self.notices.push(Problem::error(why));
        }
    }

    fn archive_cleaned(&mut self, report: CleanUpReport, ended_by: Option<Message>) {
        let went = Message::new(msg("archive-clean-did"))
            .count("studies", report.studies)
            .message("size", size(report.bytes));
        let ended = ended_by.map(Problem::warning);
        let beside = passed_over(&report).into_iter().chain(ended).collect();
        let stay = report.not_removed.into_iter();
        let why = Message::new(msg("archive-clean-not-removed"));
        let stay = stay.map(|path| (path, why.clone())).collect();
        self.tell(Told {
            beside,
            ..Told::new(went, stay)
        });
    }

    /// On the page; as notices, too, where nobody looks at it.
    fn tell(&mut self, told: Told) {
        if !self.archive.is_page_open {
            self.notices.push(Problem {
                severity: told.severity,
                message: told.message.clone(),
                path: None,
            });
            for problem in &told.beside {
                self.notices.push(problem.clone());
            }
        }
        self.archive.told = Some(told);
    }

    fn tell_not_removed(&mut self, report: &CleanUpReport) {
        if let Some(first) = report.not_removed.first() {
            let stay = Message::new(msg("archive-tidied-not-removed"));
            let stay = stay.count("count", report.not_removed.len());
            self.notices.push(Problem::warning(stay).at(first));
        }
    }

    pub(super) fn archive_done(&mut self, done: ArchiveDone) {
        if !matches!(done, ArchiveDone::Tidied { .. }) {
            self.archive.is_working = false;
        }
        match done {
            ArchiveDone::Tidied { report, failed } => self.archive_tidied(&report, failed),
            ArchiveDone::Cleaned { report, ended_by } => self.archive_cleaned(report, ended_by),
            ArchiveDone::Stopped(message) => {
                self.archive.told = Some(Told::new(message, Vec::new()));
            }
            ArchiveDone::Told(severity, told) => self.tell(told.with_severity(severity)),
            ArchiveDone::Planned(limits, plan)
                if plan.studies.is_empty() && plan.kept_back.is_empty() =>
            {
                drop((limits, plan));
                let nothing = Message::new(msg("archive-clean-nothing"));
                self.archive.told = Some(Told::new(nothing, Vec::new()));
            }
            ArchiveDone::Planned(limits, plan) => self.archive.plan = Some((limits, plan)),
            ArchiveDone::Failed(message) => {
                self.tell(Told::new(message, Vec::new()).with_severity(Severity::Error));
            }
        }
    }

    /// What is open is never cleaned away.
    #[must_use]
    pub fn studies_in_use(&self) -> InUse {
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
        let tidied = |report, failed| ArchiveDone::Tidied { report, failed };
        workspace.archive_done(tidied(CleanUpReport::default(), None));
        assert!(workspace.notices.shown().is_empty());
        workspace.archive_done(tidied(report, None));
        assert_eq!(workspace.notices.shown().len(), 1);
        assert!(
            workspace.archive.is_working,
            "the reader's own work goes on"
        );
    }

    #[test]
    fn what_went_before_a_clean_up_ended_early_is_said_and_what_stays_too() {
        let report = CleanUpReport {
            studies: 2,
            bytes: 1 << 20,
            passed_over: 3,
            not_removed: vec![PathBuf::from("/archive/images/a.dcm")],
        };
        let said = |done| {
            let mut workspace = Workspace::default();
            workspace.archive_done(done);
            let notices = workspace.notices.shown().iter();
            let ids: Vec<_> = notices.map(|it| it.problem.message.id).collect();
            (ids, workspace.archive.told)
        };
        let why = || Some(Message::new(msg("archive-cancelled")));
        let (ids, _) = said(ArchiveDone::Tidied {
            report: report.clone(),
            failed: why(),
        });
        for id in [
            msg("archive-tidied"),
            msg("archive-clean-passed"),
            msg("archive-tidied-not-removed"),
            msg("archive-cancelled"),
        ] {
            assert!(ids.contains(&id), "{id:?} in {ids:?}");
        }
        let (ids, told) = said(ArchiveDone::Cleaned {
            report: report.clone(),
            ended_by: why(),
        });
        assert!(ids.contains(&msg("archive-clean-passed")), "{ids:?}");
        assert!(ids.contains(&msg("archive-cancelled")), "{ids:?}");
        let told = told.unwrap();
        assert_eq!(told.message.id, msg("archive-clean-did"));
        let files = told.files.into_iter().map(|(path, _)| path);
        assert_eq!(files.collect::<Vec<_>>(), report.not_removed);
    }

    #[test]
    fn what_the_open_page_says_of_the_archives_work_is_no_notice_as_well() {
        let message = || Message::new(msg("archive-cancelled"));
        let report = CleanUpReport {
            passed_over: 3,
            ..CleanUpReport::default()
        };
        for done in [
            ArchiveDone::Told(Severity::Warning, Told::new(message(), Vec::new())),
            ArchiveDone::Failed(message()),
            ArchiveDone::Cleaned {
                report,
                ended_by: Some(message()),
            },
        ] {
            for is_page_open in [false, true] {
                let mut workspace = Workspace::default();
                workspace.archive.is_page_open = is_page_open;
                workspace.archive_done(done.clone());
                let is_silent = workspace.notices.shown().is_empty();
                assert_eq!(is_silent, is_page_open, "{done:?}");
                let told = workspace.archive.told.unwrap();
                let is_cleaned = matches!(done, ArchiveDone::Cleaned { .. });
                assert_eq!(told.beside.len(), if is_cleaned { 2 } else { 0 });
            }
        }
    }
}
