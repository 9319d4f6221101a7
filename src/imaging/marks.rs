//! What lies over the pixels of a frame without being one: display shutter and overlay planes
//! (PS3.3 C.7.6.11, C.9.2).
//!
//! Both are laid out at the image's own pixels, as bits of [`Marks`], which the shaders read as a
//! texture (`shaders/common/marks.wgsl`) and the twin as it is. They take no part in the grey
//! chain: a shutter covers what the chain made, overlays are drawn over both. Values under a
//! shutter are values all the same: probe and statistics do not know it. Both belong to the pixels
//! of a frame as acquired; a resliced plane shows neither.

use std::sync::Arc;

use super::cielab::srgb_from_lab;
use crate::dicom::modules::shutter_fault;
use crate::dicom::modules::{
    Circle, DisplayShutter, OverlayPlane, OverlayType, Rectangle, ShutterColour,
};
use crate::imaging::grey_chain::Look;
use crate::imaging::lut::DisplayLut;
use crate::problem::{Message, msg};

/// A pixel centre this near to a polygon's border, in pixels, lies on it.
const ON_BORDER: f64 = 1e-9;

/// The bit of a pixel that a shutter covers.
pub const SHUTTER: u32 = 1;

/// The bit of a pixel that an overlay covers, by [`OverlayPlane::index`].
#[must_use]
pub const fn overlay_bit(index: u8) -> u32 {
    2 << (index % 16)
}

/// What the reader chose of shutter and overlays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarksLook {
    /// Bits of [`Marks`] that are shown.
    pub shown: u32,
    /// Red, green, blue of overlays.
    pub overlay_rgb: [u8; 3],
}

impl Default for MarksLook {
    /// Everything, overlays in white.
    fn default() -> Self {
        Self {
            shown: u32::MAX,
            overlay_rgb: [u8::MAX; 3],
        }
    }
}

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

/// A shutter ready to be laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Shutter {
    /// As the image describes it.
    pub shutter: Arc<DisplayShutter>,
    /// The overlay it is made of, too, if it is a bitmap.
    pub bitmap: Option<FrameOverlay>,
    /// Height over width of a pixel: what makes a circle round.
    pub aspect: f64,
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

impl Shutter {
    /// Whether any pixel of an image of these columns and rows is left to see.
    #[must_use]
    pub fn leaves_something(&self, size: [u32; 2]) -> bool {
        let mut covered = 0_u64;
        self.each_covered(size, |_| covered += 1);
        covered < u64::from(size[0]) * u64::from(size[1])
    }

    /// What covered pixels show: red, green, blue.
    #[must_use]
    pub fn rgb(&self, display: Option<&DisplayLut>) -> [u8; 3] {
        match self.shutter.colour {
            ShutterColour::PValue(value) => {
                let y = f32::from(value) / 65_535.0;
                let y = display.map_or(y, |display| display.apply(y));
                [(y * 255.0).round_ties_even() as u8; 3]
            }
            ShutterColour::CieLab(lab) => srgb_from_lab(lab),
        }
    }

    fn each_covered(&self, size: [u32; 2], mut cover: impl FnMut(usize)) {
        let [columns, rows] = size.map(i64::from);
        let mut inside = vec![true; size[0] as usize];
        for row in 0..rows {
            if let Some(polygon) = &self.shutter.polygon {
                fill_row(polygon, row + 1, &mut inside);
            }
            for (column, is_inside) in (0..columns).zip(&inside) {
                let is_seen = *is_inside
                    && (self.shutter.rectangle).is_none_or(|it| in_rectangle(&it, row, column))
                    && (self.shutter.circle).is_none_or(|it| self.in_circle(&it, row, column))
                    && self.bitmap.as_ref().is_none_or(|it| {
                        let (top, left) = it.plane.origin;
                        !it.is_set(row - top, column - left)
                    });
                if !is_seen {
                    cover((row * columns + column) as usize);
                }
            }
        }
    }

    fn in_circle(&self, circle: &Circle, row: i64, column: i64) -> bool {
        let right = (column + 1 - circle.column) as f64;
        let down = (row + 1 - circle.row) as f64 * self.aspect;
        right * right + down * down <= (circle.radius as f64).powi(2)
    }
}

fn in_rectangle(rectangle: &Rectangle, row: i64, column: i64) -> bool {
    (rectangle.left..=rectangle.right).contains(&(column + 1))
        && (rectangle.upper..=rectangle.lower).contains(&(row + 1))
}

