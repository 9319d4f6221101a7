//! Loads the frames of one display set, the one under the eye first, then outwards from it; and
//! fills the set's volume with the same frames.
//!
//! A set that fits the memory budget stays whole. One that does not keeps a span of frames around
//! those shown, or ahead of those played, and makes no volume.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::cache::Reservation;
use crate::engine::source::{InstanceSource, SourceRun};
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

/// A frame looked at, and those a film shows after it, by their places in the set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The frame shown.
    pub index: usize,
    /// What comes, in its order; empty where nothing plays.
    pub coming: Vec<usize>,
}

impl Look {
    /// The frames of a set of `count`, most wanted first: the one shown, what the film brings, then
    /// outwards.
    pub(super) fn order(&self, count: usize) -> impl Iterator<Item = usize> {
        let index = self.index.min(count.saturating_sub(1));
        let outward =
            (1..count).flat_map(move |step| [index.checked_add(step), index.checked_sub(step)]);
        std::iter::once(index)
            .chain(self.coming.iter().copied())
            .chain(outward.flatten())
            .filter(move |place| *place < count)
    }
}

/// What is looked at, and so every frame, most wanted first.
#[derive(Debug)]
struct Wanted {
    looks: Vec<Look>,
    order: Vec<usize>,
}

impl Wanted {
    fn new(looks: Vec<Look>, count: usize) -> Self {
        Self {
            order: merged(&looks, count),
            looks,
        }
    }
}

/// The orders of all that look, taken in turn, each frame once.
fn merged(looks: &[Look], count: usize) -> Vec<usize> {
    let mut orders: Vec<_> = looks.iter().map(|look| look.order(count)).collect();
    let mut is_in = vec![false; count];
    let mut order = Vec::with_capacity(count);
    while order.len() < count {
        let mut is_any_left = false;
        for places in &mut orders {
            if let Some(place) = places.next() {
                is_any_left = true;
                if let Some(seen) = is_in.get_mut(place).filter(|seen| !**seen) {
                    *seen = true;
                    order.push(place);
                }
            }
        }
        if !is_any_left {
            break;
        }
    }
    order
}

