//! `pacs get`: a study into a folder.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::FetchArgs;
use super::Via;
use super::node;
use crate::archive::Archive;
use crate::archive::NodeOrigin;
use crate::cli::output;
use crate::dicom::InstanceSink;
use crate::engine::ARCHIVE_FOLDER;
use crate::files::AppFolders;
use crate::files::Readable;
use crate::files::make_folder;
use crate::jobs::JobCtx;
use crate::pacs::FolderSink;
use crate::pacs::Node;
use crate::pacs::NodeAddress;
use crate::pacs::Retrieval;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::Wanted;
use crate::pacs::WantedSeries;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &FetchArgs, via: Option<Via>, instances: &[String]) -> ExitCode {
    if !instances.is_empty() && args.series.len() != 1 {
        return output::fail(
            output::WRONG_USAGE,
            &Message::new(msg("pacs-get-one-series")),
        );
    }
    let prepared = args.node.node().and_then(|mut node| {
        choose(&mut node, via)?;
        Ok((args.node.service(&node)?, origin_of(node)))
    });
    let (service, node_origin) = match prepared {
        Ok(prepared) => prepared,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    let destination = match destination(args) {
        Ok(destination) => destination,
        Err(reason) => return output::fail(output::NOTHING_USABLE, &reason),
    };
    let mut wanted = wanted(args);
    for series in &mut wanted.series {
        series.instance_uids = instances.to_vec();
        series.is_exact = !instances.is_empty();
    }
    let progress = Progress::new();
    let start = Instant::now();
    let result = service.retrieve(
        &[wanted],
        destination.sink(),
        &|event| {
            progress.note(&event);
            destination.note(event);
        },
        &JobCtx::new(),
    );
    let elapsed = start.elapsed();
    progress.end();
    destination.end(&node_origin);
    for problem in destination.problems() {
        output::say_text(&Words::system().problem(&problem));
    }
    match result {
        Ok(retrieved) => report(args, &retrieved, elapsed),
        Err(failure) => {
            let reason = failure.message();
            if args.json {
                let nothing = Retrieved {
                    end: Some(failure),
                    ..Retrieved::default()
                };
                print(&nothing, elapsed);
            }
            output::fail(output::NOTHING_USABLE, &reason)
        }
    }
}

/// As what is fetched from it bears it.
fn origin_of(node: Node) -> NodeOrigin {
    NodeOrigin {
        origin: node.origin(),
        name: node.name,
    }
}

/// The study, or series of it.
pub(super) fn wanted(args: &FetchArgs) -> Wanted {
    let series = args.series.iter().map(|uid| WantedSeries {
        series_uid: uid.clone(),
        ..WantedSeries::default()
    });
    Wanted {
        study_uid: args.study.clone(),
        series: series.collect(),
    }
}

/// Where instances go; either has things to say of itself.
enum Destination {
    Folder(FolderSink),
    /// With the instances that came.
    Archive(Archive, Mutex<Vec<String>>),
}

impl Destination {
    fn sink(&self) -> &dyn InstanceSink {
        match self {
            Self::Folder(folder) => folder,
            Self::Archive(archive, _) => archive,
        }
    }

    /// What a node gave can be had there again.
    fn note(&self, event: RetrieveEvent) {
        if let (Self::Archive(archive, came), RetrieveEvent::Instance(outcome)) = (self, event)
            && outcome.result.is_ok_and(|it| !archive.is_aside(&it.path))
        {
            let mut came = came.lock().unwrap_or_else(PoisonError::into_inner);
            came.push(outcome.sop_instance_uid);
        }
    }

    fn end(&self, node: &NodeOrigin) {
        if let Self::Archive(archive, came) = self {
            let came = came.lock().unwrap_or_else(PoisonError::into_inner);
            let uids = came.iter().map(String::as_str);
            if let Err(error) = archive.transfers().mark_fetched(node, uids) {
                // At worst more is kept than need be.
                tracing::warn!("what was fetched is not noted: {error}");
            }
        }
    }

    fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Folder(folder) => folder.problems().drain(),
            Self::Archive(archive, _) => {
                archive.flush();
                archive.problems().drain()
            }
        }
    }
}

