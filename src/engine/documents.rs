//! PDF documents and the pictures of their pages: one job a document, which draws what is on screen
//! at the moment it looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cache::{Budget, Reservation};
use crate::dicom::InstanceHeader;
use crate::dicom::modules::EncapsulatedDocument;
use crate::engine::Waker;
use crate::imaging::Picture;
use crate::jobs::{JobCtx, JobRequest, Outcome, Priority, Queue};
use crate::model::InstanceIx;
use crate::objects::pdf::{NoResult, PdfDocument};
use crate::problem::{Message, msg};
use crate::view::Loading;

/// Bytes of pictures kept of all documents, beside those on screen.
const KEPT_BYTES: usize = 128 << 20;

/// A page at a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageKey {
    /// From 0.
    pub page: u32,
    /// Width of its picture, pixels.
    pub width_px: u32,
}

#[derive(Debug, Default)]
struct Kept {
    document: Loading<PdfDocument>,
    pages: BTreeMap<PageKey, Loading<Arc<Picture>>>,
    /// On screen, most wanted first.
    wanted: Vec<PageKey>,
    is_running: bool,
    /// Its part of [`KEPT_BYTES`].
    most_bytes: usize,
}

/// All documents on screen.
#[derive(Debug, Default)]
pub(super) struct Documents {
    kept: BTreeMap<InstanceIx, Arc<Mutex<Kept>>>,
    /// For pictures that are not on screen.
    memory: Option<Reservation>,
}

impl Documents {
    /// Says which instances are on screen. Documents that are not go, and with them what was said of
    /// them: shown again, a document that was cancelled is tried again.
    pub(super) fn keep(&mut self, is_shown: impl Fn(InstanceIx) -> bool, budget: &Arc<Budget>) {
        self.kept.retain(|instance, kept| {
            let stays = is_shown(*instance);
            if !stays {
                lock(kept).wanted.clear(); // nothing more is drawn for it
            }
            stays
        });
        if self.kept.is_empty() {
            self.memory = None;
        } else if self.memory.is_none() {
            self.memory = budget.reserve(KEPT_BYTES as u64).ok();
        }
        let most = self.memory.as_ref().map_or(0, |_| KEPT_BYTES);
        for kept in self.kept.values() {
            lock(kept).most_bytes = most / self.kept.len();
        }
    }

    /// Width and height of the pages, points of 1/72 inch; asked for when first wanted.
    pub(super) fn pages(
        &mut self,
        instance: InstanceIx,
        header: &Arc<InstanceHeader>,
        queue: &Queue,
        waker: &Waker,
    ) -> Loading<Arc<[[f32; 2]]>> {
        let kept = self.kept.entry(instance).or_default();
        let mut open = lock(kept);
        match &open.document {
            Loading::Waiting => {}
            Loading::Ready(document) => return Loading::Ready(Arc::clone(&document.pages)),
            Loading::Failed(why) => return Loading::Failed(why.clone()),
        }
        if !open.is_running {
            open.is_running = true;
            drop(open);
            run(kept, header, queue, waker);
        }
        Loading::Waiting
    }

