//! What one pane can show. A series may yield several; the two are never the same thing.

use std::sync::{Arc, OnceLock};

use crate::dicom::modules::{ImageKind, InstanceFacts};
use crate::model::grid::VolumePlan;
use crate::model::keys::{DisplaySetId, FrameKey, InstanceIx, PatientKey, SeriesKey, StudyKey};
use crate::problem::{Message, msg};

/// What kind of thing it is.
#[derive(Debug, Clone, PartialEq)]
pub enum DisplaySetKind {
    /// Images to scroll through.
    Stack,
    /// The frames of one instance in their own order: a loop.
    Loop,
    /// A structured report.
    Report,
    /// Something this program cannot show yet; the sentence says what it is.
    NotShown(Message),
}

/// What one pane can show.
#[derive(Debug, Clone)]
pub struct DisplaySet {
    /// Its key; kept while it merely grows.
    pub id: DisplaySetId,
    /// Whose.
    pub patient: PatientKey,
    /// Of which study.
    pub study: StudyKey,
    /// Of which series.
    pub series: SeriesKey,
    /// That series' UID.
    pub series_instance_uid: Arc<str>,
    /// Series number.
    pub number: Option<i64>,
    /// Modality.
    pub modality: String,
    /// Series description or protocol; may be empty.
    pub description: String,
    /// What sets it apart from the others of its series, in the data's own words; empty if alone.
    pub apart_by: String,
    /// What it is.
    pub kind: DisplaySetKind,
    /// Its instances, in the order of their frames.
    pub instances: Arc<[InstanceIx]>,
    /// Its frames, in reading order; another allocation only when they changed. Empty unless images.
    pub frames: Arc<[FrameKey]>,
    pub(super) plan: OnceLock<Result<VolumePlan, Message>>,
}

impl DisplaySet {
    /// Whether it has pixels to show.
    #[must_use]
    pub const fn is_image(&self) -> bool {
        matches!(self.kind, DisplaySetKind::Stack | DisplaySetKind::Loop)
    }
}

/// SR documents, key object selections apart (PS3.4 B.5).
const SR: &str = "1.2.840.10008.5.1.4.1.1.88.";
const KEY_OBJECT_SELECTION: &str = "1.2.840.10008.5.1.4.1.1.88.59";

/// What an instance is, by SOP class and pixels.
pub(super) fn kind_of(facts: &InstanceFacts) -> DisplaySetKind {
    let class = &*facts.sop_class_uid;
    match facts.kind {
        ImageKind::ClassicMultiFrame => return DisplaySetKind::Loop,
        ImageKind::SingleFrame | ImageKind::EnhancedMultiFrame => return DisplaySetKind::Stack,
        ImageKind::NotAnImage => {}
    }
    if class.starts_with(SR) && class != KEY_OBJECT_SELECTION {
        return DisplaySetKind::Report;
    }
    let what = match class.strip_prefix("1.2.840.10008.5.1.4.1.1.").unwrap_or_default() {
        "88.59" => msg("object-key-selection"),
        "481.2" => msg("object-rt-dose"),
        "481.3" => msg("object-rt-structures"),
        "481.5" => msg("object-rt-plan"),
        "66.4" => msg("object-segmentation"),
        rest if rest.starts_with("11.") => msg("object-presentation-state"),
        rest if rest.starts_with("9.") => msg("object-waveform"),
        rest if rest.starts_with("104.") => msg("object-encapsulated-document"),
        rest if rest.starts_with("66") => msg("object-raw-data"),
        rest if rest.starts_with("481.") => msg("object-radiotherapy"),
        _ => return DisplaySetKind::NotShown(Message::new(msg("object-other")).text("uid", class)),
    };
    DisplaySetKind::NotShown(Message::new(what))
}
