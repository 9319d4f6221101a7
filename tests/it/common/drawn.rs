//! Pictures drawn twice, by the adapter and by its twin, that must be one.

use std::sync::{Arc, OnceLock};

use isocentre::dicom::{ByteSource, read_header};
use isocentre::engine::InstanceSource;
use isocentre::imaging::{
    FrameImage, Look, Picture, SliceView, VoiFunction, VoiTransform, slice_twin,
};
use isocentre::jobs::JobCtx;
use isocentre::render::pass::slice;
use isocentre::render::{FrameTexture, Gpu};

fn gpu() -> &'static Gpu {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    GPU.get_or_init(|| {
        Gpu::headless().unwrap_or_else(|error| {
            panic!(
                "These tests need a graphics adapter; a software one will do \
                 (Debian: apt install mesa-vulkan-drivers). {error}"
            )
        })
    })
}

/// A frame (from 0) of a file's bytes, as the product loads it.
pub fn frame_of(bytes: Vec<u8>, frame: u32) -> FrameImage {
    let header = read_header(ByteSource::Memory(bytes.into())).unwrap();
    InstanceSource::new(Arc::new(header))
        .frame(frame, &JobCtx::new())
        .unwrap()
}

/// A look that shows the values 0 to 255 as themselves.
pub fn plain_look() -> Look {
    Look::new(VoiTransform::Window {
        center: 128.0,
        width: 256.0,
        function: VoiFunction::Linear,
    })
}

/// The picture, the same from both.
pub fn drawn(image: &FrameImage, view: &SliceView) -> Picture {
    let texture = FrameTexture::with_colours(gpu(), image, view.look.colours).unwrap();
    let by_adapter = slice::render(gpu(), &texture, view).unwrap();
    let by_twin = slice_twin::render(image, view);
    assert!(
        by_adapter == by_twin,
        "{} of {} bytes differ between adapter and twin under {view:?}",
        by_adapter
            .rgba
            .iter()
            .zip(&by_twin.rgba)
            .filter(|(a, b)| a != b)
            .count(),
        by_twin.rgba.len()
    );
    by_twin
}

/// A sign for each pixel, row by row.
pub fn signs(picture: &Picture, sign: impl Fn([u8; 4]) -> char) -> Vec<String> {
    let [width, height] = picture.size_px;
    (0..height)
        .map(|y| {
            (0..width)
                .map(|x| sign(picture.at(x, y).unwrap()))
                .collect()
        })
        .collect()
}
