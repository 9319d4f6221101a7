//! Who was asked, and how far each is; a failure with its likely cause.

use eframe::egui;
use egui::Ui;

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::PanelCtx;
use crate::workspace::{Source, SourceState, Sources};

/// The name of a source as the reader calls it.
pub(super) fn source_name(ctx: &PanelCtx<'_>, source: &Source) -> String {
    match source {
        Source::Archive => ctx.say(msg("search-archive")),
        Source::Node(name) => name.clone(),
    }
}

/// A word about each; failures, and what an answer may lack, on lines of their own.
pub(super) fn sources_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, sources: &Sources) {
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
                    let words = if end.is_cut {
                        msg("search-source-cut")
                    } else {
                        msg("search-source-answered")
                    };
                    let words = Message::new(words).count("count", *matches);
                    if end.warnings.is_empty() {
                        (Sign::Good, colours.secondary, words)
                    } else {
                        (Sign::Problem, colours.warning, words)
                    }
                }
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
    for (source, state) in sources.all() {
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
            Text::new(&words, theme.small(), colours.warning)
                .wrapped()
                .ui(ui);
        }
    }
}
