//! What one pane can show.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use super::DisplaySetId;
use super::DisplaySetKind;
use super::FrameKey;
use super::InstanceIx;
use super::PatientKey;
use super::SeriesKey;
use super::StudyKey;
use super::VolumePlan;
use super::WhyNoVolume;
use super::phases;
use super::phases::Phase;
use super::plan::PlanFrame;
use super::plan::plan;
use super::records::Series;
use super::split::Part;
use crate::dicom::modules::EncapsulatedDocument;
use crate::dicom::modules::ImageKind;
use crate::problem::Message;

/// Frames that belong together: what one pane shows. A series yields one or several.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplaySet {
    /// Its key; it stays while the set grows.
    pub id: DisplaySetId,
    /// Whose it is.
    pub patient: PatientKey,
    /// The study it belongs to.
    pub study: StudyKey,
    /// The series it is a part of.
    pub series: SeriesKey,
    /// Series Instance UID.
    pub series_instance_uid: Arc<str>,
    /// Its instances, in the order of their first frames.
    pub instances: Arc<[InstanceIx]>,
    /// Its frames in their order; the same allocation as long as nothing changed; empty where there
    /// are no pictures.
    pub frames: Arc<[FrameKey]>,
    /// What it is.
    pub kind: DisplaySetKind,
    /// Series Description, else Protocol Name, else Body Part; of what is no image else the title of
    /// the document; empty if the file says none.
    pub description: String,
    /// What sets it apart from the other sets of its series; empty if it is the only one.
    pub apart_by: Vec<Message>,
    /// What of the concatenation it was written as is not there.
    pub missing: Option<Message>,
    /// Its place among the sets of its series that show the same slices, if there are any.
    pub phase: Option<Phase>,
    /// Series Number.
    pub number: Option<i64>,
    /// Modality (0008,0060).
    pub modality: String,
    /// SOP Class UID of its instances.
    pub sop_class_uid: Arc<str>,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<Arc<str>>,
    /// Height, pixels; 0 without pictures.
    pub rows: u32,
    /// Width, pixels; 0 without pictures.
    pub columns: u32,
    /// The volume its frames form, or why they form none.
    pub volume: Result<Arc<VolumePlan>, WhyNoVolume>,
}

impl DisplaySet {
    /// Whether it has pictures.
    #[must_use]
    pub const fn is_image(&self) -> bool {
        matches!(self.kind, DisplaySetKind::Stack | DisplaySetKind::Loop)
    }

    /// The frame to show small: the middle one; `None` without pictures.
    #[must_use]
    pub fn thumbnail(&self) -> Option<FrameKey> {
        self.frames.get(self.frames.len() / 2).copied()
    }
}

/// The display sets of a series. Those that merely grew (share most frames with an older one)
/// keep its id; one without change keeps its frames' allocation.
pub(super) fn display_sets(
    series: &Series,
    patient: PatientKey,
    parts: Vec<Part<'_>>,
    previous: &[DisplaySet],
) -> Vec<DisplaySet> {
    let ids = kept_ids(&parts, previous);
    let groups = phases::groups(&parts);
    let reasons: Vec<_> = parts.iter().map(|part| part.reasons.clone()).collect();
    let mut sets: Vec<DisplaySet> = parts
        .into_iter()
        .zip(ids)
        .filter_map(|(part, kept)| display_set(series, patient, part, kept))
        .collect();
    if sets.len() == reasons.len() {
        phases::tell(&mut sets, &reasons, &groups);
    }
    sets
}

