//! Functional groups of enhanced multi-frame images (PS3.3 C.7.6.16): what holds for all frames,
//! and what each frame says for itself.

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;

/// A view of the macros of an image, by frame. An image without functional groups answers with
/// its top level, so that readers need not tell classic from enhanced.
#[derive(Debug, Clone)]
pub struct FunctionalGroups<'a> {
    root: Elements<'a>,
    shared: Option<Elements<'a>>,
    per_frame: Vec<Elements<'a>>,
}

impl<'a> FunctionalGroups<'a> {
    /// Finds the sequences.
    #[must_use]
    pub fn read(root: Elements<'a>) -> Self {
        Self {
            root,
            shared: root.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
            per_frame: root.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE),
        }
    }

    /// Whether there are functional groups at all.
    #[must_use]
    pub const fn is_enhanced(&self) -> bool {
        self.shared.is_some() || !self.per_frame.is_empty()
    }

    /// How many frames describe themselves.
    #[must_use]
    pub const fn described_frames(&self) -> usize {
        self.per_frame.len()
    }

    /// The macro's item for a frame (from 0): the frame's own before the shared one before the top
    /// level of the image.
    #[must_use]
    pub fn group(&self, frame: usize, sequence: Tag) -> Elements<'a> {
        self.own_or_shared(frame, sequence).unwrap_or(self.root)
    }

    /// All items of the macro for a frame: its own, else the shared ones, else the top level's.
    #[must_use]
    pub fn items(&self, frame: usize, sequence: Tag) -> Vec<Elements<'a>> {
        let own = self.per_frame.get(frame).copied();
        [own, self.shared, Some(self.root)]
            .into_iter()
            .flatten()
            .map(|elements| elements.items(sequence))
            .find(|items| !items.is_empty())
            .unwrap_or_default()
    }

    /// The macro's item for a frame, or `None` where only the top level could answer.
    #[must_use]
    pub fn own_or_shared(&self, frame: usize, sequence: Tag) -> Option<Elements<'a>> {
        self.per_frame
            .get(frame)
            .and_then(|item| item.item(sequence))
            .or_else(|| self.shared?.item(sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn slope(value: f64) -> crate::dicom::Dataset {
        let transformation = Header::new()
            .floats(tags::RESCALE_SLOPE, &[value])
            .dataset();
        Header::new()
            .items(
                tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
                vec![transformation],
            )
            .dataset()
    }

    #[test]
    fn what_a_frame_says_for_itself_comes_before_what_all_frames_share() {
        let header = Header::new()
            .floats(tags::RESCALE_SLOPE, &[1.0])
            .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![slope(2.0)])
            .items(
                tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
                vec![slope(3.0), Header::new().dataset()],
            )
            .dataset();
        let groups = FunctionalGroups::read(header.elements());
        let slope = |frame| {
            groups
                .group(frame, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE)
                .float(tags::RESCALE_SLOPE)
        };
        assert_eq!(slope(0), Some(3.0));
        assert_eq!(slope(1), Some(2.0));
        assert_eq!(slope(99), Some(2.0));
        let group = groups.group(0, tags::PIXEL_MEASURES_SEQUENCE);
        assert_eq!(group.float(tags::RESCALE_SLOPE), Some(1.0));
    }
}
