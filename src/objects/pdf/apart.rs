//! A document in a worker of its own, which holds it between its pages.
//!
//! A page that ends the worker is lost; for the next one the document is read again by a new worker.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::draw::{Drawing, Pages, Refusal};
use super::guard::STACK_BYTES;
use super::{DRAWING, LARGEST_SIDE_PX, OPENING};
use crate::imaging::Picture;
use crate::problem::{Message, msg};
use crate::worker::{self, Ended, Kind, Limits, Reply, Stopper, Worker};

/// Memory for a document: its file, a page of [`LARGEST_SIDE_PX`] and what that is made of, and the
/// stack.
pub(super) const LIMITS: Limits = Limits {
    memory_bytes: 3 << 30,
};

/// A request; the file is the body of [`Self::Open`].
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    Open,
    Draw(Drawing),
}

/// What comes back; the pixels are the body of [`Self::Picture`].
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Opened(Vec<[f32; 2]>),
    Picture([u32; 2]),
    Refused(Refusal),
}

/// How a worker is started.
type Start = fn(Kind, Limits) -> Result<Worker, Ended>;

/// A document and its worker.
pub(super) struct Apart {
    bytes: Vec<u8>,
    start: Start,
    worker: Mutex<Option<Worker>>,
    /// Apart from it, because it is locked while it works.
    stopper: Mutex<Option<Stopper>>,
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sentence(ended: Ended) -> Message {
    match ended {
        Ended::TooLate => {
            Message::new(msg("pdf-too-slow")).number("seconds", DRAWING.as_secs_f64())
        }
        Ended::Unexpectedly | Ended::NotStarted => Message::new(msg("pdf-ended")),
    }
}

impl Apart {
    pub(super) fn new(bytes: Vec<u8>, start: Start) -> Self {
        Self {
            bytes,
            start,
            worker: Mutex::default(),
            stopper: Mutex::default(),
        }
    }

    /// Ends the worker at once, whatever it does.
    pub(super) fn stop(&self) {
        if let Some(stopper) = &*lock(&self.stopper) {
            stopper.stop();
        }
    }

    /// Width and height of each page, points.
    pub(super) fn open(&self) -> Result<Vec<[f32; 2]>, Message> {
        let mut worker = lock(&self.worker);
        self.opened(&mut worker)
    }

    fn opened(&self, held: &mut Option<Worker>) -> Result<Vec<[f32; 2]>, Message> {
        let mut worker = (self.start)(Kind::Document, LIMITS).map_err(sentence)?;
        *lock(&self.stopper) = Some(worker.stopper());
        let answer = worker.ask::<Answer>(&Request::Open, &self.bytes);
        let head = answer.map_err(sentence)?.head;
        match head {
            Answer::Opened(sizes) => {
                *held = Some(worker);
                Ok(sizes)
            }
            Answer::Refused(refusal) => Err(refusal.message()),
            Answer::Picture(_) => Err(sentence(Ended::Unexpectedly)),
        }
    }

    pub(super) fn draw(&self, drawing: Drawing) -> Result<Picture, Message> {
        let mut held = lock(&self.worker);
        if held.is_none() {
            self.opened(&mut held)?;
        }
        let Some(mut worker) = held.take() else {
            return Err(sentence(Ended::Unexpectedly));
        };
        let answer = worker.ask::<Answer>(&Request::Draw(drawing), &[]);
        let answer = answer.map_err(sentence)?;
        let picture = match answer.head {
            Answer::Picture(size_px) if size_px.iter().all(|side| *side <= LARGEST_SIDE_PX) => {
                let mut rgba = vec![0; size_px[0] as usize * size_px[1] as usize * 4];
                answer.read_into(&mut rgba).map_err(sentence)?;
                Ok(Picture { size_px, rgba })
            }
            Answer::Refused(refusal) => Err(refusal.message()),
            Answer::Picture(_) | Answer::Opened(_) => {
                return Err(sentence(Ended::Unexpectedly));
            }
        };
        *held = Some(worker);
        picture
    }
}

/// Draws pages for another process until it asks no more.
pub fn serve(limits: Limits) -> ExitCode {
    let serving = std::thread::Builder::new()
        .name("document".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let mut document = None;
            // Whoever asks gives up first.
            let allowance = |request: &Request| match request {
                Request::Open => 2 * OPENING,
                Request::Draw(_) => 2 * DRAWING,
            };
            worker::serve(limits, allowance, |request, body| {
                let work = AssertUnwindSafe(|| answer(&mut document, &request, body));
                let refused = |refusal| Reply {
                    head: Answer::Refused(refusal),
                    body: Vec::new(),
                };
                let answered = catch_unwind(work).unwrap_or(Err(Refusal::Unreadable));
                answered.unwrap_or_else(refused)
            })
        });
    let served = serving.ok().and_then(|thread| thread.join().ok());
    served.unwrap_or(ExitCode::FAILURE)
}

fn answer(
    document: &mut Option<Pages>,
    request: &Request,
    body: Vec<u8>,
) -> Result<Reply<Answer, Vec<u8>>, Refusal> {
    match request {
        Request::Open => {
            let pages = Pages::open(body)?;
            let head = Answer::Opened(pages.sizes());
            *document = Some(pages);
            Ok(Reply {
                head,
                body: Vec::new(),
            })
        }
        Request::Draw(drawing) => {
            let pages = document.as_ref().ok_or(Refusal::NoSuchPage)?;
            let picture = pages.draw(*drawing)?;
            Ok(Reply {
                head: Answer::Picture(picture.size_px),
                body: picture.rgba,
            })
        }
    }
}
