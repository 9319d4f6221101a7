//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod architecture;
mod common;
mod demo;
mod files;
mod jobs;
mod measuring;
mod messages;
mod render;
mod shaders;
mod sr_roundtrip;
mod voi;
