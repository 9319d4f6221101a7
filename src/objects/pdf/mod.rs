//! PDF documents inside DICOM objects (PS3.3 A.45): their pages as pictures.
//!
//! A PDF comes from anyone and is a program of a kind. Each piece of work on it runs on a thread of
//! its own, with a limit on time and size; what does not come back is left behind, named, and
//! counted (`guard.rs`).

mod guard;

use std::sync::Arc;
use std::time::Duration;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use crate::imaging::Picture;
use crate::jobs::JobCtx;
use crate::problem::{Message, msg};

pub use guard::NoResult;

/// Longest side of a page's picture, pixels.
pub const LARGEST_SIDE_PX: u32 = 4096;
/// Sides of a page, in points of 1/72 inch: those of PDF (ISO 32000-1 annex C).
const SIDE_POINTS: std::ops::RangeInclusive<f32> = 1.0..=14_400.0;
/// Pages beyond these are not offered.
const MOST_PAGES: usize = 10_000;
/// Time for finding the pages, and for one page.
const OPENING: Duration = Duration::from_secs(10);
const DRAWING: Duration = Duration::from_secs(20);

/// A document whose pages are known.
#[derive(Clone)]
pub struct PdfDocument {
    pdf: Arc<Pdf>,
    /// Width and height of each page, points of 1/72 inch.
    pub pages: Arc<[[f32; 2]]>,
}

impl std::fmt::Debug for PdfDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PdfDocument({} pages)", self.pages.len())
    }
}

impl PdfDocument {
    /// Finds the pages of a file.
    ///
    /// # Errors
    /// [`NoResult`]: why it cannot be shown, or that the job was cancelled.
    pub fn open(bytes: Vec<u8>, ctx: &JobCtx) -> Result<Self, NoResult> {
        if bytes.is_empty() {
            return Err(NoResult::Refused(Message::new(msg("pdf-empty"))));
        }
        guard::run(&guard::GUARD, ctx, OPENING, move || {
            let pdf = Pdf::new(bytes).map_err(|error| match error {
                LoadPdfError::Decryption(_) => Message::new(msg("pdf-encrypted")),
                LoadPdfError::Invalid => Message::new(msg("pdf-unreadable")),
            })?;
            let pages: Arc<[[f32; 2]]> = pdf
                .pages()
                .iter()
                .take(MOST_PAGES)
                .map(|page| page.render_dimensions().into())
                .collect();
            if pages.is_empty() {
                return Err(Message::new(msg("pdf-without-pages")));
            }
            Ok(Self {
                pdf: Arc::new(pdf),
                pages,
            })
        })
    }

    /// Draws a page (from 0), so many pixels wide, on white; smaller where it would be larger than
    /// [`LARGEST_SIDE_PX`].
    ///
    /// # Errors
    /// [`NoResult`].
    pub fn page(&self, index: u32, width_px: u32, ctx: &JobCtx) -> Result<Picture, NoResult> {
        let size = self.pages.get(index as usize).copied();
        let drawable = size.filter(|size| size.iter().all(|side| SIDE_POINTS.contains(side)));
        let [width, height] =
            drawable.ok_or_else(|| NoResult::Refused(Message::new(msg("pdf-page-size"))))?;
        let largest = LARGEST_SIDE_PX as f32 / width.max(height);
        let scale = (width_px as f32 / width).clamp(f32::MIN_POSITIVE, largest);
        // The library cuts fractions of a pixel off.
        let size_px = [width, height].map(|side| (side * scale).round().max(1.0));
        let pixmap = PixmapSettings {
            x_scale: (size_px[0] + 0.01) / width,
            y_scale: (size_px[1] + 0.01) / height,
            bg_color: WHITE,
        };
        let pdf = Arc::clone(&self.pdf);
        guard::run(&guard::GUARD, ctx, DRAWING, move || {
            let pages = pdf.pages();
            let page = pages.get(index as usize);
            let page = page.ok_or_else(|| Message::new(msg("pdf-page-size")))?;
            let drawn = hayro::render(
                page,
                &RenderCache::new(),
                &InterpreterSettings::default(),
                &RenderSettings::default(),
                &pixmap,
            );
            Ok(Picture {
                size_px: [drawn.width().into(), drawn.height().into()],
                rgba: drawn.data_as_u8_slice().to_vec(),
            })
        })
    }
}

#[cfg(test)]
mod tests;
