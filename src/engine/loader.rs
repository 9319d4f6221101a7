//! Loads the frames of one display set, the one under the eye first, then outwards from it; and
//! fills the set's volume with the same frames.
//!
//! A set that fits the memory budget stays whole. One that does not keeps a span of frames around
//! the one shown and makes no volume.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::cache::Reservation;
use crate::engine::source::InstanceSource;
use crate::imaging::FrameImage;
use crate::jobs::{Cancelled, JobCtx};
use crate::model::{FrameKey, InstanceIx};
use crate::problem::Message;
use crate::view::Loading;
use crate::volume::Volume;

/// Frames a job decodes before it lets another set have its turn.
const BATCH: usize = 16;

type Slot = RwLock<Loading<Arc<FrameImage>>>;

/// Frames that cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// How many so far.
    pub count: usize,
    /// Why the first of them cannot.
    pub why: Message,
}

/// The frames of a display set, loading.
#[derive(Debug)]
pub struct Loader {
    frames: Arc<[FrameKey]>,
    sources: HashMap<InstanceIx, Arc<InstanceSource>>,
    slots: Box<[Slot]>,
    /// Frames somebody decodes or has decoded.
    taken: Mutex<Vec<bool>>,
    centre: AtomicUsize,
    /// Frames kept around the centre.
    span: usize,
    /// Frames loaded around the centre; fewer than are kept once loading was cancelled.
    reach: AtomicUsize,
    volume: Option<Arc<Volume>>,
    /// Position in the volume by frame.
    positions: HashMap<FrameKey, u32>,
    done: AtomicUsize,
    failed: Mutex<Option<Unreadable>>,
    _reservation: Option<Reservation>,
}

impl Loader {
    /// Starts empty; `span` frames are kept (all of them if it is at least their number, and only
    /// then is `volume` filled).
    #[must_use]
    pub fn new(
        frames: Arc<[FrameKey]>,
        sources: HashMap<InstanceIx, Arc<InstanceSource>>,
        volume: Option<Arc<Volume>>,
        span: usize,
        reservation: Option<Reservation>,
    ) -> Self {
        let positions = volume.as_ref().map_or_else(HashMap::new, |volume| {
            let placed = volume.frames.iter().enumerate();
            placed
                .filter_map(|(k, frame)| Some(((*frame)?, u32::try_from(k).ok()?)))
                .collect()
        });
        Self {
            slots: frames.iter().map(|_| Slot::default()).collect(),
            taken: Mutex::new(vec![false; frames.len()]),
            centre: AtomicUsize::new(frames.len() / 2),
            span: span.max(1),
            reach: AtomicUsize::new(span.max(1)),
            done: AtomicUsize::new(0),
            failed: Mutex::new(None),
            frames,
            sources,
            volume,
            positions,
            _reservation: reservation,
        }
    }

    /// The frames it loads.
    #[must_use]
    pub const fn frames(&self) -> &Arc<[FrameKey]> {
        &self.frames
    }

    /// The volume being filled.
    #[must_use]
    pub const fn volume(&self) -> Option<&Arc<Volume>> {
        self.volume.as_ref()
    }

    /// Takes over what another loader of the same set has decoded already.
    pub fn take_over(&self, other: &Self) {
        let known: HashMap<FrameKey, usize> = other
            .frames
            .iter()
            .enumerate()
            .map(|(i, key)| (*key, i))
            .collect();
        for (index, key) in self.frames.iter().enumerate() {
            if let Some(frame) = known.get(key).and_then(|i| other.get(*i).ready().cloned()) {
                self.mark_taken(index);
                self.put(index, Ok(frame));
            }
        }
    }

