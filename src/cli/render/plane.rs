//! A plane through a volume.

use std::sync::Arc;

use super::arguments::{Place, Request, View};
use super::layers::Layers;
use super::{Device, Rendered};
use crate::cache::Budget;
use crate::engine::open;
use crate::geom::{AnatomicalPlane, DAffine2, DAffine3, DMat3, DVec2, DVec3, PlanePose};
use crate::imaging::{Look, full_range};
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, Library};
use crate::problem::{Message, msg};
use crate::render::pass::reslice as reslice_pass;
use crate::render::{Gpu, RenderError, VolumeTexture};
use crate::view::{
    Camera, Loading, ResolvedKind, ResolvedView, ViewMode, nearest_frame, resolve_plane,
    resolve_voi, step_mm,
};
use crate::volume::{ReslicePlane, Volume, VolumeGrid, reslice};

/// Pixels a side when no size is asked for.
const SIZE_DEFAULT: u32 = 512;

/// The plane asked for, with what could not be decoded.
pub(super) fn render(
    library: &Library,
    set: &DisplaySet,
    request: &Request,
    device: &Device,
    layers: &Layers,
    ctx: &JobCtx,
) -> Result<(Rendered, Vec<Message>), Message> {
    let volume = Arc::new(Volume::new(library.volume_plan(set.id)?.clone()));
    let plane = plane(&volume.grid, request)?;
    let loader = open::loader(
        library,
        set,
        Some(Arc::clone(&volume)),
        &Budget::of_this_machine(),
    )?;
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            // Nobody cancels a command line but by ending it.
            scope.spawn(|_| {
                let _done_or_cancelled = loader.run_all(ctx);
            });
        }
    });
    let mut failures = Vec::new();
    let mut middle = None;
    for (index, key) in set.frames.iter().enumerate() {
        match loader.get(index) {
            Loading::Failed(reason) => failures.push(failure(library, *key, reason)),
            Loading::Ready(frame) if index * 2 >= set.frames.len() && middle.is_none() => {
                middle = Some(frame)
            }
            Loading::Ready(_) | Loading::Waiting => {}
        }
    }
    let middle = middle
        .or_else(|| (0..set.frames.len()).find_map(|index| loader.get(index).ready().cloned()))
        .ok_or_else(|| {
            failures
                .first()
                .cloned()
                .unwrap_or_else(|| Message::new(msg("cli-no-images")))
        })?;
    let voi = request.voi.choice(&middle.vois)?;
    let look =
        Look::new(resolve_voi(voi, &middle, || full_range(&middle))).with_filter(request.filter);
    let mut rendered = match (device, request.wants_values) {
        (Device::Cpu, false) => Rendered::Picture(reslice::picture(&volume, &plane, &look)),
        (Device::Cpu, true) => Rendered::Values(reslice::values(&volume, &plane, request.filter)),
        (Device::Gpu(gpu), false) => {
            let texture = upload(gpu, &volume).map_err(|error| error.message())?;
            let picture = reslice_pass::render(gpu, &texture, &volume.grid, &plane, &look);
            Rendered::Picture(picture.map_err(|error| error.message())?)
        }
        (Device::Gpu(gpu), true) => {
            let texture = upload(gpu, &volume).map_err(|error| error.message())?;
            let values =
                reslice_pass::render_values(gpu, &texture, &volume.grid, &plane, request.filter);
            Rendered::Values(values.map_err(|error| error.message())?)
        }
    };
    if let Rendered::Picture(picture) = &mut rendered
        && let Some(key) = nearest_frame(&volume, plane.origin)
    {
        let mode = ViewMode::Mpr(AnatomicalPlane::Axial);
        let view = view_of(&plane);
        failures.extend(layers.lay_over(picture, library, (set, mode, key), &view, device));
    }
    Ok((rendered, failures))
}

