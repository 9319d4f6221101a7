//! Specific Character Set (0008,0005): bytes of text values to Unicode.
//!
//! PS3.3 C.12.1.1.2 lists the defined terms, PS3.5 6.1.2.5 how ISO 2022 escapes switch between
//! them: a designation holds until the value, a line or a delimiter ends. A byte that looks like
//! a delimiter within a character of two bytes is none, so text is decoded before it is split.

mod guess;
mod iso2022;

use encoding_rs::Encoding;
use encoding_rs::GB18030;
use encoding_rs::GBK;
use encoding_rs::WINDOWS_1252;

use iso2022::Iso2022;

/// What is designated as G0, the bytes 21 to 7E.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum G0 {
    /// ISO IR 6, and ISO IR 14, which differs in two signs that DICOM uses as ASCII's.
    Ascii,
    /// ISO IR 13 in seven bits: no part of DICOM, but seen.
    Katakana,
    /// ISO IR 87, two bytes a character.
    Jis0208,
    /// ISO IR 159, two bytes a character.
    Jis0212,
}

/// What is designated as G1, the bytes A0 to FF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum G1 {
    /// Nothing.
    None,
    /// One byte a character.
    Single(&'static Encoding),
    /// ISO IR 13.
    Katakana,
    /// ISO IR 149 (KS X 1001), two bytes a character.
    Korean,
    /// ISO IR 58 (GB 2312), two bytes a character.
    Chinese,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iso2022 {
        g0: G0,
        g1: G1,
        /// For bytes of G1 that no escape introduced.
        undesignated: G1,
    },
    Utf8,
    /// GB18030 or GBK: no escapes.
    Whole(&'static Encoding),
}

/// How the text of a data set or of an item is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharacterSet {
    kind: Kind,
    is_known: bool,
}

/// Text, and whether part of it had to be guessed or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedText {
    /// The text.
    pub text: String,
    /// Bytes outside the declared character set were guessed, or replaced by U+FFFD.
    pub is_doubtful: bool,
}

impl Default for CharacterSet {
    /// The default repertoire, ISO IR 6.
    fn default() -> Self {
        Self {
            kind: Kind::Iso2022 {
                g0: G0::Ascii,
                g1: G1::None,
                undesignated: G1::None,
            },
            is_known: true,
        }
    }
}

/// What one value of Specific Character Set names.
enum Term {
    Ascii,
    G1(G1),
    /// Japanese two-byte sets, reached by escapes alone.
    EscapesOnly,
    Utf8,
    Whole(&'static Encoding),
    Unknown,
}

impl CharacterSet {
    /// From the values of (0008,0005). Misspelled terms are understood; after unknown ones,
    /// [`Self::is_known`] is false and text is guessed as if there were none.
    #[must_use]
    pub fn from_terms<'a>(terms: impl IntoIterator<Item = &'a str>) -> Self {
        let mut is_known = true;
        let mut first = None;
        let mut undesignated = G1::None;
        for (n, term) in terms.into_iter().enumerate() {
            let term = parse_term(term);
            match term {
                Term::Utf8 => {
                    return Self {
                        kind: Kind::Utf8,
                        is_known,
                    };
                }
                Term::Whole(encoding) if n == 0 => {
                    return Self {
                        kind: Kind::Whole(encoding),
                        is_known,
                    };
                }
                Term::G1(g1) if undesignated == G1::None => undesignated = g1,
                Term::Unknown => is_known = false,
                _ => {}
            }
            first.get_or_insert(term);
        }
        let g1 = match first {
            Some(Term::G1(g1)) => g1,
            _ => G1::None,
        };
        Self {
            kind: Kind::Iso2022 {
                g0: G0::Ascii,
                g1,
                undesignated,
            },
            is_known,
        }
    }

