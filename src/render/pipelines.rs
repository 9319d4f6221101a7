//! Pipelines: made when first needed, one for each variant, and kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use eframe::wgpu;

use crate::imaging::voi::VoiStage;
use crate::imaging::{Filter, Look};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::shaders::{self, SampleClass, ShaderId};
use crate::volume::LayerSamples;

/// What a pass writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// Display levels into a target of 8 bits a channel.
    Display(wgpu::TextureFormat),
    /// Modality values beside their state, two floats.
    Values,
}

impl Output {
    /// Format of the target.
    #[must_use]
    pub const fn format(self) -> wgpu::TextureFormat {
        match self {
            Self::Display(format) => format,
            Self::Values => wgpu::TextureFormat::Rg32Float,
        }
    }
}

/// Which VOI stage a pipeline is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VoiVariant {
    Ramp,
    Sigmoid,
    Table,
}

impl VoiVariant {
    /// The one of a look.
    pub fn of(look: &Look) -> Self {
        match VoiStage::new(&look.voi) {
            VoiStage::Ramp { .. } => Self::Ramp,
            VoiStage::Sigmoid { .. } => Self::Sigmoid,
            VoiStage::Lut(_) => Self::Table,
        }
    }
}

/// Which voxels a pipeline lays over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerVoxels {
    /// It draws the picture itself.
    None,
    Labels,
    Shares,
    Doses,
}

impl LayerVoxels {
    /// Those of some samples.
    pub const fn of(samples: &LayerSamples) -> Self {
        match samples {
            LayerSamples::Labels(_) => Self::Labels,
            LayerSamples::Shares { .. } => Self::Shares,
            LayerSamples::Doses(_) => Self::Doses,
        }
    }
}

/// All that makes one pipeline differ from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipelineKey {
    pub shader: ShaderId,
    pub class: SampleClass,
    pub output: Output,
    pub filter: Filter,
    pub voi: VoiVariant,
    pub has_display: bool,
    pub has_palette: bool,
    pub has_blanks: bool,
    pub has_lut: bool,
    pub has_marks: bool,
    pub has_table: bool,
    pub has_bricks: bool,
    pub has_slabs: bool,
    pub voxels: LayerVoxels,
}

struct Entry {
    pipeline: wgpu::RenderPipeline,
    revision: Option<SystemTime>,
}

type Module = (wgpu::ShaderModule, Option<SystemTime>);

/// The pipelines and the layouts they share.
pub struct Pipelines {
    /// Group 1: one pane.
    pub view_layout: wgpu::BindGroupLayout,
    /// Group 1 of the layer pass: one layer in one pane.
    pub layer_layout: wgpu::BindGroupLayout,
    /// Group 0 of the slice passes, by sample class.
    slice_layouts: [wgpu::BindGroupLayout; 3],
    /// Group 0 of the reslice pass, by sample class.
    volume_layouts: [wgpu::BindGroupLayout; 3],
    /// Group 0 of the layer pass, by sample class.
    voxel_layouts: [wgpu::BindGroupLayout; 3],
    made: Mutex<HashMap<PipelineKey, Entry>>,
    modules: Mutex<HashMap<(ShaderId, SampleClass), Module>>,
}

fn texture_entry(
    binding: u32,
    sample_type: wgpu::TextureSampleType,
    view_dimension: wgpu::TextureViewDimension,
) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type,
            view_dimension,
            multisampled: false,
        },
        count: None,
    }
}

fn uniform_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}

const fn sample_type(class: SampleClass) -> wgpu::TextureSampleType {
    match class {
        SampleClass::I32 => wgpu::TextureSampleType::Sint,
        SampleClass::U32 => wgpu::TextureSampleType::Uint,
        SampleClass::F32 => wgpu::TextureSampleType::Float { filterable: false },
    }
}

const fn class_index(class: SampleClass) -> usize {
    match class {
        SampleClass::I32 => 0,
        SampleClass::U32 => 1,
        SampleClass::F32 => 2,
    }
}

