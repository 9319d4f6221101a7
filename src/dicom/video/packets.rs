//! Packetised elementary streams (ISO/IEC 13818-1 2.4.3.6) and those of MPEG-1.

/// The head of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PesHeader {
    pub(super) stream: u8,
    /// Bytes before the payload.
    pub(super) length: usize,
    /// Bytes of the packet with its head; 0 where it is not said.
    pub(super) packet_length: usize,
}

impl PesHeader {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [0, 0, 1, stream, l0, l1, rest @ ..] = bytes else {
            return None;
        };
        if *stream < 0xBC {
            return None;
        }
        let declared = usize::from(*l0) << 8 | usize::from(*l1);
        let has_header = !matches!(
            stream,
            0xBC | 0xBE | 0xBF | 0xF0 | 0xF1 | 0xF2 | 0xF8 | 0xFF
        );
        let length = match rest.first() {
            _ if !has_header => 6,
            Some(flags) if flags & 0xC0 == 0x80 => 9 + usize::from(*rest.get(2)?),
            _ => 6 + mpeg1_header(rest)?,
        };
        Some(Self {
            stream: *stream,
            length,
            packet_length: if declared == 0 { 0 } else { declared + 6 },
        })
    }

    pub(super) const fn is_video(&self) -> bool {
        matches!(self.stream, 0xE0..=0xEF)
    }

    pub(super) const fn is_audio(&self) -> bool {
        matches!(self.stream, 0xC0..=0xDF | 0xBD)
    }
}

/// Stuffing, buffer size and times of an MPEG-1 packet.
fn mpeg1_header(bytes: &[u8]) -> Option<usize> {
    let mut at = bytes
        .iter()
        .take(16)
        .take_while(|byte| **byte == 0xFF)
        .count();
    if bytes.get(at)? & 0xC0 == 0x40 {
        at += 2;
    }
    Some(match bytes.get(at)? >> 4 {
        2 => at + 5,
        3 => at + 10,
        _ => at + 1,
    })
}
