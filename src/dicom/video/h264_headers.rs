//! Headers of H.264 that tell pictures apart and order them: parameter sets (7.3.2.1, 7.3.2.2), the
//! beginning of slice headers (7.3.3) and the picture order count (8.2.1).

use super::bits::Bits;
use super::format::Matrix;
use super::format::PictureFormat;
use super::format::half_bytes_a_pixel;
use super::format::plausible_rate;
use super::format::sample_aspect;

/// What of a sequence parameter set is needed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sps {
    pub(super) id: u32,
    pub(super) format: PictureFormat,
    pub(super) is_frames_only: bool,
    pub(super) is_adaptive: bool,
    has_separate_planes: bool,
    frame_num_bits: u32,
    /// Numbers may be left out: the stream was thinned on purpose.
    may_skip_frames: bool,
    order: Order,
}

/// `pic_order_cnt_type`
#[derive(Debug, Clone, PartialEq)]
enum Order {
    Lsb {
        bits: u32,
    },
    Cycle {
        is_always_zero: bool,
        offset_non_reference: i32,
        offset_top_to_bottom: i32,
        offsets: Vec<i32>,
    },
    Decoding,
}

/// What of a picture parameter set is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pps {
    pub(super) id: u32,
    pub(super) sps: u32,
    has_bottom_order: bool,
}

/// The beginning of a slice header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) first_macroblock: u32,
    pub(super) is_intra: bool,
    pub(super) pps: u32,
    pub(super) frame_num: u32,
    /// `Some(bottom)` in a field.
    pub(super) field: Option<bool>,
    order_lsb: u32,
    order_deltas: [i32; 2],
}

const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

impl Sps {
    /// Reads one without its NAL header and escapes.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let profile = bits.number(8)?;
        bits.skip(16);
        let id = bits.unsigned().filter(|id| *id < 32)?;
        let mut chroma = 1;
        let mut depth = 8;
        let mut has_separate_planes = false;
        if HIGH_PROFILES.contains(&profile) {
            chroma = bits.unsigned().filter(|format| *format <= 3)?;
            if chroma == 3 {
                has_separate_planes = bits.flag()?;
            }
            depth += bits.unsigned()?.max(bits.unsigned()?).min(8);
            bits.skip(1);
            if bits.flag()? {
                for list in 0..if chroma == 3 { 12 } else { 8 } {
                    if bits.flag()? {
                        skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                    }
                }
            }
        }
        let frame_num_bits = bits.unsigned().filter(|bits| *bits <= 12)? + 4;
        let order = read_order(&mut bits)?;
        bits.unsigned()?;
        let may_skip_frames = bits.flag()?;
        let width = bits.unsigned()?.checked_add(1)?.checked_mul(16)?;
        let map_rows = bits.unsigned()?.checked_add(1)?.checked_mul(16)?;
        let is_frames_only = bits.flag()?;
        let height = map_rows.checked_mul(if is_frames_only { 1 } else { 2 })?;
        let is_adaptive = !is_frames_only && bits.flag()?;
        bits.skip(1);
        let mut crop = [0; 4];
        if bits.flag()? {
            for side in &mut crop {
                *side = bits.unsigned()?;
            }
        }
        let unit_x = if matches!(chroma, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma == 1 { 2 } else { 1 } * if is_frames_only { 1 } else { 2 };
        let [left, right, top, bottom] = crop;
        let cropped = |size: u32, a: u32, b: u32, unit: u32| {
            let off = a.checked_add(b)?.checked_mul(unit)?;
            size.checked_sub(off).filter(|size| *size > 0)
        };
        let mut format = PictureFormat {
            size: [
                cropped(width, left, right, unit_x)?,
                cropped(height, top, bottom, unit_y)?,
            ],
            coded_size: [width, height],
            sample_aspect: None,
            matrix: None,
            is_full_range: None,
            chroma_location: 0,
            half_bytes_a_pixel: half_bytes_a_pixel(chroma, depth),
            frame_rate: None,
        };
        if bits.flag()? {
            // A cut off usability information costs itself.
            let _said = read_usability(&mut bits, &mut format);
        }
        Some(Self {
            id,
            format,
            is_frames_only,
            is_adaptive,
            has_separate_planes,
            frame_num_bits,
            may_skip_frames,
            order,
        })
    }
}

