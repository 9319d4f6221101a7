//! `pacs move`: a node sends a study to us, or to another node.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;
use std::time::Instant;

use serde_json::json;

use super::MoveArgs;
use super::Via;
use super::get;
use crate::cli::output;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::MoveCounts;
use crate::pacs::Moved;
use crate::pacs::NodeAddress;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &MoveArgs) -> ExitCode {
    let Some(to) = &args.to else {
        return get::run(&args.fetch, Some(Via::Move), &[]);
    };
    let prepared = args.fetch.node.node().and_then(|node| {
        if matches!(node.address, NodeAddress::Web(_)) {
            return Err(Message::new(msg("pacs-no-move")));
        }
        let to = AeTitle::try_from(to.clone()).map_err(|error| error.message())?;
        Ok((args.fetch.node.service(&node)?, to))
    });
    let (service, to) = match prepared {
        Ok(prepared) => prepared,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    let is_terminal = std::io::stderr().is_terminal();
    let mut progress = |counts| {
        if is_terminal {
            say_progress(counts);
        }
    };
    let start = Instant::now();
    let wanted = get::wanted(&args.fetch);
    let result = service.move_to(&to, &wanted, &mut progress, &JobCtx::new());
    let elapsed = start.elapsed();
    if is_terminal {
        output::say_text("");
    }
    match result {
        Ok(moved) => report(args, &to, &moved, elapsed),
        Err(failure) => {
            if args.fetch.json {
                print(&Moved::default(), elapsed);
            }
            output::fail(output::NOTHING_USABLE, &failure.message())
        }
    }
}

fn report(args: &MoveArgs, to: &AeTitle, moved: &Moved, elapsed: Duration) -> ExitCode {
    for uid in &moved.failed_uids {
        output::say(&Message::new(msg("pacs-move-not-sent")).text("uid", uid));
    }
    for reason in &moved.reasons {
        output::say(reason);
    }
    if let Some(end) = &moved.end {
        output::say(&end.message());
    }
    if args.fetch.json {
        print(moved, elapsed);
    } else if moved.counts.taken() > 0 || moved.is_complete() {
        let seconds = (elapsed.as_secs_f64() * 10.0).round() / 10.0;
        let message = if moved.is_counted {
            Message::new(msg("pacs-move-done"))
                .count("taken", moved.counts.taken())
                .count("warned", moved.counts.warned)
                .count("failed", moved.counts.failed)
                .text("to", to.as_str())
                .number("seconds", seconds)
        } else {
            Message::new(msg("pacs-move-done-uncounted"))
                .text("to", to.as_str())
                .number("seconds", seconds)
        };
        output::print(&(Words::system().get(&message) + "\n"));
    }
    if moved.is_complete() {
        ExitCode::SUCCESS
    } else if moved.counts.taken() == 0 {
        ExitCode::from(output::NOTHING_USABLE)
    } else {
        ExitCode::from(output::IN_PART)
    }
}

fn print(moved: &Moved, elapsed: Duration) {
    let words = Words::system();
    let reasons = moved.reasons.iter().map(|reason| words.get(reason));
    let end = moved.end.iter().map(|end| words.get(&end.message()));
    let reasons: Vec<String> = reasons.chain(end).collect();
    let counts = moved.counts;
    output::print_json(&json!({
        "completed": counts.completed,
        "warnings": counts.warned,
        "failed": counts.failed,
        "remaining": counts.remaining,
        "is_counted": moved.is_counted,
        "failed_uids": moved.failed_uids,
        "reasons": reasons,
        "elapsed_ms": (elapsed.as_secs_f64() * 1e4).round() / 10.0,
    }));
}

/// What the node has counted so far, on stderr's last line.
fn say_progress(counts: MoveCounts) {
    let message = Message::new(msg("pacs-move-progress"))
        .count("taken", counts.taken())
        .count("failed", counts.failed)
        .count("remaining", counts.remaining);
    output::say_over(&message);
}
