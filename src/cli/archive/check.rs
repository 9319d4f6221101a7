//! `archive check`.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::CheckArgs;
use super::print_line;
use crate::archive::CheckDepth;
use crate::cli::output;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::MessageId;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &CheckArgs) -> Result<ExitCode, Message> {
    let archive = args.common.open()?;
    let depth = if args.contents {
        CheckDepth::Contents
    } else {
        CheckDepth::Files
    };
    let report = archive
        .check(depth, &JobCtx::new())
        .map_err(|error| error.message())?;
    if args.common.json {
        let list = |paths: &[PathBuf]| -> Vec<String> {
            paths
                .iter()
                .map(|path| path.display().to_string())
                .collect()
        };
        output::print_json(&json!({
            "checked": report.checked,
            "is_clean": report.is_clean(),
            "missing": list(&report.missing),
            "changed": list(&report.changed),
            "unindexed": list(&report.unindexed),
            "missing_references": list(&report.missing_references),
            "aside": list(&report.aside),
        }));
    } else {
        tell(&report.missing, msg("archive-check-missing"));
        tell(&report.changed, msg("archive-check-changed"));
        tell(&report.unindexed, msg("archive-check-unindexed"));
        tell(&report.missing_references, msg("archive-check-reference"));
        tell(&report.aside, msg("archive-check-aside"));
        let message = if report.is_clean() {
            Message::new(msg("archive-check-clean")).count("count", report.checked)
        } else {
            let faults = report.missing.len()
                + report.changed.len()
                + report.unindexed.len()
                + report.missing_references.len();
            Message::new(msg("archive-check-faults"))
                .count("count", report.checked)
                .count("faults", faults)
        };
        print_line(&message);
    }
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(output::IN_PART)
    })
}

/// A line a file.
pub(super) fn tell(paths: &[PathBuf], what: MessageId) {
    let what = Words::system().id(what);
    for path in paths {
        output::print(&format!("{}: {what}\n", path.display()));
    }
}
