//! A segmentation's voxels: frames into label volumes, overlapping segments into several.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::arranging::{Arrangement, SegmentedImages, arrange};
use super::lattice::Lattice;
use super::mask::{Bounds, Mask};
use super::reading::LayerRefusal;
use super::segment::{Segment, SegmentFrame, SegmentationType, read_frames, read_segments};
use crate::cache::{Budget, Reservation};
use crate::dicom::modules::InstanceFacts;
use crate::dicom::{DatasetBuilder, FrameDecoder, InstanceHeader, Samples, tags};
use crate::geom::{DAffine3, DVec3};
use crate::jobs::JobCtx;
use crate::model::VolumeGrid;
use crate::problem::{Message, msg};
use crate::volume::{LayerSamples, LayerVolume};

/// Labels of one volume: a byte less the one that means none.
const MOST_LABELS: usize = 255;
/// On the processor and on the adapter.
const COPIES: u64 = 2;

/// Voxels of some segments that do not overlap.
#[derive(Debug, Clone)]
pub struct SegmentVolume {
    /// Labels (from 1), or shares of one segment.
    pub volume: Arc<LayerVolume>,
    /// The segment number of each label.
    pub segments: Box<[u32]>,
}

impl SegmentVolume {
    /// The segment number of a label.
    #[must_use]
    pub fn segment(&self, label: u8) -> Option<u32> {
        self.segments
            .get(usize::from(label).checked_sub(1)?)
            .copied()
    }
}

/// A segmentation, decoded.
#[derive(Debug, Clone)]
pub struct Segmentation {
    /// How it was written.
    pub kind: SegmentationType,
    /// PROBABILITY or OCCUPANCY; empty unless fractional.
    pub fractional_type: String,
    /// By number.
    pub segments: Vec<Segment>,
    /// Where they are.
    pub volumes: Vec<SegmentVolume>,
    /// The images whose pixels are the volumes' space, where that is not the patient.
    pub images: Option<SegmentedImages>,
    /// Frames that could not be read or have no place, and why the first of them.
    pub unreadable: Option<(usize, Message)>,
    size: [u32; 2],
}

impl Segmentation {
    /// Columns and rows of its frames.
    #[must_use]
    pub const fn size(&self) -> [u32; 2] {
        self.size
    }
}

/// What a frame holds: of each segment, by number.
type Masks = Vec<(u32, Mask)>;

/// Reads and decodes.
///
/// # Errors
/// [`LayerRefusal`]: what is missing, or that memory is short.
pub fn read(
    header: &InstanceHeader,
    budget: &Budget,
    ctx: &JobCtx,
) -> Result<Segmentation, LayerRefusal> {
    let root = header.dataset.elements();
    let facts = InstanceFacts::read(header);
    let kind = SegmentationType::read(root)
        .ok_or_else(|| LayerRefusal::because(msg("layer-no-segmentation-type")))?;
    let segments = read_segments(root, kind);
    if segments.is_empty() {
        return Err(LayerRefusal::because(msg("layer-no-segments")));
    }
    let frames = read_frames(root, kind, &segments, facts.frame_count);
    let size = [facts.pixel.columns, facts.pixel.rows];
    let has_space = facts.frame_of_reference.is_some();
    let Arrangement {
        lattices,
        images,
        left_out,
    } = arrange(&frames, size, has_space)?;
    let unnamed = (facts.frame_count as usize).saturating_sub(frames.len());
    let unnamed = (unnamed > 0).then(|| (unnamed, Message::new(msg("layer-frame-no-segment"))));
    let placed: BTreeSet<u32> = lattices
        .iter()
        .flat_map(|lattice| lattice.places.iter().map(|(frame, _)| *frame))
        .collect();
    let frames: Vec<SegmentFrame> = frames
        .into_iter()
        .filter(|frame| placed.contains(&frame.frame))
        .collect();
    let decoder = decoder(header, kind)?;
    let reader = Reader {
        decoder: &decoder,
        kind,
        columns: facts.pixel.columns,
        budget,
        ctx,
    };
    let (masks, unreadable) = reader.masks(&frames)?;
    let full = root.integer(tags::MAXIMUM_FRACTIONAL_VALUE).unwrap_or(255);
    let mut volumes = Vec::new();
    for lattice in &lattices {
        ctx.check()?;
        if kind == SegmentationType::Fractional {
            let full = full.clamp(1, 255) as u8;
            volumes.extend(reader.shares(lattice, &masks, full)?);
        } else {
            volumes.extend(labels(lattice, &masks, budget)?);
        }
    }
    let reasons = [unreadable, left_out, unnamed].into_iter().flatten();
    let unreadable = reasons.reduce(|(count, reason), (more, _)| (count + more, reason));
    Ok(Segmentation {
        kind,
        fractional_type: root
            .text(tags::SEGMENTATION_FRACTIONAL_TYPE)
            .unwrap_or_default(),
        segments,
        volumes,
        images,
        unreadable,
        size,
    })
}

