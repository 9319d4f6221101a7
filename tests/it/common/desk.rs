//! A workspace with images open and decoded, and a hand over its panes, without a window.

use std::collections::HashMap;
use std::sync::Arc;

use isocentre::annotation::Annotation;
use isocentre::dicom::{ByteSource, FrameDecoder, read_header};
use isocentre::geom::DVec2;
use isocentre::imaging::{FrameImage, ImageAttributes, full_range};
use isocentre::jobs::JobCtx;
use isocentre::model::{DisplaySetId, FrameKey};
use isocentre::tool::{Button, Interaction, Modifiers, Phase, PointerEvent, Scene, WheelAmount};
use isocentre::view::{
    Frames, Loading, ResolvedView, ShownData, ShownWindow, StackGeometry, ViewMode, ViewState,
    Visibility, nearest_frame, resolve_plane, resolve_stack, resolve_voi, shown_data,
};
use isocentre::volume::Volume;
use isocentre::workspace::{
    Arrival, Command, Document, Effect, GestureId, PaneId, Settings, Workspace,
};

use super::{Encoding, SyntheticImage};

/// Everything decoded.
#[derive(Default)]
pub struct Decoded {
    frames: HashMap<FrameKey, Arc<FrameImage>>,
    volumes: HashMap<DisplaySetId, Arc<Volume>>,
}

impl Frames for Decoded {
    fn frame(&self, key: FrameKey) -> Loading<Arc<FrameImage>> {
        self.frames
            .get(&key)
            .map_or(Loading::Waiting, |frame| Loading::Ready(Arc::clone(frame)))
    }

    fn volume(&self, set: DisplaySetId) -> Loading<Arc<Volume>> {
        self.volumes.get(&set).map_or(Loading::Waiting, |volume| {
            Loading::Ready(Arc::clone(volume))
        })
    }
}

/// A workspace, its pixels and a hand.
pub struct Desk {
    pub workspace: Workspace,
    pub frames: Decoded,
    pub hand: Interaction,
    pub effects: Vec<Effect>,
    /// Width and height of every pane, px; one pixel a point.
    pub size_px: DVec2,
    held: Option<(Button, GestureId)>,
    modifiers: Modifiers,
}

/// Everything a scene borrows.
struct Stage {
    state: ViewState,
    view: ResolvedView,
    shown: Option<ShownData>,
    window: Option<ShownWindow>,
    annotations: Vec<(Arc<Annotation>, Visibility)>,
}

impl Desk {
    /// Opens these, as a scan would bring them.
    pub fn open(images: &[SyntheticImage]) -> Self {
        let mut desk = Self {
            workspace: Workspace::new(Settings::default()),
            frames: Decoded::default(),
            hand: Interaction::default(),
            effects: Vec::new(),
            size_px: DVec2::new(400.0, 400.0),
            held: None,
            modifiers: Modifiers::default(),
        };
        let headers = images
            .iter()
            .map(|image| {
                let bytes: Arc<[u8]> = image.write(Encoding::ExplicitLittle).into();
                read_header(ByteSource::Memory(bytes)).unwrap()
            })
            .collect();
        desk.ask(Command::Arrived(Arrival::headers(headers)));
        desk.ask(Command::Arrived(Arrival::ScanEnded {
            files_found: images.len(),
        }));
        desk.decode();
        desk
    }

    /// Decodes what is open.
    pub fn decode(&mut self) {
        let library = &self.workspace.library;
        for set in library.display_sets() {
            for key in set.frames.iter() {
                let header = library.header(key.instance).unwrap();
                let decoder = FrameDecoder::new(header).unwrap();
                let decoded = decoder.decode(key.frame, &JobCtx::new()).unwrap();
                let image = ImageAttributes::read(header).frame_image(key.frame, decoded);
                self.frames.frames.insert(*key, Arc::new(image));
            }
            if let Ok(plan) = library.volume_plan(set.id) {
                let volume = Volume::new(plan.clone());
                for (k, key) in volume.frames.iter().enumerate() {
                    if let Some(key) = key {
                        let image = Arc::clone(&self.frames.frames[key]);
                        assert!(volume.set_slice(k as u32, image));
                    }
                }
                self.frames.volumes.insert(set.id, Arc::new(volume));
            }
        }
    }

    pub fn ask(&mut self, command: Command) {
        self.effects.extend(self.workspace.apply(command));
    }

    pub fn pane(&self) -> PaneId {
        self.workspace.panes.active
    }

    pub fn state(&self) -> ViewState {
        self.workspace.panes.active_view().unwrap().clone()
    }

    pub fn document(&self) -> Document {
        self.workspace
            .active_document()
            .cloned()
            .unwrap_or_default()
    }

    /// The only annotation of the active study.
    pub fn only(&self) -> Arc<Annotation> {
        let document = self.document();
        assert_eq!(document.annotations.len(), 1, "{:?}", document.annotations);
        Arc::clone(&document.annotations[0])
    }