/// Which pixels of a row (from 1) lie inside a polygon (even-odd) or on its border. Takes as long as
/// the polygon has corners and the row has pixels, whatever the polygon looks like.
fn fill_row(polygon: &[(i64, i64)], row: i64, inside: &mut [bool]) {
    let columns = inside.len();
    // How many spans begin less how many have ended, at each column.
    let mut steps = vec![0_i32; columns + 1];
    let mut open = |from: f64, to: f64| {
        let first = (from - 1.0 - ON_BORDER).ceil().max(0.0);
        let end = (to + ON_BORDER).floor().min(columns as f64);
        if first < end {
            for (at, step) in [(first as usize, 1), (end as usize, -1)] {
                if let Some(steps) = steps.get_mut(at) {
                    *steps += step;
                }
            }
        }
    };
    let mut crossings = Vec::new();
    let next = polygon.iter().cycle().skip(1);
    for ((row_a, column_a), (row_b, column_b)) in polygon.iter().zip(next) {
        if !(*row_a.min(row_b)..=*row_a.max(row_b)).contains(&row) {
            continue;
        }
        if row_a == row_b {
            let (first, last) = (*column_a.min(column_b), *column_a.max(column_b));
            open(first as f64, last as f64);
            continue;
        }
        let share = (row - row_a) as f64 / (row_b - row_a) as f64;
        let column = (*column_a as f64) + share * (column_b - column_a) as f64;
        // The border itself is inside; as a crossing a corner counts for the edge below it alone.
        open(column, column);
        if row < *row_a.max(row_b) {
            crossings.push(column);
        }
    }
    crossings.sort_by(f64::total_cmp);
    for [from, to] in crossings.as_chunks::<2>().0 {
        open(*from, *to);
    }
    let mut depth = 0;
    for (is_inside, step) in inside.iter_mut().zip(steps) {
        depth += step;
        *is_inside = depth > 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::OverlayBits;

    fn shutter() -> DisplayShutter {
        DisplayShutter {
            rectangle: None,
            circle: None,
            polygon: None,
            overlay_index: None,
            colour: ShutterColour::PValue(0),
        }
    }

    fn seen(shutter: DisplayShutter, aspect: f64, size: [u32; 2]) -> Vec<String> {
        let marks = FrameMarks {
            shutter: Some(Shutter {
                shutter: Arc::new(shutter),
                bitmap: None,
                aspect,
            }),
            ..FrameMarks::default()
        };
        let laid = marks.lay_out(size);
        rows(&laid, size, SHUTTER, |is_set| !is_set)
    }

    fn rows(
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

    #[test]
    fn the_edges_of_a_rectangular_shutter_are_seen() {
        let rectangle = Some(Rectangle {
            left: 2,
            right: 4,
            upper: 2,
            lower: 3,
        });
        let got = seen(
            DisplayShutter {
                rectangle,
                ..shutter()
            },
            1.0,
            [5, 4],
        );
        assert_eq!(got, [".....", ".###.", ".###.", "....."]);
    }

    #[test]
    fn a_circular_shutter_is_round_on_screen_where_pixels_are_not_square() {
        let circle = Some(Circle {
            row: 3,
            column: 3,
            radius: 2,
        });
        let square = seen(
            DisplayShutter {
                circle,
                ..shutter()
            },
            1.0,
            [5, 5],
        );
        assert_eq!(square, ["..#..", ".###.", "#####", ".###.", "..#.."]);
        let tall = seen(
            DisplayShutter {
                circle,
                ..shutter()
            },
            2.0,
            [5, 5],
        );
        assert_eq!(tall, [".....", "..#..", "#####", "..#..", "....."]);
    }

    #[test]
    fn a_polygonal_shutter_is_seen_through_inside_and_on_its_border() {
        let diamond: Arc<[(i64, i64)]> = Arc::from([(1, 3), (3, 5), (5, 3), (3, 1)]);
        let polygon = Some(diamond);
        let got = seen(
            DisplayShutter {
                polygon,
                ..shutter()
            },
            1.0,
            [6, 5],
        );
        assert_eq!(got, ["..#...", ".###..", "#####.", ".###..", "..#..."]);
        // An arrow head: the notch between its wings is outside.
        let polygon = Some(Arc::from([(1, 1), (5, 3), (1, 5), (3, 3)]));
        let got = seen(
            DisplayShutter {
                polygon,
                ..shutter()
            },
            1.0,
            [5, 5],
        );
        assert_eq!(got, ["#...#", ".#.#.", ".###.", "..#..", "..#.."]);
    }

    #[test]
    fn a_polygon_of_thousands_of_corners_takes_no_longer_than_its_corners() {
        // A comb: every row crosses every tooth. Tested pixel by pixel it would take minutes.
        let corners = (0..20_000_i64).map(|k| {
            if k % 2 == 0 {
                (1, k % 600)
            } else {
                (600, k % 600)
            }
        });
        let polygon = Some(corners.collect::<Arc<[_]>>());
        let begin = std::time::Instant::now();
        assert_eq!(
            seen(
                DisplayShutter {
                    polygon,
                    ..shutter()
                },
                1.0,
                [600, 600]
            )
            .len(),
            600
        );
        assert!(begin.elapsed() < std::time::Duration::from_secs(30));
    }

    #[test]
    fn only_what_every_shape_leaves_open_is_seen() {
        let rectangle = Some(Rectangle {
            left: 1,
            right: 3,
            upper: 1,
            lower: 5,
        });
        let circle = Some(Circle {
            row: 3,
            column: 3,
            radius: 2,
        });
        let both = DisplayShutter {
            rectangle,
            circle,
            ..shutter()
        };
        assert_eq!(
            seen(both, 1.0, [5, 5]),
            ["..#..", ".##..", "###..", ".##..", "..#.."]
        );
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

    #[test]
    fn the_white_and_the_grey_of_cielab_have_no_hue() {
        assert_eq!(srgb_from_lab([65_535, 0x8080, 0x8080]), [255; 3]);
        assert_eq!(srgb_from_lab([0, 0x8080, 0x8080]), [0; 3]);
        // CSS lab(50 68.5 -47.7) under D50.
        let purple = srgb_from_lab([
            32_768,
            ((68.5 + 128.0) * 257.0) as u16,
            ((-47.7 + 128.0) * 257.0) as u16,
        ]);
        assert!(
            purple[0] > 150 && purple[1] < 80 && purple[2] > 180,
            "{purple:?}"
        );
    }
}
