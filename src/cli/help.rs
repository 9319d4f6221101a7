//! The words of `--help`, in the reader's language: one row a subcommand and an option.

use clap::Command;

use crate::problem::{MessageId, msg};
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
    ("bench", msg("help-bench")),
];

/// Options by subcommand and id.
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
    ("render", "renderer", msg("help-render-renderer")),
    ("report new", "paths", msg("help-report-images")),
    ("report new", "findings", msg("help-report-findings")),
    ("report new", "out", msg("help-report-out")),
    ("report new", "format", msg("help-report-format")),
    ("report new", "json", msg("help-json")),
    ("report show", "file", msg("help-report-file")),
    ("report show", "json", msg("help-json")),
    ("bench", "path", msg("help-bench-path")),
    ("bench", "json", msg("help-json")),
];

/// The same command line, speaking `words`.
pub(super) fn localised(command: Command, words: &Words) -> Command {
    speaking(command, "", words)
}

fn speaking(mut command: Command, path: &str, words: &Words) -> Command {
    if let Some((_, about)) = SUBCOMMANDS.iter().find(|(name, _)| *name == path) {
        command = command.about(words.id(*about)).long_about(None);
    }
    command = command.mut_args(|arg| {
        let row = OPTIONS
            .iter()
            .find(|(of, id, _)| *of == path && arg.get_id() == *id);
        match row {
            Some((_, _, help)) => arg.help(words.id(*help)).long_help(None),
            None => arg,
        }
    });
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
                    .any(|(of, id, _)| *of == path && arg.get_id() == *id)
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
    fn an_option_without_words_is_noticed() {
        let command = super::super::Arguments::command().arg(clap::Arg::new("new"));
        assert_eq!(unspoken(&command, ""), [" new"]);
    }
}
