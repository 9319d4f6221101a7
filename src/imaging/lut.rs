//! Lookup tables: of a Modality or VOI LUT Sequence item, and of the display.

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

    /// The entry for a value that need not be whole: the nearest input, ties to even, as
    /// `shaders/common/voi.wgsl` rounds.
    #[must_use]
    pub fn at(&self, input: f32) -> u16 {
        self.get(i64::from(input.round_ties_even() as i32))
    }

    /// The largest value an entry may hold.
    #[must_use]
    pub fn max(&self) -> u16 {
        u16::try_from((1_u32 << self.bits.clamp(1, 16)) - 1).unwrap_or(u16::MAX)
    }
}

/// The last stage: presentation value 0..=1 → what the display is driven with. Without one the
/// display is driven with the presentation value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayLut {
    /// All of red, then all of green, then all of blue; or grey alone.
    entries: Arc<[u16]>,
    channels: usize,
}

impl DisplayLut {
    /// Fewest entries a display table may have.
    pub const MIN_ENTRIES: usize = 256;
    /// Most entries a display table may have.
    pub const MAX_ENTRIES: usize = 4096;

    /// A table over 0..=1 in equal steps; entries run from 0 (dark) to 65535 (bright). `None` if
    /// it has fewer than 256 or more than 4096 entries.
    #[must_use]
    pub fn new(entries: Arc<[u16]>) -> Option<Self> {
        (Self::MIN_ENTRIES..=Self::MAX_ENTRIES)
            .contains(&entries.len())
            .then_some(Self {
                entries,
                channels: 1,
            })
    }

    /// One of another size, or of 3 channels one after the other; `None` if they are empty or of
    /// unequal length.
    pub(super) fn planes(entries: Arc<[u16]>, channels: usize) -> Option<Self> {
        let is_whole = !entries.is_empty() && entries.len().is_multiple_of(channels);
        is_whole.then_some(Self { entries, channels })
    }

    /// Entries of a channel.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.entries.len() / self.channels
    }

    /// Whether it gives red, green and blue.
    #[must_use]
    pub const fn is_colour(&self) -> bool {
        self.channels == 3
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[u16] {
        &self.entries
    }

    /// The display value of a presentation value; of red, where it gives colour.
    #[must_use]
    pub fn apply(&self, presentation: f32) -> f32 {
        self.at(0, presentation)
    }

    /// Red, green and blue of a presentation value.
    #[must_use]
    pub fn rgb(&self, presentation: f32) -> [f32; 3] {
        if self.is_colour() {
            [0, 1, 2].map(|channel| self.at(channel, presentation))
        } else {
            [self.at(0, presentation); 3]
        }
    }

    fn at(&self, channel: usize, presentation: f32) -> f32 {
        let last = self.inputs() - 1;
        let index = (presentation * last as f32).round_ties_even() as usize;
        let at = channel * self.inputs() + index.min(last);
        f32::from(self.entries.get(at).copied().unwrap_or(0)) / 65535.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_outside_a_table_take_its_first_or_last_entry() {
        let lut = Lut {
            first: -2,
            bits: 8,
            entries: Arc::from([10, 20, 30]),
        };
        assert_eq!(
            [-100, -2, -1, 0, 1, i64::MAX].map(|v| lut.get(v)),
            [10, 10, 20, 30, 30, 30]
        );
        assert_eq!(lut.at(-1.4), 20);
        assert_eq!(lut.at(f32::MAX), 30);
        assert_eq!(lut.at(f32::MIN), 10);
        assert_eq!(lut.max(), 255);
    }

    #[test]
    fn a_display_table_has_between_256_and_4096_entries() {
        assert!(DisplayLut::new(Arc::from([0; 255])).is_none());
        assert!(DisplayLut::new(Arc::from([0; 4097])).is_none());
        let ramp: Arc<[u16]> = (0..256_u32).map(|v| (v * 257) as u16).collect();
        let identity = DisplayLut::new(ramp).unwrap();
        assert_eq!(identity.apply(1.0), 1.0);
        assert_eq!(identity.apply(0.0), 0.0);
    }
}
