//! Changes to one pane's view. In MPR the window and the crosshair are shared by the three.

use crate::annotation::{AnnotationId, Points};
use crate::geom::DVec3;
use crate::model::DisplaySetId;
use crate::view::cine::CineAxis;
use crate::view::{Camera, DataPresentation, ViewMode, ViewState, VoiChoice, Zoom};
use crate::view::{UNTOUCHED, step_mm};
use crate::volume::VolumeGrid;
use crate::workspace::Workspace;
use crate::workspace::camera::one_to_one;
use crate::workspace::command::{Effect, ViewEdit};
use crate::workspace::panes::{MprGroup, PaneId};
use crate::workspace::previews::Preview;

/// A window narrower than this shows nothing (LINEAR needs at least 1 for integers; float data less).
const WIDTH_MIN: f64 = 1e-6;

impl Workspace {
    /// Hangs a display set into a pane, in its middle slice, as the image itself asks to be shown.
    pub(super) fn show(&mut self, pane: PaneId, set: DisplaySetId) {
        let Some(display_set) = self.library.display_set(set) else {
            return;
        };
        let mut view = ViewState::new(set, ViewMode::Stack);
        view.index = (display_set.frames.len() / 2) as u32;
        view.look.filter = self.settings.filter;
        if self.panes.main().layout == super::Layout::Mpr {
            // Another series is read as it was acquired; MPR is asked for again.
            self.edit_layout(super::LayoutEdit::ToggleMpr);
            let active = self.panes.active;
            self.stop_awaiting(active);
            self.panes.hang(active, view);
            return;
        }
        self.stop_awaiting(pane);
        self.panes.hang(pane, view);
        self.panes.active = pane;
    }

