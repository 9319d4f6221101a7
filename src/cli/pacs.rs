//! `pacs …`: other programs' archives from the command line.

mod echo;
mod find;
mod get;
mod node;
mod send;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;

use node::NodeArgs;

pub(super) use find::line;
pub(super) use find::query_of;

/// Other programs' archives: DIMSE and DICOMweb
#[derive(Debug, Args)]
pub struct PacsArgs {
    #[command(subcommand)]
    command: PacsCommand,
}

#[derive(Debug, Subcommand)]
enum PacsCommand {
    /// Whether a node is there and takes us for who we are
    Echo(EchoArgs),
    /// What a node has
    Find(FindArgs),
    /// Fetch a study
    Get(GetArgs),
    /// Send files
    Send(SendArgs),
}

#[derive(Debug, Args)]
struct EchoArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct FindArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// What is looked for
    #[arg(long, default_value = "study")]
    level: LevelChoice,
    /// What it must be, or what is to be said of it (without a value)
    #[arg(long, value_name = "KEYWORD=VALUE")]
    key: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 0)]
    limit: usize,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelChoice {
    Patient,
    Study,
    Series,
    Instance,
    /// Modality worklist
    Worklist,
}

#[derive(Debug, Args)]
struct GetArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Study Instance UID
    #[arg(long, value_name = "UID")]
    study: String,
    /// Series Instance UID
    #[arg(long, value_name = "UID")]
    series: Vec<String>,
    /// By which service
    #[arg(long)]
    via: Option<Via>,
    /// The folder to write to; the local archive if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Via {
    /// C-GET
    Get,
    /// C-MOVE
    Move,
    /// DICOMweb
    Web,
}

#[derive(Debug, Args)]
struct SendArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Ask the node to commit itself to keep them
    #[arg(long)]
    commit: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs `pacs …`.
#[must_use]
pub fn run(args: &PacsArgs) -> ExitCode {
    match &args.command {
        PacsCommand::Echo(args) => echo::run(args),
        PacsCommand::Find(args) => find::run(args),
        PacsCommand::Get(args) => get::run(args),
        PacsCommand::Send(args) => send::run(args),
    }
}
