//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod actions;
mod common;
mod demo;
mod files;
mod jobs;
mod render;
mod shaders;
mod measuring;
mod sr_roundtrip;
mod voi;
mod ui_shell;
