//! Bits of a slice, looked at several at a time.

use super::tables::Vlc;

/// Reads on from bit to bit; zeros behind the end, which [`Self::is_overrun`] tells.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// The next byte to be taken in.
    at: usize,
    /// The next bits, the first of them highest.
    cache: u64,
    /// How many of them are in the cache.
    held: u32,
    /// Bits behind the end that were taken in.
    beyond: u32,
}

impl<'a> BitReader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            cache: 0,
            held: 0,
            beyond: 0,
        }
    }

    fn fill(&mut self) {
        if let Some(next) = self
            .bytes
            .get(self.at..)
            .and_then(|rest| rest.first_chunk::<4>())
        {
            self.cache |= u64::from(u32::from_be_bytes(*next)) << (32 - self.held);
            self.at += 4;
            self.held += 32;
            return;
        }
        while self.held <= 32 {
            match self.bytes.get(self.at) {
                Some(&byte) => {
                    self.cache |= u64::from(byte) << (56 - self.held);
                    self.at += 1;
                }
                None => self.beyond += 8,
            }
            self.held += 8;
        }
    }

    /// The next bits, at most 32, without taking them.
    #[inline]
    pub(super) fn peek(&mut self, bits: u32) -> u32 {
        if self.held < 32 {
            self.fill();
        }
        ((self.cache >> 32) as u32) >> (32 - bits)
    }

    #[inline]
    pub(super) fn skip(&mut self, bits: u32) {
        if self.held < 32 {
            self.fill();
        }
        self.cache <<= bits;
        self.held -= bits;
    }

    #[inline]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        if bits == 0 {
            return 0;
        }
        let value = self.peek(bits);
        self.skip(bits);
        value
    }

    #[inline]
    pub(super) fn flag(&mut self) -> bool {
        self.take(1) == 1
    }

    /// The symbol of the next code; `None` for none of the table.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Vlc) -> Option<u16> {
        let (symbol, length) = table.find(self.peek(16))?;
        self.skip(length);
        Some(symbol)
    }

    /// Whether more bits were taken than there are.
    pub(super) const fn is_overrun(&self) -> bool {
        self.beyond > self.held
    }

    /// Whether nothing but zeros (stuffing) is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.is_overrun() || (self.peek(23) == 0)
    }
}
