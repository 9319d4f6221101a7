//! One search over the archive and every node: what is asked, what has come, from whom.
//!
//! Answers merge as they come: one row a study of one patient, with all who have it. A study whose
//! UID two patients bear is two rows, and both say so.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::dicom::{Date, Tag, tags};
use crate::model::{DateRange, Level, StudyMatch, StudyQuery};
use crate::problem::Message;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, Task};

/// Matches asked of each source at most; more than a reader looks through.
pub const MOST_MATCHES: usize = 2000;

/// Requested Procedure Priority (0040,1003) and its retired forerunner, Study Priority ID.
const PRIORITIES: [Tag; 2] = [tags::REQUESTED_PROCEDURE_PRIORITY, Tag(0x0032, 0x000c)];

/// What the typed line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchField {
    /// With digits an ID or accession number, a date of birth if it reads as a date, else a name.
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
}

/// The modalities offered as chips.
pub const MODALITIES: [&str; 10] = ["CR", "CT", "DX", "MG", "MR", "NM", "PT", "RF", "US", "XA"];

impl SearchRequest {
    /// Whether it asks for everything: then nobody is asked but the archive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.period == Period::Any && self.modalities.is_empty()
    }

    /// The queries that together answer it.
    #[must_use]
    pub fn queries(&self, today: Date) -> Vec<StudyQuery> {
        let text = self.text.trim();
        let begun = |text: &str| {
            if text.ends_with('*') {
                text.to_owned()
            } else {
                format!("{text}*")
            }
        };
        let common = StudyQuery {
            level: Level::Study,
            study_date: self.period.range(today),
            modalities: self.modalities.iter().map(|m| (*m).to_owned()).collect(),
            other: PRIORITIES.map(|tag| (tag, String::new())).to_vec(),
            limit: MOST_MATCHES,
            ..StudyQuery::default()
        };
        let by_name = || StudyQuery {
            patient_name: text.to_owned(),
            ..common.clone()
        };
        let by_id = || StudyQuery {
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
            SearchField::PatientId => vec![by_id()],
            SearchField::Accession => vec![by_accession()],
            SearchField::Any => match typed_date(text) {
                Some(birth) => {
                    let mut query = common.clone();
                    query.other.push((tags::PATIENT_BIRTH_DATE, birth));
                    vec![query]
                }
                None if text.chars().any(|c| c.is_ascii_digit()) => vec![by_id(), by_accession()],
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

/// Who was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The local archive.
    Archive,
    /// The node of this name.
    Node(String),
}

/// How far a source is.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceState {
    /// Asked; so many matches so far.
    Asked(usize),
    /// All is here; there were more than were asked for, if `is_cut`.
    Answered {
        /// How many.
        matches: usize,
        /// There are more.
        is_cut: bool,
    },
    /// It could not be asked, or broke off.
    Failed(Message),
}

/// A study that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundStudy {
    /// What the first source said, with what others had to add.
    pub study: StudyMatch,
    /// Who has it.
    pub sources: Vec<Source>,
    /// Instances there are by the largest count of a node; the archive may have but a part.
    pub node_count: Option<u32>,
    /// Another patient's study bears the same UID.
    pub is_ambiguous: bool,
}

impl FoundStudy {
    /// Requested as urgent.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        let elements = self.study.dataset.elements();
        PRIORITIES
            .into_iter()
            .filter_map(|tag| elements.text(tag))
            .any(|priority| ["STAT", "HIGH", "URGENT"].contains(&priority.as_str()))
    }

    fn is_of_same_patient(&self, other: &StudyMatch) -> bool {
        let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        let (mine, its) = (&self.study, other);
        same(&mine.patient_id, &its.patient_id)
            && (!mine.patient_id.is_empty() && !its.patient_id.is_empty()
                || same(&folded(&mine.patient_name), &folded(&its.patient_name)))
    }

    /// What a source counts.
    fn count(&mut self, found: Option<u32>, source: &Source) {
        if *source != Source::Archive {
            self.node_count = self.node_count.max(found);
        }
    }

    fn add(&mut self, other: StudyMatch, source: &Source) {
        self.count(other.instance_count, source);
        if !self.sources.contains(source) {
            self.sources.push(source.clone());
        }
        let study = &mut self.study;
        for (mine, its) in [
            (&mut study.patient_name, other.patient_name),
            (&mut study.patient_id, other.patient_id),
            (&mut study.patient_sex, other.patient_sex),
            (&mut study.accession_number, other.accession_number),
            (&mut study.study_description, other.study_description),
            (&mut study.institution, other.institution),
            (&mut study.referring_physician, other.referring_physician),
        ] {
            if mine.is_empty() {
                *mine = its;
            }
        }
        study.patient_birth_date = study.patient_birth_date.or(other.patient_birth_date);
        study.study_date = study.study_date.or(other.study_date);
        study.study_time = study.study_time.or(other.study_time);
        study.series_count = study.series_count.max(other.series_count);
        study.instance_count = study.instance_count.max(other.instance_count);
        if study.modalities.is_empty() {
            study.modalities = other.modalities;
        }
    }
}