    /// Whether every term was understood.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Decodes a whole value, delimiters included. In a person name (`is_person_name`) `^` and
    /// `=` end a designation as `\` does everywhere.
    #[must_use]
    pub fn decode(&self, bytes: &[u8], is_person_name: bool) -> DecodedText {
        let is_plain = bytes.iter().all(|byte| *byte < 0x80 && *byte != ESCAPE);
        if is_plain && let Ok(text) = str::from_utf8(bytes) {
            return DecodedText {
                text: text.to_owned(),
                is_doubtful: false,
            };
        }
        match self.kind {
            Kind::Utf8 => str::from_utf8(bytes).map_or_else(
                |_| guessed(bytes),
                |text| DecodedText {
                    text: text.to_owned(),
                    is_doubtful: false,
                },
            ),
            Kind::Whole(encoding) => {
                let (text, is_doubtful) = encoding.decode_without_bom_handling(bytes);
                DecodedText {
                    text: text.into_owned(),
                    is_doubtful,
                }
            }
            Kind::Iso2022 {
                g0,
                g1,
                undesignated,
            } => {
                let has_escapes = bytes.contains(&ESCAPE);
                if undesignated == G1::None && !has_escapes {
                    return guessed(bytes);
                }
                // Many programs write UTF-8 and declare what they wrote before.
                let is_utf8 = || str::from_utf8(bytes).is_ok();
                if !has_escapes && may_be_utf8(undesignated) && is_utf8() {
                    return guessed(bytes);
                }
                if !has_escapes && let Some(encoding) = instead_of(undesignated, bytes) {
                    return in_other(encoding, bytes);
                }
                Iso2022 {
                    initial: (g0, g1),
                    g0,
                    g1,
                    undesignated,
                    text: String::with_capacity(bytes.len().saturating_mul(2)),
                    is_doubtful: false,
                }
                .decode(bytes, is_person_name)
            }
        }
    }
}

/// Text whose character set nobody says, or says wrongly.
fn guessed(bytes: &[u8]) -> DecodedText {
    DecodedText {
        text: guess::text(bytes),
        is_doubtful: true,
    }
}

/// The encoding of text that cannot be in the declared one.
fn instead_of(g1: G1, bytes: &[u8]) -> Option<&'static Encoding> {
    let latin = [
        WINDOWS_1252,
        encoding_rs::ISO_8859_15,
        encoding_rs::WINDOWS_1254,
    ];
    match g1 {
        G1::Single(encoding) if latin.contains(&encoding) => guess::instead_of_latin(bytes),
        G1::Single(encoding) if encoding == encoding_rs::ISO_8859_6 => {
            guess::instead_of_arabic(bytes)
        }
        _ => None,
    }
}

fn in_other(encoding: &'static Encoding, bytes: &[u8]) -> DecodedText {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    DecodedText {
        text: text.into_owned(),
        is_doubtful: true,
    }
}

fn parse_term(term: &str) -> Term {
    let squeezed: String = term
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let registration = squeezed
        .strip_prefix("ISO2022IR")
        .or_else(|| squeezed.strip_prefix("ISOIR"));
    if let Some(registration) = registration {
        return by_registration(registration);
    }
    if let Some(part) = squeezed.strip_prefix("ISO8859") {
        return by_registration(match part {
            "1" => "100",
            "2" => "101",
            "3" => "109",
            "4" => "110",
            "5" => "144",
            "6" => "127",
            "7" => "126",
            "8" => "138",
            "9" => "148",
            "11" => "166",
            "15" => "203",
            _ => "",
        });
    }
    match squeezed.as_str() {
        "" | "ASCII" | "USASCII" | "ISO646" => Term::Ascii,
        "LATIN1" | "WINDOWS1252" | "CP1252" => by_registration("100"),
        "UTF8" | "UNICODE" | "ISO10646" => Term::Utf8,
        "GB18030" => Term::Whole(GB18030),
        "GBK" | "GB2312" => Term::Whole(GBK),
        _ => Term::Unknown,
    }
}

fn by_registration(number: &str) -> Term {
    match number {
        "6" => Term::Ascii,
        "13" | "14" => Term::G1(G1::Katakana),
        "58" => Term::G1(G1::Chinese),
        "87" | "159" => Term::EscapesOnly,
        "149" => Term::G1(G1::Korean),
        "192" => Term::Utf8,
        _ => single_byte(number).map_or(Term::Unknown, |encoding| Term::G1(G1::Single(encoding))),
    }
}

