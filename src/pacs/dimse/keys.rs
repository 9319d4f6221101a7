//! What a search says to a node: its keys (PS3.4 C.6), and the spellings in which they are tried.
//!
//! A reader types words in any order, with or without accents; a node compares a key with a whole
//! value, many of them with their capitals and accents. So the longest word is sent between
//! wildcards, in the spellings that nodes are likely to hold, and what comes is judged here.

use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::Date;
use crate::dicom::Tag;
use crate::dicom::tags as t;
use crate::model::DateRange;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::model::plain;
use crate::model::words;

/// One identifier to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pacs) struct Keys {
    pub dataset: Dataset,
    /// Its text's character set.
    pub character_set: &'static str,
    /// The word of a name stands in it with all its letters: the node compared them.
    pub has_name: bool,
    /// Sent only if those before found nothing.
    pub is_last_resort: bool,
    /// Its answers may be those of the one before: a node that makes no difference between
    /// capitals and small letters.
    pub is_variant: bool,
}

const UNICODE: &str = "ISO_IR 192";
const ARABIC: &str = "ISO_IR 127";

/// What a study level answer is asked for besides the keys.
const STUDY: &[Tag] = &[
    t::PATIENT_NAME,
    t::PATIENT_ID,
    t::ISSUER_OF_PATIENT_ID,
    t::PATIENT_BIRTH_DATE,
    t::PATIENT_SEX,
    t::STUDY_INSTANCE_UID,
    t::STUDY_ID,
    t::STUDY_DATE,
    t::STUDY_TIME,
    t::ACCESSION_NUMBER,
    t::STUDY_DESCRIPTION,
    t::REFERRING_PHYSICIAN_NAME,
    t::INSTITUTION_NAME,
    t::MODALITIES_IN_STUDY,
    t::NUMBER_OF_STUDY_RELATED_SERIES,
    t::NUMBER_OF_STUDY_RELATED_INSTANCES,
];
const PATIENT: &[Tag] = &[
    t::PATIENT_NAME,
    t::PATIENT_ID,
    t::ISSUER_OF_PATIENT_ID,
    t::PATIENT_BIRTH_DATE,
    t::PATIENT_SEX,
];
const SERIES: &[Tag] = &[
    t::STUDY_INSTANCE_UID,
    t::SERIES_INSTANCE_UID,
    t::MODALITY,
    t::SERIES_NUMBER,
    t::SERIES_DESCRIPTION,
    t::SERIES_DATE,
    t::SERIES_TIME,
    t::BODY_PART_EXAMINED,
    t::NUMBER_OF_SERIES_RELATED_INSTANCES,
];
const INSTANCE: &[Tag] = &[
    t::STUDY_INSTANCE_UID,
    t::SERIES_INSTANCE_UID,
    t::SOP_INSTANCE_UID,
    t::SOP_CLASS_UID,
    t::INSTANCE_NUMBER,
];

/// The name of a level in Query/Retrieve Level (0008,0052).
pub(super) const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Patient => "PATIENT",
        Level::Study => "STUDY",
        Level::Series => "SERIES",
        Level::Instance => "IMAGE",
    }
}

/// The identifiers that answer a query, in the order in which they are sent. Below the study
/// level, the query names one study, and below the series level one series.
pub(in crate::pacs) fn keys(query: &StudyQuery) -> Vec<Keys> {
    let base = base(query);
    let modalities = match (query.level, query.modalities.as_slice()) {
        (Level::Study | Level::Series, []) | (Level::Patient | Level::Instance, _) => vec![None],
        (_, many) => many.iter().map(|one| Some(one.as_str())).collect(),
    };
    let spellings = spellings(query);
    let mut all = Vec::new();
    for spelling in &spellings {
        for modality in &modalities {
            let mut builder = DatasetBuilder::from_dataset(&base);
            if let Some((tag, key)) = &spelling.key {
                builder.text(*tag, key);
            }
            if let Some(modality) = modality {
                let tag = match query.level {
                    Level::Study => t::MODALITIES_IN_STUDY,
                    _ => t::MODALITY,
                };
                builder.text(tag, modality);
            }
            all.push(Keys {
                dataset: builder.into_dataset(),
                character_set: spelling.character_set,
                has_name: spelling.has_name,
                is_last_resort: spelling.is_last_resort,
                is_variant: spelling.is_variant,
            });
        }
    }
    all
}

