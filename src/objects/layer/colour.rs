//! Colours of segments: Recommended Display CIELab Value (PS3.3 C.10.7.1.1) to sRGB, and a colour
//! for what states none.

/// White of the profile connection space, D50 (ICC.1).
const D50: [f64; 3] = [0.964_22, 1.0, 0.825_21];

/// XYZ under D50 to linear sRGB, whose white is D65 (Bradford).
const RGB_FROM_XYZ_D50: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// Told apart from each other and from grey; taken in turn where an object states no colour.
const COLOURS: [[u8; 3]; 12] = [
    [230, 90, 80],
    [95, 190, 110],
    [80, 150, 235],
    [235, 200, 80],
    [190, 110, 220],
    [80, 205, 205],
    [240, 145, 60],
    [230, 125, 175],
    [165, 205, 75],
    [130, 135, 240],
    [200, 160, 120],
    [120, 215, 165],
];

/// The sRGB of L*, a*, b* as DICOM stores them: 0 to 65535 for 0 to 100, and for −128 to 127.
#[must_use]
pub fn rgb_of_cielab(stored: [u16; 3]) -> [u8; 3] {
    let [l, a, b] = stored.map(|value| f64::from(value) / 65_535.0);
    let (l, a, b) = (l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0);
    let y = (l + 16.0) / 116.0;
    let unbent = |t: f64| {
        const EDGE: f64 = 6.0 / 29.0;
        if t > EDGE {
            t.powi(3)
        } else {
            3.0 * EDGE * EDGE * (t - 4.0 / 29.0)
        }
    };
    let [white_x, white_y, white_z] = D50;
    let xyz = [
        white_x * unbent(y + a / 500.0),
        white_y * unbent(y),
        white_z * unbent(y - b / 200.0),
    ];
    RGB_FROM_XYZ_D50.map(|row| {
        let linear: f64 = row
            .iter()
            .zip(xyz)
            .map(|(factor, value)| factor * value)
            .sum();
        let bent = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        (bent.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

/// The colour of the `index`th thing without one.
#[must_use]
pub fn colour_of(index: usize) -> [u8; 3] {
    COLOURS
        .get(index % COLOURS.len())
        .copied()
        .unwrap_or([230, 90, 80])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(l: f64, a: f64, b: f64) -> [u16; 3] {
        [
            (l / 100.0 * 65_535.0).round() as u16,
            ((a + 128.0) / 255.0 * 65_535.0).round() as u16,
            ((b + 128.0) / 255.0 * 65_535.0).round() as u16,
        ]
    }

    /// L*a*b* under D50 of the corners of sRGB, from its ICC profile.
    #[test]
    fn the_corners_of_srgb_come_back_from_their_lab_under_d50() {
        for (lab, rgb) in [
            ((0.0, 0.0, 0.0), [0, 0, 0]),
            ((100.0, 0.0, 0.0), [255, 255, 255]),
            ((54.29, 80.81, 69.89), [255, 0, 0]),
            ((87.82, -79.29, 80.99), [0, 255, 0]),
            ((29.57, 68.30, -112.03), [0, 0, 255]),
            ((53.59, 0.0, 0.0), [128, 128, 128]),
        ] {
            let got = rgb_of_cielab(stored(lab.0, lab.1, lab.2));
            let off = got
                .iter()
                .zip(rgb)
                .map(|(a, b): (&u8, u8)| a.abs_diff(b))
                .max();
            assert!(off <= Some(2), "{lab:?}: {got:?}, not {rgb:?}");
        }
    }
}
