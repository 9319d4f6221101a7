//! Encapsulated pixel data: which fragments make which frame (PS3.5 A.4).
//!
//! The items are walked once, by their headers, when a decoder is prepared; a frame then reads
//! its own bytes and no others. Offset tables are believed only where they point at the
//! beginning of an item, since many writers fill them with something else.

use std::ops::Range;

use super::ByteSource;
use super::DecodeError;
use super::PixelDataLocation;

/// One item of the pixel data sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fragment {
    /// Offset of its item tag from the first item behind the basic offset table.
    item_offset: u64,
    /// Offset of its first byte in the source.
    offset: u64,
    /// Length declared.
    length: u32,
}

/// The fragments, and the range of them that each frame is made of.
#[derive(Debug, Clone)]
pub struct FragmentIndex {
    fragments: Vec<Fragment>,
    /// May hold fewer than declared, when the file ends before.
    frames: Vec<Range<usize>>,
    declared: u32,
    /// Whether the items end with the delimiter, so that none is missing.
    is_complete: bool,
}

/// How a codec's frames are told apart when no offset table does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameMarks {
    /// The bytes that every frame begins with, if it has such.
    pub start: Option<&'static [u8]>,
    /// Whether a frame is always one fragment (RLE, PS3.5 A.4.2).
    pub one_fragment: bool,
}

impl FragmentIndex {
    /// Walks the items from `offset`, the item of the basic offset table.
    ///
    /// `end` bounds the walk where the element declares a length. `extended_offsets` is the value
    /// of Extended Offset Table (7FE0,0001), empty when there is none.
    ///
    /// # Errors
    /// The source cannot be read, or nothing tells where frames begin.
    pub fn read(
        source: &ByteSource,
        offset: u64,
        end: Option<u64>,
        declared: u32,
        extended_offsets: &[u64],
        marks: FrameMarks,
    ) -> Result<Self, DecodeError> {
        let mut walk = Walk {
            window: Window::new(source),
            position: offset,
            end: end.unwrap_or(u64::MAX),
        };
        let Some((table_at, table_length)) = walk.next_item()? else {
            return Err(DecodeError::Damaged {
                codec: "encapsulation",
                detail: "no item where the basic offset table should be".to_owned(),
            });
        };
        let basic_offsets = read_table(source, table_at, table_length)?;
        let first_item = walk.position;
        let mut fragments = Vec::new();
        loop {
            let item_offset = walk.position - first_item;
            let Some((offset, length)) = walk.next_item()? else {
                break;
            };
            fragments.push(Fragment {
                item_offset,
                offset,
                length,
            });
        }
        let mut index = Self {
            fragments,
            frames: Vec::new(),
            declared,
            is_complete: walk.is_at_delimiter()?,
        };
        index.frames = index.divide(source, extended_offsets, &basic_offsets, marks)?;
        Ok(index)
    }

    fn divide(
        &self,
        source: &ByteSource,
        extended_offsets: &[u64],
        basic_offsets: &[u64],
        marks: FrameMarks,
    ) -> Result<Vec<Range<usize>>, DecodeError> {
        let count = self.fragments.len();
        let declared = self.declared as usize;
        // The trailing item of some files is an empty fragment and no frame.
        let is_one_each = marks.one_fragment || count <= declared;
        if declared == 1 && !marks.one_fragment {
            let starts = self.starts(source, marks)?;
            // Without the number of frames, a second picture is not part of the first.
            let end = starts.get(1).copied().unwrap_or(count);
            let whole = 0..end;
            return Ok(if count == 0 { Vec::new() } else { vec![whole] });
        }
        for offsets in [extended_offsets, basic_offsets] {
            if let Some(frames) = self.by_offsets(offsets) {
                return Ok(frames);
            }
        }
        // Where fragments are missing, as many as frames may be all there are of the first few.
        let are_all_here = marks.one_fragment || (self.is_complete && count == declared);
        if is_one_each && !are_all_here {
            let starts = self.starts(source, marks)?;
            if starts.first() == Some(&0) {
                return Ok(ranges(&starts, count, declared));
            }
        }
        if is_one_each {
            return Ok((0..count.min(declared)).map(|at| at..at + 1).collect());
        }
        let starts = self.starts(source, marks)?;
        let are_enough = starts.len() >= declared || !self.is_complete;
        if starts.first() == Some(&0) && are_enough {
            return Ok(ranges(&starts, count, declared));
        }
        Err(DecodeError::FrameBoundaries {
            fragments: count,
            frames: self.declared,
        })
    }

    /// Frames by an offset table; `None` if it does not fit the items.
    fn by_offsets(&self, offsets: &[u64]) -> Option<Vec<Range<usize>>> {
        let declared = self.declared as usize;
        if offsets.len() < declared || offsets.first() != Some(&0) {
            return None;
        }
        let last = self.fragments.last()?.item_offset;
        let mut starts = Vec::new();
        for &offset in offsets {
            if offset > last && !self.is_complete {
                break; // the file ends before this frame
            }
            let found = self
                .fragments
                .binary_search_by_key(&offset, |fragment| fragment.item_offset)
                .ok()?;
            if starts.last().is_some_and(|&before| before >= found) {
                return None;
            }
            starts.push(found);
        }
        Some(ranges(&starts, self.fragments.len(), declared))
    }

    /// The fragments that begin as a frame does.
    fn starts(&self, source: &ByteSource, marks: FrameMarks) -> Result<Vec<usize>, DecodeError> {
        let Some(mark) = marks.start else {
            return Ok(Vec::new());
        };
        let mut starts = Vec::new();
        for (at, fragment) in self.fragments.iter().enumerate() {
            if source.read_range(fragment.offset, mark.len())? == mark {
                starts.push(at);
            }
        }
        Ok(starts)
    }

