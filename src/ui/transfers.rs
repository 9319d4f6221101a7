//! The queue: every retrieve and send, how far it is, what failed and why.

use eframe::egui;
use egui::{Rect, Sense, Ui, vec2};

use crate::model::StudyKey;
use crate::problem::{Message, MessageId, msg};
use crate::text::in_a_row;
use crate::ui::ask::{ask_ui, study_lines};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, button_ui, icon_button_ui, row_end_ui};
use crate::workspace::{Command, Transfer, TransferEdit, TransferKind, TransferState};

/// Reasons shown of one transfer; the instances of the others are counted.
const REASONS: usize = 4;
/// What stands between the parts of a label.
const BETWEEN: &str = " · ";
/// Instances named when the pointer is on a reason.
const NAMED: usize = 20;

/// What the page remembers while it is open.
#[derive(Default)]
pub struct TransfersPage {
    /// A study that is to go to a node, if the reader agrees.
    asked: Option<(StudyKey, String)>,
}

impl TransfersPage {
    /// Takes back what is asked. Returns whether anything was.
    pub(super) fn withdraw(&mut self) -> bool {
        self.asked.take().is_some()
    }
}

/// The list.
pub fn transfers_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut TransfersPage) {
    send_ui(ui, ctx, page);
    let theme = ctx.theme;
    let transfers = ctx.workspace.transfers.all();
    if transfers.is_empty() {
        let words = ctx.say(msg("transfers-none"));
        Text::new(&words, theme.body(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
        return;
    }
    for transfer in transfers {
        transfer_ui(ui, ctx, transfer);
        ui.add_space(theme.sizes.space);
    }
    // What failed stays, with its reasons, until it is taken off by itself.
    if transfers.iter().any(|it| it.state == TransferState::Done) {
        let words = ctx.say(msg("transfers-clear"));
        if button_ui(ui, theme, None, &words, false).clicked() {
            ctx.commands
                .push(Command::Transfer(TransferEdit::ClearOver));
        }
    }
}

/// The study that is read, to a node: named, and asked about before it goes.
fn send_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut TransfersPage) {
    let theme = ctx.theme;
    if let Some((study, node)) = page.asked.clone() {
        let question = Message::new(msg("transfers-send-question")).text("node", &node);
        let question = ctx.words.get(&question);
        let yes = ctx.say(msg("transfers-send-yes"));
        let mut about = study_lines(ctx, study);
        let part = ctx.workspace.part_of_study(study);
        about.extend(part.map(|part| {
            let words = Message::new(msg("transfers-send-part"))
                .count("here", part.here)
                .count("of", part.of);
            ctx.words.get(&words)
        }));
        if let Some(is_agreed) = ask_ui(ui, ctx, &question, &about, &yes) {
            page.asked = None;
            if is_agreed {
                let edit = match part {
                    Some(_) => TransferEdit::SendPart(study, node),
                    None => TransferEdit::Send(study, node),
                };
                ctx.commands.push(Command::Transfer(edit));
            }
        }
        ui.add_space(2.0 * theme.sizes.space);
        return;
    }
    let nodes = ctx.workspace.settings.pacs.nodes.iter();
    let nodes: Vec<_> = nodes.filter(|node| !node.is_worklist_only()).collect();
    let Some(study) = ctx.workspace.active_study() else {
        return;
    };
    if nodes.is_empty() {
        return;
    }
    let lines = study_lines(ctx, study);
    let [who, what] = lines.as_slice() else {
        return;
    };
    let words = Message::new(msg("transfers-send"))
        .text("who", who)
        .text("study", what);
    let words = ctx.words.get(&words);
    Text::new(&words, theme.body(), theme.colours.secondary)
        .wrapped()
        .ui(ui);
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(theme.sizes.control);
        for node in nodes {
            if button_ui(ui, theme, None, &node.name, false).clicked() {
                page.asked = Some((study, node.name.clone()));
            }
        }
    });
    ui.add_space(2.0 * theme.sizes.space);
}

