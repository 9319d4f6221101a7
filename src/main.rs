//! isocentre: start logging, let the command line decide, open the window if that is what it says.

use std::process::ExitCode;
use std::time::Instant;

use isocentre::cli::Launch;

fn main() -> ExitCode {
    let start = Instant::now();
    // No patient data is ever logged: messages carry ids, counts and the names of libraries.
    let filter = tracing_subscriber::EnvFilter::try_from_env("ISOCENTRE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    if let Some(code) = isocentre::cli::worker::run_if_asked() {
        return code;
    }
    match isocentre::cli::run(start) {
        Launch::Done(code) => code,
        Launch::Window(start) => isocentre::app::run(start),
        Launch::DemoPicture => isocentre::app::demo_picture(),
    }
}