/// For comparing names that differ in letters' case and separators only.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The search and what it has found.
#[derive(Debug, Default)]
pub struct Search {
    /// What is asked next.
    pub request: SearchRequest,
    /// Who was asked, and how far they are.
    pub sources: Vec<(Source, SourceState)>,
    /// Newest first.
    rows: Vec<FoundStudy>,
    /// Answers to an earlier search are dropped.
    generation: u64,
    /// What was asked last; the rows answer that.
    asked: Option<SearchRequest>,
}

impl Search {
    /// What was found, newest first.
    #[must_use]
    pub fn rows(&self) -> &[FoundStudy] {
        &self.rows
    }

    /// Something was asked.
    #[must_use]
    pub const fn is_begun(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether someone has not answered yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let asked = |(_, state): &(Source, SourceState)| matches!(state, SourceState::Asked(_));
        self.sources.iter().any(asked)
    }

    fn state(&mut self, source: &Source) -> Option<&mut SourceState> {
        let found = self.sources.iter_mut().find(|(it, _)| it == source);
        found.map(|(_, state)| state)
    }

    /// Takes matches in; those of a search that is over are dropped.
    pub(super) fn take(&mut self, generation: u64, source: &Source, matches: Vec<StudyMatch>) {
        if generation != self.generation {
            return;
        }
        let is_urgent_only = self.asked.as_ref().is_some_and(|asked| asked.is_urgent);
        let mut added = 0;
        for found in matches {
            let row = self.rows.iter_mut().find(|row| {
                row.study.study_uid == found.study_uid && row.is_of_same_patient(&found)
            });
            if let Some(row) = row {
                added += usize::from(!row.sources.contains(source));
                row.add(found, source);
                continue;
            }
            let count = found.instance_count;
            let mut row = FoundStudy {
                study: found,
                sources: vec![source.clone()],
                node_count: None,
                is_ambiguous: false,
            };
            row.count(count, source);
            if is_urgent_only && !row.is_urgent() {
                continue;
            }
            added += 1;
            self.rows.push(row);
        }
        if let Some(SourceState::Asked(count)) = self.state(source) {
            *count += added;
        }
        self.settle();
    }

    /// Order, and what is ambiguous.
    fn settle(&mut self) {
        self.rows.sort_by(|a, b| {
            let when = |row: &FoundStudy| Reverse((row.study.study_date, row.study.study_time));
            let who = |row: &FoundStudy| folded(&row.study.patient_name);
            when(a).cmp(&when(b)).then_with(|| who(a).cmp(&who(b)))
        });
        let mut seen = std::collections::HashMap::new();
        for row in &self.rows {
            *seen.entry(row.study.study_uid.clone()).or_insert(0) += 1;
        }
        for row in &mut self.rows {
            row.is_ambiguous = seen
                .get(&row.study.study_uid)
                .is_some_and(|count| *count > 1);
        }
    }

    pub(super) fn ended(
        &mut self,
        generation: u64,
        source: &Source,
        result: Result<bool, Message>,
    ) {
        if generation != self.generation {
            return;
        }
        if let Some(state) = self.state(source) {
            *state = match (result, &*state) {
                (Err(why), _) => SourceState::Failed(why),
                (Ok(is_cut), SourceState::Asked(matches)) => SourceState::Answered {
                    matches: *matches,
                    is_cut,
                },
                (Ok(_), state) => state.clone(),
            };
        }
    }
}

/// A change of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum SearchEdit {
    Text(String),
    Field(SearchField),
    Period(Period),
    ToggleModality(&'static str),
    ToggleUrgent,
    /// Asks the archive, and the nodes that are searched.
    Run,
    Stop,
}

impl Workspace {
    pub(super) fn edit_search(&mut self, edit: SearchEdit) -> Vec<Effect> {
        let request = &mut self.search.request;
        match edit {
            SearchEdit::Text(text) => {
                request.text = text;
                return Vec::new();
            }
            SearchEdit::Field(field) => request.field = field,
            SearchEdit::Period(period) => request.period = period,
            SearchEdit::ToggleModality(modality) => {
                if !request.modalities.remove(modality) {
                    request.modalities.insert(modality);
                }
            }
            SearchEdit::ToggleUrgent => request.is_urgent = !request.is_urgent,
            SearchEdit::Run => return self.run_search(),
            SearchEdit::Stop => return self.stop_search(),
        }
        // A chip that is changed asks again; the line only when Enter is pressed.
        if self.search.is_begun() {
            self.run_search()
        } else {
            Vec::new()
        }
    }

    fn run_search(&mut self) -> Vec<Effect> {
        let search = &mut self.search;
        search.generation += 1;
        search.rows.clear();
        search.asked = Some(search.request.clone());
        let nodes = self.settings.pacs.nodes.iter();
        let asked: Vec<_> = if search.request.is_empty() {
            Vec::new()
        } else {
            nodes.filter(|node| node.is_searched).cloned().collect()
        };
        search.sources = std::iter::once(Source::Archive)
            .chain(asked.iter().map(|node| Source::Node(node.name.clone())))
            .map(|source| (source, SourceState::Asked(0)))
            .collect();
        vec![Effect::Spawn(Task::Search {
            generation: search.generation,
            request: search.request.clone(),
            nodes: asked,
        })]
    }

