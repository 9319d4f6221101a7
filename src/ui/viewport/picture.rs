//! The pixels of a pane on screen: drawn by the graphics adapter, or, where data do not fit it or
//! there is none, by the CPU twin as a texture whose pixels are the screen's own.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use eframe::egui;
use eframe::egui_wgpu;
use eframe::wgpu;
use egui::{Color32, Rect, TextureHandle, TextureOptions, Ui};

use super::PaneRect;
use super::showing::{Pixels, Showing};
use crate::engine::{Prepared, TextureKey, Textures};
use crate::geom::{DAffine2, DVec2, PlanePose};
use crate::imaging::marks::OVERLAYS;
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{FrameImage, Look, Picture, VoiFunction, VoiTransform};
use crate::ui::theme::Theme;
use crate::view::ResolvedKind;
use crate::volume::{ReslicePlane, Volume, reslice};
use crate::workspace::{PaneId, Preview};

/// What is kept of the picture.
#[derive(Default)]
pub(super) struct PictureMemory {
    twin: Option<(TwinKey, TextureHandle)>,
}

/// All a picture of the twin depends on.
#[derive(PartialEq)]
enum TwinKey {
    Frame(TextureKey, SliceView),
    Preview(ByAddress, SliceView),
    /// The volume's address, how many of its slices were here, the plane and the look.
    Plane(usize, usize, ReslicePlane, Look),
}

/// Equal to itself alone.
struct ByAddress(Arc<Preview>);

impl PartialEq for ByAddress {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The window's textures, shared with the callbacks that draw.
pub(super) type SharedTextures = Arc<Mutex<Textures>>;

/// From the passes and their twins, where the centre of a screen pixel is at integers, to here,
/// where it is at .5.
const HALF_PIXEL: DVec2 = DVec2::splat(0.5);

/// Eight bits to as many levels of the screen.
const AS_IT_IS: VoiTransform = VoiTransform::Window {
    center: 127.5,
    width: 255.0,
    function: VoiFunction::LinearExact,
};

/// Draws them.
pub(super) fn picture_ui(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    showing: &Showing,
    theme: &Theme,
    textures: Option<&SharedTextures>,
    memory: &mut PictureMemory,
) {
    if let Pixels::Preview(preview) = &showing.pixels {
        preview_twin(ui, rect, showing, preview, memory);
        return;
    }
    let Some(look) = look(showing, theme) else {
        memory.twin = None;
        return;
    };
    match (&showing.pixels, &showing.view.kind) {
        (
            Pixels::Frame(image),
            ResolvedKind::Image {
                image_from_screen, ..
            },
        ) => {
            let Some(key) = showing.key else { return };
            let key = (key, showing.applied().map(|presented| presented.ix));
            let view = SliceView {
                size_px: rect.size_px,
                image_from_screen: *image_from_screen * DAffine2::from_translation(HALF_PIXEL),
                look,
            };
            frame(ui, pane, rect, (key, image), view, textures, memory);
        }
        (Pixels::Plane(volume, pose, mm_per_px), _) => {
            plane(
                ui,
                pane,
                rect,
                showing,
                (volume, pose, *mm_per_px),
                look,
                textures,
                memory,
            );
        }
        _ => memory.twin = None,
    }
}

/// The look of what is shown.
fn look(showing: &Showing, theme: &Theme) -> Option<Look> {
    let mut look = Look::new(showing.voi.clone()?);
    look.filter = showing.state.look.filter;
    look.invert = showing.state.look.invert;
    look.colours = showing.state.look.colours();
    look.marks = showing.state.look.marks.look();
    let [r, g, b, _] = theme.colours.image_overlay.to_array();
    look.marks.overlays_rgb = showing
        .applied()
        .map_or([[r, g, b]; OVERLAYS], |it| it.state.overlays_rgb([r, g, b]));
    Some(look)
}

fn frame(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    (key, image): (TextureKey, &Arc<FrameImage>),
    view: SliceView,
    textures: Option<&SharedTextures>,
    memory: &mut PictureMemory,
) {
    let prepared = textures.map_or(Prepared::Refused, |textures| {
        let mut textures = textures.lock().unwrap_or_else(PoisonError::into_inner);
        textures.prepare_frame(pane, key, image, &view, rect.min_px)
    });
    if let (Some(textures), Prepared::Whole | Prepared::Partly) = (textures, prepared) {
        memory.twin = None;
        callback(ui, pane, rect, textures, draw_picture);
        return;
    }
    let key = TwinKey::Frame(key, view.clone());
    twin(ui, rect, memory, key, || slice_twin::render(image, &view));
}

/// A preview is a picture already: drawn as it is, stretched over the area of its image. Never by
/// the textures of frames, which are kept by keys of frames.
fn preview_twin(
    ui: &Ui,
    rect: &PaneRect,
    showing: &Showing,
    preview: &Arc<Preview>,
    memory: &mut PictureMemory,
) {
    let ResolvedKind::Image {
        image_from_screen, ..
    } = &showing.view.kind
    else {
        return;
    };
    let mut look = Look::new(AS_IT_IS);
    look.filter = showing.state.look.filter;
    let picture_from_image = preview.picture_from_image();
    let view = SliceView {
        size_px: rect.size_px,
        image_from_screen: picture_from_image
            * *image_from_screen
            * DAffine2::from_translation(HALF_PIXEL),
        look,
    };
    let key = TwinKey::Preview(ByAddress(Arc::clone(preview)), view.clone());
    twin(ui, rect, memory, key, || {
        slice_twin::render(&preview.picture, &view)
    });
}

#[expect(
    clippy::too_many_arguments,
    reason = "a plane, its look and where they go"
)]
fn plane(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    showing: &Showing,
    (volume, pose, mm_per_px): (&Arc<Volume>, &PlanePose, f64),
    look: Look,
    textures: Option<&SharedTextures>,
    memory: &mut PictureMemory,
) {
    let plane = ReslicePlane::of_pose(pose, mm_per_px, rect.size_px);
    let set = showing.state.display_set;
    let prepared = textures.map_or(Prepared::Refused, |textures| {
        let mut textures = textures.lock().unwrap_or_else(PoisonError::into_inner);
        textures.prepare_plane(pane, set, volume, &plane, &look, rect.min_px)
    });
    if let (Some(textures), Prepared::Whole | Prepared::Partly) = (textures, prepared) {
        memory.twin = None;
        callback(ui, pane, rect, textures, draw_picture);
        if prepared == Prepared::Partly {
            ui.ctx().request_repaint();
        }
    } else {
        let here = volume.slices.iter().filter(|slice| slice.get().is_some());
        let address = Arc::as_ptr(volume) as usize;
        let key = TwinKey::Plane(address, here.count(), plane, look.clone());
        twin(ui, rect, memory, key, || {
            reslice::picture(volume, &plane, &look)
        });
    }
}

