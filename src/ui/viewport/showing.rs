//! Which pixels a pane shows now, where and with which window.
//!
//! A frame that is not here yet leaves the last one of the same display set on screen, and then
//! everything (numbers, positions, drawings) is that of the frame on screen, never of the one
//! awaited.

use std::sync::Arc;

use super::memory::{LastFrame, PaneMemory, ValueRanges};
use crate::engine::TextureKey;
use crate::geom::{DVec2, DVec3, PlanePose};
use crate::imaging::{FrameImage, VoiTransform};
use crate::model::FrameKey;
use crate::objects::presentation_state::PresentedFrame;
use crate::problem::{Message, msg};
use crate::view::{
    Frames, Loading, Presented, ResolvedView, ShownData, ShownWindow, StackGeometry, ViewMode,
    ViewState, nearest_frame, resolve_plane, resolve_stack, resolve_voi, shown_data, with_own_zoom,
};
use crate::volume::Volume;
use crate::workspace::{PaneId, Preview, Workspace};

/// What fills the pane.
#[derive(Debug, Clone)]
pub(super) enum Pixels {
    /// A frame as it was acquired; as the presentation state shows it, where one is applied.
    Frame(Arc<FrameImage>),
    /// A plane through a volume.
    Plane(Arc<Volume>, PlanePose, f64),
    /// A picture that stands for a frame still on its way.
    Preview(Arc<Preview>),
    /// Nothing yet.
    Waiting,
    /// It cannot be shown, and why.
    Failed(Message),
}

/// A pane's content, resolved for this frame of the window.
#[derive(Debug, Clone)]
pub(super) struct Showing {
    /// The state, with the index of the frame that is on screen.
    pub state: ViewState,
    /// Where things lie.
    pub view: ResolvedView,
    /// Of which data; `None` while nothing is on screen.
    pub data: Option<ShownData>,
    /// The frame on screen, or the one of the volume nearest to the middle of the pane.
    pub key: Option<FrameKey>,
    /// The image that describes the values: the one on screen, or a slice of the volume.
    pub image: Option<Arc<FrameImage>>,
    /// The presentation state of the pane, if it has one.
    pub presented: Option<Presented>,
    /// The transform applied.
    pub voi: Option<VoiTransform>,
    /// The same in numbers; `None` in colour.
    pub window: Option<ShownWindow>,
    /// What fills the pane.
    pub pixels: Pixels,
    /// Something newer than what is on screen is awaited.
    pub is_waiting: bool,
    /// What of the series is not there.
    pub gaps: Gaps,
}

impl Showing {
    /// The image whose windows are offered: the one drawn.
    pub fn drawn_image(&self) -> Option<&Arc<FrameImage>> {
        match &self.pixels {
            Pixels::Frame(image) => Some(image),
            _ => self.image.as_ref(),
        }
    }

    /// The presentation state that is applied to the frame on screen.
    pub fn applied(&self) -> Option<&Presented> {
        self.presented.as_ref().filter(|it| it.is_for_frame)
    }
}

/// What of a series is not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps {
    /// Places between the slices that no file fills.
    pub missing: usize,
    /// What of its concatenation, or of what is on its way, is not there.
    pub parts: Option<Message>,
    /// Slices whose pixels cannot be read.
    pub unreadable: usize,
    /// Slices of which only the beginning is there.
    pub cut_off: usize,
    /// Why the plane shown runs along a slice that is not there, and its file if there is one.
    pub here: Option<(Message, Option<FrameKey>)>,
}

pub(super) fn showing(
    workspace: &Workspace,
    frames: &dyn Frames,
    (pane, state): (PaneId, &ViewState),
    memory: &mut PaneMemory,
    ranges: &mut ValueRanges,
    size_px: [u32; 2],
) -> Showing {
    let size = DVec2::new(size_px[0].into(), size_px[1].into());
    match state.mode {
        ViewMode::Stack => match workspace.awaited_preview(pane, state) {
            Some(preview) => previewed(workspace, state, preview, size),
            None => stack(workspace, frames, state, memory, ranges, size),
        },
        ViewMode::Mpr(_) => plane(workspace, frames, state, ranges, size),
    }
}

/// A pane without a picture: still one to point at and turn the wheel over.
fn blank(state: &ViewState, key: Option<FrameKey>, size: DVec2, pixels: Pixels) -> Showing {
    let nowhere = StackGeometry {
        image_size: [1, 1],
        pixel_aspect: 1.0,
        pixel_mm: None,
        patient_from_image: None,
        area: None,
    };
    Showing {
        state: state.clone(),
        view: resolve_stack(&state.camera, &nowhere, size),
        data: None,
        key,
        image: None,
        presented: None,
        voi: None,
        window: None,
        is_waiting: matches!(pixels, Pixels::Waiting),
        pixels,
        gaps: Gaps::default(),
    }
}

