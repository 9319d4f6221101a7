//! What lies over the pixels of a frame without being one: display shutter and overlay planes
//! (PS3.3 C.7.6.11, C.9.2).
//!
//! Both are laid out at the image's own pixels, as bits of [`Marks`], which the shaders read as a
//! texture (`shaders/common/marks.wgsl`) and the twin as it is. They take no part in the grey
//! chain: a shutter covers what the chain made, overlays are drawn over both. Values under a
//! shutter are values all the same: probe and statistics do not know it. Both belong to the pixels
//! of a frame as acquired; a resliced plane shows neither.

use std::sync::Arc;

use crate::dicom::modules::shutter_fault;
use crate::dicom::modules::{DisplayShutter, OverlayPlane, OverlayType};
use crate::geom::{DAffine2, DMat2};
use crate::imaging::grey_chain::Look;
use crate::imaging::shutter::Shutter;
use crate::problem::{Message, msg};

/// The bit of a pixel that a shutter covers.
pub const SHUTTER: u32 = 1;

/// The bit of a pixel that an overlay covers, by [`OverlayPlane::index`].
#[must_use]
pub const fn overlay_bit(index: u8) -> u32 {
    2 << (index % 16)
}

/// Overlays an image can have.
pub const OVERLAYS: usize = 16;

/// What the reader chose of shutter and overlays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarksLook {
    /// Bits of [`Marks`] that are shown.
    pub shown: u32,
    /// Red, green, blue of each overlay, by its index. Where several lie on a pixel the highest is
    /// seen.
    pub overlays_rgb: [[u8; 3]; OVERLAYS],
}

impl Default for MarksLook {
    /// Everything, overlays in white.
    fn default() -> Self {
        Self {
            shown: u32::MAX,
            overlays_rgb: [[u8::MAX; 3]; OVERLAYS],
        }
    }
}

impl MarksLook {
    /// What is seen of marks on a pixel: the colour of an overlay, over that of the shutter.
    #[must_use]
    #[inline]
    pub(crate) fn rgb(&self, marks: u32, shutter_rgb: [u8; 3]) -> Option<[u8; 3]> {
        match ((marks >> 1).checked_ilog2(), marks & SHUTTER) {
            (Some(highest), _) => self.overlays_rgb.get(highest as usize).copied(),
            (None, 0) => None,
            (None, _) => Some(shutter_rgb),
        }
    }
}

/// How many pixels of the frame to each side, across and down, a pixel of the screen looks for
/// overlays: none where it is no larger than theirs; else as many that no line falls between two.
#[must_use]
pub fn reach(image_from_screen: &DAffine2) -> [i32; 2] {
    let DMat2 { x_axis, y_axis } = image_from_screen.matrix2;
    let step = x_axis.abs().max(y_axis.abs());
    step.to_array()
        .map(|step| ((step - 1.0 - 1e-6) / 2.0).ceil().clamp(0.0, MOST_REACH) as i32)
}

/// Beyond it a picture is a thumbnail.
const MOST_REACH: f64 = 7.0;

/// One overlay on one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameOverlay {
    /// What it is.
    pub plane: Arc<OverlayPlane>,
    /// Its bits, row by row without padding, lowest bit of a byte first.
    pub bits: Arc<[u8]>,
    /// Where in them the frame begins.
    pub first_bit: u64,
}

impl FrameOverlay {
    /// Whether it is set at its own row and column (from 0); not outside it.
    #[must_use]
    pub fn is_set(&self, row: i64, column: i64) -> bool {
        let (rows, columns) = (i64::from(self.plane.rows), i64::from(self.plane.columns));
        if !(0..rows).contains(&row) || !(0..columns).contains(&column) {
            return false;
        }
        let at = self.first_bit + (row * columns + column) as u64;
        let byte = usize::try_from(at / 8)
            .ok()
            .and_then(|at| self.bits.get(at));
        byte.is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    /// Whether it is drawn there: a graphic where it is set, a region of interest along its border,
    /// since filled it would hide what it is about.
    fn is_drawn(&self, row: i64, column: i64) -> bool {
        self.is_set(row, column)
            && (self.plane.overlay_type == OverlayType::Graphics
                || [(-1, 0), (1, 0), (0, -1), (0, 1)]
                    .iter()
                    .any(|(down, right)| !self.is_set(row + down, column + right)))
    }
}

/// What lies over one frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameMarks {
    /// In order of their groups; the one a bitmap shutter is made of is not among them.
    pub overlays: Vec<FrameOverlay>,
    /// What covers the frame, if anything.
    pub shutter: Option<Shutter>,
    /// What the image holds and cannot be shown, a sentence each.
    pub faults: Vec<Message>,
}

/// Which marks lie on each pixel of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marks {
    /// The shutter and overlays 0 to 6: what nearly every image has at most.
    U8(Vec<u8>),
    /// All of them.
    U32(Vec<u32>),
}

impl Marks {
    /// The bits of a pixel, by its index; none outside.
    #[must_use]
    #[inline]
    pub fn at(&self, index: usize) -> u32 {
        match self {
            Self::U8(bits) => bits.get(index).copied().unwrap_or(0).into(),
            Self::U32(bits) => bits.get(index).copied().unwrap_or(0),
        }
    }
}

