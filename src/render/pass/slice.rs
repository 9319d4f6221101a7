//! One frame: `shaders/slice.wgsl` for grey, `shaders/slice_colour.wgsl` for colour. The twin is
//! [`crate::imaging::slice_twin`].

use eframe::wgpu;
use glam::DAffine2;

use crate::imaging::marks::reach;
use crate::imaging::{DisplayLut, Filter, Picture, SliceView, behind_voi};
use crate::render::error::RenderError;
use crate::render::gpu::Gpu;
use crate::render::offscreen::Offscreen;
use crate::render::pass::{Pane, values_look};
use crate::render::pipelines::{LayerVoxels, Output, PipelineKey, VoiVariant};
use crate::render::shaders::ShaderId;
use crate::render::texture::frame::FrameTexture;
use crate::render::uniforms::ViewUniform;

/// Makes a pane ready to draw a frame at `viewport_px` (top left, framebuffer px) of a target.
///
/// # Errors
/// [`RenderError::Unsuitable`] for values of a colour frame; [`RenderError::Failed`] if the device
/// refuses.
pub fn prepare(
    gpu: &Gpu,
    pane: &mut Pane,
    frame: &FrameTexture,
    view: &SliceView,
    viewport_px: [i32; 2],
    output: Output,
) -> Result<(), RenderError> {
    if frame.shader == ShaderId::SliceColour && output == Output::Values {
        return Err(RenderError::Unsuitable);
    }
    let (look, photometric) =
        behind_voi(&view.look, frame.photometric, frame.presentation.as_ref());
    let key = PipelineKey {
        shader: frame.shader,
        class: frame.class,
        output,
        filter: view.look.filter,
        voi: VoiVariant::of(&view.look),
        has_display: look.display.is_some(),
        has_palette: look.display.as_ref().is_some_and(DisplayLut::is_colour),
        has_blanks: frame.has_blanks,
        has_lut: frame.has_lut,
        has_marks: frame.marks.is_some(),
        has_table: false,
        has_bricks: false,
        has_slabs: false,
        voxels: LayerVoxels::None,
    };
    let stepper = view.stepper();
    let mut uniform = ViewUniform::new(stepper.as_ref(), &look, photometric, viewport_px);
    if let Some(marks) = &frame.marks {
        let reach = reach(&view.image_from_screen);
        uniform = uniform.with_marks(marks.shutter_rgb(&view.look), reach);
    }
    pane.prepare(gpu, key, &frame.bind_group, &look, &uniform)
}

/// The picture, drawn off screen.
///
/// # Errors
/// [`RenderError`]: draw with the twin.
pub fn render(gpu: &Gpu, frame: &FrameTexture, view: &SliceView) -> Result<Picture, RenderError> {
    let output = Output::Display(wgpu::TextureFormat::Rgba8Unorm);
    let target = Offscreen::new(gpu, view.size_px, output)?;
    let mut pane = Pane::new(gpu);
    prepare(gpu, &mut pane, frame, view, [0, 0], output)?;
    target.draw(gpu, &pane);
    target.read_picture(gpu)
}

/// Modality values of the picture's pixels, computed on the adapter; NaN where there is none.
///
/// # Errors
/// [`RenderError`]: use the twin.
pub fn render_values(
    gpu: &Gpu,
    frame: &FrameTexture,
    size_px: [u32; 2],
    image_from_screen: DAffine2,
    filter: Filter,
) -> Result<Vec<f32>, RenderError> {
    let view = SliceView {
        size_px,
        image_from_screen,
        look: values_look(filter),
    };
    let target = Offscreen::new(gpu, size_px, Output::Values)?;
    let mut pane = Pane::new(gpu);
    prepare(gpu, &mut pane, frame, &view, [0, 0], Output::Values)?;
    target.draw(gpu, &pane);
    target.read_values(gpu)
}
