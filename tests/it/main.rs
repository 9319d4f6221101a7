//! The integration tests: one binary, one module a topic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // tests may fail loudly

mod render;
mod shaders;
mod voi;
