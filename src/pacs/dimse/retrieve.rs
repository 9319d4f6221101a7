//! A retrieval: requests in their order, over several associations at once, and a second try for
//! what did not come.
//!
//! Every instance is acknowledged only once it is on the disk for good, and waiting for the disk
//! takes longer than the line does: so while one association waits, others go on.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::association::Call;
use super::contexts::COMMON;
use super::get::Getter;
use super::plan::Task;
use super::plan::plan;
use super::tally::Tally;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::Wanted;
use crate::pacs::pace::End;
use crate::pacs::pace::may_join;
use crate::problem::Message;
use crate::problem::msg;

/// Associations of one retrieval: what hides the waiting, and what any node has room for.
const MOST_ASSOCIATIONS: usize = 3;
/// How often who waits looks whether it is called for.
const GLANCE: Duration = Duration::from_millis(5);

/// The tasks that nobody has begun yet.
pub(super) struct Queue {
    tasks: Mutex<VecDeque<Task>>,
    /// The first association has done what it could: nobody need wait to be called for.
    is_over: AtomicBool,
}

impl Queue {
    pub fn new(tasks: Vec<Task>) -> Self {
        Self {
            tasks: Mutex::new(tasks.into()),
            is_over: AtomicBool::new(false),
        }
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, VecDeque<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn next(&self) -> Option<Task> {
        self.tasks().pop_front()
    }

    pub fn give_back(&self, task: Task) {
        self.tasks().push_front(task);
    }

    /// Those that wait, for who looks ahead.
    pub fn waiting(&self) -> Vec<Task> {
        self.tasks().iter().cloned().collect()
    }
}

/// Does tasks until none waits, or until it cannot go on.
pub(super) trait Worker: Sync {
    /// `is_first`: nobody else is at it, so that a node without room is a failure.
    fn work(&self, queue: &Queue, tally: &Tally<'_>, is_first: bool, ctx: &JobCtx);

    /// The last try for instances that a node failed to send.
    fn one_syntax_at_a_time(&self, _missing: &[Task], _tally: &Tally<'_>, _ctx: &JobCtx) {}

    /// At most so many at once, for these tasks.
    fn most(&self, tasks: &[Task]) -> usize;
}

/// Runs a retrieval from its plan to its result.
pub(super) fn retrieve(
    call: &Call,
    worker: &dyn Worker,
    wanted: &[Wanted],
    told: &(dyn Fn(RetrieveEvent) + Sync),
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    let tally = Tally::new(wanted, told);
    let tasks = plan(call, wanted, &tally, ctx)?;
    let counts: Option<Vec<usize>> = tasks.iter().map(Task::expected).collect();
    if let Some(counts) = counts {
        tally.expect(counts.iter().sum());
    }
    run(worker, tasks.clone(), &tally, ctx);
    let missing = missing(&tasks, &tally);
    if !missing.is_empty() && !tally.has_ended() {
        // Not every node takes lists of names: what is missing is asked for by its series.
        let mut again: BTreeMap<&str, Task> = missing
            .iter()
            .filter(|(_, task)| !task.instances.is_empty() && !task.is_exact)
            .map(|(_, task)| (task.series_uid.as_str(), (*task).clone().whole()))
            .collect();
        for (uid, whole) in &mut again {
            let parts = tasks.iter().filter(|task| task.series_uid == *uid);
            whole.known = parts.flat_map(|task| task.known.clone()).collect();
        }
        run(worker, again.into_values().collect(), &tally, ctx);
    }
    if !tally.has_ended() && !tasks.iter().all(|task| task.is_exact) {
        let missing = self::missing(&tasks, &tally);
        if !missing.is_empty() {
            let missing: Vec<Task> = by_series(&missing);
            worker.one_syntax_at_a_time(&missing, &tally, ctx);
        }
    }
    let lacking: BTreeSet<&str> = (self::missing(&tasks, &tally).iter())
        .map(|(_, task)| task.series_uid.as_str())
        .collect();
    for (_, task) in &missing {
        if !lacking.contains(task.series_uid.as_str()) {
            tally.forgive(&task.series_uid);
        }
    }
    if !tally.has_ended() {
        let reason = Message::new(msg("pacs-not-sent")).text("peer", call.peer());
        for (uid, _) in missing {
            if !tally.has(uid) {
                tally.fail(uid, &reason);
            }
        }
    }
    Ok(tally.into_result())
}

fn missing<'a>(tasks: &'a [Task], tally: &Tally<'_>) -> Vec<(&'a str, &'a Task)> {
    let named = tasks
        .iter()
        .flat_map(|task| task.known.iter().map(move |uid| (uid.as_str(), task)));
    let is_missing = |uid: &str| !tally.has(uid) && !tally.is_placeless(uid);
    named.filter(|(uid, _)| is_missing(uid)).collect()
}

/// What is missing, each instance by its name, a series at a time.
fn by_series(missing: &[(&str, &Task)]) -> Vec<Task> {
    let mut tasks: BTreeMap<&str, Task> = BTreeMap::new();
    for (uid, task) in missing {
        let entry = tasks.entry(&task.series_uid).or_insert_with(|| Task {
            instances: Vec::new(),
            known: Vec::new(),
            ..(*task).clone()
        });
        entry.instances.push((*uid).to_owned());
        entry.known.push((*uid).to_owned());
    }
    tasks.into_values().collect()
}

fn run(worker: &dyn Worker, tasks: Vec<Task>, tally: &Tally<'_>, ctx: &JobCtx) {
    if tasks.is_empty() {
        return;
    }
    let workers = tasks.len().min(worker.most(&tasks));
    let queue = Queue::new(tasks);
    let queue = &queue;
    std::thread::scope(|scope| {
        for n in 1..workers {
            let spawned = std::thread::Builder::new()
                .name(format!("retrieve {n}"))
                .spawn_scoped(scope, move || {
                    if is_called_for(n, queue, tally, ctx) {
                        worker.work(queue, tally, false, ctx);
                    }
                });
            if let Err(error) = spawned {
                tracing::warn!(%error, "one association less");
            }
        }
        let _end = End(&queue.is_over);
        worker.work(queue, tally, true, ctx);
    });
    // What the others gave back when their association broke, the first may not have seen.
    if !queue.tasks().is_empty() && !tally.has_ended() {
        worker.work(queue, tally, true, ctx);
    }
}

/// Waits until one more association helps; false once there is nothing left for it to do.
fn is_called_for(number: usize, queue: &Queue, tally: &Tally<'_>, ctx: &JobCtx) -> bool {
    loop {
        let is_over = queue.is_over.load(Ordering::Relaxed) || queue.tasks().is_empty();
        if is_over || tally.has_ended() || ctx.check().is_err() {
            return false;
        }
        let (come, since_first) = tally.pace();
        if may_join(number, come, since_first) {
            return true;
        }
        std::thread::sleep(GLANCE);
    }
}

/// C-GET.
pub(super) struct GetWorker<'a> {
    pub call: &'a Call,
    pub sink: &'a dyn InstanceSink,
}

impl Worker for GetWorker<'_> {
    fn most(&self, _: &[Task]) -> usize {
        MOST_ASSOCIATIONS
    }

