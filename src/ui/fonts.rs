//! The bundled fonts in the window.

use std::sync::Arc;

use eframe::egui;
use egui::{FontData, FontDefinitions, FontFamily};

use crate::text::fonts::{OTHERS, REGULAR, SEMIBOLD};
use crate::ui::theme;

/// Registers the fonts: regular, semibold, icons.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
    egui_material_icons::initialize(ctx);
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [REGULAR, SEMIBOLD].into_iter().chain(OTHERS) {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let family = |first: &str| {
        let others = OTHERS.iter().map(|(name, _)| (*name).to_owned());
        std::iter::once(first.to_owned())
            .chain(others)
            .collect::<Vec<_>>()
    };
    let families = [
        (FontFamily::Proportional, family(REGULAR.0)),
        (FontFamily::Monospace, family(REGULAR.0)),
        (FontFamily::Name(theme::SEMIBOLD.into()), family(SEMIBOLD.0)),
    ];
    fonts.families.extend(families);
    fonts
}
