//! Foreign decoders in a process of their own: OpenJPEG's assertions are live, CharLS and
//! libjpeg-turbo are C++ and C, and what they do to a hostile stream nobody knows.
//!
//! Every stream goes there, not only those that look odd: the streams that end a decoder are those
//! that no check thought of. What it costs is the way of the samples through a pipe, a tenth of a
//! millisecond a slice of CT.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::Duration;

use bytemuck::Pod;
use serde::Deserialize;
use serde::Serialize;

use super::Codec;
use super::Coded;
use super::Colour;
use super::Reduced;
use super::Words;
use super::jpeg::Jpeg;
use super::jpeg_2000::Jpeg2000;
use super::jpeg_ls::JpegLs;
use super::zeroed;
use crate::cache::Budget;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::jobs::panic_text;
use crate::worker;
use crate::worker::Ended;
use crate::worker::IsSound;
use crate::worker::Limits;
use crate::worker::Reply;
use crate::worker::Worker;

const FOREIGN: [&dyn Codec; 3] = [&Jpeg, &JpegLs, &Jpeg2000];

/// Time for a frame, and for a sample of it: many times what the slowest machine needs.
const ALLOWANCE: Duration = Duration::from_mins(1);
const ALLOWANCE_A_SAMPLE: Duration = Duration::from_micros(5);

/// What a frame is asked with; its encoded bytes are the body.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    /// Name of the codec.
    codec: String,
    pixels: PixelDescription,
    task: Task,
}

/// What of a frame is wanted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Task {
    /// All of it.
    Whole,
    /// What its beginning gives, as [`Codec::decode_beginning`] says.
    Beginning { better_than: u32 },
}

/// What comes back; the words are the body.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Frame {
        cell: Cell,
        is_planar: bool,
        colour: Colour,
        is_cells: bool,
        is_lossy: bool,
        halvings: u32,
    },
    /// The beginning gives no picture.
    Nothing,
    Failed(Failure),
}

/// Bits of a word.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Cell {
    U8,
    U16,
    U32,
}

/// What a codec says of a frame it does not decode.
#[derive(Debug, Serialize, Deserialize)]
enum Failure {
    Mismatch { stream: String, header: String },
    Damaged { detail: String },
    NotDecodedYet { name: String },
    Memory { bytes: u64 },
    Panicked { detail: String },
}

/// Decodes one frame, in a worker where the codec is foreign and there are workers.
pub(in crate::dicom) fn decode(
    codec: &'static dyn Codec,
    encoded: &[u8],
    pixels: &PixelDescription,
) -> Result<Coded, DecodeError> {
    let here = || {
        let coded = codec.decode(encoded, pixels)?;
        Ok(Some(Reduced { coded, halvings: 0 }))
    };
    let decoded = apart(codec, encoded, pixels, Task::Whole, &here)?;
    decoded
        .filter(|frame| frame.halvings == 0)
        .map(|frame| frame.coded)
        .ok_or(DecodeError::NoPixelData) // never: that is no answer to this
}

/// Decodes what the beginning of a frame's code gives, likewise.
pub(in crate::dicom) fn decode_beginning(
    codec: &'static dyn Codec,
    arrived: &[u8],
    pixels: &PixelDescription,
    better_than: u32,
) -> Result<Option<Reduced>, DecodeError> {
    let task = Task::Beginning { better_than };
    apart(codec, arrived, pixels, task, &|| {
        codec.decode_beginning(arrived, pixels, better_than)
    })
}

fn apart(
    codec: &'static dyn Codec,
    encoded: &[u8],
    pixels: &PixelDescription,
    task: Task,
    here: &dyn Fn() -> Result<Option<Reduced>, DecodeError>,
) -> Result<Option<Reduced>, DecodeError> {
    if !(codec.is_foreign() && worker::is_enabled()) {
        return here();
    }
    let limits = Limits {
        memory_bytes: Budget::of_this_machine().total(),
    };
    let decoded = worker::with_frames_worker(limits, |worker| {
        let decoded = ask(worker, codec, encoded, pixels, task)?;
        let is_sound = IsSound(decoded.is_ok());
        Ok((decoded, is_sound))
    });
    let name = codec.name();
    match decoded {
        Ok(decoded) => decoded,
        Err(Ended::TooLate) => Err(DecodeError::TooSlow { codec: name }),
        Err(Ended::Unexpectedly) => Err(DecodeError::Ended { codec: name }),
        // A system that starts no processes shows its images all the same.
        Err(Ended::NotStarted) => here(),
    }
}

