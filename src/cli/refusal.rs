//! Why a command line was refused, in the reader's language.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::problem::{Message, msg};
use crate::text::Words;

/// The sentence, and how it is used; `None` for what is no refusal (help, version).
pub(super) fn refusal(error: &clap::Error, words: &Words) -> Option<String> {
    if !error.use_stderr() {
        return None;
    }
    let mut lines = vec![words.get(&sentence(error))];
    let tip = suggestion(error).map(|value| Message::new(msg("cli-meant")).text("value", value));
    lines.extend(tip.map(|tip| words.get(&tip)));
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim().trim_start_matches("Usage:").trim_start();
        lines.push(format!("{}\n       {usage}", words.id(msg("help-usage"))));
    }
    lines.push(words.id(msg("cli-try-help")));
    Some(lines.join("\n"))
}

fn sentence(error: &clap::Error) -> Message {
    let option = || text(error, ContextKind::InvalidArg);
    let value = || text(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value().is_empty() => {
            Message::new(msg("cli-no-value")).text("option", option())
        }
        ErrorKind::InvalidValue => Message::new(msg("cli-not-a-choice"))
            .text("option", option())
            .text("value", value())
            .text("values", text(error, ContextKind::ValidValue)),
        ErrorKind::ValueValidation => Message::new(msg("cli-bad-option"))
            .text("option", option())
            .text("value", value()),
        ErrorKind::UnknownArgument => {
            Message::new(msg("cli-unknown-option")).text("option", option())
        }
        ErrorKind::InvalidSubcommand => Message::new(msg("cli-unknown-command"))
            .text("command", text(error, ContextKind::InvalidSubcommand)),
        ErrorKind::ArgumentConflict => conflict(option(), text(error, ContextKind::PriorArg)),
        ErrorKind::MissingRequiredArgument => {
            Message::new(msg("cli-missing")).text("options", option())
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Message::new(msg("cli-missing-command"))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Message::new(msg("cli-number-of-values")).text("option", option())
        }
        ErrorKind::InvalidUtf8 => Message::new(msg("cli-not-text")),
        _ => Message::new(msg("cli-refused")).text("detail", error.kind().to_string()),
    }
}

fn conflict(option: String, other: String) -> Message {
    if other.is_empty() || other == option {
        Message::new(msg("cli-twice")).text("option", option)
    } else {
        Message::new(msg("cli-conflict"))
            .text("option", option)
            .text("other", other)
    }
}

fn suggestion(error: &clap::Error) -> Option<String> {
    let kinds = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
        ContextKind::SuggestedSubcommand,
    ];
    let suggested = kinds.into_iter().map(|kind| text(error, kind));
    suggested.into_iter().find(|text| !text.is_empty())
}

/// What clap says of the error under this name, as words without style.
fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::StyledStrs(texts)) => {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            texts.join(", ")
        }
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::{Arguments, help};
    use crate::text::Language;

    fn refused(language: Language, arguments: &[&str]) -> String {
        let words = Words::of(language);
        let command = help::localised(Arguments::command(), words);
        let all = std::iter::once("isocentre").chain(arguments.iter().copied());
        let error = command.try_get_matches_from(all).unwrap_err();
        refusal(&error, words).unwrap()
    }

    #[test]
    fn a_refusal_names_the_option_the_value_and_the_choices() {
        let text = refused(
            Language::English,
            &["render", "x", "--out", "y", "--view", "axail"],
        );
        for part in ["--view", "“axail”", "axial, coronal", "axial?"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_french_refusal_has_no_english_in_it() {
        let cases: [&[&str]; 8] = [
            &["render", "x", "--view", "foo"],
            &["render"],
            &["render", "x", "--nope"],
            &["render", "x", "--out", "y", "--index", "a"],
            &["render", "x", "--out", "y", "--index", "2", "--at", "1,2,3"],
            &["info", "x", "--json", "--json"],
            &["render", "x", "--out"],
            &["report"],
        ];
        for arguments in cases {
            let text = refused(Language::French, arguments);
            for english in [
                "error", "Usage", "For more", "invalid", "required", "cannot", "tip:", "Print",
            ] {
                assert!(!text.contains(english), "{english} in {text}");
            }
            assert!(text.contains("--help"), "{text}");
        }
    }

    #[test]
    fn help_itself_is_no_refusal() {
        let command = help::localised(Arguments::command(), Words::of(Language::French));
        let error = command
            .try_get_matches_from(["isocentre", "--help"])
            .unwrap_err();
        assert_eq!(refusal(&error, Words::of(Language::French)), None);
    }
}
