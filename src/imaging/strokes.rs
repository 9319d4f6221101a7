//! Lines on a finished picture, where no window draws them.

use glam::DVec2;

use crate::imaging::Picture;

impl Picture {
    /// A line from point to point (px, the centre of the first pixel at 0.5, 0.5), its edges
    /// smoothed.
    pub fn stroke(&mut self, points: &[DVec2], width_px: f64, rgb: [u8; 3]) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                self.stroke_segment(*from, *to, width_px, rgb);
            }
        }
    }

    fn stroke_segment(&mut self, from: DVec2, to: DVec2, width_px: f64, rgb: [u8; 3]) {
        if !(from.is_finite() && to.is_finite()) {
            return;
        }
        let [width, height] = self.size_px;
        let most = DVec2::new(f64::from(width), f64::from(height));
        let reach = width_px * 0.5 + 0.5;
        let low = (from.min(to) - reach).floor().clamp(DVec2::ZERO, most);
        let high = (from.max(to) + reach).ceil().clamp(DVec2::ZERO, most);
        let way = to - from;
        let squared = way.length_squared();
        for y in low.y as u32..high.y as u32 {
            for x in low.x as u32..high.x as u32 {
                let at = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let share = if squared > 0.0 {
                    ((at - from).dot(way) / squared).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let distance = (at - (from + way * share)).length();
                let cover = (reach - distance).clamp(0.0, 1.0);
                let start = (y as usize * width as usize + x as usize) * 4;
                let pixel = self.rgba.get_mut(start..start + 3);
                for (under, over) in pixel.into_iter().flatten().zip(rgb) {
                    let mixed = f64::from(over) * cover + f64::from(*under) * (1.0 - cover);
                    *under = mixed.round() as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_covers_the_pixels_it_runs_through_and_no_others() {
        let mut picture = Picture {
            size_px: [8, 5],
            rgba: [0, 0, 0, 255].repeat(40),
        };
        let points = [DVec2::new(1.5, 2.5), DVec2::new(5.5, 2.5)];
        picture.stroke(&points, 1.0, [200, 100, 50]);
        for x in 1..=5 {
            assert_eq!(picture.at(x, 2), Some([200, 100, 50, 255]));
        }
        let drawn = picture.rgba.chunks_exact(4).filter(|px| px[0] > 0);
        assert_eq!(drawn.count(), 5);
        // Nothing outside is touched, whatever the points are.
        picture.stroke(&[DVec2::NAN, DVec2::splat(1e300)], 2.0, [1; 3]);
        picture.stroke(&[DVec2::splat(-1e9), DVec2::splat(1e9)], 2.0, [1; 3]);
    }
}
