//! A dose grid (PS3.3 C.8.8.3): stored values times Dose Grid Scaling, planes at Grid Frame Offset
//! Vector.

use std::sync::Arc;

use rayon::prelude::*;

use super::lattice::{LatticeFrame, lattices};
use super::reading::LayerRefusal;
use crate::cache::Budget;
use crate::dicom::modules::{InstanceFacts, positive_pair};
use crate::dicom::{FrameDecoder, InstanceHeader, tags};
use crate::jobs::JobCtx;
use crate::problem::msg;
use crate::volume::{LayerSamples, LayerVolume};

/// Bytes of a voxel, on the processor and on the adapter.
const VOXEL_BYTES: u64 = 2 * 4;

/// A dose.
#[derive(Debug, Clone)]
pub struct Dose {
    /// In `units`.
    pub volume: Arc<LayerVolume>,
    /// Dose Units: `GY`, or `RELATIVE`.
    pub units: String,
    /// Dose Type: PHYSICAL, EFFECTIVE, ERROR.
    pub dose_type: String,
    /// Dose Summation Type: PLAN, BEAM, FRACTION …
    pub summation: String,
    /// Dose Comment.
    pub comment: String,
    /// The largest value.
    pub most: f32,
    /// SOP Instance UIDs of the plans it belongs to.
    pub plans: Vec<String>,
}

/// Reads and decodes.
///
/// # Errors
/// [`LayerRefusal`]: what is missing, or that memory is short.
pub fn read(header: &InstanceHeader, budget: &Budget, ctx: &JobCtx) -> Result<Dose, LayerRefusal> {
    let root = header.dataset.elements();
    let facts = InstanceFacts::read(header);
    let scaling = root
        .float(tags::DOSE_GRID_SCALING)
        .ok_or_else(|| LayerRefusal::because(msg("layer-dose-no-scaling")))?;
    if facts.frame_of_reference.is_none() {
        return Err(LayerRefusal::because(msg("layer-no-place")));
    }
    let spacing_mm = positive_pair(root, tags::PIXEL_SPACING)
        .ok_or_else(|| LayerRefusal::because(msg("layer-no-place")))?;
    let places: Option<Vec<LatticeFrame>> = (0..facts.frame_count)
        .map(|frame| {
            Some(LatticeFrame {
                frame,
                plane: facts.frame(frame)?.plane?,
                spacing_mm,
                slice_mm: (facts.frame_count == 1)
                    .then(|| root.float(tags::SLICE_THICKNESS))
                    .flatten(),
            })
        })
        .collect();
    let places = places.ok_or_else(|| LayerRefusal::because(msg("layer-dose-uneven")))?;
    let found = lattices(&places, facts.pixel.columns, facts.pixel.rows);
    let [lattice] = found.as_slice() else {
        return Err(LayerRefusal::because(msg("layer-dose-uneven")));
    };
    let [columns, rows, depth] = lattice.grid.dims;
    let plane = u64::from(columns) * u64::from(rows);
    let voxels = plane.saturating_mul(depth.into());
    let reservation = budget.reserve(voxels.saturating_mul(VOXEL_BYTES))?;
    let decoder =
        FrameDecoder::new(header).map_err(|error| LayerRefusal::Because(error.message()))?;
    let mut doses = vec![0.0_f32; voxels as usize];
    let mut frame_of: Vec<Option<u32>> = vec![None; depth as usize];
    for (frame, k) in &lattice.places {
        if let Some(place) = frame_of.get_mut(*k as usize) {
            *place = Some(*frame);
        }
    }
    ctx.progress(0, lattice.places.len());
    doses
        .par_chunks_exact_mut((plane as usize).max(1))
        .zip(&frame_of)
        .try_for_each(|(doses, frame)| -> Result<(), LayerRefusal> {
            let Some(frame) = frame else { return Ok(()) };
            let decoded = decoder
                .decode(*frame, ctx)
                .map_err(|error| LayerRefusal::Because(error.message()))?;
            // Nothing tells zero gray from what is missing.
            if decoded.missing.is_some() {
                return Err(LayerRefusal::because(msg("layer-cut-off")));
            }
            for (at, dose) in doses.iter_mut().enumerate() {
                let stored = decoded.samples.get(at).unwrap_or(0.0);
                *dose = (stored * scaling) as f32;
            }
            ctx.step();
            Ok(())
        })?;
    fill_between(&mut doses, &frame_of, plane as usize);
    let most = doses.iter().copied().fold(0.0, f32::max);
    let text = |tag| root.text(tag).unwrap_or_default();
    let plans = root.items(tags::REFERENCED_RT_PLAN_SEQUENCE);
    let plans = plans
        .iter()
        .filter_map(|plan| plan.text(tags::REFERENCED_SOP_INSTANCE_UID));
    let volume = LayerVolume::new(
        lattice.grid,
        LayerSamples::Doses(doses.into()),
        Some(reservation),
    );
    Ok(Dose {
        volume: volume
            .map(Arc::new)
            .ok_or_else(|| LayerRefusal::because(msg("layer-no-place")))?,
        units: text(tags::DOSE_UNITS),
        dose_type: text(tags::DOSE_TYPE),
        summation: text(tags::DOSE_SUMMATION_TYPE),
        comment: text(tags::DOSE_COMMENT),
        most,
        plans: plans.collect(),
    })
}

/// Planes whose distances are multiples of the smallest one leave places between them; the dose
/// there is what a straight line between the two planes gives.
fn fill_between(doses: &mut [f32], frame_of: &[Option<u32>], plane: usize) {
    let there: Vec<usize> = (0..frame_of.len())
        .filter(|k| frame_of.get(*k).is_some_and(Option::is_some))
        .collect();
    for pair in there.windows(2) {
        let [low, high] = pair else { continue };
        for k in low + 1..*high {
            let share = (k - low) as f32 / (high - low) as f32;
            for at in 0..plane {
                let value = |k: usize| doses.get(k * plane + at).copied().unwrap_or(0.0);
                let between = value(*low) + (value(*high) - value(*low)) * share;
                if let Some(dose) = doses.get_mut(k * plane + at) {
                    *dose = between;
                }
            }
        }
    }
}
