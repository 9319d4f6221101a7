//! A volume on the adapter: integer 3D textures, filled slice by slice as slices arrive.

use eframe::wgpu;

use crate::imaging::sampling::Blank;
use crate::imaging::{FrameImage, Lut, Photometric};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::shaders::{SampleClass, ShaderId};
use crate::render::texture::bricks;
use crate::render::texture::slabs::{self, Slab};
use crate::render::texture::{Container, lut_texture, texels, texture_2d, uniform_buffer};
use crate::render::uniforms::{DataUniform, GAP, NO_DATA, SliceRow, VALID, padding_bits};
use crate::volume::Volume;
use crate::volume::taps::is_plain;

/// Slices a row of the slice table: two texels each, 1024 texels wide.
const TABLE_SLICES: usize = 512;

/// A volume as textures, with a table of what differs from slice to slice.
pub struct VolumeTexture {
    dims: [u32; 3],
    container: Option<Container>,
    has_bricks: bool,
    slabs: Vec<(Slab, wgpu::Texture)>,
    is_uploaded: Vec<bool>,
    /// Unreadable slices as last described.
    unreadable: usize,
    ready: Option<Ready>,
}

/// What a pass binds; made again whenever slices were added.
pub(crate) struct Ready {
    pub(crate) bind_group: wgpu::BindGroup,
    pub(crate) class: SampleClass,
    pub(crate) has_blanks: bool,
    pub(crate) has_lut: bool,
    pub(crate) has_table: bool,
    pub(crate) has_bricks: bool,
    pub(crate) has_slabs: bool,
    pub(crate) photometric: Photometric,
}

impl VolumeTexture {
    /// An empty one; memory is taken by the first upload, when the samples' type is known.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`] where even slabs do not hold the volume: draw with the twin.
    pub fn new(gpu: &Gpu, volume: &Volume) -> Result<Self, RenderError> {
        let dims = volume.grid.dims;
        if slabs::plan(dims, 1, gpu.caps()).is_none() {
            return Err(too_large(gpu, dims));
        }
        let [width, height] = bricks::size([dims[0], dims[1]]);
        let in_bricks = slabs::plan([width, height, dims[2]], 1, gpu.caps());
        Ok(Self {
            dims,
            container: None,
            has_bricks: gpu.caps().brick_slices && in_bricks.is_some(),
            slabs: Vec::new(),
            is_uploaded: vec![false; dims[2] as usize],
            unreadable: 0,
            ready: None,
        })
    }

    /// Width and height of the textures.
    fn texture_size(&self) -> [u32; 2] {
        let size = [self.dims[0], self.dims[1]];
        if self.has_bricks {
            bricks::size(size)
        } else {
            size
        }
    }

    /// Whether it shows everything the volume holds, its gaps included.
    #[must_use]
    pub fn is_current(&self, volume: &Volume) -> bool {
        self.uploaded() == volume.loaded() && self.unreadable == volume.unreadable()
    }

