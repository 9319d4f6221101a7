//! What is planned, as the worklists of the nodes have it: for which day, what came, from whom.

use std::collections::{BTreeSet, HashSet};

use crate::dicom::Date;
use crate::model::{DateRange, PlannedStep, has_words};
use crate::pacs::WorklistQuery;
use crate::problem::Message;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, Task};
use crate::workspace::search::{AnswerEnd, Source, Sources};

/// Steps asked of each node at most; more than a department does in a week.
const MOST_STEPS: usize = 5000;

/// For when it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PlannedDay {
    Yesterday,
    #[default]
    Today,
    Tomorrow,
    /// Today and the six days after.
    Week,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanRequest {
    /// When.
    pub day: PlannedDay,
    /// Any of these modalities; all, if none.
    pub modalities: BTreeSet<&'static str>,
}

impl PlannedDay {
    fn range(self, today: Date) -> DateRange {
        match self {
            Self::Yesterday => DateRange::day(today.days_before(1)),
            Self::Today => DateRange::day(today),
            Self::Tomorrow => DateRange::day(today.days_after(1)),
            Self::Week => DateRange {
                from: Some(today),
                to: Some(today.days_after(6)),
            },
        }
    }
}

impl PlanRequest {
    /// The queries that together answer it: the worklist takes one modality at a time.
    #[must_use]
    pub fn queries(&self, today: Date) -> Vec<WorklistQuery> {
        let of = |modality: &str| WorklistQuery {
            day: self.day.range(today),
            modality: modality.to_owned(),
            limit: MOST_STEPS,
            ..WorklistQuery::default()
        };
        if self.modalities.is_empty() {
            return vec![of("")];
        }
        self.modalities
            .iter()
            .map(|modality| of(modality))
            .collect()
    }

    /// Whether a step is what was asked for; some nodes give all they have. What is not said is
    /// taken as meant.
    #[must_use]
    pub fn admits(&self, step: &PlannedStep, today: Date) -> bool {
        let range = self.day.range(today);
        let is_then = step.start_date.is_none_or(|day| {
            range.from.is_none_or(|from| from <= day) && range.to.is_none_or(|to| day <= to)
        });
        let modality = step.modality.as_str();
        let is_known = self.modalities.is_empty() || modality.is_empty();
        is_then && (is_known || self.modalities.contains(modality))
    }
}

/// How a node's answer ended.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanEnd {
    /// It has answered to its end.
    Answered(AnswerEnd),
    /// The node is there and has no worklist.
    NotOffered,
    /// It could not be asked, or broke off.
    Failed(Message),
}

/// What is planned.
#[derive(Debug, Default)]
pub struct Worklist {
    /// What is asked.
    pub request: PlanRequest,
    /// Only those whose name, ID or accession number has these words.
    pub text: String,
    /// Only what is planned for this station; all, if none.
    pub station: Option<String>,
    /// Who was asked, and how far they are.
    pub sources: Sources,
    /// By their time.
    steps: Vec<PlannedStep>,
    /// The same step of two nodes is one.
    known: HashSet<PlannedStep>,
    /// Answers to an earlier question are dropped.
    generation: u64,
}

impl Worklist {
    /// What is planned at the station that was chosen and has the words that were typed, the
    /// earliest first.
    pub fn steps(&self) -> impl Iterator<Item = &PlannedStep> {
        let chosen = self.station.as_deref();
        let is_there = move |step: &&PlannedStep| chosen.is_none_or(|it| it == step.station());
        self.steps
            .iter()
            .filter(is_there)
            .filter(|step| self.has_words(step))
    }

    fn has_words(&self, step: &PlannedStep) -> bool {
        let said = [&step.patient_id, &step.accession_number];
        let mut numbers = said.into_iter().map(|it| it.to_lowercase());
        let typed = self.text.trim().to_lowercase();
        has_words(&step.patient_name, &typed) || numbers.any(|it| it.starts_with(&typed))
    }

