//! Frames and volumes on the graphics adapter, and what each pane draws of them.
//!
//! Frames are kept by bytes, latest used first; volumes as long as a pane shows them and memory
//! lasts. Uploads share a budget of bytes for each frame of the window, so that a large volume
//! arrives in steps and nothing stutters. What the adapter refuses is remembered and drawn by the
//! CPU twin.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cache::ByteLru;
use crate::engine::layer_textures::{LayerPrepared, LayerTextures};
use crate::imaging::slice_twin::SliceView;
use crate::imaging::{Colours, FrameImage, Look};
use crate::model::{DisplaySetId, FrameKey, InstanceIx};
use crate::render::pass::layer::LayerPane;
use crate::render::pass::{self, Pane};
use crate::render::{FrameTexture, Gpu, Output, RenderError, VolumeTexture};
use crate::view::LayerDraw;
use crate::volume::{ReslicePlane, Volume};
use crate::workspace::PaneId;

/// Bytes of frames kept on an adapter of its own, and on one whose memory is the computer's.
const FRAMES_BYTES: u64 = 512 << 20;
const FRAMES_BYTES_SOFTWARE: u64 = 32 << 20;
/// Bytes of volumes kept that no pane shows.
const VOLUMES_BYTES: u64 = 1 << 30;
const VOLUMES_BYTES_SOFTWARE: u64 = 0;
/// Bytes uploaded within one frame of the window.
const UPLOAD_BYTES: u64 = 24 << 20;

/// Whether a pane's picture is on the adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// Ready to draw, whole.
    Whole,
    /// Ready to draw; more is to be uploaded in the next frame.
    Partly,
    /// The adapter does not take it: draw with the twin.
    Refused,
}

struct Kept {
    volume: Arc<Volume>,
    texture: VolumeTexture,
    used: u64,
}

/// A frame, and the presentation state it is shown by.
pub type TextureKey = (FrameKey, Option<InstanceIx>);

/// All of them, on one device.
pub struct Textures {
    gpu: Arc<Gpu>,
    output: Output,
    frames: ByteLru<(TextureKey, Colours), FrameTexture>,
    volumes: BTreeMap<DisplaySetId, Kept>,
    panes: BTreeMap<PaneId, Pane>,
    layers: LayerTextures,
    refused_frames: BTreeSet<TextureKey>,
    refused_volumes: BTreeMap<DisplaySetId, Arc<Volume>>,
    clock: u64,
    left_bytes: u64,
}

impl Textures {
    /// Empty, for a target of this kind.
    #[must_use]
    pub fn new(gpu: Arc<Gpu>, output: Output) -> Self {
        let is_software = gpu.info().is_software;
        let limit = if is_software {
            FRAMES_BYTES_SOFTWARE
        } else {
            FRAMES_BYTES
        };
        Self {
            gpu,
            output,
            frames: ByteLru::new(limit),
            volumes: BTreeMap::new(),
            panes: BTreeMap::new(),
            layers: LayerTextures::new(limit),
            refused_frames: BTreeSet::new(),
            refused_volumes: BTreeMap::new(),
            clock: 0,
            left_bytes: UPLOAD_BYTES,
        }
    }

    /// The device they are on.
    #[must_use]
    pub const fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// A frame of the window begins: the budget is whole again; what no pane shows and no memory
    /// is left for goes.
    pub fn begin_frame(&mut self, panes_on_screen: &[PaneId]) {
        self.left_bytes = UPLOAD_BYTES;
        self.panes.retain(|pane, _| panes_on_screen.contains(pane));
        self.layers.begin_frame(panes_on_screen);
        self.let_go_of_volumes();
        self.clock += 1;
    }

    /// Volumes not drawn in the last frame, oldest first, until they are few enough bytes.
    fn let_go_of_volumes(&mut self) {
        let limit = if self.gpu.info().is_software {
            VOLUMES_BYTES_SOFTWARE
        } else {
            VOLUMES_BYTES
        };
        loop {
            let unused = self
                .volumes
                .iter()
                .filter(|(_, kept)| kept.used < self.clock);
            let bytes: u64 = unused.clone().map(|(_, kept)| kept.texture.bytes()).sum();
            let oldest = unused
                .min_by_key(|(_, kept)| kept.used)
                .map(|(set, _)| *set);
            match oldest {
                Some(set) if bytes > limit => self.volumes.remove(&set),
                _ => return,
            };
        }
    }