fn ask(
    worker: &mut Worker,
    codec: &'static dyn Codec,
    encoded: &[u8],
    pixels: &PixelDescription,
    task: Task,
) -> Result<Result<Option<Reduced>, DecodeError>, Ended> {
    let request = Request {
        codec: codec.name().to_owned(),
        pixels: pixels.clone(),
        task,
    };
    let answer = worker.ask::<Answer>(&request, encoded)?;
    let (cell, is_planar, colour, is_cells, is_lossy, halvings) = match answer.head {
        Answer::Frame {
            cell,
            is_planar,
            colour,
            is_cells,
            is_lossy,
            halvings,
        } => (cell, is_planar, colour, is_cells, is_lossy, halvings),
        Answer::Nothing => return Ok(Ok(None)),
        Answer::Failed(failure) => return Ok(Err(failure.of(codec.name()))),
    };
    // Never as many as the worker claims.
    let count = match halvings {
        0 => pixels.samples(),
        halvings => pixels.halved(halvings).samples(),
    };
    let words = match cell {
        Cell::U8 => read(answer, count)?.map(Words::U8),
        Cell::U16 => read(answer, count)?.map(Words::U16),
        Cell::U32 => read(answer, count)?.map(Words::U32),
    };
    Ok(words.map(|words| {
        let coded = Coded {
            words,
            is_planar,
            colour,
            is_cells,
            is_lossy,
            missing: None,
        };
        Some(Reduced { coded, halvings })
    }))
}

fn read<T: Pod>(
    answer: worker::Answer<'_, Answer>,
    count: usize,
) -> Result<Result<Vec<T>, DecodeError>, Ended> {
    let mut words = match zeroed(count) {
        Ok(words) => words,
        Err(error) => return Ok(Err(error)),
    };
    answer.read_into(bytemuck::cast_slice_mut(&mut words))?;
    Ok(Ok(words))
}

/// Decodes frames for another process until it asks no more.
pub fn serve_frames(limits: Limits) -> ExitCode {
    let allowance = |request: &Request| {
        let samples = u32::try_from(request.pixels.samples()).unwrap_or(u32::MAX);
        ALLOWANCE + ALLOWANCE_A_SAMPLE * samples
    };
    worker::serve(limits, allowance, |request, encoded| {
        let codec = FOREIGN
            .into_iter()
            .find(|codec| codec.name() == request.codec);
        let work = || {
            let codec = codec.ok_or(DecodeError::NoPixelData)?;
            match request.task {
                Task::Whole => {
                    let coded = codec.decode(&encoded, &request.pixels)?;
                    Ok(Some(Reduced { coded, halvings: 0 }))
                }
                Task::Beginning { better_than } => {
                    codec.decode_beginning(&encoded, &request.pixels, better_than)
                }
            }
        };
        let decoded = catch_unwind(AssertUnwindSafe(work));
        let failure = match decoded {
            Ok(Ok(Some(frame))) => return reply(frame),
            Ok(Ok(None)) => {
                return Reply {
                    head: Answer::Nothing,
                    body: Body(None),
                };
            }
            Ok(Err(error)) => Failure::from(error),
            Err(payload) => Failure::Panicked {
                detail: panic_text(&*payload),
            },
        };
        Reply {
            head: Answer::Failed(failure),
            body: Body(None),
        }
    })
}

/// The words of a frame as they go through the pipe; none of one that failed.
struct Body(Option<Words>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Some(Words::U8(words)) => words,
            Some(Words::U16(words)) => bytemuck::cast_slice(words),
            Some(Words::U32(words)) => bytemuck::cast_slice(words),
            Some(Words::F32(_) | Words::F64(_)) | None => &[],
        }
    }
}

fn reply(Reduced { coded, halvings }: Reduced) -> Reply<Answer, Body> {
    let cell = match &coded.words {
        Words::U8(_) => Cell::U8,
        Words::U16(_) => Cell::U16,
        // No foreign codec gives floating-point values.
        Words::U32(_) | Words::F32(_) | Words::F64(_) => Cell::U32,
    };
    Reply {
        head: Answer::Frame {
            cell,
            is_planar: coded.is_planar,
            colour: coded.colour,
            is_cells: coded.is_cells,
            is_lossy: coded.is_lossy,
            halvings,
        },
        body: Body(Some(coded.words)),
    }
}

impl Failure {
    fn of(self, codec: &'static str) -> DecodeError {
        match self {
            Self::Mismatch { stream, header } => DecodeError::Mismatch {
                codec,
                stream,
                header,
            },
            Self::Damaged { detail } => DecodeError::Damaged { codec, detail },
            Self::NotDecodedYet { name } => DecodeError::NotDecodedYet { name: name.into() },
            Self::Memory { bytes } => DecodeError::Memory { bytes },
            Self::Panicked { detail } => DecodeError::Panicked { codec, detail },
        }
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Mismatch { stream, header, .. } => Self::Mismatch { stream, header },
            DecodeError::NotDecodedYet { name } => Self::NotDecodedYet {
                name: name.into_owned(),
            },
            DecodeError::Memory { bytes } => Self::Memory { bytes },
            DecodeError::Damaged { detail, .. } => Self::Damaged { detail },
            other => Self::Damaged {
                detail: other.to_string(),
            },
        }
    }
}
