//! `archive …`: the local archive from the command line.

mod check;
mod clean;
mod find;
mod import;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;
use serde_json::json;

use crate::archive::Archive;
use crate::cli::output;
use crate::engine::read_settings;
use crate::files::AppFolders;
use crate::files::Readable;
use crate::files::make_folder;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

/// The local archive
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    #[command(subcommand)]
    command: ArchiveCommand,
}

#[derive(Debug, Subcommand)]
enum ArchiveCommand {
    /// Take files in
    Import(ImportArgs),
    /// What the archive has
    Find(FindArgs),
    /// Whether the files are what the index says
    Check(CheckArgs),
    /// Make the index again from the files
    Rebuild(Common),
    /// What may go, by age and size
    Clean(CleanArgs),
}

#[derive(Debug, Args)]
struct Common {
    /// The folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// Files, folders, zip archives or DICOMDIRs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave the files where they are
    #[arg(long)]
    reference: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct FindArgs {
    /// Words of the patient's name
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// What is looked for
    #[arg(long, default_value = "study")]
    level: LevelChoice,
    /// What it must be
    #[arg(long, value_name = "KEYWORD=VALUE")]
    key: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 0)]
    limit: usize,
    /// Print the files of what is found
    #[arg(long)]
    files: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelChoice {
    Patient,
    Study,
    Series,
    Instance,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Also compare every byte with its checksum
    #[arg(long)]
    contents: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct CleanArgs {
    /// Studies not kept or opened for so many days
    #[arg(long, value_name = "N")]
    unused_days: Option<u32>,
    /// The longest unused, until the archive takes no more GiB
    #[arg(long, value_name = "GIB")]
    at_most_gib: Option<f64>,
    /// Also what was fetched from no node and was sent to none
    #[arg(long)]
    also_never_sent: bool,
    /// Remove what is listed
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    common: Common,
}

/// Runs `archive …`.
#[must_use]
pub fn run(args: &ArchiveArgs) -> ExitCode {
    let outcome = match &args.command {
        ArchiveCommand::Import(args) => import::run(args),
        ArchiveCommand::Find(args) => find::run(args),
        ArchiveCommand::Check(args) => check::run(args),
        ArchiveCommand::Rebuild(args) => rebuild(args),
        ArchiveCommand::Clean(args) => clean::run(args),
    };
    outcome.unwrap_or_else(|reason| output::fail(output::NOTHING_USABLE, &reason))
}

fn rebuild(args: &Common) -> Result<ExitCode, Message> {
    let archive = args.open_as_it_is()?;
    let report = archive.rebuild(&JobCtx::new()).map_err(|it| it.message())?;
    let warnings = warnings(&archive);
    if args.json {
        output::print_json(&json!({
            "files": report.files,
            "instances": report.instances,
            "missing_references": report.missing_references,
            "warnings": warnings,
        }));
    } else {
        let message = Message::new(msg("archive-rebuilt"))
            .count("instances", report.instances)
            .count("files", report.files)
            .count("missing", report.missing_references);
        print_line(&message);
    }
    Ok(if warnings.is_empty() && report.missing_references == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(output::IN_PART)
    })
}

impl Common {
    /// The archive, with an index that holds every file.
    fn open(&self) -> Result<Archive, Message> {
        let archive = self.open_as_it_is()?;
        if archive.needs_rebuild().map_err(|error| error.message())? {
            output::say(&Message::new(msg("archive-rebuilding")));
            let rebuilt = archive.rebuild(&JobCtx::new());
            rebuilt.map_err(|error| error.message())?;
            warnings(&archive);
        }
        Ok(archive)
    }

    fn open_as_it_is(&self) -> Result<Archive, Message> {
        let folder = match &self.archive {
            Some(folder) => folder.clone(),
            None => chosen_folder()?,
        };
        let archive = Archive::open(&folder).map_err(|error| error.message())?;
        warnings(&archive);
        Ok(archive)
    }
}

/// The folder of the settings, or our own, which may be made.
fn chosen_folder() -> Result<PathBuf, Message> {
    let folders = AppFolders::of_user().map_err(|error| error.message())?;
    let (settings, _) = read_settings(&folders);
    if let Some(folder) = settings.pacs.archive_folder {
        return Ok(folder);
    }
    make_folder(&folders.data, Readable::ByUserAlone).map_err(|error| error.message())?;
    Ok(folders.data.join("archive"))
}

/// What the archive has to tell: said on stderr, and given for a document.
fn warnings(archive: &Archive) -> Vec<String> {
    let words = Words::system();
    let problems = archive.problems().drain().into_iter();
    let warnings: Vec<String> = problems.map(|problem| words.problem(&problem)).collect();
    warnings.iter().for_each(|text| output::say_text(text));
    warnings
}

fn print_line(message: &Message) {
    output::print(&format!("{}\n", Words::system().get(message)));
}
