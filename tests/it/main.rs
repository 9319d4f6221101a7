//! The integration tests: one binary, one module a topic.

mod common;
mod files;
mod jobs;
mod measuring;
mod render;
mod shaders;
mod sr_roundtrip;
mod voi;
