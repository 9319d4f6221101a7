//! Names of storage classes (PS3.6 annex A).

use dicom_core::dictionary::{UidDictionary as _, UidDictionaryEntry as _};
use dicom_dictionary_std::StandardSopClassDictionary;

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
        let name = sop_class_name("1.2.840.10008.5.1.4.1.1.66.5");
        assert_eq!(name, Some("Surface Segmentation"));
        assert_eq!(sop_class_name("1.3.12.2.1107.5.9.1"), None);
    }
}
