//! `pacs send`: files and folders to a node.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::SendArgs;
use crate::cli::output;
use crate::dicom;
use crate::dicom::ByteSource;
use crate::dicom::ScanEvent;
use crate::jobs::JobCtx;
use crate::pacs::Commitment;
use crate::pacs::NodeAddress;
use crate::pacs::Sent;
use crate::pacs::Service;
use crate::pacs::SopReference;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &SendArgs) -> ExitCode {
    let prepared = args.node.node().and_then(|node| {
        if args.commit && matches!(node.address, NodeAddress::Web(_)) {
            return Err(Message::new(msg("pacs-send-commit-web")));
        }
        let is_to_be_committed = args.commit || node.commits();
        Ok((args.node.service(&node)?, is_to_be_committed))
    });
    let (service, is_to_be_committed) = match prepared {
        Ok(prepared) => prepared,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    let ctx = JobCtx::new();
    let (files, passed_over) = files_of(args, &ctx);
    let words = Words::system();
    for problem in &passed_over {
        output::say_text(&words.problem(problem));
    }
    if files.is_empty() {
        return output::fail(
            output::NOTHING_USABLE,
            &Message::new(msg("pacs-send-nothing")),
        );
    }
    let start = Instant::now();
    let sent = match service.send(&files, &|_| {}, &ctx) {
        Ok(sent) => sent,
        Err(failure) => return output::fail(output::NOTHING_USABLE, &failure.message()),
    };
    say(&sent);
    let committed = (is_to_be_committed && sent.end.is_none() && !sent.stored().is_empty())
        .then(|| commit(&*service, &sent.stored(), &ctx));
    let done = sent.outcomes.iter().filter(|it| it.result.is_ok()).count();
    let elapsed = start.elapsed().as_secs_f64();
    if args.json {
        print(&sent, committed.as_ref(), elapsed);
    } else {
        let bytes = sent
            .outcomes
            .iter()
            .filter_map(|it| it.result.as_ref().ok());
        let message = Message::new(msg("pacs-send-done"))
            .count("instances", done)
            .text("size", words.bytes(bytes.sum()))
            .number("seconds", (elapsed * 10.0).round() / 10.0);
        output::print(&(words.get(&message) + "\n"));
    }
    let is_kept = (committed.as_ref()).is_none_or(|commitment| commitment.failed.is_empty());
    if sent.is_complete(files.len()) && is_kept && passed_over.is_empty() {
        ExitCode::SUCCESS
    } else if done == 0 {
        ExitCode::from(output::NOTHING_USABLE)
    } else {
        ExitCode::from(output::IN_PART)
    }
}

/// The instances below what was named, and why other files are none.
fn files_of(args: &SendArgs, ctx: &JobCtx) -> (Vec<PathBuf>, Vec<Problem>) {
    let found = Mutex::new((Vec::new(), Vec::new()));
    let scanned = dicom::scan(&args.paths, ctx, &|event| {
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            ScanEvent::Headers(headers) => {
                for header in headers {
                    match &header.source {
                        ByteSource::File(path) => found.0.push(path.to_path_buf()),
                        ByteSource::ZipEntry { archive, .. } => {
                            let message = Message::new(msg("pacs-send-archive"));
                            found.1.push(Problem::error(message).at(archive));
                        }
                        ByteSource::Memory(_) => {}
                    }
                }
            }
            ScanEvent::PassedOver { path, reason } => {
                found.1.push(Problem::error(reason).at(path));
            }
            ScanEvent::Locked { archive, .. } => {
                let message = Message::new(msg("pacs-send-archive"));
                found.1.push(Problem::error(message).at(archive));
            }
        }
    });
    if scanned.is_err() {
        tracing::debug!("cancelled");
    }
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn say(sent: &Sent) {
    let words = Words::system();
    for outcome in &sent.outcomes {
        if let Err(reason) = &outcome.result {
            let problem = Problem::error(reason.clone()).at(&outcome.path);
            output::say_text(&words.problem(&problem));
        }
        if let Some(remark) = &outcome.remark {
            let problem = Problem::warning(remark.clone()).at(&outcome.path);
            output::say_text(&words.problem(&problem));
        }
    }
    if let Some(end) = &sent.end {
        output::say(&end.message());
    }
}

/// Asks the node to commit itself to what it has, and says what it does not.
fn commit(service: &dyn Service, stored: &[SopReference], ctx: &JobCtx) -> Commitment {
    let none_for = |reason: Message| {
        output::say(&reason);
        let uids = stored.iter().map(|it| it.sop_instance_uid.clone());
        Commitment {
            committed: Vec::new(),
            failed: uids.map(|uid| (uid, reason.clone())).collect(),
            absent: Vec::new(),
        }
    };
    match service.commit(&dicom::new_uid(), stored, ctx) {
        Ok(Some(commitment)) => {
            for (uid, reason) in &commitment.failed {
                let message = Message::new(msg("pacs-get-failed"))
                    .text("uid", uid)
                    .message("reason", reason.clone());
                output::say(&message);
            }
            commitment
        }
        Ok(None) => none_for(Message::new(msg("pacs-send-not-committed"))),
        Err(failure) => none_for(failure.message()),
    }
}

fn print(sent: &Sent, commitment: Option<&Commitment>, elapsed_s: f64) {
    let words = Words::system();
    let (mut instances, mut bytes, mut failed) = (0, 0, Vec::new());
    for outcome in &sent.outcomes {
        match &outcome.result {
            Ok(sent) => {
                instances += 1;
                bytes += sent;
            }
            Err(reason) => failed.push(json!({
                "path": outcome.path.display().to_string(),
                "uid": outcome.sop_instance_uid,
                "reason": words.get(reason),
            })),
        }
    }
    let committed = commitment.map_or(Value::Null, |commitment| {
        let failed: Vec<Value> = commitment
            .failed
            .iter()
            .map(|(uid, reason)| json!({"uid": uid, "reason": words.get(reason)}))
            .collect();
        json!({"instances": commitment.committed.len(), "failed": failed})
    });
    output::print_json(&json!({
        "instances": instances,
        "bytes": bytes,
        "elapsed_ms": (elapsed_s * 1e4).round() / 10.0,
        "failed": failed,
        "committed": committed,
    }));
}
