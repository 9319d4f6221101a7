//! The pixels of a pane on screen: drawn by the graphics adapter, or, where data do not fit it or
//! there is none, by the CPU twin as a texture whose pixels are the screen's own.

use std::sync::Arc;

use eframe::egui;
use egui::{Color32, Rect, TextureHandle, TextureOptions, Ui};

use super::PaneRect;
use super::showing::{Pixels, Showing};
use crate::geom::DAffine2;
use crate::geom::DVec2;
use crate::imaging::FrameImage;
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{Look, Picture};
use crate::view::ResolvedKind;

/// What is kept of the picture.
#[derive(Default)]
pub(super) struct PictureMemory {
    drawn: Option<(TwinKey, TextureHandle)>,
}

/// All a picture depends on.
#[derive(PartialEq)]
struct TwinKey {
    image: Arc<FrameImage>,
    view: SliceView,
}

pub(super) fn picture_ui(ui: &Ui, rect: &PaneRect, showing: &Showing, memory: &mut PictureMemory) {
    match &showing.pixels {
        Pixels::Frame(image) => frame(ui, rect, showing, image, memory),
        Pixels::Plane(..) | Pixels::Waiting | Pixels::Failed(_) => memory.drawn = None,
    }
}

/// The look of what is shown.
pub(super) fn look(showing: &Showing) -> Option<Look> {
    let mut look = Look::new(showing.voi.clone()?);
    look.filter = showing.state.look.filter;
    look.invert = showing.state.look.invert;
    Some(look)
}

/// How the passes and their twins count: the centre of a screen pixel at integers.
pub(super) const SCREEN_FROM_PIXEL: DAffine2 =
    DAffine2::from_mat2_translation(glam::DMat2::IDENTITY, DVec2::splat(0.5));

fn frame(
    ui: &Ui,
    rect: &PaneRect,
    showing: &Showing,
    image: &Arc<FrameImage>,
    memory: &mut PictureMemory,
) {
    let (
        Some(look),
        ResolvedKind::Image {
            image_from_screen, ..
        },
    ) = (look(showing), &showing.view.kind)
    else {
        return;
    };
    let key = TwinKey {
        image: Arc::clone(image),
        view: SliceView {
            size_px: rect.size_px,
            image_from_screen: *image_from_screen * SCREEN_FROM_PIXEL,
            look,
        },
    };
    let is_drawn = memory
        .drawn
        .as_ref()
        .is_some_and(|(drawn, _)| Arc::ptr_eq(&drawn.image, &key.image) && drawn.view == key.view);
    if !is_drawn {
        let picture = slice_twin::render(image, &key.view);
        upload(ui, memory, key, &picture);
    }
    if let Some((_, texture)) = &memory.drawn {
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter_at(rect.points)
            .image(texture.id(), rect.points, whole, Color32::WHITE);
    }
}

fn upload(ui: &Ui, memory: &mut PictureMemory, key: TwinKey, picture: &Picture) {
    let size = picture.size_px.map(|n| n as usize);
    let image = egui::ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    // A texture of the screen's own pixels: nearest takes each as it is.
    match memory.drawn.take() {
        Some((_, mut texture)) => {
            texture.set(image, TextureOptions::NEAREST);
            memory.drawn = Some((key, texture));
        }
        None => {
            let texture = ui.ctx().load_texture("pane", image, TextureOptions::NEAREST);
            memory.drawn = Some((key, texture));
        }
    }
}
