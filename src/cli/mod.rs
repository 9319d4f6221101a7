//! The command line: one file a subcommand; text for people, one JSON document with `--json`.
//!
//! Exit status: 0 done; 1 nothing usable; 2 wrong usage; 3 done in part, each failure named.

mod archive;
pub mod bench;
pub mod demo;
mod display_set;
mod frames;
mod help;
mod info;
mod output;
mod pacs;
mod refusal;
pub mod render;
mod report;
pub mod worker;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::text::Words;
use crate::workspace::Start;

/// What is left to do after the command line has had its say.
#[derive(Debug)]
pub enum Launch {
    /// Everything is done.
    Done(ExitCode),
    /// Open the window.
    Window(Start),
    /// There is no display: write what the demo's window would show.
    DemoPicture,
}

/// A desktop DICOM viewer; without a subcommand it opens the window.
#[derive(Debug, clap::Parser)]
#[command(name = "isocentre", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    subcommand: Option<Subcommand>,
    /// Files, folders, zip archives or DICOMDIRs to open in the window
    paths: Vec<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    /// The built-in synthetic study, in the window; without a display, as a picture and a report
    Demo,
    /// What the files hold: patients, studies, series, and why files were passed over
    Info(info::InfoArgs),
    /// Decoded samples of a file, one file a frame
    Frames(frames::FramesArgs),
    /// One view as a picture, or its values
    Render(render::RenderArgs),
    /// Structured reports: write one from findings, or show any
    Report(report::ReportArgs),
    /// Other programs' archives: DIMSE and DICOMweb
    Pacs(pacs::PacsArgs),
    /// The local archive: import, find, check, rebuild, clean up
    Archive(archive::ArchiveArgs),
    /// How long things take here
    Bench(bench::BenchArgs),
}

/// Runs the program with the arguments of this process, which began at `start`.
pub fn run(start: Instant) -> Launch {
    let words = Words::system();
    let read = help::localised(Arguments::command(), words)
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match read {
        Ok(arguments) => arguments,
        Err(error) => return Launch::Done(said(&error, words)),
    };
    let Some(subcommand) = arguments.subcommand else {
        return Launch::Window(Start::Paths(arguments.paths));
    };
    Launch::Done(match subcommand {
        Subcommand::Demo if demo::has_display() => return Launch::Window(Start::Demo),
        Subcommand::Demo => return Launch::DemoPicture,
        Subcommand::Info(args) => info::run(&args),
        Subcommand::Frames(args) => frames::run(&args),
        Subcommand::Render(args) => render::run(&args),
        Subcommand::Report(args) => report::run(&args),
        Subcommand::Pacs(args) => pacs::run(&args),
        Subcommand::Archive(args) => archive::run(&args),
        Subcommand::Bench(args) => bench::run(&args, start),
    })
}

/// Help and version go to stdout; a refusal to stderr, as wrong usage.
fn said(error: &clap::Error, words: &Words) -> ExitCode {
    let Some(text) = refusal::refusal(error, words) else {
        output::print(&error.to_string());
        return ExitCode::SUCCESS;
    };
    output::say_text(&text);
    ExitCode::from(output::WRONG_USAGE)
}