impl Sps {
    /// Whether pictures that others are predicted from are missing between that of a `frame_num` and
    /// the next (7.4.3).
    pub(super) fn is_gap(&self, before: u32, next: u32) -> bool {
        let range = 1 << self.frame_num_bits;
        !self.may_skip_frames && next != before && next != (before + 1) % range
    }
}

fn skip_scaling_list(bits: &mut Bits<'_>, size: usize) -> Option<()> {
    let (mut last, mut next) = (8_i32, 8_i32);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed()?.rem_euclid(256)).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

fn read_order(bits: &mut Bits<'_>) -> Option<Order> {
    Some(match bits.unsigned()? {
        0 => Order::Lsb {
            bits: bits.unsigned().filter(|bits| *bits <= 12)? + 4,
        },
        1 => {
            let is_always_zero = bits.flag()?;
            let offset_non_reference = bits.signed()?;
            let offset_top_to_bottom = bits.signed()?;
            let count = bits.unsigned().filter(|count| *count < 256)?;
            let offsets: Option<Vec<i32>> = (0..count).map(|_| bits.signed()).collect();
            Order::Cycle {
                is_always_zero,
                offset_non_reference,
                offset_top_to_bottom,
                offsets: offsets?,
            }
        }
        2 => Order::Decoding,
        _ => return None,
    })
}

/// Video usability information, up to the timing (E.1.1).
fn read_usability(bits: &mut Bits<'_>, format: &mut PictureFormat) -> Option<()> {
    read_aspect_and_colour(bits, format)?;
    if bits.flag()? {
        let units = bits.number(32)?;
        let scale = bits.number(32)?;
        // Two ticks a frame.
        format.frame_rate = plausible_rate(f64::from(scale), 2.0 * f64::from(units));
    }
    Some(())
}

/// The part of the usability information that H.265 shares (E.2.1 there).
pub(super) fn read_aspect_and_colour(
    bits: &mut Bits<'_>,
    format: &mut PictureFormat,
) -> Option<()> {
    if bits.flag()? {
        let code = bits.number(8)?;
        format.sample_aspect = if code == 255 {
            let aspect = [bits.number(16)?, bits.number(16)?];
            (!aspect.contains(&0)).then_some(aspect)
        } else {
            sample_aspect(code)
        };
    }
    if bits.flag()? {
        bits.skip(1);
    }
    if bits.flag()? {
        bits.skip(3);
        format.is_full_range = Some(bits.flag()?);
        if bits.flag()? {
            bits.skip(16);
            format.matrix = Matrix::of_code(bits.number(8)?);
        }
    }
    if bits.flag()? {
        format.chroma_location = bits.unsigned()?.min(5);
        bits.unsigned()?;
    }
    Some(())
}

impl Pps {
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let id = bits.unsigned().filter(|id| *id < 256)?;
        let sps = bits.unsigned().filter(|id| *id < 32)?;
        bits.skip(1);
        Some(Self {
            id,
            sps,
            has_bottom_order: bits.flag()?,
        })
    }
}

