//! C-MOVE (PS3.4 C.4.2): the node sends what we ask for to our receiver.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::association::Association;
use super::association::Call;
use super::association::Request;
use super::callers::Callers;
use super::command::Command;
use super::listening::listen;
use super::listening::wake;
use super::model;
use super::model::Model;
use super::operation;
use super::operation::Counts;
use super::plan::Task;
use super::retrieve::Queue;
use super::retrieve::Worker;
use super::retrieve::refused;
use super::retrieve::retrieve;
use super::server::Server;
use super::storage_scp::MoveOriginator;
use super::storage_scp::ScpEvent;
use super::storage_scp::ScpOptions;
use super::storage_scp::StorageScp;
use super::tally::Tally;
use super::tls::Door;
use super::wire::GLANCE;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::ReceiverTls;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::Wanted;
use crate::problem::Message;
use crate::problem::msg;

/// Requests at once: each makes the node open an association to us.
const MOST_REQUESTS: usize = 2;
/// How long instances may stay behind the answer that they were sent.
const AFTERMATH: Duration = Duration::from_secs(1);

/// How a receiver of ours encrypts that a node is asked to send to. From a node that speaks TLS
/// nothing is asked for unencrypted, unless the reader allowed it for this node.
///
/// # Errors
/// [`Failure::MoveInClear`] where there is no certificate to encrypt with.
pub(super) fn receiver_tls(
    call: &Call,
    own: Option<&ReceiverTls>,
) -> Result<Option<ReceiverTls>, Failure> {
    let Some(tls) = &call.address.tls else {
        return Ok(own.cloned());
    };
    let takes_plain = call.address.moves_in_clear;
    let encrypted = own.cloned().or_else(|| tls.of_receiver());
    let encrypted = encrypted.map(|tls| ReceiverTls { takes_plain, ..tls });
    if encrypted.is_none() && !takes_plain {
        return Err(in_clear(call));
    }
    Ok(encrypted)
}

/// The same of a receiver that listens anyway.
pub(super) fn may_come_to(call: &Call, scp: &StorageScp) -> Result<(), Failure> {
    let address = &call.address;
    if address.tls.is_some() && !address.moves_in_clear && !scp.is_encrypted() {
        return Err(in_clear(call));
    }
    Ok(())
}

fn in_clear(call: &Call) -> Failure {
    Failure::MoveInClear { peer: call.peer() }
}

/// With a receiver that listens as long as this takes.
pub(super) fn retrieve_listening(
    call: &Call,
    port: u16,
    tls: Option<ReceiverTls>,
    wanted: &[Wanted],
    sink: &dyn InstanceSink,
    told: &(dyn Fn(RetrieveEvent) + Sync),
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    let door = Door::new(tls.as_ref())?;
    let (listeners, port) = listen(port)?;
    let options = ScpOptions {
        ae_title: Some(call.calling.clone()),
        patience: call.address.patience(),
        tls,
    };
    let (sender, events) = crossbeam_channel::unbounded();
    let serving = JobCtx::new();
    let prefers_plain = AtomicBool::new(false);
    let callers = Callers::limited(call.line.throttle.clone());
    let told_here = |event| {
        // The retrieval may be over.
        drop(sender.send(event));
    };
    let server = Server {
        options: &options,
        door: &door,
        sink,
        reports: None,
        told: &told_here,
        ctx: &serving,
        prefers_plain: &prefers_plain,
        callers: &callers,
    };
    let server = &server;
    std::thread::scope(|scope| {
        let running = std::thread::Builder::new()
            .name("storage SCP".into())
            .spawn_scoped(scope, move || server.run(&listeners));
        let result = match running {
            Ok(_) => {
                let events = Events {
                    call,
                    receiver: &events,
                    is_shared: false,
                    prefers_plain: &prefers_plain,
                    callers: &callers,
                    asked: Mutex::default(),
                };
                retrieve_from(call, events, wanted, told, ctx)
            }
            Err(error) => Err(Failure::Listen {
                port,
                detail: error.to_string(),
            }),
        };
        serving.cancel();
        wake(port);
        result
    })
}

