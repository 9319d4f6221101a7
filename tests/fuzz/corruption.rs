//! Corruptions that come out the same on every machine.

/// A reproducible number generator (xorshift).
pub struct Numbers(u64);

impl Numbers {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 16) % n.max(1) as u64) as usize
    }
}

/// Numbers that break what counts with them.
const EXTREMES: [u32; 10] = [
    0,
    1,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

/// Digits that a text may hold where a number is read from it.
const TEXTS: [&[u8]; 5] = [
    b"-9223372036854775808",
    b"9223372036854775807",
    b"1e308",
    b"4294967295",
    b"\\\\\\-0\\",
];

/// A copy with one to four corruptions; `others` lend parts.
pub fn corrupted(file: &[u8], others: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=numbers.below(4) {
        corrupt(&mut bytes, others, numbers);
    }
    bytes
}

fn corrupt(bytes: &mut Vec<u8>, others: &[Vec<u8>], numbers: &mut Numbers) {
    if bytes.is_empty() {
        return;
    }
    // The preamble holds nothing; what matters stands behind it.
    let begin = if bytes.len() > 200 { 128 } else { 0 };
    let at = begin + numbers.below(bytes.len() - begin);
    let length = (1 + numbers.below(32)).min(bytes.len() - at);
    match numbers.below(10) {
        0 | 1 => bytes[at] ^= 1 << numbers.below(8),
        2 => bytes[at] = numbers.below(256) as u8,
        3 => bytes[at] = [0, 0x7F, 0x80, 0xFF][numbers.below(4)],
        4 | 5 => {
            let value = EXTREMES[numbers.below(EXTREMES.len())];
            let value = if numbers.below(2) == 0 {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            };
            let width = [2, 4][numbers.below(2)];
            let from = if width == 2 && value[0] == 0 { 2 } else { 0 };
            for (byte, new) in bytes[at..].iter_mut().zip(&value[from..][..width]) {
                *byte = *new;
            }
        }
        6 => {
            let text = TEXTS[numbers.below(TEXTS.len())];
            for (byte, new) in bytes[at..].iter_mut().zip(text) {
                *byte = *new;
            }
        }
        7 => drop(bytes.drain(at..at + length)),
        8 => {
            let other = &others[numbers.below(others.len())];
            let from = numbers.below(other.len());
            let part: Vec<u8> = other[from..].iter().copied().take(length * 8).collect();
            bytes.splice(at..at + length, part);
        }
        _ => bytes.truncate(at.max(begin + 1)),
    }
}
