//! Multi-frame Dimension Module (PS3.3 C.7.6.17): what the frames of an instance vary by, outermost
//! first, and the index of each frame in each.

use std::sync::Arc;

use dicom_core::Tag;
use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_dictionary_std::StandardDataDictionary;

use crate::dicom::Elements;
use crate::dicom::tags;

/// Dimensions that other facts of a frame tell already: where it lies, and the properties series
/// are split by.
const KNOWN: [Tag; 17] = [
    tags::STACK_ID,
    tags::IN_STACK_POSITION_NUMBER,
    tags::IMAGE_POSITION_PATIENT,
    tags::PLANE_POSITION_SEQUENCE,
    tags::IMAGE_ORIENTATION_PATIENT,
    tags::PLANE_ORIENTATION_SEQUENCE,
    tags::IMAGE_POSITION_VOLUME,
    tags::PLANE_POSITION_VOLUME_SEQUENCE,
    tags::IMAGE_ORIENTATION_VOLUME,
    tags::PLANE_ORIENTATION_VOLUME_SEQUENCE,
    tags::TEMPORAL_POSITION_INDEX,
    tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME,
    tags::EFFECTIVE_ECHO_TIME,
    tags::DIFFUSION_B_VALUE,
    tags::FRAME_TYPE,
    tags::FRAME_ACQUISITION_NUMBER,
    tags::FRAME_ACQUISITION_DATE_TIME,
];

/// The names of an instance's dimensions; `None` where another fact tells the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dimensions(Vec<Option<Arc<str>>>);

impl Dimensions {
    /// Reads Dimension Index Sequence.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Self {
        let items = root.items(tags::DIMENSION_INDEX_SEQUENCE);
        Self(items.into_iter().map(name).collect())
    }

    /// The index of a frame in each dimension, from its Frame Content macro; empty unless there is
    /// one for each.
    #[must_use]
    pub fn index(&self, content: Elements<'_>) -> Vec<i64> {
        let values = content.integers(tags::DIMENSION_INDEX_VALUES);
        if values.len() == self.0.len() {
            values
        } else {
            Vec::new()
        }
    }

    /// Of an index, the dimensions that no other fact tells, with their names.
    #[must_use]
    pub fn further(&self, index: &[i64]) -> Vec<(Arc<str>, i64)> {
        let named = self.0.iter().zip(index);
        named
            .filter_map(|(name, value)| Some((Arc::clone(name.as_ref()?), *value)))
            .collect()
    }
}

/// Dimension Description Label, else the name of the attribute pointed at.
fn name(item: Elements<'_>) -> Option<Arc<str>> {
    let pointer = item
        .pointers(tags::DIMENSION_INDEX_POINTER)
        .first()
        .copied();
    if pointer.is_some_and(|pointer| KNOWN.contains(&pointer)) {
        return None;
    }
    let label = item.text(tags::DIMENSION_DESCRIPTION_LABEL);
    let keyword = || {
        let entry = StandardDataDictionary.by_tag(pointer?)?;
        Some(entry.alias().to_owned())
    };
    let number = || pointer.map(|tag| tag.to_string());
    label.or_else(keyword).or_else(number).map(Into::into)
}
