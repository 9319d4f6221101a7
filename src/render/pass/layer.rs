//! Voxels laid over a picture: `shaders/layer.wgsl`. The twin is [`crate::volume::layer_twin`].

use std::sync::Arc;

use eframe::wgpu;

use crate::imaging::{Filter, Picture};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::offscreen::Offscreen;
use crate::render::pipelines::{LayerVoxels, Output, PipelineKey, VoiVariant};
use crate::render::shaders::ShaderId;
use crate::render::texture::layer::LayerTexture;
use crate::render::texture::{texture_2d, uniform_buffer};
use crate::render::uniforms::{LayerUniform, ViewUniform};
use crate::volume::layer_twin::PALETTE;
use crate::volume::{Footprint, LayerLook, LayerPalette, LayerVolume, ReslicePlane};

/// One layer in one pane: its own uniforms and palette.
pub struct LayerPane {
    view: wgpu::Buffer,
    layer: wgpu::Buffer,
    palette: Arc<LayerPalette>,
    bind_group: wgpu::BindGroup,
    prepared: Option<super::Prepared>,
}

impl LayerPane {
    /// An empty one.
    ///
    /// # Errors
    /// [`RenderError::Failed`] if the device refuses.
    pub fn new(gpu: &Gpu) -> Result<Self, RenderError> {
        let view = uniform_buffer(gpu, bytemuck::bytes_of(&ViewUniform::default()));
        let layer = uniform_buffer(gpu, bytemuck::bytes_of(&LayerUniform::default()));
        let palette = Arc::new([[0; 4]; PALETTE]);
        let bind_group = bind_group(gpu, &view, &layer, &palette)?;
        Ok(Self {
            view,
            layer,
            palette,
            bind_group,
            prepared: None,
        })
    }

    /// Makes it ready to draw at `viewport_px` (top left, framebuffer px) of a target.
    ///
    /// # Errors
    /// [`RenderError::Failed`] if the device refuses.
    #[expect(
        clippy::too_many_arguments,
        reason = "a layer, its look and where it goes"
    )]
    pub fn prepare(
        &mut self,
        gpu: &Gpu,
        texture: &LayerTexture,
        volume: &LayerVolume,
        plane: &ReslicePlane,
        look: &LayerLook,
        viewport_px: [i32; 2],
        output: Output,
    ) -> Result<(), RenderError> {
        self.prepared = None;
        if *look.palette != *self.palette {
            self.bind_group = bind_group(gpu, &self.view, &self.layer, &look.palette)?;
            self.palette = Arc::clone(&look.palette);
        }
        let footprint = Footprint::of(plane, volume.grid());
        let stepper = footprint.positions(plane).stepper(volume.grid());
        let view = ViewUniform::of_positions(stepper.as_ref(), viewport_px);
        let layer = LayerUniform::new(look, volume.samples(), footprint);
        gpu.queue
            .write_buffer(&self.view, 0, bytemuck::bytes_of(&view));
        gpu.queue
            .write_buffer(&self.layer, 0, bytemuck::bytes_of(&layer));
        let key = PipelineKey {
            shader: ShaderId::Layer,
            class: texture.class,
            output,
            filter: Filter::Linear,
            voi: VoiVariant::Ramp,
            has_display: false,
            has_palette: false,
            has_blanks: false,
            has_lut: false,
            has_marks: false,
            has_table: false,
            has_bricks: false,
            has_slabs: false,
            voxels: LayerVoxels::of(volume.samples()),
        };
        let pipeline = gpu.pipelines.get(gpu, key)?;
        self.prepared = Some((pipeline, texture.bind_group.clone()));
        Ok(())
    }

    /// Draws what was last prepared over the whole viewport of the pass; nothing if preparing
    /// failed.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        super::draw(pass, self.prepared.as_ref(), &self.bind_group);
    }
}

fn bind_group(
    gpu: &Gpu,
    view: &wgpu::Buffer,
    layer: &wgpu::Buffer,
    palette: &LayerPalette,
) -> Result<wgpu::BindGroup, RenderError> {
    let format = wgpu::TextureFormat::Rgba8Uint;
    let palette = texture_2d(gpu, [PALETTE as u32, 1], format, palette.as_flattened())?;
    Ok(gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("layer in a pane"),
        layout: &gpu.pipelines.layer_layout,
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: view.as_entire_binding(),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::TextureView(&palette),
            },
            wgpu::BindGroupEntry {
                binding: 2,
                resource: layer.as_entire_binding(),
            },
        ],
    }))
}

/// The layer over black, drawn off screen.
///
/// # Errors
/// [`RenderError`]: draw with the twin.
pub fn render(
    gpu: &Gpu,
    volume: &LayerVolume,
    plane: &ReslicePlane,
    look: &LayerLook,
) -> Result<Picture, RenderError> {
    draw(gpu, volume, plane, look, None)
}

/// The layer over a picture of the plane's size, drawn off screen.
///
/// # Errors
/// [`RenderError`]: draw with the twin. [`RenderError::Unsuitable`] for a picture of another size.
pub fn render_over(
    gpu: &Gpu,
    volume: &LayerVolume,
    plane: &ReslicePlane,
    look: &LayerLook,
    under: &Picture,
) -> Result<Picture, RenderError> {
    if under.size_px != plane.size_px {
        return Err(RenderError::Unsuitable);
    }
    draw(gpu, volume, plane, look, Some(under))
}

fn draw(
    gpu: &Gpu,
    volume: &LayerVolume,
    plane: &ReslicePlane,
    look: &LayerLook,
    under: Option<&Picture>,
) -> Result<Picture, RenderError> {
    let output = Output::PICTURE;
    let target = Offscreen::new(gpu, plane.size_px, output)?;
    let texture = LayerTexture::new(gpu, volume)?;
    let mut pane = LayerPane::new(gpu)?;
    pane.prepare(gpu, &texture, volume, plane, look, [0, 0], output)?;
    if let Some(under) = under {
        target.write_picture(gpu, under);
    }
    target.draw_with(gpu, under.is_none(), |pass| pane.draw(pass));
    target.read_picture(gpu)
}
