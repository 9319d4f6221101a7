//! Waveform Sample Interpretation (PS3.3 C.10.9.1.5): a sample's bytes to its stored number.

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaveformSampleKind {
    /// Signed 8 bit (SB).
    SignedByte,
    /// Unsigned 8 bit (UB).
    UnsignedByte,
    /// µ-law of ITU-T G.711 (MB), as its linear 16-bit equivalent.
    MuLaw,
    /// A-law of ITU-T G.711 (AB), as its linear 16-bit equivalent.
    ALaw,
    /// Signed 16 bit (SS).
    SignedShort,
    /// Unsigned 16 bit (US).
    UnsignedShort,
    /// Signed 32 bit (SL).
    SignedLong,
    /// Unsigned 32 bit (UL).
    UnsignedLong,
}

impl WaveformSampleKind {
    /// By the defined term and Waveform Bits Allocated; `None` where they do not go together.
    pub(super) fn read(term: &str, bits: i64) -> Option<Self> {
        Some(match (term, bits) {
            ("SB", 8) => Self::SignedByte,
            ("UB", 8) => Self::UnsignedByte,
            ("MB", 8) => Self::MuLaw,
            ("AB", 8) => Self::ALaw,
            ("SS", 16) => Self::SignedShort,
            ("US", 16) => Self::UnsignedShort,
            ("SL", 32) => Self::SignedLong,
            ("UL", 32) => Self::UnsignedLong,
            _ => return None,
        })
    }

    /// Bytes a sample takes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::SignedByte | Self::UnsignedByte | Self::MuLaw | Self::ALaw => 1,
            Self::SignedShort | Self::UnsignedShort => 2,
            Self::SignedLong | Self::UnsignedLong => 4,
        }
    }

    /// Whether stored numbers are compressed to a logarithm, so that no factor makes units of them.
    pub(super) const fn is_companded(self) -> bool {
        matches!(self, Self::MuLaw | Self::ALaw)
    }

    /// The number at the beginning of little-endian bytes; `None` if there are too few.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<i64> {
        let byte = || bytes.first().copied();
        let short = || bytes.first_chunk::<2>().copied();
        let long = || bytes.first_chunk::<4>().copied();
        Some(match self {
            Self::SignedByte => byte()?.cast_signed().into(),
            Self::UnsignedByte => byte()?.into(),
            Self::MuLaw => mu_law(byte()?),
            Self::ALaw => a_law(byte()?),
            Self::SignedShort => i16::from_le_bytes(short()?).into(),
            Self::UnsignedShort => u16::from_le_bytes(short()?).into(),
            Self::SignedLong => i32::from_le_bytes(long()?).into(),
            Self::UnsignedLong => u32::from_le_bytes(long()?).into(),
        })
    }
}

/// ITU-T G.711, table 2: 14 bits, here in 16.
fn mu_law(byte: u8) -> i64 {
    let code = !byte;
    let segment = (code >> 4) & 7;
    let magnitude = (((i64::from(code & 0x0F) << 3) + 0x84) << segment) - 0x84;
    if code & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// ITU-T G.711, table 1: 13 bits, here in 16.
fn a_law(byte: u8) -> i64 {
    let code = byte ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = i64::from(code & 0x0F) << 4;
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_read_by_their_interpretation() {
        let bytes = [0xFE, 0xFF, 0xFF, 0xFF];
        for (term, bits, expected) in [
            ("SB", 8, -2),
            ("UB", 8, 254),
            ("SS", 16, -2),
            ("US", 16, 65_534),
            ("SL", 32, -2),
            ("UL", 32, 4_294_967_294),
        ] {
            let kind = WaveformSampleKind::read(term, bits).unwrap();
            assert_eq!(kind.decode(&bytes), Some(expected), "{term}");
            assert_eq!(kind.bytes() * 8, bits as usize);
            assert_eq!(kind.decode(&bytes[..kind.bytes() - 1]), None);
        }
        assert_eq!(WaveformSampleKind::read("SS", 8), None);
        assert_eq!(WaveformSampleKind::read("FL", 32), None);
    }

    #[test]
    fn companded_samples_have_the_values_of_g_711() {
        // Decision table 2a and 1a: loudest, quietest, and the ends of a segment.
        assert_eq!(mu_law(0xFF), 0);
        assert_eq!(mu_law(0x7F), 0);
        assert_eq!(mu_law(0x80), 32_124);
        assert_eq!(mu_law(0x00), -32_124);
        assert_eq!(mu_law(0xEF), 132);
        assert_eq!(a_law(0xD5), 8);
        assert_eq!(a_law(0x55), -8);
        assert_eq!(a_law(0xAA), 32_256);
        assert_eq!(a_law(0x2A), -32_256);
        // Both rise with loudness throughout.
        let rises = |values: Vec<i64>| values.is_sorted();
        assert!(rises((0x80..=0xFF).rev().map(mu_law).collect()));
        assert!(rises((0x80..=0xFF).map(|c| a_law(c ^ 0x55)).collect()));
    }
}