/// The frames of a display set, loading.
#[derive(Debug)]
pub struct Loader {
    frames: Arc<[FrameKey]>,
    sources: HashMap<InstanceIx, Arc<InstanceSource>>,
    slots: Box<[Slot]>,
    /// Frames somebody decodes or has decoded.
    taken: Mutex<Vec<bool>>,
    wanted: RwLock<Wanted>,
    /// Frames kept, from the most wanted on.
    span: usize,
    /// Frames loaded, from the most wanted on; fewer than are kept once loading was cancelled.
    reach: AtomicUsize,
    volume: Option<Arc<Volume>>,
    /// Position in the volume by frame.
    positions: HashMap<FrameKey, u32>,
    done: AtomicUsize,
    failed: Mutex<Option<Unreadable>>,
    reservation: Mutex<Option<Reservation>>,
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
        let middle = Look {
            index: frames.len() / 2,
            coming: Vec::new(),
        };
        Self {
            slots: frames.iter().map(|_| Slot::default()).collect(),
            taken: Mutex::new(vec![false; frames.len()]),
            wanted: RwLock::new(Wanted::new(vec![middle], frames.len())),
            span: span.max(1),
            reach: AtomicUsize::new(span.max(1)),
            done: AtomicUsize::new(0),
            failed: Mutex::new(None),
            frames,
            sources,
            volume,
            positions,
            reservation: Mutex::new(reservation),
        }
    }

    /// For another loader, which takes its frames over and reserves memory for them itself.
    pub fn give_back_reservation(&self) {
        let mut reservation = self
            .reservation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *reservation = None;
    }

    /// The frames it loads.
    #[must_use]
    pub const fn frames(&self) -> &Arc<[FrameKey]> {
        &self.frames
    }

    /// Whether not all of its frames are kept.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.span < self.frames.len()
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
                self.mark(index, true);
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

    /// Says which frames are looked at; what is not wanted soon is let go.
    pub fn look_at(&self, looks: Vec<Look>) {
        let far = {
            let mut wanted = self.wanted.write().unwrap_or_else(PoisonError::into_inner);
            if wanted.looks == looks {
                return;
            }
            *wanted = Wanted::new(looks, self.frames.len());
            wanted.order.get(self.span..).unwrap_or_default().to_vec()
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for far in far {
            let Some(slot) = self.slots.get(far) else {
                continue;
            };
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

    /// Whether a frame wanted now is neither here nor being decoded.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        self.most_wanted_free(&taken).is_some()
    }

    /// Frames loaded, from the most wanted on. What is seen, and what a film shows next, is loaded
    /// even when the rest was cancelled.
    fn reach_of(&self, wanted: &Wanted) -> usize {
        let seen = wanted.looks.iter().map(|look| 1 + look.coming.len()).sum();
        self.reach.load(Ordering::Relaxed).max(seen)
    }

    fn most_wanted_free(&self, taken: &[bool]) -> Option<usize> {
        let wanted = self.wanted.read().unwrap_or_else(PoisonError::into_inner);
        let mut places = wanted.order.iter().take(self.reach_of(&wanted));
        places
            .find(|place| taken.get(**place) == Some(&false))
            .copied()
    }

    fn mark(&self, index: usize, is_taken: bool) {
        if let Some(taken) = self
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(index)
        {
            *taken = is_taken;
        }
    }

    /// Takes a frame that came by, if it is wanted and nobody has it.
    fn takes(&self, index: usize) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = taken.get(index) == Some(&false) && self.is_within_reach(index);
        if let Some(taken) = taken.get_mut(index).filter(|_| is_free) {
            *taken = true;
        }
        is_free
    }

    fn is_within_reach(&self, index: usize) -> bool {
        let wanted = self.wanted.read().unwrap_or_else(PoisonError::into_inner);
        let mut places = wanted.order.iter().take(self.reach_of(&wanted));
        places.any(|place| *place == index)
    }

    /// Whether a frame looked at waits while another one is being decoded, or nobody wants that one
    /// any more.
    fn is_overtaken(&self, index: usize) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_seen = {
            let wanted = self.wanted.read().unwrap_or_else(PoisonError::into_inner);
            let waits = |look: &Look| taken.get(look.index) == Some(&false);
            if wanted.looks.iter().any(|look| look.index == index) {
                return false;
            }
            !wanted.looks.iter().any(waits)
        };
        !(is_seen && self.is_within_reach(index))
    }

    /// Jobs that can work on it at once: a stream has one decoder.
    #[must_use]
    pub fn most_jobs(&self, workers: usize) -> usize {
        let is_stream = self.sources.values().any(|source| source.is_stream());
        if is_stream { 1 } else { workers }
    }

    /// The most wanted frame that nobody has taken.
    fn next(&self) -> Option<usize> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let index = self.most_wanted_free(&taken)?;
        if let Some(taken) = taken.get_mut(index) {
            *taken = true;
        }
        Some(index)
    }

    fn put(&self, index: usize, result: Result<Arc<FrameImage>, Message>) {
        if let (Some(volume), Some(key)) = (&self.volume, self.frames.get(index))
            && let Some(k) = self.positions.get(key)
        {
            let is_there = result
                .as_ref()
                .is_ok_and(|frame| volume.set_slice(*k, Arc::clone(frame)));
            if !is_there {
                volume.set_unreadable(*k);
            }
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
            if source.is_stream() {
                let mut run = StreamRun {
                    loader: self,
                    instance: key.instance,
                    asked_for: index,
                    owed: vec![index],
                    arrived,
                };
                // Not reached: what is owed is free again, and asked for once more if still wanted.
                let _reached = source.frames(key.frame, ctx, &mut run);
                continue;
            }
            let frame = source.frame(key.frame, ctx);
            if frame.is_err() && ctx.check().is_err() {
                self.mark(index, false); // stopped, not unreadable
                return Err(Cancelled);
            }
            self.put(index, frame.map(Arc::new));
            arrived();
        }
        Ok(())
    }
}

