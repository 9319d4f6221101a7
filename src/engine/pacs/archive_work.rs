//! Looking after the archive, as jobs with progress and cancel.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::archive::{Archive, ArchiveError, BrokenOff, CheckReport, CleanUpReport, ImportEvent};
use crate::jobs::{Cancelled, JobCtx, JobRequest, Outcome, Priority, Queue};
use crate::objects::journal::Journal;
use crate::problem::{Message, Problems, Severity, msg};
use crate::workspace::{ArchiveDone, ArchiveWork, Arrival, Told};

use super::Network;

/// Files named in an answer; the others are counted.
const NAMED: usize = 200;

impl Network {
    /// Does it, beside everything else.
    pub(in crate::engine) fn archive_work(&mut self, work: ArchiveWork, queue: &Queue) {
        let journal = Journal::new(&self.folders.journal);
        let title = match &work {
            ArchiveWork::Import(..) => msg("job-archive-import"),
            ArchiveWork::Check(_) => msg("job-archive-check"),
            ArchiveWork::Rebuild => msg("job-archive-rebuild"),
            ArchiveWork::Plan(..) | ArchiveWork::CleanUp(..) | ArchiveWork::Tidy(..) => {
                msg("job-archive-clean")
            }
        };
        let request = JobRequest {
            title: Message::new(title),
            priority: Priority::Compute,
            generation: None,
            is_shown: true,
        };
        let is_tidying = matches!(work, ArchiveWork::Tidy(..));
        let stopped = match work {
            ArchiveWork::Rebuild => msg("archive-rebuild-stopped"),
            _ => msg("archive-cancelled"),
        };
        let (asking, messenger) = (self.local().handle(), self.messenger());
        queue.submit(
            request,
            move |ctx| match asking.archive() {
                Ok(archive) => done(&archive, with_drafts(work, &journal), ctx),
                Err(why) => Ok(ArchiveDone::Failed(why)),
            },
            move |outcome| {
                let done = match outcome {
                    Outcome::Done(done) => done,
                    Outcome::Cancelled => ArchiveDone::Stopped(Message::new(stopped)),
                    Outcome::Panicked(_) => {
                        ArchiveDone::Failed(Message::new(msg("transfer-failed-inside")))
                    }
                };
                // Nothing went: what did comes back with its report.
                let done = match done {
                    ArchiveDone::Stopped(_) if is_tidying => tidied(Ok(CleanUpReport::default())),
                    ArchiveDone::Failed(why) if is_tidying => ArchiveDone::Tidied {
                        report: CleanUpReport::default(),
                        failed: Some(why),
                    },
                    done => done,
                };
                messenger.send(Arrival::ArchiveDone(done));
            },
        );
    }
}

/// A study with something unsaved is in use, though it is not open.
fn with_drafts(mut work: ArchiveWork, journal: &Journal) -> ArchiveWork {
    if let ArchiveWork::Plan(_, in_use)
    | ArchiveWork::CleanUp(_, _, in_use)
    | ArchiveWork::Tidy(_, in_use) = &mut work
    {
        // A draft that cannot be read is told where drafts are looked for.
        let drafts = journal.pending(&Problems::new());
        in_use.extend(drafts.into_iter().map(|draft| draft.study_instance_uid));
    }
    work
}

fn done(archive: &Arc<Archive>, work: ArchiveWork, ctx: &JobCtx) -> Result<ArchiveDone, Cancelled> {
    let result = match work {
        ArchiveWork::Import(paths, mode) => {
            let odd = Mutex::new(Vec::new());
            let on = |event: ImportEvent| {
                let (path, why) = match event {
                    ImportEvent::Aside { path, other } => {
                        let why = Message::new(msg("archive-contradicts"));
                        (path, why.text("other", other.display().to_string()))
                    }
                    ImportEvent::PassedOver { path, reason } => (path, reason),
                    ImportEvent::Added(_) | ImportEvent::Known(_) | ImportEvent::Locked { .. } => {
                        return;
                    }
                };
                let mut odd = odd.lock().unwrap_or_else(PoisonError::into_inner);
                if odd.len() < NAMED {
                    odd.push((path, why));
                }
            };
            archive.import(&paths, mode, ctx, &on).map(|summary| {
                let message = Message::new(msg("archive-took-in"))
                    .count("added", summary.added)
                    .count("known", summary.known)
                    .count("others", summary.aside + summary.passed_over);
                let severity = if summary.aside > 0 {
                    Severity::Warning
                } else {
                    Severity::Note
                };
                let odd = odd.into_inner().unwrap_or_else(PoisonError::into_inner);
                ArchiveDone::Told(severity, Told::new(message, odd))
            })
        }
        ArchiveWork::Check(depth) => archive.check(depth, ctx).map(checked),
        ArchiveWork::Rebuild => archive.rebuild(ctx).map(|report| {
            let message = Message::new(msg("archive-rebuilt"))
                .count("instances", report.instances)
                .count("files", report.files)
                .count("missing", report.missing_references);
            ArchiveDone::Told(Severity::Note, Told::new(message, Vec::new()))
        }),
        ArchiveWork::Plan(limits, in_use) => {
            let plan = archive.plan_clean_up(&limits, &in_use, SystemTime::now(), ctx);
            plan.map(|plan| ArchiveDone::Planned(limits, Arc::new(plan)))
        }
        ArchiveWork::CleanUp(limits, plan, in_use) => {
            Ok(cleaned(archive.clean_up(&plan, &limits, &in_use, ctx)))
        }
        // An index that is not whole does not know what is old.
        ArchiveWork::Tidy(..) if archive.needs_rebuild().unwrap_or(true) => {
            Ok(tidied(Ok(CleanUpReport::default())))
        }
        ArchiveWork::Tidy(limits, in_use) => {
            let plan = archive.plan_clean_up(&limits, &in_use, SystemTime::now(), ctx);
            plan.map(|plan| tidied(archive.clean_up(&plan, &limits, &in_use, ctx)))
        }
    };
    result.or_else(|error| match error {
        ArchiveError::Cancelled(cancelled) => Err(cancelled),
        error => Ok(ArchiveDone::Failed(error.message())),
    })
}

