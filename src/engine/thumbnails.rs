//! Small pictures of display sets, made by the CPU path, once each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{InstanceSource, Waker};
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{Look, full_range};
use crate::jobs::{JobCtx, Priority, Queue};
use crate::model::{DisplaySetId, Library};
use crate::problem::{Message, msg};
use crate::view::{StackGeometry, VoiChoice, resolve_voi};

/// Width and height, pixels: twice the size on an ordinary screen, for those with denser ones.
const SIDE_PX: u32 = 192;

/// A small picture of a display set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Red, green, blue, alpha; row by row.
    pub rgba: Arc<[u8]>,
}

#[derive(Debug, Clone)]
enum State {
    Asked,
    Here(Thumbnail),
    Failed,
}

/// All of them, by display set.
#[derive(Debug, Default)]
pub(super) struct Thumbnails(Arc<Mutex<BTreeMap<DisplaySetId, State>>>);

impl Thumbnails {
    pub(super) fn get(
        &self,
        library: &Library,
        set: DisplaySetId,
        queue: &Queue,
        waker: &Waker,
    ) -> Option<Thumbnail> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&set) {
            Some(State::Here(thumbnail)) => return Some(thumbnail.clone()),
            Some(State::Asked | State::Failed) => return None,
            None => {}
        }
        let display_set = library.display_set(set)?;
        let key = *display_set.frames.get(display_set.frames.len() / 2)?;
        let source = InstanceSource::new(Arc::clone(library.header(key.instance)?));
        known.insert(set, State::Asked);
        let (states, waker) = (Arc::clone(&self.0), Arc::clone(waker));
        queue.spawn(
            Message::new(msg("job-thumbnail")),
            Priority::Thumbnail,
            false,
            move |ctx| {
                let state = picture(&source, key.frame, ctx).map_or(State::Failed, State::Here);
                states
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(set, state);
                waker();
            },
        );
        None
    }
}

fn picture(source: &InstanceSource, frame: u32, ctx: &JobCtx) -> Option<Thumbnail> {
    let frame = source.frame(frame, ctx).ok()?;
    let voi = resolve_voi(VoiChoice::default(), &frame, || full_range(&frame));
    let aspect = StackGeometry::of(&frame).pixel_aspect;
    let view = SliceView::fit(&frame, [SIDE_PX, SIDE_PX], aspect, Look::new(voi));
    let picture = slice_twin::render(&frame, &view);
    Some(Thumbnail {
        size: picture.size_px,
        rgba: picture.rgba.into(),
    })
}
