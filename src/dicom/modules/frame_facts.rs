//! What a series is split and ordered by: a short list of facts for each instance and frame,
//! read once from the header (General Image, MR, CT, Frame Content, MR Diffusion … of PS3.3).

use std::sync::Arc;

use super::Concatenation;
use super::Dimensions;
use super::FunctionalGroups;
use super::ImagePixelModule;
use super::ImagePlaneModule;
use super::nuclear;
use super::positive_pair;
use crate::dicom::Elements;
use crate::dicom::InstanceHeader;
use crate::dicom::Tag;
use crate::dicom::sop_class;
use crate::dicom::tags;
use crate::geom::DVec3;

/// More frames than this are a claim, not an image.
pub const MAX_FRAMES: u32 = 1 << 20;

/// Facts of one frame. Empty texts and `None` are what the header does not say.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct FrameFacts {
    pub plane: Option<ImagePlaneModule>,
    /// Where it lies in a volume of its own, whose axes are not the patient's (ultrasound).
    pub plane_in_volume: Option<ImagePlaneModule>,
    /// Pixel Spacing (between rows, between columns), mm.
    pub pixel_spacing: Option<(f64, f64)>,
    /// Image Type or Frame Type, all values joined by a backslash.
    pub image_type: String,
    pub echo_number: Option<i64>,
    pub echo_time_ms: Option<f64>,
    pub b_value: Option<f64>,
    pub convolution_kernel: String,
    pub contrast_agent: String,
    pub stack_id: String,
    pub in_stack_position: Option<i64>,
    pub temporal_position: Option<i64>,
    pub trigger_time_ms: Option<f64>,
    pub acquisition_number: Option<i64>,
    /// Acquisition date and time, or time alone, as stored.
    pub acquisition_time: String,
    /// Dimension Index Values, outermost first.
    pub dimension_index: Vec<i64>,
    /// Of these, the ones that nothing above tells, with their names.
    pub further_dimensions: Vec<(Arc<str>, i64)>,
}

/// What an instance is, by its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// No pixel data, or no rows and columns.
    NotAnImage,
    /// One frame.
    SingleFrame,
    /// Several frames that share one description: a loop.
    ClassicMultiFrame,
    /// Several frames (or one) that describe themselves.
    EnhancedMultiFrame,
}

/// Facts of an instance.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct InstanceFacts {
    pub sop_class_uid: Arc<str>,
    pub sop_instance_uid: Arc<str>,
    pub instance_number: Option<i64>,
    pub frame_of_reference: Option<Arc<str>>,
    pub concatenation: Concatenation,
    pub pixel: ImagePixelModule,
    pub kind: ImageKind,
    /// How many frames to show: the claim, held to what the pixel data could hold; 0 if no image.
    pub frame_count: u32,
    /// One for each frame that describes itself; the last holds for all that follow.
    pub frames: Vec<FrameFacts>,
}

impl InstanceFacts {
    /// Reads them.
    #[must_use]
    pub fn read(header: &InstanceHeader) -> Self {
        let root = header.dataset.elements();
        let pixel = ImagePixelModule::read(root, header.pixel_data);
        let sop_class_uid: Arc<str> = root.text(tags::SOP_CLASS_UID).unwrap_or_default().into();
        let frame_count = plausible_frames(header, &pixel);
        let groups = FunctionalGroups::read(root);
        let dimensions = Dimensions::read(root);
        let read = |frame| FrameFacts::read(root, &groups, &dimensions, frame);
        let kind = match frame_count {
            0 => ImageKind::NotAnImage,
            _ if groups.is_enhanced() => ImageKind::EnhancedMultiFrame,
            1 => ImageKind::SingleFrame,
            _ => ImageKind::ClassicMultiFrame,
        };
        let frames = match kind {
            ImageKind::NotAnImage => Vec::new(),
            ImageKind::EnhancedMultiFrame => {
                let described = groups.described_frames().min(frame_count as usize);
                let mut frames: Vec<FrameFacts> = (0..described.max(1)).map(read).collect();
                end_with_unplaced(&mut frames, frame_count);
                frames
            }
            ImageKind::ClassicMultiFrame if &*sop_class_uid == sop_class::RT_DOSE_STORAGE => {
                dose_frames(root, &read(0), frame_count)
            }
            ImageKind::ClassicMultiFrame => {
                let facts = read(0);
                let is_nuclear = &*sop_class_uid == nuclear::NUCLEAR_MEDICINE;
                is_nuclear
                    .then(|| nuclear::reconstructed_frames(root, &facts, frame_count))
                    .flatten()
                    .unwrap_or_else(|| {
                        // One position cannot hold for all frames.
                        vec![FrameFacts {
                            plane: None,
                            ..facts
                        }]
                    })
            }
            ImageKind::SingleFrame => vec![read(0)],
        };
        Self {
            sop_class_uid,
            sop_instance_uid: root.text(tags::SOP_INSTANCE_UID).unwrap_or_default().into(),
            instance_number: root.integer(tags::INSTANCE_NUMBER),
            frame_of_reference: root.text(tags::FRAME_OF_REFERENCE_UID).map(Into::into),
            concatenation: Concatenation::read(root),
            pixel,
            kind,
            frame_count,
            frames,
        }
    }

