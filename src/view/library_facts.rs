//! What views need to know of the open collection: which image lies where.

use std::sync::Arc;

use super::resolved::ResolvedView;
use super::shown::{ImageRef, ShownData};
use super::sources::Frames;
use super::state::{ViewMode, ViewState};
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::tags;
use crate::geom::DVec3;
use crate::model::{DisplaySetId, FrameKey, Library};
use crate::volume::{Volume, VolumeGrid};

/// Half a slice where neither neighbours nor a thickness tell, mm.
const HALF_STEP_UNKNOWN_MM: f64 = 0.5;

/// What an image is called in DICOM.
#[must_use]
pub fn image_ref(library: &Library, key: FrameKey) -> Option<ImageRef> {
    let root = library.header(key.instance)?.dataset.elements();
    let text = |tag| root.text(tag).unwrap_or_default().into();
    Some(ImageRef {
        series_instance_uid: text(tags::SERIES_INSTANCE_UID),
        sop_instance_uid: text(tags::SOP_INSTANCE_UID),
        sop_class_uid: text(tags::SOP_CLASS_UID),
        frame: key.frame,
    })
}

/// The frame of reference of a display set.
#[must_use]
pub fn frame_of_reference(library: &Library, set: DisplaySetId) -> Option<Arc<str>> {
    let first = library.display_set(set)?.frames.first()?;
    let root = library.header(first.instance)?.dataset.elements();
    root.text(tags::FRAME_OF_REFERENCE_UID)
        .filter(|uid| !uid.is_empty())
        .map(Into::into)
}

/// Slice Thickness of a frame, mm, where the file states one.
#[must_use]
pub fn slice_thickness_mm(library: &Library, key: FrameKey) -> Option<f64> {
    let root = library.header(key.instance)?.dataset.elements();
    let measures =
        FunctionalGroups::read(root).group(key.frame as usize, tags::PIXEL_MEASURES_SEQUENCE);
    measures
        .float(tags::SLICE_THICKNESS)
        .or_else(|| root.float(tags::SLICE_THICKNESS))
        .filter(|mm| mm.is_finite() && *mm > 0.0)
}

/// Distance between neighbouring voxels along a direction, mm.
#[must_use]
pub fn step_mm(grid: &VolumeGrid, direction: DVec3) -> f64 {
    let voxels = grid.voxel_from_patient().matrix3 * direction;
    1.0 / voxels.abs().max_element().max(1e-9)
}

/// What of the data a view shows. `key` is the frame on screen, or the frame of the volume nearest
/// to the middle of the plane.
#[must_use]
pub fn shown_data(
    library: &Library,
    state: &ViewState,
    key: FrameKey,
    view: &ResolvedView,
) -> Option<ShownData> {
    let normal = view.plane().map(|plane| plane.normal());
    let step = library
        .volume_grid(state.display_set)
        .ok()
        .zip(normal)
        .map(|(grid, normal)| step_mm(&grid, normal));
    let step = step.or_else(|| match state.mode {
        ViewMode::Stack => slice_thickness_mm(library, key),
        ViewMode::Mpr(_) => None,
    });
    Some(ShownData {
        image: image_ref(library, key)?,
        frame_of_reference: frame_of_reference(library, state.display_set),
        half_step_mm: step.map_or(HALF_STEP_UNKNOWN_MM, |mm| mm * 0.5),
    })
}

/// Whether two display sets are of one patient.
#[must_use]
pub fn is_same_patient(library: &Library, a: DisplaySetId, b: DisplaySetId) -> bool {
    let patient = |set| {
        let set = library.display_set(set)?;
        library.patient_of(set.study).map(|patient| patient.key)
    };
    a == b || (patient(a).is_some() && patient(a) == patient(b))
}

/// The frame of a stack whose plane is nearest to a patient point, among those decoded.
#[must_use]
pub fn nearest_index(
    library: &Library,
    frames: &dyn Frames,
    set: DisplaySetId,
    point: DVec3,
) -> Option<u32> {
    let distance = |key: &FrameKey| -> Option<f64> {
        let frame = frames.frame(*key);
        let plane = frame.ready()?.plane.as_ref()?;
        Some((point - plane.origin).dot(plane.normal()).abs())
    };
    library
        .display_set(set)?
        .frames
        .iter()
        .enumerate()
        .filter_map(|(index, key)| Some((index as u32, distance(key)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(index, _)| index)
}

/// The frame of a volume nearest to a patient point.
#[must_use]
pub fn nearest_frame(volume: &Volume, point: DVec3) -> Option<FrameKey> {
    let k = volume.grid.voxel_from_patient().transform_point3(point).z;
    volume
        .frames
        .iter()
        .enumerate()
        .filter_map(|(slice, key)| Some((*key.as_ref()?, (slice as f64 - k).abs())))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(key, _)| key)
}
