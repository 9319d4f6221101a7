//! Every file that was found and not shown, with its reason: N found = N shown + N explained.

use eframe::egui;
use egui::{ScrollArea, Ui};

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;

/// The list.
pub fn passed_over_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let passed = &ctx.workspace.passed_over;
    let sum = Message::new(msg("passed-over-sum"))
        .count("found", ctx.workspace.files_found)
        .count("passed", passed.len());
    let words = ctx.words.get(&sum);
    Text::new(&words, theme.body(), theme.colours.text)
        .wrapped()
        .ui(ui);
    ui.add_space(theme.sizes.space);
    let row = theme.sizes.body + theme.sizes.small + 10.0;
    ScrollArea::vertical()
        .max_height(14.0 * row)
        .auto_shrink([false, true])
        .show_rows(ui, row, passed.len(), |ui, range| {
            for item in passed.get(range).unwrap_or_default() {
                ui.vertical(|ui| {
                    ui.set_height(row);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let reason = ctx.words.get(&item.reason);
                    Text::new(
                        &item.path.display().to_string(),
                        theme.body(),
                        theme.colours.text,
                    )
                    .ui(ui);
                    Text::new(&reason, theme.small(), theme.colours.warning).ui(ui);
                });
            }
        });
}