impl Slice {
    /// Reads one; `sets` finds the parameter sets of a picture parameter set's number.
    pub(super) fn read<'a>(
        payload: &[u8],
        is_idr: bool,
        sets: impl FnOnce(u32) -> Option<(&'a Pps, &'a Sps)>,
    ) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let first_macroblock = bits.unsigned()?;
        let is_intra = matches!(bits.unsigned()? % 5, 2 | 4);
        let pps_id = bits.unsigned()?;
        let (pps, sps) = sets(pps_id)?;
        if sps.has_separate_planes {
            bits.skip(2);
        }
        let frame_num = bits.number(sps.frame_num_bits)?;
        let mut field = None;
        if !sps.is_frames_only && bits.flag()? {
            field = Some(bits.flag()?);
        }
        if is_idr {
            bits.unsigned()?;
        }
        let mut order_lsb = 0;
        let mut order_deltas = [0; 2];
        let has_bottom = pps.has_bottom_order && field.is_none();
        match &sps.order {
            Order::Lsb { bits: width } => {
                order_lsb = bits.number(*width)?;
                if has_bottom {
                    order_deltas = [0, bits.signed()?];
                }
            }
            Order::Cycle { is_always_zero, .. } if !is_always_zero => {
                let first = bits.signed()?;
                order_deltas = [first, if has_bottom { bits.signed()? } else { 0 }];
            }
            Order::Cycle { .. } | Order::Decoding => {}
        }
        Some(Self {
            first_macroblock,
            is_intra,
            pps: pps_id,
            frame_num,
            field,
            order_lsb,
            order_deltas,
        })
    }
}

/// What the order count of a picture takes from those before.
#[derive(Debug, Default, Clone)]
pub(super) struct OrderCount {
    msb: i64,
    lsb: i64,
    frame_num: u32,
    frame_num_offset: i64,
}

impl OrderCount {
    /// The picture order count of a slice's picture.
    pub(super) fn next(
        &mut self,
        slice: &Slice,
        sps: &Sps,
        is_idr: bool,
        is_reference: bool,
    ) -> i64 {
        let is_bottom = slice.field == Some(true);
        let deltas = slice.order_deltas.map(i64::from);
        let pick = |top: i64, bottom: i64| match slice.field {
            None => top.min(bottom),
            Some(_) if is_bottom => bottom,
            Some(_) => top,
        };
        if let Order::Lsb { bits } = sps.order {
            let max = 1_i64 << bits;
            if is_idr {
                (self.msb, self.lsb) = (0, 0);
            }
            let lsb = i64::from(slice.order_lsb);
            let msb = if lsb < self.lsb && self.lsb - lsb >= max / 2 {
                self.msb + max
            } else if lsb > self.lsb && lsb - self.lsb > max / 2 {
                self.msb - max
            } else {
                self.msb
            };
            if is_reference {
                (self.msb, self.lsb) = (msb, lsb);
            }
            return pick(msb + lsb, msb + lsb + deltas[1]);
        }
        let max_frame_num = 1_i64 << sps.frame_num_bits;
        if is_idr {
            self.frame_num_offset = 0;
        } else if self.frame_num > slice.frame_num {
            self.frame_num_offset += max_frame_num;
        }
        self.frame_num = slice.frame_num;
        let number = self.frame_num_offset + i64::from(slice.frame_num);
        let Order::Cycle {
            offset_non_reference,
            offset_top_to_bottom,
            offsets,
            ..
        } = &sps.order
        else {
            return 2 * number - i64::from(!is_reference && !is_idr);
        };
        let cycle = offsets.len() as i64;
        let mut absolute = if cycle > 0 { number } else { 0 };
        if !is_reference && absolute > 0 {
            absolute -= 1;
        }
        let mut expected = 0;
        if absolute > 0 {
            let sum: i64 = offsets.iter().map(|offset| i64::from(*offset)).sum();
            let (whole, within) = ((absolute - 1) / cycle, (absolute - 1) % cycle);
            let rest: i64 = offsets
                .iter()
                .take(within as usize + 1)
                .map(|offset| i64::from(*offset))
                .sum();
            expected = whole * sum + rest;
        }
        if !is_reference {
            expected += i64::from(*offset_non_reference);
        }
        let between = i64::from(*offset_top_to_bottom);
        let top = expected + deltas[0];
        match slice.field {
            None => pick(top, top + between + deltas[1]),
            Some(_) => pick(top, expected + between + deltas[0]),
        }
    }
}
