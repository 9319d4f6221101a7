//! Graphic Layer Module (PS3.3 C.10.7): in which order overlays, graphics and texts are drawn, and
//! in which colour.

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::imaging::srgb_from_lab;

/// Graphic Layer Recommended Display RGB Value (retired).
const RECOMMENDED_DISPLAY_RGB_VALUE: Tag = Tag(0x0070, 0x0067);

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphicLayer {
    /// Graphic Layer: what others refer to it by.
    pub name: String,
    /// Graphic Layer Order: lower ones are drawn first.
    pub order: i64,
    /// The colour recommended for it, sRGB, if one is.
    pub rgb: Option<[u8; 3]>,
    /// Graphic Layer Description; may be empty.
    pub description: String,
}

impl GraphicLayer {
    /// The layers of a state, lowest first.
    #[must_use]
    pub fn read_all(root: Elements<'_>) -> Vec<Self> {
        let mut layers: Vec<Self> = root
            .items(tags::GRAPHIC_LAYER_SEQUENCE)
            .into_iter()
            .filter_map(Self::read)
            .collect();
        layers.sort_by_key(|layer| layer.order); // stable: as listed among equals
        layers
    }

    fn read(item: Elements<'_>) -> Option<Self> {
        Some(Self {
            name: item.text(tags::GRAPHIC_LAYER)?,
            order: item.integer(tags::GRAPHIC_LAYER_ORDER).unwrap_or(0),
            rgb: recommended(item),
            description: item
                .text(tags::GRAPHIC_LAYER_DESCRIPTION)
                .unwrap_or_default(),
        })
    }
}

/// The colour for displays of colour first, then the grey for others (a P-value); the retired RGB
/// between them, since some writers still know nothing else.
fn recommended(item: Elements<'_>) -> Option<[u8; 3]> {
    if let Some(rgb) = lab(item, tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_CIE_LAB_VALUE) {
        return Some(rgb);
    }
    if let [r, g, b] = *words(item, RECOMMENDED_DISPLAY_RGB_VALUE) {
        return Some([r, g, b].map(level));
    }
    match *words(
        item,
        tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_GRAYSCALE_VALUE,
    ) {
        [grey, ..] => Some([level(grey); 3]),
        [] => None,
    }
}

/// A colour in PCS-Values, as sRGB.
pub(super) fn lab(item: Elements<'_>, tag: Tag) -> Option<[u8; 3]> {
    match *words(item, tag) {
        [l, a, b] => Some(srgb_from_lab([l, a, b])),
        _ => None,
    }
}

fn words(item: Elements<'_>, tag: Tag) -> Vec<u16> {
    let values = item.integers(tag);
    values
        .iter()
        .filter_map(|value| u16::try_from(*value).ok())
        .collect()
}

/// 16 bits to 8.
fn level(value: u16) -> u8 {
    (f32::from(value) / 257.0).round() as u8
}
