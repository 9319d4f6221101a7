//! How graphics and texts of a presentation state are drawn, in the window and in pictures alike:
//! points of 1/96 inch there, pixels here.

/// Width of a line whose state says nothing.
pub const LINE: f64 = 1.5;
/// What is around lines and letters on each side, so that they are seen on white.
pub const HALO: f64 = 1.0;
/// Length of a dash.
pub const DASH: f64 = 6.0;
/// Between two dashes.
pub const DASH_GAP: f64 = 5.0;
/// Radius of a point.
pub const POINT: f64 = 3.0;
/// Between a point and the text beside it.
pub const GAP: f64 = 8.0;
/// Size of letters at least, as the window's other texts on images.
pub const LETTERS: f64 = 12.0;