    /// The facts of a frame (from 0); the last ones hold for all frames that follow.
    #[must_use]
    pub fn frame(&self, frame: u32) -> Option<&FrameFacts> {
        self.frames.get(frame as usize).or(self.frames.last())
    }
}

impl FrameFacts {
    fn read(
        root: Elements<'_>,
        groups: &FunctionalGroups<'_>,
        dimensions: &Dimensions,
        frame: usize,
    ) -> Self {
        let group = |sequence: Tag| groups.group(frame, sequence);
        let content = group(tags::FRAME_CONTENT_SEQUENCE);
        let echo = group(tags::MR_ECHO_SEQUENCE);
        let cardiac = group(tags::CARDIAC_SYNCHRONIZATION_SEQUENCE);
        let diffusion = group(tags::MR_DIFFUSION_SEQUENCE);
        let kernel = group(tags::CT_RECONSTRUCTION_SEQUENCE);
        let joined = |elements: Elements<'_>, tag| elements.texts(tag).join("\\");
        let dimension_index = dimensions.index(content);
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        Self {
            plane: ImagePlaneModule::read(
                group(tags::PLANE_POSITION_SEQUENCE),
                group(tags::PLANE_ORIENTATION_SEQUENCE),
            ),
            plane_in_volume: ImagePlaneModule::read_in_volume(
                group(tags::PLANE_POSITION_VOLUME_SEQUENCE),
                group(tags::PLANE_ORIENTATION_VOLUME_SEQUENCE),
            ),
            pixel_spacing: positive_pair(group(tags::PIXEL_MEASURES_SEQUENCE), tags::PIXEL_SPACING),
            image_type: image_type(root, groups, frame),
            echo_number: root.integer(tags::ECHO_NUMBERS),
            echo_time_ms: finite(
                echo.float(tags::EFFECTIVE_ECHO_TIME)
                    .or_else(|| root.float(tags::ECHO_TIME)),
            ),
            b_value: finite(
                diffusion
                    .float(tags::DIFFUSION_B_VALUE)
                    .or_else(|| private_b_value(root)),
            ),
            convolution_kernel: joined(kernel, tags::CONVOLUTION_KERNEL),
            contrast_agent: root.text(tags::CONTRAST_BOLUS_AGENT).unwrap_or_default(),
            stack_id: content.text(tags::STACK_ID).unwrap_or_default(),
            in_stack_position: content.integer(tags::IN_STACK_POSITION_NUMBER),
            temporal_position: content
                .integer(tags::TEMPORAL_POSITION_INDEX)
                .or_else(|| root.integer(tags::TEMPORAL_POSITION_IDENTIFIER)),
            trigger_time_ms: finite(
                cardiac
                    .float(tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME)
                    .or_else(|| root.float(tags::TRIGGER_TIME)),
            ),
            acquisition_number: content
                .integer(tags::FRAME_ACQUISITION_NUMBER)
                .or_else(|| root.integer(tags::ACQUISITION_NUMBER)),
            acquisition_time: content
                .text(tags::FRAME_ACQUISITION_DATE_TIME)
                .or_else(|| root.text(tags::ACQUISITION_DATE_TIME))
                .or_else(|| root.text(tags::ACQUISITION_TIME))
                .unwrap_or_default(),
            further_dimensions: dimensions.further(&dimension_index),
            dimension_index,
        }
    }
}

