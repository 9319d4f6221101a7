//! The subcommands, one file each.

use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;

mod frames;

pub use frames::FramesArgs;

#[derive(Debug, Parser)]
#[command(name = "isocentre", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Frames(FramesArgs),
}

/// Runs the program with the arguments of this process.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Frames(args) => frames::run(&args),
    }
}
