//! The window a view shows, in numbers: what a choice of VOI comes to on the data at hand.

use crate::imaging::{
    FrameImage, ModalityTransform, Photometric, SampleType, VoiFunction, VoiTransform,
};

/// The window on screen and what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShownWindow {
    /// Window Center, modality units.
    pub center: f64,
    /// Window Width, modality units.
    pub width: f64,
    /// Its shape.
    pub function: VoiFunction,
    /// The picture shows large values dark.
    pub is_inverted: bool,
    /// Lowest and highest value of the data.
    pub range: (f64, f64),
    /// Values are whole numbers times a step not below this.
    pub smallest_width: f64,
    /// The image's own VOI LUT is applied; the numbers are the table's domain.
    pub is_lut: bool,
}

fn is_float(image: &FrameImage) -> bool {
    matches!(image.samples.sample_type(), SampleType::F4 | SampleType::F8)
}

impl ShownWindow {
    /// The numbers of a transform on an image; `invert` is the reader's.
    #[must_use]
    pub fn of(voi: &VoiTransform, image: &FrameImage, invert: bool, range: (f64, f64)) -> Self {
        let (center, width, function, is_lut) = match voi {
            VoiTransform::Window {
                center,
                width,
                function,
            } => (*center, *width, *function, false),
            VoiTransform::Lut(lut) => {
                let count = lut.entries.len() as f64;
                let first = f64::from(lut.first);
                (first + count / 2.0, count, VoiFunction::Linear, true)
            }
        };
        let span = (range.1 - range.0).abs();
        Self {
            center,
            width,
            function,
            is_inverted: invert != (image.photometric == Photometric::Monochrome1),
            range,
            smallest_width: if is_float(image) || function != VoiFunction::Linear {
                (span * 1e-4).max(1e-9)
            } else {
                1.0
            },
            is_lut,
        }
    }
}

impl ShownWindow {
    /// The range a whole-number image may have by its width of samples; `None` for floats, whose
    /// values must be looked at.
    #[must_use]
    pub fn plausible_range(image: &FrameImage) -> Option<(f64, f64)> {
        let stored = match image.samples.sample_type() {
            SampleType::U1 => (0.0, 255.0),
            SampleType::I1 => (-128.0, 127.0),
            // Few images use more than 12 of 16 bits; a drag reaches four times as far anyway.
            SampleType::U2 => (0.0, 4095.0),
            SampleType::I2 => (-2048.0, 4095.0),
            SampleType::U4 | SampleType::I4 | SampleType::F4 | SampleType::F8 => return None,
        };
        let (a, b) = match &image.modality {
            ModalityTransform::Lut(lut) => (0.0, f64::from(lut.max())),
            other => (other.apply(stored.0), other.apply(stored.1)),
        };
        Some((a.min(b), a.max(b)))
    }
}
