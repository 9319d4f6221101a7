//! Runs of one direction, in the order in which they are drawn.
//!
//! egui 0.37 has no bidirectional layout: it cuts a section by font face, shapes each piece in
//! the direction of its first letter and puts the pieces from left to right. A name of two Arabic
//! words would show its words swapped, and "45" beside Arabic would show as "54". So
//! the order is worked out here by the Unicode algorithm (UAX #9, isolates included), and a line
//! is handed out as runs that egui cannot get wrong when each is a section of its own:
//! letters of one right-to-left script (shaped and mirrored by the shaper), or anything
//! else already in visual order.

use unicode_bidi::BidiClass;
use unicode_bidi::Level;
use unicode_bidi::ParagraphBidiInfo;
use unicode_bidi::bidi_class;

/// A piece of a line; the pieces follow each other from left to right on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The text in the order the shaper must get it.
    pub text: String,
    /// Whether the shaper draws it from right to left (letters of a right-to-left script).
    pub right_to_left: bool,
}

/// The direction of a line as a whole: where it starts, and where its runs follow each other to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BaseDirection {
    /// That of its first letter; left to right if it has none.
    #[default]
    FirstLetter,
    /// From the left: a line of a form in English that happens to begin with an Arabic name.
    LeftToRight,
    /// From the right.
    RightToLeft,
}

/// Whether any character needs more than left-to-right drawing. Cheap; most lines do not.
#[must_use]
pub fn has_right_to_left(line: &str) -> bool {
    line.chars().any(|c| {
        matches!(
            bidi_class(c),
            BidiClass::R
                | BidiClass::AL
                | BidiClass::AN
                | BidiClass::RLE
                | BidiClass::RLO
                | BidiClass::RLI
                | BidiClass::FSI
                | BidiClass::LRI
                | BidiClass::LRE
                | BidiClass::LRO
                | BidiClass::PDF
                | BidiClass::PDI
        )
    })
}

/// The runs of one line from left to right, its base direction being that of its first letter.
#[must_use]
pub fn visual_runs(line: &str) -> Vec<Run> {
    visual_runs_from(line, BaseDirection::FirstLetter)
}

/// The runs of one line from left to right. Line breaks in it count as spaces.
#[must_use]
pub fn visual_runs_from(line: &str, base: BaseDirection) -> Vec<Run> {
    if line.is_empty() {
        return Vec::new();
    }
    let line = line.replace(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}'], " ");
    let level = match base {
        BaseDirection::FirstLetter => None,
        BaseDirection::LeftToRight => Some(Level::ltr()),
        BaseDirection::RightToLeft => Some(Level::rtl()),
    };
    let info = ParagraphBidiInfo::new(&line, level);
    let (levels, ranges) = info.visual_runs(0..line.len());
    let mut runs = Vec::new();
    for range in ranges {
        let right_to_left = levels.get(range.start).is_some_and(Level::is_rtl);
        let text = line.get(range).unwrap_or_default();
        if right_to_left {
            let mut pieces = Vec::new();
            split_by_script(text, true, &mut pieces);
            runs.extend(pieces.into_iter().rev());
        } else {
            split_by_script(text, false, &mut runs);
        }
    }
    runs
}

/// What a character asks of the run it is drawn in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter of a right-to-left script.
    Letter(Script),
    /// A digit the shaper may take for a letter of a right-to-left script: drawn alone, so that
    /// its neighbours cannot be swapped.
    Alone,
    /// Anything else.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Hebrew,
    Arabic,
    OtherRightToLeft,
}

fn kind(c: char) -> Kind {
    let script = match c {
        '\u{0590}'..='\u{05FF}' | '\u{FB1D}'..='\u{FB4F}' => Script::Hebrew,
        '\u{0600}'..='\u{06FF}'
        | '\u{0750}'..='\u{077F}'
        | '\u{0870}'..='\u{08FF}'
        | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}'
        | '\u{1EC70}'..='\u{1EEFF}' => Script::Arabic,
        _ => Script::OtherRightToLeft,
    };
    match bidi_class(c) {
        BidiClass::R | BidiClass::AL => Kind::Letter(script),
        BidiClass::AN | BidiClass::EN if script == Script::Arabic => Kind::Alone,
        _ => Kind::Other,
    }
}

