//! Who was asked, and how far each is; a failure with its likely cause.

use eframe::egui;
use egui::Ui;

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::PanelCtx;
use crate::workspace::{Source, SourceState, Sources, URGENT_DAYS};

/// The name of a source as the reader calls it.
pub(super) fn source_name(ctx: &PanelCtx<'_>, source: &Source) -> String {
    match source {
        Source::Archive => ctx.say(msg("search-archive")),
        Source::Node(name) => name.clone(),
        Source::Worklist(name) => {
            let words = Message::new(msg("search-source-worklist"));
            ctx.words.get(&words.text("node", name))
        }
    }
}

/// A word about each, where none failed. `left_out` says how much is not shown because the source
/// does not say how urgent it is.
pub(super) fn sources_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    sources: &Sources,
    left_out: &dyn Fn(&Source) -> usize,
) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    if sources.all().is_empty() {
        return;
    }
    ui.add_space(theme.sizes.space);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * theme.sizes.space;
        for (source, state) in sources.all() {
            let name = source_name(ctx, source);
            let (sign, colour, words) = match state {
                SourceState::Asked(matches) => {
                    let words = Message::new(msg("search-source-asked"));
                    (
                        Sign::Waiting,
                        colours.secondary,
                        words.count("count", *matches),
                    )
                }
                SourceState::Answered { matches, end } => {
                    let is_silent = *matches == 0 && left_out(source) > 0;
                    let is_short = end.is_cut && matches!(source, Source::Worklist(_));
                    let words = if is_short {
                        msg("search-source-planned-cut")
                    } else if is_silent {
                        msg("search-source-silent")
                    } else if matches!(source, Source::Worklist(_)) {
                        msg("search-source-planned")
                    } else if end.is_cut {
                        msg("search-source-cut")
                    } else {
                        msg("search-source-answered")
                    };
                    let words = Message::new(words).count("count", *matches);
                    if is_silent || is_short {
                        (Sign::Problem, colours.warning, words)
                    } else if end.warnings.is_empty() {
                        (Sign::Good, colours.secondary, words)
                    } else {
                        (Sign::Problem, colours.warning, words)
                    }
                }
                SourceState::NotOffered if matches!(source, Source::Worklist(_)) => continue,
                SourceState::NotOffered => {
                    let words = Message::new(msg("search-source-not-offered"));
                    (Sign::Hidden, colours.secondary, words)
                }
                SourceState::Failed(_) => continue,
            };
            ui.label(
                egui::RichText::new(icons::sign(sign))
                    .font(icons::font(theme.sizes.body))
                    .color(colour),
            );
            let words = ctx.words.get(&words.text("source", name));
            Text::new(&words, theme.small(), colour).ui(ui);
        }
    });
}

/// Failures, and what an answer may lack, on lines of their own. They come late, so they stand below
/// the rows: nobody is to click another patient because a line was put in above.
pub(super) fn failures_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    sources: &Sources,
    left_out: &dyn Fn(&Source) -> usize,
) {
    let theme = ctx.theme;
    for (source, state) in sources.all() {
        left_out_ui(ui, ctx, source, state, left_out(source));
        short_plan_ui(ui, ctx, source, state);
        let reasons = match state {
            SourceState::Failed(why) => std::slice::from_ref(why),
            SourceState::Answered { end, .. } => end.warnings.as_slice(),
            SourceState::Asked(_) | SourceState::NotOffered => &[],
        };
        for reason in reasons {
            let words = Message::new(msg("search-source-says"))
                .text("source", source_name(ctx, source))
                .message("reason", reason.clone());
            let words = ctx.words.get(&words);
            Text::new(&words, theme.small(), theme.colours.warning)
                .wrapped()
                .ui(ui);
        }
    }
}

/// Studies that are not shown because nobody says how urgent they are.
fn left_out_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    source: &Source,
    state: &SourceState,
    left_out: usize,
) {
    let SourceState::Answered { end, .. } = state else {
        return;
    };
    if left_out == 0 || matches!(source, Source::Worklist(_)) {
        return;
    }
    let words = if end.is_cut {
        msg("search-source-left-out-cut")
    } else {
        msg("search-source-left-out")
    };
    let words = Message::new(words)
        .text("source", source_name(ctx, source))
        .count("count", left_out);
    let words = ctx.words.get(&words);
    Text::new(&words, ctx.theme.small(), ctx.theme.colours.warning)
        .wrapped()
        .ui(ui);
}

/// A worklist of which only a part was read: what is urgent may be in the rest.
fn short_plan_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, source: &Source, state: &SourceState) {
    let is_short = matches!(state, SourceState::Answered { end, .. } if end.is_cut);
    if !is_short || !matches!(source, Source::Worklist(_)) {
        return;
    }
    let words = Message::new(msg("search-source-plan-short"));
    let words = ctx
        .words
        .get(&words.text("source", source_name(ctx, source)));
    Text::new(&words, ctx.theme.small(), ctx.theme.colours.warning)
        .wrapped()
        .ui(ui);
}

/// Of which days that is what is urgent, where the reader has not said it.
pub(super) fn days_ui(ui: &mut Ui, ctx: &PanelCtx<'_>) {
    if !ctx.workspace.search.is_urgent_of_late() {
        return;
    }
    let words = Message::new(msg("search-urgent-days")).number("days", f64::from(URGENT_DAYS));
    let words = ctx.words.get(&words);
    Text::new(&words, ctx.theme.small(), ctx.theme.colours.secondary)
        .wrapped()
        .ui(ui);
}