/// The same pixels as a view: any steps will do, so they are those of an image lying there.
fn view_of(plane: &ReslicePlane) -> ResolvedView {
    let (right, down) = (plane.right_step, plane.down_step);
    let [width, height] = plane.size_px.map(f64::from);
    ResolvedView {
        size_px: DVec2::new(width, height),
        kind: ResolvedKind::Image {
            image_from_screen: DAffine2::from_translation(DVec2::splat(-0.5)),
            patient_from_image: Some(DAffine3::from_mat3_translation(
                DMat3::from_cols(right, down, right.cross(down).normalize_or_zero()),
                plane.origin,
            )),
            pixel_mm: Some(DVec2::new(right.length(), down.length())),
            image_size: plane.size_px,
        },
    }
}

fn upload(gpu: &Gpu, volume: &Volume) -> Result<VolumeTexture, RenderError> {
    let mut texture = VolumeTexture::new(gpu, volume)?;
    texture.upload_all(gpu, volume)?;
    Ok(texture)
}

fn failure(library: &Library, key: crate::model::FrameKey, reason: Message) -> Message {
    let path = library
        .header(key.instance)
        .map(|header| header.source.display_path().display().to_string());
    Message::new(msg("cli-passed-over"))
        .text("path", path.unwrap_or_default())
        .message("reason", reason)
}

/// The pixels asked for, in the patient.
fn plane(grid: &VolumeGrid, request: &Request) -> Result<ReslicePlane, Message> {
    let size_px = request.size_px.unwrap_or([SIZE_DEFAULT; 2]);
    match request.view {
        View::Plane([origin, right_step, down_step]) => Ok(ReslicePlane {
            origin,
            right_step,
            down_step,
            size_px,
        }),
        View::Anatomical(plane) => anatomical(grid, plane, request.place, size_px),
        View::Stack => anatomical(grid, AnatomicalPlane::Axial, request.place, size_px),
    }
}

/// The whole volume fitted into the picture, at the slice asked for.
fn anatomical(
    grid: &VolumeGrid,
    plane: AnatomicalPlane,
    place: Place,
    size_px: [u32; 2],
) -> Result<ReslicePlane, Message> {
    let (right, down) = plane.right_down();
    let through = match place {
        Place::Middle => grid.centre(),
        Place::At(point) => point,
        Place::Index(index) => slice_centre(grid, right.cross(down), index)?,
    };
    let size = DVec2::new(f64::from(size_px[0]), f64::from(size_px[1]));
    let view = resolve_plane(&Camera::default(), grid, right, down, through, size);
    match view.map(|view| view.kind) {
        Some(ResolvedKind::Plane { pose, mm_per_px }) => {
            Ok(ReslicePlane::of_pose(&pose, mm_per_px, size_px))
        }
        _ => Err(Message::new(msg("cli-no-images"))),
    }
}

/// The n-th slice along a normal, from the first voxel centre the plane meets, by the distance of
/// neighbouring voxels.
fn slice_centre(grid: &VolumeGrid, normal: DVec3, index: u32) -> Result<DVec3, Message> {
    let corners = (0..8_u32).map(|corner| {
        let last = DVec3::from_array(grid.dims.map(|n| f64::from(n.saturating_sub(1))));
        let pick = DVec3::new(
            f64::from(corner & 1),
            f64::from(corner >> 1 & 1),
            f64::from(corner >> 2),
        );
        grid.patient_from_voxel
            .transform_point3(last * pick)
            .dot(normal)
    });
    let (low, high) = corners.fold((f64::MAX, f64::MIN), |(low, high), at| {
        (low.min(at), high.max(at))
    });
    let step = step_mm(grid, normal);
    let count = ((high - low) / step + 1e-6).floor() as u32 + 1;
    if index >= count {
        return Err(Message::new(msg("cli-no-such-index"))
            .number("index", f64::from(index) + 1.0)
            .number("count", f64::from(count)));
    }
    let pose = PlanePose {
        centre: grid.centre(),
        right: DVec3::X,
        down: DVec3::Y,
    };
    Ok(pose.centre + normal * (low + step * f64::from(index) - pose.centre.dot(normal)))
}
