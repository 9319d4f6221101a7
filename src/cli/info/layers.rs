//! What `info` says of segmentations, structure sets and doses: from their headers, nothing is
//! decoded.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::dicom::{InstanceHeader, tags};
use crate::model::{DisplaySet, InstanceIx, Library};
use crate::objects::layer::{LayerKind, SegmentationType, StructureSet, read_segments};
use crate::problem::{Message, msg};
use crate::text::Words;

/// An object that is laid over images.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum LayerEntry {
    Segmentation {
        sop_instance_uid: String,
        segmentation_type: Option<&'static str>,
        segments: Vec<SegmentEntry>,
    },
    StructureSet {
        sop_instance_uid: String,
        rois: Vec<RoiEntry>,
    },
    Dose {
        sop_instance_uid: String,
        units: String,
        dose_type: String,
        summation: String,
        dose_grid_scaling: Option<f64>,
        comment: String,
        plan_uids: Vec<String>,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct SegmentEntry {
    pub number: u32,
    pub label: String,
    pub category: String,
    #[serde(rename = "type")]
    pub property_type: String,
    pub algorithm_type: String,
    pub algorithm_name: String,
    pub tracking_id: String,
    pub tracking_uid: String,
    /// sRGB.
    pub rgb: [u8; 3],
}

#[derive(Debug, Serialize)]
pub(super) struct RoiEntry {
    pub number: u32,
    pub name: String,
    pub interpreted_type: String,
    pub frame_of_reference_uid: Option<String>,
    pub contours: usize,
    /// Contours that could not be read.
    pub unreadable: usize,
    /// sRGB.
    pub rgb: [u8; 3],
}

/// Those of a display set that were not told yet: an object may show in several sets.
pub(super) fn layers(
    library: &Library,
    set: &DisplaySet,
    told: &mut BTreeSet<InstanceIx>,
) -> Vec<LayerEntry> {
    let new = set.instances.iter().filter(|ix| told.insert(**ix));
    let headers = new.filter_map(|ix| library.header(*ix));
    headers.filter_map(|header| entry(header)).collect()
}

fn entry(header: &InstanceHeader) -> Option<LayerEntry> {
    let root = header.dataset.elements();
    let text = |tag| root.text(tag).unwrap_or_default();
    let sop_instance_uid = text(tags::SOP_INSTANCE_UID);
    Some(match LayerKind::of(&text(tags::SOP_CLASS_UID))? {
        LayerKind::Segmentation => {
            let kind = SegmentationType::read(root);
            let segments = read_segments(root, kind.unwrap_or(SegmentationType::Binary));
            let segments = segments.into_iter().map(|segment| SegmentEntry {
                number: segment.number,
                label: segment.label,
                category: segment.category,
                property_type: segment.property_type,
                algorithm_type: segment.algorithm_type,
                algorithm_name: segment.algorithm_name,
                tracking_id: segment.tracking_id,
                tracking_uid: segment.tracking_uid,
                rgb: segment.rgb,
            });
            LayerEntry::Segmentation {
                sop_instance_uid,
                segmentation_type: kind.map(SegmentationType::name),
                segments: segments.collect(),
            }
        }
        LayerKind::StructureSet => {
            let rois = StructureSet::read(root).rois.into_iter();
            let rois = rois.map(|roi| RoiEntry {
                number: roi.number,
                name: roi.name,
                interpreted_type: roi.interpreted_type,
                frame_of_reference_uid: roi.frame_of_reference.as_deref().map(str::to_owned),
                contours: roi.contours,
                unreadable: roi.unreadable,
                rgb: roi.rgb,
            });
            LayerEntry::StructureSet {
                sop_instance_uid,
                rois: rois.collect(),
            }
        }
        LayerKind::Dose => LayerEntry::Dose {
            sop_instance_uid,
            units: text(tags::DOSE_UNITS),
            dose_type: text(tags::DOSE_TYPE),
            summation: text(tags::DOSE_SUMMATION_TYPE),
            dose_grid_scaling: root.float(tags::DOSE_GRID_SCALING),
            comment: text(tags::DOSE_COMMENT),
            plan_uids: root
                .items(tags::REFERENCED_RT_PLAN_SEQUENCE)
                .iter()
                .filter_map(|plan| plan.text(tags::REFERENCED_SOP_INSTANCE_UID))
                .collect(),
        },
    })
}

/// The same for people, a line each.
pub(super) fn lines(entry: &LayerEntry, words: &Words) -> Vec<String> {
    let named = |number: u32, parts: [&str; 3]| {
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.collect();
        format!("{number}: {}", parts.join(" · "))
    };
    match entry {
        LayerEntry::Segmentation {
            segmentation_type,
            segments,
            ..
        } => {
            let head = Message::new(msg("info-segmentation"))
                .text("type", segmentation_type.unwrap_or("?"))
                .count("count", segments.len());
            let lines = segments.iter().map(|it| {
                named(
                    it.number,
                    [&it.label, &it.property_type, &it.algorithm_name],
                )
            });
            std::iter::once(words.get(&head)).chain(lines).collect()
        }
        LayerEntry::StructureSet { rois, .. } => {
            let head = Message::new(msg("info-structures")).count("count", rois.len());
            let lines = rois.iter().map(|roi| {
                let contours = Message::new(msg("info-contours")).count("count", roi.contours);
                let contours = words.get(&contours);
                named(roi.number, [&roi.name, &roi.interpreted_type, &contours])
            });
            std::iter::once(words.get(&head)).chain(lines).collect()
        }
        LayerEntry::Dose {
            units,
            dose_type,
            summation,
            plan_uids,
            ..
        } => {
            let facts = [units.as_str(), dose_type, summation];
            let facts: Vec<&str> = facts.into_iter().filter(|it| !it.is_empty()).collect();
            let head = Message::new(msg("info-dose")).text("facts", facts.join(" · "));
            let plans = plan_uids
                .iter()
                .map(|uid| words.get(&Message::new(msg("info-dose-plan")).text("uid", uid)));
            std::iter::once(words.get(&head)).chain(plans).collect()
        }
    }
}
