//! Where the frames of a segmentation go: into grids in the patient, else onto the pixels of the
//! images they were made of.
//!
//! Two frames of one segment at one place are no union: they are the segment at two times, or as
//! seen on two images. Each is then drawn over its own images alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::lattice::{Lattice, LatticeFrame, lattices};
use super::reading::LayerRefusal;
use super::segment::{SegmentFrame, SourceImage};
use crate::geom::{DAffine3, DVec3};
use crate::model::VolumeGrid;
use crate::problem::{Message, MessageId, msg};

/// The images whose pixels a segmentation's frames lie on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SegmentedImages {
    slices: HashMap<SourceImage, u32>,
    /// By slice: where its frames say they lie.
    places: Vec<Option<LatticeFrame>>,
}

impl SegmentedImages {
    /// The slice, of the volumes' space, for a frame (from 0) of an image.
    #[must_use]
    pub fn slice(&self, sop_instance_uid: &Arc<str>, frame: u32) -> Option<u32> {
        let of = |frame| SourceImage {
            sop_instance_uid: Arc::clone(sop_instance_uid),
            frame,
        };
        let found = self.slices.get(&of(Some(frame)));
        found.or_else(|| self.slices.get(&of(None))).copied()
    }

    /// Where the frames on a slice say they lie in the patient.
    #[must_use]
    pub fn place(&self, slice: u32) -> Option<&LatticeFrame> {
        self.places.get(slice as usize)?.as_ref()
    }
}

/// The grids, and what could not be placed.
pub(super) struct Arrangement {
    pub lattices: Vec<Lattice>,
    pub images: Option<SegmentedImages>,
    /// How many frames have no place, and why the first of them.
    pub left_out: Option<(usize, Message)>,
}

/// Arranges frames of `[columns, rows]`.
pub(super) fn arrange(
    frames: &[SegmentFrame],
    size: [u32; 2],
    has_space: bool,
) -> Result<Arrangement, LayerRefusal> {
    let places: Vec<LatticeFrame> = frames.iter().filter_map(|frame| frame.place).collect();
    if !has_space || places.is_empty() {
        return over_images(frames, size);
    }
    let left_out = frames.len() - places.len();
    let [columns, rows] = size;
    let lattices = lattices(&places, columns, rows);
    if lattices.iter().all(|lattice| is_plain(lattice, frames)) {
        return Ok(Arrangement {
            lattices,
            images: None,
            left_out: counted(left_out, msg("layer-frame-no-place")),
        });
    }
    if frames.iter().any(|frame| frame.sources.images.is_empty()) {
        return Err(LayerRefusal::because(msg("layer-several-at-one-place")));
    }
    over_images(frames, size)
}

fn counted(count: usize, reason: MessageId) -> Option<(usize, Message)> {
    (count > 0).then(|| (count, Message::new(reason)))
}

/// Whether frames of one segment in one slice, if there are several, say the same of themselves.
fn is_plain(lattice: &Lattice, frames: &[SegmentFrame]) -> bool {
    let by_number: HashMap<u32, &SegmentFrame> =
        frames.iter().map(|frame| (frame.frame, frame)).collect();
    let mut known: HashMap<(Option<u32>, u32), &SegmentFrame> = HashMap::new();
    let mut places = lattice.places.iter();
    places.all(|(number, slice)| {
        let Some(frame) = by_number.get(number) else {
            return true;
        };
        let first = known.entry((frame.segment, *slice)).or_insert(frame);
        first.sources == frame.sources && first.dimensions == frame.dimensions
    })
}

/// One grid an image: of one, nothing is seen on the next.
fn over_images(frames: &[SegmentFrame], size: [u32; 2]) -> Result<Arrangement, LayerRefusal> {
    let mut by_image: BTreeMap<&SourceImage, Vec<&SegmentFrame>> = BTreeMap::new();
    let mut left_out = 0;
    for frame in frames {
        left_out += usize::from(frame.sources.images.is_empty());
        for image in &frame.sources.images {
            let of_image = by_image.entry(image).or_default();
            of_image.push(frame);
        }
    }
    let has_moved = frames.iter().any(|frame| frame.sources.has_moved);
    if by_image.is_empty() {
        let why = if has_moved {
            msg("layer-pixels-moved")
        } else {
            msg("layer-no-place")
        };
        return Err(LayerRefusal::because(why));
    }
    let [columns, rows] = size;
    let mut images = SegmentedImages::default();
    let mut lattices = Vec::new();
    for (slice, (image, own)) in (0..).zip(&by_image) {
        // What lies on all frames of an image lies on each of them.
        let all = SourceImage {
            frame: None,
            ..(*image).clone()
        };
        let of_all = image.frame.and_then(|_| by_image.get(&all));
        let of_all = of_all.into_iter().flatten().copied();
        let both = own.iter().copied().chain(of_all.filter(|frame| {
            // A frame may name both the image and a frame of it.
            !own.iter().any(|own| own.frame == frame.frame)
        }));
        let both: Vec<&SegmentFrame> = both.collect();
        let mut known = HashSet::new();
        if !both.iter().all(|frame| known.insert(frame.segment)) {
            return Err(LayerRefusal::because(msg("layer-several-at-one-place")));
        }
        images.slices.insert((*image).clone(), slice);
        images
            .places
            .push(both.iter().find_map(|frame| frame.place));
        lattices.push(Lattice {
            grid: VolumeGrid {
                dims: [columns, rows, 1],
                patient_from_voxel: DAffine3::from_translation(DVec3::Z * f64::from(slice)),
            },
            places: both.iter().map(|frame| (frame.frame, 0)).collect(),
        });
    }
    let why = if has_moved {
        msg("layer-pixels-moved")
    } else {
        msg("layer-frame-no-place")
    };
    Ok(Arrangement {
        lattices,
        images: Some(images),
        left_out: counted(left_out, why),
    })
}