/// Label maps are read as they are stored, whatever their palette.
fn decoder(header: &InstanceHeader, kind: SegmentationType) -> Result<FrameDecoder, LayerRefusal> {
    let decoder = if kind == SegmentationType::Labelmap {
        let mut builder = DatasetBuilder::from_dataset(&header.dataset);
        builder.text(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2");
        let header = InstanceHeader {
            dataset: builder.into_dataset(),
            ..header.clone()
        };
        FrameDecoder::new(&header)
    } else {
        FrameDecoder::new(header)
    };
    decoder.map_err(|error| LayerRefusal::Because(error.message()))
}

struct Reader<'a> {
    decoder: &'a FrameDecoder,
    kind: SegmentationType,
    columns: u32,
    budget: &'a Budget,
    ctx: &'a JobCtx,
}

/// Masks by frame, held against the budget until the volumes are made of them.
struct Held {
    masks: BTreeMap<u32, Masks>,
    reservations: Vec<Reservation>,
}

impl Reader<'_> {
    /// A frame that is cut off is none: what is missing would look like what holds nothing.
    fn decode(&self, frame: u32) -> Result<Samples, Message> {
        let decoded = self.decoder.decode(frame, self.ctx);
        let decoded = decoded.map_err(|error| error.message())?;
        if decoded.missing.is_some() {
            return Err(Message::new(msg("layer-cut-off")));
        }
        Ok(decoded.samples)
    }

    /// What every frame holds; frames that cannot be read are counted.
    fn masks(
        &self,
        frames: &[SegmentFrame],
    ) -> Result<(Held, Option<(usize, Message)>), LayerRefusal> {
        let of = |frame: &SegmentFrame| -> Result<_, LayerRefusal> {
            self.ctx.check()?;
            let found = match self.decode(frame.frame) {
                Ok(samples) => Ok(self.masks_of(&samples, frame.segment)?),
                Err(reason) => Err(reason),
            };
            self.ctx.step();
            Ok((frame.frame, found))
        };
        self.ctx.progress(0, frames.len());
        let found: Vec<_> = frames.par_iter().map(of).collect::<Result<_, _>>()?;
        let mut held = Held {
            masks: BTreeMap::new(),
            reservations: Vec::new(),
        };
        let mut unreadable: Option<(usize, Message)> = None;
        for (frame, found) in found {
            match found {
                Ok((masks, reservation)) => {
                    held.masks.insert(frame, masks);
                    held.reservations.extend(reservation);
                }
                Err(reason) => unreadable.get_or_insert((0, reason)).0 += 1,
            }
        }
        if let Some((count, reason)) = &unreadable
            && *count == frames.len()
        {
            return Err(LayerRefusal::Because(reason.clone()));
        }
        Ok((held, unreadable))
    }

    fn masks_of(
        &self,
        samples: &Samples,
        segment: Option<u32>,
    ) -> Result<(Masks, Option<Reservation>), LayerRefusal> {
        match (samples, segment) {
            (Samples::U8(samples), Some(segment)) => {
                let reservation = self.budget.reserve(samples.len() as u64 / 8 + 8)?;
                let mask = Mask::of(samples, self.columns, |sample| sample != 0);
                let masks = mask.into_iter().map(|mask| (segment, mask)).collect();
                Ok((masks, Some(reservation)))
            }
            (Samples::U8(samples), None) => self.labelled(samples),
            (Samples::U16(samples), None) => self.labelled(samples),
            _ => Err(LayerRefusal::because(msg("layer-samples"))),
        }
    }

    /// One mask a label.
    fn labelled<T: Copy + Into<u32> + PartialEq>(
        &self,
        samples: &[T],
    ) -> Result<(Masks, Option<Reservation>), LayerRefusal> {
        let mut bounds: BTreeMap<u32, Bounds> = BTreeMap::new();
        let place = |at: usize| {
            let columns = (self.columns as usize).max(1);
            ((at % columns) as u32, (at / columns) as u32)
        };
        let labelled = || {
            let labels = samples.iter().map(|label| -> u32 { (*label).into() });
            labels.enumerate().filter(|(_, label)| *label != 0)
        };
        for (at, label) in labelled() {
            let (x, y) = place(at);
            bounds
                .entry(label)
                .or_insert_with(|| Bounds::at(x, y))
                .add(x, y);
        }
        let bytes = bounds.values().map(|bounds| bounds.mask_bytes()).sum();
        let reservation = self.budget.reserve(bytes)?;
        let mut masks: BTreeMap<u32, Mask> = bounds
            .into_iter()
            .map(|(label, bounds)| (label, Mask::new(bounds)))
            .collect();
        for (at, label) in labelled() {
            let (x, y) = place(at);
            if let Some(mask) = masks.get_mut(&label) {
                mask.set(x, y);
            }
        }
        Ok((masks.into_iter().collect(), Some(reservation)))
    }

    /// One volume a segment, with the values as stored.
    fn shares(
        &self,
        lattice: &Lattice,
        held: &Held,
        full: u8,
    ) -> Result<Vec<SegmentVolume>, LayerRefusal> {
        debug_assert_eq!(self.kind, SegmentationType::Fractional);
        let mut volumes = Vec::new();
        for (segment, slices) in by_segment(lattice, held) {
            let Some(crop) = Crop::around(slices.iter().map(|(_, k, mask)| (*k, *mask))) else {
                continue;
            };
            let reservation = self.budget.reserve(crop.voxels().saturating_mul(COPIES))?;
            let mut stored = vec![0_u8; crop.voxels() as usize];
            for (frame, k, mask) in &slices {
                self.ctx.check()?;
                // It was read before: what fails now would look like what holds nothing.
                let samples = match self.decode(*frame) {
                    Ok(Samples::U8(samples)) => samples,
                    Ok(_) => return Err(LayerRefusal::because(msg("layer-samples"))),
                    Err(reason) => return Err(LayerRefusal::Because(reason)),
                };
                for [x, y] in mask.pixels() {
                    let from = y as usize * self.columns as usize + x as usize;
                    let to = crop.index(x, y, *k).and_then(|at| stored.get_mut(at));
                    if let (Some(to), Some(from)) = (to, samples.get(from)) {
                        *to = *from;
                    }
                }
            }
            let samples = LayerSamples::Shares {
                stored: stored.into(),
                full,
            };
            let volume = LayerVolume::new(crop.grid(&lattice.grid), samples, Some(reservation));
            volumes.extend(volume.map(|volume| SegmentVolume {
                volume: Arc::new(volume),
                segments: [segment].into(),
            }));
        }
        Ok(volumes)
    }
}

