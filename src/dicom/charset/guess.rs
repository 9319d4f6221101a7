//! Bytes of text in a character set that is not declared, or not the declared one.

use encoding_rs::Encoding;
use encoding_rs::ISO_8859_6;
use encoding_rs::WINDOWS_1252;
use encoding_rs::WINDOWS_1256;

/// UTF-8 if it is; Arabic if it looks so; else windows-1252, which extends ISO 8859-1.
pub(super) fn text(bytes: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(bytes) {
        return text.to_owned();
    }
    let encoding = if looks_arabic(bytes) {
        arabic(bytes)
    } else {
        WINDOWS_1252
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.into_owned()
}

/// Latin letters with accents stand among letters without; Arabic words have no others.
fn looks_arabic(bytes: &[u8]) -> bool {
    let words = bytes.split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
    let mut foreign = words.filter(|word| !word.is_ascii()).peekable();
    foreign.peek().is_some()
        && foreign.all(|word| word.len() >= 2 && word.iter().all(|byte| *byte >= 0xC0))
}

/// Which of the two sets of Arabic letters gives fewer signs that have no place in a word.
fn arabic(bytes: &[u8]) -> &'static Encoding {
    if strange(bytes, ISO_8859_6) < strange(bytes, WINDOWS_1256) {
        ISO_8859_6
    } else {
        WINDOWS_1256
    }
}

/// Signs that have no place in an Arabic word, or not where they stand.
fn strange(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let words = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic());
    let within = |word: &str| {
        let letters = word.chars().filter(|c| !c.is_ascii());
        let others = letters.filter(|c| !is_arabic_letter(*c)).count();
        // Teh marbuta and alef maksura end words.
        let ends = ['\u{629}', '\u{649}'];
        let last = word.char_indices().next_back().map_or(0, |(at, _)| at);
        let misplaced = word.char_indices();
        others
            + misplaced
                .filter(|(at, c)| *at < last && ends.contains(c))
                .count()
    };
    words.map(within).sum()
}

fn is_arabic_letter(c: char) -> bool {
    // U+0640 lengthens a line, and stands in no name.
    matches!(c, '\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{66e}'..='\u{6d3}')
}

/// What text is that is said to be in a Latin set of one byte a letter, if that cannot be: names are
/// often in the Arabic of the computer, whatever the modality says.
pub(super) fn instead_of_latin(bytes: &[u8]) -> Option<&'static Encoding> {
    const FEW: usize = 3;
    let letters = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let encoding = arabic(bytes);
    let is_arabic = letters >= FEW && looks_arabic(bytes) && strange(bytes, encoding) == 0;
    is_arabic.then_some(encoding)
}

/// What text is that is said to be in ISO 8859-6, if that cannot be: the other set of Arabic letters,
/// or Latin ones.
pub(super) fn instead_of_arabic(bytes: &[u8]) -> Option<&'static Encoding> {
    let words = bytes.split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
    let mut foreign = words.filter(|word| !word.is_ascii()).peekable();
    let is_latin =
        foreign.peek().is_some() && foreign.all(|word| word.iter().any(u8::is_ascii_alphabetic));
    if is_latin {
        return Some(WINDOWS_1252);
    }
    (strange(bytes, WINDOWS_1256) < strange(bytes, ISO_8859_6)).then_some(WINDOWS_1256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_character_set_are_read_as_what_they_are() {
        for name in ["فاطمة^بنت علي", "محمد^الهاشمي", "يوسف^قاسم"] {
            for encoding in [WINDOWS_1256, ISO_8859_6] {
                let (bytes, _, _) = encoding.encode(name);
                assert_eq!(text(&bytes), name, "{}", encoding.name());
            }
        }
        for name in ["Müller^Jörg", "Benoît^Zoé", "Ærø^Åse", "É"] {
            let (bytes, _, _) = WINDOWS_1252.encode(name);
            assert_eq!(text(&bytes), name);
            assert_eq!(text(name.as_bytes()), name);
        }
    }

    #[test]
    fn a_wrong_declaration_is_seen_through_and_a_right_one_is_left_alone() {
        let names = ["فاطمة^بنت علي", "محمد^الهاشمي", "يوسف^قاسم", "ليلى^مصطفى"];
        for name in names {
            let (windows, _, _) = WINDOWS_1256.encode(name);
            let (iso, _, _) = ISO_8859_6.encode(name);
            assert_eq!(instead_of_latin(&windows), Some(WINDOWS_1256), "{name}");
            assert_eq!(instead_of_latin(&iso), Some(ISO_8859_6), "{name}");
            assert_eq!(instead_of_arabic(&windows), Some(WINDOWS_1256), "{name}");
            assert_eq!(instead_of_arabic(&iso), None, "{name}");
        }
        for vowelled in ["محمّد^عليّ", "فَاطِمَة"] {
            let (iso, _, _) = ISO_8859_6.encode(vowelled);
            assert_eq!(instead_of_arabic(&iso), None, "{vowelled}");
        }
        let latin = [
            "Müller^Jörg",
            "Benoît^Zoé",
            "Ærø^Åse",
            "É",
            "ÄÖÜ",
            "äöüß",
            "ÀÉÈ",
            "Fièvre à 39°, où ?",
            "Ø^Ö",
            "±2 µm",
            "ÉÈÊË",
            "Ñuñez",
            "40 × 50 mm",
            "Œdème «aigu»",
        ];
        for text in latin {
            let (bytes, _, _) = WINDOWS_1252.encode(text);
            assert_eq!(instead_of_latin(&bytes), None, "{text}");
        }
        for name in ["Müller^Jörg", "Benoît^Zoé", "Hélène"] {
            let (bytes, _, _) = WINDOWS_1252.encode(name);
            assert_eq!(instead_of_arabic(&bytes), Some(WINDOWS_1252), "{name}");
        }
    }
}
