//! The window: patient bar, browser, tools, panes, findings, status; parts and notices above.

use eframe::egui;
use egui::{Context, Margin, Panel, Rect, Ui, vec2};

use crate::model::{DisplaySetId, DisplaySetKind};
use crate::ui::browser::{Thumbnails, browser_rail_ui, browser_ui};
use crate::ui::document::document_ui;
use crate::ui::findings::{Edits, findings_rail_ui, findings_ui};
use crate::ui::notices::{Clock, notices_ui};
use crate::ui::panel::{PanelCtx, panel_frame};
use crate::ui::parts::{PartState, parts_ui};
use crate::ui::path_field::PathField;
use crate::ui::patient_bar::patient_bar_ui;
use crate::ui::pdf::{Pdfs, pdf_ui};
use crate::ui::questions::{CloseAnswer, close_question_ui, first_start_ui};
use crate::ui::start::start_ui;
use crate::ui::status::status_ui;
use crate::ui::tools_row::tools_row_ui;
use crate::ui::unlock::{PasswordField, unlock_ui};
use crate::ui::viewport::{Interaction, ProbeText, ViewportCtx, viewport_ui};
use crate::ui::waveform::{Waveforms, waveform_ui};
use crate::workspace::{Command, Layout, PaneId, ViewEdit};

/// Space between panes, points.
const PANE_GAP: f32 = 2.0;

/// What the window remembers from frame to frame; the truth is the workspace.
#[derive(Default)]
pub struct Shell {
    /// The part laid over the window.
    pub parts: PartState,
    /// Whether the question about unsaved work stands.
    pub closing: Closing,
    edits: Edits,
    start_path: PathField,
    thumbnails: Thumbnails,
    clock: Clock,
    password: PasswordField,
    probe: Option<ProbeText>,
    waveforms: Waveforms,
    /// Panes with PDF documents.
    pub pdfs: Pdfs,
    /// The hand over the panes.
    pub interaction: Interaction,
}

/// How far closing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closing {
    /// Not asked for.
    #[default]
    No,
    /// Asked for; the question stands.
    Asking,
    /// Reports are being saved; the window closes after.
    Saving,
    /// Nothing holds the window any more.
    Agreed,
}

/// Draws everything; fills the commands and parts of `ctx`.
pub fn shell_ui(ui: &mut Ui, shell: &mut Shell, ctx: &mut PanelCtx<'_>) {
    let (workspace, theme) = (ctx.workspace, ctx.theme);
    let sizes = &theme.sizes;
    let bar = |height: f32| move |panel: Panel| panel.exact_size(height).resizable(false);
    let side = Margin::symmetric(8, 0);
    bar(sizes.patient_bar)(Panel::top("patient"))
        .frame(panel_frame(theme, side))
        .show(ui, |ui| patient_bar_ui(ui, ctx));
    bar(sizes.status)(Panel::bottom("status"))
        .frame(panel_frame(theme, side))
        .show(ui, |ui| status_ui(ui, ctx, shell.probe.as_ref()));
    // A series may be on screen in pictures before anything of it is here.
    let is_empty = workspace.library.display_sets().next().is_none()
        && workspace.panes.shown().next().is_none();
    if !is_empty || workspace.scans_running > 0 {
        // Over the whole width: between the side panels it would not fit a small screen.
        bar(sizes.tools)(Panel::top("tools"))
            .frame(panel_frame(theme, Margin::symmetric(4, 0)))
            .show(ui, |ui| tools_row_ui(ui, ctx));
        side_panels_ui(ui, ctx, shell);
    }
    let ground = if is_empty && workspace.scans_running == 0 {
        theme.colours.panel
    } else {
        theme.colours.viewport
    };
    let area = egui::CentralPanel::default()
        .frame(egui::Frame::new().fill(ground))
        .show(ui, |ui| {
            if is_empty && workspace.scans_running == 0 {
                start_ui(ui, ctx, &mut shell.start_path);
            } else {
                panes_ui(ui, ctx, shell);
            }
        })
        .response
        .rect;
    let egui_ctx = ui.ctx().clone();
    drop_hint_ui(ui, ctx, area);
    unlock_ui(&egui_ctx, ctx, &mut shell.password, area);
    notices_ui(&egui_ctx, ctx, &mut shell.clock, area);
    parts_ui(&egui_ctx, ctx, &mut shell.parts, &mut shell.edits);
    questions_ui(&egui_ctx, ctx, shell);
}

