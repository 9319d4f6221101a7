//! What the reader should know, at the bottom right; problems stay until they are read.

use std::collections::HashMap;
use std::time::Duration;

use eframe::egui;
use egui::{Area, Context, Order, Rect, ScrollArea, Ui, vec2};

use crate::problem::{Message, Severity, msg};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, button_ui, icon_button_ui, row_end_ui};
use crate::workspace::{Command, Notice, NoticeId};

/// How long a mere note stays, seconds.
const NOTE_SECONDS: f64 = 8.0;
/// Shown at once; the others wait behind a count.
const MOST: usize = 3;
const WIDTH: f32 = 340.0;
/// Lines of the corner of a picture that stay free: series, slice, place.
const CORNER_LINES: f32 = 4.0;

/// When each passing note was first seen.
#[derive(Default)]
pub struct Clock(HashMap<NoticeId, f64>);

/// The stack of notices at the bottom right of the panes, where they cover no button.
pub fn notices_ui(egui_ctx: &Context, ctx: &mut PanelCtx<'_>, clock: &mut Clock, area: Rect) {
    pass_away(egui_ctx, ctx, clock);
    let notices = ctx.workspace.notices.shown();
    if notices.is_empty() {
        return;
    }
    let sizes = &ctx.theme.sizes;
    // Above the lines of the corner: which slice it is stays in sight.
    let lines = CORNER_LINES * (sizes.overlay + sizes.space);
    let margin = 3.0 * sizes.space;
    let corner = area.right_bottom() - vec2(margin, margin + lines);
    // Below the corner of a pane in the upper half.
    let height = (0.5 * area.height() - lines - 2.0 * margin).max(sizes.control);
    Area::new(egui::Id::unique("notices"))
        .order(Order::Foreground)
        .pivot(egui::Align2::RIGHT_BOTTOM)
        .fixed_pos(corner)
        .constrain_to(area)
        .show(egui_ctx, |ui| {
            ui.set_width(WIDTH);
            let hidden = notices.len().saturating_sub(MOST);
            if hidden > 0 {
                rest_ui(ui, ctx, hidden);
            }
            let rest = if hidden > 0 {
                sizes.control + 6.0 * sizes.space
            } else {
                0.0
            };
            let room = (height - rest).max(sizes.control);
            ScrollArea::vertical()
                // A card that comes gets the room there is, not what the cards before it took.
                .min_scrolled_height(room)
                .max_height(room)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    // The newest is seen without scrolling.
                    for notice in notices.iter().skip(hidden).rev() {
                        notice_ui(ui, ctx, notice);
                    }
                });
        });
}

/// Notes go by themselves; one wake-up is asked for, at the time the next one goes.
fn pass_away(egui_ctx: &Context, ctx: &mut PanelCtx<'_>, clock: &mut Clock) {
    let now = egui_ctx.input(|input| input.time);
    let shown = ctx.workspace.notices.shown();
    clock
        .0
        .retain(|id, _| shown.iter().any(|notice| notice.id == *id));
    for notice in shown.iter().filter(|notice| notice.is_passing()) {
        let since = *clock.0.entry(notice.id).or_insert(now);
        let left = since + NOTE_SECONDS - now;
        if left <= 0.0 {
            ctx.commands.push(Command::Dismiss(notice.id));
        } else {
            egui_ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
    }
}

/// A framed card in the colour of its severity.
pub(super) fn card_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    severity: Severity,
    add: impl FnOnce(&mut Ui, &mut PanelCtx<'_>),
) {
    let theme = ctx.theme;
    egui::Frame::new()
        .fill(theme.colours.raised)
        .stroke(egui::Stroke::new(1.0, theme.of_severity(severity)))
        .corner_radius(3.0)
        .inner_margin(2.0 * theme.sizes.space)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui, ctx);
        });
    ui.add_space(theme.sizes.space);
}

/// How many more there are, and a way to be rid of all.
fn rest_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, hidden: usize) {
    let words = ctx
        .words
        .get(&Message::new(msg("notices-more")).count("count", hidden));
    card_ui(ui, ctx, Severity::Note, |ui, ctx| {
        ui.horizontal(|ui| {
            row_end_ui(ui, |ui| {
                let all = ctx.say(msg("notices-dismiss-all"));
                if button_ui(ui, ctx.theme, None, &all, false).clicked() {
                    let shown = ctx.workspace.notices.shown();
                    let dismissed = shown.iter().map(|notice| Command::Dismiss(notice.id));
                    ctx.commands.extend(dismissed);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    Text::new(&words, ctx.theme.body(), ctx.theme.colours.secondary).ui(ui);
                });
            });
        });
    });
}

fn notice_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, notice: &Notice) {
    let theme = ctx.theme;
    let problem = &notice.problem;
    let (sign, kind) = match problem.severity {
        Severity::Note => (Sign::Good, msg("severity-note")),
        Severity::Warning => (Sign::Problem, msg("severity-warning")),
        Severity::Error => (Sign::Error, msg("severity-error")),
    };
    card_ui(ui, ctx, problem.severity, |ui, ctx| {
        ui.horizontal_top(|ui| {
            let colour = theme.of_severity(problem.severity);
            let glyph = egui::RichText::new(icons::sign(sign))
                .font(icons::font(theme.sizes.icon))
                .color(colour);
            let response = ui.add(egui::Label::new(glyph));
            let kind = ctx.say(kind);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &kind));
            let width = ui.available_width() - theme.sizes.control - 8.0;
            ui.vertical(|ui| {
                ui.set_width(width);
                let mut words = ctx.words.get(&problem.message);
                if notice.count > 1 {
                    let times = Message::new(msg("notice-times")).count("count", notice.count);
                    words = format!("{words} ({})", ctx.words.get(&times));
                }
                Text::new(&words, theme.body(), theme.colours.text)
                    .width(width)
                    .wrapped()
                    .ui(ui);
                if let Some(path) = &problem.path {
                    Text::new(
                        &path.display().to_string(),
                        theme.small(),
                        theme.colours.secondary,
                    )
                    .width(width)
                    .wrapped()
                    .ui(ui);
                }
            });
            let name = ctx.say(msg("notice-dismiss"));
            if icon_button_ui(ui, theme, icons::sign(Sign::Close), &name, false).clicked() {
                ctx.commands.push(Command::Dismiss(notice.id));
            }
        });
    });
}
