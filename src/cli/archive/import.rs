//! `archive import`.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;

use serde_json::Value;
use serde_json::json;

use super::ImportArgs;
use super::print_line;
use super::warnings;
use crate::archive::ImportEvent;
use crate::archive::ImportMode;
use crate::cli::output;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &ImportArgs) -> Result<ExitCode, Message> {
    let archive = args.common.open()?;
    let mode = if args.reference {
        ImportMode::Reference
    } else {
        ImportMode::Copy
    };
    let words = Words::system();
    let failures: Mutex<(Vec<Value>, Vec<Value>)> = Mutex::default();
    let on = |event: ImportEvent| {
        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ImportEvent::Added(_) | ImportEvent::Known(_) | ImportEvent::Locked { .. } => {}
            ImportEvent::Aside { path, other } => {
                let (path, other) = (path.display().to_string(), other.display().to_string());
                let message = Message::new(msg("archive-import-aside"));
                output::say(&message.text("path", &path).text("other", &other));
                failures.0.push(json!({"path": path, "other": other}));
            }
            ImportEvent::PassedOver { path, reason } => {
                let path = path.display().to_string();
                let text = words.get(&reason);
                let message = Message::new(msg("cli-passed-over"));
                output::say(&message.text("path", &path).text("reason", &text));
                failures.1.push(json!({"path": path, "reason": text}));
            }
        }
    };
    let imported = archive.import(&args.paths, mode, &JobCtx::new(), &on);
    let warnings = warnings(&archive);
    let summary = imported.map_err(|error| error.message())?;
    let (aside, passed_over) = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if args.common.json {
        output::print_json(&json!({
            "files_found": summary.files_found,
            "added": summary.added,
            "known": summary.known,
            "aside": aside,
            "passed_over": passed_over,
            "warnings": warnings,
        }));
    } else {
        let message = Message::new(msg("archive-imported"))
            .count("added", summary.added)
            .count("known", summary.known)
            .count("aside", summary.aside)
            .count("passed", summary.passed_over);
        print_line(&message);
    }
    Ok(if summary.added + summary.known == 0 {
        ExitCode::from(output::NOTHING_USABLE)
    } else if summary.aside > 0 {
        ExitCode::from(output::IN_PART)
    } else {
        ExitCode::SUCCESS
    })
}
