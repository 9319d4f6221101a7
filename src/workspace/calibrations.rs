//! Millimetres that the reader gives to pictures which have none that hold in the body.

use std::sync::Arc;

use crate::annotation::{
    AnnotationId, ImageGeometry, ManualCalibration, calibrations_about, manual_spacing,
};
use crate::imaging::FrameImage;
use crate::model::{FrameKey, StudyKey};
use crate::problem::{Message, msg};
use crate::workspace::Workspace;
use crate::workspace::command::Effect;

impl Workspace {
    /// What the reader said in a study. Never to be found by UID alone: another patient's images
    /// may have the same.
    #[must_use]
    pub fn calibrations_of(&self, study: StudyKey) -> &[ManualCalibration] {
        let record = self.studies.get(&study);
        record.map_or(&[], |record| &record.document.calibrations)
    }

    /// What the reader said in the study that a drawing is of.
    #[must_use]
    pub fn calibrations_for(&self, line: AnnotationId) -> &[ManualCalibration] {
        let study = self.study_of_annotation(line);
        study.map_or(&[], |study| self.calibrations_of(study))
    }

    /// A frame with the reader's millimetres, if there are any.
    #[must_use]
    pub fn calibrated_image(&self, key: FrameKey, image: Arc<FrameImage>) -> Arc<FrameImage> {
        let spacing = self.library.instance(key.instance).and_then(|instance| {
            let series = self.library.series(instance.series)?;
            let calibrations = self.calibrations_of(series.study);
            let uids = (
                series.module.series_instance_uid.as_str(),
                &*instance.facts.sop_instance_uid,
            );
            let geometry = || ImageGeometry::from(&*image);
            (!calibrations.is_empty())
                .then(|| manual_spacing(calibrations, uids, &geometry()))
                .flatten()
        });
        match spacing {
            None => image,
            Some(spacing) => Arc::new(FrameImage {
                spacing: Some(spacing),
                ..(*image).clone()
            }),
        }
    }

    pub(super) fn calibrate(
        &mut self,
        line: AnnotationId,
        calibration: ManualCalibration,
    ) -> Vec<Effect> {
        let Some(study) = self.study_of_annotation(line) else {
            return Vec::new();
        };
        let label = Message::new(msg("history-calibrate"));
        self.change_document(study, label, None, |document| {
            let image = document
                .annotation(line)
                .filter(|_| calibration.sop_instance_uid.is_none())
                .map(|line| Arc::clone(&line.anchor.sop_instance_uid));
            // What is said of the series from this image holds on this image, too; those of other
            // images that were calibrated alone stay as they are.
            document.calibrations.retain(|it| {
                it.series_instance_uid != calibration.series_instance_uid
                    || it.sop_instance_uid.is_none()
                    || it.sop_instance_uid != image
            });
            document.calibrations.push(calibration);
        })
    }

    /// Takes away what holds on the image of a line: what was said of it alone, else of its series.
    pub(super) fn uncalibrate(&mut self, line: AnnotationId) -> Vec<Effect> {
        let Some(study) = self.study_of_annotation(line) else {
            return Vec::new();
        };
        let told = self.calibration_on(line);
        let is_for_series = told.is_some_and(|told| told.sop_instance_uid.is_none());
        let document = self.studies.get(&study).map(|record| &record.document);
        let Some(anchor) = document
            .and_then(|document| document.annotation(line))
            .map(|line| line.anchor.clone())
        else {
            return Vec::new();
        };
        let label = Message::new(msg("history-uncalibrate"));
        self.change_document(study, label, None, |document| {
            document.calibrations.retain(|it| {
                let is_about = it.is_about(&anchor.series_instance_uid, &anchor.sop_instance_uid);
                !is_about || it.sop_instance_uid.is_none() != is_for_series
            });
        })
    }

    /// What the reader said that is about the image of a line: of it alone, else of its series.
    #[must_use]
    pub fn calibration_on(&self, line: AnnotationId) -> Option<&ManualCalibration> {
        let study = self.study_of_annotation(line)?;
        let document = &self.studies.get(&study)?.document;
        let anchor = &document.annotation(line)?.anchor;
        let uids = (&*anchor.series_instance_uid, &*anchor.sop_instance_uid);
        calibrations_about(&document.calibrations, uids).next()
    }
}
