//! What this program is, and what changed.

use eframe::egui;
use egui::Ui;

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;

/// About isocentre.
pub fn about_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let version = Message::new(msg("about-version")).text("version", env!("CARGO_PKG_VERSION"));
    let lines = [
        (ctx.words.get(&version), colours.text),
        (ctx.say(msg("about-what")), colours.secondary),
        (ctx.say(msg("not-cleared")), colours.warning),
        (ctx.say(msg("about-licence")), colours.secondary),
        (ctx.say(msg("about-news")), colours.text),
    ];
    for (line, colour) in lines {
        Text::new(&line, theme.body(), colour).wrapped().ui(ui);
        ui.add_space(theme.sizes.space);
    }
}
