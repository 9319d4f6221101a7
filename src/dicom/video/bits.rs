//! Bits of a header, most significant first, and the numbers written in them (H.264 9.1).

/// Reads on from bit to bit; `None` behind the end.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let is_set = (byte >> (7 - self.at % 8)) & 1 == 1;
        self.at += 1;
        Some(is_set)
    }

    /// A number of up to 32 bits.
    pub(super) fn number(&mut self, bits: u32) -> Option<u32> {
        let mut number = 0_u32;
        for _ in 0..bits {
            number = number << 1 | u32::from(self.flag()?);
        }
        Some(number)
    }

    pub(super) fn skip(&mut self, bits: usize) {
        self.at = self.at.saturating_add(bits);
    }

    /// `ue(v)`
    pub(super) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let rest = self.number(zeros)?;
        Some(((1_u64 << zeros) - 1 + u64::from(rest)) as u32)
    }

    /// `se(v)`
    pub(super) fn signed(&mut self) -> Option<i32> {
        let code = i64::from(self.unsigned()?);
        let magnitude = (code + 1) / 2;
        i32::try_from(if code % 2 == 1 { magnitude } else { -magnitude }).ok()
    }
}

/// The payload of a NAL unit without the bytes that keep start codes out of it (H.264 7.4.1).
pub(super) fn unescaped(nal: &[u8]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_golomb_numbers_are_those_of_the_standard() {
        // 1, 010, 011, 00100, 00101: 0 1 2 3 4
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut bits = Bits::new(&bytes);
        let numbers: Vec<_> = (0..5).map_while(|_| bits.unsigned()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
        let mut bits = Bits::new(&bytes);
        let numbers: Vec<_> = (0..5).map_while(|_| bits.signed()).collect();
        assert_eq!(numbers, [0, 1, -1, 2, -2]);
        assert_eq!(Bits::new(&[0; 8]).unsigned(), None);
    }

    #[test]
    fn only_the_byte_behind_two_zeros_is_taken_out() {
        assert_eq!(
            unescaped(&[0, 0, 3, 1, 3, 0, 3, 0, 0, 3]),
            [0, 0, 1, 3, 0, 3, 0, 0]
        );
    }
}
