//! Reconstructed slices of nuclear medicine (PS3.3 C.8.4.15, C.8.4.11, C.8.4.8): a classic
//! multi-frame image whose frames lie one behind the other from the position of the first.

use std::sync::Arc;

use super::FrameFacts;
use super::ImagePlaneModule;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::sop_class;
use crate::dicom::tags;

/// Nuclear Medicine Image Storage.
pub(super) const NUCLEAR_MEDICINE: &str = sop_class::NUCLEAR_MEDICINE_IMAGE_STORAGE;
/// Slices farther apart than this are none of one patient, mm.
const FARTHEST_MM: f64 = 1000.0;

/// The frames of a reconstructed volume, each where it lies and at its time slot, given what they
/// share. `None` where the image is no reconstruction or does not say where its slices lie: Image
/// Position and Orientation (Patient) of the first detector and Spacing Between Slices, whose sign
/// is the direction of stacking along the normal of the first frame.
pub(super) fn reconstructed_frames(
    root: Elements<'_>,
    shared: &FrameFacts,
    count: u32,
) -> Option<Vec<FrameFacts>> {
    let image_type = root.texts(tags::IMAGE_TYPE);
    if !image_type.get(2)?.starts_with("RECON") {
        return None;
    }
    let detector = root.item(tags::DETECTOR_INFORMATION_SEQUENCE)?;
    let first = ImagePlaneModule::read(detector, detector)
        .or_else(|| ImagePlaneModule::read(root, root))?;
    let step_mm = root.float(tags::SPACING_BETWEEN_SLICES)?;
    if !(1e-3..=FARTHEST_MM).contains(&step_mm.abs()) {
        return None;
    }
    let vector = |tag: Tag| {
        let values = root.integers(tag);
        (values.len() == count as usize).then_some(values)
    };
    let slices = vector(tags::SLICE_VECTOR).or_else(|| {
        // Without a vector only a single stack of slices is certain.
        let stated = root.integer(tags::NUMBER_OF_SLICES);
        (stated == Some(i64::from(count))).then(|| (1..=i64::from(count)).collect())
    })?;
    let time_slots = vector(tags::TIME_SLOT_VECTOR);
    let intervals = vector(tags::RR_INTERVAL_VECTOR);
    let windows = vector(tags::ENERGY_WINDOW_VECTOR);
    let window_name: Arc<str> = "Energy Window".into();
    let at = |vector: &Option<Vec<i64>>, frame: usize| vector.as_ref()?.get(frame).copied();
    slices
        .iter()
        .enumerate()
        .map(|(frame, slice)| {
            let steps = slice
                .checked_sub(1)
                .filter(|steps| (0..0xFFFF).contains(steps))?;
            let origin = first.origin + first.normal() * (step_mm * steps as f64);
            let plane = ImagePlaneModule::new(origin, first.row, first.column)?;
            Some(FrameFacts {
                plane: Some(plane),
                in_stack_position: Some(*slice),
                temporal_position: at(&time_slots, frame).or(shared.temporal_position),
                acquisition_number: at(&intervals, frame).or(shared.acquisition_number),
                further_dimensions: at(&windows, frame)
                    .map(|window| (Arc::clone(&window_name), window))
                    .into_iter()
                    .collect(),
                ..shared.clone()
            })
        })
        .collect()
}