/// Frame, slice and mask of each segment on a lattice.
fn by_segment<'m>(lattice: &Lattice, held: &'m Held) -> BTreeMap<u32, Vec<(u32, u32, &'m Mask)>> {
    let mut segments: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for (frame, k) in &lattice.places {
        for (segment, mask) in held.masks.get(frame).into_iter().flatten() {
            segments
                .entry(*segment)
                .or_default()
                .push((*frame, *k, mask));
        }
    }
    segments
}

/// The part of a grid that holds something.
#[derive(Debug, Clone, Copy)]
struct Crop {
    min: [u32; 3],
    dims: [u32; 3],
}

impl Crop {
    fn around<'m>(masks: impl Iterator<Item = (u32, &'m Mask)>) -> Option<Self> {
        let mut range: Option<([u32; 3], [u32; 3])> = None;
        for (k, mask) in masks {
            let [x, y] = mask.min;
            let [width, height] = mask.size;
            let (low, high) = ([x, y, k], [x + width, y + height, k + 1]);
            let (min, max) = range.get_or_insert((low, high));
            for ((min, max), (low, high)) in min.iter_mut().zip(max).zip(low.into_iter().zip(high))
            {
                *min = (*min).min(low);
                *max = (*max).max(high);
            }
        }
        let (min, max) = range?;
        let mut dims = max;
        dims.iter_mut().zip(min).for_each(|(max, min)| *max -= min);
        Some(Self { min, dims })
    }

    fn voxels(&self) -> u64 {
        self.dims.iter().map(|n| u64::from(*n)).product()
    }

    fn index(&self, x: u32, y: u32, k: u32) -> Option<usize> {
        let [min_x, min_y, min_k] = self.min;
        let [columns, rows, slices] = self.dims;
        let (x, y, k) = (
            x.checked_sub(min_x)?,
            y.checked_sub(min_y)?,
            k.checked_sub(min_k)?,
        );
        let is_in = x < columns && y < rows && k < slices;
        let at =
            (u64::from(k) * u64::from(rows) + u64::from(y)) * u64::from(columns) + u64::from(x);
        is_in.then_some(at as usize)
    }

    fn grid(&self, whole: &VolumeGrid) -> VolumeGrid {
        let min = DVec3::from_array(self.min.map(f64::from));
        VolumeGrid {
            dims: self.dims,
            patient_from_voxel: whole.patient_from_voxel * DAffine3::from_translation(min),
        }
    }
}