    /// The stations for which something is planned.
    #[must_use]
    pub fn stations(&self) -> BTreeSet<&str> {
        let stations = self.steps.iter().map(PlannedStep::station);
        let chosen = self.station.as_deref();
        stations.chain(chosen).filter(|it| !it.is_empty()).collect()
    }

    /// Takes steps in; those of an earlier question are dropped.
    pub(super) fn take(&mut self, generation: u64, source: &Source, steps: Vec<PlannedStep>) {
        if generation != self.generation {
            return;
        }
        self.sources.add(source, steps.len());
        for step in steps {
            if self.known.insert(step.clone()) {
                self.steps.push(step);
            }
        }
        self.steps.sort_by(|a, b| {
            let when = |step: &PlannedStep| (step.start_date, step.start_time);
            let who = |step: &PlannedStep| step.patient_name.to_lowercase();
            when(a).cmp(&when(b)).then_with(|| who(a).cmp(&who(b)))
        });
    }

    pub(super) fn ended(&mut self, generation: u64, source: &Source, end: PlanEnd) {
        if generation != self.generation {
            return;
        }
        match end {
            PlanEnd::Answered(end) => self.sources.ended(source, Ok(end)),
            PlanEnd::NotOffered => self.sources.not_offered(source),
            PlanEnd::Failed(why) => self.sources.ended(source, Err(why)),
        }
    }
}

/// A change of the worklist.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum WorklistEdit {
    /// Only what has these words.
    Text(String),
    Day(PlannedDay),
    ToggleModality(&'static str),
    /// Only this station; all, if none.
    Station(Option<String>),
    /// Asks the nodes.
    Run,
    Stop,
    /// Searches for the studies of the patient for whom this is planned.
    FindStudies(Box<PlannedStep>),
}

impl Workspace {
    pub(super) fn edit_worklist(&mut self, edit: WorklistEdit) -> Vec<Effect> {
        let request = &mut self.worklist.request;
        match edit {
            WorklistEdit::Text(text) => {
                self.worklist.text = text;
                return Vec::new();
            }
            WorklistEdit::Day(day) => request.day = day,
            WorklistEdit::ToggleModality(modality) => {
                if !request.modalities.remove(modality) {
                    request.modalities.insert(modality);
                }
            }
            WorklistEdit::Station(station) => {
                self.worklist.station = station;
                return Vec::new();
            }
            WorklistEdit::Run => {}
            WorklistEdit::Stop => {
                self.worklist.generation += 1;
                self.worklist.sources.stop();
                return vec![Effect::StopWorklist];
            }
            WorklistEdit::FindStudies(step) => {
                return self.search_for(
                    &step.patient_id,
                    &step.accession_number,
                    &step.patient_name,
                );
            }
        }
        self.ask_worklists()
    }

