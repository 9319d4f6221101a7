//! Over which images an object may be drawn. Never over another patient's; over the same patient's
//! only where both state one and the same space, or the object names the very images.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arranging::SegmentedImages;
use super::kind::LayerKind;
use super::reading::{Layer, LayerContent};
use super::segmentation::Segmentation;
use crate::dicom::modules::ImagePlaneModule;
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
    /// They are, but lie elsewhere in the patient than it says.
    OtherPlace,
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
            Self::OtherPlace => msg("layer-other-place"),
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
        return over_pixels(library, set, segmentation, images);
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

/// Pixel by pixel: the images have the size of the frames, and their place where both state one.
fn over_pixels(
    library: &Library,
    set: &DisplaySet,
    segmentation: &Segmentation,
    images: &SegmentedImages,
) -> Result<LayerSpace, WhyNotDrawn> {
    let mut is_any_named = false;
    for key in set.frames.iter() {
        let Some(facts) = library.instance(key.instance).map(|it| &it.facts) else {
            continue;
        };
        let Some(slice) = images.slice(&facts.sop_instance_uid, key.frame) else {
            continue;
        };
        is_any_named = true;
        let said = images.place(slice).map(|it| (it.plane, it.spacing_mm));
        let own = facts.frame(key.frame);
        let own = own.and_then(|own| own.plane.zip(own.pixel_spacing));
        if let Some((said, own)) = said.zip(own)
            && !is_same_place(said, own, segmentation.size())
        {
            return Err(WhyNotDrawn::OtherPlace);
        }
    }
    if !is_any_named {
        Err(WhyNotDrawn::OtherImages)
    } else if segmentation.size() != [set.columns, set.rows] {
        Err(WhyNotDrawn::OtherSize)
    } else {
        Ok(LayerSpace::Images)
    }
}

/// A plane with the distances between rows and between columns, mm.
type Place = (ImagePlaneModule, (f64, f64));

/// Whether three corners lie within a tenth of a pixel of each other.
fn is_same_place(a: Place, b: Place, size: [u32; 2]) -> bool {
    let [columns, rows] = size.map(f64::from);
    let corner = |(plane, (row_mm, column_mm)): Place, x: f64, y: f64| {
        plane.origin + plane.row * (column_mm * x) + plane.column * (row_mm * y)
    };
    let tolerance_mm = 0.1 * a.1.0.min(a.1.1);
    [(0.0, 0.0), (columns, 0.0), (0.0, rows)]
        .into_iter()
        .all(|(x, y)| (corner(a, x, y) - corner(b, x, y)).length() <= tolerance_mm)
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
