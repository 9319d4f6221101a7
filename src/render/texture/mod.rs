//! Stored samples as integer textures: no format needs a feature, and the shader sees what the
//! file holds.

use std::borrow::Cow;

use eframe::wgpu;

use crate::dicom::Samples;
use crate::imaging::PaddingRange;
use crate::imaging::grey_chain::{Stored, with_grey_samples};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::shaders::SampleClass;

pub mod bricks;
pub mod frame;
pub mod layer;
pub mod slabs;
pub mod volume;

/// A texture format for stored samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Rgba8,
    Rgba16,
}

impl Container {
    /// The smallest that holds these samples as they are.
    pub const fn of(samples: &Samples) -> Self {
        match samples {
            Samples::U8(_) => Self::U8,
            Samples::I8(_) => Self::I8,
            Samples::U16(_) => Self::U16,
            Samples::I16(_) => Self::I16,
            Samples::U32(_) => Self::U32,
            Samples::I32(_) => Self::I32,
            Samples::F32(_) | Samples::F64(_) => Self::F32,
            Samples::Rgb8(_) => Self::Rgba8,
            // Shown by its high words (see `imaging::assemble`).
            Samples::Rgb16(_) | Samples::Rgb32(_) => Self::Rgba16,
        }
    }

    /// The smallest that holds both kinds of grey without loss; `None` if there is none.
    pub fn join(self, other: Self) -> Option<Self> {
        let holds_bytes = |kind| matches!(kind, Self::U8 | Self::I8);
        let holds_words = |kind| holds_bytes(kind) || matches!(kind, Self::U16 | Self::I16);
        let is_unsigned = |kind| matches!(kind, Self::U8 | Self::U16 | Self::U32);
        let is_grey = |kind| !matches!(kind, Self::Rgba8 | Self::Rgba16);
        let both = |test: &dyn Fn(Self) -> bool| test(self) && test(other);
        Some(match (self, other) {
            (a, b) if a == b => a,
            _ if !both(&is_grey) => return None,
            _ if both(&is_unsigned) && both(&holds_words) => Self::U16,
            _ if both(&is_unsigned) => Self::U32,
            _ if both(&|kind| holds_bytes(kind) || kind == Self::I16) => Self::I16,
            _ if both(&|kind| holds_words(kind) || kind == Self::I32) => Self::I32,
            _ if both(&|kind| holds_words(kind) || kind == Self::F32) => Self::F32,
            _ => return None,
        })
    }

    pub const fn class(self) -> SampleClass {
        match self {
            Self::U8 | Self::U16 | Self::U32 | Self::Rgba8 | Self::Rgba16 => SampleClass::U32,
            Self::I8 | Self::I16 | Self::I32 => SampleClass::I32,
            Self::F32 => SampleClass::F32,
        }
    }

    pub const fn format(self) -> wgpu::TextureFormat {
        match self {
            Self::U8 => wgpu::TextureFormat::R8Uint,
            Self::I8 => wgpu::TextureFormat::R8Sint,
            Self::U16 => wgpu::TextureFormat::R16Uint,
            Self::I16 => wgpu::TextureFormat::R16Sint,
            Self::U32 => wgpu::TextureFormat::R32Uint,
            Self::I32 => wgpu::TextureFormat::R32Sint,
            Self::F32 => wgpu::TextureFormat::R32Float,
            Self::Rgba8 => wgpu::TextureFormat::Rgba8Uint,
            Self::Rgba16 => wgpu::TextureFormat::Rgba16Uint,
        }
    }

    pub const fn texel_bytes(self) -> u32 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 | Self::Rgba8 => 4,
            Self::Rgba16 => 8,
        }
    }
}

/// The samples of a frame as the texels of a container; borrowed where they already are.
pub fn texels(
    samples: &Samples,
    padding: Option<PaddingRange>,
    container: Container,
) -> Result<Cow<'_, [u8]>, RenderError> {
    let is_float = matches!(samples, Samples::F32(_) | Samples::F64(_));
    if Container::of(samples) == container
        && !is_float
        && !matches!(container, Container::Rgba8 | Container::Rgba16)
    {
        return Ok(Cow::Borrowed(samples.as_bytes()));
    }
    let bytes = match (container, samples) {
        (Container::Rgba8, Samples::Rgb8(rgb)) => rgb
            .chunks_exact(3)
            .flat_map(|rgb| rgb.iter().copied().chain([u8::MAX]))
            .collect(),
        (Container::Rgba16, Samples::Rgb16(rgb)) => rgb
            .chunks_exact(3)
            .flat_map(|rgb| rgb.iter().copied().chain([u16::MAX]))
            .flat_map(u16::to_ne_bytes)
            .collect(),
        // Padding and floats without a value become the one float that no image holds.
        (Container::F32, grey) => with_grey_samples!(
            grey,
            stored => stored
                .iter()
                .map(|v| if v.is_valid(padding) { v.value() } else { f32::MIN })
                .flat_map(f32::to_ne_bytes)
                .collect(),
            return Err(RenderError::Unsuitable)
        ),
        (Container::U16, Samples::U8(v)) => widened(v, |v| u16::from(v).to_ne_bytes()),
        (Container::I16, Samples::U8(v)) => widened(v, |v| i16::from(v).to_ne_bytes()),
        (Container::I16, Samples::I8(v)) => widened(v, |v| i16::from(v).to_ne_bytes()),
        (Container::U32, Samples::U8(v)) => widened(v, |v| u32::from(v).to_ne_bytes()),
        (Container::U32, Samples::U16(v)) => widened(v, |v| u32::from(v).to_ne_bytes()),
        (Container::I32, Samples::U8(v)) => widened(v, |v| i32::from(v).to_ne_bytes()),
        (Container::I32, Samples::I8(v)) => widened(v, |v| i32::from(v).to_ne_bytes()),
        (Container::I32, Samples::U16(v)) => widened(v, |v| i32::from(v).to_ne_bytes()),
        (Container::I32, Samples::I16(v)) => widened(v, |v| i32::from(v).to_ne_bytes()),
        _ => return Err(RenderError::Unsuitable),
    };
    Ok(Cow::Owned(bytes))
}

