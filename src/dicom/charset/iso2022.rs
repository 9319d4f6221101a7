//! ISO 2022 as PS3.5 6.1.2.5 uses it: G0 and G1, designated by escapes.

use encoding_rs::EUC_JP;
use encoding_rs::EUC_KR;
use encoding_rs::Encoding;
use encoding_rs::GBK;
use encoding_rs::SHIFT_JIS;
use encoding_rs::WINDOWS_1252;

use super::DecodedText;
use super::ESCAPE;
use super::G0;
use super::G1;
use super::single_byte;

enum Designation {
    G0(G0),
    G1(G1),
}

/// What follows an escape byte: its length and what it designates.
fn designation(bytes: &[u8]) -> Option<(usize, Designation)> {
    let single = |registration| single_byte(registration).map(|e| Designation::G1(G1::Single(e)));
    Some(match bytes {
        [0x28, 0x42 | 0x4A, ..] => (2, Designation::G0(G0::Ascii)),
        [0x28, 0x49, ..] => (2, Designation::G0(G0::Katakana)),
        [0x29, 0x49, ..] => (2, Designation::G1(G1::Katakana)),
        [0x24, 0x40 | 0x42, ..] => (2, Designation::G0(G0::Jis0208)),
        [0x24, 0x28, 0x44, ..] => (3, Designation::G0(G0::Jis0212)),
        [0x24, 0x29, 0x43, ..] => (3, Designation::G1(G1::Korean)),
        [0x24, 0x29, 0x41, ..] => (3, Designation::G1(G1::Chinese)),
        [0x2D, last, ..] => {
            let registration = match last {
                0x41 => "100",
                0x42 => "101",
                0x43 => "109",
                0x44 => "110",
                0x46 => "126",
                0x47 => "127",
                0x48 => "138",
                0x4C => "144",
                0x4D => "148",
                0x54 => "166",
                0x62 => "203",
                _ => return None,
            };
            (2, single(registration)?)
        }
        _ => return None,
    })
}

pub(super) struct Iso2022 {
    pub(super) initial: (G0, G1),
    pub(super) g0: G0,
    pub(super) g1: G1,
    pub(super) undesignated: G1,
    pub(super) text: String,
    pub(super) is_doubtful: bool,
}

impl Iso2022 {
    pub(super) fn decode(mut self, bytes: &[u8], is_person_name: bool) -> DecodedText {
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = match byte {
                ESCAPE => self.escape(tail),
                0x09 | 0x0A | 0x0C | 0x0D => {
                    self.reset();
                    self.text.push(char::from(byte));
                    tail
                }
                0x21..=0x7E => self.left(rest, is_person_name),
                0x80.. => self.right(rest),
                _ => {
                    self.text.push(char::from(byte));
                    tail
                }
            };
        }
        DecodedText {
            text: self.text,
            is_doubtful: self.is_doubtful,
        }
    }

    fn reset(&mut self) {
        (self.g0, self.g1) = self.initial;
    }

    fn escape<'b>(&mut self, tail: &'b [u8]) -> &'b [u8] {
        let Some((length, designation)) = designation(tail) else {
            self.is_doubtful = true;
            return tail;
        };
        match designation {
            Designation::G0(g0) => self.g0 = g0,
            Designation::G1(g1) => self.g1 = g1,
        }
        tail.get(length..).unwrap_or_default()
    }

    /// A character of G0; returns what follows it.
    fn left<'b>(&mut self, bytes: &'b [u8], is_person_name: bool) -> &'b [u8] {
        let Some((&byte, tail)) = bytes.split_first() else {
            return bytes;
        };
        match (self.g0, tail.split_first()) {
            (G0::Ascii, _) => {
                if byte == b'\\' || (is_person_name && matches!(byte, b'^' | b'=')) {
                    self.reset();
                }
                self.text.push(char::from(byte));
                tail
            }
            (G0::Katakana, _) => {
                self.push(SHIFT_JIS, &[byte | 0x80]);
                tail
            }
            (G0::Jis0208, Some((&second @ 0x21..=0x7E, tail))) => {
                self.push(EUC_JP, &[byte | 0x80, second | 0x80]);
                tail
            }
            (G0::Jis0212, Some((&second @ 0x21..=0x7E, tail))) => {
                self.push(EUC_JP, &[0x8F, byte | 0x80, second | 0x80]);
                tail
            }
            (G0::Jis0208 | G0::Jis0212, _) => {
                self.replace();
                tail
            }
        }
    }

    /// A character of G1; returns what follows it.
    fn right<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some((&byte, tail)) = bytes.split_first() else {
            return bytes;
        };
        let mut g1 = self.g1;
        if g1 == G1::None {
            g1 = self.undesignated;
        }
        let (encoding, has_two_bytes) = match (g1, tail.first()) {
            (G1::None, _) => {
                self.is_doubtful = true;
                (WINDOWS_1252, false)
            }
            (G1::Single(encoding), _) => (encoding, false),
            // Writers that declare ISO IR 13 may mean all of Shift JIS.
            (G1::Katakana, Some(0x40..=0xFC)) => {
                (SHIFT_JIS, matches!(byte, 0x81..=0x9F | 0xE0..=0xFC))
            }
            (G1::Katakana, _) => (SHIFT_JIS, false),
            (G1::Korean, Some(0x41..=0xFE)) => (EUC_KR, true),
            (G1::Chinese, Some(0xA1..=0xFE)) => (GBK, true),
            (G1::Korean | G1::Chinese, _) => {
                self.replace();
                return tail;
            }
        };
        let length = if has_two_bytes { 2 } else { 1 };
        let (character, tail) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        self.push(encoding, character);
        tail
    }

    fn push(&mut self, encoding: &'static Encoding, bytes: &[u8]) {
        let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
        self.text.push_str(&text);
        self.is_doubtful |= had_errors;
    }

    fn replace(&mut self) {
        self.text.push(char::REPLACEMENT_CHARACTER);
        self.is_doubtful = true;
    }
}
