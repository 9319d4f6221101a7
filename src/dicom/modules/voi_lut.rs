//! VOI LUT Module (PS3.3 C.11.2) and Frame VOI LUT macro (C.7.6.16.2.10).

use super::LutTable;
use crate::dicom::Elements;
use crate::dicom::tags;

/// One window.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiWindow {
    /// Window Center.
    pub center: f64,
    /// Window Width, positive.
    pub width: f64,
    /// Window Center & Width Explanation; may be empty.
    pub explanation: String,
}

/// All transforms an image offers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiModule {
    /// The windows that have both centre and width, in order.
    pub windows: Vec<VoiWindow>,
    /// VOI LUT Function as stored; empty for LINEAR.
    pub function: String,
    /// The tables of the VOI LUT Sequence, in order.
    pub luts: Vec<LutTable>,
}

impl VoiModule {
    /// Reads it from the macro's item or the image. `modality_is_signed`: modality values may be
    /// negative, which decides how a table's first value is read.
    #[must_use]
    pub fn read(elements: Elements<'_>, modality_is_signed: bool) -> Self {
        let widths = elements.optional_floats(tags::WINDOW_WIDTH);
        let mut explanations = elements
            .texts(tags::WINDOW_CENTER_WIDTH_EXPLANATION)
            .into_iter();
        // Centres and widths shall be as many; where they are not, pairs are what is sure.
        let windows = elements
            .optional_floats(tags::WINDOW_CENTER)
            .into_iter()
            .zip(widths)
            .filter_map(|(center, width)| {
                let explanation = explanations.next().unwrap_or_default();
                Some(VoiWindow {
                    center: center?,
                    width: width?,
                    explanation,
                })
            })
            .filter(|w| w.center.is_finite() && w.width.is_finite() && w.width > 0.0)
            .collect();
        Self {
            windows,
            function: elements.text(tags::VOILUT_FUNCTION).unwrap_or_default(),
            luts: elements
                .items(tags::VOILUT_SEQUENCE)
                .into_iter()
                .filter_map(|item| LutTable::read(item, modality_is_signed))
                .collect(),
        }
    }

    /// Whether it offers nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.windows.is_empty() && self.luts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    #[test]
    fn unequal_numbers_of_centres_and_widths_give_the_pairs_that_are_sure() {
        let header = Header::new()
            .floats(tags::WINDOW_CENTER, &[40.0, 500.0, 7.0])
            .floats(tags::WINDOW_WIDTH, &[400.0, 0.0])
            .texts(tags::WINDOW_CENTER_WIDTH_EXPLANATION, &["SOFT"])
            .dataset();
        let voi = VoiModule::read(header.elements(), true);
        assert_eq!(voi.windows.len(), 1, "a width of 0 is no window");
        assert_eq!(voi.windows[0].explanation, "SOFT");
    }
}
