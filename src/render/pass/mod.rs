//! What is drawn: one file a pass, and the pane that all of them prepare.

use eframe::wgpu;

use crate::imaging::grey_chain::Look;
use crate::imaging::{DisplayLut, Lut, VoiTransform};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::pipelines::PipelineKey;
use crate::render::texture::{lut_texture, uniform_buffer};
use crate::render::uniforms::ViewUniform;

pub mod layer;
pub mod reslice;
pub mod slice;

/// Values need no grey; any look will do.
pub(crate) fn values_look(filter: crate::imaging::Filter) -> Look {
    Look::new(VoiTransform::Window {
        center: 0.0,
        width: 1.0,
        function: crate::imaging::VoiFunction::Linear,
    })
    .with_filter(filter)
}

/// The tables of a look, as last uploaded.
#[derive(PartialEq, Default)]
struct Tables {
    voi: Option<std::sync::Arc<Lut>>,
    display: Option<DisplayLut>,
}

/// One place on screen: its own uniforms and tables, so that no pane shows another's window.
pub struct Pane {
    uniform: wgpu::Buffer,
    tables: Tables,
    bind_group: wgpu::BindGroup,
    prepared: Option<Prepared>,
}

/// A pipeline with what it reads.
type Prepared = (wgpu::RenderPipeline, wgpu::BindGroup);

/// Draws over the whole viewport of the pass; nothing if nothing is prepared.
fn draw(pass: &mut wgpu::RenderPass<'_>, prepared: Option<&Prepared>, view: &wgpu::BindGroup) {
    if let Some((pipeline, data)) = prepared {
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, data, &[]);
        pass.set_bind_group(1, view, &[]);
        pass.draw(0..3, 0..1);
    }
}

impl Pane {
    /// An empty one.
    #[must_use]
    pub fn new(gpu: &Gpu) -> Self {
        let uniform = uniform_buffer(gpu, bytemuck::bytes_of(&ViewUniform::default()));
        let bind_group = view_bind_group(gpu, &uniform, &gpu.blanks.lut);
        Self {
            uniform,
            tables: Tables::default(),
            bind_group,
            prepared: None,
        }
    }

    /// Draws what was last prepared over the whole viewport of the pass; nothing if preparing
    /// failed. The viewport's origin must be what was given to `prepare`.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        draw(pass, self.prepared.as_ref(), &self.bind_group);
    }

    fn prepare(
        &mut self,
        gpu: &Gpu,
        key: PipelineKey,
        data: &wgpu::BindGroup,
        look: &Look,
        uniform: &ViewUniform,
    ) -> Result<(), RenderError> {
        self.prepared = None;
        let tables = Tables {
            voi: match &look.voi {
                VoiTransform::Lut(lut) => Some(std::sync::Arc::clone(lut)),
                VoiTransform::Window { .. } => None,
            },
            display: look.display.clone(),
        };
        if tables != self.tables {
            let mut entries = Vec::new();
            if let Some(voi) = &tables.voi {
                entries.extend_from_slice(&voi.entries);
            }
            if let Some(display) = &tables.display {
                entries.extend_from_slice(display.entries());
            }
            let lut = if entries.is_empty() {
                gpu.blanks.lut.clone()
            } else {
                lut_texture(gpu, &entries)?
            };
            self.bind_group = view_bind_group(gpu, &self.uniform, &lut);
            self.tables = tables;
        }
        gpu.queue
            .write_buffer(&self.uniform, 0, bytemuck::bytes_of(uniform));
        let pipeline = gpu.pipelines.get(gpu, key)?;
        self.prepared = Some((pipeline, data.clone()));
        Ok(())
    }
}

fn view_bind_group(gpu: &Gpu, uniform: &wgpu::Buffer, lut: &wgpu::TextureView) -> wgpu::BindGroup {
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("pane"),
        layout: &gpu.pipelines.view_layout,
        entries: &[
            wgpu::BindGroupEntry {
                binding: 0,
                resource: uniform.as_entire_binding(),
            },
            wgpu::BindGroupEntry {
                binding: 1,
                resource: wgpu::BindingResource::TextureView(lut),
            },
        ],
    })
}
