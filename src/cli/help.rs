//! The words of `--help`, in the reader's language: one row a subcommand and an option, and the
//! headings that clap knows in English only.

use clap::{Arg, Command};

use crate::problem::{Message, MessageId, msg};
use crate::text::Words;

/// Subcommands (joined by blanks) with their own words.
static SUBCOMMANDS: &[(&str, MessageId)] = &[
    ("", msg("help-isocentre")),
    ("demo", msg("help-demo")),
    ("info", msg("help-info")),
    ("frames", msg("help-frames")),
    ("render", msg("help-render")),
    ("report", msg("help-report")),
    ("report new", msg("help-report-new")),
    ("report show", msg("help-report-show")),
    ("pacs", msg("help-pacs")),
    ("pacs echo", msg("help-pacs-echo")),
    ("pacs find", msg("help-pacs-find")),
    ("pacs get", msg("help-pacs-get")),
    ("pacs move", msg("help-pacs-move")),
    ("pacs send", msg("help-pacs-send")),
    ("archive", msg("help-archive")),
    ("archive import", msg("help-archive-import")),
    ("archive find", msg("help-archive-find")),
    ("archive check", msg("help-archive-check")),
    ("archive rebuild", msg("help-archive-rebuild")),
    ("archive clean", msg("help-archive-clean")),
    ("bench", msg("help-bench")),
    ("help", msg("help-help")),
];

/// Options by subcommand and id; those of a group of subcommands stand under its name.
static OPTIONS: &[(&str, &str, MessageId)] = &[
    ("", "paths", msg("help-paths-window")),
    ("info", "paths", msg("help-paths")),
    ("info", "json", msg("help-json")),
    ("frames", "file", msg("help-frames-file")),
    ("frames", "out", msg("help-frames-out")),
    ("frames", "frame", msg("help-frames-frame")),
    ("render", "paths", msg("help-paths")),
    ("render", "out", msg("help-render-out")),
    ("render", "values", msg("help-render-values")),
    ("render", "series", msg("help-render-series")),
    ("render", "view", msg("help-render-view")),
    ("render", "index", msg("help-render-index")),
    ("render", "at", msg("help-render-at")),
    ("render", "plane", msg("help-render-plane")),
    ("render", "size", msg("help-render-size")),
    ("render", "window", msg("help-render-window")),
    ("render", "preset", msg("help-render-preset")),
    ("render", "filter", msg("help-render-filter")),
    ("render", "overlays", msg("help-render-overlays")),
    ("render", "shutter", msg("help-render-shutter")),
    ("render", "presentation", msg("help-render-presentation")),
    (
        "render",
        "overlay_object",
        msg("help-render-overlay-object"),
    ),
    ("render", "renderer", msg("help-render-renderer")),
    ("report new", "paths", msg("help-report-images")),
    ("report new", "findings", msg("help-report-findings")),
    ("report new", "out", msg("help-report-out")),
    ("report new", "format", msg("help-report-format")),
    ("report new", "json", msg("help-json")),
    ("report show", "file", msg("help-report-file")),
    ("report show", "json", msg("help-json")),
    ("pacs", "node", msg("help-pacs-node")),
    ("pacs", "calling_ae", msg("help-pacs-calling-ae")),
    ("pacs", "listen", msg("help-pacs-listen")),
    ("pacs", "patience", msg("help-pacs-patience")),
    ("pacs", "tls_authorities", msg("help-pacs-tls-authorities")),
    ("pacs", "tls_certificate", msg("help-pacs-tls-certificate")),
    ("pacs", "tls_key", msg("help-pacs-tls-key")),
    ("pacs", "tls_anyone", msg("help-pacs-tls-anyone")),
    ("pacs", "move_in_clear", msg("help-pacs-move-in-clear")),
    ("pacs", "user", msg("help-pacs-user")),
    ("pacs", "token", msg("help-pacs-token")),
    ("pacs", "proxy", msg("help-pacs-proxy")),
    ("pacs", "limit_rate", msg("help-pacs-limit-rate")),
    ("pacs", "slow", msg("help-pacs-slow")),
    ("pacs", "json", msg("help-json")),
    ("pacs find", "level", msg("help-pacs-level")),
    ("pacs find", "key", msg("help-pacs-key")),
    ("pacs find", "limit", msg("help-pacs-limit")),
    ("pacs get", "study", msg("help-pacs-study")),
    ("pacs get", "series", msg("help-pacs-series")),
    ("pacs get", "via", msg("help-pacs-via")),
    ("pacs get", "out", msg("help-pacs-out")),
    ("pacs get", "instance", msg("help-pacs-instance")),
    ("pacs get", "form", msg("help-pacs-form")),
    ("pacs get", "frame", msg("help-pacs-frame")),
    ("pacs get", "element", msg("help-pacs-element")),
    ("pacs get", "size", msg("help-pacs-size")),
    ("pacs move", "study", msg("help-pacs-study")),
    ("pacs move", "series", msg("help-pacs-series")),
    ("pacs move", "to", msg("help-pacs-to")),
    ("pacs move", "out", msg("help-pacs-out")),
    ("pacs send", "paths", msg("help-pacs-paths")),
    ("pacs send", "commit", msg("help-pacs-commit")),
    ("archive", "archive", msg("help-archive-folder")),
    ("archive", "json", msg("help-json")),
    ("archive import", "paths", msg("help-paths")),
    ("archive import", "reference", msg("help-archive-reference")),
    ("archive find", "words", msg("help-archive-words")),
    ("archive find", "level", msg("help-pacs-level")),
    ("archive find", "key", msg("help-pacs-key")),
    ("archive find", "limit", msg("help-pacs-limit")),
    ("archive find", "files", msg("help-archive-files")),
    ("archive check", "contents", msg("help-archive-contents")),
    (
        "archive clean",
        "unused_days",
        msg("help-archive-unused-days"),
    ),
    (
        "archive clean",
        "at_most_gib",
        msg("help-archive-at-most-gib"),
    ),
    (
        "archive clean",
        "also_never_sent",
        msg("help-archive-also-never-sent"),
    ),
    ("archive clean", "remove", msg("help-archive-remove")),
    ("bench", "path", msg("help-bench-path")),
    ("bench", "json", msg("help-json")),
];

