//! A target without a window, and reading it back.

use eframe::wgpu;

use crate::imaging::Picture;
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::pass::Pane;
use crate::render::pipelines::Output;
use crate::render::uniforms::VALID;

/// A texture to draw panes into; reusable for many pictures of one size.
pub struct Offscreen {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    size_px: [u32; 2],
    texel_bytes: u32,
}

impl Output {
    /// What pictures are drawn into off screen.
    pub const PICTURE: Self = Self::Display(wgpu::TextureFormat::Rgba8Unorm);
}

impl Offscreen {
    /// Of a size.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`] beyond what the adapter draws or reads back.
    pub fn new(gpu: &Gpu, size_px: [u32; 2], output: Output) -> Result<Self, RenderError> {
        let [width, height] = size_px;
        let caps = gpu.caps();
        let texel_bytes = output.format().block_copy_size(None).unwrap_or(4);
        let is_empty = width == 0 || height == 0;
        let bytes = u64::from(padded_row(width, texel_bytes)) * u64::from(height);
        if width > caps.max_2d || height > caps.max_2d || bytes > caps.max_buffer_bytes || is_empty
        {
            return Err(RenderError::TooLarge {
                width,
                height,
                depth: 1,
                limit: caps.max_2d,
            });
        }
        let texture = gpu.checked(bytes, |device| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("offscreen"),
                size: wgpu::Extent3d {
                    width,
                    height,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: output.format(),
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                    | wgpu::TextureUsages::COPY_SRC
                    | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            })
        })?;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Ok(Self {
            texture,
            view,
            size_px,
            texel_bytes,
        })
    }

    /// Draws a pane over all of it and submits; [`Gpu::wait`] waits for the end.
    pub fn draw(&self, gpu: &Gpu, pane: &Pane) {
        self.draw_with(gpu, true, |pass| pane.draw(pass));
    }

    /// Draws whatever `draw` does, over black or over what is there, and submits.
    pub fn draw_with(
        &self,
        gpu: &Gpu,
        is_cleared: bool,
        draw: impl FnOnce(&mut wgpu::RenderPass<'_>),
    ) {
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let load = if is_cleared {
            wgpu::LoadOp::Clear(wgpu::Color::BLACK)
        } else {
            wgpu::LoadOp::Load
        };
        let mut pass = self.begin_pass_with(&mut encoder, load);
        draw(&mut pass);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
    }

    /// A pass over all of it, for whoever draws more than a pane.
    pub fn begin_pass<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        self.begin_pass_with(encoder, wgpu::LoadOp::Clear(wgpu::Color::BLACK))
    }

    fn begin_pass_with<'a>(
        &self,
        encoder: &'a mut wgpu::CommandEncoder,
        load: wgpu::LoadOp<wgpu::Color>,
    ) -> wgpu::RenderPass<'a> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("offscreen"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load,
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        })
    }

    /// Puts a picture of its size there, to draw over it.
    pub fn write_picture(&self, gpu: &Gpu, picture: &Picture) {
        gpu.queue.write_texture(
            self.texture.as_image_copy(),
            &picture.rgba,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(picture.size_px[0] * 4),
                rows_per_image: None,
            },
            self.texture.size(),
        );
    }

    /// The levels drawn.
    ///
    /// # Errors
    /// [`RenderError::Failed`] if the device refuses.
    pub fn read_picture(&self, gpu: &Gpu) -> Result<Picture, RenderError> {
        Ok(Picture {
            size_px: self.size_px,
            rgba: self.read(gpu)?,
        })
    }

    /// The values drawn; NaN where there is none.
    ///
    /// # Errors
    /// [`RenderError::Failed`] if the device refuses.
    pub fn read_values(&self, gpu: &Gpu) -> Result<Vec<f32>, RenderError> {
        let bytes = self.read(gpu)?;
        let float = |bytes: &[u8]| bytes.try_into().map_or(0.0, f32::from_ne_bytes);
        Ok(bytes
            .chunks_exact(8)
            .map(|texel| {
                let (value, state) = texel.split_at(4);
                if float(state) == VALID as f32 {
                    float(value)
                } else {
                    f32::NAN
                }
            })
            .collect())
    }

    fn read(&self, gpu: &Gpu) -> Result<Vec<u8>, RenderError> {
        let [width, height] = self.size_px;
        let padded = padded_row(width, self.texel_bytes);
        let size = u64::from(padded) * u64::from(height);
        let buffer = gpu.checked(size, |device| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("read-back"),
                size,
                usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                mapped_at_creation: false,
            })
        })?;
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded),
                    rows_per_image: None,
                },
            },
            self.texture.size(),
        );
        gpu.queue.submit([encoder.finish()]);
        let (send, receive) = std::sync::mpsc::channel();
        buffer.map_async(wgpu::MapMode::Read, .., move |mapped| {
            // The receiver is gone only if waiting failed, which is reported already.
            drop(send.send(mapped));
        });
        gpu.wait()?;
        let failed = |reason: String| RenderError::Failed(reason);
        receive
            .recv()
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| failed(error.to_string()))?;
        let mapped = buffer
            .get_mapped_range(..)
            .map_err(|error| failed(error.to_string()))?;
        let row = (width * self.texel_bytes) as usize;
        let mut bytes = Vec::with_capacity(row * height as usize);
        for line in mapped.chunks_exact(padded as usize) {
            bytes.extend(line.iter().take(row));
        }
        Ok(bytes)
    }
}

const fn padded_row(width: u32, texel_bytes: u32) -> u32 {
    width
        .saturating_mul(texel_bytes)
        .next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}
