//! Pictures in memory, whole or field by field, and predictions read from them (H.262 7.6.4).

/// A plane of samples.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) samples: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A frame of 4:2:0 in whole macroblocks.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Luminance, blue and red difference.
    pub(super) planes: [Plane; 3],
}

impl Frame {
    pub(super) fn new([width, height]: [usize; 2]) -> Self {
        let plane = |width: usize, height: usize| Plane {
            samples: vec![0; width * height],
            width,
            height,
        };
        Self {
            planes: [
                plane(width, height),
                plane(width / 2, height / 2),
                plane(width / 2, height / 2),
            ],
        }
    }
}

/// Lines of a plane: all, or those of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    All,
    /// The bottom field's, else the top's.
    Field(bool),
}

impl Lines {
    /// First line and step from one to the next.
    pub(super) const fn first_and_step(self) -> (usize, usize) {
        match self {
            Self::All => (0, 1),
            Self::Field(is_bottom) => (is_bottom as usize, 2),
        }
    }
}

/// A macroblock as predicted: luminance 16 × 16, chrominance 8 × 8 each.
#[derive(Debug, Clone)]
pub(super) struct Prediction {
    pub(super) luma: [u8; 256],
    pub(super) chroma: [[u8; 64]; 2],
}

impl Default for Prediction {
    fn default() -> Self {
        Self {
            luma: [0; 256],
            chroma: [[0; 64]; 2],
        }
    }
}

/// A rectangle to be predicted, in luminance samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    /// Its left edge in the picture, and its top in the lines predicted from.
    pub(super) x: usize,
    pub(super) y: usize,
    /// Lines of it; it is 16 wide.
    pub(super) height: usize,
    /// Where it goes in the prediction: first line and step.
    pub(super) first: usize,
    pub(super) step: usize,
}

/// Half a sample to the right and down, of luminance.
pub(super) type Vector = [i32; 2];

impl Prediction {
    /// Predicts an area from a frame; `adds` averages with what is there already.
    pub(super) fn read(
        &mut self,
        from: &Frame,
        lines: Lines,
        area: Area,
        vector: Vector,
        adds: bool,
    ) {
        let [luma, cb, cr] = &from.planes;
        block(&mut self.luma, 16, luma, lines, area, vector, adds);
        let [across, down] = vector;
        let half = Area {
            x: area.x / 2,
            y: area.y / 2,
            height: area.height / 2,
            // The lower half begins half as far down; a field keeps its lines.
            first: if area.step == 1 {
                area.first / 2
            } else {
                area.first
            },
            step: area.step,
        };
        // Rounded towards zero (7.6.3.7).
        let vector = [across / 2, down / 2];
        for (to, plane) in self.chroma.iter_mut().zip([cb, cr]) {
            block(to, 8, plane, lines, half, vector, adds);
        }
    }
}

/// One component of a prediction, `width` wide.
fn block(
    to: &mut [u8],
    width: usize,
    plane: &Plane,
    lines: Lines,
    area: Area,
    [across, down]: Vector,
    adds: bool,
) {
    let (first, step) = lines.first_and_step();
    let count = (plane.height - first).div_ceil(step) as i32;
    let (x, y) = (area.x as i32 + (across >> 1), area.y as i32 + (down >> 1));
    let (half_x, half_y) = (across & 1 == 1, down & 1 == 1);
    // One more column and line than predicted, for the halves between.
    let mut held = [0_u8; 17 * 17];
    let is_inside = x >= 0 && x as usize + width < plane.width;
    for (row, line) in held.chunks_exact_mut(17).enumerate().take(area.height + 1) {
        let at = (y + row as i32).clamp(0, count - 1) as usize;
        let start = (first + at * step) * plane.width;
        let Some(source) = plane.samples.get(start..start + plane.width) else {
            return;
        };
        let Some(line) = line.get_mut(..=width) else {
            return;
        };
        match source
            .get(x.max(0) as usize..)
            .and_then(|rest| rest.get(..=width))
        {
            Some(inside) if is_inside => line.copy_from_slice(inside),
            _ => {
                // Vectors out of the picture are forbidden; its edge stands in.
                for (column, sample) in line.iter_mut().enumerate() {
                    let at = (x + column as i32).clamp(0, plane.width as i32 - 1) as usize;
                    *sample = source.get(at).copied().unwrap_or(0);
                }
            }
        }
    }
    for row in 0..area.height {
        let at = (area.first + row * area.step) * width;
        let (Some(out), Some(upper), Some(lower)) = (
            to.get_mut(at..at + width),
            held.get(row * 17..row * 17 + 17),
            held.get(row * 17 + 17..row * 17 + 34),
        ) else {
            return;
        };
        let right = upper.get(1..).unwrap_or_default();
        let lower_right = lower.get(1..).unwrap_or_default();
        let store = |out: &mut u8, value: u16| {
            let value = if adds {
                (u16::from(*out) + value).div_ceil(2)
            } else {
                value
            };
            *out = value as u8;
        };
        let pairs = out.iter_mut().zip(upper);
        match (half_x, half_y) {
            (false, false) => pairs.for_each(|(out, a)| store(out, u16::from(*a))),
            (true, false) => pairs
                .zip(right)
                .for_each(|((out, a), b)| store(out, (u16::from(*a) + u16::from(*b)).div_ceil(2))),
            (false, true) => pairs
                .zip(lower)
                .for_each(|((out, a), b)| store(out, (u16::from(*a) + u16::from(*b)).div_ceil(2))),
            (true, true) => {
                let four = pairs.zip(right).zip(lower.iter().zip(lower_right));
                four.for_each(|(((out, a), b), (c, d))| {
                    let sum: u16 = [a, b, c, d].into_iter().map(|s| u16::from(*s)).sum();
                    store(out, (sum + 2) / 4);
                });
            }
        }
    }
}
