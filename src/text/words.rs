//! Messages, numbers and dates in one language.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

use super::Language;
use super::bidi::has_right_to_left;
use super::catalogue::CATALOGUES;
use super::dates::AgeUnit;
use super::dates::Date;
use super::dates::format_time;
use super::dates::parse_age;
use super::number::NO_BREAK_SPACE;
use super::number::format_number;
use super::number::format_number_up_to;

use crate::problem::Arg;
use crate::problem::Message;
use crate::problem::MessageId;
use crate::problem::Problem;
use crate::problem::msg;

/// A message's own numbers show at most so many decimals unless its `NUMBER(…)` says otherwise.
const DEFAULT_DECIMALS: usize = 3;
/// Messages within messages, at most.
const MAX_NESTING: usize = 8;

/// Turns messages into sentences of one language. `Send + Sync`; made once and shared.
///
/// A text argument with right-to-left letters is set in a first-strong isolate (U+2068 … U+2069)
/// so that an Arabic name cannot pull the numbers beside it to its other side; who draws such a
/// sentence goes through [`super::visual_runs`], which honours and removes the marks. A sentence
/// without such letters has no marks.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({})", self.language.code())
    }
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let catalogues = CATALOGUES
            .iter()
            .filter(|catalogue| catalogue.language == language.code());
        Self::from_sources(language, catalogues.map(|catalogue| catalogue.source))
    }

    /// The words of a language, made once.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        static ENGLISH: OnceLock<Words> = OnceLock::new();
        static FRENCH: OnceLock<Words> = OnceLock::new();
        let words = match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        };
        words.get_or_init(|| Self::new(language))
    }

    /// The words of the system's language, made once.
    #[must_use]
    pub fn system() -> &'static Self {
        Self::of(Language::of_the_system())
    }

    fn from_sources<'a>(language: Language, sources: impl Iterator<Item = &'a str>) -> Self {
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolates go around right-to-left arguments only (see `fluent_args`): everywhere else
        // they would be dead weight in labels, file names and terminals.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::English => |value, _| format_fluent_number(value, Language::English),
            Language::French => |value, _| format_fluent_number(value, Language::French),
        }));
        bundle.set_transform(match language {
            Language::English => None,
            Language::French => Some(kept_together),
        });
        if let Err(error) = bundle.add_builtins() {
            tracing::error!(%error, "Fluent without its functions");
        }
        for source in sources {
            // What can be read of a broken catalogue still speaks; a test refuses broken ones.
            let resource =
                FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(?errors, language = language.code(), "catalogue");
            }
        }
        Self { language, bundle }
    }

    /// The language they are in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence. An id that no catalogue holds comes back as itself.
    #[must_use]
    pub fn get(&self, message: &Message) -> String {
        self.get_nested(message, 0)
    }

    /// The sentence of an id without arguments.
    #[must_use]
    pub fn id(&self, id: MessageId) -> String {
        self.format(id, None)
    }

    /// The sentence of a problem, followed by the file it happened to.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> String {
        let sentence = self.get(&problem.message);
        match &problem.path {
            None => sentence,
            Some(path) => self.get(
                &Message::new(msg("problem-at-path"))
                    .text("problem", sentence)
                    .text("path", path.display().to_string()),
            ),
        }
    }

    fn get_nested(&self, message: &Message, depth: usize) -> String {
        let mut args = FluentArgs::with_capacity(message.args.len());
        for (name, arg) in &message.args {
            let value = match arg {
                Arg::Text(text) => FluentValue::String(isolated(text)),
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Message(inner) if depth < MAX_NESTING => {
                    FluentValue::String(self.get_nested(inner, depth + 1).into())
                }
                Arg::Message(inner) => FluentValue::String(inner.id.0.into()),
            };
            args.set(*name, value);
        }
        self.format(message.id, Some(&args))
    }

    fn format(&self, id: MessageId, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = self
            .bundle
            .get_message(id.0)
            .and_then(|message| message.value());
        let Some(pattern) = pattern else {
            tracing::error!(
                id = id.0,
                language = self.language.code(),
                "no such message"
            );
            return id.0.to_owned();
        };
        let mut errors = Vec::new();
        let sentence = self.bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id = id.0, ?errors, "message with missing arguments");
        }
        sentence.into_owned()
    }

    /// A number with exactly so many decimals: `−612`, `12.4`, `12,4`, `10 000`.
    #[must_use]
    pub fn number(&self, value: f64, decimals: usize) -> String {
        format_number(value, decimals, self.language.decimal_sign())
    }

    /// A number with as many decimals as it needs, at most so many.
    #[must_use]
    pub fn number_up_to(&self, value: f64, decimals: usize) -> String {
        format_number_up_to(value, decimals, self.language.decimal_sign())
    }

    /// A number and its unit, kept on one line: `12.4 mm`; `90°` without a space; the bare number
    /// when there is no unit.
    #[must_use]
    pub fn with_unit(&self, value: f64, decimals: usize, unit: &str) -> String {
        let mut text = self.number(value, decimals);
        if !unit.is_empty() && !unit.starts_with('°') {
            text.push(NO_BREAK_SPACE);
        }
        text.push_str(unit);
        text
    }

    /// A DICOM date (DA) that nobody can misread: `21 Nov 2026`, `21 nov. 2026`; what is no
    /// date, as it is.
    #[must_use]
    pub fn date(&self, da: &str) -> String {
        Date::parse(da).map_or_else(
            || da.trim().to_owned(),
            |date| {
                self.get(
                    &Message::new(msg("date"))
                        .number("day", date.day.into())
                        .number("month", date.month.into())
                        .number("year", date.year.into()),
                )
            },
        )
    }

    /// A DICOM time (TM): `14:05`, `14:05:09`; what is no time, as it is.
    #[must_use]
    pub fn time(&self, tm: &str) -> String {
        format_time(tm).unwrap_or_else(|| tm.trim().to_owned())
    }

    /// Date and time; either may be empty.
    #[must_use]
    pub fn date_time(&self, da: &str, tm: &str) -> String {
        let (date, time) = (self.date(da), self.time(tm));
        match (date.is_empty(), time.is_empty()) {
            (false, false) => format!("{date}{NO_BREAK_SPACE}{time}"),
            _ => date + &time,
        }
    }

    /// A DICOM age (AS): `54 y`, `54 a`; what is no age, as it is.
    #[must_use]
    pub fn age(&self, age: &str) -> String {
        let Some((value, unit)) = parse_age(age) else {
            return age.trim().to_owned();
        };
        let id = match unit {
            AgeUnit::Days => msg("age-days"),
            AgeUnit::Weeks => msg("age-weeks"),
            AgeUnit::Months => msg("age-months"),
            AgeUnit::Years => msg("age-years"),
        };
        self.get(&Message::new(id).number("value", value.into()))
    }

    /// A number of bytes: `512 B`, `1.4 MB`, `200 Mo` (decimal multiples).
    #[must_use]
    pub fn bytes(&self, bytes: u64) -> String {
        let (unit, value, decimals) = in_unit(bytes);
        self.get(&Message::new(unit).text("value", self.number(value, decimals)))
    }

    /// How long: `340 ms`, `1.2 s`, `12 s`, `3 min 20 s`, `1 h 5 min`.
    #[must_use]
    pub fn duration(&self, duration: Duration) -> String {
        let seconds = duration.as_secs_f64();
        if seconds < 0.9995 {
            self.with_unit(seconds * 1000.0, 0, "ms")
        } else if seconds < 9.95 {
            self.with_unit(seconds, 1, "s")
        } else {
            let whole = seconds.round();
            let two = |large: f64, large_unit, small: f64, small_unit| {
                let mut text = self.with_unit(large, 0, large_unit);
                if small > 0.0 {
                    text.push(NO_BREAK_SPACE);
                    text += &self.with_unit(small, 0, small_unit);
                }
                text
            };
            if whole < 60.0 {
                self.with_unit(whole, 0, "s")
            } else if whole < 3600.0 {
                two((whole / 60.0).floor(), "min", whole % 60.0, "s")
            } else {
                let minutes = (whole / 60.0).round();
                two((minutes / 60.0).floor(), "h", minutes % 60.0, "min")
            }
        }
    }
}

