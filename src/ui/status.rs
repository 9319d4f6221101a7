//! The line at the bottom: what is under the cursor, and the work that runs.

use eframe::egui;
use egui::{Rect, Sense, Ui, vec2};

use crate::action::Part;
use crate::jobs::JobInfo;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, icon_button_ui, row_end_ui};
use crate::ui::viewport::ProbeText;
use crate::workspace::{Command, TransferState};

/// The line. `probe` is what is under the cursor, ready to show.
pub fn status_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, probe: Option<&ProbeText>) {
    ui.horizontal_centered(|ui| {
        row_end_ui(ui, |ui| {
            let jobs = ctx.engine.jobs();
            jobs_line_ui(ui, ctx, &jobs);
            transfers_line_ui(ui, ctx);
            passed_over_ui(ui, ctx);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                probe_ui(ui, ctx, probe);
            });
        });
    });
}

/// Value, position and place, each in a room of its own so that nothing jitters.
fn probe_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, probe: Option<&ProbeText>) {
    let theme = ctx.theme;
    let Some(probe) = probe else {
        let hint = ctx.say(msg("status-hint"));
        Text::new(&hint, theme.overlay(), theme.colours.secondary).ui(ui);
        return;
    };
    let parts = [
        (&probe.value, 170.0),
        (&probe.position, 216.0),
        (&probe.place, 240.0),
    ];
    for (text, room) in parts {
        let start = ui.cursor().min.x;
        Text::new(text, theme.overlay(), theme.colours.text)
            .width(room)
            .ui(ui);
        ui.add_space((start + room - ui.cursor().min.x).max(0.0));
    }
    if !probe.layers.is_empty() {
        Text::new(&probe.layers, theme.overlay(), theme.colours.accent).ui(ui);
    }
}

fn passed_over_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let count = ctx.workspace.passed_over.len();
    if count == 0 {
        return;
    }
    let theme = ctx.theme;
    let words = ctx
        .words
        .get(&Message::new(msg("passed-over-badge")).count("count", count));
    let response = Text::new(&words, theme.small(), theme.colours.warning)
        .clickable()
        .ui(ui);
    if response.clicked() {
        ctx.parts.push(Part::PassedOver);
    }
}

/// How far what is on its way is; a click opens the list.
fn transfers_line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let open = ctx.workspace.transfers.all().iter();
    let open: Vec<_> = open.filter(|transfer| !transfer.is_over()).collect();
    let Some(first) = open
        .iter()
        .find(|transfer| transfer.state == TransferState::Running)
        .or(open.first())
    else {
        return;
    };
    let mut words = ctx.words.get(&first.state_words());
    if let Some(left) = first.time_left() {
        words = format!("{words} · {}", ctx.words.duration(left));
    }
    let words = Message::new(msg("status-transfer"))
        .text("node", &first.node)
        .text("state", words);
    let theme = ctx.theme;
    let first = ctx.words.get(&words);
    let mut said = vec![(first, 280.0)];
    if open.len() > 1 {
        let more = Message::new(msg("status-more-transfers")).count("count", open.len() - 1);
        said.push((ctx.words.get(&more), f32::INFINITY));
    }
    // The row is filled from its end.
    for (words, width) in said.into_iter().rev() {
        let response = Text::new(&words, theme.small(), theme.colours.accent)
            .width(width.min(ui.available_width()))
            .clickable()
            .ui(ui);
        if response.clicked() {
            ctx.parts.push(Part::Queue);
        }
    }
}

fn jobs_line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, jobs: &[JobInfo]) {
    let theme = ctx.theme;
    let Some(first) = jobs.first() else {
        return;
    };
    cancel_ui(ui, ctx, first);
    if jobs.len() > 1 {
        let words = ctx
            .words
            .get(&Message::new(msg("status-more-jobs")).count("count", jobs.len() - 1));
        let response = Text::new(&words, theme.small(), theme.colours.accent)
            .clickable()
            .ui(ui);
        if response.clicked() {
            ctx.parts.push(Part::Jobs);
        }
    }
    let numbers = numbers(ctx, first);
    Text::new(&numbers, theme.small(), theme.colours.text).ui(ui);
    bar_ui(ui, ctx, first, 96.0);
    let title = ctx.words.get(&first.title);
    Text::new(&title, theme.small(), theme.colours.secondary)
        .width(220.0)
        .ui(ui);
}

/// `312/412 · 1.2 s`.
fn numbers(ctx: &PanelCtx<'_>, job: &JobInfo) -> String {
    let progress = job.progress;
    let mut parts = Vec::new();
    if progress.of > 0 {
        let message = Message::new(msg("status-progress"))
            .text("done", ctx.words.number(progress.done as f64, 0))
            .text("of", ctx.words.number(progress.of as f64, 0));
        parts.push(ctx.words.get(&message));
    }
    if let Some(eta) = job.time_left() {
        parts.push(ctx.words.duration(eta));
    }
    parts.join(" · ")
}

fn bar_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, job: &JobInfo, width: f32) {
    let progress = job.progress;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    let share = if progress.of == 0 {
        0.0
    } else {
        (progress.done as f32 / progress.of as f32).clamp(0.0, 1.0)
    };
    let title = ctx.words.get(&job.title);
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &title);
        info.value = Some(f64::from(share));
        info
    });
    let colours = &ctx.theme.colours;
    ui.painter().rect_filled(rect, 3.0, colours.line);
    let done = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    ui.painter().rect_filled(done, 3.0, colours.accent);
}

fn cancel_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, job: &JobInfo) {
    let title = ctx.words.get(&job.title);
    let name = ctx
        .words
        .get(&Message::new(msg("job-cancel")).text("job", title));
    if icon_button_ui(ui, ctx.theme, icons::sign(Sign::Close), &name, false).clicked() {
        ctx.commands.push(Command::CancelJob(job.id));
    }
}

/// Every job, as a list.
pub fn jobs_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let jobs = ctx.engine.jobs();
    if jobs.is_empty() {
        let words = ctx.say(msg("jobs-none"));
        Text::new(&words, theme.body(), theme.colours.secondary).ui(ui);
    }
    for job in &jobs {
        ui.horizontal(|ui| {
            row_end_ui(ui, |ui| {
                cancel_ui(ui, ctx, job);
                let numbers = numbers(ctx, job);
                Text::new(&numbers, theme.small(), theme.colours.text).ui(ui);
                bar_ui(ui, ctx, job, 120.0);
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let title = ctx.words.get(&job.title);
                    Text::new(&title, theme.body(), theme.colours.text).ui(ui);
                });
            });
        });
    }
}
