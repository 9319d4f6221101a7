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
    let strange = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let is_letter = |c: char| matches!(c, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}');
        let others = text.chars().filter(|c| !c.is_ascii() && !is_letter(*c));
        others.count()
    };
    if strange(ISO_8859_6) < strange(WINDOWS_1256) {
        ISO_8859_6
    } else {
        WINDOWS_1256
    }
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
}
