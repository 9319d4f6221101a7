//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod architecture;
mod common;
mod decode;
mod demo;
mod jobs;
mod messages;
mod reading;
mod scanning;
mod text;