fn display_set(
    series: &Series,
    patient: PatientKey,
    part: Part<'_>,
    kept: Option<&DisplaySet>,
) -> Option<DisplaySet> {
    let first = part.items.first()?;
    let facts = &first.instance.facts;
    let without_pictures = DisplaySetKind::without_pictures(facts);
    let frames: Vec<FrameKey> = if without_pictures.is_some() {
        Vec::new()
    } else {
        part.items.iter().map(|item| item.key).collect()
    };
    let unchanged = kept.filter(|set| *set.frames == *frames);
    let volume = match unchanged {
        Some(set) => set.volume.clone(),
        None if without_pictures.is_some() => Err(WhyNoVolume::NotAnImage),
        None => plan(&plan_frames(&part))
            .map(Arc::new)
            .map_err(|why| why_not(why, &part)),
    };
    let kind = without_pictures.unwrap_or_else(|| match facts.kind {
        ImageKind::ClassicMultiFrame if first.plane().is_none() => DisplaySetKind::Loop,
        _ => DisplaySetKind::Stack,
    });
    let mut instances: Vec<InstanceIx> = part.items.iter().map(|item| item.key.instance).collect();
    let mut seen = HashSet::new();
    instances.retain(|ix| seen.insert(*ix));
    let module = &series.module;
    let description = [&module.description, &module.protocol, &module.body_part]
        .into_iter()
        .find(|text| !text.is_empty())
        .cloned();
    // A document without a series description has a title of its own.
    let description = description.or_else(|| {
        let root = first.instance.header.dataset.elements();
        let is_document = frames.is_empty();
        is_document.then(|| EncapsulatedDocument::described(root).title)
    });
    Some(DisplaySet {
        id: kept.map_or_else(DisplaySetId::new, |set| set.id),
        patient,
        study: series.study,
        series: series.key,
        series_instance_uid: module.series_instance_uid.as_str().into(),
        instances: instances.into(),
        frames: unchanged.map_or_else(|| frames.into(), |set| Arc::clone(&set.frames)),
        kind,
        description: description.unwrap_or_default(),
        number: module.number,
        modality: module.modality.clone(),
        sop_class_uid: Arc::clone(&facts.sop_class_uid),
        frame_of_reference: facts.frame_of_reference.clone(),
        rows: facts.pixel.rows,
        columns: facts.pixel.columns,
        apart_by: part.reasons.into_iter().map(|r| r.message).collect(),
        phase: None,
        missing: part.missing,
        volume,
    })
}

/// Frames that lie in the space of a transducer have places, but not in the patient.
fn why_not(why: WhyNoVolume, part: &Part<'_>) -> WhyNoVolume {
    let is_in_volume = part
        .items
        .iter()
        .all(|item| item.facts.plane_in_volume.is_some());
    match why {
        WhyNoVolume::NoPosition { .. } if is_in_volume => WhyNoVolume::NotInPatient,
        why => why,
    }
}

fn plan_frames(part: &Part<'_>) -> Vec<PlanFrame> {
    part.items
        .iter()
        .map(|item| {
            let facts = &item.instance.facts;
            PlanFrame {
                key: item.key,
                plane: item.facts.plane,
                spacing_mm: item.facts.pixel_spacing,
                rows: facts.pixel.rows,
                columns: facts.pixel.columns,
                is_colour: facts.pixel.samples_per_pixel > 1,
                frame_of_reference: facts.frame_of_reference.clone(),
            }
        })
        .collect()
}

/// For each part the older set it continues: pairs with most frames in common first.
fn kept_ids<'s>(parts: &[Part<'_>], previous: &'s [DisplaySet]) -> Vec<Option<&'s DisplaySet>> {
    let mut old_of: HashMap<FrameKey, usize> = HashMap::new();
    for (index, set) in previous.iter().enumerate() {
        old_of.extend(set.frames.iter().map(|key| (*key, index)));
        if !set.is_image() {
            let first = |ix: &InstanceIx| FrameKey {
                instance: *ix,
                frame: 0,
            };
            old_of.extend(set.instances.iter().map(|ix| (first(ix), index)));
        }
    }
    let mut common: HashMap<(usize, usize), usize> = HashMap::new();
    for (new, part) in parts.iter().enumerate() {
        for item in &part.items {
            if let Some(old) = old_of.get(&item.key) {
                *common.entry((*old, new)).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<(usize, (usize, usize))> = common
        .into_iter()
        .map(|(pair, count)| (count, pair))
        .collect();
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut kept: Vec<Option<&DisplaySet>> = vec![None; parts.len()];
    let mut is_continued = vec![false; previous.len()];
    for (_, (old, new)) in pairs {
        if let (Some(slot), Some(taken)) = (kept.get_mut(new), is_continued.get_mut(old))
            && slot.is_none()
            && !*taken
        {
            *slot = previous.get(old);
            *taken = true;
        }
    }
    kept
}
