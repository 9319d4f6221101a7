//! The inverse transform of a block (H.262 annex A), in 32-bit floating point: its error is far
//! below what IEEE 1180 asks of integer ones, and it is the same on every machine.

/// Coefficients or samples, eight rows of eight.
pub(super) type Block = [[f32; 8]; 8];

/// cos(k π / 16) / 2.
const C: [f32; 8] = [
    0.5,
    0.490_392_64,
    0.461_939_77,
    0.415_734_8,
    0.353_553_4,
    0.277_785_12,
    0.191_341_71,
    0.097_545_16,
];

/// One-dimensional transforms of the eight columns at once.
fn columns(block: &mut Block) {
    let [f0, f1, f2, f3, f4, f5, f6, f7] = *block;
    for x in 0..8 {
        #[expect(
            clippy::indexing_slicing,
            reason = "x is below 8, the length of each row"
        )]
        let [f0, f1, f2, f3, f4, f5, f6, f7] =
            [f0[x], f1[x], f2[x], f3[x], f4[x], f5[x], f6[x], f7[x]];
        let (sum, difference) = ((f0 + f4) * C[4], (f0 - f4) * C[4]);
        let (wide, narrow) = (f2 * C[2] + f6 * C[6], f2 * C[6] - f6 * C[2]);
        let even = [
            sum + wide,
            difference + narrow,
            difference - narrow,
            sum - wide,
        ];
        let odd = [
            f1 * C[1] + f3 * C[3] + f5 * C[5] + f7 * C[7],
            f1 * C[3] - f3 * C[7] - f5 * C[1] - f7 * C[5],
            f1 * C[5] - f3 * C[1] + f5 * C[7] + f7 * C[3],
            f1 * C[7] - f3 * C[5] + f5 * C[3] - f7 * C[1],
        ];
        #[expect(clippy::indexing_slicing, reason = "x and n are below 8")]
        for n in 0..4 {
            block[n][x] = even[n] + odd[n];
            block[7 - n][x] = even[n] - odd[n];
        }
    }
}

fn transpose(block: &mut Block) {
    let before = *block;
    for (y, row) in block.iter_mut().enumerate() {
        for (sample, line) in row.iter_mut().zip(&before) {
            *sample = line.get(y).copied().unwrap_or_default();
        }
    }
}

/// The samples of coefficients that stand transposed (the frequency across chooses the row).
pub(super) fn samples(block: &mut Block) {
    columns(block);
    transpose(block);
    columns(block);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, in double precision.
    fn defined(f: &[[f64; 8]; 8]) -> [[f64; 8]; 8] {
        let c = |k: usize| if k == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let cos = |x: usize, u: usize| {
            (std::f64::consts::PI * (2 * x + 1) as f64 * u as f64 / 16.0).cos()
        };
        let mut out = [[0.0; 8]; 8];
        for (y, row) in out.iter_mut().enumerate() {
            for (x, sample) in row.iter_mut().enumerate() {
                for (v, line) in f.iter().enumerate() {
                    for (u, value) in line.iter().enumerate() {
                        *sample += 0.25 * c(u) * c(v) * value * cos(x, u) * cos(y, v);
                    }
                }
            }
        }
        out
    }

    #[test]
    fn it_is_the_defined_transform_to_a_hundredth_of_a_level() {
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
            f64::from(state >> 16)
        };
        for _ in 0..500 {
            let mut coefficients = [[0.0; 8]; 8];
            for value in coefficients.iter_mut().flatten() {
                *value = random() % 601.0 - 300.0;
            }
            let mut block = [[0.0; 8]; 8];
            for (v, row) in coefficients.iter().enumerate() {
                for (u, value) in row.iter().enumerate() {
                    block[u][v] = *value as f32;
                }
            }
            samples(&mut block);
            let expected = defined(&coefficients);
            for (got, want) in block.iter().flatten().zip(expected.iter().flatten()) {
                assert!((f64::from(*got) - want).abs() < 0.01, "{got} {want}");
            }
        }
    }
}
