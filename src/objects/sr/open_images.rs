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

/// The images of an open study as reading a report asks for them; on its own, for another thread.
#[derive(Debug)]
pub struct OpenImages(Vec<(Anchor, Option<DVec3>)>);

impl OpenImages {
    /// Those of this study.
    #[must_use]
    pub fn of_study(library: &Library, study: StudyKey) -> Self {
        let sets = library
            .display_sets()
            .filter(|set| set.study == study && set.is_image());
        let images = sets.flat_map(|set| set.frames.iter()).filter_map(|key| {
            let instance = library.instance(key.instance)?;
            let plane = instance.facts.frame(key.frame).and_then(|it| it.plane);
            let anchor = anchor_of(library, instance, key.frame)?;
            Some((anchor, plane.map(|plane| plane.origin)))
        });
        Self(images.collect())
    }
}

impl Images for OpenImages {
    fn find(&self, sop_instance_uid: &str) -> Option<Anchor> {
        let of_instance =
            |(anchor, _): &&(Anchor, _)| *anchor.sop_instance_uid == *sop_instance_uid;
        self.0
            .iter()
            .filter(of_instance)
            .min_by_key(|(anchor, _)| anchor.frame)
            .map(|(anchor, _)| anchor.clone())
    }

    fn nearest(&self, frame_of_reference: &str, point: DVec3) -> Option<Anchor> {
        let distance_mm = |(anchor, origin): &(Anchor, Option<DVec3>)| {
            Some((point - (*origin)?).dot(anchor.normal?).abs())
        };
        self.0
            .iter()
            .filter(|(anchor, _)| anchor.frame_of_reference.as_deref() == Some(frame_of_reference))
            .filter_map(|image| Some((distance_mm(image)?, &image.0)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, anchor)| anchor.clone())
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
            if instance.header.is_picture() {
                continue;
            }
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