    /// One frame by its place in the set.
    #[must_use]
    pub fn get(&self, index: usize) -> Loading<Arc<FrameImage>> {
        self.slots.get(index).map_or(Loading::Waiting, |slot| {
            slot.read().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    /// Which frames are here.
    #[must_use]
    pub fn loaded(&self) -> Vec<bool> {
        (0..self.frames.len())
            .map(|index| self.get(index).ready().is_some())
            .collect()
    }

    /// Frames decoded or failed so far.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// What could not be read so far.
    #[must_use]
    pub fn unreadable(&self) -> Option<Unreadable> {
        let failed = self.failed.lock();
        failed.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count_failed(&self, why: &Message) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let first = || Unreadable {
            count: 0,
            why: why.clone(),
        };
        failed.get_or_insert_with(first).count += 1;
    }

    /// Says which frame is looked at; what lies too far from it is let go.
    pub fn look_at(&self, index: usize) {
        if self.centre.swap(index, Ordering::Relaxed) == index || self.span >= self.frames.len() {
            return;
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (far, slot) in self
            .slots
            .iter()
            .enumerate()
            .filter(|(i, _)| !self.is_within(*i, self.span))
        {
            let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
            if matches!(*slot, Loading::Ready(_)) {
                *slot = Loading::Waiting;
                self.done.fetch_sub(1, Ordering::Relaxed);
                if let Some(taken) = taken.get_mut(far) {
                    *taken = false;
                }
            }
        }
    }

    /// From now on only what is looked at is loaded; what is here stays.
    pub fn load_only_what_is_seen(&self) {
        self.reach.store(1, Ordering::Relaxed);
    }

    fn is_within(&self, index: usize, span: usize) -> bool {
        span >= self.frames.len() || index.abs_diff(self.centre.load(Ordering::Relaxed)) <= span / 2
    }

    fn is_near(&self, index: usize) -> bool {
        self.is_within(index, self.reach.load(Ordering::Relaxed))
    }

    /// Whether a frame near the centre is neither here nor being decoded.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken
            .iter()
            .enumerate()
            .any(|(index, taken)| !taken && self.is_near(index))
    }

    fn mark_taken(&self, index: usize) {
        if let Some(taken) = self
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(index)
        {
            *taken = true;
        }
    }

    /// The frame nearest to the centre that nobody has taken.
    fn next(&self) -> Option<usize> {
        let centre = self.centre.load(Ordering::Relaxed);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = |index: usize| taken.get(index) == Some(&false) && self.is_near(index);
        let outward = (0..self.frames.len())
            .flat_map(|step| [centre.checked_add(step), centre.checked_sub(step)]);
        let index = outward.flatten().find(|index| free(*index))?;
        if let Some(taken) = taken.get_mut(index) {
            *taken = true;
        }
        Some(index)
    }

    fn put(&self, index: usize, result: Result<Arc<FrameImage>, Message>) {
        if let (Ok(frame), Some(volume), Some(key)) =
            (&result, &self.volume, self.frames.get(index))
            && let Some(k) = self.positions.get(key)
        {
            volume.set_slice(*k, Arc::clone(frame));
        }
        if let Err(why) = &result {
            self.count_failed(why);
        }
        if let Some(slot) = self.slots.get(index) {
            let value = result.map_or_else(Loading::Failed, Loading::Ready);
            *slot.write().unwrap_or_else(PoisonError::into_inner) = value;
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Decodes a batch of frames. Several may run at once.
    ///
    /// # Errors
    /// [`Cancelled`] when the job was.
    pub fn run_batch(&self, ctx: &JobCtx, arrived: &(dyn Fn() + Sync)) -> Result<(), Cancelled> {
        self.run(ctx, BATCH, arrived)
    }

    /// Decodes until nothing is left to take.
    ///
    /// # Errors
    /// [`Cancelled`] when the job was.
    pub fn run_all(&self, ctx: &JobCtx) -> Result<(), Cancelled> {
        self.run(ctx, usize::MAX, &|| ())
    }

    fn run(&self, ctx: &JobCtx, most: usize, arrived: &(dyn Fn() + Sync)) -> Result<(), Cancelled> {
        for _ in 0..most {
            ctx.check()?;
            let Some(index) = self.next() else {
                return Ok(());
            };
            let Some(key) = self.frames.get(index) else {
                return Ok(());
            };
            let Some(source) = self.sources.get(&key.instance) else {
                continue;
            };
            self.put(index, source.frame(key.frame, ctx).map(Arc::new));
            arrived();
        }
        Ok(())
    }
}
