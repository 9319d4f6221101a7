//! A frame as it was acquired.

use super::arguments::{Place, Request};
use super::{Device, Rendered};
use crate::dicom::modules::ImagePlaneModule;
use crate::engine::InstanceSource;
use crate::geom::{DAffine2, DVec2, DVec3};
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{FrameImage, Look, Picture, full_range};
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, FrameKey, Library};
use crate::problem::{Message, msg};
use crate::render::pass::slice;
use crate::render::{FrameTexture, Gpu, RenderError};
use crate::view::{Camera, ResolvedKind, StackGeometry, resolve_stack, resolve_voi};

/// The frame asked for.
pub(super) fn render(
    library: &Library,
    set: &DisplaySet,
    request: &Request,
    device: &Device,
    ctx: &JobCtx,
) -> Result<(Rendered, Vec<Message>), Message> {
    let frame = match request.place {
        Place::Middle => decode(library, set, set.frames.len() / 2, ctx)?,
        Place::Index(index) => decode(library, set, index as usize, ctx)?,
        Place::At(point) => nearest(library, set, point, ctx)?,
    };
    let voi = resolve_voi(request.voi.choice(&frame.vois)?, &frame, || {
        full_range(&frame)
    });
    let mut look = Look::new(voi).with_filter(request.filter);
    look.marks = request.marks.look();
    let view = SliceView {
        size_px: request.size_px.unwrap_or([frame.columns, frame.rows]),
        image_from_screen: image_from_screen(&frame, request.size_px),
        look,
    };
    let rendered = match (device, request.wants_values) {
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
    // Values know nothing of what lies over them.
    let marks = frame.marks.as_ref().filter(|_| !request.wants_values);
    let mut faults = marks.map_or_else(Vec::new, |marks| marks.faults.clone());
    if !request.wants_values {
        faults.extend(frame.colour.clone().and_then(Result::err));
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

/// Without a size, one pixel a sample; with one, the whole frame fitted into it.
fn image_from_screen(frame: &FrameImage, size_px: Option<[u32; 2]>) -> DAffine2 {
    let Some(size_px) = size_px else {
        return DAffine2::IDENTITY;
    };
    let size = DVec2::new(f64::from(size_px[0]), f64::from(size_px[1]));
    match resolve_stack(&Camera::default(), &StackGeometry::of(frame), size).kind {
        // A view counts from the corner of the first pixel, the pass from its centre.
        ResolvedKind::Image {
            image_from_screen, ..
        } => image_from_screen * DAffine2::from_translation(DVec2::splat(0.5)),
        ResolvedKind::Plane { .. } => DAffine2::IDENTITY,
    }
}

fn decode(
    library: &Library,
    set: &DisplaySet,
    index: usize,
    ctx: &JobCtx,
) -> Result<FrameImage, Message> {
    let key = set.frames.get(index).copied().ok_or_else(|| {
        Message::new(msg("cli-no-such-index"))
            .count("index", index + 1)
            .count("count", set.frames.len())
    })?;
    decode_key(library, key, ctx)
}

fn decode_key(library: &Library, key: FrameKey, ctx: &JobCtx) -> Result<FrameImage, Message> {
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
fn nearest(
    library: &Library,
    set: &DisplaySet,
    point: DVec3,
    ctx: &JobCtx,
) -> Result<FrameImage, Message> {
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
    decode_key(library, key, ctx)
}
