//! PDF documents and the pictures of their pages: one job a document, which draws what is on screen
//! at the moment it looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::dicom::InstanceHeader;
use crate::dicom::modules::EncapsulatedDocument;
use crate::engine::Waker;
use crate::imaging::Picture;
use crate::jobs::{JobCtx, Priority, Queue};
use crate::model::InstanceIx;
use crate::objects::pdf::{NoResult, PdfDocument};
use crate::problem::{Message, msg};
use crate::view::Loading;

/// Bytes of pictures kept a document, beside those on screen.
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
}

/// All documents that were opened.
#[derive(Debug, Default)]
pub(super) struct Documents(BTreeMap<InstanceIx, Arc<Mutex<Kept>>>);

impl Documents {
    /// Width and height of the pages, points of 1/72 inch; asked for when first wanted.
    pub(super) fn pages(
        &mut self,
        instance: InstanceIx,
        header: &Arc<InstanceHeader>,
        queue: &Queue,
        waker: &Waker,
    ) -> Loading<Arc<[[f32; 2]]>> {
        let kept = self.0.entry(instance).or_default();
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
        let kept = self.0.entry(instance).or_default();
        let mut open = lock(kept);
        open.wanted = wanted.to_vec();
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
    let (kept, header, waker) = (Arc::clone(kept), Arc::clone(header), Arc::clone(waker));
    let title = Message::new(msg("job-document"));
    queue.spawn(title, Priority::Interaction, true, move |ctx| {
        while work(&kept, &header, ctx) {
            waker();
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

/// Cancelled by the reader: said, and not tried again by itself.
fn outcome<T>(result: Result<T, NoResult>) -> Loading<T> {
    match result {
        Ok(value) => Loading::Ready(value),
        Err(NoResult::Refused(why)) => Loading::Failed(why),
        Err(NoResult::Cancelled) => Loading::Failed(Message::new(msg("pdf-cancelled"))),
    }
}

impl Kept {
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
                Some((_, key, _)) if bytes > KEPT_BYTES => self.pages.remove(&key),
                _ => return,
            };
        }
    }
}
