//! What is asked: a line, what it is, a period, modalities; and the queries that answer it.

use std::collections::BTreeSet;

use crate::dicom::{Date, tags};
use crate::model::{DateRange, Level, PRIORITIES, StudyQuery, words};
use crate::pacs::WorklistQuery;

/// Matches asked of each source at most; more than a reader looks through.
pub const MOST_MATCHES: usize = 2000;

/// Planned steps asked of each worklist at most.
const MOST_STEPS: usize = 5000;

/// What is urgent is of these days, where nothing else says of which: else all studies there are
/// would be asked for, and the few that come of them need not be those of today.
pub const URGENT_DAYS: u32 = 31;

/// What the typed line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchField {
    /// With digits an ID or accession number, a date of birth if it reads as a date, else a name,
    /// or, in one word, an ID.
    #[default]
    Any,
    /// Words of the patient's name.
    Name,
    /// Patient ID.
    PatientId,
    /// Accession Number.
    Accession,
}

/// When the study was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Period {
    #[default]
    Any,
    Today,
    Yesterday,
    LastWeek,
    LastMonth,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchRequest {
    /// As typed.
    pub text: String,
    /// What that is.
    pub field: SearchField,
    /// When.
    pub period: Period,
    /// Any of these modalities; all, if none.
    pub modalities: BTreeSet<&'static str>,
    /// Only what is urgent.
    pub is_urgent: bool,
    /// An ID or accession number is all of it, not its beginning: `4711` is not `47110`.
    pub is_whole: bool,
}

/// The modalities offered as chips.
pub const MODALITIES: [&str; 10] = ["CR", "CT", "DX", "MG", "MR", "NM", "PT", "RF", "US", "XA"];

impl SearchRequest {
    /// Whether it asks for everything: then nobody is asked but the archive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
            && self.period == Period::Any
            && self.modalities.is_empty()
            && !self.is_urgent
    }

    /// Whether nothing but [`URGENT_DAYS`] bounds what is urgent.
    #[must_use]
    pub fn is_urgent_of_late(&self) -> bool {
        self.is_urgent && self.period == Period::Any && self.text.trim().is_empty()
    }

    /// What is asked of worklists where only what is urgent is wanted: studies seldom say it
    /// themselves.
    #[must_use]
    pub fn worklist_query(&self, today: Date) -> WorklistQuery {
        let made = self.period.range(today);
        WorklistQuery {
            day: DateRange {
                from: made.from.or(Some(today.days_before(URGENT_DAYS))),
                to: made.to.or(Some(today)),
            },
            limit: MOST_STEPS,
            ..WorklistQuery::default()
        }
    }

    /// The queries that together answer it.
    #[must_use]
    pub fn queries(&self, today: Date) -> Vec<StudyQuery> {
        let text = self.text.trim();
        let begun = |text: &str| {
            if self.is_whole || text.ends_with('*') {
                text.to_owned()
            } else {
                format!("{text}*")
            }
        };
        let common = StudyQuery {
            level: Level::Study,
            study_date: if self.is_urgent_of_late() {
                DateRange {
                    from: Some(today.days_before(URGENT_DAYS)),
                    to: None,
                }
            } else {
                self.period.range(today)
            },
            modalities: self.modalities.iter().map(|m| (*m).to_owned()).collect(),
            other: PRIORITIES.map(|tag| (tag, String::new())).to_vec(),
            limit: MOST_MATCHES,
            ..StudyQuery::default()
        };
        let by_name = || StudyQuery {
            patient_name: text.to_owned(),
            ..common.clone()
        };
        let by_id = |text| StudyQuery {
            patient_id: begun(text),
            ..common.clone()
        };
        let by_accession = || StudyQuery {
            accession_number: begun(text),
            ..common.clone()
        };
        if text.is_empty() {
            return vec![common];
        }
        match self.field {
            SearchField::Name => vec![by_name()],
            SearchField::PatientId => vec![by_id(text)],
            SearchField::Accession => vec![by_accession()],
            SearchField::Any => match typed_date(text) {
                Some(birth) => {
                    let mut query = common.clone();
                    query.other.push((tags::PATIENT_BIRTH_DATE, birth));
                    vec![query]
                }
                None if text.chars().any(|c| c.is_ascii_digit()) => {
                    vec![by_id(text), by_accession()]
                }
                // There are IDs without digits, too; most are written in capitals.
                None if words(text).count() == 1 => {
                    let mut queries = vec![by_name(), by_id(text)];
                    let capitals = text.to_uppercase();
                    if capitals != text {
                        queries.push(by_id(&capitals));
                    }
                    queries
                }
                None => vec![by_name()],
            },
        }
    }
}

