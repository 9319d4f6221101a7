//! C-GET (PS3.4 C.4.3): instances come over the association that asked for them.

use std::collections::BTreeSet;

use super::association::Association;
use super::association::Call;
use super::association::MOST_CONTEXTS;
use super::association::Request;
use super::command::Command;
use super::command::kind;
use super::contexts;
use super::contexts::Proposed;
use super::intake;
use super::model;
use super::model::Model;
use super::model::Models;
use super::operation;
use super::operation::Counts;
use super::plan::Task;
use super::tally::Tally;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::problem::Message;
use crate::problem::msg;

/// An association that fetches instances of some classes.
pub(super) struct Getter {
    association: Association,
    model: Model,
    /// What it was made for; none for the broad guess.
    classes: Vec<String>,
}

impl Getter {
    /// One for the classes of these tasks, as many as fit, those of the first in any case.
    pub fn open<'a>(
        call: &Call,
        tasks: impl Iterator<Item = &'a Task>,
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let mut classes: Vec<String> = Vec::new();
        let mut modalities: Vec<String> = Vec::new();
        let mut is_guess = false;
        for (n, task) in tasks.enumerate() {
            is_guess |= n == 0 && task.classes.is_empty();
            if is_guess {
                modalities.extend(task.modalities.iter().cloned());
            }
            for class in &task.classes {
                if !classes.contains(class) {
                    classes.push(class.clone());
                }
            }
        }
        let contexts = if is_guess {
            modalities.sort();
            modalities.dedup();
            classes.clear();
            contexts::guessed(&modalities, Models::CONTEXTS)
        } else {
            let (contexts, taken) = contexts::of_classes(&classes, Models::CONTEXTS);
            classes.truncate(taken);
            contexts
        };
        Self::propose(call, contexts, classes, ctx)
    }

    /// One for the classes of these tasks, in one syntax.
    pub fn open_for(
        call: &Call,
        tasks: &[Task],
        syntax: &str,
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let mut classes: Vec<String> = tasks.iter().flat_map(|it| it.classes.clone()).collect();
        if tasks.iter().any(|task| task.classes.is_empty()) {
            let modalities = tasks.iter().flat_map(|it| it.modalities.clone());
            let modalities: Vec<String> = modalities.collect();
            classes.extend(contexts::likely(&modalities));
        }
        let mut known = BTreeSet::new();
        classes.retain(|class| known.insert(class.clone()));
        classes.truncate(MOST_CONTEXTS - Models::CONTEXTS);
        let contexts = classes
            .iter()
            .map(|it| (it.clone(), vec![syntax.to_owned()]));
        Self::propose(call, contexts.collect(), classes, ctx)
    }

    fn propose(
        call: &Call,
        contexts: Vec<Proposed>,
        classes: Vec<String>,
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let mut proposal = model::GET.proposal("C-GET");
        for (class, syntaxes) in contexts {
            if !proposal.scp_for.contains(&class) {
                proposal.scp_for.push(class.clone());
            }
            proposal.contexts.push((class, syntaxes));
        }
        let association = Association::request(call, &proposal, ctx)?;
        let model = Model::taken(&association, &model::GET, proposal.service, call, ctx)?;
        Ok(Self {
            association,
            model,
            classes,
        })
    }

    /// Whether it can take what a task brings.
    pub fn fits(&self, task: &Task) -> bool {
        if task.classes.is_empty() || self.classes.is_empty() {
            return task.classes.is_empty() && self.classes.is_empty();
        }
        task.classes
            .iter()
            .all(|class| self.classes.contains(class))
    }

    /// Fetches; every instance goes to the sink and is counted.
    pub fn fetch(
        &mut self,
        task: &Task,
        sink: &dyn InstanceSink,
        tally: &Tally<'_>,
    ) -> Result<(), Failure> {
        let id = self.association.next_message_id();
        operation::ask(&mut self.association, &mut self.model, task, None, id)?;
        let result = self.take_all(id, task, sink, tally);
        if matches!(result, Err(Failure::Cancelled | Failure::NoRoom(_))) {
            let link = &mut self.association.link;
            link.send_last(self.model.context.id, &Command::cancel(id));
            self.association.abort();
        }
        result
    }

    fn take_all(
        &mut self,
        id: u16,
        task: &Task,
        sink: &dyn InstanceSink,
        tally: &Tally<'_>,
    ) -> Result<(), Failure> {
        let mut taken = 0;
        loop {
            let (context_id, command) = match self.association.next()? {
                Request::Message {
                    context_id,
                    command,
                } => (context_id, command),
                Request::Release => {
                    return Err(Failure::Cut {
                        peer: self.association.link.peer.clone(),
                    });
                }
            };
            match command.kind() {
                kind::C_STORE => {
                    let outcome =
                        intake::take(&mut self.association, context_id, &command, sink, &|| {})?;
                    taken += 1;
                    let no_room = outcome.no_room();
                    tally.add(outcome);
                    if let Some(failure) = no_room {
                        return Err(failure);
                    }
                }
                kind::C_ECHO => {
                    let answer = Command::answer(&command, 0);
                    self.association.send(context_id, &answer, None)?;
                }
                _ if command.answers(id) => {
                    let counts = operation::answered(
                        &mut self.association,
                        &self.model.context,
                        &command,
                        task,
                        tally,
                    )?;
                    if let Some(counts) = counts {
                        self.note_missing(counts, taken, task, tally);
                        return Ok(());
                    }
                }
                _ => return Err(self.association.link.nonsense("a message nobody asked for")),
            }
        }
    }

    /// A node that says it sent more than came is not believed.
    fn note_missing(&self, counts: Counts, taken: usize, task: &Task, tally: &Tally<'_>) {
        let said = usize::from(counts.completed) + usize::from(counts.warned);
        // Those known by name are found missing by their names.
        if said > taken && said > task.known.len() {
            let message = Message::new(msg("pacs-fewer-than-said"))
                .text("peer", &self.association.link.peer)
                .count("said", said)
                .count("came", taken);
            tally.fail_unnamed(message);
        }
    }

    pub fn release(self) {
        self.association.release();
    }
}
