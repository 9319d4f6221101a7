//! Looking after the archive, as jobs with progress and cancel.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::archive::{Archive, ArchiveError, ImportEvent};
use crate::jobs::{Cancelled, JobCtx, JobRequest, Outcome, Priority, Queue};
use crate::problem::{Message, msg};
use crate::workspace::{ArchiveDone, ArchiveWork, Arrival};

use super::Network;

/// Files named in an answer; the others are counted.
const NAMED: usize = 200;

impl Network {
    /// Does it, beside everything else.
    pub(in crate::engine) fn archive_work(&mut self, work: ArchiveWork, queue: &Queue) {
        let title = match &work {
            ArchiveWork::Import(..) => msg("job-archive-import"),
            ArchiveWork::Check(_) => msg("job-archive-check"),
            ArchiveWork::Rebuild => msg("job-archive-rebuild"),
            ArchiveWork::Plan(..) | ArchiveWork::CleanUp(..) => msg("job-archive-clean"),
        };
        let request = JobRequest {
            title: Message::new(title),
            priority: Priority::Compute,
            generation: None,
            is_shown: true,
        };
        let (asking, messenger) = (self.local().handle(), self.messenger());
        queue.submit(
            request,
            move |ctx| {
                let done = match asking.archive() {
                    Ok(archive) => done(&archive, work, ctx),
                    Err(why) => ArchiveDone::Failed(why),
                };
                Ok::<_, Cancelled>(done)
            },
            move |outcome| {
                let done = match outcome {
                    Outcome::Done(done) => done,
                    Outcome::Cancelled => {
                        ArchiveDone::Failed(ArchiveError::Cancelled(Cancelled).message())
                    }
                    Outcome::Panicked(_) => {
                        ArchiveDone::Failed(Message::new(msg("transfer-failed-inside")))
                    }
                };
                messenger.send(Arrival::ArchiveDone(done));
            },
        );
    }
}

fn done(archive: &Arc<Archive>, work: ArchiveWork, ctx: &JobCtx) -> ArchiveDone {
    let result = match work {
        ArchiveWork::Import(paths, mode) => {
            let odd = Mutex::new(Vec::new());
            let on = |event: ImportEvent| {
                if let ImportEvent::Aside { path, .. } | ImportEvent::PassedOver { path, .. } =
                    event
                {
                    let mut odd = odd.lock().unwrap_or_else(PoisonError::into_inner);
                    if odd.len() < NAMED {
                        odd.push(path);
                    }
                }
            };
            archive.import(&paths, mode, ctx, &on).map(|summary| {
                let message = Message::new(msg("archive-took-in"))
                    .count("added", summary.added)
                    .count("known", summary.known)
                    .count("others", summary.aside + summary.passed_over);
                let odd = odd.into_inner().unwrap_or_else(PoisonError::into_inner);
                ArchiveDone::Told(message, odd)
            })
        }
        ArchiveWork::Check(depth) => archive.check(depth, ctx).map(|report| {
            if report.is_clean() {
                let clean = Message::new(msg("archive-check-clean"));
                return ArchiveDone::Told(clean.count("count", report.checked), report.aside);
            }
            let faults: Vec<PathBuf> = [
                report.missing,
                report.changed,
                report.unindexed,
                report.missing_references,
            ]
            .concat();
            let message = Message::new(msg("archive-check-faults"))
                .count("count", report.checked)
                .count("faults", faults.len());
            ArchiveDone::Told(message, faults)
        }),
        ArchiveWork::Rebuild => archive.rebuild(ctx).map(|report| {
            let message = Message::new(msg("archive-rebuilt"))
                .count("instances", report.instances)
                .count("files", report.files)
                .count("missing", report.missing_references);
            ArchiveDone::Told(message, Vec::new())
        }),
        ArchiveWork::Plan(limits, in_use) => {
            let plan = archive.plan_clean_up(&limits, &in_use, SystemTime::now(), ctx);
            plan.map(|plan| ArchiveDone::Planned(limits, Arc::new(plan)))
        }
        ArchiveWork::CleanUp(limits, plan, in_use) => archive
            .clean_up(&plan, &limits, &in_use, ctx)
            .map(|report| {
                let message = Message::new(msg("archive-clean-did"))
                    .count("studies", report.studies)
                    .number("mib", mib(report.bytes));
                ArchiveDone::Told(message, report.not_removed)
            }),
    };
    result.unwrap_or_else(|error| ArchiveDone::Failed(error.message()))
}

/// Mebibytes to one decimal.
fn mib(bytes: u64) -> f64 {
    (bytes as f64 / 1_048_576.0 * 10.0).round() / 10.0
}
