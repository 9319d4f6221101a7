//! The variable-length codes of MPEG-2 (H.262 annex B), each written as the standard prints it.

use std::sync::LazyLock;

/// A code of up to 16 bits: those of up to [`SHORT`] bits are looked up by these, longer ones,
/// which all begin with five zeros, by all 16.
#[derive(Debug)]
pub(super) struct Vlc {
    short: Vec<(u16, u8)>,
    long: Vec<(u16, u8)>,
}

const SHORT: u32 = 10;
/// Numbers of 16 bits that begin with five zeros.
const LONG: u32 = 1 << 11;

impl Vlc {
    fn new<'a>(codes: impl IntoIterator<Item = (&'a str, u16)>) -> Self {
        let mut table = Self {
            short: vec![(0, 0); 1 << SHORT],
            long: vec![(0, 0); LONG as usize],
        };
        for (code, symbol) in codes {
            let length = code.len() as u32;
            let value = code
                .bytes()
                .fold(0_u32, |v, bit| v << 1 | u32::from(bit & 1));
            let (cells, width) = if length <= SHORT {
                (&mut table.short, SHORT)
            } else {
                (&mut table.long, 16)
            };
            let first = (value << (width - length)) as usize;
            let last = first + (1 << (width - length));
            for cell in cells.get_mut(first..last).unwrap_or_default() {
                *cell = (symbol, length as u8);
            }
        }
        table
    }

    /// The symbol that 16 bits begin with, and its length.
    #[inline]
    pub(super) fn find(&self, bits: u32) -> Option<(u16, u32)> {
        let cell = match self.short.get((bits >> (16 - SHORT)) as usize) {
            Some(cell) if cell.1 > 0 => cell,
            _ => self.long.get(bits as usize).filter(|cell| cell.1 > 0)?,
        };
        Some((cell.0, cell.1.into()))
    }
}

pub(super) const ESCAPE: u16 = 0xFFFF;
pub(super) const END_OF_BLOCK: u16 = 0xFFFE;
/// Stuffing of MPEG-1.
pub(super) const STUFFING: u16 = 0xFFFD;

const fn pair(run: u16, level: u16) -> u16 {
    run << 8 | level
}

/// Codes that count symbols from one on.
fn counted<'a>(codes: &[&'a str], first: u16) -> impl Iterator<Item = (&'a str, u16)> {
    codes.iter().copied().zip(first..)
}

/// Macroblock address increment (table B-1).
pub(super) static INCREMENT: LazyLock<Vlc> = LazyLock::new(|| {
    let codes = [
        "1",
        "011",
        "010",
        "0011",
        "0010",
        "00011",
        "00010",
        "0000111",
        "0000110",
        "00001011",
        "00001010",
        "00001001",
        "00001000",
        "00000111",
        "00000110",
        "0000010111",
        "0000010110",
        "0000010101",
        "0000010100",
        "0000010011",
        "0000010010",
        "00000100011",
        "00000100010",
        "00000100001",
        "00000100000",
        "00000011111",
        "00000011110",
        "00000011101",
        "00000011100",
        "00000011011",
        "00000011010",
        "00000011001",
        "00000011000",
    ];
    let special = [("00000001000", ESCAPE), ("00000001111", STUFFING)];
    Vlc::new(counted(&codes, 1).chain(special))
});

pub(super) const QUANTISER: u16 = 1;
pub(super) const FORWARD: u16 = 2;
pub(super) const BACKWARD: u16 = 4;
pub(super) const PATTERN: u16 = 8;
pub(super) const INTRA: u16 = 16;

/// Macroblock type in I pictures (table B-2).
pub(super) static TYPE_I: LazyLock<Vlc> =
    LazyLock::new(|| Vlc::new([("1", INTRA), ("01", INTRA | QUANTISER)]));

/// Macroblock type in P pictures (table B-3).
pub(super) static TYPE_P: LazyLock<Vlc> = LazyLock::new(|| {
    Vlc::new([
        ("1", FORWARD | PATTERN),
        ("01", PATTERN),
        ("001", FORWARD),
        ("00011", INTRA),
        ("00010", QUANTISER | FORWARD | PATTERN),
        ("00001", QUANTISER | PATTERN),
        ("000001", QUANTISER | INTRA),
    ])
});