impl FrameMarks {
    /// Whether nothing lies over the frame.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.overlays.is_empty() && self.shutter.is_none()
    }

    /// Covers it with a shutter, once all overlays are there: the one a bitmap shutter is made of
    /// is no longer one. A shutter that leaves nothing to see is a fault of the image, not a wish.
    pub fn cover(&mut self, shutter: &Arc<DisplayShutter>, size: [u32; 2], aspect: f64) {
        let bitmap = shutter.overlay_index.and_then(|index| {
            let found = self.overlays.iter().position(|it| it.plane.index == index);
            found.map(|at| self.overlays.remove(at))
        });
        if shutter.overlay_index.is_some() && bitmap.is_none() {
            self.faults.push(shutter_fault(msg("shutter-bitmap")));
        }
        let shutter = Shutter {
            shutter: Arc::clone(shutter),
            bitmap,
            aspect,
        };
        if shutter.leaves_something(size) {
            self.shutter = Some(shutter);
        } else {
            self.faults.push(Message::new(msg("shutter-covers-all")));
        }
    }

    /// What covered pixels show under a look: red, green, blue.
    #[must_use]
    pub fn shutter_rgb(&self, look: &Look) -> [u8; 3] {
        let shutter = self.shutter.as_ref();
        shutter.map_or([0; 3], |shutter| shutter.rgb(look.display.as_ref()))
    }

    /// Lays everything out over a frame of these columns and rows.
    #[must_use]
    pub fn lay_out(&self, size: [u32; 2]) -> Marks {
        let last = self.overlays.iter().map(|it| it.plane.index).max();
        if last.is_none_or(|last| u8::try_from(overlay_bit(last)).is_ok()) {
            let mut bits = vec![0_u8; size[0] as usize * size[1] as usize];
            self.fill(size, |at, bit| {
                if let Some(pixel) = bits.get_mut(at) {
                    *pixel |= bit as u8;
                }
            });
            Marks::U8(bits)
        } else {
            let mut bits = vec![0_u32; size[0] as usize * size[1] as usize];
            self.fill(size, |at, bit| {
                if let Some(pixel) = bits.get_mut(at) {
                    *pixel |= bit;
                }
            });
            Marks::U32(bits)
        }
    }

    fn fill(&self, size: [u32; 2], mut mark: impl FnMut(usize, u32)) {
        if let Some(shutter) = &self.shutter {
            shutter.each_covered(size, |at| mark(at, SHUTTER));
        }
        let [columns, rows] = size.map(i64::from);
        for overlay in &self.overlays {
            let bit = overlay_bit(overlay.plane.index);
            let (top, left) = overlay.plane.origin;
            let within = |first: i64, count: u32, limit: i64| {
                first.max(0)..first.saturating_add(count.into()).min(limit)
            };
            for row in within(top, overlay.plane.rows, rows) {
                for column in within(left, overlay.plane.columns, columns) {
                    if overlay.is_drawn(row - top, column - left) {
                        mark((row * columns + column) as usize, bit);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dicom::modules::OverlayBits;
    use crate::geom::DVec2;

    /// One row of signs each.
    pub fn rows(
        marks: &Marks,
        [columns, rows]: [u32; 2],
        bit: u32,
        shows: fn(bool) -> bool,
    ) -> Vec<String> {
        let columns = columns as usize;
        (0..rows as usize)
            .map(|row| {
                let pixel = |column| shows(marks.at(row * columns + column) & bit != 0);
                (0..columns)
                    .map(|c| if pixel(c) { '#' } else { '.' })
                    .collect()
            })
            .collect()
    }

    fn overlay(
        index: u8,
        origin: (i64, i64),
        overlay_type: OverlayType,
        bits: &[u8],
    ) -> FrameOverlay {
        FrameOverlay {
            plane: Arc::new(OverlayPlane {
                index,
                rows: 3,
                columns: 3,
                origin,
                overlay_type,
                name: String::new(),
                frames: None,
                bits: OverlayBits::Separate(bits.into()),
            }),
            bits: bits.into(),
            first_bit: 0,
        }
    }

    #[test]
    fn an_overlay_that_reaches_outside_the_image_is_cut_at_its_edge() {
        let marks = FrameMarks {
            overlays: vec![
                overlay(0, (-1, -1), OverlayType::Graphics, &[0xFF, 0x01]),
                overlay(6, (2, 3), OverlayType::Graphics, &[0xFF, 0x01]),
            ],
            ..FrameMarks::default()
        };
        let size = [4, 3];
        let laid = marks.lay_out(size);
        assert!(matches!(laid, Marks::U8(_)));
        let set = |index| rows(&laid, size, overlay_bit(index), |is_set| is_set);
        assert_eq!(set(0), ["##..", "##..", "...."]);
        assert_eq!(set(6), ["....", "....", "...#"]);
    }

    #[test]
    fn no_line_falls_between_the_places_that_pixels_of_the_screen_look_at() {
        for step in [0.1, 0.999, 1.0, 1.01, 2.0, 3.0, 3.5, 9.0, 15.0] {
            let [across, down] = reach(&DAffine2::from_scale(DVec2::new(step, 1.0)));
            assert!(f64::from(2 * across + 1) >= step, "{step}");
            assert!(
                f64::from(2 * across - 1) < step,
                "{step}: no wider than it must be"
            );
            assert_eq!(down, 0);
        }
        assert_eq!(
            reach(&DAffine2::from_scale(DVec2::new(f64::NAN, 1e9))),
            [0, 7]
        );
    }

    #[test]
    fn a_region_of_interest_is_drawn_along_its_border() {
        let marks = FrameMarks {
            overlays: vec![overlay(
                15,
                (0, 0),
                OverlayType::RegionOfInterest,
                &[0xFF, 0x01],
            )],
            ..FrameMarks::default()
        };
        let laid = marks.lay_out([3, 3]);
        let set = rows(&laid, [3, 3], overlay_bit(15), |is_set| is_set);
        assert_eq!(set, ["###", "#.#", "###"]);
    }
}
