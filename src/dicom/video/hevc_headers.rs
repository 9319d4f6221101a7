//! Headers of HEVC that tell pictures apart and order them: sequence and picture parameter sets
//! (H.265 7.3.2.2, 7.3.2.3) as far as needed.

use super::bits::Bits;
use super::format::PictureFormat;
use super::format::half_bytes_a_pixel;
use super::format::plausible_rate;
use super::h264_headers::read_aspect_and_colour;

/// What of a sequence parameter set is needed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sps {
    pub(super) id: u32,
    pub(super) format: PictureFormat,
    pub(super) has_separate_planes: bool,
    /// Bits of the picture order count in slice headers.
    pub(super) order_bits: u32,
}

/// What of a picture parameter set is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pps {
    pub(super) id: u32,
    pub(super) sps: u32,
    pub(super) has_output_flag: bool,
    pub(super) extra_slice_bits: u32,
}

impl Pps {
    /// Reads one without its NAL header and escapes.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let id = bits.unsigned().filter(|id| *id < 64)?;
        let sps = bits.unsigned().filter(|id| *id < 16)?;
        bits.skip(1);
        Some(Self {
            id,
            sps,
            has_output_flag: bits.flag()?,
            extra_slice_bits: bits.number(3)?,
        })
    }
}

impl Sps {
    /// Reads one without its NAL header and escapes.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        bits.skip(4);
        let sub_layers = bits.number(3)?;
        bits.skip(1);
        skip_profile(&mut bits, sub_layers)?;
        let id = bits.unsigned().filter(|id| *id < 16)?;
        let chroma = bits.unsigned().filter(|format| *format <= 3)?;
        let has_separate_planes = chroma == 3 && bits.flag()?;
        let coded_size = [bits.unsigned()?, bits.unsigned()?];
        let mut crop = [0; 4];
        if bits.flag()? {
            for side in &mut crop {
                *side = bits.unsigned()?;
            }
        }
        let depth = 8 + bits.unsigned()?.max(bits.unsigned()?).min(8);
        let order_bits = bits.unsigned().filter(|bits| *bits <= 12)? + 4;
        let unit_x = if matches!(chroma, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma == 1 { 2 } else { 1 };
        let [left, right, top, bottom] = crop;
        let cropped = |size: u32, a: u32, b: u32, unit: u32| {
            let off = a.checked_add(b)?.checked_mul(unit)?;
            size.checked_sub(off).filter(|size| *size > 0)
        };
        let mut format = PictureFormat {
            size: [
                cropped(coded_size[0], left, right, unit_x)?,
                cropped(coded_size[1], top, bottom, unit_y)?,
            ],
            coded_size,
            sample_aspect: None,
            matrix: None,
            is_full_range: None,
            chroma_location: 0,
            half_bytes_a_pixel: half_bytes_a_pixel(chroma, depth),
            frame_rate: None,
        };
        // What stands between here and the usability information may be cut off or new; the
        // pictures do not depend on it.
        let _said = read_to_usability(&mut bits, sub_layers, order_bits, &mut format);
        Some(Self {
            id,
            format,
            has_separate_planes,
            order_bits,
        })
    }
}

/// `profile_tier_level` (7.3.3)
fn skip_profile(bits: &mut Bits<'_>, sub_layers: u32) -> Option<()> {
    bits.skip(96);
    let mut presents = Vec::new();
    for _ in 0..sub_layers {
        presents.push([bits.flag()?, bits.flag()?]);
    }
    if sub_layers > 0 {
        bits.skip(2 * (8 - sub_layers as usize));
    }
    for [has_profile, has_level] in presents {
        bits.skip(if has_profile { 88 } else { 0 } + if has_level { 8 } else { 0 });
    }
    Some(())
}

fn read_to_usability(
    bits: &mut Bits<'_>,
    sub_layers: u32,
    order_bits: u32,
    format: &mut PictureFormat,
) -> Option<()> {
    let has_each = bits.flag()?;
    for _ in if has_each { 0 } else { sub_layers }..=sub_layers {
        for _ in 0..3 {
            bits.unsigned()?;
        }
    }
    for _ in 0..6 {
        bits.unsigned()?;
    }
    if bits.flag()? && bits.flag()? {
        skip_scaling_lists(bits)?;
    }
    bits.skip(2);
    if bits.flag()? {
        bits.skip(8);
        bits.unsigned()?;
        bits.unsigned()?;
        bits.skip(1);
    }
    skip_reference_sets(bits)?;
    if bits.flag()? {
        let count = bits.unsigned().filter(|count| *count <= 32)?;
        bits.skip(count as usize * (order_bits as usize + 1));
    }
    bits.skip(2);
    if bits.flag()? {
        read_usability(bits, format)?;
    }
    Some(())
}

/// `scaling_list_data` (7.3.4)
fn skip_scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for size in 0..4_u32 {
        for _ in 0..if size == 3 { 2 } else { 6 } {
            if !bits.flag()? {
                bits.unsigned()?;
                continue;
            }
            if size > 1 {
                bits.signed()?;
            }
            for _ in 0..64.min(1 << (4 + 2 * size)) {
                bits.signed()?;
            }
        }
    }
    Some(())
}

/// The short-term reference picture sets (7.3.7).
fn skip_reference_sets(bits: &mut Bits<'_>) -> Option<()> {
    let count = bits.unsigned().filter(|count| *count <= 64)?;
    let mut before = 0_u32;
    for at in 0..count {
        if at > 0 && bits.flag()? {
            bits.skip(1);
            bits.unsigned()?;
            let mut pictures = 0;
            for _ in 0..=before {
                let is_used = bits.flag()?;
                if is_used || bits.flag()? {
                    pictures += 1;
                }
            }
            before = pictures;
            continue;
        }
        let pictures = bits.unsigned()?.checked_add(bits.unsigned()?)?;
        if pictures > 32 {
            return None;
        }
        for _ in 0..pictures {
            bits.unsigned()?;
            bits.skip(1);
        }
        before = pictures;
    }
    Some(())
}

/// Video usability information, up to the timing (E.2.1).
fn read_usability(bits: &mut Bits<'_>, format: &mut PictureFormat) -> Option<()> {
    read_aspect_and_colour(bits, format)?;
    bits.skip(3);
    if bits.flag()? {
        for _ in 0..4 {
            bits.unsigned()?;
        }
    }
    if bits.flag()? {
        let units = bits.number(32)?;
        let scale = bits.number(32)?;
        format.frame_rate = plausible_rate(f64::from(scale), f64::from(units));
    }
    Some(())
}
