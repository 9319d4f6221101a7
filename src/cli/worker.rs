//! The program as its own worker ([`crate::worker`]): not for people, and in no help.

use std::process::ExitCode;

use crate::dicom;
use crate::objects::pdf;
use crate::worker::{self, Kind};

/// Is a worker until nobody asks any more, if the arguments of this process say so; else says that
/// this program can be one.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let Some((kind, limits)) = worker::asked(std::env::args_os().skip(1)) else {
        worker::enable();
        return None;
    };
    Some(match kind {
        Kind::Frames => dicom::serve_frames(limits),
        Kind::Document => pdf::serve(limits),
    })
}
