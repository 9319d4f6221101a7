//! Pictures that stand for images whose data are still on their way over a slow line.
//!
//! A preview is what the node made of an image, or what has arrived of it gives: eight bits, a window
//! of the node's choice or the image's own, maybe fewer pixels. It is shown in the image's place until the image is here. It is no image:
//! nothing is measured on it, no value is read from it, and neither library, archive, report nor
//! anything that is written ever holds it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::dicom::modules::PatientModule;
use crate::dicom::{InstanceHeader, tags};
use crate::geom::{DAffine2, DAffine3, DVec2};
use crate::imaging::{FrameImage, ImageAttributes};
use crate::model::{DisplaySet, DisplaySetId};
use crate::problem::{Message, Problem, Severity, msg};
use crate::view::{StackGeometry, ViewMode, ViewState};
use crate::workspace::Workspace;
use crate::workspace::arriving::{Awaited, ListedInstance, Track};
use crate::workspace::command::ViewEdit;
use crate::workspace::panes::PaneId;

/// Samples of previews that are kept: those of some hundred slices.
const MOST_BYTES: usize = 64 << 20;

/// A picture that stands for an image.
#[derive(Debug)]
pub struct Preview {
    /// Study Instance UID.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Patient ID.
    pub patient_id: String,
    /// Which of its frames, counted from 0.
    pub frame: u32,
    /// How many it has.
    pub frames: u32,
    /// Elements of the image that it stands for: whose it is, which it is.
    pub header: InstanceHeader,
    /// What is shown, 8 bits a sample; its size is its own.
    pub picture: Arc<FrameImage>,
    /// Columns and rows, and the shape of the pixels, of the image that it stands for: the picture
    /// covers the same area. No millimetres.
    pub geometry: StackGeometry,
    /// Of the image that it stands for, (column, row, distance mm) → patient mm: for the letters at
    /// the edges alone.
    pub patient_from_image: Option<DAffine3>,
}

/// Why a picture cannot stand for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPreview {
    /// The elements are those of something else: a document, or an image of fewer frames.
    #[error("no such image")]
    NoImage,
    /// It covers another area than the image.
    #[error("the picture has another shape than the image")]
    Shape,
}

impl Preview {
    /// A picture and the elements of the image that it is to stand for, of this frame counted from 0.
    ///
    /// # Errors
    /// [`NoPreview`].
    pub fn new(header: InstanceHeader, frame: u32, picture: FrameImage) -> Result<Self, NoPreview> {
        let shape = shape_of(&header).filter(|(_, frames)| frame < *frames);
        let (size, frames) = shape.ok_or(NoPreview::NoImage)?;
        if !covers([picture.columns, picture.rows], size) {
            return Err(NoPreview::Shape);
        }
        let attributes = ImageAttributes::read(&header);
        let placed = StackGeometry::new(
            size,
            attributes.spacing(frame),
            attributes.aspect(frame),
            attributes.plane(frame),
        );
        let elements = header.dataset.elements();
        let uid = |tag| elements.uid(tag).unwrap_or_default();
        Ok(Self {
            study_uid: uid(tags::STUDY_INSTANCE_UID),
            series_uid: uid(tags::SERIES_INSTANCE_UID),
            sop_instance_uid: uid(tags::SOP_INSTANCE_UID),
            patient_id: PatientModule::read(elements).patient_id,
            frame,
            frames,
            picture: Arc::new(picture),
            patient_from_image: placed.patient_from_image,
            geometry: StackGeometry {
                pixel_mm: None,
                patient_from_image: None,
                ..placed
            },
            header,
        })
    }

    /// What the hand is told that would change the look of one, or measure on it.
    #[must_use]
    pub fn no_hand() -> Problem {
        Problem {
            severity: Severity::Note,
            message: Message::new(msg("preview-no-hand")),
            path: None,
        }
    }

    /// Column and row of the image to those of the picture, pixel centres at integers: the outer
    /// edges of both are the same.
    #[must_use]
    pub fn picture_from_image(&self) -> DAffine2 {
        let half = DAffine2::from_translation(DVec2::splat(0.5));
        let size = |size: [u32; 2]| DVec2::new(size[0].into(), size[1].into());
        let scale = size(self.picture.size()) / size(self.geometry.image_size);
        half.inverse() * DAffine2::from_scale(scale) * half
    }

