//! isocentre: start logging, hand over to the command line.

fn main() -> std::process::ExitCode {
    isocentre::cli::run()
}
