//! What is urgent: studies seldom say it, worklists do. So both are asked, and who does not give all
//! it has is asked once more for the studies of what the worklists call urgent.

use std::collections::BTreeSet;

use crossbeam_channel::{Receiver, Sender};

use crate::jobs::JobCtx;
use crate::model::{PlannedStep, StudyMatch, StudyQuery};
use crate::pacs::{Caller, Failure, Node, WorklistQuery, service};
use crate::workspace::{AnswerEnd, Arrival, PlanEnd, Source};

use super::Messenger;

/// Studies asked for by their accession numbers, at most.
const MOST_NUMBERS: usize = 100;

/// What is asked of one source.
pub(super) struct Questions {
    pub(super) queries: Vec<StudyQuery>,
    /// What the worklists plan as urgent; it ends when all of them have answered.
    urgent: Receiver<Vec<PlannedStep>>,
}

/// Tells all sources of a search what is urgent.
#[derive(Clone, Default)]
pub(super) struct Tellers(Vec<Sender<Vec<PlannedStep>>>);

impl Tellers {
    /// Questions of one more source.
    pub(super) fn questions(&mut self, queries: &[StudyQuery]) -> Questions {
        let (tell, urgent) = crossbeam_channel::unbounded();
        self.0.push(tell);
        Questions {
            queries: queries.to_vec(),
            urgent,
        }
    }
}

impl Questions {
    /// What is asked besides, if not all came: the studies of what is urgent, each by its accession
    /// number. Waits for the worklists.
    pub(super) fn by_number(&self) -> Vec<StudyQuery> {
        let steps = self.urgent.iter().flatten();
        let numbers = steps.map(|step| step.accession_number);
        let numbers: BTreeSet<String> = numbers.filter(|it| !it.is_empty()).collect();
        let mut all = Vec::new();
        for number in numbers.into_iter().take(MOST_NUMBERS) {
            let open = self.queries.iter();
            let open = open.filter(|query| query.accession_number.is_empty());
            all.extend(open.map(|query| StudyQuery {
                accession_number: number.clone(),
                ..query.clone()
            }));
        }
        all
    }
}

/// Asks one worklist, and tells everybody what it calls urgent.
pub(super) fn ask_worklist(
    generation: u64,
    node: &Node,
    caller: &Caller,
    query: &WorklistQuery,
    tellers: Tellers,
    messenger: &Messenger,
    ctx: &JobCtx,
) {
    let mut steps = Vec::new();
    let mut add = |found: StudyMatch| steps.extend(PlannedStep::of_match(&found));
    let end = match service(node, caller).worklist(query, &mut add, ctx) {
        Ok(found) => {
            let mut end = AnswerEnd::default();
            end.add(found);
            PlanEnd::Answered(end)
        }
        Err(Failure::Cancelled) => return,
        Err(Failure::NoContext { .. }) => PlanEnd::NotOffered,
        Err(failure) => PlanEnd::Failed(failure.message()),
    };
    let urgent = steps.iter().filter(|step| step.is_urgent());
    let urgent: Vec<PlannedStep> = urgent.cloned().collect();
    for teller in tellers.0 {
        // Who has given all it has listens no more.
        drop(teller.send(urgent.clone()));
    }
    messenger.send(Arrival::UrgentPlanned {
        generation,
        source: Source::Worklist(node.name.clone()),
        steps,
        end,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(accession: &str) -> PlannedStep {
        PlannedStep {
            accession_number: accession.into(),
            priority: "STAT".into(),
            ..PlannedStep::default()
        }
    }

    #[test]
    fn who_does_not_give_all_is_asked_for_each_urgent_study_by_its_number() {
        let queries = [
            StudyQuery {
                patient_name: "alpha".into(),
                ..StudyQuery::default()
            },
            StudyQuery {
                accession_number: "al*".into(),
                ..StudyQuery::default()
            },
        ];
        let mut tellers = Tellers::default();
        let questions = tellers.questions(&queries);
        let other = tellers.clone();
        let told = std::thread::spawn(move || questions.by_number());
        for (tellers, steps) in [
            (tellers, vec![step("A2"), step("")]),
            (other, vec![step("A1"), step("A2")]),
        ] {
            for teller in &tellers.0 {
                teller.send(steps.clone()).unwrap();
            }
        }
        let asked = told.join().unwrap();
        let asked: Vec<_> = asked
            .iter()
            .map(|query| (query.patient_name.as_str(), query.accession_number.as_str()))
            .collect();
        assert_eq!(asked, [("alpha", "A1"), ("alpha", "A2")]);
    }

    #[test]
    fn without_worklists_nobody_waits_for_one() {
        let questions = Tellers::default().questions(&[StudyQuery::default()]);
        assert!(questions.by_number().is_empty());
    }
}
