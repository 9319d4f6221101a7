//! A frame as it was acquired.

use super::arguments::{Place, Request};
use super::layers::Layers;
use super::{Device, Rendered, drawing, presentation};
use crate::dicom::modules::ImagePlaneModule;
use crate::engine::InstanceSource;
use crate::geom::{DAffine2, DVec2, DVec3};
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{FrameImage, Look, Picture, full_range};
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, FrameKey, Library};
use crate::objects::presentation_state::PresentationState;
use crate::problem::{Message, msg};
use crate::render::pass::slice;
use crate::render::{FrameTexture, Gpu, RenderError};
use crate::view::{
    Camera, ResolvedKind, ResolvedView, StackGeometry, ViewMode, presented_camera, resolve_stack,
    resolve_voi,
};

/// The frame asked for.
pub(super) fn render(
    library: &Library,
    set: &DisplaySet,
    request: &Request,
    by: Option<&PresentationState>,
    (device, layers): (&Device, &Layers),
    ctx: &JobCtx,
) -> Result<(Rendered, Vec<Message>), Message> {
    let key = match request.place {
        Place::Middle => {
            let first = by.and_then(|state| presentation::first(library, state, set));
            key_at(set, first.unwrap_or(set.frames.len() / 2))?
        }
        Place::Index(index) => key_at(set, index as usize)?,
        Place::At(point) => nearest(library, set, point)?,
    };
    let own = decode(library, key, ctx)?;
    let (frame, geometry, camera, size_px) = if let Some(state) = by {
        let (frame, mut geometry) = presentation::apply(library, state, key, &own)?;
        let size_px = request.size_px.unwrap_or_else(|| {
            geometry.pixel_aspect = 1.0;
            presentation::own_size(state, &geometry)
        });
        (frame, geometry, presented_camera(state), size_px)
    } else {
        let geometry = StackGeometry::of(&own);
        let size_px = request.size_px.unwrap_or([own.columns, own.rows]);
        (own, geometry, Camera::default(), size_px)
    };
    let resolved = resolve_stack(&camera, &geometry, size_of(size_px));
    let is_one_to_one = by.is_none() && request.size_px.is_none();
    let voi = resolve_voi(request.voi.choice(&frame.vois)?, &frame, || {
        full_range(&frame)
    });
    let mut look = Look::new(voi).with_filter(request.filter);
    look.marks = request.marks.look();
    if let Some(state) = by {
        look.marks.overlays_rgb = state.overlays_rgb([u8::MAX; 3]);
    }
    let view = SliceView {
        size_px,
        image_from_screen: if is_one_to_one {
            DAffine2::IDENTITY // whatever the shape of its pixels
        } else {
            image_from_screen(&resolved)
        },
        look,
    };
    let mut rendered = match (device, request.wants_values) {
        (Device::Cpu, false) => Rendered::Picture(slice_twin::render(&frame, &view)),
        (Device::Cpu, true) => Rendered::Values(slice_twin::modality_values(
            &frame,
            view.size_px,
            view.image_from_screen,
            request.filter,
        )),
        (Device::Gpu(gpu), false) => {
            Rendered::Picture(gpu_picture(gpu, &frame, &view).map_err(|error| error.message())?)
        }
        (Device::Gpu(gpu), true) => {
            Rendered::Values(gpu_values(gpu, &frame, &view).map_err(|error| error.message())?)
        }
    };
    if let (Some(state), Rendered::Picture(picture)) = (by, &mut rendered)
        && request.marks.overlays
    {
        let marks = presentation::marks(library, state, key, &resolved);
        drawing::draw_over(picture, &marks);
    }
    // Values know nothing of what lies over them.
    let marks = frame.marks.as_ref().filter(|_| !request.wants_values);
    let mut faults = marks.map_or_else(Vec::new, |marks| marks.faults.clone());
    if !request.wants_values {
        faults.extend(frame.colour.clone().and_then(Result::err));
    }
    if let Some(state) = by.filter(|_| !request.wants_values) {
        faults.extend(state.faults.iter().cloned());
    }
    if let Rendered::Picture(picture) = &mut rendered {
        let [width, height] = view.size_px.map(f64::from);
        let resolved = ResolvedView {
            size_px: DVec2::new(width, height),
            kind: ResolvedKind::Image {
                // The pass counts from the centre of the first pixel, a view from its corner.
                image_from_screen: view.image_from_screen
                    * DAffine2::from_translation(DVec2::splat(-0.5)),
                patient_from_image: geometry.patient_from_image,
                pixel_mm: geometry.pixel_mm,
                image_size: geometry.image_size,
            },
        };
        let shown = (set, ViewMode::Stack, key);
        faults.extend(layers.lay_over(picture, library, shown, &resolved, device));
    }
    Ok((rendered, faults))
}

fn gpu_picture(gpu: &Gpu, frame: &FrameImage, view: &SliceView) -> Result<Picture, RenderError> {
    slice::render(gpu, &FrameTexture::new(gpu, frame)?, view)
}

fn gpu_values(gpu: &Gpu, frame: &FrameImage, view: &SliceView) -> Result<Vec<f32>, RenderError> {
    let texture = FrameTexture::new(gpu, frame)?;
    slice::render_values(
        gpu,
        &texture,
        view.size_px,
        view.image_from_screen,
        view.look.filter,
    )
}

fn size_of(size_px: [u32; 2]) -> DVec2 {
    DVec2::new(f64::from(size_px[0]), f64::from(size_px[1]))
}

/// A view counts from the corner of the first pixel, the pass from its centre.
fn image_from_screen(view: &ResolvedView) -> DAffine2 {
    match view.kind {
        ResolvedKind::Image {
            image_from_screen, ..
        } => image_from_screen * DAffine2::from_translation(DVec2::splat(0.5)),
        ResolvedKind::Plane { .. } => DAffine2::IDENTITY,
    }
}

fn key_at(set: &DisplaySet, index: usize) -> Result<FrameKey, Message> {
    set.frames.get(index).copied().ok_or_else(|| {
        Message::new(msg("cli-no-such-index"))
            .count("index", index + 1)
            .count("count", set.frames.len())
    })
}

fn decode(library: &Library, key: FrameKey, ctx: &JobCtx) -> Result<FrameImage, Message> {
    let header = library
        .header(key.instance)
        .ok_or_else(|| Message::new(msg("cli-no-images")))?;
    InstanceSource::new(std::sync::Arc::clone(header)).frame(key.frame, ctx)
}

fn plane_of(library: &Library, key: FrameKey) -> Option<ImagePlaneModule> {
    library
        .instance(key.instance)?
        .facts
        .frame(key.frame)?
        .plane
}

/// The frame whose plane is nearest to a patient point.
fn nearest(library: &Library, set: &DisplaySet, point: DVec3) -> Result<FrameKey, Message> {
    let mut best: Option<(f64, FrameKey)> = None;
    for key in set.frames.iter() {
        let Some(plane) = plane_of(library, *key) else {
            continue;
        };
        let distance = (point - plane.origin).dot(plane.normal()).abs();
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, *key));
        }
    }
    let (_, key) = best.ok_or_else(|| Message::new(msg("cli-no-positions")))?;
    Ok(key)
}
