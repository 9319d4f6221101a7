//! Words as they are searched: the same whatever the accents, the letter case and, in Arabic, the
//! spelling of letters that are written in several ways.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, as the index holds them and as a search asks for them.
///
/// What a hyphen or an apostrophe joins is also one word: `O'Brien` is found as `obrien`, too.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for chunk in text.split(|c: char| c.is_whitespace() || matches!(c, '^' | '=' | '\\' | ',')) {
        let folded = folded(chunk);
        let parts: Vec<&str> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .collect();
        words.extend(parts.iter().map(|part| (*part).to_owned()));
        if parts.len() > 1 {
            words.push(parts.concat());
        }
    }
    words
}

/// The parts of what a reader typed: all of them must be there.
pub(super) fn asked_words(text: &str) -> Vec<String> {
    let folded = folded(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Lower case, without marks, each letter in one of its forms.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Compatibility forms, too: Arabic letters as they are joined, full-width Latin ones.
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        for c in c.to_lowercase() {
            match c {
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'þ' => folded.push_str("th"),
                'ı' => folded.push('i'),
                // Tatweel stretches a word; zero-width joiners shape it.
                'ـ' | '\u{200c}' | '\u{200d}' => {}
                'ٱ' => folded.push('ا'),
                'ى' | 'ی' | 'ې' => folded.push('ي'),
                'ة' | 'ە' | 'ہ' | 'ھ' => folded.push('ه'),
                'ک' => folded.push('ك'),
                'گ' | 'ڭ' | 'ڨ' => folded.push('ق'), // how the sound g is written in the Maghreb
                'پ' => folded.push('ب'),
                'ڤ' => folded.push('ف'),
                '٠'..='٩' => folded.extend(char::from_digit(c as u32 - '٠' as u32, 10)),
                '۰'..='۹' => folded.extend(char::from_digit(c as u32 - '۰' as u32, 10)),
                c if is_combining_mark(c) => {} // what lower case of İ brings
                c => folded.push(c),
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_ligatures_make_no_other_word() {
        for (a, b) in [
            ("Éléonore", "ELEONORE"),
            ("Müller", "muller"),
            ("Strauß", "strauss"),
            ("Łukasz Øre", "lukasz ore"),
            ("İzmir", "izmir"),
            ("Ｄｏｅ", "doe"),
        ] {
            assert_eq!(folded(a), folded(b), "{a}");
        }
    }

    #[test]
    fn arabic_letters_are_found_in_each_of_their_spellings() {
        for (a, b) in [
            ("أحمد", "احمد"),
            ("إبراهيم", "ابراهيم"),
            ("آمنة", "امنه"),
            ("فاطمة", "فاطمه"),
            ("مصطفى", "مصطفي"),
            ("مُحَمَّد", "محمد"),
            ("محـــمد", "محمد"),
            ("علی", "علي"),
            ("مؤمن", "مومن"),
            ("٤٢", "42"),
            ("ﻣﺤﻤﺪ", "محمد"),
        ] {
            assert_eq!(folded(a), folded(b), "{a}");
        }
        assert_ne!(folded("حسن"), folded("حسين"));
    }

    #[test]
    fn a_name_falls_into_words_and_what_is_joined_is_one_more() {
        assert_eq!(
            words("O'Brien-Smith^Anne Marie=山田^太郎"),
            [
                "o",
                "brien",
                "smith",
                "obriensmith",
                "anne",
                "marie",
                "山田",
                "太郎"
            ]
        );
        assert_eq!(asked_words(" anne, o'b "), ["anne", "o", "b"]);
    }
}
