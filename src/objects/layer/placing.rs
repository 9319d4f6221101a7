//! Over which images an object may be drawn. Never over another patient's; over the same patient's
//! only where both state one and the same space, or the object names the very images.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::kind::LayerKind;
use super::reading::{Layer, LayerContent};
use crate::dicom::{Elements, tags};
use crate::model::{DisplaySet, DisplaySetId, InstanceIx, Library};
use crate::problem::{Message, MessageId, msg};

/// How an object lies over images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerSpace {
    /// Both in one frame of reference: by patient coordinates.
    Patient,
    /// Pixel by pixel over the images it names.
    Images,
}

/// Why an object is not drawn over images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNotDrawn {
    /// They are another patient's.
    AnotherPatient,
    /// They are no images, or an object that is itself laid over images.
    NotAnImage,
    /// They lie in another frame of reference.
    AnotherSpace,
    /// They have no place in the patient.
    NoPlace,
    /// They are not the images it names.
    OtherImages,
    /// They are, but have another size.
    OtherSize,
}

impl WhyNotDrawn {
    /// The sentence.
    #[must_use]
    pub const fn message(self) -> Message {
        Message::new(self.id())
    }

    const fn id(self) -> MessageId {
        match self {
            Self::AnotherPatient => msg("layer-another-patient"),
            Self::NotAnImage => msg("layer-not-an-image"),
            Self::AnotherSpace => msg("layer-another-space"),
            Self::NoPlace => msg("layer-images-no-place"),
            Self::OtherImages => msg("layer-other-images"),
            Self::OtherSize => msg("layer-other-size"),
        }
    }
}

/// How an object that was read from `instance` lies over a display set.
///
/// # Errors
/// Why it is not drawn.
pub fn space_over(
    library: &Library,
    (instance, layer): (InstanceIx, &Layer),
    set: DisplaySetId,
) -> Result<LayerSpace, WhyNotDrawn> {
    let set = library.display_set(set).ok_or(WhyNotDrawn::NotAnImage)?;
    let patient = library
        .instance(instance)
        .and_then(|instance| library.series(instance.series))
        .and_then(|series| library.patient_of(series.study))
        .map(|patient| patient.key);
    if patient != Some(set.patient) {
        return Err(WhyNotDrawn::AnotherPatient);
    }
    if !set.is_image() || LayerKind::of(&set.sop_class_uid).is_some() {
        return Err(WhyNotDrawn::NotAnImage);
    }
    if let LayerContent::Segmentation(segmentation) = &layer.content
        && let Some(images) = &segmentation.images
    {
        let is_named = |uid: &str| images.iter().any(|(named, _)| **named == *uid);
        return if !names_any(library, set, is_named) {
            Err(WhyNotDrawn::OtherImages)
        } else if segmentation.size() != [set.columns, set.rows] {
            Err(WhyNotDrawn::OtherSize)
        } else {
            Ok(LayerSpace::Images)
        };
    }
    let has_place = set.frames.first().is_some_and(|key| {
        let facts = library.instance(key.instance).map(|it| &it.facts);
        let facts = facts.and_then(|facts| facts.frame(key.frame));
        facts.is_some_and(|facts| facts.plane.is_some() && facts.pixel_spacing.is_some())
    });
    if !has_place {
        return Err(WhyNotDrawn::NoPlace);
    }
    let is_same_space = match &set.frame_of_reference {
        Some(space) if !layer.frames_of_reference.is_empty() => {
            layer.frames_of_reference.contains(space)
        }
        // Contours without a space are coordinates of the images they name.
        _ => {
            layer.kind == LayerKind::StructureSet
                && layer.frames_of_reference.is_empty()
                && names_any(library, set, |uid| layer.references.contains(uid))
        }
    };
    if is_same_space {
        Ok(LayerSpace::Patient)
    } else {
        Err(WhyNotDrawn::AnotherSpace)
    }
}

fn names_any(library: &Library, set: &DisplaySet, is_named: impl Fn(&str) -> bool) -> bool {
    set.instances.iter().any(|ix| {
        let instance = library.instance(*ix);
        instance.is_some_and(|instance| is_named(&instance.facts.sop_instance_uid))
    })
}

/// SOP Instance UIDs of the images an object names in its lists of references.
#[must_use]
pub fn references_of(root: Elements<'_>) -> BTreeSet<Arc<str>> {
    let mut uids = BTreeSet::new();
    let mut take = |items: Vec<Elements<'_>>| {
        let named = items
            .iter()
            .filter_map(|item| item.text(tags::REFERENCED_SOP_INSTANCE_UID));
        uids.extend(named.map(Arc::from));
    };
    for series in root.items(tags::REFERENCED_SERIES_SEQUENCE) {
        take(series.items(tags::REFERENCED_INSTANCE_SEQUENCE));
    }
    for space in root.items(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE) {
        for study in space.items(tags::RT_REFERENCED_STUDY_SEQUENCE) {
            for series in study.items(tags::RT_REFERENCED_SERIES_SEQUENCE) {
                take(series.items(tags::CONTOUR_IMAGE_SEQUENCE));
            }
        }
    }
    for roi in root.items(tags::ROI_CONTOUR_SEQUENCE) {
        for contour in roi.items(tags::CONTOUR_SEQUENCE) {
            take(contour.items(tags::CONTOUR_IMAGE_SEQUENCE));
        }
    }
    uids
}
