//! PALETTE COLOR: stored values to red, green, blue (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9).
//!
//! Entries of 16 bits are shown by their high byte. Tables that declare 16 bits but hold 8-bit
//! values, as old ultrasound does, are taken as they are.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::DecodeError;
use super::Elements;

/// The tables of the three components, 8 bits an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    channels: [Channel; 3],
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Channel {
    first: i64,
    entries: Vec<u8>,
}

/// Descriptor, data and segmented data of a component.
const CHANNELS: [(Tag, Tag, Tag); 3] = [
    (
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
];

/// Entries of a table before the depth of all three is settled.
struct RawChannel {
    first: i64,
    bits: u32,
    entries: Vec<u16>,
}

impl Palette {
    /// Reads the Palette Color Lookup Table module. `is_signed` is the pixels' representation,
    /// which the first value mapped shares.
    ///
    /// # Errors
    /// [`DecodeError::Palette`] if a table is missing, empty or cannot be expanded.
    pub fn read(elements: Elements<'_>, is_signed: bool) -> Result<Self, DecodeError> {
        let mut raw = Vec::new();
        for tags in CHANNELS {
            raw.push(read_channel(elements, tags, is_signed).ok_or(DecodeError::Palette)?);
        }
        let uses_high_byte = raw
            .iter()
            .any(|channel| channel.bits > 8 && channel.entries.iter().any(|&entry| entry > 0xFF));
        let shift = if uses_high_byte { 8 } else { 0 };
        let mut channels = raw.into_iter().map(|channel| Channel {
            first: channel.first,
            entries: channel
                .entries
                .iter()
                .map(|entry| (entry >> shift) as u8)
                .collect(),
        });
        let mut next = || channels.next().ok_or(DecodeError::Palette);
        Ok(Self {
            channels: [next()?, next()?, next()?],
        })
    }

    /// The colour of one stored value; outside a table that of its nearest entry.
    #[must_use]
    pub fn rgb(&self, value: i64) -> [u8; 3] {
        self.channels.each_ref().map(|channel| {
            let last = channel.entries.len().saturating_sub(1);
            let index = (value - channel.first).clamp(0, last as i64) as usize;
            channel.entries.get(index).copied().unwrap_or(0)
        })
    }

    /// Interleaved colours of stored values; values outside a table take its nearest entry.
    pub fn apply(&self, values: impl ExactSizeIterator<Item = i64>) -> Vec<u8> {
        let mut rgb = Vec::with_capacity(values.len() * 3);
        for value in values {
            rgb.extend(self.rgb(value));
        }
        rgb
    }
}

impl Palette {
    /// The colour of every entry, in order; as many as the longest of the three tables has.
    #[must_use]
    pub fn colours(&self) -> Vec<[u8; 3]> {
        let count = self.channels.iter().map(|it| it.entries.len()).max();
        let at = |index: usize| {
            self.channels.each_ref().map(|channel| {
                let last = channel.entries.len().saturating_sub(1);
                channel.entries.get(index.min(last)).copied().unwrap_or(0)
            })
        };
        (0..count.unwrap_or(0)).map(at).collect()
    }
}

fn read_channel(
    elements: Elements<'_>,
    (descriptor, data, segmented): (Tag, Tag, Tag),
    is_signed: bool,
) -> Option<RawChannel> {
    let descriptor = elements.integers(descriptor);
    let &[count, first, bits] = descriptor.get(..3)?.first_chunk::<3>()?;
    // Zero stands for 65536, which sixteen bits cannot hold.
    let count = usize::from(count as u16);
    let count = if count == 0 { 1 << 16 } else { count };
    let first = if is_signed {
        i64::from(first as u16 as i16)
    } else {
        i64::from(first as u16)
    };
    let bits = match bits {
        1..=8 => 8,
        9..=16 => 16,
        _ => return None,
    };
    let entries = if let Some(bytes) = elements.bytes(data).filter(|bytes| !bytes.is_empty()) {
        plain(&bytes, count, bits)
    } else {
        let bytes = elements.bytes(segmented)?;
        let words: Vec<u16> = if bits == 8 {
            bytes.iter().copied().map(u16::from).collect()
        } else {
            words(&bytes)
        };
        expand(&words, bits == 8, count)?
    };
    if entries.is_empty() {
        return None;
    }
    Some(RawChannel {
        first,
        bits,
        entries,
    })
}

/// Entries as written: a byte each, or a word each, whatever the descriptor calls them.
fn plain(bytes: &[u8], count: usize, bits: u32) -> Vec<u16> {
    let is_bytes = bytes.len() < count * 2 && (bits == 8 || bytes.len() <= count + count % 2);
    let mut entries: Vec<u16> = if is_bytes {
        bytes.iter().copied().map(u16::from).collect()
    } else {
        words(bytes)
    };
    entries.truncate(count);
    entries
}

fn words(bytes: &[u8]) -> Vec<u16> {
    let (words, _) = bytes.as_chunks::<2>();
    words.iter().map(|word| u16::from_le_bytes(*word)).collect()
}

/// Expands a segmented table (PS3.3 C.7.9.2) to at most `count` entries.
fn expand(table: &[u16], is_bytes: bool, count: usize) -> Option<Vec<u16>> {
    let mut entries = Vec::new();
    let mut position = 0;
    while entries.len() < count && position + 1 < table.len() {
        position = expand_segment(table, position, is_bytes, count, true, &mut entries)?;
    }
    Some(entries)
}

/// Expands the segment at `position` and returns where the next one begins.
fn expand_segment(
    table: &[u16],
    position: usize,
    is_bytes: bool,
    count: usize,
    may_refer: bool,
    entries: &mut Vec<u16>,
) -> Option<usize> {
    let &[opcode, length] = table.get(position..)?.first_chunk::<2>()?;
    let length = usize::from(length);
    let body = position + 2;
    let room = count.saturating_sub(entries.len());
    match opcode {
        0 => {
            let values = table.get(body..body + length)?;
            entries.extend(values.iter().take(room));
            Some(body + length)
        }
        1 => {
            let from = f64::from(*entries.last()?);
            let to = f64::from(*table.get(body)?);
            let steps = (1..=length.min(room)).map(|step| {
                (from + (to - from) * step as f64 / length as f64).round_ties_even() as u16
            });
            entries.extend(steps);
            Some(body + 1)
        }
        // An indirect segment repeats earlier ones, which may not be indirect themselves.
        2 if may_refer => {
            let (mut target, next) = if is_bytes {
                let bytes = table.get(body..)?.first_chunk::<4>()?;
                let offset = u32::from_le_bytes(bytes.map(|byte| byte as u8));
                (offset as usize, body + 4)
            } else {
                let &[low, high] = table.get(body..)?.first_chunk::<2>()?;
                let offset = usize::from(high) << 16 | usize::from(low);
                (offset / 2, body + 2)
            };
            for _ in 0..length {
                if entries.len() >= count {
                    break;
                }
                target = expand_segment(table, target, is_bytes, count, false, entries)?;
            }
            Some(next)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discrete_linear_and_indirect_segments_expand() {
        // Discrete 10 20, linear to 26 in three steps, then both again by their offset.
        let table = [0, 2, 10, 20, 1, 3, 26, 2, 2, 0, 0];
        let expected = [10, 20, 22, 24, 26, 10, 20, 22, 24, 26];
        assert_eq!(expand(&table, false, 10).unwrap(), expected);
        let bytes = [0, 2, 10, 20, 1, 3, 26, 2, 2, 0, 0, 0, 0];
        assert_eq!(expand(&bytes, true, 10).unwrap(), expected);
        assert_eq!(expand(&table, false, 4).unwrap(), [10, 20, 22, 24]);
    }

    #[test]
    fn broken_segments_are_refused() {
        for table in [
            &[1, 3, 26][..],              // linear with nothing before it
            &[0, 9, 1, 2],                // longer than the table
            &[7, 1, 1],                   // no such segment
            &[0, 1, 5, 2, 1, 0xFF, 0xFF], // refers beyond the table
            &[0, 1, 5, 2, 1, 6, 0],       // refers to itself
        ] {
            assert_eq!(expand(table, false, 100), None, "{table:?}");
        }
    }

    #[test]
    fn bytes_and_words_are_told_apart_by_their_length() {
        assert_eq!(plain(&[1, 2, 3, 0], 3, 8), [1, 2, 3]);
        assert_eq!(plain(&[1, 0, 2, 0, 3, 0], 3, 8), [1, 2, 3]);
        assert_eq!(plain(&[1, 2, 3, 4], 2, 16), [0x0201, 0x0403]);
    }
}
