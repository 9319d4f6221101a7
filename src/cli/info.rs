//! `isocentre info`: what files, folders, archives and DICOMDIRs hold, with the geometry of every
//! display set, and why what is not shown is not.

mod document;
mod listing;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::PoisonError;

use clap::Args;

use crate::dicom::ScanEvent;
use crate::dicom::scan;
use crate::jobs::JobCtx;
use crate::model::Library;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Words;

use document::Document;

/// Patients, studies, series and display sets, and every file that was passed over.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// Files, folders, zip archives or DICOMDIRs.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    pub json: bool,
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    library: Library,
    passed_over: Vec<(PathBuf, Message)>,
    problems: Vec<Problem>,
}

impl Found {
    fn take(&mut self, event: ScanEvent) {
        match event {
            ScanEvent::Headers(headers) => {
                for header in headers {
                    let path = header.source.display_path();
                    let notes = header.notes.iter().cloned();
                    let notes: Vec<Problem> =
                        notes.map(|note| Problem::warning(note).at(&path)).collect();
                    match self.library.insert(header) {
                        Ok(problems) => {
                            self.problems.extend(notes);
                            self.problems.extend(problems);
                        }
                        Err(reason) => self.passed_over.push((path, reason)),
                    }
                }
            }
            ScanEvent::PassedOver { path, reason } => self.passed_over.push((path, reason)),
        }
    }
}

/// Runs the subcommand. Exit status 1 when nothing can be shown.
#[must_use]
pub fn run(args: &InfoArgs) -> ExitCode {
    let found = Mutex::new(Found::default());
    let scanned = scan(&args.paths, &JobCtx::new(), &|event| {
        found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(event);
    });
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let words = Words::system();
    let document = Document::new(&found, words);
    let text = if args.json {
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    } else {
        listing::listing(&found, &document, words)
    };
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe has read enough.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    if scanned.is_err() || document.files_shown == 0 {
        let message = words.get(&Message::new(msg("info-nothing")));
        drop(writeln!(std::io::stderr(), "{message}"));
        return ExitCode::from(1);
    }
    ExitCode::SUCCESS
}
