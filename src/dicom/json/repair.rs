//! Text that went through a wrong character set on its way.

use std::borrow::Cow;

use encoding_rs::UTF_8;
use encoding_rs::WINDOWS_1252;

/// An answer's text: UTF-8, as JSON must be; what is not is taken for Latin-1.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    UTF_8
        .decode_without_bom_handling_and_without_replacement(bytes)
        .unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0)
}

/// UTF-8 that was taken for Latin-1 and encoded once more (`MÃ¼ller`) is taken back. Text in
/// which every letter beyond ASCII is part of such a sequence is nothing else by chance.
pub(super) fn repaired(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let (bytes, _, has_others) = WINDOWS_1252.encode(text);
    let latin_1 = || {
        let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok());
        bytes.collect::<Option<Vec<u8>>>()
    };
    let twice = if has_others {
        latin_1()
    } else {
        Some(bytes.into_owned())
    };
    twice
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_encoded_twice_is_taken_back() {
        for (text, expected) in [
            ("MÃ¼ller", "Müller"),
            ("FranÃ§ois", "François"),
            ("å±±ç”°", "山田"),
            ("Müller", "Müller"),
            ("山田^太郎", "山田^太郎"),
            ("ÀÉÎÕÜ", "ÀÉÎÕÜ"),
            ("plain", "plain"),
            ("\u{c3}\u{85}ngstr\u{c3}\u{b6}m", "Ångström"),
        ] {
            assert_eq!(repaired(text), expected, "{text}");
        }
    }
}
