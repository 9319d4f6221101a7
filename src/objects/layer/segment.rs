//! Segment Description macro (PS3.3 C.8.20.4) and what each frame of a segmentation says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::colour::colour_of;
use super::lattice::LatticeFrame;
use crate::dicom::modules::{FunctionalGroups, ImagePlaneModule, positive_pair};
use crate::dicom::{Elements, Palette, tags};
use crate::imaging::srgb_from_lab;

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
    /// As the object says.
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
                .map(srgb_from_lab)
                .or_else(of_palette)
                .unwrap_or_else(|| colour_of(index)),
        });
    }
    segments.into_values().collect()
}

/// An image that frames of a segmentation were made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceImage {
    /// Its SOP Instance UID.
    pub sop_instance_uid: Arc<str>,
    /// A frame of it, from 0; `None` for all it has (PS3.3 table 10-3: no Referenced Frame Number).
    pub frame: Option<u32>,
}

/// The images a frame was made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Those whose pixels lie where the frame's do, each once.
    pub images: Vec<SourceImage>,
    /// Whether others were left out: Spatial Locations Preserved says that pixels were moved.
    pub has_moved: bool,
}

/// What a frame of a segmentation says.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentFrame {
    /// Its number, from 0.
    pub frame: u32,
    /// The segment it holds; `None` for all of a label map.
    pub segment: Option<u32>,
    /// Where it lies in the patient.
    pub place: Option<LatticeFrame>,
    /// The images it was made of.
    pub sources: Arc<Sources>,
    /// Temporal Position Index and Dimension Index Values; empty where it has none.
    pub dimensions: Vec<i64>,
}

/// What each of `count` frames says. Frames that name no segment are left out, unless there is only
/// one.
#[must_use]
pub fn read_frames(
    root: Elements<'_>,
    kind: SegmentationType,
    segments: &[Segment],
    count: u32,
) -> Vec<SegmentFrame> {
    let groups = FunctionalGroups::read(root);
    let shared = root.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let shared = shared.and_then(sources_of).map(Arc::new);
    let shared = shared.unwrap_or_default();
    let per_frame = root.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
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
        let own = per_frame.get(at).copied();
        let content = own.and_then(|own| own.item(tags::FRAME_CONTENT_SEQUENCE));
        let dimensions = content.map(|content| {
            let phase = content.integer(tags::TEMPORAL_POSITION_INDEX);
            let place = content.integers(tags::DIMENSION_INDEX_VALUES);
            phase.into_iter().chain(place).collect()
        });
        Some(SegmentFrame {
            frame,
            segment,
            place: place_of(&groups, frame),
            sources: own
                .and_then(sources_of)
                .map_or_else(|| Arc::clone(&shared), Arc::new),
            dimensions: dimensions.unwrap_or_default(),
        })
    };
    (0..count).filter_map(of).collect()
}

fn place_of(groups: &FunctionalGroups<'_>, frame: u32) -> Option<LatticeFrame> {
    let at = frame as usize;
    let measures = groups.group(at, tags::PIXEL_MEASURES_SEQUENCE);
    let positive = |tag| measures.float(tag).filter(|mm| *mm > 0.0);
    Some(LatticeFrame {
        frame,
        plane: ImagePlaneModule::read(
            groups.group(at, tags::PLANE_POSITION_SEQUENCE),
            groups.group(at, tags::PLANE_ORIENTATION_SEQUENCE),
        )?,
        spacing_mm: positive_pair(measures, tags::PIXEL_SPACING)?,
        slice_mm: positive(tags::SPACING_BETWEEN_SLICES)
            .or_else(|| positive(tags::SLICE_THICKNESS)),
    })
}

/// All sources of all derivations; `None` where none is stated.
fn sources_of(macros: Elements<'_>) -> Option<Sources> {
    let derivations = macros.items(tags::DERIVATION_IMAGE_SEQUENCE);
    let items = derivations
        .iter()
        .flat_map(|derivation| derivation.items(tags::SOURCE_IMAGE_SEQUENCE));
    let mut sources = Sources::default();
    for item in items {
        let Some(uid) = item.text(tags::REFERENCED_SOP_INSTANCE_UID) else {
            continue;
        };
        let preserved = item.text(tags::SPATIAL_LOCATIONS_PRESERVED);
        if preserved.is_some_and(|preserved| preserved != "YES") {
            sources.has_moved = true;
            continue;
        }
        let sop_instance_uid: Arc<str> = uid.into();
        let of = |frame| SourceImage {
            sop_instance_uid: Arc::clone(&sop_instance_uid),
            frame,
        };
        let numbers = item.integers(tags::REFERENCED_FRAME_NUMBER);
        if numbers.is_empty() {
            sources.images.push(of(None));
        }
        // Counted from 1.
        let frames = numbers
            .into_iter()
            .filter_map(|n| u32::try_from(n).ok()?.checked_sub(1));
        sources.images.extend(frames.map(|frame| of(Some(frame))));
    }
    sources.images.sort_unstable();
    sources.images.dedup();
    (sources.has_moved || !sources.images.is_empty()).then_some(sources)
}
