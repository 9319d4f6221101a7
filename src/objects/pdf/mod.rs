//! PDF documents inside DICOM objects (PS3.3 A.45): their pages as pictures.
//!
//! A PDF comes from anyone and is a program of a kind. It is read and drawn in a process of its own
//! (`apart.rs`), with a limit on time and memory; where there are no workers ([`crate::worker`]), on a
//! thread of its own, and what does not come back is left behind, named, and counted (`guard.rs`).

mod apart;
mod draw;
mod guard;

use std::sync::Arc;
use std::time::Duration;

use crate::imaging::Picture;
use crate::jobs::JobCtx;
use crate::problem::{Message, msg};
use crate::worker;
use apart::Apart;
use draw::{Drawing, Pages};

pub use apart::serve;
pub use guard::NoResult;

/// Longest side of a page's picture, pixels.
pub const LARGEST_SIDE_PX: u32 = 4096;
/// Sides of a page, in points of 1/72 inch: those of PDF (ISO 32000-1 annex C).
const SIDE_POINTS: std::ops::RangeInclusive<f32> = 1.0..=14_400.0;
/// Time for finding the pages, and for one page.
const OPENING: Duration = Duration::from_secs(10);
const DRAWING: Duration = Duration::from_secs(20);

/// A document whose pages are known.
#[derive(Clone)]
pub struct PdfDocument {
    renderer: Renderer,
    /// Width and height of each page, points of 1/72 inch.
    pub pages: Arc<[[f32; 2]]>,
}

/// Who draws.
#[derive(Clone)]
enum Renderer {
    /// A worker of this document.
    Apart(Arc<Apart>),
    /// This process.
    Here(Arc<Pages>),
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
        if worker::is_enabled() {
            let apart = Arc::new(Apart::new(bytes, worker::Worker::start));
            let (own, stop) = (Arc::clone(&apart), Arc::clone(&apart));
            let opened = guard::run(
                &guard::GUARD,
                ctx,
                OPENING,
                move || own.open(),
                move || stop.stop(),
            )?;
            return Ok(Self {
                pages: opened.into(),
                renderer: Renderer::Apart(apart),
            });
        }
        let open = move || Pages::open(bytes).map_err(|refusal| refusal.message());
        let opened = guard::run(&guard::GUARD, ctx, OPENING, open, || ())?;
        Ok(Self {
            pages: opened.sizes().into(),
            renderer: Renderer::Here(Arc::new(opened)),
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
        let drawing = Drawing {
            index,
            scale: [(size_px[0] + 0.01) / width, (size_px[1] + 0.01) / height],
        };
        match &self.renderer {
            Renderer::Apart(apart) => {
                let (own, stop) = (Arc::clone(apart), Arc::clone(apart));
                guard::run(
                    &guard::GUARD,
                    ctx,
                    DRAWING,
                    move || own.draw(drawing),
                    move || stop.stop(),
                )
            }
            Renderer::Here(pages) => {
                let pages = Arc::clone(pages);
                let draw = move || pages.draw(drawing).map_err(|refusal| refusal.message());
                guard::run(&guard::GUARD, ctx, DRAWING, draw, || ())
            }
        }
    }
}

#[cfg(test)]
mod tests;
