//! Lossy compression history (PS3.3 C.7.6.1.1.5).

use crate::dicom::Elements;
use crate::dicom::tags;
use crate::dicom::transfer_syntax::is_video;

/// Transfer syntaxes that cannot but lose (JPEG but lossless, and video); JPEG-LS, JPEG 2000 and JPEG
/// XL may be lossless under their general syntax, so there only the attribute tells.
const ALWAYS_LOSSY: [&str; 7] = [
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.52",
    "1.2.840.10008.1.2.4.53",
    "1.2.840.10008.1.2.4.54",
    "1.2.840.10008.1.2.4.55",
    "1.2.840.10008.1.2.4.56",
];

/// Whether an image was compressed with loss at any time of its life: `Some` with the largest ratio
/// that it states, if it states one.
#[must_use]
pub fn lossy_ratio(elements: Elements<'_>, transfer_syntax: &str) -> Option<Option<f64>> {
    let says_so = elements.text(tags::LOSSY_IMAGE_COMPRESSION).as_deref() == Some("01");
    let is_always = ALWAYS_LOSSY.contains(&transfer_syntax) || is_video(transfer_syntax);
    if !says_so && !is_always {
        return None;
    }
    let ratio = elements
        .optional_floats(tags::LOSSY_IMAGE_COMPRESSION_RATIO)
        .into_iter()
        .flatten()
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .max_by(f64::total_cmp);
    Some(ratio)
}
