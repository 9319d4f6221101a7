//! Pictures that stand for images whose data are still on their way over a slow line, asked for
//! beside the data: that of the slice under the eye before everything, then those about it, then
//! some throughout its series, within a share of the line.
//!
//! Rendered pictures (PS3.18 8.3.5) are the form asked for: no archive that we know gives the
//! beginning of a frame alone, while nearly all of them render. What arrives of HTJ2K and JPEG 2000
//! is looked at as it comes (`beginnings`).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::archive::Transfer;
use crate::dicom::modules::PatientModule;
use crate::dicom::{ByteSource, FrameDecoder, InstanceHeader, PixelDataLocation, tags};
use crate::imaging::ImageAttributes;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::web::{InstancePlace, PreviewSession, RenderWindow, WebService, WebTrouble};
use crate::workspace::{Arrival, Preview, shape_of};

use super::order::{Focus, Listed, in_order};
use super::run::Run;
use super::transfers::{Shared, lock};

/// Longest side of a picture, px: a slice of CT whole, a radiograph so that its parts are told
/// apart.
const LONGEST_SIDE: u32 = 512;
/// On either side of the slice under the eye.
const ABOUT: usize = 6;
/// Throughout the series of the slice under the eye: as many as give an overview of it.
const THROUGHOUT: usize = 24;
/// Pictures take at most this share of what the data take: one part in so many.
const SHARE: u64 = 16;
/// Bytes of pictures before the data have taken anything: half a second of 2 Mbit/s.
const HEAD_START: u64 = 128 * 1024;
/// Refusals in a row, of several series, after which a node is taken not to render at all.
const MOST_REFUSALS: usize = 3;
/// How long data that could be asked for wait until the picture of the slice under the eye is.
const COURTESY: Duration = Duration::from_millis(800);
/// So long the slice under the eye has the line to itself; its data may take minutes.
const ALONE: Duration = Duration::from_millis(1500);
/// An image that is here in full in less time needs no picture, which would only make it later by a
/// fifth of a second.
const SOONER: Duration = Duration::from_millis(500);
/// At once: the one under the eye need not wait for another to end.
const LANES: usize = 2;
/// What may have changed meanwhile is looked at so often.
const GLANCE: Duration = Duration::from_millis(100);

/// The pictures of one attempt at fetching a study.
pub(super) struct Previews<'a> {
    shared: &'a Shared,
    transfer: &'a Transfer,
    run: &'a Run,
    /// Instances that are here in full.
    known: &'a Mutex<HashSet<String>>,
    state: Mutex<State>,
    ctx: JobCtx,
}

#[derive(Default)]
struct State {
    /// Everything that may be asked for, as far as it is known.
    listed: Vec<Listed>,
    /// SOP Instance UIDs of what was asked for.
    asked: HashSet<String>,
    /// What the last image of a series was like.
    shapes: HashMap<String, Like>,
    /// Series whose images are not alike: each has a window of its own.
    varied: HashSet<String>,
    /// Series that the node does not render.
    refused: HashSet<String>,
    refusals_in_a_row: usize,
    /// Requests that a line or a busy service did not carry out.
    failures: usize,
    /// Of pictures.
    bytes: u64,
    /// Of data.
    data_bytes: u64,
    /// The slice under the eye, and since when it is.
    eye: Option<(String, Instant)>,
    /// What comes before its picture is being asked for.
    urgent: Option<String>,
    /// Another one is.
    is_busy: bool,
    /// No more of them.
    is_over: bool,
}

impl State {
    /// What the next image of a series is like, if that can be told.
    fn expected(&self, series_uid: &str) -> Option<&Like> {
        let is_alike = !self.varied.contains(series_uid);
        self.shapes.get(series_uid).filter(|_| is_alike)
    }

    /// Nothing waits for this one any more.
    fn let_go(&mut self, listed: &Listed) {
        self.urgent
            .take_if(|urgent| *urgent == listed.sop_instance_uid);
    }
}

/// What an image is like, as far as its picture is asked for by it.
#[derive(Debug, Clone, PartialEq)]
struct Like {
    /// Columns and rows, and how many frames.
    shape: ([u32; 2], u32),
    /// Its own.
    window: Option<RenderWindow>,
}

