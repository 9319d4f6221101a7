//! Words: Fluent catalogues, numbers and dates, runs of one direction, fonts and their letters.
//!
//! Sentences live in `assets/locales/<language>/<area>.ftl`. Code names them with
//! [`crate::problem::msg`] and hands [`crate::problem::Message`]s around; only the window and the
//! command line turn them into text, by [`Words`].
#![warn(missing_docs)]

mod bidi;
mod catalogue;
mod dates;
pub mod fonts;
mod kept;
mod language;
mod lettering;
mod number;
mod words;

pub use bidi::{BaseDirection, Run, has_right_to_left, visual_runs, visual_runs_from};
pub use catalogue::{CATALOGUES, Catalogue};
pub use dates::age_at;
pub use kept::{kept, of_kept};
pub use language::Language;
pub use lettering::{Lettering, OutlineStep};
pub use words::{Words, in_a_row, size};
