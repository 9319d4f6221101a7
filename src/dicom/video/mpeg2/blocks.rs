//! Blocks of coefficients (H.262 7.2 to 7.4): codes, scan, inverse quantisation, mismatch.

use super::bit_reader::BitReader;
use super::headers::ALTERNATE;
use super::headers::Picture;
use super::headers::ZIGZAG;
use super::idct::Block;
use super::tables::DC_CHROMA;
use super::tables::DC_LUMA;
use super::tables::END_OF_BLOCK;
use super::tables::ESCAPE;
use super::tables::TABLE_ONE;
use super::tables::TABLE_ZERO;

/// How the coefficients of a macroblock are read.
pub(super) struct Reading<'a> {
    pub(super) picture: &'a Picture,
    /// Row by row.
    pub(super) weights: &'a [u8; 64],
    pub(super) scale: i32,
    pub(super) is_intra: bool,
}

/// Predictors of the DC coefficients: luminance, blue, red.
#[derive(Debug, Clone, Copy)]
pub(super) struct DcPredictors([i32; 3]);

impl DcPredictors {
    pub(super) const fn new(picture: &Picture) -> Self {
        Self([128 << picture.dc_precision; 3])
    }
}

impl Reading<'_> {
    /// Reads block `n` of a macroblock (four of luminance, blue, red) into `block`, transposed;
    /// whether more than its first coefficient is there.
    pub(super) fn read(
        &self,
        bits: &mut BitReader<'_>,
        n: usize,
        dc: &mut DcPredictors,
        block: &mut Block,
    ) -> Option<bool> {
        *block = [[0.0; 8]; 8];
        let mut put = |place: u8, value: i32| {
            let (row, column) = (usize::from(place >> 3), usize::from(place & 7));
            if let Some(cell) = block.get_mut(column).and_then(|line| line.get_mut(row)) {
                *cell = value as f32;
            }
        };
        let mut sum = 0;
        let mut at = 0;
        let mut count = 0;
        if self.is_intra {
            let value = self.read_dc(bits, n, dc)?;
            let value = value << (3 - self.picture.dc_precision);
            put(0, value);
            sum += value;
            at = 1;
        }
        let is_one = self.is_intra && self.picture.is_intra_table_one;
        let table = if is_one { &TABLE_ONE } else { &TABLE_ZERO };
        let scan = if self.picture.is_scan_alternate {
            &ALTERNATE
        } else {
            &ZIGZAG
        };
        let mut last = 0;
        loop {
            let (run, level) = if at == 0 && bits.peek(1) == 1 {
                // The first coefficient of other blocks has a shorter code.
                bits.skip(1);
                (0, if bits.flag() { -1 } else { 1 })
            } else {
                match bits.symbol(table)? {
                    END_OF_BLOCK => break,
                    ESCAPE => (bits.take(6) as usize, self.read_escaped(bits)?),
                    symbol => {
                        let level = i32::from(symbol & 0xFF);
                        let is_negative = bits.flag();
                        (
                            usize::from(symbol >> 8),
                            if is_negative { -level } else { level },
                        )
                    }
                }
            };
            let place = *scan.get(at + run)?;
            at += run + 1;
            count += 1;
            let value = self.dequantised(level, place)?;
            put(place, value);
            sum += value;
            if place == 63 {
                last = value;
            }
        }
        if self.picture.is_mpeg2 && sum & 1 == 0 {
            put(63, last ^ 1);
            count += 1;
        }
        Some(count > 0)
    }

    fn read_dc(&self, bits: &mut BitReader<'_>, n: usize, dc: &mut DcPredictors) -> Option<i32> {
        let (table, component) = match n {
            0..=3 => (&DC_LUMA, 0),
            _ => (&DC_CHROMA, n - 3),
        };
        let size = u32::from(bits.symbol(table)?);
        let difference = bits.take(size) as i32;
        let predictor = dc.0.get_mut(component)?;
        if size > 0 {
            let half = 1 << (size - 1);
            *predictor += if difference < half {
                difference - 2 * half + 1
            } else {
                difference
            };
        }
        // Beyond what the precision allows the stream is damaged.
        (0..256 << self.picture.dc_precision)
            .contains(predictor)
            .then_some(*predictor)
    }

    fn read_escaped(&self, bits: &mut BitReader<'_>) -> Option<i32> {
        if self.picture.is_mpeg2 {
            let level = bits.take(12) as i32;
            let level = if level >= 2048 { level - 4096 } else { level };
            return (level != 0 && level != -2048).then_some(level);
        }
        let level = bits.take(8) as i32;
        Some(match level {
            0 => bits.take(8) as i32,
            128 => bits.take(8) as i32 - 256,
            _ if level > 128 => level - 256,
            _ => level,
        })
    }

    fn dequantised(&self, level: i32, place: u8) -> Option<i32> {
        let weight = i32::from(*self.weights.get(usize::from(place))?);
        let doubled = if self.is_intra {
            2 * level
        } else {
            2 * level + level.signum()
        };
        let value = doubled * weight * self.scale / 32;
        let value = if self.picture.is_mpeg2 || value & 1 == 1 {
            value
        } else {
            value - value.signum()
        };
        Some(value.clamp(-2048, 2047))
    }
}
