//! Layers on the graphics adapter, and what each pane draws of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::render::pass::layer::LayerPane;
use crate::render::{Gpu, LayerTexture, Output, RenderError};
use crate::view::LayerDraw;
use crate::volume::LayerVolumeId;
use crate::workspace::PaneId;

struct Kept {
    texture: Arc<LayerTexture>,
    used: u64,
}

/// Voxels by volume, and the draws of each pane in their order.
pub(super) struct LayerTextures {
    volumes: BTreeMap<LayerVolumeId, Kept>,
    panes: BTreeMap<PaneId, Vec<LayerPane>>,
    refused: BTreeSet<LayerVolumeId>,
    /// Bytes kept of what no pane draws.
    limit: u64,
    clock: u64,
}

/// What became of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerPrepared {
    /// The adapter draws it.
    Ready,
    /// Its voxels are uploaded in the next frame of the window.
    Later,
    /// The adapter does not take it: draw it with the twin.
    Refused,
}

impl LayerTextures {
    /// Keeps so many bytes of voxels beside those that are drawn.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            volumes: BTreeMap::new(),
            panes: BTreeMap::new(),
            refused: BTreeSet::new(),
            limit,
            clock: 0,
        }
    }

    pub(super) fn begin_frame(&mut self, panes_on_screen: &[PaneId]) {
        self.panes.retain(|pane, _| panes_on_screen.contains(pane));
        self.let_go();
        self.clock += 1;
    }

    /// Voxels not drawn in the last frame, oldest first, until they are few enough bytes.
    fn let_go(&mut self) {
        loop {
            let unused = self.volumes.iter().filter(|(_, it)| it.used < self.clock);
            let bytes: u64 = unused.clone().map(|(_, it)| it.texture.bytes()).sum();
            let oldest = unused.min_by_key(|(_, it)| it.used).map(|(id, _)| *id);
            match oldest {
                Some(id) if bytes > self.limit => self.volumes.remove(&id),
                _ => return,
            };
        }
    }

    /// Makes a pane ready to draw these, one after the other; voxels are uploaded while
    /// `left_bytes` lasts.
    pub(super) fn prepare(
        &mut self,
        gpu: &Gpu,
        output: Output,
        pane: PaneId,
        draws: &[LayerDraw],
        viewport_px: [i32; 2],
        left_bytes: &mut u64,
    ) -> Vec<LayerPrepared> {
        let mut drawn = self.panes.remove(&pane).unwrap_or_default();
        let mut used = 0;
        let mut prepared = Vec::with_capacity(draws.len());
        for draw in draws {
            let id = draw.volume.id();
            let result = self.texture(gpu, draw, left_bytes).and_then(|texture| {
                let Some(texture) = texture else {
                    return Ok(LayerPrepared::Later);
                };
                if drawn.len() == used {
                    drawn.push(LayerPane::new(gpu)?);
                }
                let Some(place) = drawn.get_mut(used) else {
                    return Err(RenderError::Unsuitable);
                };
                let (plane, look) = (&draw.plane, &draw.look);
                place.prepare(
                    gpu,
                    &texture,
                    &draw.volume,
                    plane,
                    look,
                    viewport_px,
                    output,
                )?;
                used += 1;
                Ok(LayerPrepared::Ready)
            });
            prepared.push(result.unwrap_or_else(|error| {
                tracing::warn!(?id, %error, "layer drawn by the processor");
                self.refused.insert(id);
                LayerPrepared::Refused
            }));
        }
        drawn.truncate(used);
        self.panes.insert(pane, drawn);
        prepared
    }

    /// The voxels of a draw; `None` if their turn comes in a later frame.
    fn texture(
        &mut self,
        gpu: &Gpu,
        draw: &LayerDraw,
        left_bytes: &mut u64,
    ) -> Result<Option<Arc<LayerTexture>>, RenderError> {
        let id = draw.volume.id();
        if gpu.is_lost() || self.refused.contains(&id) {
            return Err(RenderError::Unsuitable);
        }
        if let Some(kept) = self.volumes.get_mut(&id) {
            kept.used = self.clock;
            return Ok(Some(Arc::clone(&kept.texture)));
        }
        if *left_bytes == 0 {
            return Ok(None);
        }
        let texture = Arc::new(LayerTexture::new(gpu, &draw.volume)?);
        *left_bytes = left_bytes.saturating_sub(texture.bytes());
        let kept = Kept {
            texture: Arc::clone(&texture),
            used: self.clock,
        };
        self.volumes.insert(id, kept);
        Ok(Some(texture))
    }

    /// What a pane was last prepared with.
    pub(super) fn pane(&self, pane: PaneId) -> &[LayerPane] {
        self.panes.get(&pane).map_or(&[], Vec::as_slice)
    }
}
