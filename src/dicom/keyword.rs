//! Attributes by their keywords (PS3.6).

use dicom_core::Tag;
use dicom_core::dictionary::DataDictionary as _;
use dicom_core::dictionary::DataDictionaryEntry as _;
use dicom_dictionary_std::StandardDataDictionary;

/// The tag of a keyword such as `PatientName`, or of a tag as it is written: `(0010,0010)`,
/// `0010,0010`, `00100010`.
#[must_use]
pub fn tag_of_keyword(keyword: &str) -> Option<Tag> {
    if let Some(entry) = StandardDataDictionary.by_name(keyword) {
        return Some(entry.tag());
    }
    keyword.parse().ok()
}

/// The keyword of a tag; eight digits where the standard has none.
#[must_use]
pub fn keyword_of_tag(tag: Tag) -> String {
    match StandardDataDictionary.by_tag(tag) {
        Some(entry) => entry.alias().to_owned(),
        None => format!("{:04X}{:04X}", tag.0, tag.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_and_its_tag_lead_to_each_other() {
        let name = Tag(0x0010, 0x0010);
        for text in ["PatientName", "(0010,0010)", "0010,0010", "00100010"] {
            assert_eq!(tag_of_keyword(text), Some(name), "{text}");
        }
        assert_eq!(keyword_of_tag(name), "PatientName");
        assert_eq!(keyword_of_tag(Tag(0x0009, 0x1001)), "00091001");
        assert_eq!(tag_of_keyword("PatientsName"), None);
    }
}
