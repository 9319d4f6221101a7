//! A transfer under way: how far it is, and what ends it.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::archive::{self, ItemOutcome};
use crate::jobs::JobCtx;
use crate::problem::Message;

use super::order::Listed;
use super::retrieve::InVain;
use super::speed::Speed;
use super::transfers::lock;

/// A transfer under way.
pub(super) struct Run {
    pub(super) transfer: archive::Transfer,
    /// Of the request under way.
    ctx: Mutex<JobCtx>,
    /// Of what the reader waits for, which is asked for aside.
    aside: Mutex<JobCtx>,
    /// Of the question what there is.
    pub(super) listing: JobCtx,
    /// Of the pictures that stand for what is on its way.
    pub(super) previews: JobCtx,
    is_stopped: AtomicBool,
    /// Since when it is to stand back as soon as it has brought something.
    yields_since: Mutex<Option<Instant>>,
    /// Asked for once more since it was begun: what the node got since then is not in its list.
    pub(super) again: Mutex<Option<archive::NewTransfer>>,
    /// What the node listed so far, for who opens the study while it comes.
    pub(super) listed: Mutex<Vec<Listed>>,
    /// Series that are still to be listed, as soon as that is known.
    pub(super) unlisted: AtomicUsize,
    /// Something is missing in its list, or nobody can tell.
    pub(super) is_list_short: AtomicBool,
    /// What came of it in vain.
    pub(super) in_vain: Mutex<InVain>,
    pub(super) live: Mutex<Live>,
}

/// How far a transfer under way is.
#[derive(Default)]
pub(super) struct Live {
    /// Instances that are there.
    pub done: usize,
    /// Those that were counted.
    counted: HashSet<String>,
    /// Instances in all, as far as is known.
    pub of: usize,
    pub speed: Speed,
    /// Outcomes that are not in the queue's memory yet.
    pub outcomes: Vec<(String, ItemOutcome)>,
    /// What was warned of instances, where the queue's memory does not know that yet.
    pub remarks: Vec<(String, String)>,
    /// Instances that the node gave, where the queue's memory does not know that yet.
    pub fetched: Vec<String>,
    /// Bytes that are not in the queue's memory yet.
    pub bytes: u64,
    pub recorded: Option<Instant>,
    /// It is over, and the queue's memory cannot be told so.
    pub hindered: Option<Message>,
}

impl Run {
    /// One that has just been taken from the queue.
    pub(super) fn new(transfer: archive::Transfer) -> Self {
        Self {
            live: Mutex::new(Live {
                done: transfer.succeeded as usize,
                of: transfer.expected.unwrap_or(0) as usize,
                ..Live::default()
            }),
            transfer,
            ctx: Mutex::new(JobCtx::new()),
            aside: Mutex::new(JobCtx::new()),
            listing: JobCtx::new(),
            previews: JobCtx::new(),
            is_stopped: AtomicBool::new(false),
            yields_since: Mutex::default(),
            again: Mutex::default(),
            listed: Mutex::default(),
            unlisted: AtomicUsize::new(0),
            is_list_short: AtomicBool::new(false),
            in_vain: Mutex::default(),
        }
    }

    /// A request begins; stopping the transfer stops it.
    pub(super) fn begin(&self) -> JobCtx {
        let ctx = JobCtx::new();
        *lock(&self.ctx) = ctx.clone();
        if self.is_stopped() {
            ctx.cancel();
        }
        ctx
    }

    /// The same for a request aside.
    pub(super) fn begin_aside(&self) -> JobCtx {
        let ctx = JobCtx::new();
        *lock(&self.aside) = ctx.clone();
        if self.is_stopped() {
            ctx.cancel();
        }
        ctx
    }

    /// Ends what was asked for aside.
    pub(super) fn end_aside(&self) {
        lock(&self.aside).cancel();
    }

    /// Ends the request under way, not the transfer.
    pub(super) fn break_off(&self) {
        lock(&self.ctx).cancel();
    }

    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        self.break_off();
        self.end_aside();
        self.listing.cancel();
        self.previews.cancel();
    }

    /// Stops as soon as anything has come in this attempt.
    pub(super) fn yield_soon(&self) {
        lock(&self.yields_since).get_or_insert_with(Instant::now);
        if self.has_brought() {
            self.stop();
        }
    }

    /// It need not stand back any more.
    pub(super) fn go_on(&self) {
        *lock(&self.yields_since) = None;
    }

    /// How long it has been asked to stand back.
    pub(super) fn has_yielded_for(&self) -> Option<Duration> {
        lock(&self.yields_since).map(|since| since.elapsed())
    }

    /// By the reader, or for something more urgent.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }

    /// An outcome, for the queue's memory.
    pub(super) fn note(&self, uid: &str, outcome: ItemOutcome, bytes: u64) {
        let mut live = lock(&self.live);
        // Kept first and committed later is one instance.
        if !matches!(outcome, ItemOutcome::Failed(_)) && live.counted.insert(uid.to_owned()) {
            live.done += 1;
        }
        live.speed.add(bytes);
        live.bytes += bytes;
        live.outcomes.push((uid.to_owned(), outcome));
        drop(live);
        if self.has_brought() && lock(&self.yields_since).is_some() {
            self.stop();
        }
    }

    /// Whether any instance came in this attempt.
    pub(super) fn has_brought(&self) -> bool {
        !lock(&self.live).counted.is_empty()
    }

    /// What was warned of an instance that is a success; said before that is noted.
    pub(super) fn note_remark(&self, uid: &str, remark: String) {
        lock(&self.live).remarks.push((uid.to_owned(), remark));
    }

    /// The node gave this instance: it can be had there again.
    pub(super) fn note_fetched(&self, uid: &str) {
        lock(&self.live).fetched.push(uid.to_owned());
    }
}