/// What a check found: each fault with what it is.
fn checked(report: CheckReport) -> ArchiveDone {
    let is_clean = report.is_clean();
    let with = |files: Vec<PathBuf>, why| files.into_iter().map(move |it| (it, Message::new(why)));
    let files: Vec<(PathBuf, Message)> = with(report.missing, msg("archive-check-missing"))
        .chain(with(report.changed, msg("archive-check-changed")))
        .chain(with(report.unindexed, msg("archive-check-unindexed")))
        .chain(with(
            report.missing_references,
            msg("archive-check-reference"),
        ))
        .collect();
    if !is_clean {
        let message = Message::new(msg("archive-check-faults"))
            .count("count", report.checked)
            .count("faults", files.len());
        return ArchiveDone::Told(Severity::Warning, Told::new(message, files));
    }
    let mut message = Message::new(msg("archive-check-clean")).count("count", report.checked);
    if !report.aside.is_empty() {
        message = Message::new(msg("archive-check-clean-aside"))
            .message("clean", message)
            .count("count", report.aside.len());
    }
    let aside = with(report.aside, msg("archive-check-aside")).collect();
    ArchiveDone::Told(Severity::Note, Told::new(message, aside))
}

/// What went, also of a clean-up that was stopped or failed.
fn ended(result: Result<CleanUpReport, BrokenOff>) -> (CleanUpReport, Option<Message>) {
    match result {
        Ok(report) => (report, None),
        Err(BrokenOff { report, why }) => (report, Some(why.message())),
    }
}

fn cleaned(result: Result<CleanUpReport, BrokenOff>) -> ArchiveDone {
    let (report, ended_by) = ended(result);
    ArchiveDone::Cleaned { report, ended_by }
}

fn tidied(result: Result<CleanUpReport, BrokenOff>) -> ArchiveDone {
    let is_stopped = matches!(
        &result,
        Err(BrokenOff {
            why: ArchiveError::Cancelled(_),
            ..
        })
    );
    let (report, failed) = ended(result);
    ArchiveDone::Tidied {
        report,
        failed: failed.filter(|_| !is_stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::CleanUpLimits;
    use crate::objects::journal::Draft;

    #[test]
    fn a_check_says_of_each_file_what_is_wrong_and_a_fault_is_no_good_news() {
        let file = |name: &str| vec![PathBuf::from(name)];
        let told = |report| match checked(report) {
            ArchiveDone::Told(severity, told) => (severity, told),
            other => panic!("{other:?}"),
        };
        let (severity, faults) = told(CheckReport {
            checked: 2,
            missing: file("a"),
            changed: file("b"),
            aside: file("c"),
            ..CheckReport::default()
        });
        assert_eq!(severity, Severity::Warning);
        let faults: Vec<_> = (faults.files.iter())
            .map(|(path, why)| (path.to_str().unwrap(), why.id))
            .collect();
        let gone = ("a", msg("archive-check-missing"));
        assert_eq!(faults, [gone, ("b", msg("archive-check-changed"))]);
        let (severity, aside) = told(CheckReport {
            checked: 2,
            aside: file("c"),
            ..CheckReport::default()
        });
        assert_eq!(severity, Severity::Note);
        assert_eq!(aside.message.id, msg("archive-check-clean-aside"));
        assert_eq!(aside.files[0].1.id, msg("archive-check-aside"));
    }

    #[test]
    fn a_study_with_something_unsaved_is_in_use_though_it_is_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path());
        let draft = Draft {
            text: "2 mm larger".into(),
            ..Draft::default()
        };
        journal.write("1.2.4", &draft).unwrap();
        let work = ArchiveWork::Tidy(CleanUpLimits::default(), vec!["1.2.3".into()]);
        let ArchiveWork::Tidy(_, in_use) = with_drafts(work, &journal) else {
            panic!("it is still the same work");
        };
        assert_eq!(in_use, ["1.2.3", "1.2.4"]);
    }
}
