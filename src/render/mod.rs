//! wgpu only: device, textures, passes, shaders, read-back.
//!
//! Everything a shader computes has a twin on the CPU that it must equal: the slice pass
//! [`crate::imaging::slice_twin`], the reslice pass [`crate::volume::reslice`], the layer pass [`crate::volume::layer_twin`]. Where a picture or
//! a volume is more than the adapter takes, a [`RenderError`] says so and the caller draws with the
//! twin; nothing is ever sampled down.
//!
//! A pane of the window keeps one [`pass::Pane`] (its own uniforms), prepares it with
//! [`pass::slice::prepare`] or [`pass::reslice::prepare`] and draws it into the pass it is given.
//! Without a window, [`pass::slice::render`] and its siblings draw into an [`Offscreen`] and read
//! it back.

mod error;
mod gpu;
mod offscreen;
pub mod pass;
mod pipelines;
pub mod shaders;
mod texture;
mod uniforms;

pub use error::{NoAdapter, RenderError};
pub use gpu::{Caps, Gpu, GpuInfo, device_descriptor, required_limits};
pub use offscreen::Offscreen;
pub use pipelines::Output;
pub use texture::frame::FrameTexture;
pub use texture::layer::LayerTexture;
pub use texture::volume::VolumeTexture;
