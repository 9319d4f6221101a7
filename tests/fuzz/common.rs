//! What the integration tests write files with.
#![allow(dead_code, reason = "the integration tests use all of it")]

#[path = "../it/common/bytes.rs"]
pub mod bytes;
#[path = "../it/common/synthetic.rs"]
pub mod synthetic;

pub use bytes::{Element, Value};
pub use synthetic::SyntheticImage;