    /// Makes a pane ready to draw a frame; `viewport_px` is its top left in the window.
    pub fn prepare_frame(
        &mut self,
        pane: PaneId,
        key: TextureKey,
        image: &FrameImage,
        view: &SliceView,
        viewport_px: [i32; 2],
    ) -> Prepared {
        if self.gpu.is_lost() || self.refused_frames.contains(&key) {
            return Prepared::Refused;
        }
        let colours = view.look.colours;
        let texture = match self.frames.get(&(key, colours)) {
            Some(texture) => texture,
            None => match FrameTexture::with_colours(&self.gpu, image, colours) {
                Ok(texture) => {
                    let texture = Arc::new(texture);
                    let bytes = texture.bytes();
                    self.left_bytes = self.left_bytes.saturating_sub(bytes);
                    self.frames
                        .insert((key, colours), Arc::clone(&texture), bytes);
                    texture
                }
                Err(error) => return self.refuse_frame(key, &error),
            },
        };
        let drawn = self
            .panes
            .entry(pane)
            .or_insert_with(|| Pane::new(&self.gpu));
        match pass::slice::prepare(&self.gpu, drawn, &texture, view, viewport_px, self.output) {
            Ok(()) => Prepared::Whole,
            Err(error) => self.refuse_frame(key, &error),
        }
    }

    fn refuse_frame(&mut self, key: TextureKey, error: &RenderError) -> Prepared {
        tracing::warn!(?key, %error, "frame drawn by the processor");
        self.refused_frames.insert(key);
        Prepared::Refused
    }

    /// Makes a pane ready to draw a plane through a volume, uploading what has arrived of it.
    pub fn prepare_plane(
        &mut self,
        pane: PaneId,
        set: DisplaySetId,
        volume: &Arc<Volume>,
        plane: &ReslicePlane,
        look: &Look,
        viewport_px: [i32; 2],
    ) -> Prepared {
        let is_refused = |known: &Arc<Volume>| Arc::ptr_eq(known, volume);
        if self.gpu.is_lost() || self.refused_volumes.get(&set).is_some_and(is_refused) {
            return Prepared::Refused;
        }
        match self.plane(pane, set, volume, plane, look, viewport_px) {
            Ok(prepared) => prepared,
            // Nothing of it has arrived yet: black is right.
            Err(RenderError::Unsuitable) if volume.slices.iter().all(|s| s.get().is_none()) => {
                Prepared::Partly
            }
            Err(error) => {
                tracing::warn!(?set, %error, "volume drawn by the processor");
                self.volumes.remove(&set);
                self.refused_volumes.insert(set, Arc::clone(volume));
                Prepared::Refused
            }
        }
    }

    fn plane(
        &mut self,
        pane: PaneId,
        set: DisplaySetId,
        volume: &Arc<Volume>,
        plane: &ReslicePlane,
        look: &Look,
        viewport_px: [i32; 2],
    ) -> Result<Prepared, RenderError> {
        let is_same = self
            .volumes
            .get(&set)
            .is_some_and(|kept| Arc::ptr_eq(&kept.volume, volume));
        if !is_same {
            let kept = Kept {
                volume: Arc::clone(volume),
                texture: VolumeTexture::new(&self.gpu, volume)?,
                used: self.clock,
            };
            self.volumes.insert(set, kept);
        }
        let Some(kept) = self.volumes.get_mut(&set) else {
            return Err(RenderError::Unsuitable);
        };
        kept.used = self.clock;
        let before = kept.texture.uploaded();
        let mut is_whole = kept.texture.is_current(volume);
        if !is_whole && self.left_bytes > 0 {
            is_whole = kept
                .texture
                .upload_pending(&self.gpu, volume, self.left_bytes)?;
            let new = kept.texture.uploaded().saturating_sub(before) as u64;
            let slice_bytes = kept.texture.bytes() / u64::from(volume.grid.dims[2].max(1));
            self.left_bytes = self.left_bytes.saturating_sub((new * slice_bytes).max(1));
        }
        let drawn = self
            .panes
            .entry(pane)
            .or_insert_with(|| Pane::new(&self.gpu));
        pass::reslice::prepare(
            &self.gpu,
            drawn,
            &kept.texture,
            &volume.grid,
            plane,
            look,
            viewport_px,
            self.output,
        )?;
        Ok(if is_whole {
            Prepared::Whole
        } else {
            Prepared::Partly
        })
    }

    /// Makes a pane ready to draw layers over its picture, one after the other.
    pub fn prepare_layers(
        &mut self,
        pane: PaneId,
        draws: &[LayerDraw],
        viewport_px: [i32; 2],
    ) -> Vec<LayerPrepared> {
        let left = &mut self.left_bytes;
        self.layers
            .prepare(&self.gpu, self.output, pane, draws, viewport_px, left)
    }

    /// The layers a pane was last prepared with.
    #[must_use]
    pub fn layers(&self, pane: PaneId) -> &[LayerPane] {
        self.layers.pane(pane)
    }

    /// What a pane was last prepared with.
    #[must_use]
    pub fn pane(&self, pane: PaneId) -> Option<&Pane> {
        self.panes.get(&pane)
    }
}