/// All that has one spelling only.
fn base(query: &StudyQuery) -> Dataset {
    let mut builder = DatasetBuilder::new();
    let asked = match query.level {
        Level::Patient => PATIENT,
        Level::Study => STUDY,
        Level::Series => SERIES,
        Level::Instance => INSTANCE,
    };
    for tag in asked {
        builder.empty(*tag);
    }
    builder.text(t::QUERY_RETRIEVE_LEVEL, level_name(query.level));
    let mut put = |tag, value: &str| {
        if !value.trim().is_empty() {
            builder.text(tag, value.trim());
        }
    };
    if matches!(query.level, Level::Patient | Level::Study) {
        put(t::PATIENT_ID, &query.patient_id);
    }
    if query.level == Level::Study {
        put(t::ACCESSION_NUMBER, &query.accession_number);
        put(t::STUDY_DATE, &range(query.study_date));
    }
    for (tag, uids) in [
        (t::STUDY_INSTANCE_UID, &query.study_uids),
        (t::SERIES_INSTANCE_UID, &query.series_uids),
        (t::SOP_INSTANCE_UID, &query.instance_uids),
    ] {
        if !uids.is_empty() {
            builder.texts(tag, uids);
        }
    }
    for (tag, value) in &query.other {
        builder.text(*tag, value);
    }
    builder.into_dataset()
}

/// What makes two answers the same.
pub(in crate::pacs) fn identity(level: Level, found: &StudyMatch) -> String {
    match level {
        Level::Patient => format!(
            "{}\\{}\\{}",
            found.patient_id, found.issuer_of_patient_id, found.patient_name
        ),
        Level::Study => found.study_uid.clone(),
        Level::Series => found.series_uid.clone(),
        Level::Instance => found.sop_instance_uid.clone(),
    }
}

/// `20260101-20260131`, `20260101-`, `-20260131`, `20260101` (PS3.4 C.2.2.2.5).
pub(super) fn range(range: DateRange) -> String {
    let day = |date: Date| format!("{:04}{:02}{:02}", date.year, date.month, date.day);
    match (range.from, range.to) {
        (None, None) => String::new(),
        (Some(from), Some(to)) if from == to => day(from),
        (from, to) => {
            let end = |date: Option<Date>| date.map(day).unwrap_or_default();
            format!("{}-{}", end(from), end(to))
        }
    }
}

#[derive(Debug, PartialEq)]
struct Spelling {
    key: Option<(Tag, String)>,
    character_set: &'static str,
    has_name: bool,
    is_last_resort: bool,
    is_variant: bool,
}

impl Spelling {
    fn of(tag: Tag, key: String) -> Self {
        Self {
            key: Some((tag, key)),
            character_set: UNICODE,
            has_name: false,
            is_last_resort: false,
            is_variant: false,
        }
    }
}

/// The spellings in which the text of a query is sent: that of the name if there is one.
fn spellings(query: &StudyQuery) -> Vec<Spelling> {
    let has_level = matches!(query.level, Level::Patient | Level::Study);
    let name = words(&query.patient_name).max_by_key(|word| weight(word));
    let text = words(&query.study_description).max_by_key(|word| weight(word));
    let is_narrow = !query.patient_id.trim().is_empty()
        || !query.accession_number.trim().is_empty()
        || !query.study_date.is_open()
        || !query.study_uids.is_empty();
    let (tag, word) = match (has_level, name, text) {
        (true, Some(name), _) => (t::PATIENT_NAME, name),
        // Descriptions are compared here, unless nothing else narrows the search.
        (true, None, Some(text)) if !is_narrow => (t::STUDY_DESCRIPTION, text),
        _ => {
            return vec![Spelling {
                key: None,
                character_set: UNICODE,
                has_name: false,
                is_last_resort: false,
                is_variant: false,
            }];
        }
    };
    spellings_of(tag, word)
}

/// Letters that narrow a search.
fn weight(word: &str) -> usize {
    word.chars().filter(|c| !matches!(c, '*' | '?')).count()
}

