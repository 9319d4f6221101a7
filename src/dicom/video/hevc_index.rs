//! The pictures of an HEVC stream, found by their headers: access units (H.265 7.4.2.4.4), order
//! of presentation (8.3.1), random access points and the leading pictures behind them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bits::Bits;
use super::bits::unescaped;
use super::coded::Coded;
use super::coded::MAX_PICTURES;
use super::coded::ParameterSets;
use super::format::PictureFormat;
use super::hevc_headers::Pps;
use super::hevc_headers::Sps;
use super::walk::Visitor;

const VPS: u8 = 32;
const SPS: u8 = 33;
const PPS: u8 = 34;
const END_OF_SEQUENCE: u8 = 36;

/// Collects them.
#[derive(Debug, Default)]
pub(super) struct HevcIndex {
    sps: BTreeMap<u32, Sps>,
    pps: BTreeMap<u32, Pps>,
    pub(super) sets: ParameterSets,
    pub(super) pictures: Vec<Coded>,
    pub(super) format: Option<PictureFormat>,
    sequence: i64,
    begin: Option<u64>,
    is_open: bool,
    /// Order count of the last picture that others count from.
    anchor: i64,
    /// The next random access point begins a sequence.
    begins_sequence: bool,
    has_begun: bool,
    /// The random access point followed began a sequence: what leads it is lost.
    loses_leading: bool,
}

impl Visitor for HevcIndex {
    fn unit(&mut self, bytes: Range<u64>, head: &[u8]) {
        let [first, second, rest @ ..] = head else {
            return;
        };
        let kind = first >> 1 & 63;
        let layer = u32::from(first & 1) << 5 | u32::from(second >> 3);
        if layer != 0 {
            return;
        }
        if matches!(kind, 32..=35 | 39 | 41..=44 | 48..=55) {
            self.close(bytes.start);
        }
        self.begin.get_or_insert(bytes.start);
        match kind {
            VPS => self.sets.insert(self.pictures.len(), (VPS, 0), head),
            SPS => {
                if let Some(sps) = Sps::read(&unescaped(rest)) {
                    self.sets.insert(self.pictures.len(), (SPS, sps.id), head);
                    self.format.get_or_insert_with(|| sps.format.clone());
                    self.sps.insert(sps.id, sps);
                }
            }
            PPS => {
                if let Some(pps) = Pps::read(&unescaped(rest)) {
                    self.sets.insert(self.pictures.len(), (PPS, pps.id), head);
                    self.pps.insert(pps.id, pps);
                }
            }
            END_OF_SEQUENCE => self.begins_sequence = true,
            0..=9 | 16..=21 => {
                let is_first = rest.first().is_some_and(|byte| byte & 0x80 != 0);
                if is_first {
                    self.close(bytes.start);
                    self.begin = self.begin.or(Some(bytes.start));
                    self.picture(kind, second & 7, rest);
                }
            }
            _ => {}
        }
        if self.is_open
            && let Some(last) = self.pictures.last_mut()
        {
            last.bytes.end = bytes.end;
        }
    }

    fn sample(&mut self, at: u64) {
        self.close(at);
        self.begin = Some(at);
    }
}

impl HevcIndex {
    fn picture(&mut self, kind: u8, temporal_id_plus1: u8, rest: &[u8]) {
        let payload = unescaped(rest.get(..64.min(rest.len())).unwrap_or_default());
        let (is_random_access, is_idr) = ((16..=21).contains(&kind), matches!(kind, 19 | 20));
        let Some((lsb, max, is_shown)) = self.slice(&payload, is_random_access, is_idr) else {
            return;
        };
        let is_leading = (6..=9).contains(&kind);
        if is_random_access {
            let begins = self.begins_sequence || !self.has_begun || kind <= 20;
            self.loses_leading = begins;
            self.sequence += i64::from(begins);
            self.has_begun = true;
            self.begins_sequence = false;
        }
        let count = if is_random_access && self.loses_leading {
            i64::from(lsb)
        } else {
            order_count(self.anchor, i64::from(lsb), max)
        };
        let is_sub_layer_non_reference = kind <= 14 && kind.is_multiple_of(2);
        if temporal_id_plus1 == 1 && !is_leading && !is_sub_layer_non_reference {
            self.anchor = count;
        }
        // RASL pictures of a sequence's first picture refer to what is not in the stream.
        let is_lost = matches!(kind, 8 | 9) && self.loses_leading;
        let Some(begin) = self.begin else {
            return;
        };
        if self.pictures.len() < MAX_PICTURES {
            self.pictures.push(Coded {
                bytes: begin..begin,
                order: self.sequence << 32 | (count + (1 << 31)),
                is_random_access,
                is_leading: is_leading && !self.loses_leading,
                // What others lead from a lost beginning is lost as well.
                is_reference: !is_lost && self.has_begun,
                is_interlaced: false,
                is_hidden: is_lost || !is_shown || !self.has_begun,
                has_gap_before: false,
            });
            self.is_open = true;
        }
    }

    /// Low bits of the order count, their range, and whether the picture is shown, out of the first
    /// slice's header (7.3.6.1).
    fn slice(
        &self,
        payload: &[u8],
        is_random_access: bool,
        is_idr: bool,
    ) -> Option<(u32, i64, bool)> {
        let mut bits = Bits::new(payload);
        bits.skip(1);
        if is_random_access {
            bits.skip(1);
        }
        let pps = self.pps.get(&bits.unsigned()?)?;
        let sps = self.sps.get(&pps.sps)?;
        bits.skip(pps.extra_slice_bits as usize);
        bits.unsigned()?;
        let is_shown = !pps.has_output_flag || bits.flag()?;
        if sps.has_separate_planes {
            bits.skip(2);
        }
        let lsb = if is_idr {
            0
        } else {
            bits.number(sps.order_bits)?
        };
        Some((lsb, 1 << sps.order_bits, is_shown))
    }

    fn close(&mut self, at: u64) {
        if std::mem::take(&mut self.is_open) {
            self.begin = Some(at);
        }
    }
}

/// The count nearest to the anchor's with these low bits (8.3.1).
fn order_count(anchor: i64, lsb: i64, max: i64) -> i64 {
    let before = anchor.rem_euclid(max);
    let msb = anchor - before;
    let msb = if lsb < before && before - lsb >= max / 2 {
        msb + max
    } else if lsb > before && lsb - before > max / 2 {
        msb - max
    } else {
        msb
    };
    msb + lsb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_goes_on_where_its_low_bits_wrap() {
        assert_eq!(order_count(15, 0, 16), 16);
        assert_eq!(order_count(17, 15, 16), 15);
        assert_eq!(order_count(0, 4, 16), 4);
        assert_eq!(order_count(0, 12, 16), -4);
    }
}