impl Pipelines {
    pub fn new(device: &wgpu::Device) -> Self {
        use wgpu::TextureViewDimension::{D2, D3};
        let lut = |binding| texture_entry(binding, wgpu::TextureSampleType::Uint, D2);
        let layout = |label, entries: &[wgpu::BindGroupLayoutEntry]| {
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries,
            })
        };
        Self {
            view_layout: layout("view", &[uniform_entry(0), lut(1)]),
            layer_layout: layout("layer", &[uniform_entry(0), lut(1), uniform_entry(2)]),
            slice_layouts: SampleClass::ALL.map(|class| {
                let frame = texture_entry(0, sample_type(class), D2);
                layout("frame", &[frame, uniform_entry(1), lut(2), lut(3)])
            }),
            volume_layouts: SampleClass::ALL.map(|class| {
                let slab = |binding| texture_entry(binding, sample_type(class), D3);
                let entries = [
                    slab(0),
                    uniform_entry(1),
                    lut(2),
                    lut(3),
                    slab(4),
                    slab(5),
                    slab(6),
                ];
                layout("volume", &entries)
            }),
            voxel_layouts: SampleClass::ALL.map(|class| {
                let voxels = texture_entry(0, sample_type(class), D3);
                layout("voxels", &[voxels, uniform_entry(1)])
            }),
            made: Mutex::default(),
            modules: Mutex::default(),
        }
    }

    /// The layout of group 0.
    #[expect(clippy::indexing_slicing, reason = "three classes, three layouts")]
    pub fn data_layout(&self, shader: ShaderId, class: SampleClass) -> &wgpu::BindGroupLayout {
        match shader {
            ShaderId::Slice | ShaderId::SliceColour => &self.slice_layouts[class_index(class)],
            ShaderId::Reslice => &self.volume_layouts[class_index(class)],
            ShaderId::Layer => &self.voxel_layouts[class_index(class)],
        }
    }

    /// The pipeline of a variant, made now if it is the first time. In debug builds it is made
    /// again when a shader file changed; one that fails is reported and the old one kept.
    pub fn get(&self, gpu: &Gpu, key: PipelineKey) -> Result<wgpu::RenderPipeline, RenderError> {
        let revision = shaders::revision();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = made.get_mut(&key) {
            if entry.revision != revision {
                entry.revision = revision;
                match self.make(gpu, key, revision) {
                    Ok(pipeline) => entry.pipeline = pipeline,
                    Err(error) => gpu.report(error.to_string()),
                }
            }
            return Ok(entry.pipeline.clone());
        }
        let pipeline = self.make(gpu, key, revision)?;
        let entry = Entry {
            pipeline: pipeline.clone(),
            revision,
        };
        made.insert(key, entry);
        Ok(pipeline)
    }

    fn module(
        &self,
        device: &wgpu::Device,
        key: PipelineKey,
        revision: Option<SystemTime>,
    ) -> wgpu::ShaderModule {
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((module, made_at)) = modules.get(&(key.shader, key.class))
            && *made_at == revision
        {
            return module.clone();
        }
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(key.class.name()),
            source: wgpu::ShaderSource::Wgsl(shaders::text(key.shader, key.class).into()),
        });
        modules.insert((key.shader, key.class), (module.clone(), revision));
        module
    }

    fn make(
        &self,
        gpu: &Gpu,
        key: PipelineKey,
        revision: Option<SystemTime>,
    ) -> Result<wgpu::RenderPipeline, RenderError> {
        let filter = match key.filter {
            Filter::Nearest => 0.0,
            Filter::Linear => 1.0,
            Filter::Cubic => 2.0,
        };
        let voi = match key.voi {
            VoiVariant::Ramp => 0.0,
            VoiVariant::Sigmoid => 1.0,
            VoiVariant::Table => 2.0,
        };
        let flag = |is_set: bool| f64::from(u8::from(is_set));
        let constants = [
            ("FILTER", filter),
            ("VOI", voi),
            ("HAS_DISPLAY", flag(key.has_display)),
            ("HAS_PALETTE", flag(key.has_palette)),
            ("HAS_BLANKS", flag(key.has_blanks)),
            ("HAS_LUT", flag(key.has_lut)),
            ("HAS_MARKS", flag(key.has_marks)),
            ("HAS_TABLE", flag(key.has_table)),
            ("HAS_BRICKS", flag(key.has_bricks)),
            ("HAS_SLABS", flag(key.has_slabs)),
        ];
        let kind = match key.voxels {
            LayerVoxels::None => None,
            LayerVoxels::Labels => Some([("KIND", 0.0)]),
            LayerVoxels::Shares => Some([("KIND", 1.0)]),
            LayerVoxels::Doses => Some([("KIND", 2.0)]),
        };
        let pane_layout = if kind.is_some() {
            &self.layer_layout
        } else {
            &self.view_layout
        };
        // A picture is what its shader writes; only what is laid over one is blended with it.
        let target = wgpu::ColorTargetState {
            blend: kind.map(|_| wgpu::BlendState::ALPHA_BLENDING),
            ..key.output.format().into()
        };
        gpu.checked(0, |device| {
            let module = self.module(device, key, revision);
            let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: &[
                    Some(self.data_layout(key.shader, key.class)),
                    Some(pane_layout),
                ],
                immediate_size: 0,
            });
            let options = wgpu::PipelineCompilationOptions {
                constants: kind.as_ref().map_or(&constants[..], |kind| &kind[..]),
                ..Default::default()
            };
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: None,
                layout: Some(&layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some("vs_cover"),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    buffers: &[],
                },
                primitive: wgpu::PrimitiveState::default(),
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(match key.output {
                        Output::Display(_) => "fs_display",
                        Output::Values => "fs_values",
                    }),
                    compilation_options: options,
                    targets: &[Some(target)],
                }),
                multiview_mask: None,
                cache: None,
            })
        })
    }
}
