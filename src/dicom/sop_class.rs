//! Storage classes (PS3.6 annex A): the UIDs of those we know by name, and the names of all.

use dicom_core::dictionary::{UidDictionary as _, UidDictionaryEntry as _};
use dicom_dictionary_std::StandardSopClassDictionary;

pub use dicom_dictionary_std::uids::COMPREHENSIVE_SR_STORAGE;
pub use dicom_dictionary_std::uids::COMPREHENSIVE3_DSR_STORAGE as COMPREHENSIVE_3D_SR_STORAGE;
pub use dicom_dictionary_std::uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::CT_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION;
pub use dicom_dictionary_std::uids::ENCAPSULATED_PDF_STORAGE;
pub use dicom_dictionary_std::uids::ENHANCED_CT_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE;
pub use dicom_dictionary_std::uids::LABEL_MAP_SEGMENTATION_STORAGE;
pub use dicom_dictionary_std::uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::NUCLEAR_MEDICINE_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::PARAMETRIC_MAP_STORAGE;
pub use dicom_dictionary_std::uids::REAL_WORLD_VALUE_MAPPING_STORAGE;
pub use dicom_dictionary_std::uids::RT_DOSE_STORAGE;
pub use dicom_dictionary_std::uids::RT_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::RT_STRUCTURE_SET_STORAGE;
pub use dicom_dictionary_std::uids::SECONDARY_CAPTURE_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::SEGMENTATION_STORAGE;
pub use dicom_dictionary_std::uids::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE;
pub use dicom_dictionary_std::uids::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE;

/// What all storage classes begin with, but for a few retired ones.
pub const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
/// What all Softcopy Presentation State Storage classes begin with.
pub const PRESENTATION_STATES: &str = "1.2.840.10008.5.1.4.1.1.11.";
/// What all classes of structured reports begin with.
pub const STRUCTURED_REPORTS: &str = "1.2.840.10008.5.1.4.1.1.88.";

/// Whether a class is another one, or below it.
#[must_use]
pub fn is_within(uid: &str, class: &str) -> bool {
    uid.strip_prefix(class)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What the standard calls a SOP class, without the word Storage; `None` for private classes.
#[must_use]
pub fn sop_class_name(uid: &str) -> Option<&'static str> {
    let entry = StandardSopClassDictionary.by_uid(uid)?;
    let name = entry.name();
    Some(name.strip_suffix(" Storage").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_classes_have_names_and_private_ones_none() {
        let name = sop_class_name(dicom_dictionary_std::uids::SURFACE_SEGMENTATION_STORAGE);
        assert_eq!(name, Some("Surface Segmentation"));
        assert_eq!(sop_class_name("1.3.12.2.1107.5.9.1"), None);
    }
}
