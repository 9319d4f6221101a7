//! Video in pixel data (PS3.5 8.2.5 to 8.2.8, A.4.5 to A.4.7): one stream over all fragments.
//!
//! A scan of the headers finds every picture ([`VideoIndex`]); the frame decoder then serves
//! pictures in any order out of one [`VideoSession`], which decodes forwards and begins again at a
//! random access point where it must.
//!
//! | file | what it owns |
//! |---|---|
//! | `extents.rs` | a stream in pieces |
//! | `container.rs`, `transport.rs`, `program.rs`, `packets.rs`, `mp4.rs` | the video out of what it is wrapped in |
//! | `walk.rs` | from unit to unit by start codes or lengths |
//! | `bits.rs`, `h264_headers.rs`, `hevc_headers.rs` | headers as far as the index needs them |
//! | `h264_index.rs`, `hevc_index.rs`, `mpeg2_index.rs`, `coded.rs` | pictures, their order, random access |
//! | `index.rs`, `format.rs` | what is known of a video before anything is decoded |
//! | `decoder.rs`, `h264.rs`, `hevc.rs`, `mpeg2/` | from coded to decoded pictures |
//! | `planes.rs` | decoded pictures, and their colours |
//! | `session.rs` | a decoder at work |

#[cfg(test)]
mod against_ffmpeg;
mod bits;
mod coded;
mod container;
mod decoder;
mod extents;
mod format;
#[cfg(feature = "video")]
mod h264;
mod h264_headers;
mod h264_index;
#[cfg(feature = "video")]
mod hevc;
mod hevc_headers;
mod hevc_index;
mod index;
mod mp4;
mod mpeg2;
mod mpeg2_index;
mod packets;
mod planes;
mod program;
mod session;
mod transport;
mod walk;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

pub use format::VideoCodec;
pub use format::VideoContainer;
pub use index::VideoIndex;

use super::DecodeError;
use super::PixelDescription;
use super::codec::StreamSize;
use super::pixel_description::DeclaredPhotometric;
use crate::jobs::JobCtx;
use format::Matrix;
use planes::Colours;
use session::Session;
use session::Step;

/// A video being decoded: one decoder, whoever asks.
pub struct VideoSession {
    index: Arc<VideoIndex>,
    session: Mutex<Session>,
    is_full_range: bool,
}

impl fmt::Debug for VideoSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} session", self.index.codec.name())
    }
}

/// What becomes of a picture that was decoded on the way to another.
pub(super) enum OnTheWay {
    /// It is not needed now.
    Pass,
    /// It is taken.
    Take,
}

impl VideoSession {
    /// A session for pictures that the header declares so.
    ///
    /// # Errors
    /// The stream's pictures are of another size than declared.
    pub(super) fn new(
        index: Arc<VideoIndex>,
        pixels: &PixelDescription,
    ) -> Result<Self, DecodeError> {
        // Memory for pictures is taken only for the size that the header was admitted with.
        let [columns, rows] = index.format.size;
        let size = StreamSize {
            columns,
            rows,
            components: 3,
            precision: 8,
        };
        size.check(index.codec.name(), pixels)?;
        let [coded_columns, coded_rows] = index.format.coded_size;
        if coded_columns > columns + 256 || coded_rows > rows + 256 {
            return Err(DecodeError::Damaged {
                codec: index.codec.name(),
                detail: format!("{coded_columns}×{coded_rows} coded for {columns}×{rows} shown"),
            });
        }
        let says_full = matches!(
            pixels.photometric,
            DeclaredPhotometric::YbrFull
                | DeclaredPhotometric::YbrFull422
                | DeclaredPhotometric::Rgb
        );
        Ok(Self {
            is_full_range: index.format.is_full_range.unwrap_or(says_full),
            index,
            session: Mutex::new(Session::new()),
        })
    }

    pub(super) fn codec(&self) -> VideoCodec {
        self.index.codec
    }

    /// Pictures may be kept for stepping back, up to so many bytes.
    pub(super) fn keep(&self, bytes: usize) {
        self.lock().keep(bytes);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Session> {
        // A panic of a decoder left it in an unknown state: begin anew.
        self.session.lock().unwrap_or_else(|poisoned| {
            let mut session = PoisonError::into_inner(poisoned);
            *session = Session::new();
            self.session.clear_poison();
            session
        })
    }

    /// Decodes a picture, by its number among those shown, from 0, as red, green and blue.
    pub(super) fn frame(&self, turn: u32, ctx: &JobCtx) -> Result<Vec<u8>, DecodeError> {
        let mut session = self.lock();
        if session.kept(turn).is_none() {
            self.advance(&mut session, turn, ctx, &mut |_, _| {
                ControlFlow::Continue(())
            })?;
        }
        self.colours(&session, turn)
    }

    /// As [`Self::frame`], and hands on what is decoded on the way and `wants` says is taken. Stops
    /// with [`DecodeError::Cancelled`] where `goes_on` says that nobody wants it any more.
    pub(super) fn frames_up_to(
        &self,
        turn: u32,
        ctx: &JobCtx,
        goes_on: &dyn Fn() -> bool,
        on_the_way: &mut dyn FnMut(u32) -> OnTheWay,
        take: &mut dyn FnMut(u32, Result<Vec<u8>, DecodeError>),
    ) -> Result<(), DecodeError> {
        let mut session = self.lock();
        if session.kept(turn).is_none() {
            self.advance(&mut session, turn, ctx, &mut |session, passed| {
                if passed != turn && matches!(on_the_way(passed), OnTheWay::Take) {
                    take(passed, self.colours(session, passed));
                }
                if goes_on() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        }
        take(turn, self.colours(&session, turn));
        Ok(())
    }

    fn advance(
        &self,
        session: &mut Session,
        turn: u32,
        ctx: &JobCtx,
        each: &mut dyn FnMut(&Session, u32) -> ControlFlow<()>,
    ) -> Result<(), DecodeError> {
        session.seek(&self.index, turn)?;
        loop {
            ctx.check()?;
            let decoded = match session.step(&self.index) {
                Step::Shown(decoded) => decoded,
                Step::Hidden => continue,
                Step::End => return Err(DecodeError::NoPixelData),
            };
            if each(session, decoded).is_break() && decoded != turn {
                return Err(DecodeError::Cancelled);
            }
            if decoded == turn {
                return Ok(());
            }
        }
    }

    fn colours(&self, session: &Session, turn: u32) -> Result<Vec<u8>, DecodeError> {
        let planes = session.kept(turn).ok_or(DecodeError::NoPixelData)?;
        let planes = planes.as_ref().map_err(Clone::clone)?;
        let format = &self.index.format;
        let picture = self.index.shown.get(turn as usize);
        let coded = picture.and_then(|at| self.index.pictures.get(*at as usize));
        let colours = Colours {
            matrix: format.matrix.unwrap_or(Matrix::of_size(format.size)),
            is_full_range: self.is_full_range,
            location: format.chroma_location,
            is_interlaced: coded.is_some_and(|coded| coded.is_interlaced),
        };
        planes::rgb(planes, colours)
    }
}
