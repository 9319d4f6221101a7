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
    ctx: &JobCtx,
) -> Result<Arc<VideoIndex>, DecodeError> {
    if let Some(index) = &header.video {
        if header.source.is_random_access()? {
            return Ok(Arc::clone(index));
        }
        return Ok(Arc::new(index.in_source(random_access(&header.source)?)));
    }
    let source = random_access(&header.source)?;
    VideoIndex::scan(&source, location, codec, ctx).map(Arc::new)
}

/// Finds the pictures where the pixel data are a video, and notes what the header says otherwise.
/// Why there are none is said by whoever decodes them.
pub(in crate::dicom) fn find_video(header: &mut InstanceHeader, ctx: &JobCtx) {
    let row = transfer_syntax::lookup(&header.transfer_syntax);
    let (Some(Encoding::Video(codec)), Some(location)) =
        (row.map(|row| &row.encoding), header.pixel_data)
    else {
        return;
    };
    let found = catch_unwind(AssertUnwindSafe(|| index(header, location, *codec, ctx)));
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
    // A header is kept for as long as its study is open, without the bytes it may have been read of.
    let is_alone = header.source.is_random_access().unwrap_or(false);
    header.video = Some(if is_alone {
        index
    } else {
        Arc::new(index.in_source(header.source.clone()))
    });
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
        let mut of_stream = OfStream {
            decoder: self,
            run,
            work: InWork::new(frame),
        };
        let done = catch_unwind(AssertUnwindSafe(|| session.run(frame, ctx, &mut of_stream)))
            .unwrap_or_else(|payload| Err(self.panicked(&*payload)));
        let OfStream { run, mut work, .. } = of_stream;
        let error = match done {
            Ok(()) | Err(DecodeError::Cancelled) => return done,
            Err(error) => error,
        };
        if let Some(at_fault) = work.at_fault() {
            run.take(at_fault, Err(error));
            work.delivered(at_fault);
        }
        if work.is_reached {
            Ok(())
        } else {
            Err(DecodeError::Cancelled)
        }
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

/// Which frame an error belongs to that no frame was handed on with.
#[derive(Debug)]
struct InWork {
    asked_for: u32,
    /// The frame asked for was handed on.
    is_reached: bool,
    /// Wanted, and not handed on yet.
    wanted: Option<u32>,
}

impl InWork {
    const fn new(asked_for: u32) -> Self {
        Self {
            asked_for,
            is_reached: false,
            wanted: None,
        }
    }

    fn delivered(&mut self, frame: u32) {
        self.is_reached |= frame == self.asked_for;
        self.wanted = self.wanted.filter(|wanted| *wanted != frame);
    }

    /// The frame being worked on; `None` where nobody waits for one any more.
    fn at_fault(&self) -> Option<u32> {
        self.wanted.or((!self.is_reached).then_some(self.asked_for))
    }
}

struct OfStream<'a> {
    decoder: &'a FrameDecoder,
    run: &'a mut dyn FrameRun,
    work: InWork,
}

impl Run for OfStream<'_> {
    fn wants(&mut self, turn: u32) -> bool {
        let is_wanted = self.run.wants(turn);
        if is_wanted {
            self.work.wanted = Some(turn);
        }
        is_wanted
    }

    fn goes_on(&mut self) -> bool {
        self.run.goes_on()
    }

    fn take(&mut self, turn: u32, rgb: Result<Vec<u8>, DecodeError>) {
        let decoded = rgb.map(|rgb| self.decoder.frame(Samples::Rgb8(rgb.into()), None));
        self.run.take(turn, decoded);
        self.work.delivered(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_fails_ahead_of_the_frame_asked_for_does_not_cost_that_frame() {
        let mut work = InWork::new(7);
        assert_eq!(work.at_fault(), Some(7));
        work.wanted = Some(5); // comes by on the way
        assert_eq!(work.at_fault(), Some(5));
        work.delivered(5);
        work.delivered(7);
        assert_eq!(work.at_fault(), None);
        work.wanted = Some(10); // goes on ahead
        assert_eq!(work.at_fault(), Some(10));
    }
}
