//! A line of text as outlines, for pictures that no window draws: shaped as the window shapes it, in
//! the same fonts, runs of one direction beside each other.

use std::sync::OnceLock;

use glam::DVec2;
use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider as _};

use super::bidi::visual_runs;
use super::fonts::{OTHERS, REGULAR};

/// A piece of an outline; y runs down, the baseline at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum OutlineStep {
    Move(DVec2),
    Line(DVec2),
    Quad(DVec2, DVec2),
    Curve(DVec2, DVec2, DVec2),
    Close,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lettering {
    /// How long it is.
    pub width: f64,
    /// From the top of the line to its baseline.
    pub ascent: f64,
    /// From the top of the line to that of the next.
    pub height: f64,
    /// The letters, from x = 0 on; filled by the non-zero rule.
    pub outline: Vec<OutlineStep>,
}

impl Lettering {
    /// Sets a line in letters of this size.
    #[must_use]
    pub fn new(line: &str, size: f64) -> Self {
        let fonts = fonts();
        let mut set = Self::default();
        if let Some(font) = fonts.first() {
            let metrics = Metrics::new(font, Size::new(size as f32), LocationRef::default());
            set.ascent = metrics.ascent.into();
            set.height = f64::from(metrics.ascent - metrics.descent + metrics.leading);
        }
        for run in visual_runs(line) {
            for (font, text) in by_font(fonts, &run.text, run.right_to_left) {
                set.add(font, &text, run.right_to_left, size);
            }
        }
        set
    }

    fn add(&mut self, font: &FontRef<'static>, text: &str, right_to_left: bool, size: f64) {
        let data = ShaperData::new(font);
        let shaper = data.shaper(font).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if right_to_left {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        });
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        let scale = size / f64::from(shaper.units_per_em().max(1));
        let glyphs = font.outline_glyphs();
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let offset = DVec2::new(position.x_offset.into(), position.y_offset.into()) * scale;
            let mut pen = Pen {
                at: DVec2::new(self.width + offset.x, -offset.y),
                outline: &mut self.outline,
            };
            let settings = DrawSettings::unhinted(Size::new(size as f32), LocationRef::default());
            if let Some(glyph) = glyphs.get(GlyphId::new(info.glyph_id)) {
                // A glyph that cannot be drawn leaves its gap.
                drop(glyph.draw(settings, &mut pen));
            }
            self.width += f64::from(position.x_advance) * scale;
        }
    }
}

/// The fonts in the order in which they are asked.
fn fonts() -> &'static [FontRef<'static>] {
    static FONTS: OnceLock<Vec<FontRef<'static>>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let bytes = std::iter::once(REGULAR)
            .chain(OTHERS)
            .map(|(_, bytes)| bytes);
        bytes.filter_map(|bytes| FontRef::new(bytes).ok()).collect()
    })
}

/// The text cut where another font has to be asked; the pieces from left to right.
fn by_font<'f>(
    fonts: &'f [FontRef<'static>],
    text: &str,
    right_to_left: bool,
) -> Vec<(&'f FontRef<'static>, String)> {
    let mut pieces: Vec<(usize, String)> = Vec::new();
    for letter in text.chars() {
        let has = |font: &FontRef<'static>| font.charmap().map(letter).is_some();
        let font = fonts.iter().position(has);
        match pieces.last_mut() {
            // What no font has, and blanks, stay with what is before them.
            Some((last, piece)) if font.is_none_or(|font| font == *last) || letter == ' ' => {
                piece.push(letter);
            }
            _ => pieces.push((font.unwrap_or(0), letter.to_string())),
        }
    }
    if right_to_left {
        pieces.reverse();
    }
    let with_font = |(font, piece)| Some((fonts.get(font)?, piece));
    pieces.into_iter().filter_map(with_font).collect()
}

struct Pen<'a> {
    at: DVec2,
    outline: &'a mut Vec<OutlineStep>,
}

impl Pen<'_> {
    fn point(&self, x: f32, y: f32) -> DVec2 {
        self.at + DVec2::new(x.into(), -f64::from(y))
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.outline.push(OutlineStep::Move(self.point(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.outline.push(OutlineStep::Line(self.point(x, y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let step = OutlineStep::Quad(self.point(cx, cy), self.point(x, y));
        self.outline.push(step);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (a, b) = (self.point(ax, ay), self.point(bx, by));
        self.outline
            .push(OutlineStep::Curve(a, b, self.point(x, y)));
    }

    fn close(&mut self) {
        self.outline.push(OutlineStep::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_one_after_the_other_and_grow_with_their_size() {
        let (one, two) = (Lettering::new("m", 12.0), Lettering::new("mm", 12.0));
        assert!((two.width - 2.0 * one.width).abs() < 1e-6 && one.width > 6.0);
        let large = Lettering::new("m", 24.0);
        assert!((large.width - two.width).abs() < 1e-6);
        assert!((large.height - 2.0 * one.height).abs() < 1e-4);
        assert!(!one.outline.is_empty());
    }

    #[test]
    fn letters_of_every_bundled_script_have_outlines() {
        for text in ["é", "ش", "ש", "ก", "肺", "∑"] {
            let set = Lettering::new(text, 12.0);
            assert!(set.width > 2.0 && !set.outline.is_empty(), "{text}");
        }
        assert!(Lettering::new("", 12.0).outline.is_empty());
    }

    #[test]
    fn arabic_letters_are_joined() {
        let joined = Lettering::new("بب", 12.0).width;
        let apart = 2.0 * Lettering::new("ب", 12.0).width;
        assert!(joined < apart * 0.9, "{joined} {apart}");
    }
}