    pub(super) fn edit_view(&mut self, pane: PaneId, edit: ViewEdit) -> Vec<Effect> {
        if let ViewEdit::Show(set) = edit {
            self.awaited_presentation = None;
            if !self.show_presentation(pane, set) {
                self.show(pane, set);
            }
            return Vec::new();
        }
        if let ViewEdit::ShowAt(set, place) = edit {
            self.show_at(pane, set, place);
            return Vec::new();
        }
        if let ViewEdit::Await(instance) = edit {
            self.await_slice(pane, instance);
            return Vec::new();
        }
        let Some(view) = self.panes.view(pane).cloned() else {
            return Vec::new();
        };
        let is_look = matches!(
            edit,
            ViewEdit::Voi(_)
                | ViewEdit::NextOwnVoi
                | ViewEdit::ToggleInvert
                | ViewEdit::ToggleShutter
                | ViewEdit::ToggleOverlays
                | ViewEdit::ToggleOverlay(_)
                | ViewEdit::ToggleColourProfile
        );
        if is_look && self.awaited_preview(pane, &view).is_some() {
            self.notices.push(Preview::no_hand());
            return Vec::new();
        }
        let steps = match edit {
            ViewEdit::Step(steps) => Some(steps),
            ViewEdit::First => Some(i32::MIN),
            ViewEdit::Last => Some(i32::MAX),
            _ => None,
        };
        if let Some(step) = steps.and_then(|steps| self.stepped(pane, &view, steps)) {
            return self.edit_view(pane, step);
        }
        if matches!(
            edit,
            ViewEdit::Step(_) | ViewEdit::First | ViewEdit::Last | ViewEdit::Index(_)
        ) {
            self.panes.mark_scrolled(pane);
            self.stop_awaiting(pane);
            if self.cine_axis(&view) == CineAxis::Frames {
                self.stop_cine(pane);
            }
        }
        match edit {
            ViewEdit::Step(steps) => self.step(pane, &view, steps),
            ViewEdit::NextKeyImage => self.step_key_image(pane, true),
            ViewEdit::PreviousKeyImage => self.step_key_image(pane, false),
            ViewEdit::First => self.step(pane, &view, i32::MIN),
            ViewEdit::Last => self.step(pane, &view, i32::MAX),
            ViewEdit::Crosshair(point) => self.move_crosshair(view.display_set, point),
            ViewEdit::Voi(voi) => self.look(pane, &view, |look| look.voi = sane(voi)),
            ViewEdit::NextOwnVoi => self.look(pane, &view, |look| {
                look.voi = match look.voi {
                    VoiChoice::Own(index) => VoiChoice::Own(index.wrapping_add(1)),
                    _ => VoiChoice::Own(0),
                };
            }),
            ViewEdit::ToggleInvert => self.look(pane, &view, |look| look.invert = !look.invert),
            ViewEdit::ToggleShutter => self.look(pane, &view, |look| {
                look.marks.shutter = !look.marks.shutter;
            }),
            ViewEdit::ToggleOverlays => self.look(pane, &view, |look| {
                look.marks.overlays = !look.marks.overlays;
                look.marks.hidden_overlays = 0;
            }),
            ViewEdit::ToggleOverlay(index) => self.look(pane, &view, |look| {
                // With all of them off, asking for one shows that one alone.
                if !look.marks.overlays {
                    look.marks.overlays = true;
                    look.marks.hidden_overlays = u16::MAX;
                }
                look.marks.hidden_overlays ^= 1 << (index % 16);
            }),
            ViewEdit::ToggleColourProfile => self.look(pane, &view, |look| {
                look.has_colours_as_stored = !look.has_colours_as_stored;
            }),
            ViewEdit::Filter(filter) => self.look(pane, &view, |look| look.filter = filter),
            ViewEdit::Index(index) => {
                let last = self.last_index(&view);
                self.change(pane, |view| view.index = index.min(last));
            }
            ViewEdit::Mode(mode) => self.change(pane, |view| view.mode = mode),
            // Under a presentation state the camera that was asked about is turned by that, too.
            ViewEdit::Camera(camera) if view.presentation.is_some() => {
                self.change(pane, |view| {
                    view.camera.zoom = camera.zoom;
                    view.camera.pan = camera.pan;
                });
            }
            ViewEdit::Camera(camera) => self.change(pane, |view| view.camera = camera),
            ViewEdit::Fit => self.change(pane, |view| {
                view.camera.zoom = Zoom::Fit;
                view.camera.pan = crate::geom::DVec2::ZERO;
            }),
            ViewEdit::OneToOne => self.change(pane, |view| view.camera = one_to_one(&view.camera)),
            ViewEdit::Rotate(degrees) => self.change(pane, |view| {
                view.camera.rotation_degrees =
                    (view.camera.rotation_degrees + degrees).rem_euclid(360.0);
            }),
            ViewEdit::FlipHorizontal => self.change(pane, |view| flip(&mut view.camera, true)),
            ViewEdit::FlipVertical => self.change(pane, |view| flip(&mut view.camera, false)),
            ViewEdit::Reset => {
                let filter = self.settings.filter;
                let state = view.presentation.and_then(|ix| self.presentations.get(ix));
                let camera = state.map(|_| UNTOUCHED).unwrap_or_default();
                self.change(pane, |view| view.camera = camera);
                self.look(pane, &view, |look| {
                    *look = DataPresentation {
                        filter,
                        ..DataPresentation::default()
                    }
                });
                if let (ViewMode::Mpr(_), Ok(grid)) =
                    (view.mode, self.library.volume_grid(view.display_set))
                {
                    self.panes
                        .mpr
                        .insert(view.display_set, MprGroup::new(&grid));
                }
            }
            ViewEdit::Phase(steps) => {
                if self.cine_axis(&view) == CineAxis::Phases {
                    self.stop_cine(pane);
                }
                self.step_phase(pane, steps);
            }
            ViewEdit::Cine(edit) => self.edit_cine(pane, edit),
            ViewEdit::Present(state) => self.present(pane, state),
            ViewEdit::NextPresentation => self.present_next(pane),
            ViewEdit::Await(_) | ViewEdit::Show(_) | ViewEdit::ShowAt(..) => {}
        }
        Vec::new()
    }

    fn change(&mut self, pane: PaneId, change: impl FnOnce(&mut ViewState)) {
        if let Some(view) = self.panes.view_mut(pane) {
            change(view);
        }
    }

    /// One window for all three planes of a volume; a stack's is its own.
    fn look(&mut self, pane: PaneId, view: &ViewState, change: impl Fn(&mut DataPresentation)) {
        let panes = match view.mode {
            ViewMode::Stack => vec![pane],
            ViewMode::Mpr(_) => self.panes.panes_showing(view.display_set),
        };
        for pane in panes {
            if let Some(other) = self.panes.view_mut(pane)
                && std::mem::discriminant(&other.mode) == std::mem::discriminant(&view.mode)
            {
                change(&mut other.look);
            }
        }
    }

