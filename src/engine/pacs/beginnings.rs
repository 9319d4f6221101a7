//! Pictures out of what has arrived of an image that the reader waits for: JPEG 2000 and HTJ2K hold
//! the low resolutions at their beginning, whoever sends them and by whatever service. Of several
//! frames in any syntax, the first is a picture when it is here.
//!
//! On a fast line this costs nothing: nobody looks at what is here within a second.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::dicom::{
    Announced, ByteSource, FrameDecoder, InstanceHeader, InstanceSink, InstanceWriter, Received,
    Refusal, Samples, read_header,
};
use crate::imaging::slice_twin::{self, SliceView};
use crate::imaging::{FrameImage, ImageAttributes, Look, full_range};
use crate::jobs::JobCtx;
use crate::view::{VoiChoice, resolve_voi};
use crate::workspace::{Arrival, Preview, shape_of};

use super::on_thread;
use super::transfers::{Shared, lock};

/// What is here in less time needs no picture in its stead.
const SLOW: Duration = Duration::from_millis(700);
/// Bytes before which there is nothing to see; looked at again whenever they have doubled.
const FIRST: u64 = 64 * 1024;
/// No more is held in memory for a picture.
const MOST: u64 = 256 << 20;

/// What came a moment ago may not be known yet to whoever asked for it.
const MOMENT: Duration = Duration::from_secs(2);

/// What is arriving at the moment.
#[derive(Default)]
pub(super) struct UnderWay {
    /// SOP Instance UIDs, one twice where it comes twice; and when it was here.
    instances: Mutex<Vec<(String, Option<Instant>)>>,
    /// A picture is being made: one at a time.
    is_busy: AtomicBool,
}

impl UnderWay {
    /// Whether some of it is here: to ask for it once more would be slower.
    pub fn has(&self, sop_instance_uid: &str) -> bool {
        let mut instances = lock(&self.instances);
        instances.retain(|(_, came)| came.is_none_or(|at| at.elapsed() < MOMENT));
        instances.iter().any(|(uid, _)| uid == sop_instance_uid)
    }

    fn begin(&self, sop_instance_uid: &str) {
        let mut instances = lock(&self.instances);
        instances.retain(|(_, came)| came.is_none_or(|at| at.elapsed() < MOMENT));
        instances.push((sop_instance_uid.to_owned(), None));
    }

    fn end(&self, sop_instance_uid: &str, is_here: bool) {
        let mut instances = lock(&self.instances);
        let is_it = |(uid, came): &(String, _)| uid == sop_instance_uid && Option::is_none(came);
        let Some(at) = instances.iter().position(is_it) else {
            return;
        };
        if is_here && let Some((_, came)) = instances.get_mut(at) {
            *came = Some(Instant::now());
        } else {
            instances.swap_remove(at);
        }
    }
}

/// One instance on its way, until it is here or will not be.
struct Arriving {
    shared: Arc<Shared>,
    sop_instance_uid: String,
    is_here: bool,
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let under_way = &self.shared.under_way;
        under_way.end(&self.sop_instance_uid, self.is_here);
    }
}

/// The archive as the place where instances go, watched for what the reader waits for.
pub(super) struct Watched {
    shared: Arc<Shared>,
}

impl Watched {
    pub fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }
}

impl InstanceSink for Watched {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let writer = self.shared.archive.begin(announced)?;
        let shared = &self.shared;
        shared.under_way.begin(&announced.sop_instance_uid);
        Ok(Box::new(Writer {
            writer,
            arriving: Arriving {
                shared: Arc::clone(shared),
                sop_instance_uid: announced.sop_instance_uid.clone(),
                is_here: false,
            },
            begun: Instant::now(),
            bytes: 0,
            next: if shared.is_previewing() {
                FIRST
            } else {
                u64::MAX
            },
            halvings: Arc::new(AtomicU32::new(u32::MAX)),
        }))
    }
}

struct Writer {
    writer: Box<dyn InstanceWriter>,
    arriving: Arriving,
    begun: Instant,
    bytes: u64,
    /// Looked at when so many bytes are here.
    next: u64,
    /// How often the sides of the largest picture so far are halved.
    halvings: Arc<AtomicU32>,
}

impl InstanceWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.writer.write(bytes)?;
        self.bytes += bytes.len() as u64;
        if self.bytes >= self.next && self.begun.elapsed() >= SLOW {
            self.look();
        }
        Ok(())
    }

    fn so_far(&mut self) -> Option<ByteSource> {
        self.writer.so_far()
    }

    fn finish(self: Box<Self>) -> Result<Received, Refusal> {
        let Self {
            writer,
            mut arriving,
            ..
        } = *self;
        let finished = writer.finish();
        arriving.is_here = finished.is_ok();
        finished
    }
}