    /// A worklist is often a node of its own, without studies: whether a node is searched does not
    /// matter here.
    fn ask_worklists(&mut self) -> Vec<Effect> {
        let nodes = self.settings.pacs.nodes.iter();
        let nodes: Vec<_> = nodes.filter(|node| node.has_worklist()).cloned().collect();
        let worklist = &mut self.worklist;
        worklist.generation += 1;
        worklist.steps.clear();
        worklist.known.clear();
        let asked = nodes.iter().map(|node| Source::Node(node.name.clone()));
        worklist.sources = Sources::ask(asked);
        vec![Effect::Spawn(Task::Worklist {
            generation: worklist.generation,
            request: worklist.request.clone(),
            nodes,
        })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Time;
    use crate::workspace::{SearchField, SourceState};

    const TODAY: Date = Date {
        year: 2026,
        month: 12,
        day: 31,
    };

    fn step(name: &str, time: &str, station: &str) -> PlannedStep {
        PlannedStep {
            start_date: Some(TODAY),
            start_time: Time::parse(time),
            patient_name: name.into(),
            patient_id: "4711".into(),
            station_ae_title: station.into(),
            modality: "CT".into(),
            ..PlannedStep::default()
        }
    }

    fn asked() -> (Workspace, Source) {
        let mut workspace = Workspace::default();
        workspace.edit_worklist(WorklistEdit::Run);
        let source = Source::Node("RIS".into());
        workspace.worklist.sources = Sources::ask([source.clone()]);
        (workspace, source)
    }

    #[test]
    fn today_is_asked_for_first_and_tomorrow_may_be_next_year() {
        let request = PlanRequest::default();
        assert_eq!(request.queries(TODAY)[0].day, DateRange::day(TODAY));
        let tomorrow = PlannedDay::Tomorrow.range(TODAY);
        assert_eq!(tomorrow.from, Date::parse("20270101"));
        assert_eq!(PlannedDay::Week.range(TODAY).to, Date::parse("20270106"));
    }

    #[test]
    fn a_node_that_gives_all_it_has_does_not_fill_the_list_with_it() {
        let mut request = PlanRequest::default();
        request.modalities.insert("CT");
        let planned = step("A", "0900", "CT1");
        assert!(request.admits(&planned, TODAY));
        let other_day = PlannedStep {
            start_date: Some(TODAY.days_before(1)),
            ..planned.clone()
        };
        let other_machine = PlannedStep {
            modality: "MR".into(),
            ..planned
        };
        assert!(!request.admits(&other_day, TODAY));
        assert!(!request.admits(&other_machine, TODAY));
    }

    #[test]
    fn what_two_nodes_plan_alike_is_one_row_in_the_order_of_the_day() {
        let (mut workspace, source) = asked();
        let worklist = &mut workspace.worklist;
        let generation = worklist.generation;
        let late = step("B", "1430", "CT1");
        worklist.take(generation, &source, vec![late.clone()]);
        let both = vec![step("A", "0900", "CT2"), late];
        worklist.take(generation, &Source::Node("HIS".into()), both);
        worklist.take(generation - 1, &source, vec![step("X", "0800", "CT1")]);
        let names = |worklist: &Worklist| -> Vec<String> {
            worklist.steps().map(|it| it.patient_name.clone()).collect()
        };
        assert_eq!(names(worklist), ["A", "B"]);
        workspace.edit_worklist(WorklistEdit::Text("a".into()));
        assert_eq!(names(&workspace.worklist), ["A"]);
        workspace.edit_worklist(WorklistEdit::Text("471".into()));
        assert_eq!(names(&workspace.worklist), ["A", "B"]);
        workspace.edit_worklist(WorklistEdit::Station(Some("CT1".into())));
        assert_eq!(names(&workspace.worklist), ["B"]);
    }

    #[test]
    fn a_node_without_a_worklist_is_no_failure() {
        let (mut workspace, source) = asked();
        let worklist = &mut workspace.worklist;
        worklist.ended(worklist.generation, &source, PlanEnd::NotOffered);
        assert_eq!(worklist.sources.all()[0].1, SourceState::NotOffered);
        assert!(!worklist.sources.is_running());
    }

    #[test]
    fn the_studies_of_a_planned_patient_are_searched_by_the_whole_id_else_by_accession() {
        let mut workspace = Workspace::default();
        let mut planned = step("A", "0900", "CT1");
        planned.accession_number = "88123".into();
        workspace.edit_worklist(WorklistEdit::FindStudies(Box::new(planned.clone())));
        let request = workspace.search.request.clone();
        assert_eq!(request.queries(TODAY)[0].patient_id, "4711");
        assert_eq!(request.field, SearchField::PatientId);
        planned.patient_id.clear();
        workspace.edit_worklist(WorklistEdit::FindStudies(Box::new(planned)));
        let queries = workspace.search.request.queries(TODAY);
        assert_eq!(queries[0].accession_number, "88123");
    }
}