/// Cuts text of one direction where the shaper's direction changes; the pieces keep logical
/// order, their characters are put in the order the shaper needs.
fn split_by_script(text: &str, right_to_left: bool, out: &mut Vec<Run>) {
    let mut piece = String::new();
    let mut piece_kind = Kind::Other;
    for c in text.chars() {
        if is_direction_mark(c) {
            continue;
        }
        // A mark stays with its base, a joiner with the letters it joins.
        let belongs_to_previous = !piece.is_empty()
            && (bidi_class(c) == BidiClass::NSM || matches!(c, '\u{200C}' | '\u{200D}'));
        if !belongs_to_previous {
            let kind = kind(c);
            let cut = kind != piece_kind
                || kind == Kind::Alone
                || (!right_to_left && kind != Kind::Other);
            if cut {
                finish(&mut piece, piece_kind, right_to_left, out);
            }
            piece_kind = kind;
        }
        piece.push(c);
    }
    finish(&mut piece, piece_kind, right_to_left, out);
}

fn finish(piece: &mut String, kind: Kind, right_to_left: bool, out: &mut Vec<Run>) {
    if piece.is_empty() {
        return;
    }
    let text = std::mem::take(piece);
    out.push(match kind {
        Kind::Letter(_) => Run {
            text,
            right_to_left: true,
        },
        Kind::Other if right_to_left => Run {
            text: reversed_and_mirrored(&text),
            right_to_left: false,
        },
        Kind::Alone | Kind::Other => Run {
            text,
            right_to_left: false,
        },
    });
}

/// Right-to-left text without letters, as the shaper (which takes it for left-to-right) needs it.
fn reversed_and_mirrored(text: &str) -> String {
    let mut clusters: Vec<String> = Vec::new();
    for c in text.chars() {
        match clusters.last_mut() {
            Some(cluster) if bidi_class(c) == BidiClass::NSM => cluster.push(c),
            _ => clusters.push(mirrored(c).to_string()),
        }
    }
    clusters.into_iter().rev().collect()
}

