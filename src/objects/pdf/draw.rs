//! Reading a document and drawing its pages, without regard to what that may do to the process.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use serde::{Deserialize, Serialize};

use crate::imaging::Picture;
use crate::problem::{Message, msg};

/// Pages beyond these are not offered.
const MOST_PAGES: usize = 10_000;

/// Why a document is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// It is no PDF, or a broken one.
    Unreadable,
    /// It wants a password.
    Encrypted,
    /// It has none.
    WithoutPages,
    /// A page it does not have.
    NoSuchPage,
}

impl Refusal {
    pub(super) fn message(self) -> Message {
        Message::new(match self {
            Self::Unreadable => msg("pdf-unreadable"),
            Self::Encrypted => msg("pdf-encrypted"),
            Self::WithoutPages => msg("pdf-without-pages"),
            Self::NoSuchPage => msg("pdf-page-size"),
        })
    }
}

/// A page to be drawn.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Drawing {
    /// From 0.
    pub index: u32,
    /// Pixels a point, across and down.
    pub scale: [f32; 2],
}

/// A document that was read.
pub(super) struct Pages(Arc<Pdf>);

impl Pages {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let pdf = Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(_) => Refusal::Encrypted,
            LoadPdfError::Invalid => Refusal::Unreadable,
        })?;
        let pages = Self(Arc::new(pdf));
        if pages.sizes().is_empty() {
            return Err(Refusal::WithoutPages);
        }
        Ok(pages)
    }

    /// Width and height of each page, points.
    pub(super) fn sizes(&self) -> Vec<[f32; 2]> {
        let pages = self.0.pages().iter().take(MOST_PAGES);
        pages.map(|page| page.render_dimensions().into()).collect()
    }

    pub(super) fn draw(&self, drawing: Drawing) -> Result<Picture, Refusal> {
        let pages = self.0.pages();
        let page = pages.get(drawing.index as usize);
        let page = page.ok_or(Refusal::NoSuchPage)?;
        let [x_scale, y_scale] = drawing.scale;
        let drawn = hayro::render(
            page,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &PixmapSettings {
                x_scale,
                y_scale,
                bg_color: WHITE,
            },
        );
        Ok(Picture {
            size_px: [drawn.width().into(), drawn.height().into()],
            rgba: drawn.data_as_u8_slice().to_vec(),
        })
    }
}
