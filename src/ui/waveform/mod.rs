//! A pane with a waveform: what the reader chose, the paper with its traces, and the hand over it.
//!
//! | file | what it owns |
//! |---|---|
//! | `bar.rs` | whose it is, and what can be chosen |
//! | `paper.rs` | grid, traces, names and pulses |
//! | `calipers.rs` | the lines of the calipers and what they say |
//! | `said.rs` | the sentences |

mod bar;
mod calipers;
mod paper;
mod said;

use std::collections::BTreeMap;

use eframe::egui;
use egui::{Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::dicom::InstanceHeader;
use crate::dicom::modules::{WaveformGroup, WaveformSamples};
use crate::model::{DisplaySet, DisplaySetId, InstanceIx};
use crate::problem::Message;
use crate::text::Words;
use crate::ui::panel::PanelCtx;
use crate::ui::theme::Theme;
use crate::ui::viewport::warning_around;
use crate::view::waveform::{
    Arrangement, ChannelRange, Grab, Sheet, VerticalScale, WaveformState, grab_at,
};
use crate::workspace::{Command, LayoutEdit, PaneId};

/// The width that fits a pane: 10 s at 25 mm/s and the calibration pulse.
const FITTED_MM: f32 = 260.0;
/// The height that fits a pane: four rows.
const FITTED_HEIGHT_MM: f32 = 80.0;
/// A millimetre of the grid is no smaller, points.
const LEAST_POINTS_PER_MM: f32 = 1.0;
/// How near a line must be to be taken hold of, points.
const REACH: f32 = 5.0;
/// Around everything in the pane, points.
const MARGIN: f32 = 8.0;

/// What panes with waveforms remember from frame to frame.
#[derive(Default)]
pub struct Waveforms(BTreeMap<PaneId, PaneWaveform>);

/// Of one pane.
struct PaneWaveform {
    set: DisplaySetId,
    instance: InstanceIx,
    groups: Vec<Result<WaveformGroup, Message>>,
    /// By group and channel, as far as shown.
    ranges: BTreeMap<usize, Vec<Option<ChannelRange>>>,
    state: WaveformState,
    /// What is held, and where the hand was last.
    grab: Option<(Grab, Pos2)>,
    chips: calipers::Chips,
}

impl PaneWaveform {
    fn new(set: &DisplaySet, instance: InstanceIx, header: &InstanceHeader) -> Self {
        let groups = WaveformGroup::read_all(header);
        let first = groups.iter().position(Result::is_ok).unwrap_or(0);
        Self {
            set: set.id,
            instance,
            groups,
            ranges: BTreeMap::new(),
            state: WaveformState {
                group: first,
                ..WaveformState::default()
            },
            grab: None,
            chips: calipers::Chips::default(),
        }
    }

    fn ranges(&mut self, samples: &WaveformSamples<'_>) -> &[Option<ChannelRange>] {
        self.ranges.entry(self.state.group).or_insert_with(|| {
            let group = samples.group();
            (0..group.channels.len())
                .map(|channel| ChannelRange::of(samples, channel, group.samples))
                .collect()
        })
    }
}

/// What one frame on screen is drawn from.
struct Page<'a> {
    group: &'a WaveformGroup,
    samples: &'a WaveformSamples<'a>,
    sheet: &'a Sheet,
    /// By channel; `None` where a channel has no values.
    scales: &'a [Option<VerticalScale>],
    state: &'a WaveformState,
    /// Where the paper is, points.
    paper: Rect,
    points_per_mm: f32,
    theme: &'a Theme,
    words: &'a Words,
}

impl Page<'_> {
    /// A place of the sheet on screen.
    fn pos(&self, x_mm: f64, y_mm: f64) -> Pos2 {
        let y_mm = y_mm - self.state.top_mm;
        self.paper.min + egui::vec2(x_mm as f32, y_mm as f32) * self.points_per_mm
    }

    /// A place on screen on the sheet.
    fn mm(&self, at: Pos2) -> (f64, f64) {
        let mm = (at - self.paper.min) / self.points_per_mm;
        (mm.x.into(), f64::from(mm.y) + self.state.top_mm)
    }
}

/// Draws the pane into all of the room there is and takes its input.
pub fn waveform_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    waveforms: &mut Waveforms,
    pane: PaneId,
    set: &DisplaySet,
) {
    let theme = ctx.theme;
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, theme.colours.panel);
    activate_ui(ui, ctx, pane, rect);
    let place = (theme, ctx.words);
    let inside = warning_around(ui, ctx.workspace, set, rect, place).shrink(MARGIN);
    let builder = egui::UiBuilder::new().max_rect(inside);
    ui.scope_builder(builder, |ui| contents_ui(ui, ctx, waveforms, pane, set));
    if ctx.workspace.panes.active == pane {
        let stroke = Stroke::new(theme.sizes.active_line, theme.colours.accent);
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
    }
}

fn activate_ui(ui: &Ui, ctx: &mut PanelCtx<'_>, pane: PaneId, rect: Rect) {
    let is_pressed =
        ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(rect);
    if is_pressed && ctx.workspace.panes.active != pane {
        ctx.commands
            .push(Command::Layout(LayoutEdit::Activate(pane)));
    }
}

