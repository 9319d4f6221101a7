//! Colours that DICOM states as CIELab (PS3.3 C.10.7.1.1), in sRGB.

/// PCS CIELab as DICOM encodes it (C.10.7.1.1: L 0..=100 over 0..=65535, a and b −128..=127) under
/// D50, to sRGB (IEC 61966-2-1) by the Bradford-adapted matrix.
#[must_use]
pub fn srgb_from_lab([l, a, b]: [u16; 3]) -> [u8; 3] {
    let l = f64::from(l) * 100.0 / 65_535.0;
    let [a, b] = [a, b].map(|value| f64::from(value) * 255.0 / 65_535.0 - 128.0);
    let fy = (l + 16.0) / 116.0;
    let xyz = [fy + a / 500.0, fy, fy - b / 200.0].map(|f| {
        let cube = f * f * f;
        if cube > 216.0 / 24_389.0 {
            cube
        } else {
            (116.0 * f - 16.0) * 27.0 / 24_389.0
        }
    });
    let [x, y, z] = [xyz[0] * 0.964_22, xyz[1], xyz[2] * 0.825_21];
    let linear = [
        3.133_856_1 * x - 1.616_866_7 * y - 0.490_614_6 * z,
        -0.978_768_4 * x + 1.916_141_5 * y + 0.033_454_0 * z,
        0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z,
    ];
    linear.map(|channel| {
        let channel = channel.clamp(0.0, 1.0);
        let encoded = if channel <= 0.003_130_8 {
            12.92 * channel
        } else {
            1.055 * channel.powf(1.0 / 2.4) - 0.055
        };
        (encoded * 255.0).round() as u8
    })
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
            let got = srgb_from_lab(stored(lab.0, lab.1, lab.2));
            let off = got
                .iter()
                .zip(rgb)
                .map(|(a, b): (&u8, u8)| a.abs_diff(b))
                .max();
            assert!(off <= Some(2), "{lab:?}: {got:?}, not {rgb:?}");
        }
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