    fn last_index(&self, view: &ViewState) -> u32 {
        self.library
            .display_set(view.display_set)
            .map_or(0, |set| (set.frames.len() as u32).saturating_sub(1))
    }

    fn step(&mut self, pane: PaneId, view: &ViewState, steps: i32) {
        match view.mode {
            ViewMode::Stack => {
                let last = self.last_index(view);
                let index = view.index.saturating_add_signed(steps).min(last);
                self.change(pane, |view| view.index = index);
            }
            ViewMode::Mpr(plane) => {
                let Ok(grid) = self.library.volume_grid(view.display_set) else {
                    return;
                };
                let Some(group) = self.panes.mpr.get(&view.display_set) else {
                    return;
                };
                let normal = group.pose(plane).normal();
                let point = group.crosshair
                    + normal * step_mm(&grid, normal) * f64::from(steps).clamp(-1e5, 1e5);
                self.move_crosshair(view.display_set, point);
            }
        }
    }

    fn move_crosshair(&mut self, set: DisplaySetId, point: DVec3) {
        let Ok(grid) = self.library.volume_grid(set) else {
            return;
        };
        if let Some(group) = self.panes.mpr.get_mut(&set)
            && point.is_finite()
        {
            group.crosshair = inside(&grid, group.crosshair, point);
        }
    }

    /// Every pane that can shows where the annotation lies; the active pane first.
    pub(super) fn jump_to(&mut self, id: AnnotationId) -> Vec<Effect> {
        let Some(study) = self.study_of_annotation(id) else {
            return Vec::new();
        };
        let Some(annotation) = self
            .studies
            .get(&study)
            .and_then(|record| record.document.annotation(id))
            .cloned()
        else {
            return Vec::new();
        };
        let Some((set, index)) = self.place_of_annotation(&annotation) else {
            return Vec::new();
        };
        if let Points::Patient(points) = &annotation.points
            && !points.is_empty()
        {
            let middle = points.iter().sum::<DVec3>() / points.len() as f64;
            self.move_crosshair(set, middle);
        }
        let showing = self.panes.panes_showing(set);
        let is_shown = self
            .panes
            .visible()
            .iter()
            .any(|pane| showing.contains(pane));
        if !is_shown {
            self.show(self.panes.active, set);
        }
        for pane in self.panes.panes_showing(set) {
            self.panes.mark_scrolled(pane);
            self.stop_awaiting(pane);
            self.stop_cine(pane);
            self.change(pane, |view| view.index = index);
        }
        Vec::new()
    }
}

fn flip(camera: &mut Camera, is_horizontal: bool) {
    // Mirrored as seen on screen: at a quarter turn the picture's other axis is the one to mirror.
    let is_on_its_side = (camera.rotation_degrees.rem_euclid(180.0) - 90.0).abs() < 45.0;
    if is_horizontal == is_on_its_side {
        camera.flip_vertical = !camera.flip_vertical;
    } else {
        camera.flip_horizontal = !camera.flip_horizontal;
    }
}

fn sane(voi: VoiChoice) -> VoiChoice {
    match voi {
        VoiChoice::Window {
            center,
            width,
            function,
        } if center.is_finite() && width.is_finite() => VoiChoice::Window {
            center,
            width: width.max(WIDTH_MIN),
            function,
        },
        VoiChoice::Window { .. } => VoiChoice::FullRange,
        other => other,
    }
}

/// The point, or the last point of the way to it that is inside the grid.
fn inside(grid: &VolumeGrid, from: DVec3, to: DVec3) -> DVec3 {
    let voxel_from_patient = grid.voxel_from_patient();
    let (a, b) = (
        voxel_from_patient.transform_point3(from),
        voxel_from_patient.transform_point3(to),
    );
    let last = DVec3::from_array(grid.dims.map(|n| f64::from(n.saturating_sub(1))));
    let mut share = 1.0_f64;
    for axis in 0..3 {
        let (start, end, high) = (a[axis], b[axis], last[axis]);
        if end > high && end > start {
            share = share.min((high - start) / (end - start));
        } else if end < 0.0 && end < start {
            share = share.min(start / (start - end));
        }
    }
    from + (to - from) * share.clamp(0.0, 1.0)
}