struct Labels {
    voxels: Vec<u8>,
    segments: Vec<u32>,
    reservation: Reservation,
}

/// Segments into as few volumes as their overlaps allow: each into the first where nothing is in
/// its way.
fn labels(
    lattice: &Lattice,
    held: &Held,
    budget: &Budget,
) -> Result<Vec<SegmentVolume>, LayerRefusal> {
    let segments = by_segment(lattice, held);
    let all = segments.values().flatten().map(|(_, k, mask)| (*k, *mask));
    let Some(crop) = Crop::around(all) else {
        return Ok(Vec::new());
    };
    let mut volumes: Vec<Labels> = Vec::new();
    for (segment, slices) in segments {
        let places = || {
            let pixels = slices
                .iter()
                .flat_map(|(_, k, mask)| mask.pixels().map(|[x, y]| (x, y, *k)));
            pixels.filter_map(|(x, y, k)| crop.index(x, y, k))
        };
        let has_room = |labels: &Labels| {
            labels.segments.len() < MOST_LABELS
                && places().all(|at| labels.voxels.get(at) == Some(&0))
        };
        let place = volumes.iter().position(has_room);
        if place.is_none() {
            let reservation = budget.reserve(crop.voxels().saturating_mul(COPIES))?;
            volumes.push(Labels {
                voxels: vec![0; crop.voxels() as usize],
                segments: Vec::new(),
                reservation,
            });
        }
        let place = place.unwrap_or(volumes.len().saturating_sub(1));
        let Some(room) = volumes.get_mut(place) else {
            continue;
        };
        room.segments.push(segment);
        let label = room.segments.len() as u8;
        for at in places() {
            if let Some(voxel) = room.voxels.get_mut(at) {
                *voxel = label;
            }
        }
    }
    let grid = crop.grid(&lattice.grid);
    let made = volumes.into_iter().filter_map(|labels| {
        let samples = LayerSamples::Labels(labels.voxels.into());
        let volume = LayerVolume::new(grid, samples, Some(labels.reservation))?;
        Some(SegmentVolume {
            volume: Arc::new(volume),
            segments: labels.segments.into(),
        })
    });
    Ok(made.collect())
}
