//! General Study Module (PS3.3 C.7.2.1).

use crate::dicom::Elements;
use crate::dicom::tags;

/// A study. Empty texts are what the file does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct StudyModule {
    pub study_instance_uid: String,
    pub study_id: String,
    pub accession_number: String,
    /// `YYYYMMDD`, as stored.
    pub date: String,
    /// `HHMMSS.FFFFFF`, as stored.
    pub time: String,
    pub description: String,
    pub referring_physician: String,
    pub institution: String,
}

impl StudyModule {
    /// Reads it.
    #[must_use]
    pub fn read(elements: Elements<'_>) -> Self {
        let text = |tag| elements.text(tag).unwrap_or_default();
        Self {
            study_instance_uid: text(tags::STUDY_INSTANCE_UID),
            study_id: text(tags::STUDY_ID),
            accession_number: text(tags::ACCESSION_NUMBER),
            date: text(tags::STUDY_DATE),
            time: text(tags::STUDY_TIME),
            description: text(tags::STUDY_DESCRIPTION),
            referring_physician: text(tags::REFERRING_PHYSICIAN_NAME),
            institution: text(tags::INSTITUTION_NAME),
        }
    }
}
