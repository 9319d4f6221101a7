//! What the queue knows, under one lock: jobs waiting, running and discarded.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::ctx::{JobCtx, JobId, Progress};

use crate::problem::Message;

/// Which jobs go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// The reader waits for it: a frame on screen. Always finds a free thread unless all are
    /// at interactions.
    Interaction,
    /// A picture beside the images.
    Thumbnail,
    /// What the reader will probably look at next.
    Prefetch,
    /// Long work: scanning, volumes, export.
    Compute,
}

impl Priority {
    /// All, the most urgent first.
    pub const ALL: [Self; 4] = [
        Self::Interaction,
        Self::Thumbnail,
        Self::Prefetch,
        Self::Compute,
    ];
}

/// A job this young has no time left to speak of yet.
const SOON: Duration = Duration::from_millis(300);

/// What a job was asked for; jobs of an overtaken generation are dropped together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Generation(pub u64);

/// A job as the window lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct JobInfo {
    /// Which.
    pub id: JobId,
    /// What it does, for the reader.
    pub title: Message,
    /// How far it says it is.
    pub progress: Progress,
    /// How long it has run; zero while it waits for a thread.
    pub running: Duration,
}

impl JobInfo {
    /// Time left if it goes on as it went, once that can be told.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let Progress { done, of } = self.progress;
        let left = of.checked_sub(done)?;
        if done == 0 || self.running < SOON {
            return None;
        }
        Some(self.running.mul_f64(left as f64 / done as f64))
    }
}

/// What a worker does with a job's closure.
pub(super) enum Start<'a> {
    Run(&'a JobCtx),
    Cancelled,
}

pub(super) type Work = Box<dyn FnOnce(Start<'_>) + Send>;

pub(super) struct Job {
    pub title: Message,
    pub generation: Option<Generation>,
    pub is_shown: bool,
    pub ctx: JobCtx,
    pub work: Work,
}

struct RunningJob {
    title: Message,
    generation: Option<Generation>,
    is_shown: bool,
    ctx: JobCtx,
    priority: Priority,
    started: Instant,
}

/// What a worker takes next.
pub(super) enum Next {
    Run(JobId, Work, JobCtx),
    /// Cancelled before it began: its closure is told so, on a worker.
    Discard(Work),
}

#[derive(Default)]
pub(super) struct State {
    last_id: u64,
    waiting: BTreeMap<(Priority, JobId), Job>,
    running: BTreeMap<JobId, RunningJob>,
    discarded: Vec<Work>,
    /// Discarded closures in the hands of a worker.
    discarding: usize,
    pub shutdown: bool,
}

impl State {
    pub fn add(&mut self, priority: Priority, job: Job) -> JobId {
        self.last_id += 1;
        let id = JobId(self.last_id);
        self.waiting.insert((priority, id), job);
        id
    }

    /// The next job a free worker may take. Jobs below [`Priority::Interaction`] leave at least
    /// one thread free: `most_others` is how many of them may run at once.
    pub fn take(&mut self, most_others: usize) -> Option<Next> {
        if let Some(work) = self.discarded.pop() {
            self.discarding += 1;
            return Some(Next::Discard(work));
        }
        let (priority, id) = *self.waiting.first_key_value()?.0;
        let others = self
            .running
            .values()
            .filter(|job| job.priority != Priority::Interaction)
            .count();
        if priority != Priority::Interaction && others >= most_others {
            return None;
        }
        let job = self.waiting.remove(&(priority, id))?;
        let running = RunningJob {
            title: job.title,
            generation: job.generation,
            is_shown: job.is_shown,
            ctx: job.ctx.clone(),
            priority,
            started: Instant::now(),
        };
        self.running.insert(id, running);
        Some(Next::Run(id, job.work, job.ctx))
    }

    pub fn finished(&mut self, id: Option<JobId>) {
        match id {
            Some(id) => {
                self.running.remove(&id);
            }
            None => self.discarding = self.discarding.saturating_sub(1),
        }
    }

    /// Cancels what `which` picks: waiting jobs leave the queue, running ones are asked to stop.
    pub fn cancel(&mut self, which: impl Fn(JobId, Option<Generation>) -> bool) {
        let keys: Vec<_> = self
            .waiting
            .iter()
            .filter(|((_, id), job)| which(*id, job.generation))
            .map(|(&key, _)| key)
            .collect();
        for key in keys {
            if let Some(job) = self.waiting.remove(&key) {
                job.ctx.cancel();
                self.discarded.push(job.work);
            }
        }
        for (&id, job) in &self.running {
            if which(id, job.generation) {
                job.ctx.cancel();
            }
        }
    }

    /// Moves a waiting job, or relabels a running one (which keeps its thread).
    pub fn reprioritise(&mut self, id: JobId, priority: Priority) -> bool {
        let waiting = Priority::ALL
            .iter()
            .find_map(|&old| self.waiting.remove(&(old, id)));
        if let Some(job) = waiting {
            self.waiting.insert((priority, id), job);
            return true;
        }
        self.running.contains_key(&id)
    }

    pub fn is_alive(&self, id: JobId) -> bool {
        self.running.contains_key(&id) || self.waiting.keys().any(|&(_, waiting)| waiting == id)
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty()
            && self.running.is_empty()
            && self.discarded.is_empty()
            && self.discarding == 0
    }

    /// The jobs meant for the reader's eyes: running ones, then waiting ones.
    pub fn shown(&self) -> Vec<JobInfo> {
        let running = self.running.iter().filter(|(_, job)| job.is_shown);
        let running = running.map(|(&id, job)| JobInfo {
            id,
            title: job.title.clone(),
            progress: job.ctx.current(),
            running: job.started.elapsed(),
        });
        let waiting = self.waiting.iter().filter(|(_, job)| job.is_shown);
        let waiting = waiting.map(|(&(_, id), job)| JobInfo {
            id,
            title: job.title.clone(),
            progress: job.ctx.current(),
            running: Duration::ZERO,
        });
        running.chain(waiting).collect()
    }

    /// For the end: nothing waits any more, whatever runs is asked to stop.
    pub fn shut_down(&mut self) -> Vec<Work> {
        self.shutdown = true;
        for job in self.running.values() {
            job.ctx.cancel();
        }
        let waiting = std::mem::take(&mut self.waiting);
        let mut dropped = std::mem::take(&mut self.discarded);
        dropped.extend(waiting.into_values().map(|job| job.work));
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::MessageId;

    #[test]
    fn the_time_left_follows_from_the_steps_done_and_is_silent_without_any() {
        let time_left = |done, of, seconds| {
            let job = JobInfo {
                id: JobId(1),
                title: Message::new(MessageId("a-job")),
                progress: Progress { done, of },
                running: Duration::from_secs(seconds),
            };
            job.time_left()
        };
        assert_eq!(time_left(1, 4, 10), Some(Duration::from_secs(30)));
        assert_eq!(time_left(4, 4, 10), Some(Duration::ZERO));
        assert_eq!(time_left(0, 4, 10), None);
        assert_eq!(time_left(5, 0, 10), None);
        assert_eq!(time_left(1, 4, 0), None);
    }
}
