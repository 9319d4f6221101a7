//! The bundled fonts; none of the system's is used, so text is the same on every machine.
//! `assets/fonts/README` says where each comes from and why they stand in this order.

use std::sync::Arc;

use eframe::egui;
use egui::{FontData, FontDefinitions, FontFamily};

use crate::ui::theme::SEMIBOLD;

macro_rules! font {
    ($file:literal) => {
        ($file, include_bytes!(concat!("../../assets/fonts/", $file)))
    };
}

const REGULAR: (&str, &[u8]) = font!("NotoSans-Regular.ttf");
const SEMI: (&str, &[u8]) = font!("NotoSans-SemiBold.ttf");
/// Asked in this order where the first font has no glyph.
const OTHERS: [(&str, &[u8]); 6] = [
    font!("NotoSansMath-Subset.ttf"),
    font!("NotoSansSymbols2-Subset.ttf"),
    font!("NotoSansArabicUI-Regular.ttf"),
    font!("NotoSansHebrew-Regular.ttf"),
    font!("NotoSansThai-Regular.ttf"),
    font!("DroidSansFallback.ttf"),
];

/// Registers the fonts: regular, semibold, icons.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
    egui_material_icons::initialize(ctx);
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [REGULAR, SEMI].into_iter().chain(OTHERS) {
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
        (FontFamily::Name(SEMIBOLD.into()), family(SEMI.0)),
    ];
    fonts.families.extend(families);
    fonts
}