/// The windows code pages here equal the ISO parts from A0 on and add to them below, where
/// DICOM's text has nothing.
fn single_byte(registration: &str) -> Option<&'static Encoding> {
    Some(match registration {
        "100" => WINDOWS_1252,
        "101" => encoding_rs::ISO_8859_2,
        "109" => encoding_rs::ISO_8859_3,
        "110" => encoding_rs::ISO_8859_4,
        "126" => encoding_rs::ISO_8859_7,
        "127" => encoding_rs::ISO_8859_6,
        "138" => encoding_rs::ISO_8859_8,
        "144" => encoding_rs::ISO_8859_5,
        "148" => encoding_rs::WINDOWS_1254,
        "166" => encoding_rs::WINDOWS_874,
        "203" => encoding_rs::ISO_8859_15,
        _ => return None,
    })
}

/// Sets in which the bytes of a letter in UTF-8 are never letters side by side: those above A0 are
/// signs there, and those below nothing.
fn may_be_utf8(g1: G1) -> bool {
    let sets = [
        WINDOWS_1252,
        encoding_rs::ISO_8859_6,
        encoding_rs::ISO_8859_15,
        encoding_rs::WINDOWS_1254,
    ];
    matches!(g1, G1::Single(encoding) if sets.contains(&encoding))
}

