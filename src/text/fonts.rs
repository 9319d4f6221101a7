//! The bundled fonts; none of the system's is used, so text is the same on every machine.
//! `assets/fonts/README` says where each comes from and why they stand in this order.

macro_rules! font {
    ($file:literal) => {
        ($file, include_bytes!(concat!("../../assets/fonts/", $file)))
    };
}

/// Name and bytes of the font for text.
pub const REGULAR: (&str, &[u8]) = font!("NotoSans-Regular.ttf");
/// The same for headings.
pub const SEMIBOLD: (&str, &[u8]) = font!("NotoSans-SemiBold.ttf");
/// Asked in this order where the first font has no glyph.
pub const OTHERS: [(&str, &[u8]); 6] = [
    font!("NotoSansMath-Subset.ttf"),
    font!("NotoSansSymbols2-Subset.ttf"),
    font!("NotoSansArabicUI-Regular.ttf"),
    font!("NotoSansHebrew-Regular.ttf"),
    font!("NotoSansThai-Regular.ttf"),
    font!("DroidSansFallback.ttf"),
];