    /// The pictures of the pages on screen, as far as they are drawn; the others are drawn next.
    pub(super) fn pictures(
        &mut self,
        instance: InstanceIx,
        header: &Arc<InstanceHeader>,
        wanted: &[PageKey],
        queue: &Queue,
        waker: &Waker,
    ) -> Vec<Loading<Arc<Picture>>> {
        let kept = self.kept.entry(instance).or_default();
        let mut open = lock(kept);
        open.want(wanted);
        let pictures: Vec<_> = wanted
            .iter()
            .map(|key| open.pages.get(key).cloned().unwrap_or_default())
            .collect();
        let is_any_missing = pictures
            .iter()
            .any(|picture| matches!(picture, Loading::Waiting));
        if is_any_missing && !open.is_running {
            open.is_running = true;
            drop(open);
            run(kept, header, queue, waker);
        }
        pictures
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(kept: &Arc<Mutex<Kept>>, header: &Arc<InstanceHeader>, queue: &Queue, waker: &Waker) {
    let (of_work, header) = (Arc::clone(kept), Arc::clone(header));
    let (kept, wake, waker) = (Arc::clone(kept), Arc::clone(waker), Arc::clone(waker));
    let request = JobRequest {
        title: Message::new(msg("job-document")),
        priority: Priority::Interaction,
        generation: None,
        is_shown: true,
    };
    let work = move |ctx: &JobCtx| {
        while work(&of_work, &header, ctx) {
            wake();
        }
        Ok(())
    };
    queue.submit(request, work, move |outcome| {
        // Cancelled before it began, or ended by a panic, it left no word itself.
        match outcome {
            Outcome::Done(()) => {}
            Outcome::Cancelled => lock(&kept).stopped(&Message::new(msg("pdf-cancelled"))),
            Outcome::Panicked(_) => lock(&kept).stopped(&Message::new(msg("pdf-unreadable"))),
        }
        waker();
    });
}

/// Opens the document, or draws the page most wanted; `false` once there is nothing to do, which
/// the next one to ask for something changes.
fn work(kept: &Mutex<Kept>, header: &InstanceHeader, ctx: &JobCtx) -> bool {
    let mut open = lock(kept);
    let Loading::Ready(document) = &open.document else {
        drop(open);
        let bytes = EncapsulatedDocument::read(header.dataset.elements()).bytes;
        let opened = outcome(PdfDocument::open(bytes, ctx));
        let is_here = matches!(opened, Loading::Ready(_));
        let mut open = lock(kept);
        open.document = opened;
        open.is_running = is_here;
        return is_here;
    };
    let document = document.clone();
    let next = open.wanted.iter().copied();
    let Some(key) = { next }.find(|key| !open.pages.contains_key(key)) else {
        open.is_running = false;
        return false;
    };
    drop(open);
    let drawn = outcome(document.page(key.page, key.width_px, ctx).map(Arc::new));
    let mut open = lock(kept);
    open.pages.insert(key, drawn);
    open.let_go();
    true
}

/// Cancelled by the reader: said, and not tried again before it was out of sight.
fn outcome<T>(result: Result<T, NoResult>) -> Loading<T> {
    match result {
        Ok(value) => Loading::Ready(value),
        Err(NoResult::Refused(why)) => Loading::Failed(why),
        Err(NoResult::Cancelled) => Loading::Failed(Message::new(msg("pdf-cancelled"))),
    }
}

impl Kept {
    /// Says which pages are on screen. One that left it without a picture is tried again when it
    /// comes back: it may have been cancelled, or others were in its way.
    fn want(&mut self, wanted: &[PageKey]) {
        if self.wanted != wanted {
            self.wanted = wanted.to_vec();
            let is_kept = |key: &PageKey, page: &Loading<_>| {
                matches!(page, Loading::Ready(_)) || wanted.contains(key)
            };
            self.pages.retain(|key, page| is_kept(key, page));
        }
    }

    /// Its job ended without a word: the reason stands for what it was to bring.
    fn stopped(&mut self, why: &Message) {
        self.is_running = false;
        if matches!(self.document, Loading::Waiting) {
            self.document = Loading::Failed(why.clone());
            return;
        }
        for key in &self.wanted {
            let page = self.pages.entry(*key);
            page.or_insert_with(|| Loading::Failed(why.clone()));
        }
    }

    /// Pictures that are not on screen go, farthest from it first, until few enough bytes are left.
    fn let_go(&mut self) {
        let near = self.wanted.first().map_or(0, |key| key.page);
        loop {
            let spare = self.pages.iter().filter_map(|(key, page)| {
                let picture = page.ready().filter(|_| !self.wanted.contains(key))?;
                Some((key.page.abs_diff(near), *key, picture.rgba.len()))
            });
            let (bytes, farthest) = spare.fold((0, None), |(sum, farthest), spare| {
                (sum + spare.2, farthest.max(Some(spare)))
            });
            match farthest {
                Some((_, key, _)) if bytes > self.most_bytes => self.pages.remove(&key),
                _ => return,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(page: u32) -> PageKey {
        PageKey { page, width_px: 10 }
    }

    #[test]
    fn a_job_that_never_began_leaves_its_document_not_waiting_for_ever() {
        let why = Message::new(msg("pdf-cancelled"));
        let mut kept = Kept {
            is_running: true,
            ..Kept::default()
        };
        kept.stopped(&why);
        assert!(!kept.is_running);
        assert!(matches!(&kept.document, Loading::Failed(said) if *said == why));
    }

    #[test]
    fn a_page_that_was_cancelled_is_tried_again_when_it_comes_back() {
        let mut kept = Kept::default();
        kept.want(&[key(1)]);
        let why = Message::new(msg("pdf-cancelled"));
        kept.pages.insert(key(1), Loading::Failed(why));
        kept.want(&[key(1), key(2)]);
        assert!(kept.pages.contains_key(&key(1)), "still on screen");
        kept.want(&[key(2)]);
        assert!(!kept.pages.contains_key(&key(1)));
    }

    #[test]
    fn documents_out_of_sight_hold_no_memory() {
        let budget = Arc::new(Budget::new(1 << 30));
        let mut documents = Documents::default();
        documents.kept.entry(InstanceIx(1)).or_default();
        documents.kept.entry(InstanceIx(2)).or_default();
        documents.keep(|_| true, &budget);
        assert_eq!(budget.taken(), KEPT_BYTES as u64);
        let half = lock(&documents.kept[&InstanceIx(1)]).most_bytes;
        assert_eq!(half, KEPT_BYTES / 2);
        documents.keep(|instance| instance == InstanceIx(2), &budget);
        assert_eq!(documents.kept.len(), 1);
        documents.keep(|_| false, &budget);
        assert_eq!(budget.taken(), 0);
    }
}
