//! Whether two instances are the same one found twice.

use super::ByteSource;
use super::InstanceHeader;

/// Bytes compared at a time.
const CHUNK: usize = 1 << 20;
/// Here the pixels' offset counts in the inflated stream.
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

impl InstanceHeader {
    /// Whether everything is equal: every element of the header, and the pixel data byte by byte.
    /// Reads both sources unless they are one place; what cannot be read counts as different.
    #[must_use]
    pub fn has_same_content(&self, other: &Self) -> bool {
        let is_in_memory = matches!(self.source, ByteSource::Memory(_));
        if !is_in_memory && self.source == other.source {
            return true;
        }
        if self.transfer_syntax != other.transfer_syntax
            || self.dataset.object != other.dataset.object
        {
            return false;
        }
        match (self.pixel_data, other.pixel_data) {
            (None, None) => true,
            (Some(own), Some(others)) if (own.tag, own.length) == (others.tag, others.length) => {
                if &*self.transfer_syntax == DEFLATED {
                    self.has_same_bytes(other, 0, 0)
                } else {
                    self.has_same_bytes(other, own.offset, others.offset)
                }
            }
            _ => false,
        }
    }

    /// Compares from these offsets to the end of both.
    fn has_same_bytes(&self, other: &Self, mut own_at: u64, mut other_at: u64) -> bool {
        loop {
            let own = self.source.read_range(own_at, CHUNK);
            let others = other.source.read_range(other_at, CHUNK);
            match (own, others) {
                (Ok(own), Ok(others)) if own == others => {
                    if own.len() < CHUNK {
                        return true;
                    }
                    own_at += CHUNK as u64;
                    other_at += CHUNK as u64;
                }
                _ => return false,
            }
        }
    }
}
