//! Whether something found is what was asked for, judged here: nodes read keys more loosely, or
//! not at all.

use super::StudyMatch;
use super::StudyQuery;
use super::plain::plain;
use super::plain::plain_in_german;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::model::DateRange;
use crate::model::Level;

impl StudyQuery {
    /// Whether a match is what this query asks for. What the other side does not say is taken for
    /// a match, but for the name, the Patient ID and the date of birth of a study or patient; answers
    /// below that level do not say whose they are.
    #[must_use]
    pub fn admits(&self, found: &StudyMatch) -> bool {
        let e = found.dataset.elements();
        let spellings = e.text(tags::PATIENT_NAME);
        let name = spellings.as_deref().unwrap_or(&found.patient_name);
        let is_unsaid = |asked: &str, said: &str| asked.trim().is_empty() || said.is_empty();
        let is_below = matches!(self.level, Level::Series | Level::Instance);
        (is_below && name.is_empty() || has_words(name, &self.patient_name))
            && (self.patient_id.trim().is_empty()
                || is_below && found.patient_id.is_empty()
                || fits_glob(&plain(&self.patient_id), &plain(&found.patient_id)))
            && (is_unsaid(&self.accession_number, &found.accession_number)
                || fits_glob(
                    &plain(&self.accession_number),
                    &plain(&found.accession_number),
                ))
            && (is_unsaid(&self.study_description, &found.study_description)
                || has_words(&found.study_description, &self.study_description))
            && found.study_date.is_none_or(|day| self.study_date.has(day))
            && is_any_of(&self.modalities, &found.modalities)
            && is_one_of(&self.study_uids, &found.study_uid)
            && is_one_of(&self.series_uids, &found.series_uid)
            && is_one_of(&self.instance_uids, &found.sop_instance_uid)
            && (self.other.iter()).all(|(tag, asked)| self.admits_other(e, *tag, asked))
    }

    /// Of a further key.
    fn admits_other(&self, said: Elements<'_>, tag: Tag, asked: &str) -> bool {
        if asked.trim().is_empty() {
            return true;
        }
        // Who does not say when patients were born would give all there are.
        let is_needed =
            tag == tags::PATIENT_BIRTH_DATE && matches!(self.level, Level::Patient | Level::Study);
        if !said.has(tag) {
            return !is_needed;
        }
        let texts = said.texts(tag);
        let is_any = |fits: &dyn Fn(&str) -> bool| texts.iter().any(|one| fits(one));
        match said.representation(tag) {
            Some("PN") => {
                is_any(&|name| has_words(name, asked) || fits_glob(&plain(asked), &plain(name)))
            }
            Some("DA") => match (DateRange::parse(asked), said.date(tag)) {
                (Some(range), Some(day)) => range.has(day),
                _ => !is_needed,
            },
            // Ranges of times, and what is in items, the node compared.
            Some("TM" | "DT" | "SQ") | None => true,
            Some("UI") => is_any(&|uid| asked.split('\\').any(|asked| asked == uid)),
            Some(_) => is_any(&|text| {
                let numbers = (asked.trim().parse::<f64>(), text.parse::<f64>());
                fits_glob(&plain(asked), &plain(text))
                    || matches!(numbers, (Ok(asked), Ok(said)) if asked == said)
            }),
        }
    }
}

fn is_any_of(asked: &[String], said: &[String]) -> bool {
    asked.is_empty()
        || said.iter().all(String::is_empty)
        || said
            .iter()
            .any(|one| asked.iter().any(|asked| asked.eq_ignore_ascii_case(one)))
}

fn is_one_of(asked: &[String], said: &str) -> bool {
    asked.is_empty() || said.is_empty() || asked.iter().any(|asked| asked == said)
}

/// Whether every word that was typed is somewhere in a text, in any order. A word with a wildcard
/// must be a whole word of the text, or fit all of it.
#[must_use]
pub fn has_words(text: &str, typed: &str) -> bool {
    let forms = [plain(text), plain_in_german(text)];
    words(typed).all(|word| {
        [plain(word), plain_in_german(word)].iter().any(|word| {
            forms.iter().any(|text| {
                if word.contains(['*', '?']) {
                    fits_glob(word, text) || words(text).any(|part| fits_glob(word, part))
                } else {
                    text.contains(word.as_str())
                }
            })
        })
    })
}

/// The words of what was typed, or of a name in any spelling.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '^' | '=' | ',' | ';' | '\\'))
        .filter(|word| !word.is_empty())
}