fn transfer_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, transfer: &Transfer) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control);
        row_end_ui(ui, |ui| {
            deeds_ui(ui, ctx, transfer);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let kind = match transfer.kind {
                    TransferKind::Retrieve => msg("transfer-retrieve"),
                    TransferKind::Priors => msg("transfer-prior"),
                    TransferKind::Send => msg("transfer-send"),
                };
                let label = if ctx.workspace.is_identification_hidden {
                    ctx.say(msg("identification-hidden"))
                } else {
                    in_a_row(transfer.label.split(BETWEEN), BETWEEN)
                };
                let words = Message::new(kind)
                    .text("node", &transfer.node)
                    .text("study", label);
                let words = ctx.words.get(&words);
                Text::new(&words, theme.strong(), colours.text).ui(ui);
            });
        });
    });
    let (colour, share) = match &transfer.state {
        TransferState::Done => (colours.good, 1.0),
        TransferState::Failed(_) => (colours.danger, share(transfer)),
        TransferState::Running | TransferState::Committing => (colours.accent, share(transfer)),
        TransferState::Waiting(_) | TransferState::Paused => (colours.dimmed, share(transfer)),
    };
    bar_ui(ui, ctx, share, colour);
    let is_next = ctx.workspace.transfers.next() == Some(transfer.id);
    let state = if is_next {
        Message::new(msg("transfer-next"))
    } else {
        transfer.state_words()
    };
    let mut parts = vec![ctx.words.get(&state)];
    if transfer.bytes > 0 {
        parts.push(ctx.words.bytes(transfer.bytes));
    }
    if let Some(speed) = transfer
        .bytes_per_s
        .filter(|_| transfer.state == TransferState::Running)
    {
        let speed = ctx.words.bytes(speed.max(0.0) as u64);
        let words = Message::new(msg("transfer-speed")).text("speed", speed);
        parts.push(ctx.words.get(&words));
    }
    if let Some(left) = transfer.time_left() {
        let words = Message::new(msg("transfer-left")).text("time", ctx.words.duration(left));
        parts.push(ctx.words.get(&words));
    }
    let sign = match &transfer.state {
        TransferState::Done if !transfer.remarks.is_empty() => {
            Some((Sign::Problem, colours.warning))
        }
        TransferState::Done => Some((Sign::Good, colours.good)),
        TransferState::Failed(_) => Some((Sign::Error, colours.danger)),
        _ if transfer.reason.is_some() => Some((Sign::Waiting, colours.warning)),
        _ => None,
    };
    let colour = match &transfer.state {
        TransferState::Failed(_) => colours.text,
        _ => colours.secondary,
    };
    signed_ui(ui, ctx, sign, &parts.join(" · "), colour);
    if let Some(reason) = &transfer.reason {
        let words = ctx.words.get(reason);
        signed_ui(ui, ctx, None, &words, colours.secondary);
    }
    reasons_ui(ui, ctx, &transfer.failures());
    reasons_ui(ui, ctx, &transfer.warnings());
}

fn share(transfer: &Transfer) -> f32 {
    if transfer.of == 0 {
        return 0.0;
    }
    (transfer.done as f32 / transfer.of as f32).clamp(0.0, 1.0)
}

fn bar_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, share: f32, colour: egui::Color32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::new(egui::Role::ProgressIndicator);
        info.label = Some(ctx.say(msg("transfer-progress")));
        info.value = Some(f64::from(share));
        info
    });
    ui.painter().rect_filled(rect, 2.0, ctx.theme.colours.line);
    let done = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    ui.painter().rect_filled(done, 2.0, colour);
}

/// A line with a sign before it, if it has one.
fn signed_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    sign: Option<(Sign, egui::Color32)>,
    words: &str,
    colour: egui::Color32,
) {
    let theme = ctx.theme;
    ui.horizontal_top(|ui| {
        if let Some((sign, colour)) = sign {
            let font = icons::font(theme.sizes.overlay);
            let glyph = egui::RichText::new(icons::sign(sign)).font(font);
            ui.label(glyph.color(colour));
        }
        Text::new(words, theme.small(), colour).wrapped().ui(ui);
    });
}

/// What was not moved, or only with a warning, by the reasons; which instances, for who points at
/// one.
fn reasons_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, reasons: &[(&Message, Vec<&str>)]) {
    let theme = ctx.theme;
    let warning = theme.colours.warning;
    for (why, uids) in reasons.iter().take(REASONS) {
        let words = Message::new(msg("transfer-instances-failed"))
            .count("count", uids.len())
            .message("reason", (*why).clone());
        let words = ctx.words.get(&words);
        let response = Text::new(&words, theme.small(), warning).wrapped().ui(ui);
        response.on_hover_ui(|ui| {
            let named: Vec<&str> = uids.iter().take(NAMED).copied().collect();
            Text::new(&named.join("\n"), theme.small(), theme.colours.text)
                .wrapped()
                .ui(ui);
            more_ui(ui, ctx, uids.len().saturating_sub(NAMED));
        });
    }
    let others = reasons.iter().skip(REASONS);
    more_ui(ui, ctx, others.map(|(_, uids)| uids.len()).sum());
}

fn more_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, count: usize) {
    if count > 0 {
        let words = Message::new(msg("transfer-more-failed")).count("count", count);
        let words = ctx.words.get(&words);
        Text::new(&words, ctx.theme.small(), ctx.theme.colours.warning).ui(ui);
    }
}

fn deeds_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, transfer: &Transfer) {
    let id = transfer.id;
    let mut deeds: Vec<(Sign, MessageId, TransferEdit)> = Vec::new();
    if !transfer.is_over() {
        deeds.push((
            Sign::Close,
            msg("transfer-cancel"),
            TransferEdit::Cancel(id),
        ));
    }
    match &transfer.state {
        TransferState::Running => {
            deeds.push((Sign::Pause, msg("transfer-pause"), TransferEdit::Pause(id)));
        }
        TransferState::Waiting(_) => {
            deeds.push((Sign::Pause, msg("transfer-pause"), TransferEdit::Pause(id)));
            deeds.push((
                Sign::PreviousPage,
                msg("transfer-first"),
                TransferEdit::First(id),
            ));
        }
        TransferState::Paused => {
            deeds.push((Sign::Play, msg("transfer-resume"), TransferEdit::Resume(id)));
        }
        TransferState::Failed(_) => {
            deeds.push((
                Sign::Close,
                msg("transfer-take-off"),
                TransferEdit::Cancel(id),
            ));
            deeds.push((Sign::Loop, msg("transfer-retry"), TransferEdit::Resume(id)));
        }
        TransferState::Done | TransferState::Committing => {}
    }
    for (sign, name, edit) in deeds {
        let name = ctx.say(name);
        if icon_button_ui(ui, ctx.theme, icons::sign(sign), &name, false).clicked() {
            ctx.commands.push(Command::Transfer(edit));
        }
    }
}
