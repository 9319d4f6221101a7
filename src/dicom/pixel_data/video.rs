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
use crate::dicom::video::OnTheWay;
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
    /// Whether frames come one after the other out of one stream, so that only one thread at a time
    /// decodes, and what is decoded on the way to a frame is best taken at once.
    #[must_use]
    pub const fn is_stream(&self) -> bool {
        matches!(self.plan, Plan::Video(_))
    }

    /// Frames of a stream may be kept for stepping back, up to so many bytes.
    pub fn keep(&self, bytes: usize) {
        if let Plan::Video(session) = &self.plan {
            session.keep(bytes);
        }
    }

    /// As [`Self::decode`]; of a stream, what is decoded on the way and `is_wanted` is handed on as
    /// well, and the way ends where `goes_on` says so.
    ///
    /// # Errors
    /// [`DecodeError::Cancelled`] where it ended before the frame; what is wrong with a frame is
    /// handed on as its result.
    pub fn decode_run(
        &self,
        frame: u32,
        ctx: &JobCtx,
        goes_on: &dyn Fn() -> bool,
        is_wanted: &dyn Fn(u32) -> bool,
        take: &mut dyn FnMut(u32, Result<DecodedFrame, DecodeError>),
    ) -> Result<(), DecodeError> {
        let Plan::Video(session) = &self.plan else {
            take(frame, self.decode(frame, ctx));
            return Ok(());
        };
        let run = || {
            session.frames_up_to(
                frame,
                ctx,
                goes_on,
                &mut |passed| {
                    if is_wanted(passed) {
                        OnTheWay::Take
                    } else {
                        OnTheWay::Pass
                    }
                },
                &mut |frame, rgb| {
                    take(
                        frame,
                        rgb.map(|rgb| self.frame(Samples::Rgb8(rgb.into()), None)),
                    );
                },
            )
        };
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| Err(self.panicked(&*payload)))
    }
}
