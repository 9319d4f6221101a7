//! `report new` and `report show`: structured reports without a window.

mod findings_file;
mod new;
mod placing;
mod show;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;

use crate::problem::Problem;
use crate::text::Words;

/// Exit status: nothing usable came of it; the reason is on stderr.
const NOTHING_USABLE: u8 = 1;
/// Exit status: done in part, each failure named on stderr.
const DONE_IN_PART: u8 = 3;

/// Structured reports
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    command: ReportCommand,
}

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Measure and write a report
    New(NewArgs),
    /// Print any structured report
    Show(ShowArgs),
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The images
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What to report, as JSON
    #[arg(long, value_name = "F.json")]
    findings: PathBuf,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to write
    #[arg(long, value_delimiter = ',', default_value = "sr")]
    format: Vec<Format>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The report
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the content tree as one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// DICOM structured report
    Sr,
}

/// Runs `report …`.
#[must_use]
pub fn run(args: &ReportArgs) -> ExitCode {
    let words = Words::system();
    let outcome = match &args.command {
        ReportCommand::New(args) => new::run(args, words),
        ReportCommand::Show(args) => show::run(args, words),
    };
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            complain(words, &problem);
            ExitCode::from(NOTHING_USABLE)
        }
    }
}

/// One line on stderr.
fn complain(words: &Words, problem: &Problem) {
    // With stderr gone there is nobody left to tell.
    drop(writeln!(std::io::stderr(), "{}", words.problem(problem)));
}

/// Text on stdout; a reader that went away (`| head`) is no error.
fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}