    /// What was found stays.
    fn stop_search(&mut self) -> Vec<Effect> {
        let search = &mut self.search;
        search.generation += 1;
        for (_, state) in &mut search.sources {
            if let SourceState::Asked(matches) = *state {
                *state = SourceState::Answered {
                    matches,
                    is_cut: true,
                };
            }
        }
        vec![Effect::StopSearch]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::msg;
    use crate::workspace::Settings;

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

    fn found(uid: &str, id: &str, name: &str, date: &str) -> StudyMatch {
        StudyMatch {
            study_uid: uid.into(),
            patient_id: id.into(),
            patient_name: name.into(),
            study_date: Date::parse(date),
            ..StudyMatch::default()
        }
    }

    fn running() -> (Workspace, u64) {
        let mut workspace = Workspace::new(Settings::default());
        workspace.edit_search(SearchEdit::Text("benali".into()));
        workspace.edit_search(SearchEdit::Run);
        let generation = workspace.search.generation;
        let node = Source::Node("PACS".into());
        let asked = SourceState::Asked(0);
        workspace.search.sources.push((node, asked));
        (workspace, generation)
    }

    #[test]
    fn the_same_study_of_two_sources_is_one_row_that_names_both() {
        let (mut workspace, generation) = running();
        let search = &mut workspace.search;
        let node = Source::Node("PACS".into());
        search.take(
            generation,
            &Source::Archive,
            vec![found("1", "7", "BENALI Fatima", "20240101")],
        );
        let newer = found("2", "7", "Benali, Fatima", "20240201");
        search.take(
            generation,
            &node,
            vec![newer, found("1", "7", "Benali^Fatima", "20240101")],
        );
        let rows = search.rows();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].study.study_uid, "2", "newest first");
        assert_eq!(rows[1].sources, [Source::Archive, node.clone()]);
        assert!(rows.iter().all(|row| !row.is_ambiguous));
        search.ended(generation, &node, Ok(false));
        let answered = SourceState::Answered {
            matches: 2,
            is_cut: false,
        };
        assert_eq!(search.sources[1].1, answered);
    }

    #[test]
    fn one_study_uid_of_two_patients_is_two_rows_that_warn() {
        let (mut workspace, generation) = running();
        let search = &mut workspace.search;
        search.take(
            generation,
            &Source::Archive,
            vec![found("1", "7", "BENALI Fatima", "")],
        );
        search.take(
            generation,
            &Source::Node("PACS".into()),
            vec![found("1", "8", "BENALI Fatima", "")],
        );
        assert_eq!(search.rows().len(), 2);
        assert!(search.rows().iter().all(|row| row.is_ambiguous));
    }

    #[test]
    fn answers_to_an_earlier_search_do_not_mix_with_the_new_one() {
        let (mut workspace, earlier) = running();
        workspace.edit_search(SearchEdit::Run);
        let search = &mut workspace.search;
        search.take(earlier, &Source::Archive, vec![found("1", "7", "X", "")]);
        assert!(search.rows().is_empty());
    }

    #[test]
    fn a_node_that_cannot_be_asked_says_why_and_the_others_answer() {
        let (mut workspace, generation) = running();
        let search = &mut workspace.search;
        let why = Message::new(msg("pacs-cancelled"));
        let node = Source::Node("PACS".into());
        search.ended(generation, &node, Err(why.clone()));
        assert_eq!(search.sources[1].1, SourceState::Failed(why));
        assert!(search.is_running(), "the archive is still asked");
    }

    #[test]
    fn only_what_is_urgent_is_shown_if_that_is_asked() {
        let (mut workspace, _) = running();
        workspace.edit_search(SearchEdit::ToggleUrgent);
        let mut builder = crate::dicom::DatasetBuilder::new();
        builder.text(tags::REQUESTED_PROCEDURE_PRIORITY, "STAT");
        let urgent = StudyMatch {
            dataset: builder.into_dataset(),
            ..found("1", "7", "X", "")
        };
        let search = &mut workspace.search;
        let generation = search.generation;
        search.take(
            generation,
            &Source::Archive,
            vec![urgent, found("2", "7", "X", "")],
        );
        assert_eq!(search.rows().len(), 1);
        assert!(search.rows()[0].is_urgent());
    }

    #[test]
    fn without_words_no_node_is_asked_for_all_it_has() {
        let mut settings = Settings::default();
        settings.pacs.nodes.push(crate::pacs::Node {
            name: "PACS".into(),
            address: crate::pacs::NodeAddress::parse("MAIN@pacs:104").unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        });
        let mut workspace = Workspace::new(settings);
        workspace.edit_search(SearchEdit::Run);
        assert_eq!(workspace.search.sources.len(), 1);
        workspace.edit_search(SearchEdit::Period(Period::Today));
        assert_eq!(workspace.search.sources.len(), 2);
    }
}