fn widened<T: Copy, const N: usize>(values: &[T], widen: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|value| widen(*value)).collect()
}

/// A 2D texture to load from.
pub fn texture_2d(
    gpu: &Gpu,
    [width, height]: [u32; 2],
    format: wgpu::TextureFormat,
    texels: &[u8],
) -> Result<wgpu::TextureView, RenderError> {
    let limit = gpu.caps().max_2d;
    if width > limit || height > limit || width == 0 || height == 0 {
        return Err(RenderError::TooLarge {
            width,
            height,
            depth: 1,
            limit,
        });
    }
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let bytes_per_row = format.block_copy_size(None).unwrap_or(4) * width;
    let texels = texels
        .get(..bytes_per_row as usize * height as usize)
        .ok_or(RenderError::Unsuitable)?;
    gpu.checked(texels.len() as u64, |device| {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        gpu.queue.write_texture(
            texture.as_image_copy(),
            texels,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(bytes_per_row),
                rows_per_image: None,
            },
            size,
        );
        texture.create_view(&wgpu::TextureViewDescriptor::default())
    })
}

/// Entries a row of a table texture.
const LUT_WIDTH: usize = 1024;

/// A table as a texture of rows of 1024 entries, as `lut_texel` in the shaders finds them.
pub fn lut_texture(gpu: &Gpu, entries: &[u16]) -> Result<wgpu::TextureView, RenderError> {
    let rows = entries.len().div_ceil(LUT_WIDTH).max(1);
    let mut padded = entries.to_vec();
    padded.resize(rows * LUT_WIDTH, 0);
    texture_2d(
        gpu,
        [LUT_WIDTH as u32, rows as u32],
        wgpu::TextureFormat::R16Uint,
        bytemuck::cast_slice(&padded),
    )
}

/// One-texel textures that stand where a pass needs none; nothing reads them.
pub struct Blanks {
    /// For tables.
    pub lut: wgpu::TextureView,
    volumes: [wgpu::TextureView; 3],
}

impl Blanks {
    pub fn new(device: &wgpu::Device) -> Self {
        use wgpu::TextureDimension::{D2, D3};
        let one = |dimension, format| {
            device
                .create_texture(&wgpu::TextureDescriptor {
                    label: Some("blank"),
                    size: wgpu::Extent3d {
                        width: 1,
                        height: 1,
                        depth_or_array_layers: 1,
                    },
                    mip_level_count: 1,
                    sample_count: 1,
                    dimension,
                    format,
                    usage: wgpu::TextureUsages::TEXTURE_BINDING,
                    view_formats: &[],
                })
                .create_view(&wgpu::TextureViewDescriptor::default())
        };
        Self {
            lut: one(D2, wgpu::TextureFormat::R16Uint),
            volumes: [Container::I16, Container::U16, Container::F32]
                .map(|container| one(D3, container.format())),
        }
    }

    /// For slabs.
    pub const fn volume(&self, class: SampleClass) -> &wgpu::TextureView {
        let [signed, unsigned, float] = &self.volumes;
        match class {
            SampleClass::I32 => signed,
            SampleClass::U32 => unsigned,
            SampleClass::F32 => float,
        }
    }
}

pub fn uniform_buffer(gpu: &Gpu, bytes: &[u8]) -> wgpu::Buffer {
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: bytes.len() as u64,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    gpu.queue.write_buffer(&buffer, 0, bytes);
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_containers_hold_every_value_of_both() {
        use Container::{F32, I8, I16, I32, Rgba8, U8, U16, U32};
        for (a, b, want) in [
            (U8, U8, Some(U8)),
            (U8, U16, Some(U16)),
            (U8, I8, Some(I16)),
            (U8, I16, Some(I16)),
            (U16, I16, Some(I32)),
            (U16, I8, Some(I32)),
            (U16, U32, Some(U32)),
            (I16, I32, Some(I32)),
            (U16, F32, Some(F32)),
            (U32, I16, None),
            (U32, F32, None),
            (I32, F32, None),
            (Rgba8, U8, None),
        ] {
            assert_eq!(a.join(b), want, "{a:?} {b:?}");
            assert_eq!(b.join(a), want, "{b:?} {a:?}");
        }
    }
}
