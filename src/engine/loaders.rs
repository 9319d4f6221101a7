//! Which display sets are loaded: those on screen, and those seen before as long as memory lasts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use crate::cache::{Budget, Reservation};
use crate::engine::loader::{Loader, Look};
use crate::engine::{InstanceSource, Waker, Want, open};
use crate::imaging::FrameImage;
use crate::jobs::{JobId, JobInfo, Priority, Progress, Queue};
use crate::model::{DisplaySetId, FrameKey, InstanceIx, Library};
use crate::problem::{Message, Problem, msg};
use crate::view::{Loading, ViewMode};
use crate::volume::Volume;

/// Frames kept around the one shown when a set does not fit into memory.
const SPAN: usize = 32;
/// The same of a phase that is not on screen.
const SPAN_AHEAD: usize = 3;

/// What the panes that show a set's frames look at.
fn looks(wants: &[Want], set: DisplaySetId) -> Vec<Look> {
    let stacks = wants
        .iter()
        .filter(|want| want.display_set == set && want.mode == ViewMode::Stack);
    stacks
        .map(|want| Look {
            index: want.index as usize,
            coming: want.coming.iter().map(|frame| *frame as usize).collect(),
        })
        .collect()
}

/// What a stream may keep of what it decoded, for stepping back: at most this.
const KEPT_BYTES: u64 = 1 << 30;

/// Room for the frames of a stream between two places where decoding can begin.
fn keep_groups(
    sources: &HashMap<InstanceIx, Arc<InstanceSource>>,
    budget: &Budget,
) -> Option<Reservation> {
    let streams = sources.values().filter(|source| source.is_stream());
    let most = streams.clone().map(|source| source.group_bytes()).max()?;
    let mut bytes = most.min(KEPT_BYTES);
    let mut reserved = budget.reserve(bytes);
    while reserved.is_err() && bytes > 1 << 24 {
        bytes /= 2;
        reserved = budget.reserve(bytes);
    }
    let reserved = reserved.ok()?;
    let each = bytes / streams.clone().count().max(1) as u64;
    streams.for_each(|source| source.keep(each));
    Some(reserved)
}

/// Jobs a set may have at once.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

#[derive(Debug)]
struct Entry {
    loader: Arc<Loader>,
    jobs: Vec<JobId>,
    /// It was started as what may come and found no room for all of it.
    is_small: bool,
    /// When it was last on screen; larger is later.
    wanted: u64,
    started: Instant,
}

/// Loaders by display set.
#[derive(Debug, Default)]
pub(super) struct Loaders {
    entries: BTreeMap<DisplaySetId, Entry>,
    /// Frame → set and place.
    places: HashMap<FrameKey, (DisplaySetId, usize)>,
    clock: u64,
}

impl Loaders {
    pub(super) fn get(&self, set: DisplaySetId) -> Option<&Arc<Loader>> {
        self.entries.get(&set).map(|entry| &entry.loader)
    }

    pub(super) fn frame(&self, key: FrameKey) -> Loading<Arc<FrameImage>> {
        let Some((set, place)) = self.places.get(&key) else {
            return Loading::Waiting;
        };
        // A set that grew may have lost frames to another one meanwhile.
        self.get(*set)
            .filter(|loader| loader.frames().get(*place) == Some(&key))
            .map_or(Loading::Waiting, |loader| loader.get(*place))
    }

    /// Stops loading the set this job stands for; what is decoded stays.
    pub(super) fn cancel(&mut self, job: JobId, queue: &Queue) -> bool {
        let Some(entry) = self
            .entries
            .values_mut()
            .find(|entry| entry.jobs.contains(&job))
        else {
            return false;
        };
        entry.loader.load_only_what_is_seen();
        entry.jobs.drain(..).for_each(|job| queue.cancel(job));
        true
    }

    /// One entry a set that is still loading.
    pub(super) fn jobs(&self) -> Vec<JobInfo> {
        let loading = self.entries.values().filter(|entry| !entry.jobs.is_empty());
        loading
            .filter_map(|entry| {
                let id = *entry.jobs.first()?;
                let (done, of) = (entry.loader.done(), entry.loader.frames().len());
                let running = entry.started.elapsed();
                let title = Message::new(msg("job-load"));
                (done < of).then_some(JobInfo {
                    id,
                    title,
                    progress: Progress { done, of },
                    running,
                })
            })
            .collect()
    }

