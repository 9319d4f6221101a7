//! Small pictures of display sets, made by the CPU path, once each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{InstanceSource, Waker};
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{Look, full_range};
use crate::jobs::{JobCtx, Priority, Queue};
use crate::model::{DisplaySetId, FrameKey, Library};
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

/// The picture of a display set, and of which frame it is.
#[derive(Debug)]
struct Known {
    /// The frame asked for last; a set that grows has another middle.
    of: FrameKey,
    is_asked: bool,
    picture: Option<Thumbnail>,
    /// Why that frame has none.
    failed: Option<Message>,
}

/// All of them, by display set.
#[derive(Debug, Default)]
pub(super) struct Thumbnails(Arc<Mutex<BTreeMap<DisplaySetId, Known>>>);

impl Thumbnails {
    pub(super) fn get(
        &self,
        library: &Library,
        set: DisplaySetId,
        queue: &Queue,
        waker: &Waker,
    ) -> Option<Thumbnail> {
        let key = library.display_set(set)?.thumbnail()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(set).or_insert(Known {
            of: key,
            is_asked: false,
            picture: None,
            failed: None,
        });
        let is_new = known.of == key && known.picture.is_none() && !known.is_asked;
        let is_outgrown = known.of != key && !known.is_asked;
        let before = known.picture.clone();
        if is_new || is_outgrown {
            let source = InstanceSource::new(Arc::clone(library.header(key.instance)?));
            known.of = key;
            known.is_asked = true;
            let (all, waker) = (Arc::clone(&self.0), Arc::clone(waker));
            let title = Message::new(msg("job-thumbnail"));
            queue.spawn(title, Priority::Thumbnail, false, move |ctx| {
                let made = picture(&source, key.frame, ctx);
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(known) = all.get_mut(&set) {
                    // One that cannot be drawn keeps `is_asked`: it is not tried again.
                    known.is_asked = made.is_err();
                    match made {
                        Ok(picture) => (known.picture, known.failed) = (Some(picture), None),
                        Err(why) => known.failed = Some(why),
                    }
                }
                drop(all);
                waker();
            });
        }
        before
    }

    /// Why a display set has no picture, once that is known.
    pub(super) fn failed(&self, set: DisplaySetId) -> Option<Message> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&set)?.failed.clone()
    }
}

fn picture(source: &InstanceSource, frame: u32, ctx: &JobCtx) -> Result<Thumbnail, Message> {
    let frame = source.frame(frame, ctx)?;
    let voi = resolve_voi(VoiChoice::default(), &frame, || full_range(&frame));
    let aspect = StackGeometry::of(&frame).pixel_aspect;
    let view = SliceView::fit(&frame, [SIDE_PX, SIDE_PX], aspect, Look::new(voi));
    let picture = slice_twin::render(&frame, &view);
    Ok(Thumbnail {
        size: picture.size_px,
        rgba: picture.rgba.into(),
    })
}