const ESCAPE: u8 = 0x1B;

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(terms: &str, bytes: &[u8]) -> String {
        let decoded = CharacterSet::from_terms(terms.split('\\')).decode(bytes, true);
        assert!(!decoded.is_doubtful, "{terms}: {}", decoded.text);
        decoded.text
    }

    /// The examples of PS3.5 annexes H to K and one per single-byte set.
    #[test]
    fn every_defined_term_decodes_its_bytes() {
        let table: &[(&str, &[u8], &str)] = &[
            ("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
            ("ISO_IR 101", b"Wa\xb3\xeasa", "Wałęsa"),
            ("ISO_IR 109", b"\xa6\xb6", "Ĥĥ"),
            ("ISO_IR 110", b"\xd0\xbf", "Đŋ"),
            ("ISO_IR 144", b"\xbb\xee\xda^\xb8", "Люк^И"),
            ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea", "قباني"),
            ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
            ("ISO_IR 138", b"\xf9\xf8\xe5\xef", "שרון"),
            ("ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
            ("ISO_IR 166", b"\xb9\xd2\xc2", "นาย"),
            ("ISO_IR 203", b"\xa4\xbd", "€œ"),
            ("ISO_IR 13", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
            ("ISO_IR 192", "Wang^小東".as_bytes(), "Wang^小東"),
            ("GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "Wang^XiaoDong=王^小东"),
            ("GBK", b"\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东"),
            (
                "\\ISO 2022 IR 87",
                b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
                "Yamada^Tarou=山田^太郎=やまだ^たろう",
            ),
            (
                "ISO 2022 IR 13\\ISO 2022 IR 87",
                b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
                "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
            ),
            (
                "\\ISO 2022 IR 149",
                b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
                "Hong^Gildong=洪^吉洞=홍^길동",
            ),
            (
                "\\ISO 2022 IR 58",
                b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab",
                "Zhang^XiaoDong=张^小东",
            ),
            ("\\ISO 2022 IR 159", b"\x1b$(D\x30\x21\x1b(B", "丂"),
            (
                "ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126",
                b"Dion\xe9^\x1b-F\xc4\xe9^\x1b-L\xbb\xee",
                "Dioné^Δι^Лю",
            ),
        ];
        for (terms, bytes, expected) in table {
            assert_eq!(decode(terms, bytes), *expected, "{terms}");
        }
    }

    #[test]
    fn a_delimiter_or_a_line_ends_a_designation() {
        let terms = "ISO 2022 IR 100\\ISO 2022 IR 126";
        for delimiter in ["\\", "^", "=", "\r", "\n", "\t"] {
            let mut bytes = b"\x1b-F\xe1".to_vec();
            bytes.extend(delimiter.as_bytes());
            bytes.push(0xe1);
            assert_eq!(decode(terms, &bytes), format!("α{delimiter}á"));
        }
        let set = CharacterSet::from_terms(terms.split('\\'));
        assert_eq!(set.decode(b"\x1b-F\xe1^\xe1", false).text, "α^α");
    }

    #[test]
    fn a_backslash_within_a_character_of_two_bytes_does_not_split() {
        // 表 is 95 5C in Shift JIS, 49 3D in JIS X 0208; 誠 is D5 5C in GBK.
        assert_eq!(decode("ISO_IR 13", b"\x95\x5c"), "表");
        assert_eq!(decode("\\ISO 2022 IR 87", b"\x1b$B\x49\x3d\x1b(B"), "表");
        assert_eq!(decode("GB18030", b"\xd5\x5c"), "誠");
        assert_eq!(
            decode("\\ISO 2022 IR 87", b"\x1b$B\x25\x5c\x1b(B\\a"),
            "ボ\\a"
        );
    }

    #[test]
    fn misspelled_terms_are_understood() {
        for terms in [
            "ISO-IR 100",
            "ISO IR 100",
            "iso_ir_100",
            "ISO2022IR100",
            "ISO 8859-1",
        ] {
            assert_eq!(decode(terms, b"\xe9"), "é", "{terms}");
        }
        assert_eq!(decode("utf-8", "é".as_bytes()), "é");
        assert_eq!(decode("\\ISO 2022 IR 149", b"\xc8\xab"), "홍");
    }

    #[test]
    fn text_outside_the_declared_set_is_guessed_and_doubtful() {
        for terms in ["", "ISO_IR 6", "ISO_IR 999", "nonsense"] {
            let set = CharacterSet::from_terms(terms.split('\\'));
            for (bytes, expected) in [("é".as_bytes(), "é"), (b"\xe9", "é"), (b"\x80", "€")] {
                let decoded = set.decode(bytes, false);
                assert_eq!(decoded.text, expected, "{terms}");
                assert!(decoded.is_doubtful, "{terms}");
            }
            assert_eq!(set.is_known(), terms.is_empty() || terms == "ISO_IR 6");
        }
        for term in ["ISO_IR 100", "ISO_IR 127", "ISO 2022 IR 100"] {
            let decoded = CharacterSet::from_terms([term]).decode("Müller فاطمة".as_bytes(), true);
            assert_eq!(decoded.text, "Müller فاطمة", "{term}");
            assert!(decoded.is_doubtful);
        }
        let utf8 = CharacterSet::from_terms(["ISO_IR 192"]);
        assert!(utf8.decode(b"\xe9", false).is_doubtful);
        let (windows, _, _) = encoding_rs::WINDOWS_1256.encode("فاطمة^بلقاسم");
        let (iso, _, _) = encoding_rs::ISO_8859_6.encode("فاطمة^بلقاسم");
        for term in ["", "ISO_IR 6", "ISO_IR 100", "ISO_IR 127", "ISO_IR 192"] {
            for bytes in [&windows, &iso] {
                let decoded = CharacterSet::from_terms([term]).decode(bytes, true);
                assert_eq!(decoded.text, "فاطمة^بلقاسم", "{term}");
                let is_right = term == "ISO_IR 127" && *bytes == iso;
                assert_eq!(decoded.is_doubtful, !is_right, "{term}");
            }
        }
    }

    #[test]
    fn broken_escapes_are_doubtful_but_never_lose_the_rest() {
        let set = CharacterSet::from_terms(["", "ISO 2022 IR 87"]);
        for (bytes, expected) in [
            (b"\x1bABC".as_slice(), "ABC"),
            (b"\x1b", ""),
            (b"\x1b$", "$"),
            (b"\x1b$B\x30", "\u{fffd}"),
            (b"\x1b$B\x30\x01z\x1b(Bz", "\u{fffd}\u{1}\u{fffd}z"),
        ] {
            let decoded = set.decode(bytes, false);
            assert_eq!(decoded.text, expected, "{bytes:x?}");
            assert!(decoded.is_doubtful);
        }
    }
}
