//! Making room: what would go, by age and by size, and then the doing.
//!
//! A study goes whole or not at all. Never: one that is pinned, open, on its way (in the queue), or
//! that holds what may be nowhere else. Files outside the archive are forgotten, not removed.

use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::SystemTime;

use crate::jobs::JobCtx;
use crate::model::StudyMatch;

use super::Archive;
use super::ArchiveError;
use super::index::Known;
use super::index::StudyRow;

/// What was used within this time is never removed without being looked at.
const TODAY: Duration = Duration::from_hours(24);

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleanUpLimits {
    /// Studies not kept or opened for as long.
    pub unused_for: Option<Duration>,
    /// Those not used for longest, until the archive's own files take no more.
    pub at_most_bytes: Option<u64>,
    /// Also what was neither fetched from a node nor ever sent to one: imported copies, whose medium
    /// may be gone, documents made here, and what a machine sent here by itself.
    pub includes_never_sent: bool,
    /// Nobody looks at the plan before it is done.
    pub unattended: Option<Unattended>,
}

/// What a clean-up goes by that nobody looks at first: it leaves alone what was kept or opened
/// today, and what the archive knows elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unattended {
    /// Only what was fetched from one of these can be had again. What a machine sent here by
    /// itself may be nowhere else, also where that machine is one of them.
    pub nodes: Vec<NodeOrigin>,
}

/// A node, as what was fetched from it bears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeOrigin {
    /// Its name in the settings.
    pub name: String,
    /// [`crate::pacs::Node::origin`].
    pub origin: String,
}

/// Why a study stays that the limits would let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptBack {
    /// The reader pinned it.
    Pinned,
    /// It is open in some program, or has something unsaved in this one.
    InUse,
    /// A transfer of it is not done.
    InQueue,
    /// Something in it may be nowhere else.
    NeverSent,
    /// Something in it was sent here by a machine that was not asked for it, which may have kept
    /// nothing, and was never sent on.
    Unasked,
    /// It was kept or opened today.
    Today,
    /// Some of it lies outside the archive.
    Elsewhere,
}

/// A study that would go.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStudy {
    /// What it is.
    pub study: StudyMatch,
    /// When it was last kept or opened.
    pub used: SystemTime,
    /// Bytes of the archive's own files.
    pub bytes: u64,
    /// Files outside the archive that would be forgotten.
    pub references: usize,
    patient_folder: String,
}

/// What a clean-up would do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CleanUpPlan {
    /// What would go, the longest unused first.
    pub studies: Vec<PlannedStudy>,
    /// What the limits ask for and that stays, with why.
    pub kept_back: Vec<(StudyMatch, KeptBack)>,
    /// Bytes of the archive's own files now.
    pub bytes_before: u64,
    /// Bytes that would become free.
    pub bytes: u64,
}

/// What a clean-up did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleanUpReport {
    /// Studies that went, all of them.
    pub studies: usize,
    /// Bytes that became free.
    pub bytes: u64,
    /// Studies that stay because they changed, or came into use, since the plan was made.
    pub passed_over: usize,
    /// Files that could not be removed; they stay in the index.
    pub not_removed: Vec<PathBuf>,
}

/// A clean-up that did not come to its end.
#[derive(Debug)]
pub struct BrokenOff {
    /// What it did until then.
    pub report: CleanUpReport,
    /// Why it ended.
    pub why: ArchiveError,
}

