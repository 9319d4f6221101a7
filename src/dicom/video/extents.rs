//! A stream that lies in pieces: over the fragments of the pixel data, and within these over the
//! packets of a container. Nothing is copied together; a picture reads its own bytes.

use std::sync::Arc;

use crate::dicom::ByteSource;
use crate::dicom::DecodeError;
use crate::jobs::JobCtx;

/// Bytes read at once.
const WINDOW: usize = 1 << 20;
/// Bytes between two pieces that are read along: the packets of a transport stream that carry sound.
const MOST_BETWEEN: u64 = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the stream.
    start: u64,
    /// Where it begins in the source.
    offset: u64,
}

/// A stream of `length` bytes over pieces of a source.
#[derive(Debug, Clone, Default)]
pub(super) struct Extents {
    pieces: Vec<Piece>,
    length: u64,
}

impl Extents {
    /// Goes on with these bytes of the source.
    pub(super) fn push(&mut self, offset: u64, length: u64) {
        if length == 0 {
            return;
        }
        let is_next = self
            .pieces
            .last()
            .is_some_and(|last| last.offset + (self.length - last.start) == offset);
        if !is_next {
            self.pieces.push(Piece {
                start: self.length,
                offset,
            });
        }
        self.length += length;
    }

    /// Goes on with these bytes of another stream over the same source.
    pub(super) fn push_part(&mut self, of: &Self, start: u64, length: u64) {
        let end = start.saturating_add(length).min(of.length);
        of.visit(start, end, &mut |offset, length| {
            self.push(offset, length);
            true
        });
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Calls with offset and length of each piece between two places.
    fn visit(&self, start: u64, end: u64, each: &mut dyn FnMut(u64, u64) -> bool) {
        let first = self
            .pieces
            .partition_point(|piece| piece.start <= start)
            .saturating_sub(1);
        for (at, piece) in self.pieces.iter().enumerate().skip(first) {
            let next = self.pieces.get(at + 1);
            let piece_end = next.map_or(self.length, |next| next.start);
            let (from, to) = (piece.start.max(start), piece_end.min(end));
            if from >= end {
                return;
            }
            if from < to && !each(piece.offset + (from - piece.start), to - from) {
                return;
            }
        }
    }

    /// The bytes between two places; fewer where the source ends before.
    pub(super) fn read(
        &self,
        source: &ByteSource,
        start: u64,
        length: usize,
    ) -> Result<Vec<u8>, DecodeError> {
        let end = start.saturating_add(length as u64).min(self.length);
        let mut parts = Vec::new();
        self.visit(start, end, &mut |offset, length| {
            parts.push((offset, length as usize));
            true
        });
        let mut bytes = Vec::new();
        let mut rest = parts.as_slice();
        while let [(from, _), ..] = rest {
            let (together, after) = rest.split_at(near_each_other(rest));
            let end = together
                .last()
                .map_or(*from, |(offset, length)| offset + *length as u64);
            let mut read = source.read_range(*from, (end - from) as usize)?;
            let whole = bytes.len() + together.iter().map(|(_, length)| length).sum::<usize>();
            if bytes.is_empty() && together.len() == 1 {
                bytes = std::mem::take(&mut read);
            }
            for (offset, length) in together {
                let at = (offset - from) as usize;
                let there = at.min(read.len())..(at + length).min(read.len());
                bytes.extend_from_slice(read.get(there).unwrap_or_default());
            }
            if bytes.len() < whole {
                break; // the source ends here, and nothing moves up
            }
            rest = after;
        }
        Ok(bytes)
    }
}

/// How many of these offsets and lengths lie one behind the other, with so little between them that
/// reading it costs less than beginning anew.
fn near_each_other(parts: &[(u64, usize)]) -> usize {
    let pairs = parts.iter().zip(parts.iter().skip(1));
    let is_near = |((offset, length), (next, _)): &(&(u64, usize), &(u64, usize))| {
        let end = offset + *length as u64;
        next.checked_sub(end).is_some_and(|gap| gap <= MOST_BETWEEN)
    };
    (1 + pairs.take_while(is_near).count()).min(parts.len())
}

/// A stream and where its bytes are.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) source: ByteSource,
    pub(super) extents: Arc<Extents>,
    /// What ends reading it: the job that scans it, not those that decode it later.
    pub(super) ctx: JobCtx,
}

