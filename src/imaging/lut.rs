//! A lookup table of a Modality or VOI LUT Sequence item.

use std::sync::Arc;

/// A table over stored (modality LUT) or modality (VOI LUT) values (PS3.3 C.11.1.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lut {
    /// The first input value mapped; inputs below it take the first entry, inputs beyond the last
    /// take the last.
    pub first: i32,
    /// Bits of an entry, 8 to 16.
    pub bits: u8,
    /// The entries, never empty.
    pub entries: Arc<[u16]>,
}

impl Lut {
    /// The entry for an input value.
    #[must_use]
    pub fn get(&self, input: i64) -> u16 {
        let last = self.entries.len().saturating_sub(1);
        let index = usize::try_from(input.saturating_sub(self.first.into()))
            .unwrap_or(0)
            .min(last);
        self.entries.get(index).copied().unwrap_or(0)
    }

    /// The largest value an entry may hold.
    #[must_use]
    pub fn max(&self) -> u16 {
        u16::try_from((1_u32 << self.bits.clamp(1, 16)) - 1).unwrap_or(u16::MAX)
    }
}