    /// The encoded bytes of a frame, counted from 0, as far as they are there.
    ///
    /// # Errors
    /// The frame is not in the file.
    pub fn frame_bytes(&self, source: &ByteSource, frame: u32) -> Result<Encoded, DecodeError> {
        let range = self
            .frames
            .get(frame as usize)
            .ok_or(DecodeError::FrameMissing {
                number: frame.saturating_add(1),
                declared: self.declared,
                found: self.frames.len(),
            })?;
        let fragments = self.fragments.get(range.clone()).unwrap_or_default();
        let expected: u64 = fragments.iter().map(|f| u64::from(f.length)).sum();
        let mut bytes = Vec::new();
        for fragment in fragments {
            let length = fragment.length as usize;
            let part = source.read_range(fragment.offset, length)?;
            let is_whole = part.len() == length;
            if bytes.is_empty() {
                bytes = part;
            } else {
                bytes.extend_from_slice(&part);
            }
            if !is_whole {
                break;
            }
        }
        Ok(Encoded { bytes, expected })
    }
}

/// The encoded bytes of a frame.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// Those that are there.
    pub bytes: Vec<u8>,
    /// How many its fragments declare.
    pub expected: u64,
}

/// Where the bytes of all fragments are in the source, and whether the file ends before they do:
/// for pixel data that are one stream, however it was cut.
pub(super) fn fragment_ranges(
    source: &ByteSource,
    location: PixelDataLocation,
) -> Result<(Vec<Range<u64>>, bool), DecodeError> {
    let mut walk = Walk {
        window: Window::new(source),
        position: location.offset,
        end: location
            .length
            .map_or(u64::MAX, |length| location.offset + u64::from(length)),
    };
    // The offset table says nothing that the stream does not.
    if walk.next_item()?.is_none() {
        return Err(DecodeError::Damaged {
            codec: "encapsulation",
            detail: "no item where the basic offset table should be".to_owned(),
        });
    }
    let size = source.size()?;
    let mut ranges = Vec::new();
    let mut is_cut_off = false;
    while let Some((offset, length)) = walk.next_item()? {
        let end = offset + u64::from(length);
        is_cut_off |= end > size;
        ranges.push(offset.min(size)..end.min(size));
    }
    Ok((ranges, is_cut_off))
}

/// Where the items that begin at `offset`, and the delimiter behind them, end.
///
/// # Errors
/// The source cannot be read, or there is no delimiter.
pub(super) fn end_of_items(source: &ByteSource, offset: u64) -> Result<u64, DecodeError> {
    let mut walk = Walk {
        window: Window::new(source),
        position: offset,
        end: u64::MAX,
    };
    while walk.next_item()?.is_some() {}
    if walk.is_at_delimiter()? {
        return Ok(walk.position + 8);
    }
    Err(DecodeError::Damaged {
        codec: "encapsulation",
        detail: "no delimiter behind the last item".to_owned(),
    })
}

/// Frames that begin at these fragments.
fn ranges(starts: &[usize], count: usize, declared: usize) -> Vec<Range<usize>> {
    let ends = starts.iter().skip(1).copied().chain([count]);
    let frames = starts.iter().copied().zip(ends);
    frames.take(declared).map(|(from, to)| from..to).collect()
}

fn read_table(source: &ByteSource, offset: u64, length: u32) -> Result<Vec<u64>, DecodeError> {
    let bytes = source.read_range(offset, length as usize)?;
    let (entries, _) = bytes.as_chunks::<4>();
    Ok(entries
        .iter()
        .map(|entry| u64::from(u32::from_le_bytes(*entry)))
        .collect())
}

/// Steps from item to item.
struct Walk<'a> {
    window: Window<'a>,
    position: u64,
    end: u64,
}

impl Walk<'_> {
    /// Offset and declared length of the next item's value; `None` at the delimiter, at the end
    /// of the file and at anything else that is no item.
    fn next_item(&mut self) -> Result<Option<(u64, u32)>, DecodeError> {
        if self.position.saturating_add(8) > self.end {
            return Ok(None);
        }
        let Some(header) = self.window.header(self.position)? else {
            return Ok(None);
        };
        let [t0, t1, t2, t3, l0, l1, l2, l3] = header;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        if [t0, t1, t2, t3] != [0xFE, 0xFF, 0x00, 0xE0] || length == u32::MAX {
            return Ok(None);
        }
        let offset = self.position + 8;
        self.position = offset + u64::from(length);
        Ok(Some((offset, length)))
    }

    /// Whether the walk ended where it should.
    fn is_at_delimiter(&mut self) -> Result<bool, DecodeError> {
        if self.position >= self.end {
            return Ok(true);
        }
        let header = self.window.header(self.position)?;
        Ok(header.is_some_and(|header| header.starts_with(&[0xFE, 0xFF, 0xDD, 0xE0])))
    }
}

/// A few kilobytes of the source, so that small fragments cost no read each.
struct Window<'a> {
    source: &'a ByteSource,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    const LENGTH: usize = 4096;

    const fn new(source: &'a ByteSource) -> Self {
        Self {
            source,
            start: 0,
            bytes: Vec::new(),
        }
    }

    fn header(&mut self, offset: u64) -> Result<Option<[u8; 8]>, DecodeError> {
        if let Some(header) = self.peek(offset) {
            return Ok(Some(header));
        }
        self.bytes = self.source.read_range(offset, Self::LENGTH)?;
        self.start = offset;
        Ok(self.peek(offset))
    }

    fn peek(&self, offset: u64) -> Option<[u8; 8]> {
        let at = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(at..)?.first_chunk::<8>().copied()
    }
}
