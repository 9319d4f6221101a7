//! eframe glue, start-up, dialogs.
//!
//! | file | what it owns |
//! |---|---|
//! | `window.rs` | [`App`]: one frame of the window, from events to effects |
//! | `start.rs` | opening the window, and what to say when there can be none |
//! | `dialogs.rs` | the desktop's file dialogs, off the window's thread |

mod dialogs;
mod start;
mod window;

pub use start::run;
pub use window::{App, Setup};