/// With a receiver that listens anyway, into its own sink.
pub(super) fn retrieve_running(
    call: &Call,
    scp: &StorageScp,
    wanted: &[Wanted],
    told: &(dyn Fn(RetrieveEvent) + Sync),
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    may_come_to(call, scp)?;
    let events = Events {
        call,
        receiver: &scp.events(),
        is_shared: true,
        prefers_plain: scp.prefers_plain(),
        callers: scp.callers(),
        asked: Mutex::default(),
    };
    retrieve_from(call, events, wanted, told, ctx)
}

fn retrieve_from(
    call: &Call,
    events: Events<'_>,
    wanted: &[Wanted],
    told: &(dyn Fn(RetrieveEvent) + Sync),
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    let worker = MoveWorker { call, events };
    retrieve(call, &worker, wanted, told, ctx)
}

/// What happens at the receiver.
struct Events<'a> {
    call: &'a Call,
    receiver: &'a Receiver<ScpEvent>,
    is_shared: bool,
    prefers_plain: &'a AtomicBool,
    callers: &'a Callers,
    /// Message IDs of all that this retrieval asked for.
    asked: Mutex<BTreeSet<u16>>,
}

impl Events<'_> {
    fn ask(&self, id: u16) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(id);
    }

    /// Whether an instance was sent here because this retrieval asked for it. Some nodes name only
    /// the title, which other retrievals have, too.
    fn is_asked_for(&self, from: &str, originator: Option<&MoveOriginator>) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        from == self.call.address.ae_title.as_str()
            && originator.is_some_and(|originator| {
                originator.ae_title == self.call.calling.as_str()
                    && originator.message_id.is_none_or(|id| asked.contains(&id))
            })
    }
}

struct MoveWorker<'a> {
    call: &'a Call,
    events: Events<'a>,
}

impl Worker for MoveWorker<'_> {
    fn most(&self, tasks: &[Task]) -> usize {
        // What comes for whom is told by its name.
        if tasks.iter().any(Task::has_unnamed) {
            1
        } else {
            MOST_REQUESTS
        }
    }

    /// A node that proposes several syntaxes for one context may send only what is stored in the
    /// one that is chosen: once more, with the other choice.
    fn one_syntax_at_a_time(&self, missing: &[Task], tally: &Tally<'_>, ctx: &JobCtx) {
        self.events.prefers_plain.store(true, Ordering::Relaxed);
        let queue = Queue::new(missing.to_vec());
        self.work(&queue, tally, true, ctx);
        self.events.prefers_plain.store(false, Ordering::Relaxed);
    }

    fn work(&self, queue: &Queue, tally: &Tally<'_>, is_first: bool, ctx: &JobCtx) {
        let mut mover = match Mover::open(self.call, ctx) {
            Ok(mover) => mover,
            Err(failure) => {
                if is_first {
                    tally.end(failure);
                }
                return;
            }
        };
        while let Some(task) = queue.next() {
            if tally.has_ended() {
                return;
            }
            match mover.fetch(&task, &self.events, tally, self.call, ctx) {
                Ok(()) => {}
                Err(failure) => {
                    // Nothing will come to a destination that the node does not know.
                    let is_destination = matches!(failure, Failure::Status { status: 0xa801, .. });
                    if is_destination {
                        tally.end(failure);
                        break;
                    }
                    if !refused(failure, &task, tally) {
                        return;
                    }
                }
            }
        }
        mover.association.release();
    }
}

struct Mover {
    association: Association,
    model: Model,
}

impl Mover {
    fn open(call: &Call, ctx: &JobCtx) -> Result<Self, Failure> {
        let proposal = model::MOVE.proposal("C-MOVE");
        let association = Association::request(call, &proposal, ctx)?;
        let model = Model::taken(&association, &model::MOVE, proposal.service, call, ctx)?;
        Ok(Self { association, model })
    }