impl Archive {
    /// What these limits would let go. `in_use` names studies (Study Instance UIDs) that are open
    /// or have something unsaved, besides what programs say is open ([`Self::set_in_use`]).
    ///
    /// # Errors
    /// [`ArchiveError`], also when cancelled.
    pub fn plan_clean_up(
        &self,
        limits: &CleanUpLimits,
        in_use: &[String],
        now: SystemTime,
        ctx: &JobCtx,
    ) -> Result<CleanUpPlan, ArchiveError> {
        self.flush();
        let studies = self.store.index.studies_by_use()?;
        let mut plan = CleanUpPlan {
            bytes_before: self.store.index.own_bytes()?,
            ..CleanUpPlan::default()
        };
        let of = studies.len();
        let open = self.open_anywhere(in_use)?;
        for (done, study) in studies.into_iter().enumerate() {
            ctx.check()?;
            ctx.progress(done, of);
            // A clock that was set back makes nothing old.
            let unused_for = now.duration_since(study.used).unwrap_or_default();
            let is_old = limits.unused_for.is_some_and(|limit| unused_for > limit);
            let rest = plan.bytes_before - plan.bytes;
            let is_too_much = limits.at_most_bytes.is_some_and(|limit| rest > limit);
            if !is_old && !is_too_much {
                break; // all that follow were used later
            }
            let instances = self.store.index.instances_of(study.id)?;
            let own = instances.iter().filter(|known| known.is_own);
            let bytes: u64 = own.clone().map(|known| known.size).sum();
            if !is_old && bytes == 0 {
                continue; // forgetting it makes no room
            }
            let Some(found) = self.store.index.describe(&study)? else {
                continue;
            };
            let is_of_today = limits.unattended.is_some() && unused_for < TODAY;
            let why = match self.kept_back(&study, &instances, limits, &open)? {
                None if is_of_today => Some(KeptBack::Today),
                why => why,
            };
            if let Some(why) = why {
                plan.kept_back.push((found, why));
                continue;
            }
            plan.bytes += bytes;
            plan.studies.push(PlannedStudy {
                study: found,
                used: study.used,
                bytes,
                references: instances.len() - own.count(),
                patient_folder: study.patient_folder,
            });
        }
        Ok(plan)
    }

    /// Does what was planned, study by study. A study that changed since, or that is in use by now,
    /// stays.
    ///
    /// # Errors
    /// [`BrokenOff`], also when cancelled; what went by then is gone.
    pub fn clean_up(
        &self,
        plan: &CleanUpPlan,
        limits: &CleanUpLimits,
        in_use: &[String],
        ctx: &JobCtx,
    ) -> Result<CleanUpReport, BrokenOff> {
        self.flush();
        let mut report = CleanUpReport::default();
        match self.clean_up_into(&mut report, plan, limits, in_use, ctx) {
            Ok(()) => Ok(report),
            Err(why) => Err(BrokenOff { report, why }),
        }
    }

    fn clean_up_into(
        &self,
        report: &mut CleanUpReport,
        plan: &CleanUpPlan,
        limits: &CleanUpLimits,
        in_use: &[String],
        ctx: &JobCtx,
    ) -> Result<(), ArchiveError> {
        for (done, planned) in plan.studies.iter().enumerate() {
            ctx.check()?;
            ctx.progress(done, plan.studies.len());
            // Whoever opens it meanwhile waits, and finds it gone.
            let _nobody_opens = self.store.session.lock_removing()?;
            let index = &self.store.index;
            let study = index.study_in(&planned.patient_folder, &planned.study.study_uid)?;
            let Some(study) = study.filter(|study| study.used == planned.used) else {
                report.passed_over += 1;
                continue;
            };
            let instances = index.instances_of(study.id)?;
            let own = instances.iter().filter(|known| known.is_own);
            let bytes: u64 = own.map(|known| known.size).sum();
            let is_as_planned = bytes == planned.bytes
                && instances.len() == planned.study.instance_count.unwrap_or_default() as usize;
            let open = self.open_anywhere(in_use)?;
            let why = self.kept_back(&study, &instances, limits, &open)?;
            if !is_as_planned || why.is_some() {
                report.passed_over += 1;
                continue;
            }
            let stayed = report.not_removed.len();
            self.remove(&instances, report)?;
            if report.not_removed.len() == stayed {
                report.studies += 1;
            }
        }
        Ok(())
    }

    /// What is open in this program or any other (Study Instance UIDs).
    fn open_anywhere(&self, in_use: &[String]) -> Result<HashSet<String>, ArchiveError> {
        let mut open = self.store.session.in_use()?;
        open.extend(in_use.iter().cloned());
        Ok(open)
    }