fn side_panels_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, shell: &mut Shell) {
    let theme = ctx.theme;
    let sizes = &theme.sizes;
    let settings = &ctx.workspace.settings;
    if settings.is_left_folded {
        Panel::left("browser-rail")
            .exact_size(sizes.rail)
            .resizable(false)
            .frame(panel_frame(theme, Margin::symmetric(2, 4)))
            .show(ui, |ui| browser_rail_ui(ui, ctx));
    } else {
        Panel::left("browser")
            .default_size(sizes.browser)
            .size_range(140.0..=420.0)
            .frame(panel_frame(theme, Margin::same(8)))
            .show(ui, |ui| browser_ui(ui, ctx, &mut shell.thumbnails));
    }
    if settings.is_right_folded {
        Panel::right("findings-rail")
            .exact_size(sizes.rail)
            .resizable(false)
            .frame(panel_frame(theme, Margin::symmetric(2, 4)))
            .show(ui, |ui| findings_rail_ui(ui, ctx));
    } else {
        Panel::right("findings")
            .default_size(sizes.findings)
            .size_range(200.0..=520.0)
            .frame(panel_frame(theme, Margin::same(8)))
            .show(ui, |ui| {
                findings_ui(
                    ui,
                    ctx,
                    &mut shell.edits,
                    &mut shell.interaction.measurements,
                );
            });
    }
}

/// The rectangles of the panes in reading order.
fn pane_rects(area: Rect, layout: Layout) -> Vec<Rect> {
    match layout {
        Layout::Grid { rows, columns } => {
            let (rows, columns) = (rows.max(1), columns.max(1));
            let cell = vec2(
                (area.width() - PANE_GAP * f32::from(columns - 1)) / f32::from(columns),
                (area.height() - PANE_GAP * f32::from(rows - 1)) / f32::from(rows),
            );
            (0..rows)
                .flat_map(|row| (0..columns).map(move |column| (row, column)))
                .map(|(row, column)| {
                    let step = cell + vec2(PANE_GAP, PANE_GAP);
                    let corner = area.min + vec2(f32::from(column), f32::from(row)) * step;
                    Rect::from_min_size(corner, cell)
                })
                .collect()
        }
        Layout::Mpr => {
            let middle = area.left() + ((area.width() - PANE_GAP) * 0.55).round();
            let half = area.top() + ((area.height() - PANE_GAP) * 0.5).round();
            let right = middle + PANE_GAP;
            vec![
                Rect::from_min_max(area.min, egui::pos2(middle, area.bottom())),
                Rect::from_min_max(
                    egui::pos2(right, area.top()),
                    egui::pos2(area.right(), half),
                ),
                Rect::from_min_max(egui::pos2(right, half + PANE_GAP), area.max),
            ]
        }
    }
}

fn panes_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, shell: &mut Shell) {
    let main = ctx.workspace.panes.main();
    let area = ui.max_rect();
    let visible = ctx.workspace.panes.visible();
    let rects = if main.maximised.is_some() {
        vec![area]
    } else {
        pane_rects(area, main.layout)
    };
    if ui.ctx().current_pass_index() == 0 {
        shell.interaction.begin_frame(&visible);
    }
    shell.probe = None;
    for (pane, rect) in visible.into_iter().zip(rects) {
        let builder = egui::UiBuilder::new()
            .id_salt(("pane", pane.0))
            .max_rect(rect);
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(rect.intersect(ui.clip_rect()));
            pane_ui(ui, ctx, shell, pane);
            drop_ui(ui, ctx, pane, rect);
        });
    }
}

