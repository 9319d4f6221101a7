//! The film: which frame is shown at which time.
//!
//! Everything here is a function of a time it is given; nobody here looks at a clock or sleeps.
//!
//! | file | what it owns |
//! |---|---|
//! | `state.rs` | [`Cine`]: what the reader chose for a pane |
//! | `timing.rs` | [`Timing`]: how long the data say each frame lasts, and why |
//! | `track.rs` | [`Track`]: the frames in the order in which they are played, with their times |
//! | `clock.rs` | [`Clock`]: along a track as time goes by, waiting for what is not here |

mod clock;
mod state;
mod timing;
mod track;

pub use clock::{Clock, Tick};
pub use state::{Cine, CineAxis, Repeat};
pub use timing::{RateSource, STACK_FPS, Timing};
pub use track::{FASTEST_FPS, SLOWEST_FPS, Track, next_rate};
