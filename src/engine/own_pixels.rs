//! Pixels for measuring where nothing may be missing: what is not loaded yet is decoded when
//! asked for. For saving reports and for the command line.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::annotation::{Anchor, ImageGeometry, PixelSource};
use crate::cache::{Budget, Reservation};
use crate::engine::{InstanceSource, open};
use crate::imaging::FrameImage;
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, FrameKey, InstanceIx, Library, PatientKey, VolumePlan};
use crate::problem::{Message, Problem, Problems};
use crate::view::Frames;
use crate::volume::Volume;

/// The display sets some anchors lie in, on their own: it can go to another thread.
#[derive(Debug)]
pub struct OwnPixels {
    sets: Vec<Set>,
    budget: Budget,
    ctx: JobCtx,
    problems: Problems,
}

#[derive(Debug)]
struct Set {
    instances: HashMap<Arc<str>, InstanceIx>,
    frames: Arc<[FrameKey]>,
    sources: HashMap<InstanceIx, Arc<InstanceSource>>,
    plan: Option<VolumePlan>,
    /// Loaded whole already, or decoded when first asked for; `None` if it makes none, does not
    /// fit, or a slice of it cannot be decoded.
    volume: OnceLock<Option<(Arc<Volume>, Option<Reservation>)>>,
    /// `None` for one that cannot be decoded.
    decoded: Mutex<HashMap<FrameKey, Option<Arc<FrameImage>>>>,
}

impl OwnPixels {
    /// Takes what measuring at these anchors needs, on images of this patient alone if one is given
    /// (two may have images of one UID); `frames` lends what is loaded already.
    #[must_use]
    pub fn new<'a>(
        (library, patient): (&Library, Option<PatientKey>),
        frames: &dyn Frames,
        anchors: impl IntoIterator<Item = &'a Anchor>,
        budget: Budget,
        ctx: JobCtx,
    ) -> Self {
        let mut ids: Vec<_> = anchors
            .into_iter()
            .filter_map(|anchor| {
                let uid = &anchor.sop_instance_uid;
                let found = match patient {
                    Some(patient) => library.find_frame_of(patient, uid, anchor.frame),
                    None => library.find_frame(uid, anchor.frame),
                };
                found.map(|(set, _)| set)
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let sets = ids
            .into_iter()
            .filter_map(|id| Some(Set::new(library, library.display_set(id)?, frames)))
            .collect();
        Self {
            sets,
            budget,
            ctx,
            problems: Problems::new(),
        }
    }

    /// Why pixels that were asked for are missing, each reason once.
    #[must_use]
    pub fn take_problems(&self) -> Vec<Problem> {
        self.problems.drain()
    }

    fn find(&self, anchor: &Anchor) -> Option<(&Set, FrameKey)> {
        self.sets.iter().find_map(|set| {
            let key = FrameKey {
                instance: *set.instances.get(&anchor.sop_instance_uid)?,
                frame: anchor.frame,
            };
            // Frames of one instance may stand in several sets: phases, echoes, b-values.
            set.frames.contains(&key).then_some((set, key))
        })
    }
}

impl Set {
    fn new(library: &Library, set: &DisplaySet, frames: &dyn Frames) -> Self {
        let instances = set
            .frames
            .iter()
            .filter_map(|key| library.instance(key.instance));
        let loaded = frames
            .volume(set.id)
            .ready()
            .filter(|volume| volume.is_complete())
            .cloned();
        let volume = OnceLock::new();
        if let Some(loaded) = loaded {
            volume.get_or_init(|| Some((loaded, None)));
        }
        Self {
            instances: instances
                .map(|it| (Arc::clone(&it.facts.sop_instance_uid), it.ix))
                .collect(),
            frames: Arc::clone(&set.frames),
            sources: open::sources(library, set),
            plan: library.volume_plan(set.id).ok().cloned(),
            volume,
            decoded: Mutex::default(),
        }
    }

    /// Decodes a frame; the error names its file.
    fn decode(&self, key: FrameKey, ctx: &JobCtx) -> Option<Result<Arc<FrameImage>, Problem>> {
        let source = self.sources.get(&key.instance)?;
        let frame = source.frame(key.frame, ctx);
        Some(
            frame
                .map(Arc::new)
                .map_err(|message| Problem::error(message).at(source.path())),
        )
    }

    fn frame(&self, key: FrameKey, pixels: &OwnPixels) -> Option<Arc<FrameImage>> {
        let mut decoded = self.decoded.lock().unwrap_or_else(PoisonError::into_inner);
        decoded
            .entry(key)
            .or_insert_with(|| {
                self.decode(key, &pixels.ctx)?
                    .map_err(|problem| pixels.problems.report(problem))
                    .ok()
            })
            .clone()
    }

    fn volume(&self, pixels: &OwnPixels) -> Option<&Arc<Volume>> {
        let build = || {
            let plan = self.plan.clone()?;
            let reservation = Self::reserve(&plan, &pixels.budget)
                .map_err(|message| pixels.problems.report(Problem::error(message)))
                .ok()?;
            let volume = Volume::new(plan);
            let placed: Vec<(u32, FrameKey)> = (0_u32..)
                .zip(volume.frames.iter())
                .filter_map(|(k, key)| Some((k, (*key)?)))
                .collect();
            placed
                .into_par_iter()
                .for_each(|(k, key)| match self.decode(key, &pixels.ctx) {
                    Some(Ok(frame)) => {
                        if let (Some(cut_off), Some(source)) =
                            (frame.cut_off(), self.sources.get(&key.instance))
                        {
                            let problem = Problem::error(cut_off).at(source.path());
                            pixels.problems.report(problem);
                        }
                        volume.set_slice(k, frame);
                    }
                    Some(Err(problem)) => pixels.problems.report(problem),
                    None => {}
                });
            // Values over a volume with holes would be quietly wrong.
            let is_whole = volume.is_complete();
            is_whole.then(|| (Arc::new(volume), Some(reservation)))
        };
        self.volume
            .get_or_init(build)
            .as_ref()
            .map(|(volume, _)| volume)
    }

    /// Given back with the pixels.
    fn reserve(plan: &VolumePlan, budget: &Budget) -> Result<Reservation, Message> {
        let [columns, rows, slices] = plan.grid.dims.map(u64::from);
        // Four bytes hold any sample we decode into a volume.
        let bytes = columns * rows * slices * 4;
        budget.reserve(bytes).map_err(|over| over.message())
    }
}

impl PixelSource for OwnPixels {
    fn image(&self, anchor: &Anchor) -> Option<ImageGeometry> {
        let (set, key) = self.find(anchor)?;
        Some(set.sources.get(&key.instance)?.geometry(key.frame))
    }

    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>> {
        let (set, key) = self.find(anchor)?;
        set.frame(key, self)
    }

    fn volume(&self, anchor: &Anchor) -> Option<Arc<Volume>> {
        let (set, _) = self.find(anchor)?;
        set.volume(self).cloned()
    }
}
