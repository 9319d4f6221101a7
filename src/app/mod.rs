//! eframe glue, start-up, dialogs.
//!
//! | file | what it owns |
//! |---|---|
//! | `window.rs` | [`App`]: one frame of the window, from events to effects |
//! | `start.rs` | opening the window, and what to say when there can be none |
//! | `demo_picture.rs` | what the demo's window would show, where there is no display |
//! | `dialogs.rs` | the desktop's file dialogs, off the window's thread |
//! | `wheel.rs` | one image a click of the wheel, over a remote desktop too |

mod demo_picture;
mod dialogs;
mod start;
#[cfg(target_os = "linux")]
mod wheel;
mod window;

pub use demo_picture::demo_picture;
pub use start::run;
pub use window::{App, Setup};