/// What of a pane's textures is drawn.
pub(super) type Drawing = fn(&Textures, PaneId, &mut wgpu::RenderPass<'static>);

/// Draws what the pane was prepared with, at its place in the window's own render pass.
struct Draw {
    pane: PaneId,
    drawing: Drawing,
    min_px: [i32; 2],
    size_px: [u32; 2],
    textures: SharedTextures,
}

/// The picture that the pane was prepared with.
fn draw_picture(textures: &Textures, pane: PaneId, pass: &mut wgpu::RenderPass<'static>) {
    if let Some(pane) = textures.pane(pane) {
        pane.draw(pass);
    }
}

/// Has something of a pane drawn in its place.
pub(super) fn callback(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    textures: &SharedTextures,
    drawing: Drawing,
) {
    let draw = Draw {
        pane,
        drawing,
        min_px: rect.min_px,
        size_px: rect.size_px,
        textures: Arc::clone(textures),
    };
    ui.painter_at(rect.points)
        .add(egui_wgpu::Callback::new_paint_callback(rect.points, draw));
}

impl egui_wgpu::CallbackTrait for Draw {
    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &egui_wgpu::CallbackResources,
    ) {
        let textures = self.textures.lock().unwrap_or_else(PoisonError::into_inner);
        // egui clamps a callback's viewport to the window, which would stretch a pane that is half
        // outside; the scissor cuts it as it is.
        let [left, top] = self.min_px.map(|px| px as f32);
        let [width, height] = self.size_px.map(|px| px as f32);
        pass.set_viewport(left, top, width, height, 0.0, 1.0);
        (self.drawing)(&textures, self.pane, pass);
    }
}

fn twin(
    ui: &Ui,
    rect: &PaneRect,
    memory: &mut PictureMemory,
    key: TwinKey,
    draw: impl FnOnce() -> Picture,
) {
    if memory.twin.as_ref().is_none_or(|(drawn, _)| *drawn != key) {
        let picture = draw();
        upload(ui, memory, key, &picture);
    }
    if let Some((_, texture)) = &memory.twin {
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter_at(rect.points)
            .image(texture.id(), rect.points, whole, Color32::WHITE);
    }
}

fn upload(ui: &Ui, memory: &mut PictureMemory, key: TwinKey, picture: &Picture) {
    let size = picture.size_px.map(|n| n as usize);
    let image = egui::ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    // A texture of the screen's own pixels: nearest takes each as it is.
    let texture = match memory.twin.take() {
        Some((_, mut texture)) => {
            texture.set(image, TextureOptions::NEAREST);
            texture
        }
        None => ui
            .ctx()
            .load_texture("pane", image, TextureOptions::NEAREST),
    };
    memory.twin = Some((key, texture));
}