/// Marks that only steer the algorithm; it has run, and they must not be drawn.
fn is_direction_mark(c: char) -> bool {
    matches!(
        c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

/// The characters with a mirrored partner that occur in names, dates and measurements
/// (BidiMirroring.txt of the Unicode character database).
fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 16] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('<', '>'),
        ('«', '»'),
        ('‹', '›'),
        ('≤', '≥'),
        ('⁅', '⁆'),
        ('⁽', '⁾'),
        ('₍', '₎'),
        ('〈', '〉'),
        ('《', '》'),
        ('「', '」'),
        ('『', '』'),
        ('【', '】'),
        ('⟨', '⟩'),
    ];
    PAIRS
        .iter()
        .find_map(|&(open, close)| match c {
            _ if c == open => Some(close),
            _ if c == close => Some(open),
            _ => None,
        })
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader sees from left to right: right-to-left runs backwards, as the shaper draws
    /// them (brackets within letters' runs do not occur).
    fn on_screen(line: &str, base: BaseDirection) -> String {
        visual_runs_from(line, base)
            .iter()
            .map(|run| {
                if run.right_to_left {
                    run.text.chars().rev().collect()
                } else {
                    run.text.clone()
                }
            })
            .collect()
    }

    fn seen(line: &str) -> String {
        on_screen(line, BaseDirection::FirstLetter)
    }

    fn reversed(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn forty_five_beside_arabic_never_reads_fifty_four() {
        let line = "المريض John Smith 45 سنة";
        assert_eq!(
            seen(line),
            format!("{} John Smith 45 {}", reversed("سنة"), reversed("المريض"))
        );
        for number in ["45", "12.03.1972", "2026-11-21", "004711", "-612", "3,5"] {
            for line in [
                format!("فاطمة {number}"),
                format!("{number} فاطمة"),
                format!("ID {number} פלוני"),
                format!("שם {number} שם"),
            ] {
                let seen = seen(&line);
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                let seen_digits: String = seen.chars().filter(char::is_ascii_digit).collect();
                // Parts of a date may change places in an Arabic sentence; digits of one never.
                for part in number.split(|c: char| !c.is_ascii_digit()) {
                    assert!(seen.contains(part), "{line}: {seen}");
                }
                assert_eq!(seen_digits.len(), digits.len());
            }
        }
    }

    #[test]
    fn a_modality_before_arabic_stays_on_its_left_and_the_arabic_is_one_joined_run() {
        let runs = visual_runs("CT الصدر");
        assert_eq!(
            runs,
            [
                Run {
                    text: "CT ".into(),
                    right_to_left: false
                },
                Run {
                    text: "الصدر".into(),
                    right_to_left: true
                },
            ]
        );
    }

    #[test]
    fn the_words_of_an_arabic_or_hebrew_name_run_from_right_to_left() {
        for name in ["فاطمة بنعلي", "שרון דוד", "قباني^لنزار"] {
            assert_eq!(seen(name), reversed(name), "{name}");
            // … although a space comes from another font face: it is a run of its own.
            assert!(
                visual_runs(name)
                    .iter()
                    .all(|run| { !run.right_to_left || run.text.chars().all(char::is_alphabetic) })
            );
        }
    }

    #[test]
    fn a_form_in_english_keeps_its_order_when_it_begins_with_an_arabic_name() {
        let line = "\u{2068}فاطمة\u{2069} · F 54 y · 12.03.1972 · ID 004711";
        assert_eq!(
            on_screen(line, BaseDirection::LeftToRight),
            format!("{} · F 54 y · 12.03.1972 · ID 004711", reversed("فاطمة"))
        );
        // Without the isolate, a number right after the name would be drawn on its left.
        let line = "\u{2068}فاطمة\u{2069} 54";
        assert_eq!(
            on_screen(line, BaseDirection::LeftToRight),
            format!("{} 54", reversed("فاطمة"))
        );
    }

    #[test]
    fn isolated_dates_and_quantities_are_whole_inside_arabic() {
        let line = "ورم \u{2066}4 mm\u{2069} في \u{2066}2026-11-21\u{2069}";
        let seen = seen(line);
        assert!(
            seen.contains("4 mm") && seen.contains("2026-11-21"),
            "{seen}"
        );
        assert!(!seen.chars().any(is_direction_mark));
    }

    #[test]
    fn brackets_around_and_beside_right_to_left_text_open_to_the_right_side() {
        // A right-to-left line: its opening bracket is seen as ")" turned, that is "(" on the left end.
        assert_eq!(seen("(שלום)"), format!("({})", reversed("שלום")));
        assert_eq!(
            seen("שלום (דוד)"),
            format!("({}) {}", reversed("דוד"), reversed("שלום"))
        );
        assert_eq!(
            seen("CT (الصدر) 2"),
            format!("CT ({}) 2", reversed("الصدر"))
        );
        assert_eq!(seen("שלום [45]"), format!("[45] {}", reversed("שלום")));
    }

    #[test]
    fn arabic_indic_digits_are_drawn_one_by_one_from_left_to_right() {
        for digits in ["٤٥", "۴۵"] {
            let runs = visual_runs(&format!("سنة {digits}"));
            let found: Vec<&str> = runs.iter().map(|run| run.text.as_str()).take(2).collect();
            let expected: Vec<String> = digits.chars().map(String::from).collect();
            assert_eq!(found, expected);
            assert!(runs.iter().take(2).all(|run| !run.right_to_left));
        }
    }

    #[test]
    fn vowel_marks_stay_behind_their_letters_in_the_run() {
        let runs = visual_runs("שָׁלוֹם");
        assert_eq!(
            runs,
            [Run {
                text: "שָׁלוֹם".into(),
                right_to_left: true
            }]
        );
    }

    #[test]
    fn text_without_right_to_left_letters_is_one_run_as_it_was() {
        for line in [
            "Müller^Jörg 45 (2)",
            "Nguyễn Thị",
            "Ямада 山田 ﾔﾏﾀﾞ 김희중",
            "−612 HU",
        ] {
            assert!(!has_right_to_left(line));
            assert_eq!(
                visual_runs(line),
                [Run {
                    text: line.into(),
                    right_to_left: false
                }]
            );
        }
        assert!(visual_runs("").is_empty());
        assert!(has_right_to_left("CT الصدر"));
    }

    #[test]
    fn hostile_marks_neither_hide_nor_stay() {
        let line = "\u{202E}abc\u{2069}\u{2069}\u{202C}\u{2067}1(2";
        let drawn: String = seen(line);
        assert!(!drawn.chars().any(is_direction_mark));
        assert_eq!(drawn.chars().filter(char::is_ascii_alphanumeric).count(), 5);
        // An unbalanced pile of embeddings returns, too.
        let pile = "\u{202B}".repeat(500) + "א1";
        assert_eq!(seen(&pile).chars().count(), 2);
    }
}
