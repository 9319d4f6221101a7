//! What the colours of an image mean (PS3.3 C.11.15): its ICC profile, or the name of its space.

use crate::dicom::Elements;
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::tags;

/// ICC Profile (0028,2000) and Color Space (0028,2002) of one frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColourSpaceModule {
    /// The profile as written, a padding byte at its end included; `None` if there is none.
    pub icc_profile: Option<Vec<u8>>,
    /// `SRGB`, `ADOBERGB`, `ROMMRGB`; empty if not stated.
    pub color_space: String,
}

impl ColourSpaceModule {
    /// That of a frame (from 0): of the optical path it was taken through (PS3.3 C.8.12.5), else of
    /// the image.
    #[must_use]
    pub fn read(root: Elements<'_>, groups: &FunctionalGroups<'_>, frame: usize) -> Self {
        let path = optical_path(root, groups, frame).map(Self::of);
        path.filter(|found| *found != Self::default())
            .unwrap_or_else(|| Self::of(root))
    }

    /// Whether an image says of its colours that they are not the screen's, in any frame.
    #[must_use]
    pub fn is_stated(root: Elements<'_>) -> bool {
        let states = |elements: Elements<'_>| {
            let space = elements.text(tags::COLOR_SPACE);
            elements.has(tags::ICC_PROFILE)
                || space.is_some_and(|space| ["ADOBERGB", "ROMMRGB"].contains(&space.as_str()))
        };
        let paths = root.items(tags::OPTICAL_PATH_SEQUENCE);
        states(root) || paths.into_iter().any(states)
    }

    /// That stated by these very elements.
    #[must_use]
    pub fn of(elements: Elements<'_>) -> Self {
        Self {
            icc_profile: elements
                .bytes(tags::ICC_PROFILE)
                .filter(|profile| !profile.is_empty()),
            color_space: elements.text(tags::COLOR_SPACE).unwrap_or_default(),
        }
    }
}

/// The item the frame names; the only one where it names none.
fn optical_path<'a>(
    root: Elements<'a>,
    groups: &FunctionalGroups<'a>,
    frame: usize,
) -> Option<Elements<'a>> {
    let paths = root.items(tags::OPTICAL_PATH_SEQUENCE);
    let named = groups
        .own_or_shared(frame, tags::OPTICAL_PATH_IDENTIFICATION_SEQUENCE)
        .and_then(|item| item.text(tags::OPTICAL_PATH_IDENTIFIER));
    match named {
        Some(name) => paths
            .into_iter()
            .find(|path| path.text(tags::OPTICAL_PATH_IDENTIFIER).as_ref() == Some(&name)),
        None => paths.first().copied().filter(|_| paths.len() == 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Dataset;
    use crate::dicom::modules::testing::Header;

    fn space_of(header: &Dataset, frame: usize) -> String {
        let root = header.elements();
        let groups = FunctionalGroups::read(root);
        ColourSpaceModule::read(root, &groups, frame).color_space
    }

    fn path(name: &str, space: &str) -> Dataset {
        Header::new()
            .text(tags::OPTICAL_PATH_IDENTIFIER, name)
            .text(tags::COLOR_SPACE, space)
            .dataset()
    }

    fn taken_through(name: &str) -> Dataset {
        let named = Header::new().text(tags::OPTICAL_PATH_IDENTIFIER, name);
        Header::new()
            .items(
                tags::OPTICAL_PATH_IDENTIFICATION_SEQUENCE,
                vec![named.dataset()],
            )
            .dataset()
    }

    #[test]
    fn a_frame_has_the_colours_of_its_own_optical_path() {
        let paths = vec![path("1", "ADOBERGB"), path("2", "ROMMRGB")];
        let header = Header::new()
            .text(tags::COLOR_SPACE, "SRGB")
            .items(tags::OPTICAL_PATH_SEQUENCE, paths)
            .items(
                tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
                vec![taken_through("2"), taken_through("1"), taken_through("9")],
            )
            .dataset();
        assert_eq!(space_of(&header, 0), "ROMMRGB");
        assert_eq!(space_of(&header, 1), "ADOBERGB");
        assert_eq!(space_of(&header, 2), "SRGB", "a path that is not there");
    }

    #[test]
    fn one_optical_path_holds_for_all_frames() {
        let header = Header::new().items(tags::OPTICAL_PATH_SEQUENCE, vec![path("1", "ADOBERGB")]);
        assert_eq!(space_of(&header.dataset(), 7), "ADOBERGB");
    }
}
