//! One frame on the adapter.

use std::sync::Arc;

use eframe::wgpu;

use crate::imaging::{Colours, FrameImage, FrameMarks, Marks, Photometric, PresentationTable};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::shaders::{SampleClass, ShaderId};
use crate::render::texture::{Container, lut_texture, texels, texture_2d, uniform_buffer};
use crate::render::uniforms::{DataUniform, padding_bits};

/// A frame as a texture, with what its samples mean.
pub struct FrameTexture {
    pub(crate) bind_group: wgpu::BindGroup,
    pub(crate) shader: ShaderId,
    pub(crate) class: SampleClass,
    pub(crate) has_blanks: bool,
    pub(crate) has_lut: bool,
    pub(crate) photometric: Photometric,
    pub(crate) presentation: Option<PresentationTable>,
    /// What lies over it; `None` if nothing does.
    pub(crate) marks: Option<Arc<FrameMarks>>,
    bytes: u64,
}

impl FrameTexture {
    /// Uploads a frame.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`], [`RenderError::OutOfMemory`]: draw with the twin.
    /// [`RenderError::Unsuitable`] for a frame with too few samples.
    pub fn new(gpu: &Gpu, image: &FrameImage) -> Result<Self, RenderError> {
        Self::with_colours(gpu, image, Colours::Managed)
    }

    /// Uploads a frame with the colours of its profile, or those stored.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_colours(
        gpu: &Gpu,
        image: &FrameImage,
        colours: Colours,
    ) -> Result<Self, RenderError> {
        if !image.is_complete() {
            return Err(RenderError::Unsuitable);
        }
        let container = Container::of(&image.samples);
        let class = container.class();
        let samples = image.shown_samples(colours);
        let texels = texels(&samples, image.padding, container)?;
        let texture = texture_2d(gpu, image.size(), container.format(), &texels)?;
        let lut = image.modality.lut();
        let lut_view = match lut {
            Some(lut) => lut_texture(gpu, &lut.entries)?,
            None => gpu.blanks.lut.clone(),
        };
        let marks = image.marks.as_ref().filter(|marks| !marks.is_empty());
        let (marks_view, mark_bytes) = match marks {
            Some(marks) => marks_texture(gpu, &marks.lay_out(image.size()), image.size())?,
            None => (gpu.blanks.lut.clone(), 0),
        };
        let [slope, intercept] = image.modality.affine();
        let data = DataUniform {
            dims: [image.columns as i32, image.rows as i32, 1],
            slope,
            intercept,
            padding: padding_bits(image.padding, class),
            lut_first: lut.map_or(0, |lut| lut.first),
            lut_count: lut.map_or(0, |lut| lut.entries.len() as u32),
            white: if container == Container::Rgba16 {
                65_535.0
            } else {
                255.0
            },
            pixels_held: image.pixels_held() as u32,
            ..DataUniform::default()
        };
        let buffer = uniform_buffer(gpu, bytemuck::bytes_of(&data));
        let shader = match container {
            Container::Rgba8 | Container::Rgba16 => ShaderId::SliceColour,
            _ => ShaderId::Slice,
        };
        let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("frame"),
            layout: gpu.pipelines.data_layout(shader, class),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&texture),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: buffer.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: wgpu::BindingResource::TextureView(&lut_view),
                },
                wgpu::BindGroupEntry {
                    binding: 3,
                    resource: wgpu::BindingResource::TextureView(&marks_view),
                },
            ],
        });
        Ok(Self {
            bind_group,
            shader,
            class,
            // Float textures carry blanks in the samples.
            has_blanks: image.padding.is_some()
                || image.missing.is_some()
                || class == SampleClass::F32,
            has_lut: lut.is_some_and(|lut| !lut.entries.is_empty()),
            photometric: image.photometric,
            presentation: image.presentation.clone(),
            marks: marks.cloned(),
            bytes: u64::from(image.columns)
                * u64::from(image.rows)
                * u64::from(container.texel_bytes() + mark_bytes),
        })
    }

    /// Video memory it takes, for the cache.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// The marks as a texture, and the bytes a pixel of it takes.
fn marks_texture(
    gpu: &Gpu,
    marks: &Marks,
    size: [u32; 2],
) -> Result<(wgpu::TextureView, u32), RenderError> {
    let (container, texels): (_, &[u8]) = match marks {
        Marks::U8(bits) => (Container::U8, bits),
        Marks::U32(bits) => (Container::U32, bytemuck::cast_slice(bits)),
    };
    let view = texture_2d(gpu, size, container.format(), texels)?;
    Ok((view, container.texel_bytes()))
}