    fn fetch(
        &mut self,
        task: &Task,
        events: &Events<'_>,
        tally: &Tally<'_>,
        call: &Call,
        ctx: &JobCtx,
    ) -> Result<(), Failure> {
        let before = tally.count();
        let destination = Some(&call.calling);
        let id = operation::move_id();
        // Before it is asked for: what is refused may be here before the node's first answer.
        events.ask(id);
        let (association, model) = (&mut self.association, &mut self.model);
        operation::ask(association, model, task, destination, id)?;
        let result = self.wait(id, task, events, tally, call, ctx);
        if matches!(result, Err(Failure::Cancelled | Failure::NoRoom(_))) {
            let link = &mut self.association.link;
            link.send_last(self.model.context.id, &Command::cancel(id));
            self.association.abort();
        }
        let counts = result?;
        // The last instances are acknowledged before we hear of them.
        let end = Instant::now() + AFTERMATH;
        while Instant::now() < end && !is_here(task, counts, before, tally) {
            drain(events, tally);
            if let Ok(event) = events.receiver.recv_timeout(GLANCE) {
                count(event, tally, events);
            }
        }
        drain(events, tally);
        let said = usize::from(counts.completed) + usize::from(counts.warned);
        let came = tally.count() - before;
        if said > came && said > task.known.len() {
            let message = Message::new(msg("pacs-fewer-than-said"))
                .text("peer", &self.association.link.peer)
                .count("said", said)
                .count("came", came);
            tally.fail_unnamed(message);
        }
        Ok(())
    }

    /// Until the node says that it is done. As long as instances come, it is not silent.
    fn wait(
        &mut self,
        id: u16,
        task: &Task,
        events: &Events<'_>,
        tally: &Tally<'_>,
        call: &Call,
        ctx: &JobCtx,
    ) -> Result<Counts, Failure> {
        let patience = call.address.patience();
        let mut last = Instant::now();
        loop {
            ctx.check()?;
            drain(events, tally);
            if let Some(failure @ Failure::NoRoom(_)) = tally.ended_by() {
                return Err(failure);
            }
            self.association.link.set_patience(GLANCE);
            let request = self.association.next();
            self.association.link.set_patience(patience);
            match request {
                Ok(Request::Message { command, .. }) if command.answers(id) => {
                    last = Instant::now();
                    let counts = operation::answered(
                        &mut self.association,
                        &self.model.context,
                        &command,
                        task,
                        tally,
                    )?;
                    if let Some(counts) = counts {
                        return Ok(counts);
                    }
                }
                Ok(Request::Message { .. }) => {
                    return Err(self.association.link.nonsense("a message nobody asked for"));
                }
                Ok(Request::Release) => {
                    return Err(Failure::Cut {
                        peer: self.association.link.peer.clone(),
                    });
                }
                Err(Failure::NoAnswer { peer, .. }) => {
                    // An instance may be long, and its line limited.
                    let heard = events.callers.last_heard(call.address.ae_title.as_str());
                    if last.max(tally.last()).max(heard.unwrap_or(last)).elapsed() > patience {
                        return Err(Failure::NoAnswer { peer, patience });
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }
}

/// Whether all that the node says it sent has arrived.
fn is_here(task: &Task, counts: Counts, before: usize, tally: &Tally<'_>) -> bool {
    let came = if task.known.is_empty() {
        tally.count() - before
    } else {
        task.known.iter().filter(|uid| tally.has(uid)).count()
    };
    came >= usize::from(counts.completed) + usize::from(counts.warned)
}

fn drain(events: &Events<'_>, tally: &Tally<'_>) {
    while let Ok(event) = events.receiver.try_recv() {
        count(event, tally, events);
    }
}

/// A shared receiver takes other things besides.
fn count(event: ScpEvent, tally: &Tally<'_>, events: &Events<'_>) {
    match event {
        ScpEvent::Instance {
            outcome,
            from,
            move_originator,
        } => {
            // What was not kept may not say of which study it is.
            let is_refused =
                || outcome.result.is_err() && events.is_asked_for(&from, move_originator.as_ref());
            if !events.is_shared || tally.is_ours(&outcome) || is_refused() {
                tally.add(outcome);
            } else if let Some(failure) = outcome.no_room() {
                tally.end(failure);
            }
        }
        ScpEvent::Broken { failure, .. } if !events.is_shared => tally.warn(failure.message()),
        ScpEvent::Refused(call) if !events.is_shared => tally.warn(call.message()),
        ScpEvent::Broken { .. }
        | ScpEvent::Refused(_)
        | ScpEvent::Probe(_)
        | ScpEvent::Commitment { .. } => {}
    }
}
