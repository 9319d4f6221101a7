//! What the pixel data of a video are wrapped in, told by their first bytes, and the video in it.

use std::ops::Range;
use std::sync::Arc;

use super::extents::Extents;
use super::extents::Stream;
use super::format::VideoCodec;
use super::format::VideoContainer;
use super::mp4;
use super::program;
use super::transport;
use super::walk::Framing;
use crate::dicom::DecodeError;

/// The video of a container of packets.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) extents: Extents,
    pub(super) codec: Option<VideoCodec>,
    pub(super) has_audio: bool,
}

/// A video on its own.
#[derive(Debug)]
pub(super) struct Elementary {
    pub(super) container: VideoContainer,
    pub(super) stream: Stream,
    pub(super) codec: VideoCodec,
    pub(super) framing: Framing,
    /// Where the container says that pictures are; empty if it does not.
    pub(super) samples: Vec<Range<u64>>,
    /// Parameter sets that stand in the container.
    pub(super) parameter_sets: Vec<Vec<u8>>,
    pub(super) frame_rate: Option<f64>,
    pub(super) has_audio: bool,
}

/// Bytes by which a container is known.
const BEGINNING: usize = 1024;

/// Unwraps the pixel data of a transfer syntax for `codec`.
pub(super) fn unwrap(payload: Stream, codec: VideoCodec) -> Result<Elementary, DecodeError> {
    let beginning = payload.read(0, BEGINNING)?;
    let nothing = || DecodeError::Damaged {
        codec: codec.name(),
        detail: "there is no video in the container".to_owned(),
    };
    if mp4::sniff(&beginning) {
        let track = mp4::read(&payload)?;
        let mut elementary = plain(payload, track.codec);
        elementary.container = VideoContainer::Mp4;
        if track.framing == Framing::StartCodes {
            let mut extents = Extents::default();
            for sample in &track.samples {
                let length = sample.end - sample.start;
                extents.push_part(&elementary.stream.extents, sample.start, length);
            }
            elementary.stream.extents = Arc::new(extents);
        } else {
            elementary.samples = track.samples;
        }
        elementary.framing = track.framing;
        elementary.parameter_sets = track.parameter_sets;
        elementary.frame_rate = track.frame_rate;
        elementary.has_audio = track.has_audio;
        return Ok(elementary);
    }
    let (found, container) = if let Some(layout) = transport::sniff(&beginning) {
        (
            transport::demux(&payload, layout)?.ok_or_else(nothing)?,
            VideoContainer::Transport,
        )
    } else if program::sniff(&beginning) {
        (
            program::demux(&payload)?.ok_or_else(nothing)?,
            VideoContainer::Program,
        )
    } else {
        return Ok(plain(payload, codec));
    };
    let stream = Stream {
        source: payload.source,
        extents: Arc::new(found.extents),
        ctx: payload.ctx,
    };
    let mut elementary = plain(stream, found.codec.unwrap_or(codec));
    elementary.container = container;
    elementary.has_audio = found.has_audio;
    Ok(elementary)
}

const fn plain(stream: Stream, codec: VideoCodec) -> Elementary {
    Elementary {
        container: VideoContainer::Elementary,
        stream,
        codec,
        framing: Framing::StartCodes,
        samples: Vec::new(),
        parameter_sets: Vec::new(),
        frame_rate: None,
        has_audio: false,
    }
}