impl Stream {
    pub(super) fn read(&self, start: u64, length: usize) -> Result<Vec<u8>, DecodeError> {
        self.ctx.check()?;
        self.extents.read(&self.source, start, length)
    }

    pub(super) fn length(&self) -> u64 {
        self.extents.length()
    }
}

/// A window of a stream that moves forwards as it is read.
pub(super) struct Window<'a> {
    stream: &'a Stream,
    start: u64,
    bytes: Vec<u8>,
    /// Bytes that may still be read ahead of what is asked for: who jumps to and fro in a stream
    /// must not have it read whole each time.
    ahead_left: u64,
}

impl<'a> Window<'a> {
    pub(super) fn new(stream: &'a Stream) -> Self {
        Self {
            stream,
            start: 0,
            bytes: Vec::new(),
            ahead_left: stream.length().saturating_mul(4),
        }
    }

    /// At least `length` bytes from a place on, or as many as there are.
    pub(super) fn at(&mut self, place: u64, length: usize) -> Result<&[u8], DecodeError> {
        let wanted_end = place
            .saturating_add(length as u64)
            .min(self.stream.length());
        let end = self.start + self.bytes.len() as u64;
        if place < self.start || wanted_end > end {
            let ahead = usize::try_from(self.ahead_left).unwrap_or(usize::MAX);
            let most = WINDOW.min(length.saturating_add(ahead)).max(length);
            self.bytes = self.stream.read(place, most)?;
            let read_ahead = self.bytes.len().saturating_sub(length) as u64;
            self.ahead_left = self.ahead_left.saturating_sub(read_ahead);
            self.start = place;
        }
        let from = usize::try_from(place - self.start).unwrap_or(usize::MAX);
        Ok(self.bytes.get(from..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_in_pieces_reads_as_one() {
        let source = ByteSource::Memory((0..100).collect());
        let mut extents = Extents::default();
        extents.push(10, 5);
        extents.push(15, 5); // joins the one before
        extents.push(40, 3);
        extents.push(0, 2);
        assert_eq!(extents.pieces.len(), 3);
        assert_eq!(extents.length(), 15);
        let all = extents.read(&source, 0, 99).unwrap();
        assert_eq!(
            all,
            [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 40, 41, 42, 0, 1]
        );
        assert_eq!(extents.read(&source, 9, 3).unwrap(), [19, 40, 41]);
        let far = ByteSource::Memory((0..3 * MOST_BETWEEN).map(|at| (at / 64) as u8).collect());
        let mut apart = Extents::default();
        for offset in [0, 64, 200, 2 * MOST_BETWEEN, 2 * MOST_BETWEEN + 64] {
            apart.push(offset, 2);
        }
        assert_eq!(
            apart.read(&far, 0, 10).unwrap(),
            [0, 0, 1, 1, 3, 3, 128, 128, 129, 129]
        );
        let mut part = Extents::default();
        part.push_part(&extents, 8, 6);
        assert_eq!(part.read(&source, 0, 99).unwrap(), [18, 19, 40, 41, 42, 0]);
    }

    #[test]
    fn jumping_to_and_fro_does_not_read_a_stream_over_and_over() {
        let length = 3 << 20;
        let mut extents = Extents::default();
        extents.push(0, length);
        let stream = Stream {
            source: ByteSource::Memory(vec![0; length as usize].into()),
            extents: Arc::new(extents),
            ctx: JobCtx::new(),
        };
        let mut window = Window::new(&stream);
        let mut read = 0;
        for n in 0..1000 {
            let place = if n % 2 == 0 { 0 } else { 2 << 20 };
            read += window.at(place, 100).unwrap().len();
        }
        assert!(read < 5 * length as usize, "{read}");
        assert_eq!(window.at(length - 50, 100).unwrap().len(), 50);
    }

    #[test]
    fn what_the_source_lacks_is_missing_and_nothing_moves_up() {
        let source = ByteSource::Memory((0..10).collect());
        let mut extents = Extents::default();
        extents.push(5, 10);
        extents.push(0, 5);
        assert_eq!(extents.read(&source, 0, 15).unwrap(), [5, 6, 7, 8, 9]);
        let mut extents = Extents::default();
        extents.push(1, 2);
        extents.push(8, 4);
        extents.push(20, 5);
        extents.push(0, 5);
        assert_eq!(extents.read(&source, 0, 16).unwrap(), [1, 2, 8, 9]);
    }
}
