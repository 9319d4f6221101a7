//! The pictures of an H.264 stream, found by their headers: access units (7.4.1.2.3), fields that
//! make one frame, the order of presentation, and where decoding may begin.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bits::Bits;
use super::bits::unescaped;
use super::coded::Coded;
use super::coded::MAX_PICTURES;
use super::coded::ParameterSets;
use super::format::PictureFormat;
use super::h264_headers::OrderCount;
use super::h264_headers::Pps;
use super::h264_headers::Slice;
use super::h264_headers::Sps;
use super::walk::Visitor;

const SLICE: u8 = 1;
const IDR: u8 = 5;
const SEI: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
/// A slice of another view (annex H).
const OTHER_VIEW: u8 = 20;

/// Collects them.
#[derive(Debug, Default)]
pub(super) struct H264Index {
    sps: BTreeMap<u32, Sps>,
    pps: BTreeMap<u32, Pps>,
    pub(super) sets: ParameterSets,
    pub(super) pictures: Vec<Coded>,
    pub(super) format: Option<PictureFormat>,
    pub(super) has_other_views: bool,
    order: OrderCount,
    /// Coded video sequences so far.
    sequence: i64,
    /// Where what belongs to the coming picture begins.
    begin: Option<u64>,
    picture: Option<Picture>,
    /// A recovery point of no delay stands before the coming picture.
    recovers: bool,
    /// The last picture is a first field of this parity and frame number.
    awaits_field: Option<(bool, u32)>,
    /// Order count of the random access point the pictures follow.
    random_access_order: Option<i64>,
    random_access_points: usize,
    /// `frame_num` of the last picture that others are predicted from.
    reference_frame_num: Option<u32>,
}

#[derive(Debug)]
struct Picture {
    slice: Slice,
    is_idr: bool,
    is_reference: bool,
    recovers: bool,
}

impl Visitor for H264Index {
    fn unit(&mut self, bytes: Range<u64>, head: &[u8]) {
        let Some((&header, rest)) = head.split_first() else {
            return;
        };
        let kind = header & 31;
        match kind {
            // Not 14: of a stream of two views it stands before each slice, not each picture.
            SEI | SPS | PPS | 9 | 15..=18 => self.close(bytes.start),
            OTHER_VIEW => self.has_other_views = true,
            _ => {}
        }
        self.begin.get_or_insert(bytes.start);
        match kind {
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
            SEI => self.recovers |= recovery_frames(&unescaped(rest)) == Some(0),
            SLICE | IDR => self.slice(bytes.start, header, rest),
            _ => {}
        }
        if self.picture.is_none() {
            return;
        }
        // The picture's end is where the next begins; known at least so far.
        self.end_at(bytes.end);
    }

    fn sample(&mut self, at: u64) {
        self.close(at);
        self.begin = Some(at);
    }
}

impl H264Index {
    fn slice(&mut self, at: u64, header: u8, rest: &[u8]) {
        let is_idr = header & 31 == IDR;
        let payload = unescaped(rest.get(..64.min(rest.len())).unwrap_or_default());
        let sets = |id| {
            let pps = self.pps.get(&id)?;
            Some((pps, self.sps.get(&pps.sps)?))
        };
        let Some(slice) = Slice::read(&payload, is_idr, sets) else {
            return;
        };
        if self.picture.is_some() {
            if slice.first_macroblock != 0 {
                return;
            }
            self.close(at);
            self.begin = Some(at);
        }
        let picture = Picture {
            slice,
            is_idr,
            is_reference: header >> 5 & 3 != 0,
            recovers: std::mem::take(&mut self.recovers),
        };
        self.open(picture);
    }

    fn open(&mut self, picture: Picture) {
        let slice = picture.slice;
        let sps = self
            .pps
            .get(&slice.pps)
            .and_then(|pps| self.sps.get(&pps.sps));
        let (Some(sps), Some(begin)) = (sps, self.begin) else {
            return;
        };
        let count = self
            .order
            .next(&slice, sps, picture.is_idr, picture.is_reference);
        let is_interlaced = slice.field.is_some() || sps.is_adaptive;
        let is_second = match (slice.field, self.awaits_field) {
            (Some(bottom), Some((first, frame_num))) => {
                bottom != first && frame_num == slice.frame_num
            }
            _ => false,
        };
        if is_second {
            self.awaits_field = None;
            if let Some(first) = self.pictures.last_mut() {
                first.order = first.order.min(self.sequence << 32 | (count + (1 << 31)));
                first.is_reference |= picture.is_reference && !first.is_hidden;
            }
            self.picture = Some(picture);
            return;
        }
        self.awaits_field = slice.field.map(|bottom| (bottom, slice.frame_num));
        self.sequence += i64::from(picture.is_idr);
        let has_gap_before = !picture.is_idr
            && self
                .reference_frame_num
                .is_some_and(|before| sps.is_gap(before, slice.frame_num));
        if picture.is_reference {
            self.reference_frame_num = Some(slice.frame_num);
        }
        // A stream that was cut out of another begins where it can.
        let begins = picture.recovers || self.random_access_points == 0;
        let is_random_access = picture.is_idr || (begins && slice.is_intra);
        if is_random_access {
            self.random_access_points += 1;
            self.random_access_order = (!picture.is_idr).then_some(count);
        }
        let is_leading = !is_random_access && self.random_access_order.is_some_and(|at| count < at);
        // What it is predicted from is not in the stream.
        let is_lost =
            self.random_access_points == 0 || (is_leading && self.random_access_points == 1);
        if self.pictures.len() < MAX_PICTURES {
            self.pictures.push(Coded {
                bytes: begin..begin,
                order: self.sequence << 32 | (count + (1 << 31)),
                is_random_access,
                is_leading,
                is_reference: picture.is_reference && !is_lost,
                is_interlaced,
                is_hidden: is_lost,
                has_gap_before,
            });
        }
        self.picture = Some(picture);
    }

    fn end_at(&mut self, end: u64) {
        if let Some(last) = self.pictures.last_mut() {
            last.bytes.end = end;
        }
    }

    /// The next picture's bytes begin here, if one was open.
    fn close(&mut self, at: u64) {
        if self.picture.take().is_some() {
            self.begin = Some(at);
        }
    }
}

/// Frames until the pictures are right, of a recovery point message (D.2.8).
fn recovery_frames(payload: &[u8]) -> Option<u32> {
    let mut rest = payload;
    while rest.len() > 2 {
        let (kind, after) = sei_number(rest)?;
        let (size, after) = sei_number(after)?;
        let (message, after) = after.split_at_checked(size.min(after.len()))?;
        if kind == 6 {
            return Bits::new(message).unsigned();
        }
        rest = after;
    }
    None
}

fn sei_number(mut bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        bytes = rest;
        number += usize::from(byte);
        if byte != 255 {
            return Some((number, bytes));
        }
    }
}
