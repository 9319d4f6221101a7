//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod architecture;
mod common;
mod demo;
mod jobs;
mod messages;
mod render;
mod shaders;
mod text;
mod voi;
