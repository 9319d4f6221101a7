//! Why a frame could not be decoded, in words for the log and as a message for the screen.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::io_message;
use crate::jobs::Cancelled;
use crate::problem::Message;
use crate::problem::msg;

/// Why there is no picture. Nothing is ever shown instead of a frame that failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DecodeError {
    /// The instance holds no pixel data.
    #[error("there is no pixel data")]
    NoPixelData,
    /// An attribute without which no picture can be made.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Rows × columns × samples that no image has.
    #[error("an image of {columns} x {rows} pixels, {bytes} bytes, is beyond what can be")]
    Absurd {
        /// Columns declared.
        columns: u32,
        /// Rows declared.
        rows: u32,
        /// Bytes of one frame.
        bytes: u64,
    },
    /// A transfer syntax that is in no table.
    #[error("unknown transfer syntax {uid}")]
    UnknownTransferSyntax {
        /// Its UID.
        uid: Arc<str>,
    },
    /// A transfer syntax that is known, but not decoded by this release.
    #[error("{name} is not decoded yet")]
    NotDecodedYet {
        /// Its name in PS3.6.
        name: Cow<'static, str>,
    },
    /// A codec that this build was made without.
    #[error("this build has no decoder for {name}")]
    NotBuiltIn {
        /// Its name.
        name: &'static str,
    },
    /// A frame of a video that is predicted from a damaged one.
    #[error("the frame is predicted from frame {number}, which is damaged")]
    DependsOnDamaged {
        /// The damaged frame, counted from 1.
        number: u32,
    },
    /// Bits allocated and samples per pixel that are not decoded.
    #[error("{samples} samples of {bits} bits a pixel are not decoded")]
    Layout {
        /// Samples per pixel.
        samples: u32,
        /// Bits allocated.
        bits: u32,
    },
    /// A photometric interpretation that is not decoded.
    #[error("photometric interpretation {0} is not decoded")]
    Photometric(String),
    /// A palette that cannot be used.
    #[error("the colour palette is missing or broken")]
    Palette,
    /// A frame number beyond the number of frames.
    #[error("frame {number} was asked for, but the image declares {frames}")]
    NoSuchFrame {
        /// The frame, counted from 1.
        number: u64,
        /// How many the image declares.
        frames: u32,
    },
    /// The pixel data end before the frame does.
    #[error("the frame needs {expected} bytes, but the file holds {found} of them")]
    Truncated {
        /// Bytes the frame needs.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The encapsulated pixel data hold fewer frames than declared.
    #[error("frame {number} is missing: the file declares {declared} frames and holds {found}")]
    FrameMissing {
        /// The frame, counted from 1.
        number: u32,
        /// Frames declared.
        declared: u32,
        /// Frames found.
        found: usize,
    },
    /// Nothing tells where in the fragments a frame begins.
    #[error("{fragments} fragments cannot be divided into {frames} frames")]
    FrameBoundaries {
        /// Fragments found.
        fragments: usize,
        /// Frames declared.
        frames: u32,
    },
    /// The compressed stream is of another size or kind than the header says.
    #[error("the {codec} stream holds {stream}, but the header declares {header}")]
    Mismatch {
        /// The codec.
        codec: &'static str,
        /// What the stream says, `columns×rows×samples`.
        stream: String,
        /// What the header says.
        header: String,
    },
    /// The compressed stream is damaged.
    #[error("the {codec} stream is damaged: {detail}")]
    Damaged {
        /// The codec.
        codec: &'static str,
        /// The codec's own words.
        detail: String,
    },
    /// The bytes could not be read.
    #[error("the file could not be read: {0}")]
    Read(Arc<io::Error>),
    /// There is not enough memory.
    #[error("there is no memory for {bytes} bytes")]
    Memory {
        /// Bytes asked for.
        bytes: u64,
    },
    /// The decoder panicked; the frame is lost, nothing else.
    #[error("the {codec} decoder failed: {detail}")]
    Panicked {
        /// The codec.
        codec: &'static str,
        /// The panic's message.
        detail: String,
    },
    /// The process that decoded it ended; the frame is lost, nothing else.
    #[error("the {codec} decoder ended unexpectedly")]
    Ended {
        /// The codec.
        codec: &'static str,
    },
    /// Decoding took longer than it was given.
    #[error("the {codec} decoder took too long")]
    TooSlow {
        /// The codec.
        codec: &'static str,
    },
    /// The job was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl From<Cancelled> for DecodeError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        Self::Read(Arc::new(error))
    }
}

