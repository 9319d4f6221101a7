//! Series become volumes: the grid, its assembly slice by slice with a geometry report, and the
//! CPU reslice that the shader must equal.
#![warn(missing_docs)]

mod grid;
mod region;
pub mod reslice;
pub(crate) mod taps;

pub use grid::{GridReport, Volume, VolumeGrid, VolumePlan};
pub use region::VolumeProbe;
pub use reslice::ReslicePlane;