/// Parts of a line, in their order whatever the direction of each.
#[must_use]
pub fn in_a_row<'a>(parts: impl IntoIterator<Item = &'a str>, between: &str) -> String {
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let parts: Vec<Cow<'_, str>> = parts.map(isolated).collect();
    parts.join(between)
}

/// Right-to-left text in an isolate; anything else as it is.
fn isolated(text: &str) -> Cow<'_, str> {
    if has_right_to_left(text) {
        Cow::Owned(format!("\u{2068}{text}\u{2069}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn format_fluent_number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let least = number.options.minimum_fraction_digits.unwrap_or(0);
    let most = number
        .options
        .maximum_fraction_digits
        .unwrap_or(DEFAULT_DECIMALS)
        .max(least);
    let sign = language.decimal_sign();
    let short = format_number_up_to(number.value, most, sign);
    let decimals = short.split_once(sign).map_or(0, |(_, digits)| digits.len());
    Some(if decimals < least {
        format_number(number.value, least, sign)
    } else {
        short
    })
}

/// A number of bytes as a part of a sentence, in the unit it has by itself.
#[must_use]
pub fn size(bytes: u64) -> Message {
    let (unit, value, decimals) = in_unit(bytes);
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    Message::new(unit).number("value", (value * scale).round() / scale)
}

/// The unit of a number of bytes (decimal multiples), how many of it, and decimals to be shown.
fn in_unit(bytes: u64) -> (MessageId, f64, usize) {
    const UNITS: [MessageId; 5] = [
        msg("bytes"),
        msg("bytes-kilo"),
        msg("bytes-mega"),
        msg("bytes-giga"),
        msg("bytes-tera"),
    ];
    let mut value = bytes as f64;
    let mut units = UNITS.iter().peekable();
    let mut unit = msg("bytes");
    while let Some(&next) = units.next() {
        unit = next;
        if value < 999.5 || units.peek().is_none() {
            break;
        }
        value /= 1000.0;
    }
    let decimals = usize::from(value < 9.95 && bytes >= 1000);
    (unit, value, decimals)
}

/// French puts a space before high punctuation and within its quotes; no line breaks there.
fn kept_together(text: &str) -> Cow<'_, str> {
    let mut kept = Cow::Borrowed(text);
    for (spaced, mark) in [
        (" :", ":"),
        (" ;", ";"),
        (" !", "!"),
        (" ?", "?"),
        (" »", "»"),
    ] {
        if kept.contains(spaced) {
            kept = kept
                .replace(spaced, &format!("{NO_BREAK_SPACE}{mark}"))
                .into();
        }
    }
    if kept.contains("« ") {
        kept = kept.replace("« ", &format!("«{NO_BREAK_SPACE}")).into();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_french_line_does_not_begin_with_a_colon() {
        let source = "said = { $node } : « { $what } » ; ah ! ?\n";
        let message = Message::new(msg("said"));
        let message = message.text("node", "PACS : 1").text("what", "x");
        let french = words(source, Language::French).get(&message);
        // What is not of the catalogue stays as it is.
        assert_eq!(
            french,
            "PACS : 1\u{a0}: «\u{a0}x\u{a0}»\u{a0}; ah\u{a0}!\u{a0}?"
        );
        let english = words(source, Language::English).get(&message);
        assert_eq!(english, "PACS : 1 : « x » ; ah ! ?");
    }

    fn words(source: &str, language: Language) -> Words {
        Words::from_sources(language, std::iter::once(source))
    }

    #[test]
    fn parts_of_a_line_keep_their_order_whatever_the_direction_of_each() {
        let line = in_a_row(["حسن, علي", "", "CT", "TDM"], " · ");
        let seen: Vec<String> = crate::text::visual_runs(&line)
            .into_iter()
            .map(|run| run.text)
            .collect();
        let place = |part: &str| seen.iter().position(|run| run.contains(part));
        assert!(place("علي").is_some());
        assert!(place("علي") < place("CT"), "{seen:?}");
        assert_eq!(seen.concat().matches('·').count(), 2);
    }

    #[test]
    fn a_message_takes_texts_numbers_and_other_messages() {
        let words = words(
            "outer = { $file }: { $reason }\ninner = { $count ->\n    [one] one slice\n   *[other] { $count } slices\n }",
            Language::English,
        );
        let inner = |count| Message::new(MessageId("inner")).count("count", count);
        let outer = |count| {
            Message::new(MessageId("outer"))
                .text("file", "a.dcm")
                .message("reason", inner(count))
        };
        assert_eq!(words.get(&outer(1)), "a.dcm: one slice");
        assert_eq!(words.get(&outer(12_345)), "a.dcm: 12\u{202F}345 slices");
    }

    #[test]
    fn numbers_inside_sentences_follow_the_language() {
        let source =
            "a = { $x } mm\nb = { NUMBER($x, minimumFractionDigits: 2, maximumFractionDigits: 2) }";
        let a = Message::new(MessageId("a")).number("x", 12.5);
        let b = Message::new(MessageId("b")).number("x", -12.5);
        assert_eq!(words(source, Language::English).get(&a), "12.5 mm");
        assert_eq!(words(source, Language::French).get(&a), "12,5 mm");
        assert_eq!(words(source, Language::French).get(&b), "−12,50");
    }

    #[test]
    fn a_message_nobody_wrote_shows_its_id_and_an_endless_one_ends() {
        let words = words("a = { $x }", Language::English);
        assert_eq!(words.id(MessageId("not-there")), "not-there");
        let mut endless = Message::new(MessageId("a")).text("x", "end");
        for _ in 0..100 {
            endless = Message::new(MessageId("a")).message("x", endless);
        }
        assert_eq!(words.get(&endless), "a");
        assert!(words.id(MessageId("a")).contains('x'));
    }

    #[test]
    fn only_right_to_left_arguments_are_isolated() {
        let words = words("who = { $name }: { $n }", Language::English);
        let who = |name: &str| {
            words.get(
                &Message::new(MessageId("who"))
                    .text("name", name)
                    .count("n", 45),
            )
        };
        assert_eq!(who("BENALI, Fatima"), "BENALI, Fatima: 45");
        assert_eq!(who("فاطمة"), "\u{2068}فاطمة\u{2069}: 45");
    }

    #[test]
    fn dates_and_ages_cannot_be_misread() {
        let english = Words::new(Language::English);
        let french = Words::new(Language::French);
        assert_eq!(english.date("20261121"), "21\u{A0}Nov\u{A0}2026");
        assert_eq!(french.date("20261121"), "21\u{A0}nov.\u{A0}2026");
        assert_eq!(english.date("1972.03.01"), "1\u{A0}Mar\u{A0}1972");
        assert_eq!(french.date("20260801"), "1\u{A0}août\u{A0}2026");
        assert_eq!(english.date("202611"), "202611");
        assert_eq!(english.age("054Y"), "54\u{A0}y");
        assert_eq!(french.age("054Y"), "54\u{A0}a");
        assert_eq!(french.age("010D"), "10\u{A0}j");
        assert_eq!(english.age("unknown"), "unknown");
        assert_eq!(
            english.date_time("20261121", "140509.1"),
            "21\u{A0}Nov\u{A0}2026\u{A0}14:05:09"
        );
        assert_eq!(english.date_time("", "1405"), "14:05");
        let months: std::collections::BTreeSet<String> = (1..=12)
            .map(|month| french.date(&format!("2026{month:02}05")))
            .collect();
        assert_eq!(months.len(), 12);
    }

    #[test]
    fn sizes_and_durations_are_short_and_true() {
        let english = Words::new(Language::English);
        let french = Words::new(Language::French);
        assert_eq!(english.bytes(0), "0\u{A0}B");
        assert_eq!(english.bytes(999), "999\u{A0}B");
        assert_eq!(english.bytes(1400), "1.4\u{A0}kB");
        assert_eq!(english.bytes(999_999), "1.0\u{A0}MB");
        assert_eq!(french.bytes(209_715_200), "210\u{A0}Mo");
        assert_eq!(english.bytes(u64::MAX), "18\u{202F}446\u{202F}744\u{A0}TB");
        let duration = |ms| english.duration(Duration::from_millis(ms));
        assert_eq!(duration(340), "340\u{A0}ms");
        assert_eq!(duration(1_240), "1.2\u{A0}s");
        assert_eq!(duration(9_970), "10\u{A0}s");
        assert_eq!(duration(59_700), "1\u{A0}min");
        assert_eq!(duration(200_000), "3\u{A0}min\u{A0}20\u{A0}s");
        assert_eq!(duration(3_599_900), "1\u{A0}h");
        assert_eq!(duration(3_900_000), "1\u{A0}h\u{A0}5\u{A0}min");
        assert_eq!(french.duration(Duration::from_millis(1_240)), "1,2\u{A0}s");
    }

    #[test]
    fn units_stay_with_their_numbers() {
        let english = Words::new(Language::English);
        assert_eq!(english.with_unit(-612.0, 0, "HU"), "−612\u{A0}HU");
        assert_eq!(english.with_unit(90.0, 1, "°"), "90.0°");
        assert_eq!(english.with_unit(5.0, 0, ""), "5");
    }

    #[test]
    fn a_problem_names_its_file_after_what_happened() {
        let english = words(
            "problem-at-path = { $problem } — { $path }\nbad = Cannot read it",
            Language::English,
        );
        let problem = Problem::error(Message::new(MessageId("bad"))).at("/a/b.dcm");
        assert_eq!(english.problem(&problem), "Cannot read it — /a/b.dcm");
    }
}