impl Like {
    fn of(header: &InstanceHeader) -> Option<Self> {
        let shape = shape_of(header)?;
        let window = RenderWindow::of_image(&header.dataset, middle(shape.1));
        Some(Self { shape, window })
    }
}

/// What to ask for next.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pick {
    listed: Listed,
    /// The slice under the eye.
    eye: String,
    /// It is the slice under the eye.
    is_urgent: bool,
}

/// What is on the line.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Pictures took no more than their share.
    is_within: bool,
    /// The slice under the eye has the line to itself.
    is_alone: bool,
    /// Another picture is on its way that is not under the eye.
    is_busy: bool,
    /// How long an image takes in full.
    full_in: Option<Duration>,
}

impl Line {
    fn has_room_for(&self, pick: &Pick) -> bool {
        if pick.is_urgent {
            return self.full_in.is_none_or(|time| time > SOONER);
        }
        self.is_within && !self.is_alone && !self.is_busy
    }
}

/// Why there is no picture.
enum Missed {
    /// The node, or the line to it.
    Failure(Failure),
    /// What came is of another image, or another patient's.
    Other,
    /// No picture of this can stand for it.
    Unfit,
}

fn unfit(error: &dyn std::error::Error) -> Missed {
    tracing::debug!("no preview: {error}");
    Missed::Unfit
}