/// Macroblock type in B pictures (table B-4).
pub(super) static TYPE_B: LazyLock<Vlc> = LazyLock::new(|| {
    Vlc::new([
        ("10", FORWARD | BACKWARD),
        ("11", FORWARD | BACKWARD | PATTERN),
        ("010", BACKWARD),
        ("011", BACKWARD | PATTERN),
        ("0010", FORWARD),
        ("0011", FORWARD | PATTERN),
        ("00011", INTRA),
        ("00010", QUANTISER | FORWARD | BACKWARD | PATTERN),
        ("000011", QUANTISER | FORWARD | PATTERN),
        ("000010", QUANTISER | BACKWARD | PATTERN),
        ("000001", QUANTISER | INTRA),
    ])
});

/// Coded block pattern (table B-9).
pub(super) static BLOCK_PATTERN: LazyLock<Vlc> = LazyLock::new(|| {
    Vlc::new([
        ("111", 60),
        ("1101", 4),
        ("1100", 8),
        ("1011", 16),
        ("1010", 32),
        ("10011", 12),
        ("10010", 48),
        ("10001", 20),
        ("10000", 40),
        ("01111", 28),
        ("01110", 44),
        ("01101", 52),
        ("01100", 56),
        ("01011", 1),
        ("01010", 61),
        ("01001", 2),
        ("01000", 62),
        ("001111", 24),
        ("001110", 36),
        ("001101", 3),
        ("001100", 63),
        ("0010111", 5),
        ("0010110", 9),
        ("0010101", 17),
        ("0010100", 33),
        ("0010011", 6),
        ("0010010", 10),
        ("0010001", 18),
        ("0010000", 34),
        ("00011111", 7),
        ("00011110", 11),
        ("00011101", 19),
        ("00011100", 35),
        ("00011011", 13),
        ("00011010", 49),
        ("00011001", 21),
        ("00011000", 41),
        ("00010111", 14),
        ("00010110", 50),
        ("00010101", 22),
        ("00010100", 42),
        ("00010011", 15),
        ("00010010", 51),
        ("00010001", 23),
        ("00010000", 43),
        ("00001111", 25),
        ("00001110", 37),
        ("00001101", 26),
        ("00001100", 38),
        ("00001011", 29),
        ("00001010", 45),
        ("00001001", 53),
        ("00001000", 57),
        ("00000111", 30),
        ("00000110", 46),
        ("00000101", 54),
        ("00000100", 58),
        ("000000111", 31),
        ("000000110", 47),
        ("000000101", 55),
        ("000000100", 59),
        ("000000011", 27),
        ("000000010", 39),
        ("000000001", 0),
    ])
});

/// Motion code without its sign (table B-10).
pub(super) static MOTION: LazyLock<Vlc> = LazyLock::new(|| {
    let codes = [
        "1",
        "01",
        "001",
        "0001",
        "000011",
        "0000101",
        "0000100",
        "0000011",
        "000001011",
        "000001010",
        "000001001",
        "0000010001",
        "0000010000",
        "0000001111",
        "0000001110",
        "0000001101",
        "0000001100",
    ];
    Vlc::new(counted(&codes, 0))
});

/// Size of a luminance DC difference (table B-12).
pub(super) static DC_LUMA: LazyLock<Vlc> = LazyLock::new(|| {
    let codes = [
        "100",
        "00",
        "01",
        "101",
        "110",
        "1110",
        "11110",
        "111110",
        "1111110",
        "11111110",
        "111111110",
        "111111111",
    ];
    Vlc::new(counted(&codes, 0))
});

/// Size of a chrominance DC difference (table B-13).
pub(super) static DC_CHROMA: LazyLock<Vlc> = LazyLock::new(|| {
    let codes = [
        "00",
        "01",
        "10",
        "110",
        "1110",
        "11110",
        "111110",
        "1111110",
        "11111110",
        "111111110",
        "1111111110",
        "1111111111",
    ];
    Vlc::new(counted(&codes, 0))
});

