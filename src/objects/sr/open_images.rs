//! The images that are open, as reports see them.

use std::sync::Arc;

use crate::annotation::Anchor;
use crate::dicom::Dataset;
use crate::geom::DVec3;
use crate::model::Instance;
use crate::model::Library;
use crate::model::StudyKey;
use crate::objects::sr::Evidence;
use crate::objects::sr::EvidenceImage;
use crate::objects::sr::Images;

impl Images for Library {
    fn find(&self, sop_instance_uid: &str) -> Option<Anchor> {
        let instance = self
            .instances()
            .find(|i| &*i.facts.sop_instance_uid == sop_instance_uid)?;
        anchor_of(self, instance, 0)
    }

    fn nearest(&self, frame_of_reference: &str, point: DVec3) -> Option<Anchor> {
        let sets = self
            .display_sets()
            .filter(|set| set.frame_of_reference.as_deref() == Some(frame_of_reference));
        let frames = sets.flat_map(|set| set.frames.iter());
        let (_, key) = frames
            .filter_map(|key| {
                let plane = self.instance(key.instance)?.facts.frame(key.frame)?.plane?;
                Some(((point - plane.origin).dot(plane.normal()).abs(), *key))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        anchor_of(self, self.instance(key.instance)?, key.frame)
    }
}

/// The anchor of a frame (from 0) of an open instance.
#[must_use]
pub fn anchor_of(library: &Library, instance: &Instance, frame: u32) -> Option<Anchor> {
    let series = library.series(instance.series)?;
    let plane = instance.facts.frame(frame).and_then(|facts| facts.plane);
    Some(Anchor {
        series_instance_uid: series.module.series_instance_uid.as_str().into(),
        sop_instance_uid: Arc::clone(&instance.facts.sop_instance_uid),
        sop_class_uid: Arc::clone(&instance.facts.sop_class_uid),
        frame,
        frame_of_reference: plane.and_then(|_| instance.facts.frame_of_reference.clone()),
        normal: plane.map(|p| p.normal()),
    })
}

impl Evidence {
    /// All images of an open study; patient and study are copied from the first. `None` if the
    /// study is not open.
    #[must_use]
    pub fn of_study(library: &Library, study: StudyKey) -> Option<Self> {
        let series = library.study(study)?.series.iter();
        let instances = series
            .filter_map(|key| library.series(*key))
            .flat_map(|series| series.instances.iter())
            .filter_map(|ix| library.instance(*ix));
        let mut source: Option<Dataset> = None;
        let mut images = Vec::new();
        for instance in instances {
            let header = &instance.header.dataset;
            source.get_or_insert_with(|| header.clone());
            images.extend(EvidenceImage::of(header.elements()));
        }
        Some(Self {
            source: source?,
            images,
            predecessor: None,
        })
    }
}
