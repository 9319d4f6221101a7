//! Segment Description macro (PS3.3 C.8.20.4) and what each frame of a segmentation says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::colour::{colour_of, rgb_of_cielab};
use super::lattice::LatticeFrame;
use crate::dicom::modules::{FunctionalGroups, ImagePlaneModule, positive_pair};
use crate::dicom::{Elements, Palette, tags};

/// Segmentation Type (0062,0001).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentationType {
    /// A frame a segment: in or out.
    Binary,
    /// A frame a segment: how much of each voxel, or how likely.
    Fractional,
    /// One frame for all segments: values are segment numbers.
    Labelmap,
}

impl SegmentationType {
    /// As the object says; without a type, Label Map Segmentation is told by its SOP class.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Option<Self> {
        match root.text(tags::SEGMENTATION_TYPE)?.as_str() {
            "BINARY" => Some(Self::Binary),
            "FRACTIONAL" => Some(Self::Fractional),
            "LABELMAP" => Some(Self::Labelmap),
            _ => None,
        }
    }

    /// Its name in DICOM.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Binary => "BINARY",
            Self::Fractional => "FRACTIONAL",
            Self::Labelmap => "LABELMAP",
        }
    }
}

/// One segment. Texts are empty where the object says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct Segment {
    /// Segment Number.
    pub number: u32,
    pub label: String,
    pub description: String,
    /// Code Meaning of Segmented Property Category.
    pub category: String,
    /// Code Meaning of Segmented Property Type.
    pub property_type: String,
    pub algorithm_type: String,
    pub algorithm_name: String,
    pub tracking_id: String,
    pub tracking_uid: String,
    /// sRGB of Recommended Display CIELab Value, else of the palette, else one of ours.
    pub rgb: [u8; 3],
}

/// Reads Segment Sequence; of segments with one number the first counts.
#[must_use]
pub fn read_segments(root: Elements<'_>, kind: SegmentationType) -> Vec<Segment> {
    let mut segments: BTreeMap<u32, Segment> = BTreeMap::new();
    let palette = (kind == SegmentationType::Labelmap)
        .then(|| Palette::read(root, false).ok())
        .flatten();
    for item in root.items(tags::SEGMENT_SEQUENCE) {
        let Some(number) = item
            .integer(tags::SEGMENT_NUMBER)
            .and_then(|number| u32::try_from(number).ok())
        else {
            continue;
        };
        // In a label map 0 describes what is no segment (PS3.3 C.8.20.2).
        if number == 0 {
            continue;
        }
        let text = |tag| item.text(tag).unwrap_or_default();
        let meaning = |sequence| {
            item.item(sequence)
                .and_then(|code| code.text(tags::CODE_MEANING))
                .unwrap_or_default()
        };
        let index = segments.len();
        let lab: Option<[u16; 3]> = item
            .integers(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE)
            .into_iter()
            .map(|value| u16::try_from(value).ok())
            .collect::<Option<Vec<_>>>()
            .and_then(|values| values.try_into().ok());
        let of_palette = || Some(palette.as_ref()?.rgb(number.into()));
        segments.entry(number).or_insert_with(|| Segment {
            number,
            label: text(tags::SEGMENT_LABEL),
            description: text(tags::SEGMENT_DESCRIPTION),
            category: meaning(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE),
            property_type: meaning(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE),
            algorithm_type: text(tags::SEGMENT_ALGORITHM_TYPE),
            algorithm_name: text(tags::SEGMENT_ALGORITHM_NAME),
            tracking_id: text(tags::TRACKING_ID),
            tracking_uid: text(tags::TRACKING_UID),
            rgb: lab
                .map(rgb_of_cielab)
                .or_else(of_palette)
                .unwrap_or_else(|| colour_of(index)),
        });
    }
    segments.into_values().collect()
}

/// An image (its SOP Instance UID) and a frame of it, from 0.
pub type ImageFrame = (Arc<str>, u32);

/// What a frame of a segmentation says.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentFrame {
    /// Its number, from 0.
    pub frame: u32,
    /// The segment it holds; `None` for all of a label map.
    pub segment: Option<u32>,
    /// Where it lies in the patient.
    pub place: Option<LatticeFrame>,
    /// The image it was made of.
    pub source: Option<ImageFrame>,
}

/// What each of `count` frames says; frames that name no segment are left out, unless there is
/// only one.
pub fn read_frames(
    root: Elements<'_>,
    kind: SegmentationType,
    segments: &[Segment],
    count: u32,
) -> Vec<SegmentFrame> {
    let groups = FunctionalGroups::read(root);
    let of = |frame: u32| {
        let at = frame as usize;
        let own = groups.own_or_shared(at, tags::SEGMENT_IDENTIFICATION_SEQUENCE);
        let number = own
            .and_then(|item| item.integer(tags::REFERENCED_SEGMENT_NUMBER))
            .and_then(|number| u32::try_from(number).ok());
        let segment = match (kind, number, segments) {
            (SegmentationType::Labelmap, ..) => None,
            (_, Some(number), _) => Some(number),
            (_, None, [only]) => Some(only.number),
            _ => return None,
        };
        let measures = groups.group(at, tags::PIXEL_MEASURES_SEQUENCE);
        let positive = |tag| measures.float(tag).filter(|mm| *mm > 0.0);
        let plane = ImagePlaneModule::read(
            groups.group(at, tags::PLANE_POSITION_SEQUENCE),
            groups.group(at, tags::PLANE_ORIENTATION_SEQUENCE),
        );
        let place =
            plane
                .zip(positive_pair(measures, tags::PIXEL_SPACING))
                .map(|(plane, spacing_mm)| LatticeFrame {
                    frame,
                    plane,
                    spacing_mm,
                    slice_mm: positive(tags::SPACING_BETWEEN_SLICES)
                        .or_else(|| positive(tags::SLICE_THICKNESS)),
                });
        Some(SegmentFrame {
            frame,
            segment,
            place,
            source: source_of(&groups, at),
        })
    };
    (0..count).filter_map(of).collect()
}

fn source_of(groups: &FunctionalGroups<'_>, frame: usize) -> Option<ImageFrame> {
    let derivation = groups.own_or_shared(frame, tags::DERIVATION_IMAGE_SEQUENCE)?;
    let source = derivation.item(tags::SOURCE_IMAGE_SEQUENCE)?;
    let uid = source.text(tags::REFERENCED_SOP_INSTANCE_UID)?;
    // Counted from 1; without a number the image has but one.
    let number = source.integer(tags::REFERENCED_FRAME_NUMBER).unwrap_or(1);
    Some((uid.into(), u32::try_from(number).ok()?.checked_sub(1)?))
}
