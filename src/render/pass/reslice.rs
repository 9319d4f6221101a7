//! A plane through a volume: `shaders/reslice.wgsl`. The twin is [`crate::volume::reslice`].

use eframe::wgpu;

use crate::imaging::{Filter, Look, Picture};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::offscreen::Offscreen;
use crate::render::pass::{Pane, values_look};
use crate::render::pipelines::{LayerVoxels, Output, PipelineKey, VoiVariant};
use crate::render::shaders::ShaderId;
use crate::render::texture::volume::VolumeTexture;
use crate::render::uniforms::ViewUniform;
use crate::volume::{ReslicePlane, VolumeGrid};

/// Makes a pane ready to draw a plane at `viewport_px` (top left, framebuffer px) of a target.
/// Call [`VolumeTexture::upload_pending`] first; slices not uploaded yet show the background.
///
/// # Errors
/// [`RenderError::Unsuitable`] before any upload; [`RenderError::Failed`] if the device refuses.
#[expect(
    clippy::too_many_arguments,
    reason = "a pane, what it shows, and where"
)]
pub fn prepare(
    gpu: &Gpu,
    pane: &mut Pane,
    texture: &VolumeTexture,
    grid: &VolumeGrid,
    plane: &ReslicePlane,
    look: &Look,
    viewport_px: [i32; 2],
    output: Output,
) -> Result<(), RenderError> {
    let ready = texture.ready().ok_or(RenderError::Unsuitable)?;
    let key = PipelineKey {
        shader: ShaderId::Reslice,
        class: ready.class,
        output,
        filter: look.filter,
        voi: VoiVariant::of(look),
        has_display: look.display.is_some(),
        has_palette: false,
        has_blanks: ready.has_blanks,
        has_lut: ready.has_lut,
        has_marks: false,
        has_table: ready.has_table,
        has_bricks: ready.has_bricks,
        has_slabs: ready.has_slabs,
        voxels: LayerVoxels::None,
    };
    let stepper = plane.stepper(grid);
    let uniform = ViewUniform::new(stepper.as_ref(), look, ready.photometric, viewport_px);
    pane.prepare(gpu, key, &ready.bind_group, look, &uniform)
}

/// The picture, drawn off screen.
///
/// # Errors
/// [`RenderError`]: draw with the twin.
pub fn render(
    gpu: &Gpu,
    texture: &VolumeTexture,
    grid: &VolumeGrid,
    plane: &ReslicePlane,
    look: &Look,
) -> Result<Picture, RenderError> {
    let output = Output::Display(wgpu::TextureFormat::Rgba8Unorm);
    let target = Offscreen::new(gpu, plane.size_px, output)?;
    let mut pane = Pane::new(gpu);
    prepare(gpu, &mut pane, texture, grid, plane, look, [0, 0], output)?;
    target.draw(gpu, &pane);
    target.read_picture(gpu)
}

/// Modality values on the plane, computed on the adapter; NaN where there is none.
///
/// # Errors
/// [`RenderError`]: use the twin.
pub fn render_values(
    gpu: &Gpu,
    texture: &VolumeTexture,
    grid: &VolumeGrid,
    plane: &ReslicePlane,
    filter: Filter,
) -> Result<Vec<f32>, RenderError> {
    let look = values_look(filter);
    let output = Output::Values;
    let target = Offscreen::new(gpu, plane.size_px, output)?;
    let mut pane = Pane::new(gpu);
    prepare(gpu, &mut pane, texture, grid, plane, &look, [0, 0], output)?;
    target.draw(gpu, &pane);
    target.read_values(gpu)
}
