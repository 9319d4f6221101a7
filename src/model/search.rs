//! Looking for studies: what is asked of a node or of the archive, and what comes back
//! (query/retrieve information model, PS3.4 C.6).

mod admits;
mod plain;
mod priority;

use crate::dicom::Dataset;
use crate::dicom::Date;
use crate::dicom::Tag;
use crate::dicom::Time;

pub use admits::has_words;
pub use admits::words;
pub use plain::plain;
pub use priority::PRIORITIES;
pub use priority::is_urgent;
pub use priority::priority_of;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum Level {
    Patient,
    #[default]
    Study,
    Series,
    Instance,
}

/// A search. An empty field asks for nothing; all that is said must hold at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StudyQuery {
    /// What is looked for.
    pub level: Level,
    /// As the reader typed it: words of a name, in any order, with or without accents; `*` and `?`
    /// are wildcards.
    pub patient_name: String,
    /// Patient ID.
    pub patient_id: String,
    /// Accession Number.
    pub accession_number: String,
    /// Study Date.
    pub study_date: DateRange,
    /// Modalities in Study (study level), Modality (series level); any of them.
    pub modalities: Vec<String>,
    /// Words of the Study Description.
    pub study_description: String,
    /// Study Instance UIDs; any of them.
    pub study_uids: Vec<String>,
    /// Series Instance UIDs; any of them.
    pub series_uids: Vec<String>,
    /// SOP Instance UIDs; any of them.
    pub instance_uids: Vec<String>,
    /// Any other matching keys, and attributes to be returned (with an empty value).
    pub other: Vec<(Tag, String)>,
    /// At most so many matches; 0 for no limit.
    pub limit: usize,
}

/// Days from and to, both included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateRange {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl DateRange {
    /// One day.
    #[must_use]
    pub const fn day(day: Date) -> Self {
        Self {
            from: Some(day),
            to: Some(day),
        }
    }

    /// `20260101`, `20260101-20260131`, `20260101-`, `-20260131` (PS3.4 C.2.2.2.5).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day = |text: &str| match text.trim() {
            "" => Some(None),
            text => Date::parse(text).map(Some),
        };
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        Some(Self {
            from: day(from)?,
            to: day(to)?,
        })
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn has(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it asks for anything.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// One thing found. What is not said by the other side is empty.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "each is the attribute of that name")]
pub struct StudyMatch {
    pub patient_name: String,
    pub patient_id: String,
    pub issuer_of_patient_id: String,
    pub patient_birth_date: Option<Date>,
    pub patient_sex: String,
    pub study_uid: String,
    pub study_date: Option<Date>,
    pub study_time: Option<Time>,
    pub accession_number: String,
    pub study_description: String,
    pub referring_physician: String,
    pub institution: String,
    pub modalities: Vec<String>,
    pub body_parts: Vec<String>,
    /// How urgently it was asked for, in the other side's word (`STAT`, `ROUTINE` …).
    pub priority: String,
    pub series_count: Option<u32>,
    pub instance_count: Option<u32>,
    /// Of a study that is here in part: how many instances a node said there are.
    pub listed_count: Option<u32>,
    pub series_uid: String,
    pub series_number: Option<i64>,
    pub series_description: String,
    pub sop_class_uid: String,
    pub sop_instance_uid: String,
    pub instance_number: Option<i64>,
    /// All that came, for what is not among the above.
    pub dataset: Dataset,
}

impl StudyMatch {
    /// From the attributes of an answer, whatever its level.
    #[must_use]
    pub fn from_dataset(dataset: Dataset) -> Self {
        use crate::dicom::tags as t;
        let e = dataset.elements();
        let text = |tag| e.text(tag).unwrap_or_default();
        let uid = |tag| e.uid(tag).unwrap_or_default();
        let count = |tag| e.integer(tag).and_then(|n| u32::try_from(n).ok());
        let name = |tag| {
            let name = e.person_name(tag);
            name.map(|name| name.display()).unwrap_or_default()
        };
        let mut modalities = e.texts(t::MODALITIES_IN_STUDY);
        if modalities.is_empty() {
            modalities = e.texts(t::MODALITY);
        }
        Self {
            patient_name: name(t::PATIENT_NAME),
            patient_id: text(t::PATIENT_ID),
            issuer_of_patient_id: text(t::ISSUER_OF_PATIENT_ID),
            patient_birth_date: e.date(t::PATIENT_BIRTH_DATE),
            patient_sex: text(t::PATIENT_SEX),
            study_uid: uid(t::STUDY_INSTANCE_UID),
            study_date: e.date(t::STUDY_DATE),
            study_time: e.time(t::STUDY_TIME),
            accession_number: text(t::ACCESSION_NUMBER),
            study_description: text(t::STUDY_DESCRIPTION),
            referring_physician: name(t::REFERRING_PHYSICIAN_NAME),
            institution: text(t::INSTITUTION_NAME),
            modalities,
            body_parts: e.texts(t::BODY_PART_EXAMINED),
            priority: priority_of(e),
            series_count: count(t::NUMBER_OF_STUDY_RELATED_SERIES),
            instance_count: count(t::NUMBER_OF_SERIES_RELATED_INSTANCES)
                .or_else(|| count(t::NUMBER_OF_STUDY_RELATED_INSTANCES)),
            listed_count: None,
            series_uid: uid(t::SERIES_INSTANCE_UID),
            series_number: e.integer(t::SERIES_NUMBER),
            series_description: text(t::SERIES_DESCRIPTION),
            sop_class_uid: uid(t::SOP_CLASS_UID),
            sop_instance_uid: uid(t::SOP_INSTANCE_UID),
            instance_number: e.integer(t::INSTANCE_NUMBER),
            dataset,
        }
    }
}
