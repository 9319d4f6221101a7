//! A pane: the picture, what is written and drawn on it, and the hand over it.
//!
//! | file | what it owns |
//! |---|---|
//! | `showing.rs` | which pixels are shown, where, with which window |
//! | `picture.rs` | those pixels on screen |
//! | `input.rs` | egui's events to [`crate::tool`]'s |
//! | `corners.rs` | what the four corners say |
//! | `cine.rs` | the bar of a film |
//! | `frame.rs` | edges: letters, scale bar, slice bar, frames of the pane |
//! | `drawings.rs` | annotations and the crosshair |
//! | `measurement.rs` | the lines beside an annotation |
//! | `presentation.rs` | what a presentation state draws over them |
//! | `preview.rs` | what is said while a picture stands for the image |
//! | `layers.rs`, `dose_legend.rs` | segments, contours and doses over the picture |
//! | `probe.rs` | the value under the pointer |
//! | `value_text.rs` | values with their decimals and units |
//! | `memory.rs` | what a pane remembers from frame to frame |
//! | `text_on_image.rs` | text with an outline |

mod calibrate;
mod cine;
mod corners;
mod dose_legend;
mod drawings;
mod frame;
mod input;
mod layers;
mod measurement;
mod memory;
mod menu;
mod picture;
mod presentation;
mod preview;
mod probe;
mod showing;
mod text_on_image;
mod value_text;

pub(super) use corners::name_of;
pub(super) use frame::warning_around;
pub use measurement::{MeasuredLines, MeasurementCache};
pub use memory::Interaction;
pub use probe::ProbeText;
pub(super) use value_text::symbol;

use eframe::egui;
use egui::{Rect, Sense, Ui, WidgetInfo};

use crate::engine::Engine;
use crate::geom::DVec2;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::tool::Scene;
use crate::ui::theme::Theme;
use crate::view::Frames;
use crate::workspace::{Command, PaneId, Workspace};
use menu::MenuAnswer;

/// What a pane is drawn from and what it asks for.
pub struct ViewportCtx<'a> {
    /// The one truth.
    pub workspace: &'a Workspace,
    /// Frames and volumes.
    pub engine: &'a mut Engine,
    /// Sentences.
    pub words: &'a Words,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// What is asked for.
    pub commands: &'a mut Vec<Command>,
    /// The hand over the panes, and what panes remember.
    pub interaction: &'a mut Interaction,
    /// What lies under the pointer, for the status line.
    pub probe: &'a mut Option<ProbeText>,
}

/// A rectangle of points and the physical pixels it covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaneRect {
    /// Points; its edges lie on physical pixels.
    pub points: Rect,
    /// What is left for overlays inside the frame that says whose picture it is.
    pub inside: Rect,
    /// Width and height, physical pixels.
    pub size_px: [u32; 2],
    /// Left and top, physical pixels of the window.
    pub min_px: [i32; 2],
    /// Physical pixels a point.
    pub px_per_pt: f64,
}

impl PaneRect {
    fn new(rect: Rect, px_per_pt: f32) -> Self {
        let to_px = |points: f32| (points * px_per_pt).round();
        let (left, top) = (to_px(rect.left()), to_px(rect.top()));
        let (right, bottom) = (to_px(rect.right()), to_px(rect.bottom()));
        let points = Rect::from_min_max(
            egui::pos2(left / px_per_pt, top / px_per_pt),
            egui::pos2(right / px_per_pt, bottom / px_per_pt),
        );
        Self {
            points,
            inside: points,
            size_px: [
                (right - left).max(1.0) as u32,
                (bottom - top).max(1.0) as u32,
            ],
            min_px: [left as i32, top as i32],
            px_per_pt: px_per_pt.into(),
        }
    }

    /// Physical pixels of the pane from a position in the window.
    pub fn px(&self, position: egui::Pos2) -> DVec2 {
        let offset = position - self.points.min;
        DVec2::new(offset.x.into(), offset.y.into()) * self.px_per_pt
    }

    /// A position in the window from physical pixels of the pane.
    pub fn pos(&self, px: DVec2) -> egui::Pos2 {
        let points = px / self.px_per_pt;
        self.points.min + egui::vec2(points.x as f32, points.y as f32)
    }
}