    /// Video memory it takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let texel = u64::from(self.container.map_or(0, Container::texel_bytes));
        let [width, height] = self.texture_size();
        let slice = u64::from(width) * u64::from(height) * texel;
        let slices: u64 = self
            .slabs
            .iter()
            .map(|(slab, _)| slab.held.len() as u64)
            .sum();
        slices * slice
    }

    /// How many slices are there.
    #[must_use]
    pub fn uploaded(&self) -> usize {
        self.is_uploaded
            .iter()
            .filter(|is_there| **is_there)
            .count()
    }

    /// Uploads slices that the volume holds and the texture does not, up to about `byte_budget`
    /// bytes, at least one. `true` once nothing is left to upload for now.
    ///
    /// The bytes lie in staging memory until the next submit.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`], [`RenderError::OutOfMemory`], [`RenderError::Unsuitable`]: draw
    /// with the twin.
    pub fn upload_pending(
        &mut self,
        gpu: &Gpu,
        volume: &Volume,
        byte_budget: u64,
    ) -> Result<bool, RenderError> {
        let mut spent = 0_u64;
        for k in 0..self.is_uploaded.len() {
            if self.is_uploaded.get(k) != Some(&false) {
                continue;
            }
            let Ok(image) = volume.slice(k) else { continue };
            if spent > 0 && spent >= byte_budget {
                break;
            }
            spent += self.upload_slice(gpu, k, image)?;
        }
        let unreadable = volume.unreadable();
        if spent > 0 || self.ready.is_none() || self.unreadable != unreadable {
            self.ready = Some(self.describe(gpu, volume)?);
            self.unreadable = unreadable;
        }
        // Asked anew: a slice of a wider type sends all earlier ones back to the queue.
        let is_pending = |(k, is_uploaded): (usize, &bool)| !is_uploaded && volume.slice(k).is_ok();
        Ok(!self.is_uploaded.iter().enumerate().any(is_pending))
    }

    /// Uploads everything the volume holds, freeing the staging memory as it goes.
    ///
    /// # Errors
    /// As [`Self::upload_pending`].
    pub fn upload_all(&mut self, gpu: &Gpu, volume: &Volume) -> Result<(), RenderError> {
        const BATCH: u64 = 16 << 20;
        loop {
            let is_done = self.upload_pending(gpu, volume, BATCH)?;
            gpu.queue.submit([]);
            gpu.wait()?;
            if is_done {
                return Ok(());
            }
        }
    }

    /// Uploads one slice and says how many bytes that were.
    fn upload_slice(
        &mut self,
        gpu: &Gpu,
        k: usize,
        image: &FrameImage,
    ) -> Result<u64, RenderError> {
        let own = Container::of(&image.samples);
        let wanted = match self.container {
            None => own,
            Some(container) => container.join(own).ok_or(RenderError::Unsuitable)?,
        };
        if self.container != Some(wanted) {
            self.allocate(gpu, wanted)?;
        }
        let mut texels = texels(&image.samples, image.padding, wanted)?;
        if self.has_bricks {
            texels = bricks::arrange(&texels, image.size(), wanted.texel_bytes()).into();
        }
        let [width, height] = self.texture_size();
        let bytes_per_row = width * wanted.texel_bytes();
        let texels = texels
            .get(..bytes_per_row as usize * height as usize)
            .ok_or(RenderError::Unsuitable)?;
        for (slab, texture) in &self.slabs {
            if !slab.held.contains(&(k as u32)) {
                continue;
            }
            let mut target = texture.as_image_copy();
            target.origin.z = k as u32 - slab.held.start;
            gpu.queue.write_texture(
                target,
                texels,
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(bytes_per_row),
                    rows_per_image: None,
                },
                wgpu::Extent3d {
                    width,
                    height,
                    depth_or_array_layers: 1,
                },
            );
        }
        if let Some(is_uploaded) = self.is_uploaded.get_mut(k) {
            *is_uploaded = true;
        }
        Ok(texels.len() as u64)
    }

    /// Makes the textures; slices uploaded into narrower ones are uploaded again.
    fn allocate(&mut self, gpu: &Gpu, container: Container) -> Result<(), RenderError> {
        self.slabs.clear();
        self.is_uploaded.fill(false);
        self.ready = None;
        let [width, height] = self.texture_size();
        let size = [width, height, self.dims[2]];
        let plan = slabs::plan(size, container.texel_bytes(), gpu.caps())
            .ok_or_else(|| too_large(gpu, self.dims))?;
        for slab in plan {
            let depth = slab.held.len() as u32;
            let bytes = u64::from(width)
                * u64::from(height)
                * u64::from(depth)
                * u64::from(container.texel_bytes());
            let texture = gpu.checked(bytes, |device| {
                device.create_texture(&wgpu::TextureDescriptor {
                    label: Some("volume"),
                    size: wgpu::Extent3d {
                        width,
                        height,
                        depth_or_array_layers: depth,
                    },
                    mip_level_count: 1,
                    sample_count: 1,
                    dimension: wgpu::TextureDimension::D3,
                    format: container.format(),
                    usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                    view_formats: &[],
                })
            })?;
            self.slabs.push((slab, texture));
        }
        self.container = Some(container);
        Ok(())
    }

    /// The bind group of what is uploaded now.
    fn describe(&self, gpu: &Gpu, volume: &Volume) -> Result<Ready, RenderError> {
        let class = self.container.map_or(SampleClass::U32, Container::class);
        let slices: Vec<Result<&FrameImage, Blank>> = self
            .is_uploaded
            .iter()
            .enumerate()
            .map(|(k, is_uploaded)| match volume.slice(k) {
                Ok(_) if !is_uploaded => Err(Blank::NoData),
                slice => slice,
            })
            .collect();
        let is_plain = is_plain(&slices);
        let first = slices.iter().find_map(|slice| slice.ok());
        let mut atlas = Atlas::default();
        let rows: Vec<SliceRow> = slices
            .iter()
            .map(|slice| slice_row(*slice, class, &mut atlas))
            .collect();
        let lut = if atlas.entries.is_empty() {
            gpu.blanks.lut.clone()
        } else {
            lut_texture(gpu, &atlas.entries)?
        };
        let table = table_texture(gpu, rows)?;
        let [slope, intercept] = match first {
            Some(image) if is_plain => image.modality.affine(),
            _ => [1.0, 0.0],
        };
        let padding = first.and_then(|image| image.padding);
        let mut data = DataUniform {
            dims: self.dims.map(|n| n as i32),
            slope,
            intercept,
            padding: padding_bits(padding, class),
            slab_end: [i32::MAX; 4],
            ..DataUniform::default()
        };
        let mut views = Vec::new();
        let ends = data.slab_first.iter_mut().zip(&mut data.slab_end);
        for ((slab, texture), (first, end)) in self.slabs.iter().zip(ends) {
            *first = slab.held.start as i32;
            *end = slab.own.end as i32;
            views.push(texture.create_view(&wgpu::TextureViewDescriptor::default()));
        }
        // No position lies beyond the last slab.
        if let Some(end) = data.slab_end.get_mut(self.slabs.len().saturating_sub(1)) {
            *end = i32::MAX;
        }
        let buffer = uniform_buffer(gpu, bytemuck::bytes_of(&data));
        let slab = |at: usize| {
            let view = views.get(at).unwrap_or_else(|| gpu.blanks.volume(class));
            wgpu::BindingResource::TextureView(view)
        };
        let resources = [
            slab(0),
            buffer.as_entire_binding(),
            wgpu::BindingResource::TextureView(&lut),
            wgpu::BindingResource::TextureView(&table),
            slab(1),
            slab(2),
            slab(3),
        ];
        let entries: Vec<_> = (0..)
            .zip(resources)
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let bind_group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("volume"),
            layout: gpu.pipelines.data_layout(ShaderId::Reslice, class),
            entries: &entries,
        });
        Ok(Ready {
            bind_group,
            class,
            has_blanks: padding.is_some() || class == SampleClass::F32,
            has_lut: !atlas.entries.is_empty(),
            has_table: !is_plain,
            has_bricks: self.has_bricks,
            has_slabs: self.slabs.len() > 1,
            photometric: volume.photometric(),
        })
    }

    /// What a pass binds; `None` before the first upload.
    pub(crate) const fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }
}

