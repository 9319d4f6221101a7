//! Segments, contours and doses over the picture of a pane.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use eframe::egui;
use eframe::wgpu;
use egui::{Color32, Painter, Pos2, Rect, Stroke, TextureHandle, TextureOptions, Ui, Vec2};

use super::PaneRect;
use super::picture::{SharedTextures, callback};
use super::showing::Showing;
use crate::engine::{LayerPrepared, Textures};
use crate::geom::DVec2;
use crate::model::InstanceIx;
use crate::objects::layer::LayerSpace;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::view::{KeptCuts, LayerDraw, LayerOver, LayerProbe, ViewMode};
use crate::volume::layer_twin;
use crate::volume::{LayerLook, LayerVolumeId, ReslicePlane};
use crate::workspace::{LayerState, PaneId, Workspace};

/// Width of outlines and contours, points.
const LINE_PT: f64 = 1.5;

/// What is kept of the layers over a pane.
#[derive(Default)]
pub(super) struct LayerMemory {
    cuts: BTreeMap<InstanceIx, Option<KeptCuts>>,
    twins: BTreeMap<LayerVolumeId, (ReslicePlane, LayerLook, TextureHandle)>,
}

/// The objects that lie over what a pane shows.
pub(super) fn over<'a>(
    workspace: &'a Workspace,
    showing: &'a Showing,
) -> Vec<(InstanceIx, LayerOver<'a>)> {
    let Some(shown) = &showing.data else {
        return Vec::new();
    };
    let is_stack = showing.state.mode == ViewMode::Stack;
    let layers = workspace.layers_over(showing.state.display_set);
    let layers = layers.filter_map(|(instance, record, space)| {
        let LayerState::Ready(layer) = &record.state else {
            return None;
        };
        let space = space?.ok()?;
        (is_stack || space == LayerSpace::Patient).then_some((
            instance,
            LayerOver {
                layer,
                space,
                setting: &record.setting,
                view: &showing.view,
                shown,
            },
        ))
    });
    layers.collect()
}

/// Draws them.
pub(super) fn layers_ui(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    (workspace, showing): (&Workspace, &Showing),
    textures: Option<&SharedTextures>,
    memory: &mut LayerMemory,
) {
    let over = over(workspace, showing);
    let line_px = (LINE_PT * rect.px_per_pt).round().max(1.0) as u32;
    let draws: Vec<LayerDraw> = over
        .iter()
        .flat_map(|(_, over)| over.draws(line_px))
        .collect();
    voxels_ui(ui, pane, rect, &draws, textures, memory);
    memory
        .cuts
        .retain(|instance, _| over.iter().any(|(other, _)| other == instance));
    let painter = ui.painter_at(rect.points);
    for (instance, over) in &over {
        contours_ui(&painter, rect, *instance, over, memory);
    }
}

fn voxels_ui(
    ui: &Ui,
    pane: PaneId,
    rect: &PaneRect,
    draws: &[LayerDraw],
    textures: Option<&SharedTextures>,
    memory: &mut LayerMemory,
) {
    let refused = vec![LayerPrepared::Refused; draws.len()];
    let prepared = textures.map_or(refused, |textures| {
        let mut textures = textures.lock().unwrap_or_else(PoisonError::into_inner);
        textures.prepare_layers(pane, draws, rect.min_px)
    });
    if prepared.contains(&LayerPrepared::Later) {
        ui.ctx().request_repaint();
    }
    if let Some(textures) = textures.filter(|_| prepared.contains(&LayerPrepared::Ready)) {
        callback(ui, pane, rect, textures, draw_layers);
    }
    let mut kept = BTreeMap::new();
    for (draw, _) in draws
        .iter()
        .zip(&prepared)
        .filter(|(_, prepared)| **prepared == LayerPrepared::Refused)
    {
        let id = draw.volume.id();
        let twin = memory
            .twins
            .remove(&id)
            .filter(|(plane, look, _)| *plane == draw.plane && *look == draw.look)
            .unwrap_or_else(|| twin(ui, draw));
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter_at(rect.points)
            .image(twin.2.id(), rect.points, whole, Color32::WHITE);
        kept.insert(id, twin);
    }
    memory.twins = kept;
}

fn twin(ui: &Ui, draw: &LayerDraw) -> (ReslicePlane, LayerLook, TextureHandle) {
    let picture = layer_twin::picture(&draw.volume, &draw.plane, &draw.look);
    let size = picture.size_px.map(|n| n as usize);
    let image = egui::ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    let texture = ui
        .ctx()
        .load_texture("layer", image, TextureOptions::NEAREST);
    (draw.plane, draw.look.clone(), texture)
}

/// The layers that the pane was prepared with, lowest first.
fn draw_layers(textures: &Textures, pane: PaneId, pass: &mut wgpu::RenderPass<'static>) {
    for layer in textures.layers(pane) {
        layer.draw(pass);
    }
}

fn contours_ui(
    painter: &Painter,
    rect: &PaneRect,
    instance: InstanceIx,
    over: &LayerOver<'_>,
    memory: &mut LayerMemory,
) {
    for cut in over.kept_cuts(memory.cuts.entry(instance).or_default()) {
        let [r, g, b] = cut.rgb;
        let colour = Color32::from_rgb(r, g, b);
        let on_screen = |point| Some(rect.pos(over.view.screen_from_patient(point)?.0));
        for line in &cut.lines.lines {
            let points: Option<Vec<Pos2>> = line.iter().map(|point| on_screen(*point)).collect();
            if let Some(points) = points {
                painter.line(points, Stroke::new(LINE_PT as f32, colour));
            }
        }
        for at in cut
            .lines
            .points
            .iter()
            .filter_map(|point| on_screen(*point))
        {
            for arm in [Vec2::X, Vec2::Y] {
                let stroke = Stroke::new(LINE_PT as f32, colour);
                painter.line_segment([at - arm * 4.0, at + arm * 4.0], stroke);
            }
        }
    }
}

/// What lies over the image under the pointer, in words.
pub(super) fn probe_text(
    workspace: &Workspace,
    showing: &Showing,
    words: &Words,
    at_px: DVec2,
) -> String {
    let over = over(workspace, showing);
    let found = over.iter().flat_map(|(_, over)| over.probe(at_px));
    let parts: Vec<String> = found.map(|probe| part_text(&probe, words)).collect();
    parts.join(" · ")
}

fn part_text(probe: &LayerProbe, words: &Words) -> String {
    match probe {
        LayerProbe::Part {
            label,
            number,
            share,
            fractional_type,
            ..
        } => {
            let name = if label.is_empty() {
                words.get(&Message::new(msg("layer-unnamed")).number("number", (*number).into()))
            } else {
                label.clone()
            };
            match share {
                Some(share) => words.get(
                    &Message::new(msg("layer-share"))
                        .text("type", fractional_type.as_str())
                        .text("name", name)
                        .text("share", words.with_unit(share * 100.0, 0, "%")),
                ),
                None => name,
            }
        }
        LayerProbe::Dose {
            value,
            units,
            dose_type,
        } => {
            let value = dose_text(*value, units, words);
            if dose_type == "PHYSICAL" || dose_type.is_empty() {
                return value;
            }
            let kind = Message::new(msg("layer-dose-type")).text("type", dose_type.as_str());
            format!("{value} · {}", words.get(&kind))
        }
    }
}

/// A dose with its unit.
pub(super) fn dose_text(value: f64, units: &str, words: &Words) -> String {
    if units == "GY" {
        return words.with_unit(value, 2, "Gy");
    }
    let value = words.number(value, 3);
    words.get(&Message::new(msg("layer-dose-relative")).text("value", value))
}
