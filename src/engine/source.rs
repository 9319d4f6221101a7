//! An instance ready to decode: its decoder and its attributes, prepared once.

use std::sync::{Arc, OnceLock};

use crate::dicom::{FrameDecoder, InstanceHeader};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::jobs::JobCtx;
use crate::problem::Message;

/// Decodes the frames of one instance.
#[derive(Debug)]
pub struct InstanceSource {
    header: Arc<InstanceHeader>,
    prepared: OnceLock<Result<Prepared, Message>>,
}

#[derive(Debug)]
struct Prepared {
    decoder: FrameDecoder,
    attributes: ImageAttributes,
}

impl InstanceSource {
    /// Nothing is read yet.
    #[must_use]
    pub const fn new(header: Arc<InstanceHeader>) -> Self {
        Self {
            header,
            prepared: OnceLock::new(),
        }
    }

    /// Decodes one frame, counted from 0.
    ///
    /// # Errors
    /// The sentence to show in place of the picture.
    pub fn frame(&self, frame: u32, ctx: &JobCtx) -> Result<FrameImage, Message> {
        let prepare = || {
            let decoder = FrameDecoder::new(&self.header).map_err(|error| error.message())?;
            Ok(Prepared {
                decoder,
                attributes: ImageAttributes::read(&self.header),
            })
        };
        let prepared = self
            .prepared
            .get_or_init(prepare)
            .as_ref()
            .map_err(Clone::clone)?;
        let decoded = prepared
            .decoder
            .decode(frame, ctx)
            .map_err(|error| error.message())?;
        let cell_bits = |bit| prepared.decoder.cell_bits(frame, bit, ctx).ok();
        Ok(prepared
            .attributes
            .frame_image_with(frame, decoded, cell_bits))
    }
}