    fn stage(&self, pane: PaneId) -> Stage {
        let state = self.workspace.panes.view(pane).unwrap().clone();
        let (view, key) = match state.mode {
            ViewMode::Stack => {
                let set = self
                    .workspace
                    .library
                    .display_set(state.display_set)
                    .unwrap();
                let key = set.frames[state.index as usize];
                let geometry = StackGeometry::of(&self.frames.frames[&key]);
                (resolve_stack(&state.camera, &geometry, self.size_px), key)
            }
            ViewMode::Mpr(plane) => {
                let group = &self.workspace.panes.mpr[&state.display_set];
                let volume = &self.frames.volumes[&state.display_set];
                let pose = group.pose(plane);
                let view = resolve_plane(
                    &state.camera,
                    &volume.grid,
                    pose.right,
                    pose.down,
                    group.crosshair,
                    self.size_px,
                );
                (
                    view.unwrap(),
                    nearest_frame(volume, group.crosshair).unwrap(),
                )
            }
        };
        let image = &self.frames.frames[&key];
        let range = full_range(image);
        let voi = resolve_voi(state.look.voi, image, || range);
        let shown = shown_data(&self.workspace.library, &state, key, &view);
        let library = &self.workspace.library;
        let patient = library.study_of(key.instance).map(|study| study.patient);
        let is_of_patient = |study| library.study(study).map(|study| study.patient) == patient;
        let annotations = self
            .workspace
            .studies
            .iter()
            .filter(|(study, _)| is_of_patient(**study))
            .flat_map(|(_, record)| &record.document.annotations)
            .map(|a| (Arc::clone(a), shown.as_ref().unwrap().visibility(&view, a)))
            .filter(|(_, visibility)| *visibility != Visibility::Hidden)
            .collect();
        Stage {
            window: Some(ShownWindow::of(
                &voi,
                image,
                state.look.invert,
                range.unwrap(),
            )),
            state,
            view,
            shown,
            annotations,
        }
    }

    /// What annotations the pane shows, and how.
    pub fn seen(&self, pane: PaneId) -> Vec<(Arc<Annotation>, Visibility)> {
        self.stage(pane).annotations
    }

    /// Where things lie in the pane.
    pub fn view(&self, pane: PaneId) -> ResolvedView {
        self.stage(pane).view
    }

    /// One event of the hand over a pane; what it asks for is done at once.
    pub fn event(&mut self, pane: PaneId, phase: Phase, button: Button, at: [f64; 2]) {
        let gesture = match (phase, self.held) {
            (Phase::Press, _) => self.hand.new_gesture(),
            (_, Some((_, gesture))) => gesture,
            (_, None) => GestureId(0),
        };
        let event = PointerEvent {
            phase,
            button,
            modifiers: self.modifiers,
            position_px: DVec2::from_array(at),
            delta_px: DVec2::ZERO,
            gesture,
            px_per_pt: 1.0,
        };
        match phase {
            Phase::Press => self.held = Some((button, gesture)),
            Phase::Release => self.held = None,
            Phase::Drag | Phase::Hover => {}
        }
        let stage = self.stage(pane);
        let scene = Scene {
            workspace: &self.workspace,
            frames: &self.frames,
            pane,
            state: &stage.state,
            view: &stage.view,
            shown: stage.shown.as_ref(),
            window: stage.window,
            annotations: &stage.annotations,
            labels: &[],
        };
        let commands = self.hand.pointer(scene, &event);
        commands.into_iter().for_each(|command| self.ask(command));
    }

    /// Holds these keys for what follows.
    pub const fn hold(&mut self, modifiers: Modifiers) {
        self.modifiers = modifiers;
    }

    /// Press, two moves, let go, in the active pane.
    pub fn drag(&mut self, button: Button, from: [f64; 2], to: [f64; 2]) {
        let pane = self.pane();
        self.drag_in(pane, button, from, to);
    }

    pub fn drag_in(&mut self, pane: PaneId, button: Button, from: [f64; 2], to: [f64; 2]) {
        let half = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
        self.event(pane, Phase::Press, button, from);
        self.event(pane, Phase::Drag, button, half);
        self.event(pane, Phase::Drag, button, to);
        self.event(pane, Phase::Release, button, to);
    }

    /// A click in the active pane, the hand coming from there.
    pub fn click(&mut self, at: [f64; 2]) {
        let pane = self.pane();
        self.event(pane, Phase::Hover, Button::Primary, at);
        self.event(pane, Phase::Press, Button::Primary, at);
        self.event(pane, Phase::Release, Button::Primary, at);
    }

    /// Notches of the wheel towards the reader.
    pub fn wheel(&mut self, at: [f64; 2], notches: f64) {
        let pane = self.pane();
        let stage = self.stage(pane);
        let scene = Scene {
            workspace: &self.workspace,
            frames: &self.frames,
            pane,
            state: &stage.state,
            view: &stage.view,
            shown: stage.shown.as_ref(),
            window: stage.window,
            annotations: &stage.annotations,
            labels: &[],
        };
        let commands = self.hand.wheel(
            &scene,
            DVec2::from_array(at),
            self.modifiers,
            WheelAmount::Lines(notches),
        );
        commands.into_iter().for_each(|command| self.ask(command));
    }

    pub fn cancel(&mut self) {
        self.held = None;
        let commands = self.hand.cancel();
        commands.into_iter().for_each(|command| self.ask(command));
    }
}

/// A series of axial CT slices, 32 × 32 pixels of 2 mm, 4 mm apart, with a window of 40/400; the
/// value of a voxel is 100 · slice + column.
pub fn ct(patient: (&str, &str), uid: &str, slices: u32) -> Vec<SyntheticImage> {
    (0..slices)
        .map(|slice| {
            SyntheticImage::new(32, 32)
                .patient(patient.0, patient.1)
                .study(&format!("{uid}.1"))
                .series(&format!("{uid}.2"))
                .sop_instance(&format!("{uid}.3.{slice}"))
                .text(0x0020, 0x0052, "UI", &format!("{uid}.4"))
                .instance_number(slice as i32 + 1)
                .spacing(2.0, 2.0)
                .position([-31.0, -31.0, f64::from(slice) * 4.0])
                .window(40.0, 400.0)
                .rescale(1.0, 0.0)
                .pixels(move |_, column| i64::from(slice) * 100 + column as i64)
        })
        .collect()
}
