//! A decoded picture, and its colours as red, green and blue of 8 bits.
//!
//! Chrominance is interpolated linearly from where its samples lie (H.264 figure E-1; in interlaced
//! pictures within each field, figure 6-2 of H.262), then matrix and range are undone and the
//! result is rounded once.

use super::format::Matrix;
use crate::dicom::DecodeError;

/// The samples of a plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plane {
    U8(Vec<u8>),
    #[cfg_attr(
        not(any(feature = "video", test)),
        expect(dead_code, reason = "MPEG-2 has 8 bits")
    )]
    U16(Vec<u16>),
}

impl Plane {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::U8(samples) => samples.len(),
            Self::U16(samples) => 2 * samples.len(),
        }
    }

    fn row(&self, row: usize, width: usize, into: &mut Vec<i32>) -> Option<()> {
        into.clear();
        let range = row * width..(row + 1) * width;
        match self {
            Self::U8(samples) => into.extend(samples.get(range)?.iter().map(|s| i32::from(*s))),
            Self::U16(samples) => into.extend(samples.get(range)?.iter().map(|s| i32::from(*s))),
        }
        Some(())
    }
}

/// A picture as decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planes {
    /// Columns and rows.
    pub(super) size: [u32; 2],
    /// Luminance, blue and red difference.
    pub(super) planes: [Plane; 3],
    /// Bits a sample.
    pub(super) depth: u32,
    /// Pixels a sample of chrominance covers, across and down: 1 or 2.
    pub(super) chroma_step: [u32; 2],
}

impl Planes {
    /// Memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.planes.iter().map(Plane::bytes).sum()
    }
}

/// How colours are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colours {
    pub(super) matrix: Matrix,
    pub(super) is_full_range: bool,
    /// `chroma_sample_loc_type`
    pub(super) location: u32,
    pub(super) is_interlaced: bool,
}

/// Steps between two samples of chrominance: weights add up to 8 down and 4 across.
const STEPS: i32 = 8 * 4;
/// Fraction bits of the matrix for samples of 8 bits.
const FRACTION: u32 = 14;

/// Red, green, blue; pixel by pixel.
pub(super) fn rgb(picture: &Planes, colours: Colours) -> Result<Vec<u8>, DecodeError> {
    let [width, height] = picture.size.map(|size| size as usize);
    let mut pixels = Vec::with_capacity(width * height * 3);
    let kernel = Kernel::new(colours, picture.depth);
    let chroma_width = width.div_ceil(picture.chroma_step[0] as usize);
    let chroma_height = height.div_ceil(picture.chroma_step[1] as usize);
    let [luma_plane, cb_plane, cr_plane] = &picture.planes;
    let mut luma = Vec::with_capacity(width);
    let mut near = Vec::with_capacity(chroma_width);
    let mut far = Vec::with_capacity(chroma_width);
    let mut chroma = [vec![0; width], vec![0; width]];
    for row in 0..height {
        let down = down(row, chroma_height, picture.chroma_step[1], colours);
        let is_there = luma_plane.row(row, width, &mut luma).is_some()
            && [cb_plane, cr_plane]
                .iter()
                .zip(&mut chroma)
                .all(|(plane, line)| {
                    let is_there = plane.row(down.near, chroma_width, &mut near).is_some()
                        && plane.row(down.far, chroma_width, &mut far).is_some();
                    for (near, far) in near.iter_mut().zip(&far) {
                        *near = *near * (8 - down.far_weight) + far * down.far_weight;
                    }
                    across(&near, line, picture.chroma_step[0], colours.location);
                    is_there
                });
        if !is_there {
            return Err(DecodeError::Damaged {
                codec: "video",
                detail: "a plane is too short".to_owned(),
            });
        }
        let [cb, cr] = &chroma;
        for ((&luma, &cb), &cr) in luma.iter().zip(cb).zip(cr) {
            pixels.extend(kernel.pixel(luma, cb, cr));
        }
    }
    Ok(pixels)
}

/// The two lines of chrominance that a line lies between.
struct Down {
    near: usize,
    far: usize,
    /// Of 8.
    far_weight: i32,
}