/// The picture in the place of the image: its area, and nothing that could be measured.
fn previewed(
    workspace: &Workspace,
    state: &ViewState,
    preview: &Arc<Preview>,
    size: DVec2,
) -> Showing {
    Showing {
        view: resolve_stack(&state.camera, &preview.geometry, size),
        is_waiting: true,
        gaps: stack_gaps(workspace, state),
        ..blank(state, None, size, Pixels::Preview(Arc::clone(preview)))
    }
}

fn stack(
    workspace: &Workspace,
    frames: &dyn Frames,
    state: &ViewState,
    memory: &mut PaneMemory,
    ranges: &mut ValueRanges,
    size: DVec2,
) -> Showing {
    let set = workspace.library.display_set(state.display_set);
    let Some(key) = set.and_then(|set| set.frames.get(state.index as usize).copied()) else {
        return blank(state, None, size, Pixels::Waiting);
    };
    let (image, key, state, is_waiting) = match frames.frame(key) {
        Loading::Ready(image) => (image, key, state.clone(), false),
        Loading::Failed(reason) => {
            let failed = Pixels::Failed(reason);
            return Showing {
                gaps: stack_gaps(workspace, state),
                ..blank(state, Some(key), size, failed)
            };
        }
        Loading::Waiting => {
            let last = memory
                .last
                .as_ref()
                .filter(|last| stands_for(workspace, last, state));
            if last.is_none_or(|last| last.key != key)
                && let Some(preview) = workspace.preview_of_frame(state)
            {
                return previewed(workspace, state, preview, size);
            }
            let Some(last) = last else {
                return blank(state, Some(key), size, Pixels::Waiting);
            };
            let shown = ViewState {
                display_set: last.state.display_set,
                index: last.state.index,
                ..state.clone()
            };
            (Arc::clone(&last.image), last.key, shown, true)
        }
    };
    memory.last = Some(LastFrame {
        state: state.clone(),
        key,
        image: Arc::clone(&image),
    });
    let image = workspace.calibrated_image(key, image);
    let mut state = state;
    let presented = workspace.presented(&state, key);
    let mut geometry = StackGeometry::of(&image);
    let mut drawn = Arc::clone(&image);
    if let Some(presented) = &presented
        && let Some(instance) = workspace.library.instance(key.instance)
    {
        let of = PresentedFrame {
            sop_instance_uid: &instance.facts.sop_instance_uid,
            frame: key.frame,
            pixel: &instance.facts.pixel,
        };
        let camera = presented.camera(&state);
        if presented.is_for_frame {
            drawn = memory.presented(key, presented, &image, of);
            let area = presented.state.area(of.sop_instance_uid, of.frame);
            geometry = geometry.presented(area.copied());
        } else {
            state.look.voi = presented.voi_elsewhere(&state, &image, of);
        }
        state.camera = with_own_zoom(&camera, &geometry, size);
    }
    let view = resolve_stack(&state.camera, &geometry, size);
    let applied = presented.as_ref().filter(|it| it.is_for_frame);
    let range_key = (key, applied.map(|it| it.ix));
    let (voi, window) = look(&state, &drawn, range_key, ranges);
    Showing {
        data: shown_data(&workspace.library, &state, key, &view),
        view,
        key: Some(key),
        voi: Some(voi),
        window,
        pixels: Pixels::Frame(drawn),
        image: Some(image),
        presented,
        is_waiting,
        gaps: stack_gaps(workspace, &state),
        state,
    }
}

/// Read slice by slice, a gap between two is not seen; so it is said.
fn stack_gaps(workspace: &Workspace, state: &ViewState) -> Gaps {
    if let Some(in_full) = workspace.in_full(state).filter(|it| !it.is_whole()) {
        return Gaps {
            parts: Some(in_full.words()),
            ..Gaps::default()
        };
    }
    let set = workspace.library.display_set(state.display_set);
    if let Some(track) = set.and_then(|set| workspace.track(set)) {
        // What has not come yet is not missing.
        return Gaps {
            parts: Some(track.words()),
            ..Gaps::default()
        };
    }
    let plan = workspace.library.volume_plan(state.display_set);
    Gaps {
        missing: plan.map_or(0, |plan| plan.report.missing.len()),
        parts: missing_parts(workspace, state),
        ..Gaps::default()
    }
}

fn missing_parts(workspace: &Workspace, state: &ViewState) -> Option<Message> {
    let set = workspace.library.display_set(state.display_set)?;
    let arriving = workspace.track(set).map(|track| track.words());
    arriving
        .or_else(|| workspace.part_words(set))
        .or_else(|| set.missing.clone())
}