fn contents_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    waveforms: &mut Waveforms,
    pane: PaneId,
    set: &DisplaySet,
) {
    let Some(instance) = set.instances.first().copied() else {
        return;
    };
    let Some(header) = ctx.workspace.library.header(instance) else {
        return;
    };
    let memory = waveforms
        .0
        .entry(pane)
        .or_insert_with(|| PaneWaveform::new(set, instance, header));
    if (memory.set, memory.instance) != (set.id, instance) {
        *memory = PaneWaveform::new(set, instance, header);
    }
    bar::title_ui(ui, ctx, set, header);
    bar::groups_ui(ui, ctx, memory);
    let group = match memory.groups.get(memory.state.group) {
        Some(Ok(group)) => group.clone(),
        other => {
            let reason = other.and_then(|group| group.as_ref().err());
            bar::reason_ui(ui, ctx, reason);
            return;
        }
    };
    let Some(samples) = group.samples_of(header) else {
        return;
    };
    let asked = bar::choices_ui(ui, ctx, &mut memory.state, &group);
    let paper = ui.available_rect_before_wrap();
    if !paper.is_positive() {
        return;
    }
    let response = ui.interact(
        paper,
        ui.scope_id().with(("waveform", pane.0)),
        Sense::drag(),
    );
    let name = said::accessible_name(ctx.words, &group);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));

    let points_per_mm = points_per_mm(paper, memory.state.zoom);
    let size_mm = paper.size() / points_per_mm;
    let gain = memory.state.gain;
    let scales: Vec<Option<VerticalScale>> = group
        .channels
        .iter()
        .zip(memory.ranges(&samples))
        .map(|(channel, range)| Some(VerticalScale::of(channel, (*range)?, gain)))
        .collect();
    let lay_out = |state: &WaveformState| {
        Sheet::lay_out(
            Arrangement::of(&group),
            (size_mm.x.into(), size_mm.y.into()),
            state.speed,
            state.start_s,
            group.duration_s(),
        )
    };
    let sheet = lay_out(&memory.state);
    match asked {
        Some(bar::Asked::Times) => memory.state.toggle_times(&sheet),
        Some(bar::Asked::Levels) => memory.state.toggle_levels(&sheet, &scales),
        None => {}
    }
    let page = |sheet, state| Page {
        group: &group,
        samples: &samples,
        sheet,
        scales: &scales,
        state,
        paper,
        points_per_mm,
        theme: ctx.theme,
        words: ctx.words,
    };
    let before = memory.state.clone();
    hand(ui, &response, &page(&sheet, &before), memory);
    memory.state.keep_within(&sheet, size_mm.y.into());
    // Where the hand left it, and not a frame later.
    let sheet = lay_out(&memory.state);
    let page = page(&sheet, &memory.state);
    paper::paper_ui(ui, &page);
    memory.chips = calipers::calipers_ui(ui, &page);
}

fn points_per_mm(paper: Rect, zoom: f64) -> f32 {
    let fitting = (paper.width() / FITTED_MM).min(paper.height() / FITTED_HEIGHT_MM);
    (fitting * zoom as f32).max(LEAST_POINTS_PER_MM)
}

/// Wheel, magnification and drag.
fn hand(ui: &Ui, response: &egui::Response, page: &Page<'_>, memory: &mut PaneWaveform) {
    let under = |at: Pos2| {
        let reach_mm = f64::from(REACH / page.points_per_mm);
        let at_mm = page.mm(at);
        memory
            .chips
            .grab(at)
            .unwrap_or_else(|| grab_at(page.state, page.sheet, page.scales, at_mm, reach_mm))
    };
    if let Some(at) = response.hover_pos() {
        let held = memory.grab.map(|(grab, _)| grab);
        let cursor = match held.unwrap_or_else(|| under(at)) {
            Grab::Sheet => None,
            Grab::Time(_) => Some(egui::CursorIcon::ResizeHorizontal),
            Grab::Level(_) => Some(egui::CursorIcon::ResizeVertical),
            Grab::BothTimes | Grab::BothLevels => Some(egui::CursorIcon::Move),
        };
        if let Some(cursor) = cursor {
            ui.ctx().set_cursor_icon(cursor);
        }
        let (turned, factor) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
        if (factor - 1.0).abs() > f32::EPSILON {
            let left = page.sheet.strips.first().map_or(0.0, |strip| strip.left_mm);
            let into_mm = (page.mm(at).0 - left).max(0.0);
            memory.state.zoom_by(factor.into(), into_mm);
        } else {
            let is_higher =
                page.sheet.height_mm() > f64::from(page.paper.height() / page.points_per_mm);
            let (along, down) = if is_higher {
                (turned.x, turned.y)
            } else {
                (turned.x + turned.y, 0.0)
            };
            let mm = |points: f32| f64::from(points / page.points_per_mm);
            memory.state.start_s -= mm(along) / page.sheet.speed;
            memory.state.top_mm -= mm(down);
        }
    }
    let is_primary = response.dragged_by(egui::PointerButton::Primary);
    if !is_primary {
        memory.grab = None;
        return;
    }
    let Some(at) = response.interact_pointer_pos() else {
        return;
    };
    if memory.grab.is_none() {
        let origin = ui.input(|input| input.pointer.press_origin());
        memory.grab = origin.map(|origin| (under(origin), origin));
    }
    if let Some((grab, from)) = memory.grab {
        // From where it was last, or pressed: a frame's whole way may begin before the press.
        memory.grab = Some((grab, at));
        let moved = (at - from) / page.points_per_mm;
        let moved = (moved.x.into(), moved.y.into());
        let at_mm = page.mm(at);
        memory
            .state
            .drag(grab, page.sheet, page.scales, at_mm, moved);
    }
}