impl From<Failure> for Missed {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl<'a> Previews<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        run: &'a Run,
        known: &'a Mutex<HashSet<String>>,
        ctx: JobCtx,
    ) -> Self {
        let state = State {
            is_over: shared.renders_nothing(&run.transfer.node),
            ..State::default()
        };
        Self {
            shared,
            transfer: &run.transfer,
            run,
            known,
            state: Mutex::new(state),
            ctx,
        }
    }

    /// More of the study is known.
    pub(super) fn list(&self, listed: &[Listed]) {
        lock(&self.state).listed.extend_from_slice(listed);
    }

    /// Data came.
    pub(super) fn data_came(&self, bytes: u64) {
        lock(&self.state).data_bytes += bytes;
    }

    /// Nothing more is wanted; what is under way is cut off.
    pub(super) fn end(&self) {
        lock(&self.state).is_over = true;
        self.ctx.cancel();
        self.shared.looked.notify_all();
    }

    /// Waits until the picture of the slice under the eye is asked for: it is on the line then
    /// before what is asked for now. No longer than it is worth.
    pub(super) fn go_first(&self) {
        let end = Instant::now() + COURTESY;
        while Instant::now() < end && self.is_urgent() {
            self.shared.wait_for_look(GLANCE); // woken when it is asked for
        }
    }

    fn is_urgent(&self) -> bool {
        let mut state = lock(&self.state);
        !state.is_over
            && (state.urgent.is_some() || self.pick(&mut state).is_some_and(|pick| pick.is_urgent))
    }

    /// Asks for pictures until the end.
    pub(super) fn run(&self, web: &WebService) {
        match web.previews(&self.ctx) {
            Ok(session) => std::thread::scope(|scope| {
                for _ in 1..LANES {
                    scope.spawn(|| self.lane(&session));
                }
                self.lane(&session);
            }),
            Err(failure) => tracing::debug!("no pictures: {failure:?}"),
        }
        // Nobody waits for them any more.
        lock(&self.state).is_over = true;
    }

    fn lane(&self, session: &PreviewSession<'_>) {
        loop {
            let pick = {
                let mut state = lock(&self.state);
                if state.is_over || self.ctx.check().is_err() {
                    return;
                }
                let pick = self.pick(&mut state);
                if let Some(pick) = &pick {
                    let uid = pick.listed.sop_instance_uid.clone();
                    state.asked.insert(uid.clone());
                    if pick.is_urgent {
                        state.urgent = Some(uid);
                    } else {
                        state.is_busy = true;
                    }
                }
                pick
            };
            let Some(pick) = pick else {
                self.shared.wait_for_look(GLANCE);
                continue;
            };
            let outcome = self.fetch(session, &pick.listed);
            self.take(&pick, outcome);
            self.shared.looked.notify_all();
        }
    }

    fn pick(&self, state: &mut State) -> Option<Pick> {
        if !self.shared.is_open(&self.transfer.study_uid) {
            return None;
        }
        let focus = self.shared.focus(&self.transfer.study_uid);
        let focus = focus.map(|(focus, _)| focus);
        let full_in = lock(&self.run.live).speed.time_for(1);
        let known = lock(self.known);
        let is_done = |listed: &Listed| {
            let uid = &listed.sop_instance_uid;
            state.asked.contains(uid)
                || known.contains(uid)
                || state.refused.contains(&listed.series_uid)
        };
        let pick = next(&state.listed, focus.as_ref(), &is_done)?;
        let is_eye_here = known.contains(&pick.eye);
        drop(known);
        if state.eye.as_ref().is_none_or(|(eye, _)| *eye != pick.eye) {
            state.eye = Some((pick.eye.clone(), Instant::now()));
        }
        let is_alone = state
            .eye
            .as_ref()
            .is_some_and(|(_, since)| !is_eye_here && since.elapsed() < ALONE);
        let line = Line {
            is_within: state.bytes < HEAD_START + state.data_bytes / SHARE,
            is_alone,
            is_busy: state.is_busy,
            full_in,
        };
        line.has_room_for(&pick).then_some(pick)
    }

    fn fetch(&self, session: &PreviewSession<'_>, listed: &Listed) -> Result<Preview, Missed> {
        let place = InstancePlace {
            study_uid: self.transfer.study_uid.clone(),
            series_uid: listed.series_uid.clone(),
            instance_uid: listed.sop_instance_uid.clone(),
        };
        let expected = lock(&self.state).expected(&listed.series_uid).cloned();
        let ask = |like: &Like| {
            let (size, frames) = like.shape;
            let number = (frames > 1).then(|| middle(frames) + 1);
            session.picture(&place, number, fitted(size), like.window.as_ref())
        };
        // What the one before was like, this one most often is, too: one wait instead of two.
        let (header, early) = match &expected {
            Some(like) => std::thread::scope(|scope| {
                self.picture_is_next(listed);
                let picture = scope.spawn(|| ask(like));
                let header = self.header(session, &place);
                let picture = picture.join().unwrap_or(Err(Failure::Cancelled));
                (header, Some(picture))
            }),
            None => (self.header(session, &place), None),
        };
        let header = header?;
        let like = Like::of(&header).ok_or(Missed::Unfit)?;
        if expected.as_ref().is_some_and(|expected| *expected != like) {
            lock(&self.state).varied.insert(listed.series_uid.clone());
        }
        let early = early.filter(|_| expected.as_ref() == Some(&like));
        let picture = early.unwrap_or_else(|| {
            self.picture_is_next(listed);
            ask(&like)
        })?;
        let (size, frames) = like.shape;
        let mut state = lock(&self.state);
        state.shapes.insert(listed.series_uid.clone(), like);
        if let ByteSource::Memory(bytes) = &picture.source {
            state.bytes += bytes.len() as u64;
        }
        drop(state);
        // What claims to be larger than its image is not decoded to find out.
        let (shown, _) = shape_of(&picture).ok_or(Missed::Unfit)?;
        if shown.iter().zip(size).any(|(shown, own)| *shown > own) {
            return Err(Missed::Unfit);
        }
        let decoded = FrameDecoder::new(&picture).and_then(|it| it.decode(0, &self.ctx));
        let decoded = decoded.map_err(|error| unfit(&error))?;
        let image = ImageAttributes::read(&picture).frame_image(0, decoded);
        Preview::new(header, middle(frames), image).map_err(|error| unfit(&error))
    }

    fn picture_is_next(&self, listed: &Listed) {
        lock(&self.state).let_go(listed);
        self.shared.looked.notify_all();
    }

    /// The elements of the very image that was asked for.
    fn header(
        &self,
        session: &PreviewSession<'_>,
        place: &InstancePlace,
    ) -> Result<InstanceHeader, Missed> {
        let sets = session.metadata(place)?;
        let set = sets.into_iter().next().ok_or(Missed::Other)?.dataset;
        let elements = set.elements();
        let is = |tag, asked: &str| elements.uid(tag).is_some_and(|uid| uid == asked);
        let is_patient = self.transfer.patient_id.is_empty()
            || PatientModule::read(elements).patient_id == self.transfer.patient_id;
        let is_it = is(tags::SOP_INSTANCE_UID, &place.instance_uid)
            && is(tags::SERIES_INSTANCE_UID, &place.series_uid)
            && is(tags::STUDY_INSTANCE_UID, &place.study_uid)
            && is_patient;
        let nowhere = ByteSource::Memory(Arc::from([]));
        // Elements of an image are read as such only where pixels are.
        let pixels = PixelDataLocation {
            tag: tags::PIXEL_DATA,
            offset: 0,
            length: None,
        };
        is_it
            .then(|| InstanceHeader::new(nowhere, "", set, Some(pixels)))
            .ok_or(Missed::Other)
    }

    fn take(&self, pick: &Pick, outcome: Result<Preview, Missed>) {
        let listed = &pick.listed;
        let is_here = lock(self.known).contains(&listed.sop_instance_uid);
        let mut state = lock(&self.state);
        state.let_go(listed);
        state.is_busy &= pick.is_urgent;
        match outcome {
            Ok(preview) => {
                state.refusals_in_a_row = 0;
                drop(state);
                if !is_here {
                    let preview = Arc::new(preview);
                    self.shared.messenger.send(Arrival::Preview(preview));
                }
            }
            Err(Missed::Unfit) => {}
            Err(Missed::Other) => {
                tracing::warn!("{} answers with another image", self.transfer.node);
                state.is_over = true;
            }
            Err(Missed::Failure(Failure::Cancelled)) => state.is_over = true,
            // A line that broke, a service that is busy: enough of pictures for this time.
            Err(Missed::Failure(failure)) if failure.is_transient() => {
                state.failures += 1;
                state.is_over |= state.failures >= MOST_REFUSALS;
            }
            Err(Missed::Failure(failure)) => {
                state.refused.insert(listed.series_uid.clone());
                state.refusals_in_a_row += 1;
                if is_for_good(&failure, &state) {
                    state.is_over = true;
                    self.shared.render_nothing(&self.transfer.node);
                }
            }
        }
    }
}

