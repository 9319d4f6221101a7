//! From a header to a [`PresentationState`].

use std::sync::Arc;

use super::area::{DisplayedArea, SpatialTransformation};
use super::graphic::GraphicAnnotation;
use super::layer::GraphicLayer;
use super::scope::{ReferencedImage, Scope};
use super::{PresentationClass, PresentationState};
use crate::dicom::Elements;
use crate::dicom::InstanceHeader;
use crate::dicom::Palette;
use crate::dicom::Samples;
use crate::dicom::Tag;
use crate::dicom::modules::{
    ColourSpaceModule, DisplayShutter, ImagePixelModule, LutTable, OverlayPlane,
};
use crate::dicom::sop_class::PRESENTATION_STATES;
use crate::dicom::tags;
use crate::imaging::{ColourProfile, Lut, PresentationTable};
use crate::problem::{Message, MessageId, msg};

/// Whether instances of a SOP class are presentation states, ours to apply or not.
#[must_use]
pub fn is_presentation_state(sop_class_uid: &str) -> bool {
    sop_class_uid.starts_with(PRESENTATION_STATES)
}

/// Reads a state.
///
/// # Errors
/// A sentence: why it cannot be applied as it is meant.
pub fn read(header: &InstanceHeader) -> Result<PresentationState, Message> {
    let root = header.dataset.elements();
    let class = class(&root.uid(tags::SOP_CLASS_UID).unwrap_or_default())?;
    if root.item(tags::MASK_SUBTRACTION_SEQUENCE).is_some() {
        return Err(Message::new(msg("presentation-mask")));
    }
    let (images, series) = images(root);
    if images.is_empty() {
        return Err(Message::new(msg("presentation-no-images")));
    }
    let text = |tag| root.text(tag).unwrap_or_default();
    let mut faults = Vec::new();
    let table = match class {
        PresentationClass::Grayscale => presentation_lut(root)?,
        PresentationClass::PseudoColor => Some(palette(root)?),
        PresentationClass::Color => None,
    };
    let colour = match class {
        PresentationClass::Grayscale => Ok(None),
        _ => ColourProfile::new(&ColourSpaceModule::of(root)),
    };
    let colour = colour.unwrap_or_else(|why| {
        faults.push(why);
        None
    });
    let table = match (table, &colour) {
        (Some(PresentationTable::Colour(colours)), Some(profile)) => {
            Some(PresentationTable::Colour(on_screen(colours, profile)))
        }
        (table, _) => table,
    };
    let layers = GraphicLayer::read_all(root);
    let mut annotations: Vec<GraphicAnnotation> = root
        .items(tags::GRAPHIC_ANNOTATION_SEQUENCE)
        .into_iter()
        .map(|item| GraphicAnnotation::read(item, &mut faults))
        .collect();
    // In the order of the layers, which are sorted; what names none of them comes last.
    annotations.sort_by_key(|annotation| {
        let place = layers
            .iter()
            .position(|layer| layer.name == annotation.layer);
        place.unwrap_or(layers.len())
    });
    let (shutter, shutter_faults) = DisplayShutter::read(root);
    let pixel = ImagePixelModule::read(root, None);
    let (overlays, overlay_faults) = OverlayPlane::read_all(root, &pixel);
    faults.extend(shutter_faults.into_iter().chain(overlay_faults));
    Ok(PresentationState {
        patient: None,
        class,
        sop_instance_uid: text(tags::SOP_INSTANCE_UID).into(),
        label: text(tags::CONTENT_LABEL),
        description: text(tags::CONTENT_DESCRIPTION),
        creator: text(tags::CONTENT_CREATOR_NAME),
        created: [
            text(tags::PRESENTATION_CREATION_DATE),
            text(tags::PRESENTATION_CREATION_TIME),
        ],
        images,
        series,
        transformation: SpatialTransformation::read(root),
        table,
        colour: colour.map(Arc::new),
        is_inverse: text(tags::PRESENTATION_LUT_SHAPE) == "INVERSE",
        layers,
        annotations,
        faults,
        areas: root
            .items(tags::DISPLAYED_AREA_SELECTION_SEQUENCE)
            .into_iter()
            .filter_map(|item| Some((Scope::read(item), DisplayedArea::read(item)?)))
            .collect(),
        vois: root
            .items(tags::SOFTCOPY_VOILUT_SEQUENCE)
            .into_iter()
            .map(Scope::read)
            .collect(),
        shutter: shutter.map(Arc::new),
        overlays: overlays.into_iter().map(Arc::new).collect(),
        active_overlays: std::array::from_fn(|index| {
            let group = 0x6000 + 2 * index as u16;
            root.text(Tag(group, tags::OVERLAY_ACTIVATION_LAYER.inner().1))
        }),
        dataset: Arc::new(header.dataset.clone()),
    })
}

