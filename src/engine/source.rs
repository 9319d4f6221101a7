//! An instance ready to decode: its decoder and its attributes, prepared once.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::annotation::ImageGeometry;
use crate::dicom::{FrameDecoder, InstanceHeader};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::jobs::JobCtx;
use crate::problem::Message;

/// Decodes the frames of one instance.
#[derive(Debug)]
pub struct InstanceSource {
    header: Arc<InstanceHeader>,
    decoder: OnceLock<Result<FrameDecoder, Message>>,
    attributes: OnceLock<ImageAttributes>,
}

impl InstanceSource {
    /// Nothing is read yet.
    #[must_use]
    pub const fn new(header: Arc<InstanceHeader>) -> Self {
        Self {
            header,
            decoder: OnceLock::new(),
            attributes: OnceLock::new(),
        }
    }

    /// The file it is in.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.header.source.display_path()
    }

    /// Where a frame (from 0) lies and what calibrates it, without its pixels.
    #[must_use]
    pub fn geometry(&self, frame: u32) -> ImageGeometry {
        ImageGeometry::of(self.attributes(), frame)
    }

    /// Decodes one frame, counted from 0.
    ///
    /// # Errors
    /// The sentence to show in place of the picture.
    pub fn frame(&self, frame: u32, ctx: &JobCtx) -> Result<FrameImage, Message> {
        let decoder = self
            .decoder
            .get_or_init(|| FrameDecoder::new(&self.header).map_err(|error| error.message()))
            .as_ref()
            .map_err(Clone::clone)?;
        let decoded = decoder
            .decode(frame, ctx)
            .map_err(|error| error.message())?;
        let cell_bits = |bit| decoder.cell_bits(frame, bit, ctx).ok();
        Ok(self
            .attributes()
            .frame_image_with(frame, decoded, cell_bits))
    }

    fn attributes(&self) -> &ImageAttributes {
        self.attributes
            .get_or_init(|| ImageAttributes::read(&self.header))
    }
}
