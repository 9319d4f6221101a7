//! `archive clean`.

use std::process::ExitCode;
use std::time::Duration;
use std::time::SystemTime;

use serde_json::Value;
use serde_json::json;

use super::CleanArgs;
use super::check::tell;
use super::find::as_json;
use super::print_line;
use crate::archive::BrokenOff;
use crate::archive::CleanUpLimits;
use crate::archive::KeptBack;
use crate::cli::output;
use crate::cli::pacs;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::MessageId;
use crate::problem::msg;
use crate::text;
use crate::text::Words;

const DAY: Duration = Duration::from_hours(24);
const GIB: f64 = 1_073_741_824.0;

pub(super) fn run(args: &CleanArgs) -> Result<ExitCode, Message> {
    let limits = CleanUpLimits {
        unused_for: args.unused_days.map(|days| DAY * days),
        at_most_bytes: args.at_most_gib.map(|gib| (gib.max(0.0) * GIB) as u64),
        includes_never_sent: args.also_never_sent,
        unattended: None,
    };
    if limits.unused_for.is_none() && limits.at_most_bytes.is_none() {
        let reason = Message::new(msg("archive-clean-no-limit"));
        return Ok(output::fail(output::WRONG_USAGE, &reason));
    }
    let archive = args.common.open()?;
    let ctx = JobCtx::new();
    let plan = archive
        .plan_clean_up(&limits, &[], SystemTime::now(), &ctx)
        .map_err(|error| error.message())?;
    let (done, broken_off) = match args
        .remove
        .then(|| archive.clean_up(&plan, &limits, &[], &ctx))
    {
        None => (None, None),
        Some(Ok(report)) => (Some(report), None),
        Some(Err(BrokenOff { report, why })) => (Some(report), Some(why.message())),
    };
    if args.common.json {
        let studies: Vec<Value> = plan
            .studies
            .iter()
            .map(|planned| {
                let mut document = as_json(&planned.study);
                document.insert("bytes".to_owned(), planned.bytes.into());
                document.insert("references".to_owned(), planned.references.into());
                Value::Object(document)
            })
            .collect();
        let kept_back: Vec<Value> = plan
            .kept_back
            .iter()
            .map(|(study, why)| {
                let mut document = as_json(study);
                document.insert("why".to_owned(), code(*why).into());
                Value::Object(document)
            })
            .collect();
        let removed = done.as_ref().map(|report| {
            let not_removed = report.not_removed.iter();
            let not_removed: Vec<String> =
                not_removed.map(|path| path.display().to_string()).collect();
            json!({
                "studies": report.studies,
                "bytes": report.bytes,
                "passed_over": report.passed_over,
                "not_removed": not_removed,
            })
        });
        output::print_json(&json!({
            "bytes_before": plan.bytes_before,
            "bytes": plan.bytes,
            "studies": studies,
            "kept_back": kept_back,
            "removed": removed,
        }));
    } else {
        for planned in &plan.studies {
            output::print(&pacs::line(pacs::LevelChoice::Study, &planned.study));
        }
        for (study, why) in &plan.kept_back {
            let line = pacs::line(pacs::LevelChoice::Study, study);
            let why = Words::system().id(words_for(*why));
            output::print(&format!("{}\t{why}\n", line.trim_end()));
        }
        let (id, studies, bytes) = match &done {
            Some(report) => (msg("archive-clean-did"), report.studies, report.bytes),
            None => (msg("archive-clean-would"), plan.studies.len(), plan.bytes),
        };
        let message = if plan.studies.is_empty() {
            Message::new(msg("archive-clean-nothing"))
        } else {
            Message::new(id)
                .count("studies", studies)
                .message("size", text::size(bytes))
        };
        print_line(&message);
        if let Some(report) = done.as_ref().filter(|report| report.passed_over > 0) {
            let message = Message::new(msg("archive-clean-passed"));
            print_line(&message.count("count", report.passed_over));
        }
        if let Some(report) = &done {
            tell(&report.not_removed, msg("archive-clean-not-removed"));
        }
    }
    if let Some(why) = broken_off {
        return Err(why);
    }
    Ok(match done {
        Some(report) if !report.not_removed.is_empty() => ExitCode::from(output::IN_PART),
        _ => ExitCode::SUCCESS,
    })
}

const fn words_for(why: KeptBack) -> MessageId {
    match why {
        KeptBack::Pinned => msg("archive-stays-pinned"),
        KeptBack::InUse => msg("archive-stays-in-use"),
        KeptBack::InQueue => msg("archive-stays-in-queue"),
        KeptBack::NeverSent => msg("archive-stays-never-sent"),
        KeptBack::Unasked => msg("archive-stays-unasked"),
        KeptBack::Today => msg("archive-stays-today"),
        KeptBack::Elsewhere => msg("archive-stays-elsewhere"),
    }
}

const fn code(why: KeptBack) -> &'static str {
    match why {
        KeptBack::Pinned => "pinned",
        KeptBack::InUse => "in_use",
        KeptBack::InQueue => "in_queue",
        KeptBack::NeverSent => "never_sent",
        KeptBack::Unasked => "unasked",
        KeptBack::Today => "today",
        KeptBack::Elsewhere => "elsewhere",
    }
}
