//! MPEG-2 Video (ISO/IEC 13818-2, H.262): Main profile, frame and field pictures, progressive and
//! interlaced, 4:2:0; MPEG-1 Video comes with it. Written here because no decoder in Rust serves
//! pictures one by one (`oxideav-mpeg12video` 0.0.13 decodes whole streams, 18 frames of 720p a
//! second, and gives none of them when one is damaged). Its patents have expired.
//!
//! | file | what it owns |
//! |---|---|
//! | `headers.rs` | sequence and picture headers |
//! | `bit_reader.rs`, `tables.rs` | bits, and the codes of annex B |
//! | `slice.rs` | slices and macroblocks |
//! | `vectors.rs`, `frame.rs` | motion vectors and predictions |
//! | `blocks.rs`, `idct.rs` | coefficients and their transform |

mod bit_reader;
mod blocks;
mod frame;
pub(super) mod headers;
mod idct;
mod slice;
mod tables;
mod vectors;

use std::sync::Arc;

use memchr::memmem;

use super::coded::Coded;
use super::decoder::PictureDecoder;
use super::planes;
use super::planes::Planes;
use super::walk::Framing;
use frame::Frame;
use headers::EXTENSION;
use headers::PICTURE;
use headers::Picture;
use headers::PictureType;
use headers::SEQUENCE;
use headers::Sequence;
use headers::Structure;
use slice::Canvas;

/// Decodes frame after frame.
#[derive(Debug)]
pub(super) struct Mpeg2Decoder {
    coded_size: [u32; 2],
    sequence: Option<Sequence>,
    /// The last two I or P frames.
    past: Option<Arc<Frame>>,
    future: Option<Arc<Frame>>,
}

/// The frame at work.
struct Work {
    frame: Frame,
    picture: Picture,
    /// Macroblocks decoded of the picture (frame or field) at work.
    done: Vec<bool>,
    /// Structures of the pictures finished.
    finished: Vec<Structure>,
    kind: PictureType,
}

impl PictureDecoder for Mpeg2Decoder {
    fn parameter_set(&mut self, nal: &[u8]) {
        let Some((&code, rest)) = nal.split_first() else {
            return;
        };
        self.sequence_unit(code, rest);
    }

    fn decode(
        &mut self,
        bytes: &[u8],
        _framing: Framing,
        _coded: &Coded,
    ) -> Result<Option<Planes>, String> {
        let mut work: Option<Work> = None;
        for unit in units(bytes) {
            let Some((&code, rest)) = unit.split_first() else {
                continue;
            };
            match (code, &mut work) {
                (PICTURE, _) => work = Some(self.begin(rest, work.take())?),
                (EXTENSION, Some(work)) => {
                    work.picture
                        .extend(rest)
                        .ok_or("a picture header is damaged")?;
                    // A matrix of the picture holds for those that follow as well.
                    self.sequence_unit(code, rest);
                }
                (0x01..=0xAF, Some(work)) => self.slice(code, rest, work)?,
                _ => self.sequence_unit(code, rest),
            }
        }
        let mut work = work.ok_or("it holds no picture")?;
        work.finish()?;
        let is_whole = match work.finished.as_slice() {
            [Structure::Frame] => true,
            [first, second] => first != second,
            _ => false,
        };
        if !is_whole {
            return Err("one of its fields is missing".to_owned());
        }
        let planes = self.planes(&work.frame)?;
        if work.kind != PictureType::B {
            self.past = self.future.take();
            self.future = Some(Arc::new(work.frame));
        }
        Ok(Some(planes))
    }
}

impl Mpeg2Decoder {
    pub(super) const fn new(coded_size: [u32; 2]) -> Self {
        Self {
            coded_size,
            sequence: None,
            past: None,
            future: None,
        }
    }