fn pane_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, shell: &mut Shell, pane: PaneId) {
    let set = ctx
        .workspace
        .panes
        .view(pane)
        .and_then(|view| ctx.workspace.library.display_set(view.display_set));
    if let Some(set) = set.filter(|set| set.kind == DisplaySetKind::Waveform) {
        waveform_ui(ui, ctx, &mut shell.waveforms, pane, set);
        return;
    }
    if let Some(set) = set.filter(|set| set.kind == DisplaySetKind::Pdf) {
        pdf_ui(ui, ctx, &mut shell.pdfs, pane, set);
        return;
    }
    if let Some(set) = set.filter(|set| !set.is_image()) {
        document_ui(ui, ctx, pane, set);
        return;
    }
    let mut viewport = ViewportCtx {
        workspace: ctx.workspace,
        engine: &mut *ctx.engine,
        words: ctx.words,
        theme: ctx.theme,
        commands: &mut *ctx.commands,
        interaction: &mut shell.interaction,
        probe: &mut shell.probe,
    };
    viewport_ui(ui, &mut viewport, pane);
}

/// A display set dragged here is hung here.
fn drop_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, pane: PaneId, rect: Rect) {
    if !egui::DragAndDrop::has_payload_of_type::<DisplaySetId>(ui.ctx()) {
        return;
    }
    let is_over = ui
        .input(|input| input.pointer.interact_pos())
        .is_some_and(|at| rect.contains(at));
    if !is_over {
        return;
    }
    let colours = &ctx.theme.colours;
    ui.painter()
        .rect_filled(rect, 0.0, colours.accent.gamma_multiply(0.15));
    if ui.input(|input| input.pointer.any_released())
        && let Some(set) = egui::DragAndDrop::take_payload::<DisplaySetId>(ui.ctx())
    {
        ctx.commands.push(Command::View(pane, ViewEdit::Show(*set)));
    }
}

/// Files held over the window can be let go anywhere.
fn drop_hint_ui(ui: &Ui, ctx: &PanelCtx<'_>, area: Rect) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let stroke = egui::Stroke::new(2.0 * ctx.theme.sizes.active_line, ctx.theme.colours.accent);
    ui.ctx()
        .layer_painter(egui::LayerId::new(
            egui::Order::Foreground,
            egui::Id::unique("drop"),
        ))
        .rect_stroke(area, 0.0, stroke, egui::StrokeKind::Inside);
}

fn questions_ui(egui_ctx: &Context, ctx: &mut PanelCtx<'_>, shell: &mut Shell) {
    if !ctx.workspace.settings.is_notice_read {
        first_start_ui(egui_ctx, ctx);
        return;
    }
    if !matches!(shell.closing, Closing::Asking | Closing::Saving) {
        return;
    }
    let is_saving = shell.closing == Closing::Saving;
    match close_question_ui(egui_ctx, ctx, is_saving) {
        Some(CloseAnswer::Save) => shell.closing = Closing::Saving,
        Some(CloseAnswer::KeepDraft) => shell.closing = Closing::Agreed,
        Some(CloseAnswer::Cancel) => shell.closing = Closing::No,
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_fill_the_area_with_gaps_of_two_points() {
        let area = Rect::from_min_size(egui::pos2(10.0, 20.0), vec2(802.0, 602.0));
        let layout = Layout::Grid {
            rows: 2,
            columns: 2,
        };
        let rects = pane_rects(area, layout);
        assert_eq!(rects.len(), 4);
        assert_eq!(rects[0], Rect::from_min_size(area.min, vec2(400.0, 300.0)));
        assert_eq!(rects[3].max, area.max);
        assert_eq!(rects[1].left() - rects[0].right(), PANE_GAP);
        let mpr = pane_rects(area, Layout::Mpr);
        assert_eq!(mpr.len(), 3);
        assert_eq!(mpr[2].max, area.max);
        assert_eq!(mpr[2].top() - mpr[1].bottom(), PANE_GAP);
    }
}