/// The folder that was named, or the local archive.
fn destination(args: &FetchArgs) -> Result<Destination, Message> {
    if let Some(folder) = &args.out {
        make_folder(folder, Readable::AsUsual).map_err(|error| error.message())?;
        return Ok(Destination::Folder(FolderSink::new(folder)));
    }
    let folder = if let Some(folder) = node::settings().archive_folder {
        folder
    } else {
        let folders = AppFolders::of_user().map_err(|error| error.message())?;
        folders.data.join(ARCHIVE_FOLDER)
    };
    let archive = Archive::open(&folder).map_err(|error| error.message())?;
    Ok(Destination::Archive(archive, Mutex::default()))
}

fn choose(node: &mut Node, via: Option<Via>) -> Result<(), Message> {
    match (&mut node.address, via) {
        (_, None) | (NodeAddress::Web(_), Some(Via::Web)) => Ok(()),
        (NodeAddress::Dimse(address), Some(Via::Get)) => {
            address.retrieval = Retrieval::Get;
            Ok(())
        }
        (NodeAddress::Dimse(address), Some(Via::Move)) => {
            address.retrieval = Retrieval::Move;
            Ok(())
        }
        _ => Err(Message::new(msg("pacs-get-via"))),
    }
}

fn report(args: &FetchArgs, retrieved: &Retrieved, elapsed: Duration) -> ExitCode {
    for (uid, reason) in &retrieved.failed {
        if uid.is_empty() {
            output::say(reason);
        } else {
            let message = Message::new(msg("pacs-get-failed"))
                .text("uid", uid)
                .message("reason", reason.clone());
            output::say(&message);
        }
    }
    for warning in &retrieved.warnings {
        output::say(warning);
    }
    if let Some(end) = &retrieved.end {
        output::say(&end.message());
    }
    if let Some(expected) = retrieved.expected
        && expected > retrieved.instances + retrieved.failed.len()
    {
        let message = Message::new(msg("pacs-get-fewer"))
            .count("expected", expected)
            .count("instances", retrieved.instances);
        output::say(&message);
    }
    if args.json {
        print(retrieved, elapsed);
    } else {
        let words = Words::system();
        let message = Message::new(msg("pacs-get-done"))
            .count("instances", retrieved.instances)
            .text("size", words.bytes(retrieved.bytes))
            .number("seconds", (elapsed.as_secs_f64() * 10.0).round() / 10.0);
        output::print(&(words.get(&message) + "\n"));
    }
    if retrieved.is_complete() && !retrieved.is_of_two_patients {
        ExitCode::SUCCESS
    } else if retrieved.instances == 0 {
        ExitCode::from(output::NOTHING_USABLE)
    } else {
        ExitCode::from(output::IN_PART)
    }
}

fn print(retrieved: &Retrieved, elapsed: Duration) {
    let words = Words::system();
    let ms = |duration: Duration| Value::from((duration.as_secs_f64() * 1e4).round() / 10.0);
    let failed: Vec<Value> = retrieved
        .failed
        .iter()
        .map(|(uid, reason)| json!({"uid": uid, "reason": words.get(reason)}))
        .collect();
    let warnings = retrieved.warnings.iter().map(|it| words.get(it));
    let end = retrieved.end.as_ref().map(|end| words.get(&end.message()));
    output::print_json(&json!({
        "instances": retrieved.instances,
        "expected": retrieved.expected,
        "bytes": retrieved.bytes,
        "elapsed_ms": ms(elapsed),
        "first_instance_ms": retrieved.first_instance.map_or(Value::Null, ms),
        "failed": failed,
        "warnings": warnings.collect::<Vec<String>>(),
        "end": end,
    }));
}

/// A line on stderr that counts, where stderr is a terminal.
struct Progress {
    is_shown: bool,
    expected: AtomicUsize,
    done: AtomicUsize,
}

impl Progress {
    fn new() -> Self {
        Self {
            is_shown: std::io::stderr().is_terminal(),
            expected: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
        }
    }

    fn note(&self, event: &RetrieveEvent) {
        match event {
            RetrieveEvent::Expected(count) => self.expected.store(*count, Ordering::Relaxed),
            RetrieveEvent::Instance(_) => {
                self.done.fetch_add(1, Ordering::Relaxed);
            }
        }
        if self.is_shown {
            let done = self.done.load(Ordering::Relaxed);
            let expected = self.expected.load(Ordering::Relaxed);
            output::say_progress(done, expected);
        }
    }

    fn end(&self) {
        if self.is_shown {
            output::say_text("");
        }
    }
}