/// Frames of a volume that will not come, and whether others still may.
fn volume_gaps(volume: &Volume, frames: &dyn Frames, at: DVec3, normal: DVec3) -> (Gaps, bool) {
    let mut gaps = Gaps::default();
    let mut is_filling = false;
    let here = slice_along(volume, at, normal);
    for (k, (slice, frame)) in volume.slices.iter().zip(&volume.frames).enumerate() {
        let image = slice.get();
        gaps.cut_off += usize::from(image.is_some_and(|image| image.missing.is_some()));
        let why = match frame {
            _ if image.is_some() => continue,
            None => {
                gaps.missing += 1;
                (Message::new(msg("viewport-slice-missing")), None)
            }
            Some(key) => match frames.frame(*key) {
                Loading::Failed(reason) => {
                    gaps.unreadable += 1;
                    (reason, Some(*key))
                }
                Loading::Waiting | Loading::Ready(_) => {
                    is_filling = true;
                    continue;
                }
            },
        };
        if here == Some(k) {
            gaps.here = Some(why);
        }
    }
    (gaps, is_filling)
}

/// The slice that a plane through this point runs along; `None` if it cuts through slices.
fn slice_along(volume: &Volume, at: DVec3, normal: DVec3) -> Option<usize> {
    let voxel_from_patient = volume.grid.voxel_from_patient();
    let across = voxel_from_patient.matrix3.transpose() * DVec3::Z; // the slices' own normal
    let is_along = across.normalize().dot(normal).abs() > 1.0 - 1e-6;
    let z = voxel_from_patient.transform_point3(at).z;
    let k = z.round();
    // Half-way between two slices either may be the one that is drawn.
    (is_along && k >= 0.0 && (z - k).abs() < 0.49).then_some(k as usize)
}

/// Whether the last frame may stay until the one awaited is here: it is of the same set, or of
/// another phase of it.
fn stands_for(workspace: &Workspace, last: &LastFrame, state: &ViewState) -> bool {
    let of_last = last.state.display_set;
    of_last == state.display_set
        || workspace
            .phase(state)
            .is_some_and(|phase| phase.sets.contains(&of_last))
}

fn plane(
    workspace: &Workspace,
    frames: &dyn Frames,
    state: &ViewState,
    ranges: &mut ValueRanges,
    size: DVec2,
) -> Showing {
    let ViewMode::Mpr(own) = state.mode else {
        return blank(state, None, size, Pixels::Waiting);
    };
    let volume = match frames.volume(state.display_set) {
        Loading::Ready(volume) => volume,
        Loading::Failed(reason) => return blank(state, None, size, Pixels::Failed(reason)),
        Loading::Waiting => return blank(state, None, size, Pixels::Waiting),
    };
    let Some(group) = workspace.panes.mpr.get(&state.display_set) else {
        return blank(state, None, size, Pixels::Waiting);
    };
    let pose = group.pose(own);
    let view = resolve_plane(
        &state.camera,
        &volume.grid,
        pose.right,
        pose.down,
        group.crosshair,
        size,
    );
    let (Some(view), Some((key, image))) = (view, described_by(&volume)) else {
        return blank(state, None, size, Pixels::Waiting);
    };
    let crate::view::ResolvedKind::Plane { pose, mm_per_px } = view.kind else {
        return blank(state, None, size, Pixels::Waiting);
    };
    let (voi, window) = look(state, &image, (key, None), ranges);
    let (mut gaps, is_filling) = volume_gaps(&volume, frames, group.crosshair, pose.normal());
    gaps.parts = missing_parts(workspace, state);
    let nearest = nearest_frame(&volume, group.crosshair).unwrap_or(key);
    Showing {
        state: state.clone(),
        data: shown_data(&workspace.library, state, nearest, &view),
        key: Some(nearest),
        view,
        image: Some(image),
        presented: None,
        voi: Some(voi),
        window,
        pixels: Pixels::Plane(volume, pose, mm_per_px),
        is_waiting: is_filling,
        gaps,
    }
}

/// The slice that speaks for a volume: the loaded one nearest to its middle.
fn described_by(volume: &Volume) -> Option<(FrameKey, Arc<FrameImage>)> {
    let middle = volume.slices.len() / 2;
    let mut outward = (0..=middle).flat_map(|step| [middle + step, middle.wrapping_sub(step)]);
    outward.find_map(|k| {
        let image = volume.slices.get(k)?.get()?;
        Some(((*volume.frames.get(k)?)?, Arc::clone(image)))
    })
}

fn look(
    state: &ViewState,
    image: &FrameImage,
    key: TextureKey,
    ranges: &mut ValueRanges,
) -> (VoiTransform, Option<ShownWindow>) {
    let voi = resolve_voi(state.look.voi, image, || ranges.get(key, image));
    let is_grey = image.samples.samples_per_pixel() == 1;
    let window = is_grey.then(|| {
        let range = ShownWindow::plausible_range(image)
            .or_else(|| ranges.get(key, image))
            .unwrap_or((0.0, 1.0));
        ShownWindow::of(&voi, image, state.look.invert, range)
    });
    (voi, window)
}
