//! Voxels of a layer on the adapter: one texture, as large as the grid.

use eframe::wgpu;

use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::shaders::{SampleClass, ShaderId};
use crate::render::texture::{Container, uniform_buffer};
use crate::render::uniforms::DataUniform;
use crate::volume::{LayerSamples, LayerVolume};

/// A layer's voxels as a texture.
pub struct LayerTexture {
    pub(crate) bind_group: wgpu::BindGroup,
    pub(crate) class: SampleClass,
    bytes: u64,
}

impl LayerTexture {
    /// Uploads all of it.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`], [`RenderError::OutOfMemory`]: draw with the twin.
    pub fn new(gpu: &Gpu, volume: &LayerVolume) -> Result<Self, RenderError> {
        let [width, height, depth] = volume.grid().dims;
        let limit = gpu.caps().max_3d;
        if [width, height, depth].iter().any(|side| *side > limit) {
            return Err(RenderError::TooLarge {
                width,
                height,
                depth,
                limit,
            });
        }
        let container = match volume.samples() {
            LayerSamples::Labels(_) | LayerSamples::Shares { .. } => Container::U8,
            LayerSamples::Doses(_) => Container::F32,
        };
        let texels = volume.samples().as_bytes();
        let size = wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: depth,
        };
        let view = gpu.checked(texels.len() as u64, |device| {
            let texture = device.create_texture(&wgpu::TextureDescriptor {
                label: Some("layer"),
                size,
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D3,
                format: container.format(),
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            });
            let row = container.texel_bytes() * width;
            // Slice by slice: one staging buffer of the whole might be more than a buffer may be.
            let slices = texels.chunks_exact((row as usize * height as usize).max(1));
            for (z, slice) in (0..).zip(slices) {
                gpu.queue.write_texture(
                    wgpu::TexelCopyTextureInfo {
                        origin: wgpu::Origin3d { x: 0, y: 0, z },
                        ..texture.as_image_copy()
                    },
                    slice,
                    wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(row),
                        rows_per_image: Some(height),
                    },
                    wgpu::Extent3d {
                        depth_or_array_layers: 1,
                        ..size
                    },
                );
            }
            texture.create_view(&wgpu::TextureViewDescriptor::default())
        })?;
        let data = DataUniform {
            dims: [width, height, depth].map(|n| n as i32),
            ..DataUniform::default()
        };
        let buffer = uniform_buffer(gpu, bytemuck::bytes_of(&data));
        let class = container.class();
        let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("layer"),
            layout: gpu.pipelines.data_layout(ShaderId::Layer, class),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: buffer.as_entire_binding(),
                },
            ],
        });
        Ok(Self {
            bind_group,
            class,
            bytes: texels.len() as u64,
        })
    }

    /// Video memory it takes, for the cache.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}