fn down(row: usize, count: usize, step: u32, colours: Colours) -> Down {
    if step == 1 {
        return Down {
            near: row,
            far: row,
            far_weight: 0,
        };
    }
    let last = count.saturating_sub(1);
    if colours.is_interlaced {
        // Lines of a field: its chrominance lies a quarter (top) or three quarters (bottom) of a
        // line below the first of the two lines it covers.
        let field = row % 2;
        let line = row / 2;
        let own = line / 2;
        let (towards, far_weight) = match (field, line % 2) {
            (0, 0) => (-1, 1),
            (0, _) => (1, 3),
            (_, 0) => (-1, 3),
            _ => (1, 1),
        };
        let lines = (count + 1 - field) / 2;
        let other = own
            .saturating_add_signed(towards)
            .min(lines.saturating_sub(1));
        return Down {
            near: (2 * own + field).min(last),
            far: (2 * other + field).min(last),
            far_weight,
        };
    }
    let own = (row / 2).min(last);
    // Where the sample lies among its two lines: with the upper, between them, with the lower.
    let (towards, far_weight) = match (colours.location, row % 2) {
        (2 | 3, 0) | (4 | 5, 1) => (0, 0),
        (2 | 3, _) => (1, 4),
        (4 | 5, _) => (-1, 4),
        (_, 0) => (-1, 2),
        _ => (1, 2),
    };
    Down {
        near: own,
        far: own.saturating_add_signed(towards).min(last),
        far_weight,
    }
}

/// A line of chrominance to one of pixels, times 4.
fn across(samples: &[i32], pixels: &mut [i32], step: u32, location: u32) {
    if step == 1 {
        for (pixel, sample) in pixels.iter_mut().zip(samples) {
            *pixel = 4 * sample;
        }
        return;
    }
    let is_centred = matches!(location, 1 | 3 | 5);
    let mut before = samples.first().copied().unwrap_or(0);
    for (at, pair) in pixels.chunks_mut(2).enumerate() {
        let own = samples.get(at).copied().unwrap_or(before);
        let after = samples.get(at + 1).copied().unwrap_or(own);
        let values = if is_centred {
            [3 * own + before, 3 * own + after]
        } else {
            [4 * own, 2 * (own + after)]
        };
        for (pixel, value) in pair.iter_mut().zip(values) {
            *pixel = value;
        }
        before = own;
    }
}

/// The matrix and range of one picture in whole numbers: everything times 2^`shift`.
struct Kernel {
    is_identity: bool,
    luma: i32,
    red: i32,
    green: [i32; 2],
    blue: i32,
    luma_foot: i32,
    chroma_middle: i32,
    shift: u32,
}

impl Kernel {
    fn new(colours: Colours, depth: u32) -> Self {
        // Parts of red and blue in luminance (H.273 table 4).
        let (kr, kb) = match colours.matrix {
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt601 | Matrix::Identity => (0.299, 0.114),
            Matrix::Smpte240 => (0.212, 0.087),
            Matrix::Bt2020 => (0.2627, 0.0593),
        };
        let kg: f64 = 1.0 - kr - kb;
        let extra = depth.clamp(8, 16) - 8;
        // So that the sum of all terms fits 32 bits.
        let fraction = FRACTION - extra.saturating_sub(2);
        let whole = f64::from((1_u32 << (8 + extra)) - 1) / f64::from(1_u32 << extra);
        let (luma_span, chroma_span) = if colours.is_full_range {
            (whole, whole)
        } else {
            (219.0, 224.0)
        };
        let unit = f64::from(1_u32 << fraction);
        let luma = 255.0 / luma_span * unit;
        let chroma = 255.0 / chroma_span * unit;
        let rounded = |value: f64| value.round() as i32;
        Self {
            is_identity: colours.matrix == Matrix::Identity,
            luma: rounded(luma) * STEPS,
            red: rounded(2.0 * (1.0 - kr) * chroma),
            green: [
                rounded(2.0 * kb * (1.0 - kb) / kg * chroma),
                rounded(2.0 * kr * (1.0 - kr) / kg * chroma),
            ],
            blue: rounded(2.0 * (1.0 - kb) * chroma),
            luma_foot: if colours.is_full_range {
                0
            } else {
                16 << extra
            },
            chroma_middle: (128 << extra) * STEPS,
            shift: fraction + extra + STEPS.ilog2(),
        }
    }