impl Writer {
    /// Has a picture made of what is here, if the reader waits for it.
    fn look(&mut self) {
        let Arriving {
            shared,
            sop_instance_uid,
            ..
        } = &self.arriving;
        if !shared.waits_for(sop_instance_uid)
            || shared.under_way.is_busy.swap(true, Ordering::SeqCst)
        {
            return;
        }
        // There is nothing larger than the image.
        self.next = match self.halvings.load(Ordering::SeqCst) {
            0 => u64::MAX,
            _ => self.bytes.saturating_mul(2),
        };
        let busy = Busy(Arc::clone(shared));
        let so_far = self.writer.so_far();
        let Some(arrived) = so_far.and_then(|source| source.read_all(MOST).ok()) else {
            self.next = u64::MAX;
            return;
        };
        let sop_instance_uid = sop_instance_uid.clone();
        let halvings = Arc::clone(&self.halvings);
        let shared = Arc::clone(shared);
        let messenger = shared.messenger.clone();
        on_thread("beginning", &messenger, move || {
            let _busy = busy;
            let better_than = halvings.load(Ordering::SeqCst);
            let Some((preview, times)) = picture(arrived, better_than) else {
                return;
            };
            if shared.is_wanted(&preview, &sop_instance_uid) {
                halvings.store(times, Ordering::SeqCst);
                let preview = Arc::new(preview);
                shared.messenger.send(Arrival::Preview(preview));
            }
        });
    }
}

/// Until it goes, another picture waits.
struct Busy(Arc<Shared>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.under_way.is_busy.store(false, Ordering::SeqCst);
    }
}

impl Shared {
    /// Of the instance that is arriving, of a study that is open, and of the patient that the study
    /// was asked for.
    fn is_wanted(&self, preview: &Preview, sop_instance_uid: &str) -> bool {
        let is_patient = lock(&self.running).values().all(|run| {
            let transfer = &run.transfer;
            transfer.study_uid != preview.study_uid
                || transfer.patient_id.is_empty()
                || transfer.patient_id == preview.patient_id
        });
        preview.sop_instance_uid == sop_instance_uid
            && self.is_open(&preview.study_uid)
            && is_patient
    }
}

/// The picture that stands for an image of which so much has arrived, and how often its sides are
/// halved. Of several frames it is the first, when that is here.
fn picture(arrived: Vec<u8>, better_than: u32) -> Option<(Preview, u32)> {
    let header = read_header(ByteSource::Memory(arrived.into())).ok()?;
    let (_, frames) = shape_of(&header)?;
    let decoder = FrameDecoder::new(&header).ok()?;
    let ctx = JobCtx::new();
    let picture = if frames == 1 {
        let reduced = decoder.decode_beginning(better_than, &ctx);
        reduced.map(|it| it.map(|reduced| (reduced.frame, reduced.halvings)))
    } else if better_than > 0 {
        let first = decoder.decode(0, &ctx);
        first.map(|frame| frame.missing.is_none().then_some((frame, 0)))
    } else {
        Ok(None)
    };
    let (frame, halvings) = picture.unwrap_or_else(|error| {
        tracing::debug!("no picture of what has arrived: {error}");
        None
    })?;
    let attributes = ImageAttributes::read(&header);
    let image = FrameImage {
        marks: None, // they lie where the pixels of the whole image are
        ..attributes.frame_image(0, frame)
    };
    let header = InstanceHeader {
        source: ByteSource::Memory(Arc::from([])),
        notes: Vec::new(), // that it ends early, which it will not
        ..header
    };
    let preview = Preview::new(header, 0, as_shown(&image)).ok()?;
    Some((preview, halvings))
}

/// What the image looks like with its own window: eight bits, and no values any more.
fn as_shown(image: &FrameImage) -> FrameImage {
    let voi = resolve_voi(VoiChoice::default(), image, || full_range(image));
    let view = SliceView::one_to_one(image, Look::new(voi));
    let shown = slice_twin::render(image, &view);
    let (pixels, _) = shown.rgba.as_chunks::<4>();
    let samples = if image.samples.samples_per_pixel() == 3 {
        let rgb: Vec<u8> = pixels
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect();
        Samples::Rgb8(rgb.into())
    } else {
        Samples::U8(pixels.iter().map(|[grey, ..]| *grey).collect())
    };
    FrameImage::plain(image.size(), samples)
}
