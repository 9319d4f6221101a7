//! An instance ready to decode: its decoder and its attributes, prepared once.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::annotation::ImageGeometry;
use crate::dicom::{DecodeError, DecodedFrame, FrameDecoder, FrameRun, InstanceHeader};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::jobs::{Cancelled, JobCtx};
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
        let decoder = self.decoder()?;
        let decoded = decoder
            .decode(frame, ctx)
            .map_err(|error| error.message())?;
        let cell_bits = |bit| decoder.cell_bits(frame, bit, ctx).ok();
        Ok(self
            .attributes()
            .frame_image_with(frame, decoded, cell_bits))
    }

    /// Whether its frames come one after the other out of one stream: then one thread at a time
    /// decodes them, and what comes by is best taken at once.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.header.video.is_some()
    }

    /// Memory that the frames take which must be decoded one after the other to reach the last of
    /// them; 0 where each stands for itself.
    #[must_use]
    pub fn group_bytes(&self) -> u64 {
        let video = self.header.video.as_ref();
        video.map_or(0, |video| video.group_bytes())
    }

    /// Frames of a stream may be kept for stepping back, up to so many bytes.
    pub fn keep(&self, bytes: u64) {
        if let Ok(decoder) = self.decoder() {
            decoder.keep(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
    }

    /// As [`Self::frame`]; of a stream, what comes by is handed on where it is wanted.
    ///
    /// # Errors
    /// [`Cancelled`] where the frame was not reached.
    pub(super) fn frames(
        &self,
        frame: u32,
        ctx: &JobCtx,
        run: &mut dyn SourceRun,
    ) -> Result<(), Cancelled> {
        let decoder = match self.decoder() {
            Ok(decoder) => decoder,
            Err(why) => {
                run.take(frame, Err(why));
                return Ok(());
            }
        };
        let mut described = Described { source: self, run };
        // What is wrong with a frame was handed on in its place.
        decoder
            .decode_run(frame, ctx, &mut described)
            .map_err(|_not_reached| Cancelled)
    }

    fn decoder(&self) -> Result<&FrameDecoder, Message> {
        self.decoder
            .get_or_init(|| FrameDecoder::new(&self.header).map_err(|error| error.message()))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn attributes(&self) -> &ImageAttributes {
        self.attributes
            .get_or_init(|| ImageAttributes::read(&self.header))
    }
}

/// What is asked of a source, frame by frame, counted from 0.
pub(super) trait SourceRun {
    /// Whether a frame that comes by is taken as well.
    fn wants(&mut self, frame: u32) -> bool;
    /// Whether the frame asked for is still worth the way to it.
    fn goes_on(&mut self) -> bool;
    /// A frame, or the sentence to show in its place.
    fn take(&mut self, frame: u32, image: Result<FrameImage, Message>);
}

/// Decoded frames with what the header says about them.
struct Described<'a> {
    source: &'a InstanceSource,
    run: &'a mut dyn SourceRun,
}

impl FrameRun for Described<'_> {
    fn wants(&mut self, frame: u32) -> bool {
        self.run.wants(frame)
    }

    fn goes_on(&mut self) -> bool {
        self.run.goes_on()
    }

    fn take(&mut self, frame: u32, decoded: Result<DecodedFrame, DecodeError>) {
        let attributes = self.source.attributes();
        let image = decoded
            .map(|decoded| attributes.frame_image_with(frame, decoded, |_bit| None))
            .map_err(|error| error.message());
        self.run.take(frame, image);
    }
}
