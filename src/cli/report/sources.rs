//! The images a report is about: read, placed, decoded when asked.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::prelude::*;

use crate::annotation::Anchor;
use crate::annotation::ImageGeometry;
use crate::annotation::PixelSource;
use crate::cache::Budget;
use crate::cache::Reservation;
use crate::dicom::ScanEvent;
use crate::dicom::decode_frame;
use crate::dicom::scan;
use crate::imaging::FrameImage;
use crate::imaging::ImageAttributes;
use crate::jobs::JobCtx;
use crate::model::DisplaySet;
use crate::model::DisplaySetId;
use crate::model::FrameKey;
use crate::model::Instance;
use crate::model::Library;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::volume::Volume;

/// A volume and the memory reserved for it.
type Kept = (Arc<Volume>, Reservation);

/// Everything the paths lead to, and what was decoded of it.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) library: Library,
    ctx: JobCtx,
    budget: Budget,
    frames: RefCell<HashMap<FrameKey, Option<Arc<FrameImage>>>>,
    volumes: RefCell<HashMap<DisplaySetId, Option<Kept>>>,
    problems: RefCell<Vec<Problem>>,
}

impl Sources {
    /// Reads the headers of all files. What is passed over is left to `info` to list.
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, Problem> {
        let ctx = JobCtx::new();
        let found: Mutex<Vec<_>> = Mutex::new(Vec::new());
        let on = |event| {
            if let ScanEvent::Headers(headers) = event {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.extend(headers);
            }
        };
        let nothing = || Problem::error(Message::new(msg("report-no-images")));
        scan(paths, &ctx, &on).map_err(|_cancelled| nothing())?;
        let mut library = Library::default();
        for header in found.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // The same file twice is no loss, and notes about identity are for `info`.
            drop(library.insert(header));
        }
        if !library.display_sets().any(DisplaySet::is_image) {
            return Err(nothing());
        }
        Ok(Self {
            library,
            ctx,
            budget: Budget::of_this_machine(),
            frames: RefCell::default(),
            volumes: RefCell::default(),
            problems: RefCell::default(),
        })
    }

    /// What went wrong while decoding, each once.
    pub(super) fn take_problems(&self) -> Vec<Problem> {
        self.problems.take()
    }

    pub(super) fn instance(&self, sop_instance_uid: &str) -> Option<&Arc<Instance>> {
        self.library
            .instances()
            .find(|instance| &*instance.facts.sop_instance_uid == sop_instance_uid)
    }

    fn decoded(&self, key: FrameKey) -> Option<Arc<FrameImage>> {
        if let Some(frame) = self.frames.borrow().get(&key) {
            return frame.clone();
        }
        let instance = self.library.instance(key.instance)?;
        let frame = match decode(instance, key.frame, &self.ctx) {
            Ok(frame) => Some(frame),
            Err(problem) => {
                self.problems.borrow_mut().push(problem);
                None
            }
        };
        self.frames.borrow_mut().insert(key, frame.clone());
        frame
    }

    fn build(&self, set: DisplaySetId) -> Result<Kept, Vec<Problem>> {
        let one = |message| vec![Problem::error(message)];
        let plan = self.library.volume_plan(set).map_err(one)?;
        let bytes = self
            .library
            .display_set(set)
            .map_or(0, |set| self.library.decoded_bytes(set));
        let reserved = self.budget.reserve(bytes).map_err(|e| one(e.message()))?;
        let volume = Volume::new((*plan).clone());
        let (library, ctx) = (&self.library, &self.ctx);
        let failed: Vec<Problem> = volume
            .frames
            .par_iter()
            .enumerate()
            .filter_map(|(k, key)| {
                let key = (*key)?;
                let instance = library.instance(key.instance)?;
                match decode(instance, key.frame, ctx) {
                    Ok(frame) => {
                        // A slice of another size stays out and is a gap.
                        volume.set_slice(k as u32, frame);
                        None
                    }
                    Err(problem) => Some(problem),
                }
            })
            .collect();
        if failed.is_empty() {
            Ok((Arc::new(volume), reserved))
        } else {
            // Statistics over a volume with holes would be quietly wrong.
            Err(failed)
        }
    }
}

fn decode(instance: &Instance, frame: u32, ctx: &JobCtx) -> Result<Arc<FrameImage>, Problem> {
    let decoded = decode_frame(&instance.header, frame, ctx).map_err(|error| {
        Problem::error(error.message()).at(instance.header.source.display_path())
    })?;
    let attributes = ImageAttributes::read(&instance.header);
    Ok(Arc::new(attributes.frame_image(frame, decoded)))
}

impl PixelSource for Sources {
    fn image(&self, anchor: &Anchor) -> Option<ImageGeometry> {
        let instance = self.instance(&anchor.sop_instance_uid)?;
        let attributes = ImageAttributes::read(&instance.header);
        Some(ImageGeometry {
            plane: attributes.plane(anchor.frame).cloned(),
            spacing: attributes.spacing(anchor.frame),
            aspect: attributes.aspect(anchor.frame),
        })
    }

    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>> {
        let instance = self.instance(&anchor.sop_instance_uid)?;
        self.decoded(instance.frame_key(anchor.frame))
    }

    fn volume(&self, anchor: &Anchor) -> Option<Arc<Volume>> {
        let (set, _) = self
            .library
            .find_frame(&anchor.sop_instance_uid, anchor.frame)?;
        if let Some(volume) = self.volumes.borrow().get(&set) {
            return volume.as_ref().map(|(volume, _)| Arc::clone(volume));
        }
        let built = match self.build(set) {
            Ok(built) => Some(built),
            Err(problems) => {
                self.problems.borrow_mut().extend(problems);
                None
            }
        };
        let volume = built.as_ref().map(|(volume, _)| Arc::clone(volume));
        self.volumes.borrow_mut().insert(set, built);
        volume
    }
}
