//! Changes to a document: annotations and report text, each one step of its study's history.

use std::path::PathBuf;
use std::sync::Arc;

use crate::annotation::{Annotation, AnnotationId, AnnotationKind};
use crate::model::{DisplaySetId, PatientKey, StudyKey};
use crate::problem::{Message, MessageId, msg};
use crate::workspace::Workspace;
use crate::workspace::command::{AnnotationEdit, Effect, GestureId, ReportEdit, Task};
use crate::workspace::document::{Document, SaveState};
use crate::workspace::labels::next_label;

/// The name of what is drawn, for history labels and the findings panel.
#[must_use]
pub const fn kind_name(kind: AnnotationKind) -> MessageId {
    match kind {
        AnnotationKind::Probe => msg("kind-probe"),
        AnnotationKind::Length => msg("kind-length"),
        AnnotationKind::Angle => msg("kind-angle"),
        AnnotationKind::EllipseRoi => msg("kind-ellipse"),
        AnnotationKind::RectangleRoi => msg("kind-rectangle"),
        AnnotationKind::Arrow => msg("kind-arrow"),
        AnnotationKind::Other => msg("kind-other"),
    }
}

fn step(label: MessageId, kind: AnnotationKind) -> Message {
    Message::new(label).message("what", Message::new(kind_name(kind)))
}

impl Workspace {
    /// The study an annotation belongs to.
    #[must_use]
    pub fn study_of_annotation(&self, id: AnnotationId) -> Option<StudyKey> {
        self.studies
            .iter()
            .find(|(_, record)| record.document.annotation(id).is_some())
            .map(|(key, _)| *key)
    }

    /// Whose images an annotation lies on.
    #[must_use]
    pub fn patient_of_annotation(&self, id: AnnotationId) -> Option<PatientKey> {
        let study = self.library.study(self.study_of_annotation(id)?)?;
        Some(study.patient)
    }

    /// Where the image is shown that an annotation was drawn on.
    #[must_use]
    pub fn place_of_annotation(&self, annotation: &Annotation) -> Option<(DisplaySetId, u32)> {
        let patient = self.patient_of_annotation(annotation.id)?;
        let anchor = &annotation.anchor;
        self.library
            .find_frame_of(patient, &anchor.sop_instance_uid, anchor.frame)
    }

    /// The study whose series an annotation is anchored to.
    fn study_of_anchor(&self, annotation: &Annotation) -> Option<StudyKey> {
        let active = self.active_study();
        let uid = &annotation.anchor.series_instance_uid;
        let sets = self.library.display_sets();
        let named = sets.filter(|set| set.series_instance_uid == *uid);
        let mut studies: Vec<StudyKey> = named.map(|set| set.study).collect();
        // Two patients may have series of the same UID: what is drawn is drawn in the active pane.
        studies.sort_by_key(|study| Some(*study) != active);
        studies.first().copied().or(active)
    }

    pub(super) fn change_document(
        &mut self,
        study: StudyKey,
        label: Message,
        gesture: Option<GestureId>,
        change: impl FnOnce(&mut Document),
    ) -> Vec<Effect> {
        let record = self.studies.entry(study).or_default();
        let before = record.document.clone();
        change(&mut record.document);
        if record.document == before {
            return Vec::new();
        }
        record.history.record(label, gesture, &before);
        vec![Effect::Journal(study, record.document.clone())]
    }

    pub(super) fn annotate(&mut self, edit: AnnotationEdit) -> Vec<Effect> {
        match edit {
            AnnotationEdit::Add(mut annotation, gesture) => {
                let Some(study) = self.study_of_anchor(&annotation) else {
                    return Vec::new();
                };
                // Two events of one gesture within one frame of the window both say "add".
                if let Some(known) = self.tracked(study, &annotation.tracking_uid) {
                    annotation.id = known.id;
                    annotation.label.clone_from(&known.label);
                    return self.annotate(AnnotationEdit::Change(annotation, gesture));
                }
                if annotation.id == AnnotationId(0) {
                    annotation.id = self.new_annotation_id();
                }
                if annotation.label.is_empty() {
                    annotation.label = self.next_label(study, annotation.kind);
                }
                self.selected = Some(annotation.id);
                // What is drawn on is a frame that stands still.
                self.stop_cine(self.panes.active);
                let label = step(msg("history-draw"), annotation.kind);
                self.change_document(study, label, Some(gesture), |document| {
                    document.annotations.push(Arc::new(annotation));
                })
            }
            AnnotationEdit::Cancel(gesture) => self.cancel_gesture(gesture),
            AnnotationEdit::Change(annotation, gesture) => {
                let Some(study) = self.study_of_annotation(annotation.id) else {
                    return Vec::new();
                };
                let is_moved = self.studies.get(&study).is_some_and(|record| {
                    let old = record.document.annotation(annotation.id);
                    old.is_some_and(|old| old.points != annotation.points)
                });
                if is_moved {
                    self.stop_cine(self.panes.active);
                }
                let label = step(msg("history-change"), annotation.kind);
                self.change_document(study, label, Some(gesture), |document| {
                    if let Some(slot) = document
                        .annotations
                        .iter_mut()
                        .find(|slot| slot.id == annotation.id)
                    {
                        *slot = Arc::new(annotation);
                    }
                })
            }
            AnnotationEdit::Remove(id) => {
                let Some(study) = self.study_of_annotation(id) else {
                    return Vec::new();
                };
                if self.selected == Some(id) {
                    self.selected = None;
                }
                let kind = self
                    .studies
                    .get(&study)
                    .and_then(|record| record.document.annotation(id))
                    .map(|a| a.kind);
                let label = step(msg("history-delete"), kind.unwrap_or(AnnotationKind::Other));
                self.change_document(study, label, None, |document| {
                    document
                        .annotations
                        .retain(|annotation| annotation.id != id);
                })
            }
            AnnotationEdit::Calibrate(line, calibration) => self.calibrate(line, calibration),
            AnnotationEdit::Uncalibrate(line) => self.uncalibrate(line),
            AnnotationEdit::Select(id) => {
                self.selected = id;
                Vec::new()
            }
            AnnotationEdit::JumpTo(id) => {
                self.selected = Some(id);
                self.jump_to(id)
            }
        }
    }

