//! What is planned: every node that may have a worklist at once, each on its own thread.

use crate::dicom::Date;
use crate::jobs::JobCtx;
use crate::model::PlannedStep;
use crate::pacs::{Caller, Failure, Node, service};
use crate::workspace::{AnswerEnd, Arrival, PacsSettings, PlanEnd, PlanRequest, Source};

use super::search::{Batch, today};
use super::{Messenger, Network, on_thread};

/// What is asked, and for which today.
#[derive(Clone)]
struct Question {
    generation: u64,
    request: PlanRequest,
    today: Date,
}

impl Network {
    /// Asks; what an earlier question still does is stopped.
    pub(in crate::engine) fn worklist(
        &mut self,
        generation: u64,
        request: &PlanRequest,
        nodes: Vec<Node>,
        settings: &PacsSettings,
    ) {
        self.stop_worklist();
        let question = Question {
            generation,
            request: request.clone(),
            today: today(),
        };
        for node in nodes {
            let ctx = JobCtx::new();
            self.plans.push(ctx.clone());
            let (messenger, caller) = (self.messenger(), self.caller(settings));
            let (telling, question) = (messenger.clone(), question.clone());
            on_thread("worklist", &messenger, move || {
                ask_node(&question, &node, &caller, &telling, &ctx);
            });
        }
    }

    /// What is being asked is not waited for any more.
    pub(in crate::engine) fn stop_worklist(&mut self) {
        for ctx in self.plans.drain(..) {
            ctx.cancel();
        }
    }
}

fn ask_node(
    question: &Question,
    node: &Node,
    caller: &Caller,
    messenger: &Messenger,
    ctx: &JobCtx,
) {
    let source = Source::Node(node.name.clone());
    let (generation, today) = (question.generation, question.today);
    let hand = |steps| {
        messenger.send(Arrival::Planned {
            generation,
            source: source.clone(),
            steps,
        });
    };
    let mut batch = Batch::new(&hand);
    let service = service(node, caller);
    let mut answer = AnswerEnd::default();
    let mut end = None;
    for query in question.request.queries(today) {
        let mut add = |found| {
            let steps = PlannedStep::of_match(&found).into_iter();
            let meant = steps.filter(|step| question.request.admits(step, today));
            meant.for_each(|step| batch.add(step));
        };
        match service.worklist(&query, &mut add, ctx) {
            Ok(found) => answer.add(found),
            Err(Failure::Cancelled) => return,
            Err(Failure::NoContext { .. }) => {
                end = Some(PlanEnd::NotOffered);
                break;
            }
            Err(failure) => {
                end = Some(PlanEnd::Failed(failure.message()));
                break;
            }
        }
    }
    batch.hand_on();
    messenger.send(Arrival::PlanEnded {
        generation,
        source,
        end: end.unwrap_or(PlanEnd::Answered(answer)),
    });
}