/// The frames of a stream that come by while one of them is decoded.
struct StreamRun<'a> {
    loader: &'a Loader,
    instance: InstanceIx,
    /// Its place in the set.
    asked_for: usize,
    /// Places taken for it and not filled yet; nobody else fills them until it ends.
    owed: Vec<usize>,
    arrived: &'a (dyn Fn() + Sync),
}

impl Drop for StreamRun<'_> {
    fn drop(&mut self) {
        for place in &self.owed {
            self.loader.mark(*place, false);
        }
    }
}

impl StreamRun<'_> {
    /// The place of a frame in the set.
    fn place(&self, frame: u32) -> Option<usize> {
        let key = FrameKey {
            instance: self.instance,
            frame,
        };
        let frames = &self.loader.frames;
        if frames.get(frame as usize) == Some(&key) {
            return Some(frame as usize);
        }
        frames.iter().position(|it| *it == key)
    }
}

impl SourceRun for StreamRun<'_> {
    fn wants(&mut self, frame: u32) -> bool {
        let place = self.place(frame);
        let Some(place) = place.filter(|place| self.loader.takes(*place)) else {
            return false;
        };
        self.owed.push(place);
        true
    }

    fn goes_on(&mut self) -> bool {
        !self.loader.is_overtaken(self.asked_for)
    }

    fn take(&mut self, frame: u32, image: Result<FrameImage, Message>) {
        let place = self.place(frame);
        let owed = self.owed.iter().position(|owed| Some(*owed) == place);
        if let Some(owed) = owed {
            self.loader
                .put(self.owed.swap_remove(owed), image.map(Arc::new));
            (self.arrived)();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(index: usize, coming: &[usize]) -> Look {
        Look {
            index,
            coming: coming.to_vec(),
        }
    }

    #[test]
    fn what_is_shown_comes_first_then_what_the_film_brings_then_the_neighbours() {
        assert_eq!(merged(&[look(2, &[])], 6), [2, 3, 1, 4, 0, 5]);
        assert_eq!(merged(&[look(4, &[5, 0, 1])], 6), [4, 5, 0, 1, 3, 2]);
        assert_eq!(merged(&[look(99, &[77])], 3), [2, 1, 0]);
        assert!(merged(&[look(0, &[])], 0).is_empty());
    }

    #[test]
    fn a_film_goes_on_after_loading_was_cancelled() {
        let frames = (0..40)
            .map(|frame| FrameKey {
                instance: InstanceIx(0),
                frame,
            })
            .collect();
        let loader = Loader::new(frames, HashMap::new(), None, 40, None);
        loader.load_only_what_is_seen();
        loader.look_at(vec![look(38, &[39, 0])]);
        let loaded: Vec<usize> = std::iter::from_fn(|| loader.next()).collect();
        assert_eq!(loaded, [38, 39, 0]);
        loader.look_at(vec![look(39, &[0, 1])]);
        assert_eq!(loader.next(), Some(1));
        assert!(!loader.has_work());
    }

    #[test]
    fn a_film_that_is_stopped_leaves_no_frame_waiting_for_ever_and_decodes_none_twice() {
        let frames = (0..4)
            .map(|frame| FrameKey {
                instance: InstanceIx(0),
                frame,
            })
            .collect();
        let loader = Loader::new(frames, HashMap::new(), None, 4, None);
        loader.look_at(vec![look(0, &[])]);
        let asked_for = loader.next().unwrap();
        let mut run = StreamRun {
            loader: &loader,
            instance: InstanceIx(0),
            asked_for,
            owed: vec![asked_for],
            arrived: &|| (),
        };
        let nothing = || Err(Message::new(crate::problem::msg("pdf-unreadable")));
        run.take(0, nothing());
        assert!(run.wants(1) && !run.wants(1));
        run.take(0, nothing()); // once more is once too often
        drop(run); // stopped before the second came
        assert_eq!(loader.done(), 1);
        assert_eq!(loader.next(), Some(1));
        assert_eq!(loader.next(), Some(2));
    }

    #[test]
    fn two_panes_on_one_series_take_turns() {
        let order = merged(&[look(0, &[]), look(9, &[])], 10);
        assert_eq!(order.get(..4), Some(&[0, 9, 1, 8][..]));
        assert_eq!(order.len(), 10);
    }
}
