//! Opening, and what jobs bring back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dicom::{ByteSource, InstanceHeader, Password, tags};
use crate::model::{DisplaySet, DisplaySetKind, StudyKey};
use crate::objects::layer::LayerKind;
use crate::problem::{Message, Problem, Severity, msg};
use crate::workspace::ArrivedInstance;
use crate::workspace::arriving::uids_of;
use crate::workspace::command::{Arrival, Effect, Task};
use crate::workspace::document::{Document, SaveState};
use crate::workspace::{LockedArchive, PassedOver, Workspace};

impl Workspace {
    pub(super) fn open(&mut self, paths: Vec<PathBuf>) -> Vec<Effect> {
        if paths.is_empty() {
            return Vec::new();
        }
        for path in &paths {
            self.settings.remember(path.clone());
        }
        self.scans_running += 1;
        vec![
            Effect::WriteSettings(self.settings.clone()),
            Effect::Spawn(Task::Scan(paths)),
        ]
    }

    pub(super) fn unlock(&mut self, archive: PathBuf, password: Password) -> Vec<Effect> {
        let Some(locked) = self.locked_archive(&archive) else {
            return Vec::new();
        };
        locked.is_trying = true;
        self.scans_running += 1;
        vec![Effect::Spawn(Task::Unlock(archive, password))]
    }

    fn locked_archive(&mut self, archive: &Path) -> Option<&mut LockedArchive> {
        self.locked
            .iter_mut()
            .find(|locked| locked.archive == archive)
    }

    /// What was passed over for want of a password is found again, decrypted.
    fn unlocked(&mut self, archive: &Path) {
        self.locked.retain(|locked| locked.archive != archive);
        let before = self.passed_over.len();
        self.passed_over.retain(|file| !file.is_locked_in(archive));
        self.files_found = self
            .files_found
            .saturating_sub(before - self.passed_over.len());
    }

    pub(super) fn open_demo(&mut self) -> Vec<Effect> {
        self.scans_running += 1;
        vec![Effect::Spawn(Task::Demo)]
    }

    pub(super) fn arrived(&mut self, arrival: Arrival) -> Vec<Effect> {
        match arrival {
            Arrival::Headers(instances) => self.take_headers(instances),
            Arrival::PassedOver { path, reason } => {
                self.passed_over.push(PassedOver { path, reason });
                Vec::new()
            }
            Arrival::Locked { archive, entries } => {
                self.locked.retain(|locked| locked.archive != archive);
                self.locked.push(LockedArchive {
                    archive,
                    entries,
                    is_wrong: false,
                    is_trying: false,
                });
                Vec::new()
            }
            Arrival::Unlocked(archive) => {
                self.unlocked(&archive);
                Vec::new()
            }
            Arrival::StillLocked { archive, is_wrong } => {
                if let Some(locked) = self.locked_archive(&archive) {
                    locked.is_wrong = is_wrong;
                    locked.is_trying = false;
                }
                Vec::new()
            }
            Arrival::ScanEnded { files_found } => {
                self.scans_running = self.scans_running.saturating_sub(1);
                self.files_found += files_found;
                self.hang_first();
                self.fill_empty_panes();
                Vec::new()
            }
            Arrival::ReportSaved {
                study,
                path,
                document,
            } => {
                let record = self.studies.entry(study).or_default();
                record.saved = document;
                record.save_state = SaveState::Saved { path: path.clone() };
                let is_unsaved = record.is_unsaved();
                let is_offered = record.journal.is_some();
                let saved = Message::new(msg("report-verified"));
                self.notices.push(Problem {
                    severity: Severity::Note,
                    message: saved,
                    path: Some(path),
                });
                // A draft that is still offered is not thrown away with what was saved meanwhile.
                if is_unsaved || is_offered {
                    Vec::new()
                } else {
                    vec![Effect::DiscardJournal(study)]
                }
            }
            Arrival::ReportFailed { study, problem } => {
                self.studies.entry(study).or_default().save_state = SaveState::Never;
                self.notices.push(problem);
                Vec::new()
            }
            Arrival::ReportRead {
                study,
                annotations,
                findings,
                impression,
            } => {
                self.take_report(study, annotations, &findings, &impression);
                Vec::new()
            }
            Arrival::LayerRead { instance, result } => self.take_layer(instance, result),
            Arrival::Found {
                generation,
                source,
                matches,
            } => {
                self.search.take(generation, &source, matches);
                Vec::new()
            }
            Arrival::Planned {
                generation,
                source,
                steps,
            } => {
                self.worklist.take(generation, &source, steps);
                Vec::new()
            }
            Arrival::UrgentPlanned {
                generation,
                source,
                steps,
                end,
            } => {
                self.search.take_planned(generation, &source, steps, end);
                Vec::new()
            }
            Arrival::PlanEnded {
                generation,
                source,
                end,
            } => {
                self.worklist.ended(generation, &source, end);
                Vec::new()
            }
            Arrival::SearchEnded {
                generation,
                source,
                result,
            } => {
                self.search.ended(generation, &source, result);
                Vec::new()
            }
            Arrival::NodeTested(node, result) => {
                self.node_tests.set(&node, result);
                Vec::new()
            }
            Arrival::Listed { study_uid, series } => {
                self.arriving.list(&study_uid, series);
                Vec::new()
            }
            Arrival::Earlier { study_uid, studies } => {
                self.earlier.insert(study_uid, studies);
                self.note_fetched();
                Vec::new()
            }
            Arrival::Apart {
                study_uid,
                sop_instance_uid,
            } => {
                self.arriving.leave_out(&study_uid, &sop_instance_uid);
                Vec::new()
            }
            Arrival::Counted {
                study_uid,
                count,
                series,
            } => {
                self.arriving.count(study_uid, count, series);
                Vec::new()
            }
            Arrival::Preview(preview) => {
                self.take_preview(preview);
                Vec::new()
            }
            Arrival::ArchiveDone(done) => {
                self.archive_done(done);
                Vec::new()
            }
            Arrival::Transfers(transfers) => {
                self.take_transfers(transfers);
                Vec::new()
            }
            Arrival::JournalFound { study, document } => {
                let record = self.studies.entry(study).or_default();
                if record.document != document {
                    record.journal = Some(document);
                }
                Vec::new()
            }
        }
    }

