//! Words: Fluent catalogues, numbers and dates, and runs of one direction.
//!
//! Sentences live in `assets/locales/<language>/<area>.ftl`. Code names them with
//! [`crate::problem::msg`] and hands [`crate::problem::Message`]s around; only the window and the
//! command line turn them into text, by [`Words`].
#![warn(missing_docs)]

mod bidi;
mod catalogue;
mod dates;
mod language;
mod number;
mod words;

pub use bidi::{BaseDirection, Run, has_right_to_left, visual_runs, visual_runs_from};
pub use catalogue::{CATALOGUES, Catalogue};
pub use dates::age_at;
pub use language::Language;
pub use words::Words;
