//! Writing results and failures.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use crate::problem::Message;
use crate::text::Words;

/// 1: nothing usable.
pub const NOTHING_USABLE: u8 = 1;
/// 2: wrong usage.
pub const WRONG_USAGE: u8 = 2;
/// 3: done in part.
pub const IN_PART: u8 = 3;

/// Says why on stderr and ends with this status.
pub fn fail(status: u8, reason: &Message) -> ExitCode {
    say(reason);
    ExitCode::from(status)
}

/// A sentence on stderr.
pub fn say(message: &Message) {
    say_text(&Words::system().get(message));
}

/// Text on stderr.
pub fn say_text(text: &str) {
    // Nobody is left to tell when stderr is closed.
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Text on stdout; a closed pipe ends the output quietly.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// A JSON document on stdout.
pub fn print_json(value: &serde_json::Value) {
    print(&format!("{value:#}\n"));
}

/// Writes a result file whole or not at all.
///
/// # Errors
/// The sentence to say.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Message> {
    crate::files::write_atomically(path, bytes, crate::files::Readable::AsUsual)
        .map_err(|error| error.message())
}

/// How far something is, on stderr's last line.
pub fn say_progress(done: usize, of: usize) {
    say_here(&if of == 0 {
        done.to_string()
    } else {
        format!("{done} / {of}")
    });
}

/// A sentence in place of stderr's last line.
pub fn say_over(message: &Message) {
    say_here(&Words::system().get(message));
}

fn say_here(text: &str) {
    // Numbers grow shorter, too.
    let text = format!("\r{text}\x1b[K ");
    let mut stderr = std::io::stderr();
    drop(
        stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush()),
    );
}
