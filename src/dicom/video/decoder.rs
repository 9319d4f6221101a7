//! The decoders behind one face: a coded picture in, a decoded picture out.

use super::coded::Coded;
use super::format::VideoCodec;
use super::mpeg2::Mpeg2Decoder;
use super::planes::Planes;
use super::walk::Framing;
use crate::dicom::DecodeError;

/// Decodes the pictures of a stream one after the other, from a random access point on.
pub(super) trait PictureDecoder: Send {
    /// Takes a parameter set in, without start code.
    fn parameter_set(&mut self, nal: &[u8]);

    /// Decodes the bytes of a picture; `None` where they hold none to be shown.
    ///
    /// # Errors
    /// What is wrong with it. Pictures predicted from it are not to be trusted either.
    fn decode(
        &mut self,
        bytes: &[u8],
        framing: Framing,
        coded: &Coded,
    ) -> Result<Option<Planes>, String>;
}

/// A decoder that has seen nothing yet, for pictures of this size and no other: a parameter set that
/// claims another one must not take memory.
///
/// # Errors
/// This build has none for the codec.
#[cfg_attr(
    feature = "video",
    expect(
        clippy::unnecessary_wraps,
        reason = "a build without the feature refuses"
    )
)]
pub(super) fn new(
    codec: VideoCodec,
    coded_size: [u32; 2],
) -> Result<Box<dyn PictureDecoder>, DecodeError> {
    match codec {
        VideoCodec::Mpeg2 => Ok(Box::new(Mpeg2Decoder::new(coded_size))),
        #[cfg(feature = "video")]
        VideoCodec::H264 => Ok(Box::new(super::h264::H264Decoder::new(coded_size))),
        #[cfg(feature = "video")]
        VideoCodec::Hevc => Ok(Box::new(super::hevc::HevcDecoder::new(coded_size))),
        #[cfg(not(feature = "video"))]
        VideoCodec::H264 | VideoCodec::Hevc => Err(DecodeError::NotBuiltIn { name: codec.name() }),
    }
}
