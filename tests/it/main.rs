//! The integration tests: one binary, one module a topic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

mod architecture;
mod character_sets;
mod common;
mod demo;
mod headers;
mod jobs;
mod messages;
mod model;
mod reading;
mod reading_faults;
mod scanning;
mod text;
mod volume;
