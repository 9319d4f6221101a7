//! Colour samples of any layout to interleaved red, green, blue (PS3.3 C.7.6.3.1.2).
//!
//! YBR_FULL is full-range ITU-R BT.601, as in JFIF; YBR_PARTIAL leaves foot- and headroom.
//! Samples are taken as unsigned values of `bits` bits; chrominance is centred on half the range.

/// A sample of a colour component.
pub trait Component: Copy + Default {
    /// The value.
    fn to_f32(self) -> f32;
    /// The value back, already rounded and within range.
    fn from_f32(value: f32) -> Self;
}

impl Component for u8 {
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    fn from_f32(value: f32) -> Self {
        value as Self
    }
}

impl Component for u16 {
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    fn from_f32(value: f32) -> Self {
        value as Self
    }
}

impl Component for u32 {
    fn to_f32(self) -> f32 {
        self as f32
    }
    fn from_f32(value: f32) -> Self {
        value as Self
    }
}

/// Planes one after the other to pixels one after the other.
#[must_use]
pub fn interleave<T: Component>(planar: &[T]) -> Vec<T> {
    let pixels = planar.len() / 3;
    let (red, rest) = planar.split_at(pixels);
    let (green, blue) = rest.split_at(pixels);
    let mut interleaved = Vec::with_capacity(planar.len());
    for ((&r, &g), &b) in red.iter().zip(green).zip(blue) {
        interleaved.extend([r, g, b]);
    }
    interleaved
}

/// Uncompressed 4:2:2, `Y Y Cb Cr` for two pixels, to a triplet a pixel.
#[must_use]
pub fn upsample_422<T: Component>(packed: &[T]) -> Vec<T> {
    let (pairs, _) = packed.as_chunks::<4>();
    let mut full = Vec::with_capacity(pairs.len() * 6);
    for &[y0, y1, cb, cr] in pairs {
        full.extend([y0, cb, cr, y1, cb, cr]);
    }
    full
}

/// Full-range luminance and chrominance to red, green, blue, in place.
pub fn rgb_from_ybr_full<T: Component>(triplets: &mut [T], bits: u32) {
    let max = ((1_u64 << bits) - 1) as f32;
    let half = (1_u64 << (bits - 1)) as f32;
    for [y, b, r] in triplets.as_chunks_mut::<3>().0 {
        let (luma, cb, cr) = (y.to_f32(), b.to_f32() - half, r.to_f32() - half);
        *y = rounded(luma + 1.402 * cr, max);
        *b = rounded(luma - 0.344_136_3 * cb - 0.714_136_3 * cr, max);
        *r = rounded(luma + 1.772 * cb, max);
    }
}

/// Luminance 16 … 235 and chrominance 16 … 240 (of 8 bits) to red, green, blue, in place.
pub fn rgb_from_ybr_partial<T: Component>(triplets: &mut [T], bits: u32) {
    let max = ((1_u64 << bits) - 1) as f32;
    let half = (1_u64 << (bits - 1)) as f32;
    let foot = half / 8.0;
    for [y, b, r] in triplets.as_chunks_mut::<3>().0 {
        let (luma, cb, cr) = (
            1.164_383_6 * (y.to_f32() - foot),
            b.to_f32() - half,
            r.to_f32() - half,
        );
        *y = rounded(luma + 1.596_026_8 * cr, max);
        *b = rounded(luma - 0.391_762_3 * cb - 0.812_967_6 * cr, max);
        *r = rounded(luma + 2.017_232_1 * cb, max);
    }
}

fn rounded<T: Component>(value: f32, max: f32) -> T {
    T::from_f32((value + 0.5).floor().clamp(0.0, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        assert_eq!(interleave(&[1_u8, 2, 3, 4, 5, 6]), [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn two_pixels_share_their_chrominance() {
        let full = upsample_422(&[10_u8, 20, 30, 40]);
        assert_eq!(full, [10, 30, 40, 20, 30, 40]);
    }

    #[test]
    fn full_range_primaries_come_back_within_one() {
        // The YBR_FULL triplets of PS3.3's formula for the primaries, white and black.
        let known = [
            ([76, 85, 255], [254, 0, 0]),
            ([150, 44, 21], [0, 255, 1]),
            ([29, 255, 107], [0, 0, 254]),
            ([255, 128, 128], [255, 255, 255]),
            ([0, 128, 128], [0, 0, 0]),
        ];
        for (mut ybr, rgb) in known.map(|(ybr, rgb)| (ybr.map(|v: i32| v as u8), rgb)) {
            rgb_from_ybr_full(&mut ybr, 8);
            for (got, want) in ybr.iter().zip(rgb) {
                assert!((i32::from(*got) - want).abs() <= 1, "{ybr:?} {rgb:?}");
            }
        }
    }

    #[test]
    fn sixteen_bits_centre_chrominance_on_half_the_range() {
        let mut grey = [40_000_u16, 32768, 32768];
        rgb_from_ybr_full(&mut grey, 16);
        assert_eq!(grey, [40_000; 3]);
        let mut grey = [2000_u16, 2048, 2048];
        rgb_from_ybr_full(&mut grey, 12);
        assert_eq!(grey, [2000; 3]);
    }

    #[test]
    fn partial_range_black_and_white_fill_the_range() {
        let mut pixels = [16_u8, 128, 128, 235, 128, 128];
        rgb_from_ybr_partial(&mut pixels, 8);
        assert_eq!(pixels, [0, 0, 0, 255, 255, 255]);
    }
}
