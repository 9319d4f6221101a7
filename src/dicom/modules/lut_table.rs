//! LUT Descriptor and LUT Data of a Modality or VOI LUT Sequence item (PS3.3 C.11.1.1.1, C.11.2.1.1).

use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::tags;

/// A checked table: as many entries as the descriptor says, none if it cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LutTable {
    /// First input value mapped.
    pub first: i32,
    /// Bits of an entry, 8 to 16.
    pub bits: u8,
    /// The entries, never empty.
    pub entries: Arc<[u16]>,
    /// LUT Explanation; may be empty.
    pub explanation: String,
}

impl LutTable {
    /// Reads one item. `input_is_signed`: the values that go in may be negative, so a first value
    /// stored without sign above 32767 is a negative one.
    ///
    /// `None` when descriptor or data are missing or the data are shorter than the descriptor says.
    #[must_use]
    pub fn read(item: Elements<'_>, input_is_signed: bool) -> Option<Self> {
        let descriptor = item.integers(tags::LUT_DESCRIPTOR);
        let [count, first, bits] = *descriptor.get(..3)? else {
            return None;
        };
        // The count has no sign, but takes on that of the second value where that is SS; 0 stands
        // for 65536, which 16 bits do not hold.
        let count = match usize::from(count as u16) {
            0 => 65536,
            count => count,
        };
        let first = if input_is_signed && first > i64::from(i16::MAX) {
            first - 65536
        } else {
            first
        };
        let bytes = item.bytes(tags::LUT_DATA)?;
        let bits = u8::try_from(bits)
            .ok()
            .filter(|bits| (1..=16).contains(bits))?;
        let words = bytes.as_chunks::<2>().0;
        let entries: Arc<[u16]> = if words.len() >= count {
            words
                .iter()
                .take(count)
                .map(|&pair| u16::from_le_bytes(pair))
                .collect()
        } else if bits <= 8 && bytes.len() >= count {
            // Entries of 8 bits may be packed two a word.
            bytes.iter().take(count).map(|&byte| byte.into()).collect()
        } else {
            return None;
        };
        // Some writers state 16 bits for a table of 12: nothing to mend. Some state fewer bits than
        // their entries have; then the entries tell, else white would overflow.
        let largest = entries.iter().copied().max().unwrap_or(0);
        let needed = u8::try_from(16 - largest.leading_zeros()).unwrap_or(16);
        Some(Self {
            first: i32::try_from(first).ok()?,
            bits: bits.max(needed).max(8),
            entries,
            explanation: item.text(tags::LUT_EXPLANATION).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    #[test]
    fn a_first_value_above_32767_is_negative_where_the_input_is_signed() {
        let item = Header::new()
            .u16s(tags::LUT_DESCRIPTOR, &[3, 65516, 12])
            .u16s(tags::LUT_DATA, &[1, 2, 4095])
            .dataset();
        assert_eq!(LutTable::read(item.elements(), true).unwrap().first, -20);
        assert_eq!(LutTable::read(item.elements(), false).unwrap().first, 65516);
    }

    #[test]
    fn a_count_of_zero_stands_for_65536_entries() {
        let data: Vec<u16> = (0..=u16::MAX).collect();
        let item = Header::new()
            .u16s(tags::LUT_DESCRIPTOR, &[0, 0, 16])
            .u16s(tags::LUT_DATA, &data)
            .dataset();
        let table = LutTable::read(item.elements(), false).unwrap();
        assert_eq!(table.entries.len(), 65536);
        assert_eq!(table.entries[65535], 65535);
    }

    #[test]
    fn entries_of_8_bits_may_be_packed_two_a_word() {
        let item = Header::new()
            .u16s(tags::LUT_DESCRIPTOR, &[4, 0, 8])
            .u16s(tags::LUT_DATA, &[0x2010, 0x4030])
            .dataset();
        let table = LutTable::read(item.elements(), false).unwrap();
        assert_eq!(table.entries.as_ref(), [0x10, 0x20, 0x30, 0x40]);
        assert_eq!(table.bits, 8);
    }

    #[test]
    fn a_table_shorter_than_its_descriptor_is_refused() {
        let item = Header::new()
            .u16s(tags::LUT_DESCRIPTOR, &[0, 0, 16])
            .u16s(tags::LUT_DATA, &[1, 2])
            .dataset();
        assert!(LutTable::read(item.elements(), false).is_none());
    }
}
