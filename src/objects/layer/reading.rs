//! One object that is laid over images, read whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dose::{self, Dose};
use super::kind::LayerKind;
use super::placing::references_of;
use super::segmentation::{self, Segmentation};
use super::structures::{Roi, StructureSet};
use crate::cache::{Budget, OverBudget, Reservation};
use crate::dicom::{ByteSource, read_full, read_header, tags};
use crate::jobs::{Cancelled, JobCtx};
use crate::problem::{Message, MessageId, msg};

/// Bytes in memory a byte of a structure set's file, while it is read: numbers are kept as texts,
/// each a few digits, with a place of its own.
const READ_BYTES: u64 = 8;

/// An object that is laid over images.
#[derive(Debug, Clone)]
pub struct Layer {
    /// What it is.
    pub kind: LayerKind,
    /// Its SOP Instance UID.
    pub sop_instance_uid: Arc<str>,
    /// Structure Set Label, else Series Description, else Content Label; empty if it has none.
    pub label: String,
    /// The spaces its content lies in: Frame of Reference UIDs, of a structure set those of its
    /// regions.
    pub frames_of_reference: BTreeSet<Arc<str>>,
    /// SOP Instance UIDs of the images it names.
    pub references: BTreeSet<Arc<str>>,
    /// What it holds.
    pub content: LayerContent,
    /// Held for its contours; voxels hold their own.
    _memory: Option<Arc<Reservation>>,
}

/// What it holds.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named as in DICOM")]
pub enum LayerContent {
    Segmentation(Segmentation),
    Structures(StructureSet),
    Dose(Dose),
}

/// A part of it that is shown or hidden on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerItem {
    /// Segment or ROI number.
    pub number: u32,
    /// Its name; empty if it has none.
    pub label: String,
    /// What it is: property type, interpreted type.
    pub detail: String,
    /// Its colour.
    pub rgb: [u8; 3],
}

impl Layer {
    /// The segments or regions; none of a dose.
    #[must_use]
    pub fn items(&self) -> Vec<LayerItem> {
        match &self.content {
            LayerContent::Segmentation(it) => it
                .segments
                .iter()
                .map(|segment| LayerItem {
                    number: segment.number,
                    label: segment.label.clone(),
                    detail: segment.property_type.clone(),
                    rgb: segment.rgb,
                })
                .collect(),
            LayerContent::Structures(it) => it
                .rois
                .iter()
                .map(|roi| LayerItem {
                    number: roi.number,
                    label: roi.name.clone(),
                    detail: roi.interpreted_type.clone(),
                    rgb: roi.rgb,
                })
                .collect(),
            LayerContent::Dose(_) => Vec::new(),
        }
    }
}

impl Layer {
    /// Whether a region, if `number` is one's, lies in the space of images with this Frame of
    /// Reference UID.
    #[must_use]
    pub fn is_item_in(&self, number: u32, shown: Option<&Arc<str>>) -> bool {
        let LayerContent::Structures(structures) = &self.content else {
            return true;
        };
        let mut rois = structures.rois.iter();
        let roi = rois.find(|roi| roi.number == number);
        roi.is_none_or(|roi| self.is_roi_in(roi, shown))
    }

    /// As [`Self::is_item_in`].
    #[must_use]
    pub fn is_roi_in(&self, roi: &Roi, shown: Option<&Arc<str>>) -> bool {
        match (&roi.frame_of_reference, shown) {
            (Some(own), Some(shown)) => own == shown,
            // Coordinates of the images that the object names.
            (own, _) => own.is_none() && self.frames_of_reference.is_empty(),
        }
    }
}

/// Why an object cannot be laid over anything.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayerRefusal {
    /// A sentence.
    #[error("{}", .0.id.0)]
    Because(Message),
    /// The job was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl LayerRefusal {
    pub(super) const fn because(id: MessageId) -> Self {
        Self::Because(Message::new(id))
    }

    /// The sentence to show.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Because(message) => message,
            Self::Cancelled => Message::new(msg("layer-cancelled")),
        }
    }
}

impl From<OverBudget> for LayerRefusal {
    fn from(over: OverBudget) -> Self {
        Self::Because(over.message())
    }
}

impl From<Cancelled> for LayerRefusal {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// Reads and decodes an object; memory is reserved before it is taken.
///
/// # Errors
/// [`LayerRefusal`]: it is none, cannot be read, or memory is short.
pub fn read_layer(
    source: ByteSource,
    budget: &Budget,
    ctx: &JobCtx,
) -> Result<Layer, LayerRefusal> {
    let unread = |error: crate::dicom::ReadError| LayerRefusal::Because(error.message());
    let header = read_header(source.clone()).map_err(unread)?;
    let class = header.dataset.elements().text(tags::SOP_CLASS_UID);
    let kind = class
        .and_then(|uid| LayerKind::of(&uid))
        .ok_or_else(|| LayerRefusal::because(msg("layer-unknown")))?;
    // Contours may be more than a header is read for.
    let (header, passing) = if kind == LayerKind::StructureSet {
        let bytes = source.size().unwrap_or(0);
        let passing = budget.reserve(bytes.saturating_mul(READ_BYTES))?;
        (read_full(source).map_err(unread)?, Some(passing))
    } else {
        (header, None)
    };
    ctx.check()?;
    let root = header.dataset.elements();
    let content = match kind {
        LayerKind::Segmentation => {
            LayerContent::Segmentation(segmentation::read(&header, budget, ctx)?)
        }
        LayerKind::StructureSet => LayerContent::Structures(StructureSet::read(root)),
        LayerKind::Dose => LayerContent::Dose(dose::read(&header, budget, ctx)?),
    };
    let mut frames_of_reference = BTreeSet::new();
    match &content {
        LayerContent::Structures(structures) => {
            let spaces = structures.rois.iter();
            frames_of_reference.extend(spaces.filter_map(|roi| roi.frame_of_reference.clone()));
        }
        LayerContent::Segmentation(_) | LayerContent::Dose(_) => {
            frames_of_reference.extend(root.text(tags::FRAME_OF_REFERENCE_UID).map(Arc::from));
        }
    }
    let label = [
        tags::STRUCTURE_SET_LABEL,
        tags::SERIES_DESCRIPTION,
        tags::CONTENT_LABEL,
    ];
    let references = references_of(root);
    drop(passing);
    let memory = match &content {
        LayerContent::Structures(structures) => Some(Arc::new(budget.reserve(structures.bytes())?)),
        LayerContent::Segmentation(_) | LayerContent::Dose(_) => None,
    };
    Ok(Layer {
        kind,
        sop_instance_uid: root.text(tags::SOP_INSTANCE_UID).unwrap_or_default().into(),
        label: label
            .into_iter()
            .find_map(|tag| root.text(tag))
            .unwrap_or_default(),
        frames_of_reference,
        references,
        content,
        _memory: memory,
    })
}
