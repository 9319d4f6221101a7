//! Encapsulated Document module (PS3.3 C.24.2): a file of another kind inside the object.

use crate::dicom::Elements;
use crate::dicom::tags;

/// What it is, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EncapsulatedDocument {
    /// Document Title; else the meaning of the Concept Name Code; empty if there is neither.
    pub title: String,
    /// MIME Type of Encapsulated Document, `application/pdf`; empty if not stated.
    pub mime_type: String,
    /// The file, without the byte that makes its length even where the length is stated.
    pub bytes: Vec<u8>,
}

impl EncapsulatedDocument {
    /// What there is of it; without bytes where the document is missing.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Self {
        let mut bytes = root.bytes(tags::ENCAPSULATED_DOCUMENT).unwrap_or_default();
        let length = root.integer(tags::ENCAPSULATED_DOCUMENT_LENGTH);
        if let Some(length) = length.and_then(|length| usize::try_from(length).ok())
            && length + 1 == bytes.len()
        {
            bytes.truncate(length);
        }
        Self {
            bytes,
            ..Self::described(root)
        }
    }

    /// The same without its bytes.
    #[must_use]
    pub fn described(root: Elements<'_>) -> Self {
        let concept = || {
            root.item(tags::CONCEPT_NAME_CODE_SEQUENCE)?
                .text(tags::CODE_MEANING)
        };
        Self {
            title: root
                .text(tags::DOCUMENT_TITLE)
                .or_else(concept)
                .unwrap_or_default(),
            mime_type: root
                .text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT)
                .unwrap_or_default(),
            bytes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::DatasetBuilder;

    #[test]
    fn the_title_is_the_documents_or_what_its_concept_means() {
        let mut concept = DatasetBuilder::new();
        concept.text(tags::CODE_MEANING, "Consultation report");
        let mut root = DatasetBuilder::new();
        root.item(tags::CONCEPT_NAME_CODE_SEQUENCE, concept.into_dataset())
            .text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, "application/pdf");
        let coded = EncapsulatedDocument::read(root.clone().into_dataset().elements());
        assert_eq!(coded.title, "Consultation report");
        assert_eq!(coded.mime_type, "application/pdf");
        root.text(tags::DOCUMENT_TITLE, "Letter");
        let titled = EncapsulatedDocument::read(root.into_dataset().elements());
        assert_eq!(titled.title, "Letter");
        assert!(titled.bytes.is_empty());
    }
}