    fn take_headers(&mut self, instances: Vec<ArrivedInstance>) -> Vec<Effect> {
        let known: Vec<StudyKey> = self.library.study_keys();
        let known_reports = self.library.report_sets();
        let shown = self.panes.frames_shown(&self.library);
        let arrived = uids_of(instances.iter().map(|instance| &instance.header));
        self.check_previews(instances.iter().map(|instance| &instance.header));
        for (header, said) in instances.into_iter().map(ArrivedInstance::into_parts) {
            if self.is_here(&header) {
                continue;
            }
            let path = header.source.display_path();
            let notes = header.notes.clone();
            let problems = self.library.insert_distinct(header);
            let notes = notes
                .into_iter()
                .map(|note| Problem::warning(note).at(&path));
            notes
                .chain(problems)
                .for_each(|problem| self.notices.push(problem));
            if let (Some(ix), Some(said)) = (self.library.newest(), said) {
                self.hear(ix, said);
            }
        }
        self.library.settle();
        let is_awaited = |set: &DisplaySet| {
            let study = self.library.study(set.study);
            study.is_some_and(|study| {
                let uid = &study.module.study_instance_uid;
                self.transfers.of_study(uid).is_some()
            })
        };
        self.panes.follow(&self.library, &shown, &is_awaited);
        self.take_awaited_presentation();
        self.key_objects.follow(&self.library);
        self.keep_promise();
        self.hang_first();
        let new_studies = self
            .library
            .study_keys()
            .into_iter()
            .filter(|study| !known.contains(study));
        let mut effects: Vec<Effect> = new_studies
            .map(|study| Effect::Spawn(Task::FindJournal(study)))
            .collect();
        let new_reports = self
            .library
            .report_sets()
            .into_iter()
            .filter(|set| !known_reports.contains(set));
        effects.extend(new_reports.map(|set| Effect::Spawn(Task::ReadReport(set))));
        self.note_new_layers();
        self.show_awaited(&arrived);
        effects
    }

    /// A file of the archive that comes a second time is no second instance.
    fn is_here(&self, header: &InstanceHeader) -> bool {
        let ByteSource::File(path) = &header.source else {
            return false;
        };
        let uid = header.dataset.elements().uid(tags::SOP_INSTANCE_UID);
        let mut namesakes = self.library.namesakes(uid.as_deref().unwrap_or_default());
        namesakes.any(|it| matches!(&it.header.source, ByteSource::File(own) if own == path))
    }

    /// The first images to arrive are shown, a volume before a scout or a single picture; later
    /// ones never take the screen away from what is read.
    fn hang_first(&mut self) {
        if self.panes.shown().next().is_some() {
            return;
        }
        let is_image =
            |set: &&DisplaySet| set.is_image() && LayerKind::of(&set.sop_class_uid).is_none();
        let is_volume =
            |set: &&DisplaySet| is_image(set) && self.library.volume_grid(set.id).is_ok();
        let volume = self.library.display_sets().find(is_volume);
        let first = volume.or_else(|| self.library.display_sets().find(is_image));
        // What is laid over images waits for them.
        let first = first.or_else(|| {
            let mut sets = self.library.display_sets();
            sets.find(|set| set.is_image() && self.scans_running == 0)
        });
        // A waveform or a document waits: images may still come.
        let waveform = self.library.display_sets().find(|set| {
            let is_readable = [DisplaySetKind::Waveform, DisplaySetKind::Pdf].contains(&set.kind);
            self.scans_running == 0 && is_readable
        });
        if let Some(set) = first.or(waveform).map(|set| set.id) {
            self.show(self.panes.active, set);
        }
    }

    /// A report's findings join the document once; they are saved already, so they are no change.
    fn take_report(
        &mut self,
        study: StudyKey,
        annotations: Vec<crate::annotation::Annotation>,
        findings: &str,
        impression: &str,
    ) {
        let annotations: Vec<_> = annotations
            .into_iter()
            .map(|annotation| crate::annotation::Annotation {
                id: self.new_annotation_id(),
                ..annotation
            })
            .collect();
        let record = self.studies.entry(study).or_default();
        let report = Document {
            annotations: annotations.into_iter().map(Arc::new).collect(),
            findings: findings.into(),
            impression: impression.into(),
            ..Document::default()
        };
        let was_unsaved = record.is_unsaved();
        record.document = record.document.joined(&report, false);
        record.saved = if was_unsaved {
            record.saved.joined(&report, false)
        } else {
            record.document.clone()
        };
    }

    /// Nothing is lost: what is unsaved is journalled before the program ends.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self
            .unsaved_studies()
            .into_iter()
            .filter_map(|study| {
                Some(Effect::Journal(
                    study,
                    self.studies.get(&study)?.document.clone(),
                ))
            })
            .collect();
        effects.push(Effect::Quit);
        effects
    }
}
