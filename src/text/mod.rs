//! Words: Fluent catalogues, numbers and dates, and runs of one direction.
#![warn(missing_docs)]

mod catalogue;

pub use catalogue::{CATALOGUES, Catalogue};
