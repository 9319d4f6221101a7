//! `pacs …`: other programs' archives from the command line.

mod echo;
mod find;
mod get;
mod move_;
mod node;
mod part;
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
    /// Have a node send a study: to us, or to another node
    Move(MoveArgs),
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
struct FetchArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Study Instance UID
    #[arg(long, value_name = "UID")]
    study: String,
    /// Series Instance UID
    #[arg(long, value_name = "UID")]
    series: Vec<String>,
    /// The folder to write to; the local archive if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct GetArgs {
    #[command(flatten)]
    fetch: FetchArgs,
    /// By which service
    #[arg(long)]
    via: Option<Via>,
    #[command(flatten)]
    part: PartArgs,
}

/// What of a series is wanted, and as what.
#[derive(Debug, Args)]
struct PartArgs {
    /// SOP Instance UID
    #[arg(long, value_name = "UID", requires = "series")]
    instance: Vec<String>,
    /// What is wanted of the instance
    #[arg(long, default_value = "dicom")]
    form: FormChoice,
    /// Frame, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    frame: Vec<u32>,
    /// Element whose value is wanted
    #[arg(long, value_name = "KEYWORD")]
    element: Vec<String>,
    /// Longest sides of a rendered picture
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[u32; 2]>,
}

/// What DICOMweb makes of an instance (PS3.18 10.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormChoice {
    /// Whole, as a DICOM file
    Dicom,
    /// Its elements as JSON
    Metadata,
    /// A picture of it
    Rendered,
    /// A small picture
    Thumbnail,
    /// Its frames, as they are stored or sent
    Frames,
    /// Long values that the metadata leave out
    BulkData,
}

/// `640x480`
fn size(text: &str) -> Result<[u32; 2], String> {
    let parsed = text.split_once(['x', 'X']).and_then(|(width, height)| {
        let sides = [width.trim().parse().ok()?, height.trim().parse().ok()?];
        sides.iter().all(|side| *side > 0).then_some(sides)
    });
    parsed.ok_or_else(|| text.to_owned())
}

#[derive(Debug, Args)]
struct MoveArgs {
    #[command(flatten)]
    fetch: FetchArgs,
    /// The AE title to send to, which the node must know; us if not given
    #[arg(long, value_name = "AET", conflicts_with_all = ["out", "listen"])]
    to: Option<String>,
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
        PacsCommand::Get(args) => match args.part.form {
            FormChoice::Dicom => get::run(&args.fetch, args.via, &args.part.instance),
            _ => part::run(&args.fetch, &args.part),
        },
        PacsCommand::Move(args) => move_::run(args),
        PacsCommand::Send(args) => send::run(args),
    }
}
