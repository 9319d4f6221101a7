//! One search over the archive and every node: what is asked, what has come, from whom.
//!
//! Answers merge as they come: one row a study of one patient, with all who have it. A study whose
//! UID two patients bear is two rows, and both say so.

mod found;
mod request;
mod sources;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::model::{PlannedStep, StudyMatch};
use crate::problem::Message;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, Task};
use crate::workspace::worklist::PlanEnd;

use found::folded;

pub use found::FoundStudy;
pub use request::{MODALITIES, Period, SearchField, SearchRequest, URGENT_DAYS};
pub use sources::{AnswerEnd, Source, SourceState, Sources};

/// The search and what it has found.
#[derive(Debug, Default)]
pub struct Search {
    /// What is asked next.
    pub request: SearchRequest,
    /// Who was asked, and how far they are.
    pub sources: Sources,
    /// Newest first.
    rows: Vec<FoundStudy>,
    /// What was found and is not urgent, or not said to be, where only that is shown.
    others: Vec<FoundStudy>,
    /// What the worklists plan as urgent.
    urgent: Vec<PlannedStep>,
    /// Steps whose priority a worklist does not say.
    unsaid: BTreeMap<Source, usize>,
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

    /// Whether only what is urgent is shown.
    #[must_use]
    pub fn is_urgent_only(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_urgent)
    }

    /// Whether what is shown is only what is urgent of the last [`URGENT_DAYS`].
    #[must_use]
    pub fn is_urgent_of_late(&self) -> bool {
        self.asked
            .as_ref()
            .is_some_and(SearchRequest::is_urgent_of_late)
    }

    /// What a source found and is not shown because nobody says how urgent it is.
    #[must_use]
    pub fn left_out(&self, source: &Source) -> usize {
        let unsaid = self.others.iter().filter(|row| row.has_no_priority());
        let its = unsaid.filter(|row| row.sources.contains(source)).count();
        its + self.unsaid.get(source).copied().unwrap_or(0)
    }

    /// Something was asked.
    #[must_use]
    pub const fn is_begun(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether someone has not answered yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.sources.is_running()
    }

    /// Takes matches in; those of a search that is over are dropped.
    pub(super) fn take(&mut self, generation: u64, source: &Source, matches: Vec<StudyMatch>) {
        if generation != self.generation {
            return;
        }
        self.rows.append(&mut self.others);
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, row) in self.rows.iter().enumerate() {
            let uid = row.study.study_uid.clone();
            known.entry(uid).or_default().push(at);
        }
        for found in matches {
            let same_uid = known.entry(found.study_uid.clone()).or_default();
            let at = same_uid.iter().copied().find(|at| {
                let row = self.rows.get(*at);
                row.is_some_and(|row| {
                    row.is_of_same_patient(&found.patient_id, &found.patient_name)
                })
            });
            if let Some(row) = at.and_then(|at| self.rows.get_mut(at)) {
                row.add(found, source);
                continue;
            }
            let count = found.instance_count;
            let mut row = FoundStudy {
                study: found,
                sources: vec![source.clone()],
                counts: BTreeMap::new(),
                is_ambiguous: false,
            };
            row.count(count, source);
            same_uid.push(self.rows.len());
            self.rows.push(row);
        }
        self.settle();
    }

    /// Takes in what a worklist plans, and how its answer ended.
    pub(super) fn take_planned(
        &mut self,
        generation: u64,
        source: &Source,
        steps: Vec<PlannedStep>,
        end: PlanEnd,
    ) {
        if generation != self.generation {
            return;
        }
        let unsaid = steps.iter().filter(|step| step.priority.is_empty()).count();
        self.unsaid.insert(source.clone(), unsaid);
        let urgent = steps.into_iter().filter(PlannedStep::is_urgent);
        let known = self.urgent.len();
        self.urgent.extend(urgent);
        self.sources.add(source, self.urgent.len() - known);
        match end {
            PlanEnd::Answered(end) => self.sources.ended(source, Ok(end)),
            PlanEnd::NotOffered => self.sources.not_offered(source),
            PlanEnd::Failed(why) => self.sources.ended(source, Err(why)),
        }
        self.rows.append(&mut self.others);
        self.settle();
    }

    /// Order, what is ambiguous, and what is shown.
    fn settle(&mut self) {
        let urgent = &self.urgent;
        self.rows.iter_mut().for_each(|row| row.join(urgent));
        self.rows.sort_by(|a, b| {
            let when = |row: &FoundStudy| Reverse((row.study.study_date, row.study.study_time));
            let who = |row: &FoundStudy| folded(&row.study.patient_name);
            when(a).cmp(&when(b)).then_with(|| who(a).cmp(&who(b)))
        });
        let mut seen = HashMap::new();
        for row in &self.rows {
            *seen.entry(row.study.study_uid.clone()).or_insert(0) += 1;
        }
        for row in &mut self.rows {
            row.is_ambiguous = seen
                .get(&row.study.study_uid)
                .is_some_and(|count| *count > 1);
        }
        if self.is_urgent_only() {
            let rows = std::mem::take(&mut self.rows).into_iter();
            (self.rows, self.others) = rows.partition(FoundStudy::is_urgent);
        }
        let sources = self.sources.all().iter().map(|(source, _)| source.clone());
        for source in sources.collect::<Vec<_>>() {
            if !matches!(source, Source::Worklist(_)) {
                let its = self.rows.iter().filter(|row| row.sources.contains(&source));
                self.sources.set(&source, its.count());
            }
        }
    }

    pub(super) fn ended(
        &mut self,
        generation: u64,
        source: &Source,
        result: Result<AnswerEnd, Message>,
    ) {
        if generation != self.generation {
            return;
        }
        self.sources.ended(source, result);
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
                request.is_whole = false;
                return Vec::new();
            }
            SearchEdit::Field(field) => {
                request.field = field;
                request.is_whole = false;
            }
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

    /// All studies of one patient, by the whole of what is known: the ID, else the accession
    /// number, else the name.
    pub(super) fn search_for(&mut self, id: &str, accession: &str, name: &str) -> Vec<Effect> {
        let known = [
            (id, SearchField::PatientId),
            (accession, SearchField::Accession),
            (name, SearchField::Name),
        ];
        let Some((text, field)) = known.into_iter().find(|(text, _)| !text.trim().is_empty())
        else {
            return Vec::new();
        };
        self.search.request = SearchRequest {
            text: text.to_owned(),
            field,
            is_whole: true,
            ..SearchRequest::default()
        };
        self.run_search()
    }

    fn run_search(&mut self) -> Vec<Effect> {
        let search = &mut self.search;
        search.generation += 1;
        search.rows.clear();
        search.others.clear();
        search.urgent.clear();
        search.unsaid.clear();
        search.asked = Some(search.request.clone());
        let nodes = self.settings.pacs.nodes.iter();
        let asked: Vec<_> = if search.request.is_empty() {
            Vec::new()
        } else {
            nodes.filter(|node| node.is_searched).cloned().collect()
        };
        // A worklist is often a node of its own, which has no studies and is not searched.
        let nodes = self.settings.pacs.nodes.iter();
        let planning = nodes.filter(|node| search.request.is_urgent && node.has_worklist());
        let worklists: Vec<_> = planning.cloned().collect();
        let nodes = asked.iter().map(|node| Source::Node(node.name.clone()));
        let plans = worklists
            .iter()
            .map(|node| Source::Worklist(node.name.clone()));
        let all = std::iter::once(Source::Archive).chain(nodes).chain(plans);
        search.sources = Sources::ask(all);
        vec![Effect::Spawn(Task::Search {
            generation: search.generation,
            request: search.request.clone(),
            nodes: asked,
            worklists,
        })]
    }

    /// What was found stays.
    fn stop_search(&mut self) -> Vec<Effect> {
        let search = &mut self.search;
        search.generation += 1;
        search.sources.stop();
        vec![Effect::StopSearch]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Date;
    use crate::problem::msg;
    use crate::workspace::Settings;

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
        let both = [Source::Archive, Source::Node("PACS".into())];
        workspace.search.sources = Sources::ask(both);
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
        search.ended(generation, &node, Ok(AnswerEnd::default()));
        let answered = SourceState::Answered {
            matches: 2,
            end: AnswerEnd::default(),
        };
        assert_eq!(search.sources.all()[1].1, answered);
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
        assert_eq!(search.sources.all()[1].1, SourceState::Failed(why));
        assert!(search.is_running(), "the archive is still asked");
    }

    #[test]
    fn what_a_node_warns_of_stands_beside_it_once_however_many_queries_were_asked() {
        let (mut workspace, generation) = running();
        let search = &mut workspace.search;
        let node = Source::Node("PACS".into());
        let warning = Message::new(msg("pacs-matches-unreadable"))
            .text("peer", "PACS")
            .count("count", 3);
        let mut end = AnswerEnd::default();
        for is_cut_off in [true, false] {
            end.add(crate::pacs::Found {
                matches: 0,
                is_cut_off,
                warnings: vec![warning.clone()],
            });
        }
        search.ended(generation, &node, Ok(end));
        let SourceState::Answered { end, .. } = &search.sources.all()[1].1 else {
            panic!("it has answered");
        };
        assert!(end.is_cut);
        assert_eq!(end.warnings, [warning]);
    }

    #[test]
    fn only_what_is_urgent_is_shown_if_that_is_asked() {
        let (mut workspace, _) = running();
        workspace.edit_search(SearchEdit::ToggleUrgent);
        let urgent = StudyMatch {
            priority: "STAT".into(),
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

    /// It knows one node.
    fn with_a_node() -> Workspace {
        let mut settings = Settings::default();
        settings.pacs.nodes.push(crate::pacs::Node {
            name: "PACS".into(),
            address: crate::pacs::NodeAddress::parse("MAIN@pacs:104").unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        });
        Workspace::new(settings)
    }

    #[test]
    fn without_words_no_node_is_asked_for_all_it_has() {
        let mut workspace = with_a_node();
        workspace.edit_search(SearchEdit::Run);
        assert_eq!(workspace.search.sources.all().len(), 1);
        workspace.edit_search(SearchEdit::Period(Period::Today));
        assert_eq!(workspace.search.sources.all().len(), 2);
    }

    #[test]
    fn what_is_urgent_is_a_question_to_nodes_and_to_their_worklists() {
        let mut workspace = with_a_node();
        workspace.edit_search(SearchEdit::ToggleUrgent);
        workspace.edit_search(SearchEdit::Run);
        let sources = workspace.search.sources.all().iter();
        let asked: Vec<_> = sources.map(|(source, _)| source.clone()).collect();
        let [node, worklist] = [Source::Node, Source::Worklist].map(|make| make("PACS".into()));
        assert_eq!(asked, [Source::Archive, node, worklist]);
    }

    fn planned(accession: &str, id: &str, priority: &str) -> PlannedStep {
        PlannedStep {
            accession_number: accession.into(),
            patient_id: id.into(),
            priority: priority.into(),
            ..PlannedStep::default()
        }
    }

    #[test]
    fn a_study_is_urgent_that_was_planned_so_and_the_others_are_counted_not_denied() {
        let (mut workspace, _) = running();
        workspace.edit_search(SearchEdit::ToggleUrgent);
        let [node, ris] = [Source::Node("PACS".into()), Source::Worklist("RIS".into())];
        let search = &mut workspace.search;
        search.sources = Sources::ask([node.clone(), ris.clone()]);
        let generation = search.generation;
        let study = |uid: &str, id: &str, accession: &str, priority: &str| StudyMatch {
            accession_number: accession.into(),
            priority: priority.into(),
            ..found(uid, id, "X", "")
        };
        let studies = vec![
            study("1", "7", "A1", ""),
            study("2", "8", "A1", ""),
            study("3", "9", "A3", ""),
            study("4", "9", "A4", "ROUTINE"),
        ];
        search.take(generation, &node, studies);
        search.ended(generation, &node, Ok(AnswerEnd::default()));
        assert_eq!((search.rows().len(), search.left_out(&node)), (0, 3));

        let steps = vec![
            planned("A1", "7", "STAT"),
            planned("A3", "9", "ROUTINE"),
            planned("A5", "9", ""),
        ];
        let end = PlanEnd::Answered(AnswerEnd::default());
        search.take_planned(generation, &ris, steps, end);
        let uids: Vec<_> = search
            .rows()
            .iter()
            .map(|row| &row.study.study_uid)
            .collect();
        assert_eq!(
            uids,
            ["1"],
            "the same number of another patient is another study"
        );
        assert_eq!((search.left_out(&node), search.left_out(&ris)), (2, 1));
        for (_, state) in search.sources.all() {
            assert!(
                matches!(state, SourceState::Answered { matches: 1, .. }),
                "{state:?}"
            );
        }
    }

    #[test]
    fn the_more_urgent_of_two_words_on_a_study_counts() {
        let (mut workspace, generation) = running();
        let search = &mut workspace.search;
        for (source, priority) in [
            (Source::Archive, "ROUTINE"),
            (Source::Node("PACS".into()), "STAT"),
        ] {
            let study = StudyMatch {
                priority: priority.into(),
                ..found("1", "7", "X", "")
            };
            search.take(generation, &source, vec![study]);
        }
        assert!(search.rows()[0].is_urgent());
    }
}