    #[inline]
    fn pixel(&self, luma: i32, cb: i32, cr: i32) -> [u8; 3] {
        let light = |value: i32| (value - self.luma_foot) * self.luma;
        let out =
            |value: i32| ((value + (1 << (self.shift - 1))) >> self.shift).clamp(0, 255) as u8;
        if self.is_identity {
            // Green stands where luminance does.
            return [light(cr / STEPS), light(luma), light(cb / STEPS)].map(out);
        }
        let light = light(luma);
        let (cb, cr) = (cb - self.chroma_middle, cr - self.chroma_middle);
        [
            out(light + cr * self.red),
            out(light - cb * self.green[0] - cr * self.green[1]),
            out(light + cb * self.blue),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITED_601: Colours = Colours {
        matrix: Matrix::Bt601,
        is_full_range: false,
        location: 0,
        is_interlaced: false,
    };

    fn flat([y, b, r]: [u8; 3]) -> Planes {
        Planes {
            size: [4, 4],
            planes: [
                Plane::U8(vec![y; 16]),
                Plane::U8(vec![b; 4]),
                Plane::U8(vec![r; 4]),
            ],
            depth: 8,
            chroma_step: [2, 2],
        }
    }

    #[test]
    fn the_colour_bars_of_both_standards_come_out_as_they_went_in() {
        // The 8-bit codes of full red, green and blue (ITU-R BT.601, BT.709; limited range).
        let bars = [
            (Matrix::Bt601, [81, 90, 240], [255, 0, 0]),
            (Matrix::Bt601, [145, 54, 34], [0, 255, 0]),
            (Matrix::Bt601, [41, 240, 110], [0, 0, 255]),
            (Matrix::Bt709, [63, 102, 240], [255, 0, 0]),
            (Matrix::Bt709, [173, 42, 26], [0, 255, 0]),
            (Matrix::Bt709, [32, 240, 118], [0, 0, 255]),
            (Matrix::Bt601, [235, 128, 128], [255, 255, 255]),
            (Matrix::Bt709, [16, 128, 128], [0, 0, 0]),
        ];
        for (matrix, ybr, light) in bars {
            let colours = Colours {
                matrix,
                ..LIMITED_601
            };
            for (got, want) in rgb(&flat(ybr), colours)
                .unwrap()
                .iter()
                .zip(light.iter().cycle())
            {
                // The codes are rounded themselves.
                assert!(got.abs_diff(*want) <= 2, "{matrix:?} {ybr:?}: {got} {want}");
            }
        }
        let full = Colours {
            is_full_range: true,
            ..LIMITED_601
        };
        assert_eq!(rgb(&flat([7, 128, 128]), full).unwrap(), [7; 48]);
    }

    #[test]
    fn ten_bits_are_rounded_once_to_eight() {
        let grey = |luma: u16| Planes {
            planes: [
                Plane::U16(vec![luma; 16]),
                Plane::U16(vec![512; 4]),
                Plane::U16(vec![512; 4]),
            ],
            depth: 10,
            ..flat([0; 3])
        };
        for luma in 0..1024_u16 {
            let exact = ((f64::from(luma) - 64.0) * 255.0 / 876.0).clamp(0.0, 255.0);
            let got = rgb(&grey(luma), LIMITED_601).unwrap()[0];
            // Halves may go either way.
            assert!((f64::from(got) - exact).abs() < 0.501, "{luma}: {got}");
        }
    }

    #[test]
    fn chrominance_lies_where_the_stream_says() {
        let mut picture = flat([128; 3]);
        picture.planes[2] = Plane::U8(vec![128, 160, 128, 160]);
        let reds = |location| {
            let colours = Colours {
                location,
                ..LIMITED_601
            };
            let rgb = rgb(&picture, colours).unwrap();
            [0, 1, 2, 3].map(|x| i32::from(rgb[3 * x]) - 130)
        };
        // 32 × 1.596 of red: with the left pixel, or between both.
        assert_eq!(reds(0), [0, 26, 51, 51]);
        assert_eq!(reds(1), [0, 13, 39, 51]);
    }

    #[test]
    fn the_fields_of_an_interlaced_picture_do_not_bleed_into_each_other() {
        // Red in the top field alone.
        let red_above: Vec<u8> = [200, 200, 128, 128].repeat(2);
        let picture = Planes {
            size: [4, 8],
            planes: [
                Plane::U8(vec![128; 32]),
                Plane::U8(vec![128; 8]),
                Plane::U8(red_above),
            ],
            ..flat([0; 3])
        };
        let colours = Colours {
            is_interlaced: true,
            ..LIMITED_601
        };
        let interlaced = rgb(&picture, colours).unwrap();
        let red = |rgb: &[u8], row: usize| rgb[row * 12];
        assert!((0..8).all(|row| (red(&interlaced, row) > 200) == (row % 2 == 0)));
        let progressive = rgb(&picture, LIMITED_601).unwrap();
        assert!(red(&progressive, 1) > 200);
    }
}
