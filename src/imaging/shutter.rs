//! Display shutters (PS3.3 C.7.6.11, C.7.6.15): which pixels of a frame they cover, and with what.

use std::sync::Arc;

use crate::dicom::modules::{Circle, DisplayShutter, Rectangle, ShutterColour};
use crate::imaging::cielab::srgb_from_lab;
use crate::imaging::lut::DisplayLut;
use crate::imaging::marks::FrameOverlay;

/// A pixel centre this near to a polygon's border, in pixels, lies on it.
const ON_BORDER: f64 = 1e-9;

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

    pub(super) fn each_covered(&self, size: [u32; 2], mut cover: impl FnMut(usize)) {
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
    use crate::imaging::FrameMarks;
    use crate::imaging::marks::SHUTTER;
    use crate::imaging::marks::tests::rows;

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
}