    fn bytes(&self) -> usize {
        let [columns, rows] = self.picture.size().map(|n| n as usize);
        columns * rows * self.picture.samples.samples_per_pixel()
    }
}

/// Columns and rows of an image by its elements, and how many frames it has; `None` where it is none.
#[must_use]
pub fn shape_of(header: &InstanceHeader) -> Option<([u32; 2], u32)> {
    let elements = header.dataset.elements();
    let frames = elements.integer(tags::NUMBER_OF_FRAMES).unwrap_or(1);
    let length = |tag| {
        let length = u32::try_from(elements.integer(tag)?).ok()?;
        (1..=u32::from(u16::MAX))
            .contains(&length)
            .then_some(length)
    };
    let size = [length(tags::COLUMNS)?, length(tags::ROWS)?];
    let frames = u32::try_from(frames).ok().filter(|frames| *frames > 0)?;
    Some((size, frames))
}

/// Whether a picture of one size shows all of an image of another, not more, and not distorted by
/// more than the rounding of its lines.
fn covers(picture: [u32; 2], image: [u32; 2]) -> bool {
    let [width, height] = picture.map(f64::from);
    let [columns, rows] = image.map(f64::from);
    let by_width = (width * rows / columns - height).abs() <= 1.0;
    let by_height = (height * columns / rows - width).abs() <= 1.0;
    width >= 1.0 && height >= 1.0 && (by_width || by_height)
}

/// Those that are here, and the pane that shows a series before anything of it is here.
#[derive(Debug, Default)]
pub struct Previews {
    all: HashMap<String, Arc<Preview>>,
    /// By SOP Instance UID, as they came.
    order: VecDeque<String>,
    bytes: usize,
    promised: Option<Promised>,
}

/// A series that is on screen though nothing of it is in the library yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Promised {
    set: DisplaySetId,
    pane: PaneId,
    patient_id: String,
    study_uid: String,
    series_uid: String,
}

impl Previews {
    /// The one that stands for an instance.
    #[must_use]
    pub fn of(&self, sop_instance_uid: &str) -> Option<&Arc<Preview>> {
        self.all.get(sop_instance_uid)
    }

    fn keep(&mut self, preview: Arc<Preview>) {
        self.remove(&preview.sop_instance_uid);
        self.bytes += preview.bytes();
        self.order.push_back(preview.sop_instance_uid.clone());
        self.all.insert(preview.sop_instance_uid.clone(), preview);
        while self.bytes > MOST_BYTES
            && let Some(oldest) = self.order.front().cloned()
        {
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, sop_instance_uid: &str) {
        if let Some(preview) = self.all.remove(sop_instance_uid) {
            self.bytes -= preview.bytes();
            self.order.retain(|uid| uid != sop_instance_uid);
        }
    }
}

/// How much of a series that was previewed is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFull {
    /// Images that are here in full.
    pub here: usize,
    /// Images that the node lists.
    pub of: usize,
    /// No more will come.
    pub is_over: bool,
    /// Some of them lost something to compression before they came here.
    pub is_lossy: bool,
}

impl InFull {
    /// Every image that the node lists is here.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.here >= self.of
    }

    /// The same as a sentence.
    #[must_use]
    pub fn words(&self) -> Message {
        let id = match (self.is_whole(), self.is_over) {
            (true, _) if self.is_lossy => msg("preview-reached-lossy"),
            (true, _) => msg("preview-reached"),
            (false, false) => msg("preview-in-full"),
            (false, true) => msg("preview-cut-short"),
        };
        Message::new(id)
            .count("here", self.here)
            .count("of", self.of)
    }
}