/// Frame Type of whichever modality's macro is there, else Image Type.
fn image_type(root: Elements<'_>, groups: &FunctionalGroups<'_>, frame: usize) -> String {
    [
        tags::MR_IMAGE_FRAME_TYPE_SEQUENCE,
        tags::CT_IMAGE_FRAME_TYPE_SEQUENCE,
        tags::PET_FRAME_TYPE_SEQUENCE,
        tags::X_RAY3_D_FRAME_TYPE_SEQUENCE,
        tags::PARAMETRIC_MAP_FRAME_TYPE_SEQUENCE,
    ]
    .into_iter()
    .find_map(|sequence| groups.own_or_shared(frame, sequence))
    .map(|item| item.texts(tags::FRAME_TYPE))
    .filter(|values| !values.is_empty())
    .unwrap_or_else(|| root.texts(tags::IMAGE_TYPE))
    .join("\\")
}

/// b-values of scanners older than Diffusion b-value (0018,9087).
fn private_b_value(root: Elements<'_>) -> Option<f64> {
    const SIEMENS_CREATOR: Tag = Tag(0x0019, 0x0010);
    const SIEMENS_B_VALUE: Tag = Tag(0x0019, 0x100C);
    const GE_CREATOR: Tag = Tag(0x0043, 0x0010);
    const GE_B_VALUE: Tag = Tag(0x0043, 0x1039);
    let created_by = |tag, name| root.text(tag).is_some_and(|creator| creator == name);
    if created_by(SIEMENS_CREATOR, "SIEMENS MR HEADER") {
        root.float(SIEMENS_B_VALUE)
    } else if created_by(GE_CREATOR, "GEMS_PARM_01") {
        // GE adds 10^9 as a flag.
        root.float(GE_B_VALUE).map(|value| value.rem_euclid(1e9))
    } else {
        None
    }
}

/// Dose planes lie at Grid Frame Offset Vector (C.8.8.3.2): offsets that begin with 0 are relative,
/// along the normal; others are positions along z, of which the first is that of the first plane.
fn dose_frames(root: Elements<'_>, facts: &FrameFacts, count: u32) -> Vec<FrameFacts> {
    let offsets = root.floats(tags::GRID_FRAME_OFFSET_VECTOR);
    let Some((plane, first)) = facts.plane.zip(offsets.first().copied()) else {
        return vec![FrameFacts {
            plane: None,
            ..facts.clone()
        }];
    };
    let is_axial = plane.normal().z.abs() > 0.999;
    let direction = if first != 0.0 && is_axial {
        DVec3::Z
    } else {
        plane.normal()
    };
    let mut frames: Vec<FrameFacts> = offsets
        .iter()
        .take(count as usize)
        .map(|offset| {
            let origin: DVec3 = plane.origin + direction * (offset - first);
            FrameFacts {
                plane: ImagePlaneModule::new(origin, plane.row, plane.column),
                ..facts.clone()
            }
        })
        .collect();
    end_with_unplaced(&mut frames, count);
    frames
}

/// Frames beyond those described share facts that place them nowhere.
fn end_with_unplaced(frames: &mut Vec<FrameFacts>, count: u32) {
    if (frames.len() as u64) < u64::from(count)
        && let Some(last) = frames.last().cloned()
    {
        frames.push(FrameFacts {
            plane: None,
            plane_in_volume: None,
            ..last
        });
    }
}

/// Number of Frames, held to what the declared length of the pixel data could hold.
fn plausible_frames(header: &InstanceHeader, pixel: &ImagePixelModule) -> u32 {
    let Some(location) = header.pixel_data else {
        return 0;
    };
    if pixel.rows == 0 || pixel.columns == 0 {
        return 0;
    }
    if let Some(video) = &header.video {
        return video.frames();
    }
    let claimed = pixel.frames.min(MAX_FRAMES);
    let Some(length) = location.length else {
        return claimed;
    };
    // Half a frame's bits: YBR_FULL_422 is stored in two thirds of what its samples claim, and
    // frames of single bits share bytes.
    let least = (pixel.frame_bits() / 2).max(1);
    let most = (u64::from(length) * 8 / least).max(1);
    claimed.min(u32::try_from(most).unwrap_or(u32::MAX))
}