fn class(uid: &str) -> Result<PresentationClass, Message> {
    let number = uid.strip_prefix(PRESENTATION_STATES).unwrap_or_default();
    let refused = |what: MessageId| {
        Err(Message::new(msg("presentation-class")).message("class", Message::new(what)))
    };
    match number {
        "1" => Ok(PresentationClass::Grayscale),
        "2" => Ok(PresentationClass::Color),
        "3" => Ok(PresentationClass::PseudoColor),
        "4" | "8" => refused(msg("presentation-class-blending")),
        "5" => refused(msg("presentation-class-xa")),
        "6" | "7" => refused(msg("presentation-class-planar")),
        "9" | "10" | "11" => refused(msg("presentation-class-volume")),
        "12" => refused(msg("presentation-class-variable")),
        _ => refused(msg("presentation-class-other")),
    }
}

/// The Referenced Series Sequence: all images, and their series, each once.
fn images(root: Elements<'_>) -> (Vec<ReferencedImage>, Vec<Arc<str>>) {
    let mut images = Vec::new();
    let mut series: Vec<Arc<str>> = Vec::new();
    for item in root.items(tags::REFERENCED_SERIES_SEQUENCE) {
        let referenced = item.items(tags::REFERENCED_IMAGE_SEQUENCE);
        images.extend(referenced.into_iter().filter_map(ReferencedImage::read));
        if let Some(uid) = item.uid(tags::SERIES_INSTANCE_UID)
            && series.iter().all(|known| **known != *uid)
        {
            series.push(uid.into());
        }
    }
    (images, series)
}

/// The Presentation LUT, where there is one. One that cannot be read is no identity: the values
/// meant would be others.
fn presentation_lut(root: Elements<'_>) -> Result<Option<PresentationTable>, Message> {
    let Some(item) = root.item(tags::PRESENTATION_LUT_SEQUENCE) else {
        return Ok(None);
    };
    let table =
        LutTable::read(item, false).ok_or_else(|| Message::new(msg("presentation-no-lut")))?;
    Ok(Some(PresentationTable::Grey(Arc::new(Lut {
        first: table.first,
        bits: table.bits,
        entries: table.entries,
    }))))
}

fn palette(root: Elements<'_>) -> Result<PresentationTable, Message> {
    let palette = Palette::read(root, false)
        .map_err(|_unreadable| Message::new(msg("presentation-no-palette")))?;
    let colours: Arc<[[u8; 3]]> = palette.colours().into();
    if colours.is_empty() {
        return Err(Message::new(msg("presentation-no-palette")));
    }
    Ok(PresentationTable::Colour(colours))
}

/// The colours of a palette as they are on an sRGB screen; as they are where that fails.
fn on_screen(colours: Arc<[[u8; 3]]>, profile: &ColourProfile) -> Arc<[[u8; 3]]> {
    match profile.apply(&Samples::Rgb8(colours.as_flattened().into())) {
        Some(Samples::Rgb8(shown)) => shown.as_chunks::<3>().0.into(),
        _ => colours,
    }
}