impl Workspace {
    /// A picture came. Where nothing is on screen yet, it is what the reader sees first.
    pub(super) fn take_preview(&mut self, preview: Arc<Preview>) {
        let uid = &preview.sop_instance_uid;
        let is_listed = self.arriving.instance(&preview.series_uid, uid).cloned();
        let Some(listed) = is_listed else {
            return; // nothing of the study is on its way any more
        };
        if self.library.namesakes(uid).next().is_some() {
            return; // the image itself was quicker
        }
        let shows_no_more = |known: &Arc<Preview>| {
            let pixels = |preview: &Preview| {
                let [columns, rows] = preview.picture.size().map(u64::from);
                columns * rows
            };
            // Another frame of the same would jump.
            known.frame != preview.frame || pixels(known) >= pixels(&preview)
        };
        if self.previews.of(uid).is_some_and(shows_no_more) {
            return;
        }
        self.arriving.mark_previewed(&preview.series_uid);
        let (study_uid, series_uid) = (preview.study_uid.clone(), preview.series_uid.clone());
        let patient_id = preview.patient_id.clone();
        self.previews.keep(preview);
        let is_here = self
            .library
            .display_sets()
            .any(|set| set.is_image() && *set.series_instance_uid == *series_uid);
        if self.panes.shown().next().is_some() || is_here {
            return;
        }
        let pane = self.panes.active;
        let set = DisplaySetId::promised();
        let mut view = ViewState::new(set, ViewMode::Stack);
        view.look.filter = self.settings.filter;
        self.panes.hang(pane, view);
        self.previews.promised = Some(Promised {
            set,
            pane,
            patient_id,
            study_uid: study_uid.clone(),
            series_uid: series_uid.clone(),
        });
        self.arriving.await_in(Awaited {
            pane,
            study_uid,
            series_uid,
            instance: listed,
        });
    }

    /// Something of a series that was on screen in pictures alone is in the library: the pane
    /// shows that series from now on, the same slice in the same place.
    pub(super) fn keep_promise(&mut self) {
        let Some(promised) = self.previews.promised.clone() else {
            return;
        };
        let is_shown = |workspace: &Self| {
            let view = workspace.panes.view(promised.pane);
            view.is_some_and(|view| view.display_set == promised.set)
        };
        if !is_shown(self) {
            self.previews.promised = None;
            return;
        }
        // Of that patient, too: a wrong node may send another's under the same UIDs.
        let is_of_study = |set: &DisplaySet| {
            let study = self.library.study(set.study);
            let patient = study.and_then(|study| self.library.patient(study.patient));
            study.is_some_and(|study| *study.module.study_instance_uid == *promised.study_uid)
                && patient.is_some_and(|it| it.module.patient_id == promised.patient_id)
        };
        let is_it = |set: &&DisplaySet| {
            let is_of_series = *set.series_instance_uid == *promised.series_uid;
            set.is_image() && is_of_series && is_of_study(set)
        };
        // The series may be split: of its sets the one with what was waited for comes first.
        let awaited = self.arriving.awaited_in(promised.pane);
        let awaited = awaited.map(|it| it.instance.sop_instance_uid.clone());
        let has_it = |set: &DisplaySet| {
            let own = set
                .instances
                .iter()
                .filter_map(|ix| self.library.instance(*ix));
            own.map(|it| &*it.facts.sop_instance_uid)
                .any(|uid| Some(uid) == awaited.as_deref())
        };
        let found: Vec<&DisplaySet> = self.library.display_sets().filter(is_it).collect();
        let found = found.iter().find(|set| has_it(set)).or(found.first());
        let Some((id, middle)) = found.map(|set| (set.id, set.frames.len() / 2)) else {
            return;
        };
        self.previews.promised = None;
        if let Some(view) = self.panes.view_mut(promised.pane) {
            view.display_set = id;
            view.index = middle as u32;
        }
        if let Some(awaited) = self.arriving.awaited_in(promised.pane).cloned() {
            self.await_slice(promised.pane, awaited.instance);
        }
    }