/// `*` stands for any letters, `?` for one (PS3.4 C.2.2.2.4).
fn fits_glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.trim().chars().collect();
    let text: Vec<char> = text.trim().chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how much of the text it takes so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken += 1;
                    (p, t) = (*at + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::DatasetBuilder;
    use crate::dicom::Date;

    #[test]
    fn words_of_a_name_are_found_in_any_order_and_spelling() {
        for (name, typed) in [
            ("BENALI^FATIMA", "fatima benali"),
            ("Müller^Jörg", "MULLER jorg"),
            ("MUELLER^JOERG", "Müller"),
            ("MULLER^J", "Müller"),
            ("فاطمة^بن علي", "بن فاطمه"),
            ("Yamada^Tarou=山田^太郎", "太郎"),
            ("BENALI^FATIMA", "ben* fat?ma"),
            ("BENALI^FATIMA", "benali^f*"),
            ("BENALI^FATIMA", ""),
        ] {
            assert!(has_words(name, typed), "{typed} in {name}");
        }
        for (name, typed) in [
            ("BENALI^FATIMA", "benali karim"),
            ("BENALI^FATIMA", "enali*"),
            ("BENALI^FATIMA", "f?ma"),
            ("", "x"),
        ] {
            assert!(!has_words(name, typed), "{typed} in {name}");
        }
    }

    #[test]
    fn wildcards_are_those_of_the_standard() {
        for (pattern, text) in [
            ("*", ""),
            ("a*c", "abbc"),
            ("a?c", "abc"),
            ("*b*b*", "abcb"),
            ("", ""),
        ] {
            assert!(fits_glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a?c", "ac"), ("a*c", "ab"), ("?", ""), ("ab", "abc")] {
            assert!(!fits_glob(pattern, text), "{pattern} {text}");
        }
        // Many stars do not take time that grows with their number's power.
        assert!(!fits_glob(&"*a".repeat(30), &"a".repeat(29)));
    }

    #[test]
    fn a_node_that_ignores_a_key_adds_nothing() {
        let found = |id: &str, day: &str, modality: &str| {
            let mut builder = DatasetBuilder::new();
            builder
                .text(tags::PATIENT_ID, id)
                .text(tags::STUDY_DATE, day)
                .text(tags::MODALITIES_IN_STUDY, modality);
            StudyMatch::from_dataset(builder.into_dataset())
        };
        let query = StudyQuery {
            patient_id: "12*".into(),
            study_date: DateRange {
                from: Date::parse("20260101"),
                to: Date::parse("20260131"),
            },
            modalities: vec!["CT".into(), "MR".into()],
            ..StudyQuery::default()
        };
        assert!(query.admits(&found("123", "20260131", "MR")));
        assert!(query.admits(&found("123", "", "")));
        assert!(!query.admits(&found("123", "20260201", "MR")));
        assert!(!query.admits(&found("123", "20251231", "MR")));
        assert!(!query.admits(&found("321", "20260131", "MR")));
        assert!(!query.admits(&found("123", "20260131", "US")));
        assert!(!query.admits(&found("", "20260131", "CT")));
    }

    #[test]
    fn another_date_of_birth_is_another_patient_even_where_the_node_ignores_that_key() {
        let born = |day: &str| {
            let mut builder = DatasetBuilder::new();
            builder.text(tags::PATIENT_BIRTH_DATE, day);
            StudyMatch::from_dataset(builder.into_dataset())
        };
        let query = |level, day: &str| StudyQuery {
            level,
            other: vec![(tags::PATIENT_BIRTH_DATE, day.into())],
            ..StudyQuery::default()
        };
        let day = query(Level::Study, "19720312");
        assert!(day.admits(&born("19720312")));
        for other in ["19720313", "19271203", "1972", ""] {
            assert!(!day.admits(&born(other)), "{other}");
        }
        let year = query(Level::Patient, "19720101-19721231");
        assert!(year.admits(&born("19720312")));
        assert!(!year.admits(&born("19730101")));
    }

    #[test]
    fn a_series_need_not_say_whose_it_is() {
        let query = StudyQuery {
            level: Level::Series,
            patient_name: "benali".into(),
            patient_id: "4711".into(),
            other: vec![(tags::PATIENT_BIRTH_DATE, "19720312".into())],
            ..StudyQuery::default()
        };
        assert!(query.admits(&StudyMatch::default()));
        let mut builder = DatasetBuilder::new();
        builder.text(tags::PATIENT_ID, "4712");
        let other = StudyMatch::from_dataset(builder.into_dataset());
        assert!(!query.admits(&other));
    }

    #[test]
    fn further_keys_are_judged_by_what_they_are() {
        let said = |tag, text: &str| {
            let mut builder = DatasetBuilder::new();
            builder.text(tag, text);
            StudyMatch::from_dataset(builder.into_dataset())
        };
        let admits = |tag, asked: &str, text: &str| {
            let query = StudyQuery {
                other: vec![(tag, asked.into())],
                ..StudyQuery::default()
            };
            query.admits(&said(tag, text))
        };
        for (tag, asked, text) in [
            (tags::PATIENT_SEX, "F", "F"),
            (tags::PATIENT_SEX, "F", ""),
            (tags::BODY_PART_EXAMINED, "he*", "HEAD"),
            (tags::REFERRING_PHYSICIAN_NAME, "anne", "DOE^ANNE"),
            (tags::REFERRING_PHYSICIAN_NAME, "DOE^A*", "DOE^ANNE"),
            (tags::SERIES_NUMBER, "2", "+02"),
            (tags::SOP_CLASS_UID, "1.2\\1.3", "1.3"),
        ] {
            assert!(admits(tag, asked, text), "{asked} in {text}");
        }
        for (tag, asked, text) in [
            (tags::PATIENT_SEX, "F", "M"),
            (tags::BODY_PART_EXAMINED, "HEAD", "HEADNECK"),
            (tags::REFERRING_PHYSICIAN_NAME, "anne", "DOE^JOHN"),
            (tags::SERIES_NUMBER, "2", "12"),
            (tags::SOP_CLASS_UID, "1.2", "1.2.3"),
        ] {
            assert!(!admits(tag, asked, text), "{asked} in {text}");
        }
    }
}
