//! The smallest and largest value of a frame.

use crate::imaging::frame_image::FrameImage;

/// The smallest and largest modality value, padding and what was cut off left out; `None` in
/// colour, and where nothing but padding is there.
#[must_use]
pub fn full_range(image: &FrameImage) -> Option<(f64, f64)> {
    if image.samples.samples_per_pixel() != 1 {
        return None;
    }
    // A rescale keeps or turns the order, so the ends of the stored values are enough.
    let is_table = matches!(image.modality, super::ModalityTransform::Lut(_));
    let mut ends: Option<(f64, f64)> = None;
    for index in 0..image.samples.len().min(image.pixels_held()) {
        let stored = image.samples.get(index)?;
        if !stored.is_finite()
            || image
                .padding
                .is_some_and(|padding| padding.contains(stored))
        {
            continue;
        }
        let value = if is_table {
            image.modality.apply(stored)
        } else {
            stored
        };
        ends = Some(ends.map_or((value, value), |(low, high)| {
            (value.min(low), value.max(high))
        }));
    }
    let (low, high) = ends?;
    if is_table {
        return Some((low, high));
    }
    let (a, b) = (image.modality.apply(low), image.modality.apply(high));
    Some((a.min(b), a.max(b)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::imaging::{ModalityTransform, PaddingRange, Samples};

    #[test]
    fn padding_is_no_part_of_the_range_and_a_negative_slope_turns_it() {
        let samples = Samples::I16(Arc::from([-2000, 10, 30, 20].as_slice()));
        let image = FrameImage {
            modality: ModalityTransform::Rescale {
                slope: -2.0,
                intercept: 5.0,
            },
            padding: Some(PaddingRange {
                low: -2000.0,
                high: -2000.0,
            }),
            ..FrameImage::plain([4, 1], samples)
        };
        assert_eq!(full_range(&image), Some((-55.0, -15.0)));
    }
}