/// Draws a pane into all of the room there is and takes its input.
pub fn viewport_ui(ui: &mut Ui, ctx: &mut ViewportCtx<'_>, pane: PaneId) {
    let room = ui.available_rect_before_wrap();
    let mut rect = PaneRect::new(room, ui.ctx().pixels_per_point());
    let response = ui.interact(
        rect.points,
        ui.scope_id().with(("pane", pane.0)),
        Sense::click_and_drag(),
    );
    ui.advance_cursor_after_rect(room);
    ui.painter_at(rect.points)
        .rect_filled(rect.points, 0.0, ctx.theme.colours.viewport);
    let Some(state) = ctx.workspace.panes.view(pane) else {
        empty_ui(ui, ctx, &rect, &response, pane);
        return;
    };
    if frame::is_of_another_patient(ctx.workspace, state.display_set) {
        rect.inside = frame::inside_warning(rect.points, ctx.theme);
    }
    let frames: &dyn Frames = ctx.engine;
    let mut memory = ctx.interaction.panes.remove(&pane).unwrap_or_default();
    let showing = showing::showing(
        ctx.workspace,
        frames,
        (pane, state),
        &mut memory,
        &mut ctx.interaction.ranges,
        rect.size_px,
    );
    let said = preview::said(ui, ctx.workspace, frames, &showing, &mut memory, ctx.words);
    let name = accessible_name(ctx, &showing, said.as_ref());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));

    picture::picture_ui(
        ui,
        pane,
        &rect,
        &showing,
        ctx.theme,
        ctx.interaction.textures.as_ref(),
        &mut memory.picture,
    );

    layers::layers_ui(
        ui,
        pane,
        &rect,
        (ctx.workspace, &showing),
        ctx.interaction.textures.as_ref(),
        &mut memory.layers,
    );
    presentation::presentation_ui(ui, &showing, &rect, ctx.theme, &mut memory.outlined);

    let annotations = drawings::seen(ctx.workspace, &showing);
    let labels = std::mem::take(&mut memory.labels);
    let scene = Scene {
        workspace: ctx.workspace,
        frames,
        pane,
        state: &showing.state,
        view: &showing.view,
        shown: showing.data.as_ref(),
        window: showing.window,
        annotations: &annotations,
        labels: &labels,
    };
    let bar = frame::slice_bar(
        ui,
        ctx.workspace,
        ctx.engine,
        &showing,
        &rect,
        (ctx.theme, ctx.words),
        pane,
    );
    ctx.commands.extend(bar.commands);
    let film_bar = cine::place(ctx.workspace, &showing, &rect, ctx.theme);
    let is_on_film_bar = memory.is_bar_held
        || film_bar
            .zip(response.hover_pos())
            .is_some_and(|(bar, pointer)| bar.contains(pointer));
    if !bar.is_held && !is_on_film_bar {
        let commands = input::input(ui, &mut ctx.interaction.hand, scene, &rect, &response);
        ctx.commands.extend(commands);
        menu::select_under(
            &response,
            &scene,
            |at| rect.px(at),
            rect.px_per_pt,
            ctx.commands,
        );
        input::double_click(&response, ctx.interaction, &scene, &rect, ctx.commands);
    }
    if let Some(pointer) = response.hover_pos() {
        *ctx.probe = probe::probe_text(&showing, ctx.workspace, ctx.words, rect.px(pointer));
    }

    let painter = ui.painter_at(rect.points);
    let pointer_px = response.hover_pos().map(|at| rect.px(at));
    drawings::crosshair(&painter, &scene, &rect, ctx.theme, pointer_px);
    let new_labels = drawings::annotations(
        ui,
        &painter,
        &scene,
        &rect,
        drawings::Words {
            words: ctx.words,
            theme: ctx.theme,
            cache: &mut ctx.interaction.measurements,
        },
        ctx.interaction.hand.gesture(),
    );
    frame::frame(
        ui,
        ctx.workspace,
        &showing,
        &rect,
        ctx.theme,
        ctx.words,
        pane,
    );
    preview::letters_ui(ui, ctx.workspace, &showing, &rect, ctx.theme);
    if let Some(said) = &said {
        said.ui(ui, &rect, ctx.theme);
    }
    corners::corners_ui(ui, ctx.workspace, &showing, &rect, ctx.theme, ctx.words);
    dose_legend::dose_legend_ui(ui, ctx.workspace, &showing, &rect, (ctx.theme, ctx.words));
    memory.is_bar_held = film_bar.is_some_and(|bar| cine::bar_ui(ui, ctx, &showing, bar, pane));
    if ctx.interaction.measurements.is_pending() {
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_millis(30));
    }
    memory.labels = new_labels;
    ctx.interaction.panes.insert(pane, memory);
    match menu::context_menu(&response, ctx, &showing, pane) {
        Some(MenuAnswer::EditText) => input::edit_text(ctx, pane),
        Some(MenuAnswer::Calibrate { is_for_series }) => {
            let line = ctx.workspace.selected;
            ctx.interaction.length =
                line.map(|line| calibrate::LengthField::new(line, pane, is_for_series));
        }
        None => {}
    }
    calibrate::length_field(ui, ctx, &showing, &rect, pane);
    input::text_field(ui, ctx, &showing, &rect, pane);
}

fn accessible_name(
    ctx: &ViewportCtx<'_>,
    showing: &showing::Showing,
    over: Option<&preview::Said>,
) -> String {
    let mut said = corners::essential_text(ctx.workspace, showing, ctx.words);
    if let Some(over) = over {
        said = format!("{}, {said}", over.text);
    }
    ctx.words
        .get(&Message::new(msg("viewport-name")).text("content", said))
}

fn empty_ui(
    ui: &Ui,
    ctx: &mut ViewportCtx<'_>,
    rect: &PaneRect,
    response: &egui::Response,
    pane: PaneId,
) {
    let hint = ctx.words.id(if ctx.workspace.scans_running > 0 {
        msg("viewport-reading")
    } else {
        msg("viewport-empty")
    });
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &hint));
    let galley = crate::ui::bidi_label::galley(
        ui,
        &hint,
        &ctx.theme.body(),
        ctx.theme.colours.secondary,
        rect.points.width() - 16.0,
    );
    let painter = ui.painter_at(rect.points);
    painter.galley(
        rect.points.center() - galley.size() * 0.5,
        galley,
        ctx.theme.colours.secondary,
    );
    if ctx.workspace.panes.active == pane {
        frame::active_line(&painter, rect, ctx.theme);
    }
    if response.is_pointer_button_down_on() && ctx.workspace.panes.active != pane {
        ctx.commands
            .push(Command::Layout(crate::workspace::LayoutEdit::Activate(
                pane,
            )));
    }
}