fn spellings_of(tag: Tag, word: &str) -> Vec<Spelling> {
    let around = |text: &str| {
        let text = format!("*{text}*");
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c != '*' || !out.ends_with('*') {
                out.push(c);
            }
        }
        out
    };
    let mut all: Vec<Spelling> = Vec::new();
    let mut add = |spelling: Spelling| {
        let is_known = (all.iter()).any(|known| {
            known.key == spelling.key && known.character_set == spelling.character_set
        });
        let has_letters = (spelling.key.iter()).any(|(_, key)| weight(key) > 0);
        if !is_known && has_letters {
            all.push(spelling);
        }
    };
    let is_ascii = word.is_ascii();
    if !is_ascii && word.chars().any(|c| c.is_ascii_alphabetic()) {
        // Whatever the node's character set, and whether it keeps accents: the letters around.
        let open: String = word
            .chars()
            .map(|c| if c.is_ascii() { c } else { '*' })
            .collect();
        for (n, form) in forms(&open).into_iter().enumerate() {
            add(Spelling {
                is_variant: n > 0,
                ..Spelling::of(tag, around(&form))
            });
        }
    } else {
        for (n, form) in forms(word).into_iter().enumerate() {
            add(Spelling {
                has_name: tag == t::PATIENT_NAME,
                is_variant: n > 0,
                ..Spelling::of(tag, around(&form))
            });
        }
    }
    if !is_ascii && is_arabic(word) {
        add(Spelling {
            character_set: ARABIC,
            has_name: tag == t::PATIENT_NAME,
            is_last_resort: true,
            ..Spelling::of(tag, around(word))
        });
    }
    // Typed without accents, kept with them: what may carry one is left open.
    let skeleton: String = plain(word)
        .chars()
        .map(|c| match c {
            'b' | 'd' | 'f'..='h' | 'j'..='m' | 'p'..='r' | 't' | 'v'..='x' | '*' | '0'..='9' => c,
            _ => '*',
        })
        .collect();
    if weight(&skeleton) >= 2 {
        for form in forms(&skeleton) {
            add(Spelling {
                is_last_resort: true,
                ..Spelling::of(tag, around(&form))
            });
        }
    }
    all
}

/// `BENALI`, `Benali`, `benali`.
fn forms(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    let title: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    let mut forms = vec![word.to_uppercase(), title, lower];
    forms.dedup();
    forms
}

fn is_arabic(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{600}'..='\u{6ff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(query: &StudyQuery, tag: Tag) -> Vec<String> {
        let keys = keys(query);
        let texts = keys.iter().map(|keys| keys.dataset.elements().text(tag));
        texts.map(Option::unwrap_or_default).collect()
    }

    fn named(name: &str) -> StudyQuery {
        StudyQuery {
            patient_name: name.into(),
            ..StudyQuery::default()
        }
    }

    #[test]
    fn the_longest_word_is_sent_between_wildcards() {
        let sent = sent(&named("ali benmoussa"), t::PATIENT_NAME);
        assert_eq!(sent[..3], ["*BENMOUSSA*", "*Benmoussa*", "*benmoussa*"]);
    }

    #[test]
    fn letters_with_accents_are_left_open() {
        let first = |name| sent(&named(name), t::PATIENT_NAME).swap_remove(0);
        assert_eq!(first("Müller"), "*M*LLER*");
        assert_eq!(first("فاطمة"), "*فاطمة*");
        let last = sent(&named("muller"), t::PATIENT_NAME);
        assert!(last.contains(&"*M*LL*R*".to_owned()), "{last:?}");
    }

    #[test]
    fn several_modalities_are_several_searches() {
        let query = StudyQuery {
            modalities: vec!["CT".into(), "MR".into()],
            ..StudyQuery::default()
        };
        assert_eq!(sent(&query, t::MODALITIES_IN_STUDY), ["CT", "MR"]);
    }

    #[test]
    fn days_become_a_range() {
        let day = |text| Date::parse(text);
        for (from, to, expected) in [
            (day("20260101"), day("20260131"), "20260101-20260131"),
            (day("20260101"), None, "20260101-"),
            (None, day("20260131"), "-20260131"),
            (day("20260101"), day("20260101"), "20260101"),
            (None, None, ""),
        ] {
            assert_eq!(range(DateRange { from, to }), expected);
        }
    }

    #[test]
    fn a_description_is_sent_only_where_nothing_else_narrows_the_search() {
        let mut query = StudyQuery {
            study_description: "thorax".into(),
            ..StudyQuery::default()
        };
        assert_eq!(sent(&query, t::STUDY_DESCRIPTION)[0], "*THORAX*");
        query.patient_id = "1".into();
        assert_eq!(sent(&query, t::STUDY_DESCRIPTION), [""]);
    }
}
