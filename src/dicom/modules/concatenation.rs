//! Concatenations (PS3.3 C.7.6.16.2.2.4): one image in several instances.

use crate::dicom::Elements;
use crate::dicom::tags;

/// Which part of a concatenation an instance is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct Concatenation {
    /// Empty if the instance is no part of any.
    pub uid: String,
    /// From 1.
    pub in_concatenation_number: Option<u32>,
    pub in_concatenation_total_number: Option<u32>,
    /// Frames in the parts before.
    pub frame_offset: Option<u32>,
}

impl Concatenation {
    /// Reads it.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Self {
        let number = |tag| u32::try_from(root.integer(tag)?).ok();
        let part = |tag| number(tag).filter(|number| (1..=0xFFFF).contains(number));
        Self {
            uid: root.text(tags::CONCATENATION_UID).unwrap_or_default(),
            in_concatenation_number: part(tags::IN_CONCATENATION_NUMBER),
            in_concatenation_total_number: part(tags::IN_CONCATENATION_TOTAL_NUMBER),
            frame_offset: number(tags::CONCATENATION_FRAME_OFFSET_NUMBER),
        }
    }
}