    fn sequence_unit(&mut self, code: u8, rest: &[u8]) {
        match (code, &mut self.sequence) {
            (SEQUENCE, sequence) => *sequence = Sequence::read(rest).or(sequence.take()),
            (EXTENSION, Some(sequence)) => {
                // What cannot be read of an extension says nothing.
                let _said = sequence.extend(rest);
            }
            _ => {}
        }
    }

    fn begin(&self, header: &[u8], before: Option<Work>) -> Result<Work, String> {
        let sequence = self
            .sequence
            .as_ref()
            .ok_or("there is no sequence header")?;
        if sequence.chroma_format != 1 {
            return Err("only 4:2:0 is decoded".to_owned());
        }
        if sequence.format.coded_size != self.coded_size {
            return Err("its size changes".to_owned());
        }
        let picture = Picture::read(header).ok_or("a picture header is damaged")?;
        if let Some(mut before) = before {
            before.finish()?;
            before.picture = picture;
            return Ok(before);
        }
        let size = sequence.format.coded_size.map(|size| size as usize);
        Ok(Work {
            frame: Frame::new(size),
            kind: picture.kind,
            picture,
            done: Vec::new(),
            finished: Vec::new(),
        })
    }

    fn slice(&self, code: u8, bytes: &[u8], work: &mut Work) -> Result<(), String> {
        let sequence = self
            .sequence
            .as_ref()
            .ok_or("there is no sequence header")?;
        let [width, height] = sequence.format.coded_size.map(|size| size as usize / 16);
        let rows = if work.picture.structure == Structure::Frame {
            height
        } else {
            height / 2
        };
        let is_second_field = !work.finished.is_empty();
        if work.done.is_empty() {
            work.done = vec![false; width * rows];
        }
        let (past, future) = if work.kind == PictureType::B {
            (self.past.as_deref(), self.future.as_deref())
        } else {
            (self.future.as_deref(), None)
        };
        let fits =
            |frame: &&Frame| frame.planes[0].samples.len() == work.frame.planes[0].samples.len();
        let (past, future) = (past.filter(fits), future.filter(fits));
        let mut canvas = Canvas {
            sequence,
            picture: &work.picture,
            frame: &mut work.frame,
            past,
            future,
            is_second_field,
            done: &mut work.done,
            columns: width,
        };
        Ok(canvas.slice(code, bytes)?)
    }

    /// The part of a frame that is shown.
    fn planes(&self, frame: &Frame) -> Result<Planes, String> {
        let sequence = self
            .sequence
            .as_ref()
            .ok_or("there is no sequence header")?;
        let [width, height] = sequence.format.size;
        let cropped = |plane: &frame::Plane, width: u32, height: u32| {
            let mut samples = Vec::with_capacity(width as usize * height as usize);
            for line in plane
                .samples
                .chunks_exact(plane.width)
                .take(height as usize)
            {
                samples.extend_from_slice(line.get(..width as usize).unwrap_or_default());
            }
            planes::Plane::U8(samples)
        };
        let [luma, cb, cr] = &frame.planes;
        let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
        Ok(Planes {
            size: [width, height],
            planes: [
                cropped(luma, width, height),
                cropped(cb, chroma_width, chroma_height),
                cropped(cr, chroma_width, chroma_height),
            ],
            depth: 8,
            chroma_step: [2, 2],
        })
    }
}

impl Work {
    /// The picture at work has all that it should.
    fn finish(&mut self) -> Result<(), String> {
        let done = std::mem::take(&mut self.done);
        if done.is_empty() || done.contains(&false) {
            return Err("a part of the picture is missing".to_owned());
        }
        self.finished.push(self.picture.structure);
        Ok(())
    }
}

/// The units of a picture, behind their start codes.
fn units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut starts = memmem::find_iter(bytes, b"\0\0\x01")
        .map(|at| at + 3)
        .peekable();
    std::iter::from_fn(move || {
        let start = starts.next()?;
        let end = starts.peek().map_or(bytes.len(), |next| next - 3);
        bytes.get(start..end)
    })
}