/// Whether the next ones will be refused, too. Some services render most images and refuse some:
/// those with palettes, or inverted ones.
fn is_for_good(failure: &Failure, state: &State) -> bool {
    let is_no_service = matches!(
        failure,
        Failure::Web {
            trouble: WebTrouble::NoService { .. } | WebTrouble::NotAcceptable,
            ..
        }
    );
    let has_success = !state.shapes.is_empty();
    (is_no_service && !has_success) || state.refusals_in_a_row >= MOST_REFUSALS
}

/// The frame that stands for an image of so many, counted from 0: that which is opened first.
const fn middle(frames: u32) -> u32 {
    frames / 2
}

/// As large as is asked for: never larger than the image.
fn fitted([columns, rows]: [u32; 2]) -> [u32; 2] {
    let longest = columns.max(rows).max(1);
    if longest <= LONGEST_SIDE {
        return [columns, rows];
    }
    [columns, rows].map(|length| {
        let fitted = f64::from(length) * f64::from(LONGEST_SIDE) / f64::from(longest);
        (fitted.round() as u32).max(1)
    })
}

/// What is asked for next: the slice under the eye, those about it, some throughout its series,
/// the middles of the other series.
fn next(
    listed: &[Listed],
    focus: Option<&Focus>,
    is_done: &dyn Fn(&Listed) -> bool,
) -> Option<Pick> {
    let order = in_order(listed, &HashSet::new(), focus);
    let eye = *order.first()?;
    let own: Vec<&Listed> = {
        let own = order.iter().filter(|it| it.series_uid == eye.series_uid);
        own.copied().collect()
    };
    let mut throughout = own.clone();
    throughout.sort_by_key(|it| it.instance_number);
    let step = throughout.len().div_ceil(THROUGHOUT).max(1);
    let about = own.iter().take(1 + 2 * ABOUT).copied();
    let mut seen = HashSet::from([eye.series_uid.as_str()]);
    let middles = order.iter().copied();
    let middles = middles.filter(|it| seen.insert(it.series_uid.as_str()));
    about
        .chain(throughout.into_iter().step_by(step))
        .chain(middles)
        .find(|it| !is_done(it))
        .map(|it| Pick {
            listed: it.clone(),
            eye: eye.sop_instance_uid.clone(),
            is_urgent: it == eye,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Listed> {
        let series = |series: &'static str, count: i64| {
            (1..=count).map(move |number| Listed {
                sop_instance_uid: format!("{series}.{number}"),
                sop_class_uid: String::new(),
                series_uid: series.to_owned(),
                instance_number: Some(number),
            })
        };
        series("1", 3).chain(series("2", 100)).collect()
    }

    fn picks(focus: Option<&Focus>) -> Vec<(String, bool)> {
        let listed = listed();
        let mut done: HashSet<String> = HashSet::new();
        let mut picks = Vec::new();
        loop {
            let is_done = |it: &Listed| done.contains(&it.sop_instance_uid);
            let Some(pick) = next(&listed, focus, &is_done) else {
                return picks;
            };
            done.insert(pick.listed.sop_instance_uid.clone());
            picks.push((pick.listed.sop_instance_uid, pick.is_urgent));
        }
    }

    #[test]
    fn the_slice_under_the_eye_comes_first_then_those_about_it_then_an_overview() {
        let focus = Focus {
            study_uid: "s".into(),
            series_uid: "2".into(),
            instance_number: Some(60),
            awaited: None,
        };
        let picks = picks(Some(&focus));
        let uids: Vec<&str> = picks.iter().map(|(uid, _)| uid.as_str()).collect();
        assert_eq!(uids[..3], ["2.60", "2.59", "2.61"]);
        let urgent = picks.iter().filter(|(_, is_urgent)| *is_urgent).count();
        assert_eq!((urgent, picks[0].1), (1, true));
        assert!(uids.contains(&"2.1") && uids.contains(&"2.96"), "{uids:?}");
        assert_eq!(uids.last(), Some(&"1.2"), "the middle of the other series");
        let most = 1 + 2 * ABOUT + THROUGHOUT + 1;
        assert!(picks.len() <= most, "{}", picks.len());
    }

    #[test]
    fn without_an_eye_on_anything_the_middle_of_the_first_series_is_asked_for_first() {
        assert_eq!(picks(None)[0], ("1.2".to_owned(), true));
    }

    #[test]
    fn where_images_come_as_soon_as_pictures_would_none_is_asked_for_under_the_eye() {
        let pick = Pick {
            listed: listed().remove(0),
            eye: "1.1".into(),
            is_urgent: true,
        };
        let line = |full_in| Line {
            is_within: false,
            is_alone: true,
            is_busy: true,
            full_in,
        };
        assert!(line(None).has_room_for(&pick), "nothing is known yet");
        assert!(line(Some(Duration::from_secs(1))).has_room_for(&pick));
        assert!(!line(Some(Duration::from_millis(300))).has_room_for(&pick));
        let other = Pick {
            is_urgent: false,
            ..pick
        };
        assert!(!line(None).has_room_for(&other));
        let free = Line {
            is_within: true,
            is_alone: false,
            is_busy: false,
            full_in: Some(Duration::from_millis(300)),
        };
        assert!(free.has_room_for(&other), "an overview is worth it still");
    }

    #[test]
    fn a_picture_is_asked_for_in_the_shape_of_its_image_and_never_larger() {
        assert_eq!(fitted([512, 512]), [512, 512]);
        assert_eq!(fitted([274, 384]), [274, 384]);
        assert_eq!(fitted([2048, 1024]), [512, 256]);
        assert_eq!(fitted([3000, 1]), [512, 1]);
    }

    #[test]
    fn a_service_that_renders_nothing_is_told_from_one_that_cannot_render_some() {
        let web = |trouble| Failure::Web {
            peer: String::new(),
            trouble,
        };
        let refusal = web(WebTrouble::Status {
            status: 400,
            detail: String::new(),
        });
        let nothing = web(WebTrouble::NotAcceptable);
        let mut state = State::default();
        assert!(is_for_good(&nothing, &state));
        assert!(!is_for_good(&refusal, &state));
        state.refusals_in_a_row = MOST_REFUSALS;
        assert!(is_for_good(&refusal, &state));
        state.refusals_in_a_row = 1;
        let like = Like {
            shape: ([1, 1], 1),
            window: None,
        };
        state.shapes.insert("1".into(), like);
        assert!(!is_for_good(&nothing, &state));
    }
}
