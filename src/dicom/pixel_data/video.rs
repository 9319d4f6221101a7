//! Videos: the pictures are found when the header is read, so that everyone counts the same frames.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;

use dicom_dictionary_std::tags;

use super::FrameDecoder;
use super::Plan;
use super::random_access;
use crate::dicom::DecodeError;
use crate::dicom::DecodedFrame;
use crate::dicom::InstanceHeader;
use crate::dicom::PixelDataLocation;
use crate::dicom::Samples;
use crate::dicom::VideoCodec;
use crate::dicom::VideoIndex;
use crate::dicom::transfer_syntax;
use crate::dicom::transfer_syntax::Encoding;
use crate::dicom::video::Run;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;

/// The pictures of a video, as found when its header was read.
pub(super) fn index(
    header: &InstanceHeader,
    location: PixelDataLocation,
    codec: VideoCodec,
) -> Result<Arc<VideoIndex>, DecodeError> {
    if let Some(index) = &header.video {
        return Ok(Arc::clone(index));
    }
    let source = random_access(&header.source)?;
    VideoIndex::scan(&source, location, codec).map(Arc::new)
}

/// Finds the pictures where the pixel data are a video, and notes what the header says otherwise.
/// Why there are none is said by whoever decodes them.
pub(in crate::dicom) fn find_video(header: &mut InstanceHeader) {
    let row = transfer_syntax::lookup(&header.transfer_syntax);
    let (Some(Encoding::Video(codec)), Some(location)) =
        (row.map(|row| &row.encoding), header.pixel_data)
    else {
        return;
    };
    let found = catch_unwind(AssertUnwindSafe(|| index(header, location, *codec)));
    let Ok(Ok(index)) = found else {
        return;
    };
    let declared = header.dataset.elements().integer(tags::NUMBER_OF_FRAMES);
    if declared != Some(i64::from(index.frames())) {
        header.notes.push(
            Message::new(msg("reading-video-frames"))
                .number("declared", declared.unwrap_or(1) as f64)
                .count("count", index.frames() as usize),
        );
    }
    if index.has_other_views() {
        header.notes.push(Message::new(msg("reading-video-views")));
    }
    header.video = Some(index);
}

impl FrameDecoder {
    /// Frames of a stream may be kept for stepping back, up to so many bytes.
    pub fn keep(&self, bytes: usize) {
        if let Plan::Video(session) = &self.plan {
            session.keep(bytes);
        }
    }

    /// As [`Self::decode`]; of a stream, what is decoded on the way and behind it is handed on where
    /// it is wanted.
    ///
    /// # Errors
    /// [`DecodeError::Cancelled`] where the frame was not reached; what is wrong with a frame is
    /// handed on as its result.
    pub fn decode_run(
        &self,
        frame: u32,
        ctx: &JobCtx,
        run: &mut dyn FrameRun,
    ) -> Result<(), DecodeError> {
        let Plan::Video(session) = &self.plan else {
            run.take(frame, self.decode(frame, ctx));
            return Ok(());
        };
        let mut of_stream = OfStream { decoder: self, run };
        catch_unwind(AssertUnwindSafe(|| session.run(frame, ctx, &mut of_stream)))
            .unwrap_or_else(|payload| Err(self.panicked(&*payload)))
    }
}

/// What is asked of a decoder, frame by frame, counted from 0.
pub trait FrameRun {
    /// Whether a frame that comes by is taken as well.
    fn wants(&mut self, frame: u32) -> bool;
    /// Whether the frame asked for is still worth the way to it.
    fn goes_on(&mut self) -> bool;
    /// A frame.
    fn take(&mut self, frame: u32, decoded: Result<DecodedFrame, DecodeError>);
}

struct OfStream<'a> {
    decoder: &'a FrameDecoder,
    run: &'a mut dyn FrameRun,
}

impl Run for OfStream<'_> {
    fn wants(&mut self, turn: u32) -> bool {
        self.run.wants(turn)
    }

    fn goes_on(&mut self) -> bool {
        self.run.goes_on()
    }

    fn take(&mut self, turn: u32, rgb: Result<Vec<u8>, DecodeError>) {
        let decoded = rgb.map(|rgb| self.decoder.frame(Samples::Rgb8(rgb.into()), None));
        self.run.take(turn, decoded);
    }
}
