//! Steps through the units of a stream by their start codes or lengths, reading no more of each
//! than its head.

use std::ops::Range;

use memchr::memmem;

use super::extents::Stream;
use super::extents::Window;
use crate::dicom::DecodeError;

/// Bytes of a unit that its header fits into.
const HEAD: usize = 1024;

/// How the units of a stream are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// By start codes (Annex B of H.264 and H.265; all of MPEG-2).
    StartCodes,
    /// By lengths of so many bytes before each.
    Lengths(usize),
}

/// What a scan is told.
pub(super) trait Visitor {
    /// A unit: its bytes in the stream with what sets it apart, and its head.
    fn unit(&mut self, bytes: Range<u64>, head: &[u8]);
    /// The container says that a picture begins here.
    fn sample(&mut self, at: u64) {
        let _ = at;
    }
}

/// Visits all units. `samples`: where the container says that pictures are; empty if it does not.
pub(super) fn walk(
    stream: &Stream,
    framing: Framing,
    samples: &[Range<u64>],
    visitor: &mut dyn Visitor,
) -> Result<(), DecodeError> {
    match framing {
        Framing::StartCodes => walk_start_codes(stream, visitor),
        Framing::Lengths(width) => walk_lengths(stream, width, samples, visitor),
    }
}

fn walk_start_codes(stream: &Stream, visitor: &mut dyn Visitor) -> Result<(), DecodeError> {
    let mut window = Window::new(stream);
    let finder = memmem::Finder::new(b"\0\0\x01");
    let mut place = 0;
    // The code before, and the head of its unit.
    let mut open: Option<(u64, Vec<u8>)> = None;
    loop {
        let bytes = window.at(place, HEAD + 4)?;
        if bytes.len() < 4 {
            break;
        }
        let Some(found) = finder.find(bytes) else {
            place += bytes.len() as u64 - 2;
            continue;
        };
        let code = place + found as u64;
        if let Some((start, head)) = open.take() {
            visit(start, code, &head, visitor);
        }
        let head = window.at(code + 3, HEAD)?;
        open = Some((
            code,
            head.get(..HEAD.min(head.len()))
                .unwrap_or_default()
                .to_vec(),
        ));
        place = code + 3;
    }
    if let Some((start, head)) = open {
        visit(start, stream.length(), &head, visitor);
    }
    Ok(())
}

fn visit(start: u64, end: u64, head: &[u8], visitor: &mut dyn Visitor) {
    let length = usize::try_from(end.saturating_sub(start + 3)).unwrap_or(usize::MAX);
    let head = head.get(..length.min(head.len())).unwrap_or_default();
    if !head.is_empty() {
        visitor.unit(start..end, head);
    }
}

fn walk_lengths(
    stream: &Stream,
    width: usize,
    samples: &[Range<u64>],
    visitor: &mut dyn Visitor,
) -> Result<(), DecodeError> {
    let mut window = Window::new(stream);
    for sample in samples {
        visitor.sample(sample.start);
        let mut place = sample.start;
        while place + (width as u64) < sample.end {
            let bytes = window.at(place, width + HEAD)?;
            let Some(length) = length_of(bytes, width) else {
                break;
            };
            let start = place + width as u64;
            let end = start.saturating_add(length).min(sample.end);
            let head = bytes.get(width..).unwrap_or_default();
            let inside = usize::try_from(end - start).unwrap_or(usize::MAX);
            let head = head
                .get(..inside.min(HEAD).min(head.len()))
                .unwrap_or_default();
            if !head.is_empty() {
                visitor.unit(place..end, head);
            }
            place = end;
        }
    }
    Ok(())
}

fn length_of(bytes: &[u8], width: usize) -> Option<u64> {
    let length = bytes.get(..width)?;
    Some(
        length
            .iter()
            .fold(0, |length, byte| length << 8 | u64::from(*byte)),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::extents::Extents;
    use super::*;
    use crate::dicom::ByteSource;
    use crate::jobs::JobCtx;

    #[derive(Default)]
    struct Seen(Vec<(Range<u64>, Vec<u8>)>);

    impl Visitor for Seen {
        fn unit(&mut self, bytes: Range<u64>, head: &[u8]) {
            self.0.push((bytes, head.to_vec()));
        }
    }

    fn stream(bytes: Vec<u8>) -> Stream {
        let mut extents = Extents::default();
        extents.push(0, bytes.len() as u64);
        Stream {
            source: ByteSource::Memory(bytes.into()),
            extents: Arc::new(extents),
            ctx: JobCtx::new(),
        }
    }

    #[test]
    fn a_start_code_across_two_readings_is_found() {
        for before in (1 << 20) - 1030..(1 << 20) + 3 {
            if before % 100 > 3 && before < (1 << 20) - 8 {
                continue;
            }
            let mut bytes = vec![7; before];
            bytes.extend([0, 0, 1, 9, 8, 0, 0, 1, 5]);
            let mut seen = Seen::default();
            walk(&stream(bytes), Framing::StartCodes, &[], &mut seen).unwrap();
            let at = before as u64;
            let expected = vec![(at..at + 5, vec![9, 8]), (at + 5..at + 9, vec![5])];
            assert_eq!(seen.0, expected, "{before}");
        }
    }

    #[test]
    fn a_cancelled_job_looks_no_further() {
        struct CancelsAtFirst(JobCtx, usize);
        impl Visitor for CancelsAtFirst {
            fn unit(&mut self, _bytes: Range<u64>, _head: &[u8]) {
                self.0.cancel();
                self.1 += 1;
            }
        }
        // A unit every two mebibytes.
        let mut bytes = vec![7; 8 << 20];
        for unit in 0..4 {
            bytes[unit << 21..][..5].copy_from_slice(&[0, 0, 1, 9, 8]);
        }
        let stream = stream(bytes);
        let mut seen = CancelsAtFirst(stream.ctx.clone(), 0);
        let walked = walk(&stream, Framing::StartCodes, &[], &mut seen);
        assert!(matches!(walked, Err(DecodeError::Cancelled)));
        assert_eq!(seen.1, 1);
    }

    #[test]
    fn a_length_beyond_its_sample_ends_with_it() {
        let bytes = vec![0, 2, 65, 66, 0, 99, 67, 68];
        let mut seen = Seen::default();
        walk(
            &stream(bytes),
            Framing::Lengths(2),
            std::slice::from_ref(&(0..7)),
            &mut seen,
        )
        .unwrap();
        assert_eq!(seen.0, [(0..4, vec![65, 66]), (4..7, vec![67])]);
    }
}
