//! The names new annotations get, in the reader's language: `Length 1`, `Ellipse 2`. One row of
//! numbers for all kinds, so that a number alone names one annotation of a study.

use std::sync::LazyLock;

use crate::annotation::AnnotationKind;
use crate::problem::{Message, MessageId, msg};
use crate::text::{Language, Words};

/// The name of every kind with its number.
const LABELS: [(AnnotationKind, MessageId); 7] = [
    (AnnotationKind::Probe, msg("label-probe")),
    (AnnotationKind::Length, msg("label-length")),
    (AnnotationKind::Angle, msg("label-angle")),
    (AnnotationKind::EllipseRoi, msg("label-ellipse")),
    (AnnotationKind::RectangleRoi, msg("label-rectangle")),
    (AnnotationKind::Arrow, msg("label-arrow")),
    (AnnotationKind::Other, msg("label-other")),
];

/// Stands for the number while a label is taken apart.
const MARK: char = '\u{1}';

/// What stands before and behind the number, in every language.
static PATTERNS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let with_mark = |language: Language, id: MessageId| {
        Words::of(language).get(&Message::new(id).text("number", MARK.to_string()))
    };
    let all = Language::ALL
        .into_iter()
        .flat_map(|language| LABELS.map(|(_, id)| with_mark(language, id)));
    all.filter_map(|text| {
        let (before, behind) = text.split_once(MARK)?;
        Some((before.to_owned(), behind.to_owned()))
    })
    .collect()
});

/// The number in a label that nobody has changed.
fn number(label: &str) -> Option<u32> {
    let bare = |text: &str| text.parse().ok();
    bare(label).or_else(|| {
        PATTERNS.iter().find_map(|(before, behind)| {
            let rest = label.strip_prefix(before.as_str())?;
            bare(rest.strip_suffix(behind.as_str())?)
        })
    })
}

/// Whether a label is one of these, in any language, and says nothing the drawing does not.
#[must_use]
pub fn is_default_label(label: &str) -> bool {
    number(label).is_some()
}

/// A name for a new annotation beside these labels.
pub(super) fn next_label<'a>(
    kind: AnnotationKind,
    taken: impl Iterator<Item = &'a str>,
    language: Language,
) -> String {
    let highest = taken.filter_map(number).max().unwrap_or(0);
    let id = LABELS
        .iter()
        .find(|(of, _)| *of == kind)
        .map_or(msg("label-other"), |(_, id)| *id);
    let number = highest.saturating_add(1).to_string();
    Words::of(language).get(&Message::new(id).text("number", number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_all_kinds_and_languages_are_one_row() {
        let taken = ["Length 1", "Ellipse 4", "Lesion 9", "2"];
        let next = |language| next_label(AnnotationKind::Angle, taken.into_iter(), language);
        assert_eq!(next(Language::English), "Angle 5");
        let first = next_label(
            AnnotationKind::Length,
            ["Angle 6"].into_iter(),
            Language::French,
        );
        assert_eq!(first, "Longueur 7");
    }

    #[test]
    fn a_name_the_reader_gave_is_no_default() {
        assert!(is_default_label("Longueur 7") && is_default_label("3"));
        assert!(!is_default_label("Lesion 1") && !is_default_label("Length of liver"));
        assert!(!is_default_label("") && !is_default_label("Length "));
    }
}
