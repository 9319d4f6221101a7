//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod actions;
mod architecture;
mod character_sets;
mod common;
mod decode;
mod demo;
mod files;
mod headers;
mod jobs;
mod measuring;
mod messages;
mod model;
mod reading;
mod reading_faults;
mod render;
mod scanning;
mod shaders;
mod sr_roundtrip;
mod text;
mod ui_shell;
mod voi;
mod volume;
