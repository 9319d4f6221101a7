//! The catalogues: every sentence a person reads, in every language, built into the program.
//!
//! A language is one column of files here and one row in `Language`; a test holds all
//! languages to the same ids with the same arguments.

/// One Fluent file of one language.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// The language's code, `en`, `fr`.
    pub language: &'static str,
    /// The file's name without `.ftl`: the area it speaks for.
    pub area: &'static str,
    /// The Fluent source.
    pub source: &'static str,
}

macro_rules! catalogues {
    ($($language:literal: $($area:literal),+;)+) => {
        &[$($(Catalogue {
            language: $language,
            area: $area,
            source: include_str!(concat!("../../assets/locales/", $language, "/", $area, ".ftl")),
        },)+)+]
    };
}

/// Every catalogue of every language.
#[rustfmt::skip]
pub static CATALOGUES: &[Catalogue] = catalogues! {
    "en": "actions", "archive", "archive-ui", "base", "cli", "colour", "decode", "documents", "layers", "marks", "model", "pacs", "pacs-ui", "pacs-web", "presentation", "previews", "reading", "receiving", "render", "report", "ui", "values", "viewport", "waveform", "workspace";
    "fr": "actions", "archive", "archive-ui", "base", "cli", "colour", "decode", "documents", "layers", "marks", "model", "pacs", "pacs-ui", "pacs-web", "presentation", "previews", "reading", "receiving", "render", "report", "ui", "values", "viewport", "waveform", "workspace";
};
