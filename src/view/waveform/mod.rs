//! Waveforms on paper: what lies where on the millimetre grid, and what lies between calipers.
//!
//! Lengths are millimetres of the grid, `x_mm` from the left of the pane and `y_mm` from the top of
//! the sheet; the window decides how many points a millimetre has. Times are seconds from the
//! beginning of the multiplex group.
//!
//! | file | what it owns |
//! |---|---|
//! | `sheet.rs` | strips: which lead lies where, and when |
//! | `trace.rs` | samples to lines that lose no peak |
//! | `scale.rs` | values to millimetres |
//! | `caliper.rs` | what two lines measure |
//! | `state.rs` | what the reader chose |

mod caliper;
mod scale;
mod sheet;
mod state;
mod trace;

pub use caliper::{Grab, Interval, VoltageCaliper, grab_at};
pub use scale::{ChannelRange, VerticalScale};
pub use sheet::{Arrangement, PULSE_MV, PULSE_S, Sheet, Strip};
pub use state::{SPEEDS_MM_PER_S, WaveformState};
pub use trace::{TracePoint, trace};
