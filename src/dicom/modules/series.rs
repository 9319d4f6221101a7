//! General Series Module (PS3.3 C.7.3.1) and Frame of Reference Module (C.7.4.1).

use crate::dicom::Elements;
use crate::dicom::tags;

/// A series. Empty texts are what the file does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct SeriesModule {
    pub series_instance_uid: String,
    pub modality: String,
    pub number: Option<i64>,
    pub description: String,
    pub protocol: String,
    pub body_part: String,
    pub laterality: String,
    /// `YYYYMMDD`, as stored.
    pub date: String,
    /// `HHMMSS.FFFFFF`, as stored.
    pub time: String,
}

impl SeriesModule {
    /// Reads it.
    #[must_use]
    pub fn read(elements: Elements<'_>) -> Self {
        let text = |tag| elements.text(tag).unwrap_or_default();
        Self {
            series_instance_uid: text(tags::SERIES_INSTANCE_UID),
            modality: text(tags::MODALITY),
            number: elements.integer(tags::SERIES_NUMBER),
            description: text(tags::SERIES_DESCRIPTION),
            protocol: text(tags::PROTOCOL_NAME),
            body_part: text(tags::BODY_PART_EXAMINED),
            laterality: text(tags::LATERALITY),
            date: text(tags::SERIES_DATE),
            time: text(tags::SERIES_TIME),
        }
    }
}