    /// Images are here in full: what stood for them stays until they are decoded, unless the
    /// node's picture was not of this patient.
    pub(super) fn check_previews<'a>(&mut self, headers: impl Iterator<Item = &'a InstanceHeader>) {
        if self.previews.all.is_empty() {
            return;
        }
        for header in headers {
            let elements = header.dataset.elements();
            let uid = elements.uid(tags::SOP_INSTANCE_UID).unwrap_or_default();
            let Some(preview) = self.previews.all.get(&uid) else {
                continue;
            };
            let is_other = preview.patient_id != PatientModule::read(elements).patient_id
                || shape_of(header) != Some((preview.geometry.image_size, preview.frames));
            if is_other {
                self.previews.remove(&uid);
            }
        }
    }

    /// Nothing more of a study comes: pictures of what did not come are of no use.
    pub(super) fn forget_previews(&mut self, study_uid: &str) {
        let gone: Vec<String> = self
            .previews
            .all
            .values()
            .filter(|preview| preview.study_uid == study_uid)
            .map(|preview| preview.sop_instance_uid.clone())
            .filter(|uid| self.library.namesakes(uid).next().is_none())
            .collect();
        gone.iter().for_each(|uid| self.previews.remove(uid));
        let promised = self
            .previews
            .promised
            .take_if(|it| it.study_uid == study_uid);
        if let Some(promised) = promised {
            self.panes.take_down(promised.pane, promised.set);
        }
    }

    /// What stands for the slice that the reader waits for in a pane, if something does.
    #[must_use]
    pub fn awaited_preview(&self, pane: PaneId, state: &ViewState) -> Option<&Arc<Preview>> {
        let awaited = self.arriving.awaited_in(pane)?;
        let preview = self.previews.of(&awaited.instance.sop_instance_uid)?;
        let is_own = match self.promised(state.display_set) {
            Some((study_uid, series_uid)) => {
                preview.study_uid == study_uid && preview.series_uid == series_uid
            }
            None => self.is_preview_of(preview, self.library.display_set(state.display_set)?),
        };
        (is_own && state.mode == ViewMode::Stack).then_some(preview)
    }

    /// What stood for the frame that a view is at, to be shown while that is decoded.
    #[must_use]
    pub fn preview_of_frame(&self, state: &ViewState) -> Option<&Arc<Preview>> {
        if self.previews.all.is_empty() {
            return None;
        }
        let set = self.library.display_set(state.display_set)?;
        let frame = set.frames.get(state.index as usize)?;
        let instance = self.library.instance(frame.instance)?;
        let preview = self.previews.of(&instance.facts.sop_instance_uid)?;
        let is_it = preview.frame == frame.frame && self.is_preview_of(preview, set);
        is_it.then_some(preview)
    }

    /// The picture that a pane shows as long as the image is not there to be shown.
    #[must_use]
    pub fn preview_in(&self, pane: PaneId, state: &ViewState) -> Option<&Arc<Preview>> {
        self.awaited_preview(pane, state)
            .or_else(|| self.preview_of_frame(state))
    }

    /// Whether it is of this very series of this very patient.
    fn is_preview_of(&self, preview: &Preview, set: &DisplaySet) -> bool {
        let first = set.frames.first();
        let header = first.and_then(|frame| self.library.header(frame.instance));
        header.is_some_and(|header| {
            let elements = header.dataset.elements();
            let is = |tag, own: &str| elements.uid(tag).is_some_and(|uid| uid == own);
            is(tags::STUDY_INSTANCE_UID, &preview.study_uid)
                && is(tags::SERIES_INSTANCE_UID, &preview.series_uid)
                && PatientModule::read(elements).patient_id == preview.patient_id
        })
    }

    /// Study and series of a display set that is on screen before anything of it is here.
    #[must_use]
    pub fn promised(&self, set: DisplaySetId) -> Option<(&str, &str)> {
        let promised = self.previews.promised.as_ref()?;
        (promised.set == set).then_some((&promised.study_uid, &promised.series_uid))
    }

    /// The header of what is on screen in the active pane before anything of it is here.
    #[must_use]
    pub fn promised_header(&self) -> Option<&InstanceHeader> {
        let view = self.panes.active_view()?;
        self.promised(view.display_set)?;
        let preview = self.awaited_preview(self.panes.active, view)?;
        Some(&preview.header)
    }

    /// The places of what a view shows, while that is on its way.
    #[must_use]
    pub fn track_of(&self, state: &ViewState) -> Option<Track> {
        match self.promised(state.display_set) {
            Some((_, series_uid)) => self.arriving.empty_track(series_uid),
            None => self.track(self.library.display_set(state.display_set)?),
        }
    }

    /// The place that a pane is at.
    #[must_use]
    pub fn place_on(&self, track: &Track, pane: PaneId, index: u32) -> Option<usize> {
        let awaited = self.arriving.awaited_in(pane);
        let awaited = awaited.and_then(|it| track.place_of_instance(&it.instance));
        awaited.or_else(|| track.place_of(index))
    }

    /// Of each place of a track, whether a picture stands for what is still to come.
    #[must_use]
    pub fn previewed(&self, track: &Track) -> Vec<bool> {
        let places = track.frames.iter().enumerate();
        let is_previewed = |(place, frame): (usize, &Option<u32>)| {
            frame.is_none()
                && track
                    .instance(place)
                    .is_some_and(|it| self.previews.of(&it.sop_instance_uid).is_some())
        };
        places.map(is_previewed).collect()
    }

    /// How much of a series that was previewed is here; `None` for every other.
    #[must_use]
    pub fn in_full(&self, state: &ViewState) -> Option<InFull> {
        if let Some((_, series_uid)) = self.promised(state.display_set) {
            let of = self.arriving.listed(series_uid)?.0;
            return Some(InFull {
                here: 0,
                of,
                is_over: false,
                is_lossy: false,
            });
        }
        let set = self.library.display_set(state.display_set)?;
        let (of, is_over) = self.arriving.listed(&set.series_instance_uid)?;
        let instances = &self.library.series(set.series)?.instances;
        let mut in_full = InFull {
            here: 0,
            of,
            is_over,
            is_lossy: false,
        };
        for instance in instances.iter().filter_map(|ix| self.library.instance(*ix)) {
            let uid = &instance.facts.sop_instance_uid;
            if self
                .arriving
                .instance(&set.series_instance_uid, uid)
                .is_some()
            {
                in_full.here += 1;
                in_full.is_lossy |= is_lossy(&instance.header);
            }
        }
        Some(in_full)
    }

    /// One or several steps over the places of a series that is on its way: from one that can be
    /// shown to the next, and behind the last of these over those that are awaited; to the first
    /// and the last place of all. `None` for every other series.
    pub(super) fn stepped(&self, pane: PaneId, view: &ViewState, steps: i32) -> Option<ViewEdit> {
        if view.mode != ViewMode::Stack {
            return None;
        }
        let track = self.track_of(view)?;
        let last = track.frames.len().checked_sub(1)?;
        let place = match steps {
            i32::MIN => 0,
            i32::MAX => last,
            _ => self.place_after(&track, self.place_on(&track, pane, view.index)?, steps),
        };
        match track.frames.get(place).copied().flatten() {
            Some(frame) => Some(ViewEdit::Index(frame)),
            None => track.instance(place).cloned().map(ViewEdit::Await),
        }
    }

    fn place_after(&self, track: &Track, here: usize, steps: i32) -> usize {
        let previewed = self.previewed(track);
        let can_show = |place: &usize| {
            let is_here = track.frames.get(*place).is_some_and(Option::is_some);
            is_here || previewed.get(*place) == Some(&true)
        };
        let last = track.frames.len().saturating_sub(1);
        let count = steps.unsigned_abs() as usize;
        let (shown, end): (Vec<usize>, usize) = if steps < 0 {
            ((0..here).rev().filter(can_show).collect(), 0)
        } else {
            ((here + 1..=last).filter(can_show).collect(), last)
        };
        let Some(left) = count.checked_sub(shown.len()) else {
            return count
                .checked_sub(1)
                .and_then(|nth| shown.get(nth).copied())
                .unwrap_or(here);
        };
        let edge = shown.last().copied().unwrap_or(here);
        if steps < 0 {
            edge.saturating_sub(left).max(end)
        } else {
            edge.saturating_add(left).min(end)
        }
    }

    /// The same for a series nothing of which is here: there is no frame to be near to.
    pub(super) fn await_promised(&mut self, pane: PaneId, instance: ListedInstance) -> bool {
        let view = self.panes.view(pane);
        let promised = view.and_then(|view| self.promised(view.display_set));
        let Some((study_uid, series_uid)) = promised else {
            return false;
        };
        let awaited = Awaited {
            pane,
            study_uid: study_uid.to_owned(),
            series_uid: series_uid.to_owned(),
            instance,
        };
        self.arriving.await_in(awaited);
        true
    }
}

/// Whether an image says that it was compressed with loss (PS3.3 C.7.6.1.1.5), or is.
fn is_lossy(header: &InstanceHeader) -> bool {
    let root = header.dataset.elements();
    crate::dicom::modules::lossy_ratio(root, &header.transfer_syntax).is_some()
}
