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
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

pub use format::VideoCodec;
pub use format::VideoContainer;
pub use index::VideoIndex;

use super::DecodeError;
use super::PixelDescription;
use super::codec::StreamSize;
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

/// What is asked of a session, picture by picture.
pub(super) trait Run {
    /// Whether a picture that is decoded on the way, or comes next, is taken as well.
    fn wants(&mut self, turn: u32) -> bool;
    /// Whether the way is still worth going.
    fn goes_on(&mut self) -> bool;
    /// A picture: red, green, blue.
    fn take(&mut self, turn: u32, rgb: Result<Vec<u8>, DecodeError>);
}

/// The largest picture of any level of any of the codecs (H.265 table A.8, level 6.2).
const MAX_PIXELS: u64 = 35_651_584;

/// Pictures decoded beyond the one asked for, as long as they are wanted: going on is cheap, coming
/// back is not.
const MOST_AHEAD: usize = 16;

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
        if u64::from(columns) * u64::from(rows) > MAX_PIXELS {
            return Err(DecodeError::Absurd {
                columns,
                rows,
                bytes: 3 * u64::from(columns) * u64::from(rows),
            });
        }
        let [coded_columns, coded_rows] = index.format.coded_size;
        if coded_columns > columns + 256 || coded_rows > rows + 256 {
            return Err(DecodeError::Damaged {
                codec: index.codec.name(),
                detail: format!("{coded_columns}×{coded_rows} coded for {columns}×{rows} shown"),
            });
        }
        Ok(Self {
            // A stream that says nothing is of limited range (H.264 and H.265 E.2.1), whatever
            // the header says: YBR_FULL_422 and RGB stand in many that no encoder made so.
            is_full_range: index.format.is_full_range.unwrap_or(false),
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
            session.begin_anew();
            self.session.clear_poison();
            session
        })
    }

    /// Decodes a picture, by its number among those shown, from 0, as red, green and blue.
    pub(super) fn frame(&self, turn: u32, ctx: &JobCtx) -> Result<Vec<u8>, DecodeError> {
        let mut session = self.lock();
        if session.kept(turn).is_none() {
            session.seek(&self.index, turn)?;
            loop {
                ctx.check()?;
                match session.step(&self.index) {
                    Step::Shown(decoded) if decoded == turn => break,
                    Step::Shown(_) | Step::Hidden => {}
                    Step::End => return Err(DecodeError::NoPixelData),
                }
            }
        }
        self.colours(&session, turn)
    }

    /// As [`Self::frame`], and hands on what is wanted of what is decoded on the way and behind it.
    ///
    /// # Errors
    /// [`DecodeError::Cancelled`] where the picture was not reached; what stops on the way behind it
    /// once it was is none. What [`Run::wants`] was told is always decoded next.
    pub(super) fn run(
        &self,
        turn: u32,
        ctx: &JobCtx,
        run: &mut dyn Run,
    ) -> Result<(), DecodeError> {
        let mut session = self.lock();
        let mut is_reached = session.kept(turn).is_some();
        if is_reached {
            run.take(turn, self.colours(&session, turn));
        } else {
            session.seek(&self.index, turn)?;
        }
        let mut ahead = 0;
        loop {
            // Before anything is taken: who takes a picture delivers it.
            let is_stopped = ctx.check().is_err();
            if is_reached {
                let next = session.next_shown(&self.index);
                let goes_on = ahead < MOST_AHEAD && !is_stopped;
                if !goes_on || !next.is_some_and(|next| run.wants(next)) {
                    return Ok(());
                }
                ahead += 1;
            } else if is_stopped || !run.goes_on() {
                return Err(DecodeError::Cancelled);
            }
            match session.step(&self.index) {
                Step::Shown(decoded) => {
                    let is_asked_for = decoded == turn;
                    if is_reached || is_asked_for || run.wants(decoded) {
                        run.take(decoded, self.colours(&session, decoded));
                    }
                    is_reached |= is_asked_for;
                }
                Step::Hidden => {}
                Step::End => return Err(DecodeError::NoPixelData),
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
