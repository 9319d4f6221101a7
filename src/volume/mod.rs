//! Series become volumes: the grid, its assembly slice by slice with a geometry report, and the
//! CPU reslice that the shader must equal.
#![warn(missing_docs)]

mod footprint;
mod grid;
mod layer;
pub mod layer_twin;
mod region;
pub mod reslice;
pub(crate) mod taps;

pub use footprint::Footprint;
pub use grid::{GridReport, Volume, VolumeGrid, VolumePlan};
pub use layer::{LayerSamples, LayerVolume, LayerVolumeId};
pub use layer_twin::{LayerLook, LayerPalette};
pub use region::VolumeProbe;
pub use reslice::ReslicePlane;