impl DecodeError {
    /// The sentence for the screen; the file is added by [`crate::problem::Problem::at`].
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NoPixelData => Message::new(msg("decode-no-pixel-data")),
            Self::Missing(attribute) => {
                Message::new(msg("decode-missing-attribute")).text("attribute", *attribute)
            }
            Self::Absurd {
                columns,
                rows,
                bytes,
            } => Message::new(msg("decode-absurd-size"))
                .number("columns", f64::from(*columns))
                .number("rows", f64::from(*rows))
                .number("bytes", *bytes as f64),
            Self::UnknownTransferSyntax { uid } => {
                Message::new(msg("decode-unknown-transfer-syntax")).text("uid", &**uid)
            }
            Self::NotDecodedYet { name } => {
                Message::new(msg("decode-not-yet")).text("name", &**name)
            }
            Self::NotBuiltIn { name } => {
                Message::new(msg("decode-not-built-in")).text("name", *name)
            }
            Self::DependsOnDamaged { number } => {
                Message::new(msg("decode-depends-on-damaged")).number("number", f64::from(*number))
            }
            Self::Layout { samples, bits } => Message::new(msg("decode-layout"))
                .number("samples", f64::from(*samples))
                .number("bits", f64::from(*bits)),
            Self::Photometric(name) => {
                Message::new(msg("decode-photometric")).text("name", name.as_str())
            }
            Self::Palette => Message::new(msg("decode-palette")),
            Self::NoSuchFrame { number, frames } => Message::new(msg("decode-no-such-frame"))
                .number("number", *number as f64)
                .number("frames", f64::from(*frames)),
            Self::Truncated { expected, found } => Message::new(msg("decode-truncated"))
                .number("expected", *expected as f64)
                .number("found", *found as f64),
            Self::FrameMissing {
                number,
                declared,
                found,
            } => Message::new(msg("decode-frame-missing"))
                .number("number", f64::from(*number))
                .number("declared", f64::from(*declared))
                .count("found", *found),
            Self::FrameBoundaries { fragments, frames } => {
                Message::new(msg("decode-frame-boundaries"))
                    .count("fragments", *fragments)
                    .number("frames", f64::from(*frames))
            }
            Self::Mismatch {
                codec,
                stream,
                header,
            } => Message::new(msg("decode-mismatch"))
                .text("codec", *codec)
                .text("stream", stream.as_str())
                .text("header", header.as_str()),
            Self::Damaged { codec, detail } => Message::new(msg("decode-damaged"))
                .text("codec", *codec)
                .text("detail", detail.as_str()),
            Self::Read(error) => {
                Message::new(msg("decode-read")).message("detail", io_message(error))
            }
            Self::Memory { bytes } => {
                Message::new(msg("decode-memory")).number("bytes", *bytes as f64)
            }
            Self::Panicked { codec, detail } => Message::new(msg("decode-panicked"))
                .text("codec", *codec)
                .text("detail", detail.as_str()),
            Self::Ended { codec } => Message::new(msg("decode-ended")).text("codec", *codec),
            Self::TooSlow { codec } => Message::new(msg("decode-too-slow")).text("codec", *codec),
            Self::Cancelled => Message::new(msg("decode-cancelled")),
        }
    }
}