    /// Starts what is missing and lets go what is not wanted when memory is short.
    pub(super) fn want(
        &mut self,
        library: &Library,
        wants: &[Want],
        queue: &Queue,
        budget: &Arc<Budget>,
        waker: &Waker,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.clock += 1;
        for entry in self.entries.values_mut() {
            entry.jobs.retain(|job| queue.is_alive(*job));
        }
        for want in wants {
            let Some(set) = library.display_set(want.display_set) else {
                continue;
            };
            let is_current = self.entries.get(&set.id).is_some_and(|entry| {
                // What was loaded ahead in a small way is loaded well once it is looked at;
                // not while a film runs through it, which would start it again at each turn.
                let is_enough = want.is_modest() || !entry.is_small;
                is_enough && Arc::ptr_eq(entry.loader.frames(), &set.frames)
            });
            if !is_current {
                problems.extend(self.start(library, want, budget, wants));
            }
            let Some(entry) = self.entries.get_mut(&set.id) else {
                continue;
            };
            entry.wanted = self.clock;
            let looks = looks(wants, set.id);
            if !looks.is_empty() {
                entry.loader.look_at(looks);
            }
            let priority = if want.is_ahead {
                Priority::Prefetch
            } else {
                Priority::Interaction
            };
            let most = entry.loader.most_jobs(workers());
            while entry.loader.has_work() && entry.jobs.len() < most {
                let (loader, waker) = (Arc::clone(&entry.loader), Arc::clone(waker));
                let title = Message::new(msg("job-load"));
                entry
                    .jobs
                    .push(queue.spawn(title, priority, false, move |ctx| {
                        // Cancelled or done: either way nothing is left to say.
                        let _done_or_cancelled = loader.run_batch(ctx, &|| waker());
                        waker();
                    }));
            }
        }
        problems
    }

    /// A loader for a set that is new or has grown.
    fn start(
        &mut self,
        library: &Library,
        want: &Want,
        budget: &Arc<Budget>,
        wants: &[Want],
    ) -> Option<Problem> {
        let id = want.display_set;
        let set = library.display_set(id)?;
        let old = self.entries.remove(&id);
        // Its frames are handed on, so that they count once.
        if let Some(old) = &old {
            old.loader.give_back_reservation();
        }
        let bytes = library.decoded_bytes(set);
        let mut reserved = budget.reserve(bytes);
        while reserved.is_err() && self.let_go_of_oldest(wants, want.is_modest()) {
            reserved = budget.reserve(bytes);
        }
        let sources = open::sources(library, set);
        let (loader, problem) = match reserved {
            Ok(reservation) => {
                let volume = library
                    .volume_plan(id)
                    .ok()
                    .map(|plan| Arc::new(Volume::new(plan.clone())));
                let span = set.frames.len();
                (
                    Loader::new(
                        Arc::clone(&set.frames),
                        sources,
                        volume,
                        span,
                        Some(reservation),
                    ),
                    None,
                )
            }
            Err(_) if want.is_modest() => (
                Loader::new(Arc::clone(&set.frames), sources, None, SPAN_AHEAD, None),
                None,
            ),
            Err(over) => {
                let problem = Problem::warning(over.message());
                let kept = keep_groups(&sources, budget);
                (
                    Loader::new(Arc::clone(&set.frames), sources, None, SPAN, kept),
                    Some(problem),
                )
            }
        };
        let is_small = want.is_modest() && loader.is_partial();
        let mut wanted = self.clock;
        if let Some(old) = old {
            loader.take_over(&old.loader);
            wanted = old.wanted;
        }
        self.places.retain(|_, (set, _)| *set != id);
        for (place, key) in set.frames.iter().enumerate() {
            self.places.insert(*key, (id, place));
        }
        let entry = Entry {
            loader: Arc::new(loader),
            jobs: Vec::new(),
            is_small,
            wanted,
            started: Instant::now(),
        };
        self.entries.insert(id, entry);
        problem
    }

    /// Lets go the set that was wanted longest ago, of those not wanted now; what is on screen may
    /// also take the room of what is not yet.
    fn let_go_of_oldest(&mut self, wants: &[Want], is_modest: bool) -> bool {
        let is_wanted = |set: DisplaySetId| {
            let mut counting = wants.iter().filter(|want| is_modest || !want.is_ahead);
            counting.any(|want| want.display_set == set)
        };
        let oldest = self
            .entries
            .iter()
            .filter(|(set, _)| !is_wanted(**set))
            .min_by_key(|(_, entry)| entry.wanted);
        let Some(oldest) = oldest.map(|(set, _)| *set) else {
            return false;
        };
        self.entries.remove(&oldest);
        self.places.retain(|_, (set, _)| *set != oldest);
        true
    }
}