    fn kept_back(
        &self,
        study: &StudyRow,
        instances: &[Known],
        limits: &CleanUpLimits,
        open: &HashSet<String>,
    ) -> Result<Option<KeptBack>, ArchiveError> {
        if open.contains(&study.uid) {
            return Ok(Some(KeptBack::InUse));
        }
        if self.transfers.is_pinned(study)? {
            return Ok(Some(KeptBack::Pinned));
        }
        if self.transfers.is_on_its_way(&study.uid)? {
            return Ok(Some(KeptBack::InQueue));
        }
        let unattended = limits.unattended.as_ref();
        if unattended.is_some() && instances.iter().any(|known| !known.is_own) {
            return Ok(Some(KeptBack::Elsewhere));
        }
        if !limits.includes_never_sent {
            for known in instances {
                let is_elsewhere = match unattended {
                    None => !known.is_own || self.was_fetched(known, None)?,
                    Some(unattended) => self.was_fetched(known, Some(&unattended.nodes))?,
                };
                if !is_elsewhere && !self.transfers.was_sent(&known.sop_instance_uid)? {
                    return Ok(Some(if known.came_from.is_empty() {
                        KeptBack::NeverSent
                    } else {
                        KeptBack::Unasked
                    }));
                }
            }
        }
        Ok(None)
    }

    /// Whether a node gave it when it was asked: any, or one of these, if what lies here is what
    /// came from it.
    fn was_fetched(
        &self,
        known: &Known,
        nodes: Option<&[NodeOrigin]>,
    ) -> Result<bool, ArchiveError> {
        let from = self.transfers.fetched_from(&known.sop_instance_uid)?;
        let Some(nodes) = nodes else {
            return Ok(!from.is_empty());
        };
        Ok(from.iter().any(|given| {
            // An index that was lost and made again does not know where instances came from.
            let origin = if known.came_from.is_empty() {
                &given.origin
            } else {
                &known.came_from
            };
            nodes
                .iter()
                .any(|node| node.name == given.name && node.origin == *origin)
        }))
    }

    /// Files first: when the program dies in between, the next opening forgets what is gone.
    fn remove(&self, instances: &[Known], report: &mut CleanUpReport) -> Result<(), ArchiveError> {
        let mut gone = Vec::new();
        let mut gone_uids = Vec::new();
        let mut folders = Vec::new();
        for known in instances {
            let path = self.store.file_of(known);
            if known.is_own {
                let series_folder = known.path.rsplit_once('/').map(|(folder, _)| folder);
                let touch = || series_folder.map(|folder| self.store.session.touch(folder));
                let noted = touch();
                match std::fs::remove_file(&path) {
                    Ok(()) => report.bytes += known.size,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(_) => {
                        report.not_removed.push(path);
                        continue;
                    }
                }
                if let Some(Err(error)) = noted {
                    // A full disk takes no note, and this is what makes room on it.
                    tracing::warn!("the archive's journal was not written: {error}");
                    touch();
                }
                folders.extend(path.parent().map(Path::to_owned));
            }
            gone.push(known.id);
            gone_uids.push(known.sop_instance_uid.as_str());
        }
        self.store.index.forget(&gone)?;
        self.transfers.forget_fetched(gone_uids)?;
        let references = instances.iter().filter(|known| !known.is_own);
        // Of a zip archive, other entries may be known still.
        let references: Vec<&str> = references.map(|known| known.path.as_str()).collect();
        let mut unknown = Vec::new();
        for path in references {
            if !self.store.index.has_path(path)? {
                unknown.push(path);
            }
        }
        self.transfers.remove_references(unknown.into_iter())?;
        folders.dedup();
        folders.iter().for_each(|folder| self.remove_empty(folder));
        Ok(())
    }

    /// Removes a folder and those above it, as far as they are empty and the archive's.
    fn remove_empty(&self, folder: &Path) {
        let mut folder = folder;
        while folder != self.store.folder && std::fs::remove_dir(folder).is_ok() {
            let Some(above) = folder.parent() else { return };
            folder = above;
        }
    }
}
