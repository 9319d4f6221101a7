//! `isocentre info`: what files, folders, archives and DICOMDIRs hold, with the geometry of every
//! display set, and why what is not shown is not.

mod document;
mod layers;
mod listing;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::engine::open::open;
use crate::jobs::JobCtx;
use crate::problem::Message;
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

/// Runs the subcommand. Exit status 1 when nothing can be shown.
#[must_use]
pub fn run(args: &InfoArgs) -> ExitCode {
    let opened = open(&args.paths, &JobCtx::new()).unwrap_or_default();
    let words = Words::system();
    let document = Document::new(&opened, words);
    let text = if args.json {
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    } else {
        listing::listing(&opened, &document, words)
    };
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe has read enough.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
    if document.files_shown == 0 {
        let message = words.get(&Message::new(msg("info-nothing")));
        drop(writeln!(std::io::stderr(), "{message}"));
        return ExitCode::from(1);
    }
    ExitCode::SUCCESS
}