    fn tracked(&self, study: StudyKey, tracking_uid: &str) -> Option<Arc<Annotation>> {
        let annotations = &self.studies.get(&study)?.document.annotations;
        annotations
            .iter()
            .find(|annotation| annotation.tracking_uid.as_ref() == tracking_uid)
            .cloned()
    }

    /// A name that no annotation of the study has yet.
    fn next_label(&self, study: StudyKey, kind: AnnotationKind) -> String {
        let record = self.studies.get(&study);
        let taken = record
            .into_iter()
            .flat_map(|record| &record.document.annotations)
            .map(|annotation| annotation.label.as_str());
        next_label(kind, taken, self.settings.language.spoken())
    }

    fn cancel_gesture(&mut self, gesture: GestureId) -> Vec<Effect> {
        let cancelled = self.studies.iter_mut().find_map(|(study, record)| {
            let is_cancelled = record.history.cancel(gesture, &mut record.document);
            is_cancelled.then(|| (*study, record.document.clone()))
        });
        let Some((study, document)) = cancelled else {
            return Vec::new();
        };
        if self
            .selected
            .is_some_and(|id| self.study_of_annotation(id).is_none())
        {
            self.selected = None;
        }
        vec![Effect::Journal(study, document)]
    }

    pub(super) fn edit_report(&mut self, edit: ReportEdit) -> Vec<Effect> {
        match edit {
            ReportEdit::Findings(study, text, gesture) => {
                let label = Message::new(msg("history-findings"));
                self.change_document(study, label, Some(gesture), |document| {
                    document.findings = text.into()
                })
            }
            ReportEdit::Impression(study, text, gesture) => {
                let label = Message::new(msg("history-impression"));
                self.change_document(study, label, Some(gesture), |document| {
                    document.impression = text.into()
                })
            }
            ReportEdit::Save(study, folder) => self.save_report(study, folder),
            ReportEdit::Restore(study) => {
                let Some(found) = self
                    .studies
                    .get_mut(&study)
                    .and_then(|record| record.journal.take())
                else {
                    return Vec::new();
                };
                let found = self.with_new_ids(found);
                let label = Message::new(msg("history-restore"));
                let is_untouched = self
                    .studies
                    .get(&study)
                    .is_some_and(|record| !record.is_unsaved());
                // What was done since the start is kept beside what comes back.
                self.change_document(study, label, None, |document| {
                    *document = if is_untouched {
                        found
                    } else {
                        document.joined(&found, true)
                    };
                })
            }
            ReportEdit::DiscardJournal(study) => {
                if let Some(record) = self.studies.get_mut(&study) {
                    record.journal = None;
                }
                vec![Effect::DiscardJournal(study)]
            }
        }
    }

    /// Ids of an earlier run may collide with this run's.
    fn with_new_ids(&mut self, document: Document) -> Document {
        let annotations = document
            .annotations
            .iter()
            .map(|annotation| {
                Arc::new(Annotation {
                    id: self.new_annotation_id(),
                    ..(**annotation).clone()
                })
            })
            .collect();
        Document {
            annotations,
            ..document
        }
    }

    fn save_report(&mut self, study: StudyKey, folder: PathBuf) -> Vec<Effect> {
        let Some(record) = self.studies.get_mut(&study) else {
            return Vec::new();
        };
        if record.save_state == SaveState::Saving || record.document.is_empty() {
            return Vec::new();
        }
        record.save_state = SaveState::Saving;
        vec![Effect::Spawn(Task::SaveReport {
            study,
            document: record.document.clone(),
            folder,
        })]
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        self.travel(|record, panes| {
            let see = |before: &_| Self::see_again(panes, before);
            record.history.undo(&mut record.document, see).is_some()
        })
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        self.travel(|record, panes| {
            let see = |before: &_| Self::see_again(panes, before);
            record.history.redo(&mut record.document, see).is_some()
        })
    }

    /// Only ever in the study of the active pane: undo pressed over patient B leaves patient A alone.
    fn travel(
        &mut self,
        go: impl FnOnce(&mut super::StudyRecord, &mut super::Panes) -> bool,
    ) -> Vec<Effect> {
        let Some(study) = self.active_study() else {
            return Vec::new();
        };
        let Some(record) = self.studies.get_mut(&study) else {
            return Vec::new();
        };
        if !go(record, &mut self.panes) {
            return Vec::new();
        }
        if self
            .selected
            .is_some_and(|id| record.document.annotation(id).is_none())
        {
            self.selected = None;
        }
        vec![Effect::Journal(study, record.document.clone())]
    }
}