/// Coefficients both tables code alike: run, level, code without the sign.
const SHARED: [(u16, u16, &str); 70] = [
    (3, 3, "000000011100"),
    (4, 3, "000000010010"),
    (6, 2, "000000011110"),
    (7, 2, "000000010101"),
    (8, 2, "000000010001"),
    (17, 1, "000000011111"),
    (18, 1, "000000011010"),
    (19, 1, "000000011001"),
    (20, 1, "000000010111"),
    (21, 1, "000000010110"),
    (1, 6, "0000000010110"),
    (1, 7, "0000000010101"),
    (2, 5, "0000000010100"),
    (3, 4, "0000000010011"),
    (5, 3, "0000000010010"),
    (9, 2, "0000000010001"),
    (10, 2, "0000000010000"),
    (22, 1, "0000000011111"),
    (23, 1, "0000000011110"),
    (24, 1, "0000000011101"),
    (25, 1, "0000000011100"),
    (26, 1, "0000000011011"),
    (0, 16, "00000000011111"),
    (0, 17, "00000000011110"),
    (0, 18, "00000000011101"),
    (0, 19, "00000000011100"),
    (0, 20, "00000000011011"),
    (0, 21, "00000000011010"),
    (0, 22, "00000000011001"),
    (0, 23, "00000000011000"),
    (0, 24, "00000000010111"),
    (0, 25, "00000000010110"),
    (0, 26, "00000000010101"),
    (0, 27, "00000000010100"),
    (0, 28, "00000000010011"),
    (0, 29, "00000000010010"),
    (0, 30, "00000000010001"),
    (0, 31, "00000000010000"),
    (0, 32, "000000000011000"),
    (0, 33, "000000000010111"),
    (0, 34, "000000000010110"),
    (0, 35, "000000000010101"),
    (0, 36, "000000000010100"),
    (0, 37, "000000000010011"),
    (0, 38, "000000000010010"),
    (0, 39, "000000000010001"),
    (0, 40, "000000000010000"),
    (1, 8, "000000000011111"),
    (1, 9, "000000000011110"),
    (1, 10, "000000000011101"),
    (1, 11, "000000000011100"),
    (1, 12, "000000000011011"),
    (1, 13, "000000000011010"),
    (1, 14, "000000000011001"),
    (1, 15, "0000000000010011"),
    (1, 16, "0000000000010010"),
    (1, 17, "0000000000010001"),
    (1, 18, "0000000000010000"),
    (6, 3, "0000000000010100"),
    (11, 2, "0000000000011010"),
    (12, 2, "0000000000011001"),
    (13, 2, "0000000000011000"),
    (14, 2, "0000000000010111"),
    (15, 2, "0000000000010110"),
    (16, 2, "0000000000010101"),
    (27, 1, "0000000000011111"),
    (28, 1, "0000000000011110"),
    (29, 1, "0000000000011101"),
    (30, 1, "0000000000011100"),
    (31, 1, "0000000000011011"),
];

/// Coefficients of table B-14 alone.
const ZERO: [(u16, u16, &str); 41] = [
    (0, 1, "11"),
    (1, 1, "011"),
    (0, 2, "0100"),
    (2, 1, "0101"),
    (0, 3, "00101"),
    (3, 1, "00111"),
    (4, 1, "00110"),
    (1, 2, "000110"),
    (5, 1, "000111"),
    (6, 1, "000101"),
    (7, 1, "000100"),
    (0, 4, "0000110"),
    (2, 2, "0000100"),
    (8, 1, "0000111"),
    (9, 1, "0000101"),
    (0, 5, "00100110"),
    (0, 6, "00100001"),
    (1, 3, "00100101"),
    (3, 2, "00100100"),
    (10, 1, "00100111"),
    (11, 1, "00100011"),
    (12, 1, "00100010"),
    (13, 1, "00100000"),
    (0, 7, "0000001010"),
    (1, 4, "0000001100"),
    (2, 3, "0000001011"),
    (4, 2, "0000001111"),
    (5, 2, "0000001001"),
    (14, 1, "0000001110"),
    (15, 1, "0000001101"),
    (16, 1, "0000001000"),
    (0, 8, "000000011101"),
    (0, 9, "000000011000"),
    (0, 10, "000000010011"),
    (0, 11, "000000010000"),
    (1, 5, "000000011011"),
    (2, 4, "000000010100"),
    (0, 12, "0000000011010"),
    (0, 13, "0000000011001"),
    (0, 14, "0000000011000"),
    (0, 15, "0000000010111"),
];

