//! `isocentre bench`: how long things take here.

use std::process::ExitCode;

/// x
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// x
    path: std::path::PathBuf,
}
/// x
pub fn run(_args: &BenchArgs) -> ExitCode {
    ExitCode::SUCCESS
}
