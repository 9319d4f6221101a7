//! wgpu only: device, textures, passes, shaders, read-back.