/// Coefficients of table B-15 alone.
const ONE: [(u16, u16, &str); 41] = [
    (0, 1, "10"),
    (1, 1, "010"),
    (0, 2, "110"),
    (2, 1, "00101"),
    (0, 3, "0111"),
    (3, 1, "00111"),
    (4, 1, "000110"),
    (1, 2, "00110"),
    (5, 1, "000111"),
    (6, 1, "0000110"),
    (7, 1, "0000100"),
    (0, 4, "11100"),
    (2, 2, "0000111"),
    (8, 1, "0000101"),
    (9, 1, "1111000"),
    (0, 5, "11101"),
    (0, 6, "000101"),
    (1, 3, "1111001"),
    (3, 2, "00100110"),
    (10, 1, "1111010"),
    (11, 1, "00100001"),
    (12, 1, "00100101"),
    (13, 1, "00100100"),
    (0, 7, "000100"),
    (1, 4, "00100111"),
    (2, 3, "11111100"),
    (4, 2, "11111101"),
    (5, 2, "000000100"),
    (14, 1, "000000101"),
    (15, 1, "000000111"),
    (16, 1, "0000001101"),
    (0, 8, "1111011"),
    (0, 9, "1111100"),
    (0, 10, "00100011"),
    (0, 11, "00100010"),
    (1, 5, "00100000"),
    (2, 4, "0000001100"),
    (0, 12, "11111010"),
    (0, 13, "11111011"),
    (0, 14, "11111110"),
    (0, 15, "11111111"),
];

fn coefficients(own: &[(u16, u16, &'static str)], end: &'static str) -> Vlc {
    let all = own.iter().chain(&SHARED);
    let codes = all.map(|(run, level, code)| (*code, pair(*run, *level)));
    Vlc::new(codes.chain([("000001", ESCAPE), (end, END_OF_BLOCK)]))
}

/// Coefficients, `run << 8 | level` (table B-14).
pub(super) static TABLE_ZERO: LazyLock<Vlc> = LazyLock::new(|| coefficients(&ZERO, "10"));

/// The same for intra blocks of some pictures (table B-15).
pub(super) static TABLE_ONE: LazyLock<Vlc> = LazyLock::new(|| coefficients(&ONE, "0110"));

/// Quantiser scale where it is not linear (table 7-6).
pub(super) const NONLINEAR_SCALE: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64,
    72, 80, 88, 96, 104, 112,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of all codes that a table's codes fill; 1 for a code without gaps.
    fn filled(table: &Vlc) -> f64 {
        let found = (0..1 << 16).filter(|bits| table.find(*bits).is_some());
        found.count() as f64 / f64::from(1 << 16)
    }

    fn symbols(table: &Vlc) -> std::collections::BTreeMap<u16, (u32, usize)> {
        let mut symbols = std::collections::BTreeMap::new();
        for (symbol, length) in (0..1 << 16).filter_map(|bits| table.find(bits)) {
            symbols.entry(symbol).or_insert((length, 0)).1 += 1;
        }
        symbols
    }

    #[test]
    fn no_code_is_the_beginning_of_another() {
        let tables = [
            &INCREMENT,
            &TYPE_I,
            &TYPE_P,
            &TYPE_B,
            &BLOCK_PATTERN,
            &MOTION,
            &DC_LUMA,
            &DC_CHROMA,
            &TABLE_ZERO,
            &TABLE_ONE,
        ];
        for table in tables {
            for (symbol, (length, cells)) in symbols(table) {
                assert_eq!(cells, 1 << (16 - length), "{symbol:x}");
            }
        }
        assert_eq!(filled(&DC_LUMA), 1.0);
        assert_eq!(filled(&DC_CHROMA), 1.0);
    }

    #[test]
    fn every_run_and_level_of_the_standard_has_one_code() {
        for table in [&TABLE_ZERO, &TABLE_ONE] {
            let symbols = symbols(table);
            assert_eq!(symbols.len(), 111 + 2);
            // Table B-14's longest level for each run.
            let most = [40, 18, 5, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2];
            for run in 0..32 {
                let levels = most.get(usize::from(run)).copied().unwrap_or(1);
                for level in 1..=levels {
                    assert!(symbols.contains_key(&pair(run, level)), "{run} {level}");
                }
            }
        }
        assert_eq!(symbols(&BLOCK_PATTERN).len(), 64);
        assert_eq!(symbols(&INCREMENT).len(), 35);
    }
}