/// The same command line, speaking `words`.
pub(super) fn localised(mut command: Command, words: &Words) -> Command {
    command.build(); // clap's own arguments and subcommand are there to be worded from now on
    speaking(command, "", words)
}

fn speaking(mut command: Command, path: &str, words: &Words) -> Command {
    // Lines of usage below the first are indented as behind "Usage: ", so all stand there.
    let template = format!(
        "{{about-with-newline}}\n{}\n       {{usage}}\n\n{{all-args}}",
        words.id(msg("help-usage"))
    );
    command = command
        .help_template(template)
        .subcommand_help_heading(words.id(msg("help-commands")))
        .subcommand_value_name(words.id(msg("help-command-name")));
    let name = path.rsplit(' ').next().unwrap_or(path);
    let row = SUBCOMMANDS
        .iter()
        .find(|(of, _)| *of == path || (*of == "help" && name == "help"));
    if let Some((_, about)) = row {
        command = command.about(words.id(*about)).long_about(None);
    }
    command = command.mut_args(|arg| speaking_arg(arg, path, words));
    let names: Vec<String> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    for name in names {
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path} {name}")
        };
        command = command.mut_subcommand(&name, |subcommand| speaking(subcommand, &below, words));
    }
    command
}

fn speaking_arg(arg: Arg, path: &str, words: &Words) -> Arg {
    let heading = if arg.is_positional() {
        msg("help-arguments")
    } else {
        msg("help-options")
    };
    let arg = arg.help_heading(words.id(heading));
    let row = OPTIONS
        .iter()
        .find(|(of, id, _)| is_of(of, path) && arg.get_id() == *id);
    let help = match (row, arg.get_id().as_str()) {
        (Some((_, _, help)), _) => *help,
        (None, "help") => msg("help-help"),
        (None, "version") => msg("help-version"),
        (None, _) => return arg,
    };
    let help = with_choices(&arg, words.id(help), words);
    arg.help(help)
        .long_help(None)
        .hide_possible_values(true)
        .hide_default_value(true)
}

/// Whether a row is about this subcommand: its own, or its group's.
fn is_of(row: &str, path: &str) -> bool {
    let below = path.strip_prefix(row);
    row == path || (!row.is_empty() && below.is_some_and(|below| below.starts_with(' ')))
}

/// The help with the values there are, and which is meant where none is given.
fn with_choices(arg: &Arg, help: String, words: &Words) -> String {
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let default: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if default.is_empty() || values.is_empty() || !arg.get_action().takes_values() {
        return help;
    }
    let message = Message::new(msg("help-choices"))
        .text("help", help)
        .text("values", values.join(", "))
        .text("default", default.join(", "));
    words.get(&message)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn unspoken(command: &Command, path: &str) -> Vec<String> {
        let mut missing = Vec::new();
        if !SUBCOMMANDS.iter().any(|(name, _)| *name == path) {
            missing.push(path.to_owned());
        }
        for arg in command.get_arguments() {
            let is_ours = !matches!(arg.get_id().as_str(), "help" | "version");
            if is_ours
                && !OPTIONS
                    .iter()
                    .any(|(of, id, _)| is_of(of, path) && arg.get_id() == *id)
            {
                missing.push(format!("{path} {}", arg.get_id()));
            }
        }
        for subcommand in command.get_subcommands() {
            let name = subcommand.get_name();
            let below = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path} {name}")
            };
            missing.extend(unspoken(subcommand, &below));
        }
        missing
    }

    #[test]
    fn every_subcommand_and_option_has_its_words_in_the_catalogue() {
        assert_eq!(
            unspoken(&super::super::Arguments::command(), ""),
            Vec::<String>::new()
        );
    }

    #[test]
    fn french_help_has_no_english_heading() {
        let words = Words::new(crate::text::Language::French);
        let mut command = localised(super::super::Arguments::command(), &words);
        let top = command.render_help().to_string();
        let render = command.find_subcommand_mut("render").unwrap();
        let render = render.render_help().to_string();
        for text in [&top, &render] {
            for english in [
                "Usage:",
                "Options:",
                "Commands",
                "Print",
                "[default",
                "[possible",
                "COMMAND>",
            ] {
                assert!(!text.contains(english), "{english} in\n{text}");
            }
            assert!(text.contains("Options\u{a0}:"), "{text}");
        }
        assert!(
            render.contains("axial") && render.contains("linear"),
            "{render}"
        );
    }

    #[test]
    fn an_option_without_words_is_noticed() {
        let command = super::super::Arguments::command().arg(Arg::new("new"));
        assert_eq!(unspoken(&command, ""), [" new"]);
    }
}
