//! Millimetres that the reader gives to pictures which have none that hold in the body.

use std::sync::Arc;

use crate::annotation::{ImageGeometry, ManualCalibration, manual_spacing};
use crate::imaging::FrameImage;
use crate::model::{FrameKey, StudyKey};
use crate::problem::{Message, msg};
use crate::workspace::Workspace;
use crate::workspace::command::Effect;

impl Workspace {
    /// What the reader said in the study of a series.
    #[must_use]
    pub fn calibrations_of(&self, series_instance_uid: &str) -> &[ManualCalibration] {
        let documents = self.studies.values().map(|record| &record.document);
        let mut told = documents.map(|document| &document.calibrations[..]);
        told.find(|calibrations| {
            let mut series = calibrations.iter().map(|it| &*it.series_instance_uid);
            series.any(|series| series == series_instance_uid)
        })
        .unwrap_or_default()
    }

    /// A frame with the reader's millimetres, if there are any.
    #[must_use]
    pub fn calibrated_image(&self, key: FrameKey, image: Arc<FrameImage>) -> Arc<FrameImage> {
        let uids = self.library.instance(key.instance).and_then(|instance| {
            let series = self.library.series(instance.series)?;
            let series = series.module.series_instance_uid.as_str();
            Some((series, &*instance.facts.sop_instance_uid))
        });
        let Some(uids) = uids else {
            return image;
        };
        let calibrations = self.calibrations_of(uids.0);
        let geometry = || ImageGeometry::from(&*image);
        let spacing = (!calibrations.is_empty())
            .then(|| manual_spacing(calibrations, uids, &geometry()))
            .flatten();
        match spacing {
            None => image,
            Some(spacing) => Arc::new(FrameImage {
                spacing: Some(spacing),
                ..(*image).clone()
            }),
        }
    }

    fn study_of_series(&self, series_instance_uid: &str) -> Option<StudyKey> {
        let mut sets = self.library.display_sets();
        sets.find(|set| *set.series_instance_uid == *series_instance_uid)
            .map(|set| set.study)
    }

    pub(super) fn calibrate(&mut self, calibration: ManualCalibration) -> Vec<Effect> {
        let Some(study) = self.study_of_series(&calibration.series_instance_uid) else {
            return Vec::new();
        };
        let label = Message::new(msg("history-calibrate"));
        self.change_document(study, label, None, |document| {
            document.calibrations.push(calibration);
        })
    }

    pub(super) fn uncalibrate(&mut self, series: &str, instance: &str) -> Vec<Effect> {
        let Some(study) = self.study_of_series(series) else {
            return Vec::new();
        };
        let label = Message::new(msg("history-uncalibrate"));
        self.change_document(study, label, None, |document| {
            document
                .calibrations
                .retain(|calibration| !calibration.is_about(series, instance));
        })
    }
}
