//! One search: the archive and every node at once, each on its own thread; what they find comes
//! in batches, so that ten thousand matches do not mean ten thousand repaints.

use std::time::{Duration, Instant};

use crate::dicom::Date;
use crate::jobs::JobCtx;
use crate::model::StudyQuery;
use crate::pacs::{Caller, Failure, Node, service};
use crate::workspace::{AnswerEnd, Arrival, PacsSettings, SearchRequest, Source};

use super::local::Ask;
use super::urgent::{Questions, Tellers, ask_worklist};
use super::{Messenger, Network, on_thread};

/// Matches are handed on at least so often.
const BATCH_EVERY: Duration = Duration::from_millis(100);

impl Network {
    /// Asks; what an earlier search still does is stopped.
    pub(in crate::engine) fn search(
        &mut self,
        generation: u64,
        request: &SearchRequest,
        nodes: Vec<Node>,
        worklists: Vec<Node>,
        settings: &PacsSettings,
    ) {
        self.stop_search();
        let queries = request.queries(today());
        let mut tellers = Tellers::default();
        let ask = Ask::Search {
            generation,
            questions: tellers.questions(&queries),
        };
        self.local().ask(ask);
        for node in nodes {
            let ctx = JobCtx::new();
            self.searches.push(ctx.clone());
            let (messenger, caller) = (self.messenger(), self.caller(settings));
            let questions = tellers.questions(&queries);
            let telling = messenger.clone();
            on_thread("search", &messenger, move || {
                ask_node(generation, &node, &caller, &questions, &telling, &ctx);
            });
        }
        let query = request.worklist_query(today());
        for node in worklists {
            let ctx = JobCtx::new();
            self.searches.push(ctx.clone());
            let (messenger, caller) = (self.messenger(), self.caller(settings));
            let (telling, query, tellers) = (messenger.clone(), query.clone(), tellers.clone());
            on_thread("urgent", &messenger, move || {
                ask_worklist(generation, &node, &caller, &query, tellers, &telling, &ctx);
            });
        }
    }

    /// What is being asked is not waited for any more.
    pub(in crate::engine) fn stop_search(&mut self) {
        for ctx in self.searches.drain(..) {
            ctx.cancel();
        }
    }
}

fn ask_node(
    generation: u64,
    node: &Node,
    caller: &Caller,
    questions: &Questions,
    messenger: &Messenger,
    ctx: &JobCtx,
) {
    let source = Source::Node(node.name.clone());
    let hand = |matches| {
        messenger.send(Arrival::Found {
            generation,
            source: source.clone(),
            matches,
        });
    };
    let mut batch = Batch::new(&hand);
    let service = service(node, caller);
    let mut end = AnswerEnd::default();
    let mut ask = |queries: &[StudyQuery], end: &mut AnswerEnd| {
        for query in queries {
            end.add(service.find(query, &mut |found| batch.add(found), ctx)?);
        }
        batch.hand_on();
        Ok(())
    };
    let mut result = ask(&questions.queries, &mut end);
    if result.is_ok() && end.is_cut {
        result = ask(&questions.by_number(), &mut end);
    }
    batch.hand_on();
    let result = match result {
        Err(Failure::Cancelled) => return,
        Err(failure) => Err(failure.message()),
        Ok(()) => Ok(end),
    };
    messenger.send(Arrival::SearchEnded {
        generation,
        source,
        result,
    });
}

/// What waits to be handed on together.
pub(super) struct Batch<'a, T> {
    hand: &'a dyn Fn(Vec<T>),
    waiting: Vec<T>,
    handed_on: Option<Instant>,
}

impl<'a, T> Batch<'a, T> {
    pub(super) fn new(hand: &'a dyn Fn(Vec<T>)) -> Self {
        Self {
            hand,
            waiting: Vec::new(),
            handed_on: None,
        }
    }

    /// The first is handed on at once.
    pub(super) fn add(&mut self, found: T) {
        self.waiting.push(found);
        if self.handed_on.is_none_or(|at| at.elapsed() >= BATCH_EVERY) {
            self.hand_on();
        }
    }

    pub(super) fn hand_on(&mut self) {
        self.handed_on = Some(Instant::now());
        if !self.waiting.is_empty() {
            (self.hand)(std::mem::take(&mut self.waiting));
        }
    }
}

/// The day it is where the reader sits.
pub(super) fn today() -> Date {
    let now = jiff::Zoned::now();
    Date {
        year: u16::try_from(now.year()).unwrap_or(1),
        month: u8::try_from(now.month()).unwrap_or(1),
        day: u8::try_from(now.day()).unwrap_or(1),
    }
}