fn too_large(gpu: &Gpu, [width, height, depth]: [u32; 3]) -> RenderError {
    RenderError::TooLarge {
        width,
        height,
        depth,
        limit: gpu.caps().max_3d,
    }
}

/// Modality tables of all slices, each once, one behind the other.
#[derive(Default)]
struct Atlas<'a> {
    entries: Vec<u16>,
    luts: Vec<(&'a Lut, u32)>,
}

impl<'a> Atlas<'a> {
    fn start_of(&mut self, lut: &'a Lut) -> u32 {
        let is_same = |other: &Lut| std::ptr::eq(lut, other) || *lut == *other;
        if let Some((_, start)) = self.luts.iter().find(|(other, _)| is_same(other)) {
            return *start;
        }
        let start = self.entries.len() as u32;
        self.entries.extend_from_slice(&lut.entries);
        self.luts.push((lut, start));
        start
    }
}

fn slice_row<'a>(
    slice: Result<&'a FrameImage, Blank>,
    class: SampleClass,
    atlas: &mut Atlas<'a>,
) -> SliceRow {
    let image = match slice {
        Ok(image) => image,
        Err(blank) => {
            let state = if blank == Blank::Gap { GAP } else { NO_DATA };
            return SliceRow {
                state_and_lut_count: state,
                ..SliceRow::default()
            };
        }
    };
    let [slope, intercept] = image.modality.affine();
    let lut = image.modality.lut();
    SliceRow {
        slope,
        intercept,
        state_and_lut_count: VALID | (lut.map_or(0, |lut| lut.entries.len() as u32) << 2),
        pixels_held: image.pixels_held() as u32,
        padding: padding_bits(image.padding, class),
        lut_first: lut.map_or(0, |lut| lut.first),
        lut_start: lut.map_or(0, |lut| atlas.start_of(lut)),
    }
}

fn table_texture(gpu: &Gpu, mut rows: Vec<SliceRow>) -> Result<wgpu::TextureView, RenderError> {
    let height = rows.len().div_ceil(TABLE_SLICES).max(1);
    rows.resize(height * TABLE_SLICES, SliceRow::default());
    texture_2d(
        gpu,
        [TABLE_SLICES as u32 * 2, height as u32],
        wgpu::TextureFormat::Rgba32Uint,
        bytemuck::cast_slice(&rows),
    )
}
