//! Objects that are laid over images: segmentations (PS3.3 A.51), RT structure sets (A.19) and
//! RT doses (A.18).
//!
//! | file | what it owns |
//! |---|---|
//! | `kind.rs` | which instances these are |
//! | `reading.rs` | [`Layer`]: one of them, read whole |
//! | `colour.rs` | colours for what states none |
//! | `lattice.rs` | planes of frames to grids |
//! | `mask.rs` | what one frame holds of one segment |
//! | `segment.rs` | Segment Sequence and what each frame says |
//! | `arranging.rs` | frames into grids, or onto the images they were made of |
//! | `segmentation.rs` | a segmentation's voxels |
//! | `contour.rs`, `structures.rs` | contours, and the regions of interest they outline |
//! | `cut.rs` | where a plane cuts a region |
//! | `dose.rs` | a dose grid |
//! | `placing.rs` | over which images an object may be drawn, and why not over others |

mod arranging;
mod colour;
mod contour;
mod cut;
mod dose;
mod kind;
mod lattice;
mod mask;
mod placing;
mod reading;
mod segment;
mod segmentation;
mod structures;

pub use arranging::SegmentedImages;
pub use contour::{Contour, ContourType};
pub use cut::{CutLines, cut, holds};
pub use dose::Dose;
pub use kind::LayerKind;
pub use placing::{LayerSpace, WhyNotDrawn, references_of, space_over};
pub use reading::{Layer, LayerContent, LayerItem, LayerRefusal, read_layer};
pub use segment::{Segment, SegmentationType, read_segments};
pub use segmentation::{SegmentVolume, Segmentation};
pub use structures::{Roi, StructureSet};