impl Period {
    fn range(self, today: Date) -> DateRange {
        let back = |days| Some(today.days_before(days));
        match self {
            Self::Any => DateRange::default(),
            Self::Today => DateRange::day(today),
            Self::Yesterday => DateRange::day(today.days_before(1)),
            Self::LastWeek => DateRange {
                from: back(7),
                to: None,
            },
            Self::LastMonth => DateRange {
                from: back(31),
                to: None,
            },
        }
    }
}

/// `1972-03-12` and `12.03.1972`, `12/03/1972`: day first, as where this program is read.
fn typed_date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let (year, month, day) = match (a.len(), c.len()) {
        (4, 1..=2) => (a, b, c),
        (1..=2, 4) => (c, b, a),
        _ => return None,
    };
    let value = format!("{year:0>4}{month:0>2}{day:0>2}");
    Date::parse(&value).map(|_| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date {
        year: 2024,
        month: 3,
        day: 1,
    };

    fn request(text: &str) -> SearchRequest {
        SearchRequest {
            text: text.into(),
            ..SearchRequest::default()
        }
    }

    #[test]
    fn a_line_with_digits_is_an_id_or_an_accession_number_and_one_without_a_name() {
        let name = request("fatima benali").queries(TODAY);
        assert_eq!(name.len(), 1);
        assert_eq!(name[0].patient_name, "fatima benali");
        let number = request("A-4711").queries(TODAY);
        assert_eq!(number.len(), 2);
        assert_eq!(number[0].patient_id, "A-4711*");
        assert_eq!(number[1].accession_number, "A-4711*");
        let as_name = SearchRequest {
            field: SearchField::Name,
            ..request("Test2")
        };
        assert_eq!(as_name.queries(TODAY)[0].patient_name, "Test2");
    }

    #[test]
    fn a_word_without_digits_may_be_a_name_or_an_id_and_several_are_a_name() {
        let both = request("alpha").queries(TODAY);
        let asked: Vec<_> = both
            .iter()
            .map(|query| (query.patient_name.as_str(), query.patient_id.as_str()))
            .collect();
        assert_eq!(asked, [("alpha", ""), ("", "alpha*"), ("", "ALPHA*")]);
        assert_eq!(request("alpha beta").queries(TODAY).len(), 1);
        let as_name = SearchRequest {
            field: SearchField::Name,
            ..request("alpha")
        };
        assert_eq!(as_name.queries(TODAY).len(), 1);
    }

    #[test]
    fn what_is_urgent_was_planned_in_the_days_that_are_asked_about() {
        let days = |period| {
            let request = SearchRequest {
                period,
                ..request("")
            };
            let day = request.worklist_query(TODAY).day;
            (day.from.unwrap(), day.to.unwrap())
        };
        let yesterday = TODAY.days_before(1);
        assert_eq!(days(Period::Yesterday), (yesterday, yesterday));
        assert_eq!(days(Period::LastWeek), (TODAY.days_before(7), TODAY));
        assert_eq!(days(Period::Any), (TODAY.days_before(31), TODAY));
    }

    #[test]
    fn who_wants_what_is_urgent_does_not_ask_for_all_studies_there_are() {
        let from = |text, period, is_urgent| {
            let request = SearchRequest {
                period,
                is_urgent,
                ..request(text)
            };
            request.queries(TODAY)[0].study_date.from
        };
        let month = Some(TODAY.days_before(31));
        assert_eq!(from("", Period::Any, true), month);
        assert_eq!(from("", Period::Any, false), None);
        assert_eq!(from("4711", Period::Any, true), None);
        let day = Some(TODAY.days_before(1));
        assert_eq!(from("", Period::Yesterday, true), day);
    }

    #[test]
    fn a_date_that_is_typed_is_the_date_of_birth() {
        for text in ["1972-03-12", "12.03.1972", "12/3/1972"] {
            let queries = request(text).queries(TODAY);
            let birth = (tags::PATIENT_BIRTH_DATE, "19720312".to_owned());
            assert!(queries[0].other.contains(&birth), "{text}");
        }
        let no_date = request("12.13.1972").queries(TODAY);
        assert_eq!(no_date[0].patient_id, "12.13.1972*");
    }

    #[test]
    fn yesterday_is_the_day_before_also_over_the_end_of_february() {
        let range = Period::Yesterday.range(TODAY);
        assert_eq!(range.from, Date::parse("20240229"));
        assert_eq!(range.to, range.from);
        let week = Period::LastWeek.range(TODAY);
        assert_eq!((week.from, week.to), (Date::parse("20240223"), None));
        assert_eq!(
            Date::parse("20250101").unwrap().days_before(1).to_da(),
            "20241231"
        );
    }
}