    /// Many nodes send every instance of a class in the first context that was accepted for it,
    /// and fail on those that are stored in another syntax. So each syntax is proposed alone.
    fn one_syntax_at_a_time(&self, missing: &[Task], tally: &Tally<'_>, ctx: &JobCtx) {
        for syntax in COMMON {
            let is_done = || {
                let mut known = missing.iter().flat_map(|task| &task.known);
                known.all(|uid| tally.has(uid))
            };
            if is_done() || tally.has_ended() {
                return;
            }
            if ctx.check().is_err() {
                tally.end(Failure::Cancelled);
                return;
            }
            self.in_syntax(syntax, missing, tally, ctx);
        }
    }

    fn work(&self, queue: &Queue, tally: &Tally<'_>, is_first: bool, ctx: &JobCtx) {
        let mut open: Option<Getter> = None;
        while let Some(task) = queue.next() {
            if tally.has_ended() {
                return;
            }
            let getter = match open.take() {
                Some(getter) if getter.fits(&task) => Ok(getter),
                other => {
                    if let Some(other) = other {
                        other.release();
                    }
                    let waiting = queue.waiting();
                    let tasks = std::iter::once(&task).chain(&waiting);
                    Getter::open(self.call, tasks, ctx)
                }
            };
            let mut getter = match getter {
                Ok(getter) => getter,
                Err(failure) => {
                    if is_first {
                        tally.end(failure);
                    } else {
                        // No room for another association: the others do it.
                        queue.give_back(task);
                    }
                    return;
                }
            };
            match getter.fetch(&task, self.sink, tally) {
                Ok(()) => open = Some(getter),
                Err(failure) => {
                    if !refused(failure, &task, tally) {
                        return;
                    }
                    open = Some(getter);
                }
            }
        }
        if let Some(getter) = open {
            getter.release();
        }
    }
}

impl GetWorker<'_> {
    /// Whether a node that takes this syntax alone sends what is missing in it.
    fn in_syntax(&self, syntax: &str, missing: &[Task], tally: &Tally<'_>, ctx: &JobCtx) {
        let Ok(mut getter) = Getter::open_for(self.call, missing, syntax, ctx) else {
            return;
        };
        for task in missing {
            let instances = task.known.iter().filter(|uid| !tally.has(uid));
            let task = Task {
                instances: instances.cloned().collect(),
                ..task.clone()
            };
            // What fails here is found missing in the end.
            if !task.instances.is_empty() && getter.fetch(&task, self.sink, tally).is_err() {
                return;
            }
        }
        getter.release();
    }
}

/// A task failed. `true` if others may go well: the node refused this one request.
pub(super) fn refused(failure: Failure, task: &Task, tally: &Tally<'_>) -> bool {
    if let Failure::Status { .. } = failure {
        // Names asked for in vain are found missing, and asked for in another way.
        if task.instances.is_empty() {
            let reason = failure.message();
            for uid in &task.known {
                tally.fail(uid, &reason);
            }
            if task.known.is_empty() {
                tally.fail_unnamed(reason);
            }
        }
        return true;
    }
    tally.end(failure);
    false
}
