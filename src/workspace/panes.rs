//! Panes, how they share the window, and the group of three that reslices one volume.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::geom::{AnatomicalPlane, DVec3, PlanePose};
use crate::model::{DisplaySet, DisplaySetId, FrameKey, Library};
use crate::objects::layer::LayerKind;
use crate::problem::{Message, Problem, msg};
use crate::view::{ViewMode, ViewState};
use crate::volume::VolumeGrid;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, LayoutEdit};

/// Rows and columns a grid may have.
pub const GRID_MAX: u8 = 5;

/// A place on screen that shows one thing. (egui's `ViewportId` means a window of the system.)
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct PaneId(pub u32);

/// One of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pane {
    /// What it shows; empty until something is hung.
    pub view: Option<ViewState>,
    /// The reader has not scrolled yet: while files arrive, the middle slice stays the middle one.
    is_as_hung: bool,
}

/// How panes share a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// Equal panes, row by row.
    Grid {
        /// 1 to 5.
        rows: u8,
        /// 1 to 5.
        columns: u8,
    },
    /// Axial large on the left, coronal over sagittal on the right.
    Mpr,
}

impl Default for Layout {
    fn default() -> Self {
        Self::Grid {
            rows: 1,
            columns: 1,
        }
    }
}

impl Layout {
    /// How many panes it has.
    #[must_use]
    pub fn pane_count(self) -> usize {
        match self {
            Self::Grid { rows, columns } => usize::from(rows) * usize::from(columns),
            Self::Mpr => AnatomicalPlane::ALL.len(),
        }
    }
}

/// One window of the system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WindowLayout {
    /// How its panes lie.
    pub layout: Layout,
    /// Its panes in reading order.
    pub panes: Vec<PaneId>,
    /// One that covers the others.
    pub maximised: Option<PaneId>,
    /// What was there before MPR.
    before_mpr: Option<(Layout, Vec<PaneId>, PaneId)>,
}

/// Three planes through one volume that meet at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct MprGroup {
    /// Where they meet, patient mm.
    pub crosshair: DVec3,
    /// (right, down) of each plane's unturned picture, in the order of [`AnatomicalPlane::ALL`].
    pub axes: [(DVec3, DVec3); 3],
}

impl MprGroup {
    /// The patient's own planes through the middle of a volume: through the voxel there, so that
    /// a plane along the slices shows one of them and no mixture of two.
    #[must_use]
    pub fn new(grid: &VolumeGrid) -> Self {
        let middle = DVec3::from_array(grid.dims.map(|n| f64::from(n / 2)));
        Self {
            crosshair: grid.patient_from_voxel.transform_point3(middle),
            axes: AnatomicalPlane::ALL.map(AnatomicalPlane::right_down),
        }
    }

    /// The crosshair goes to slice `k` of the volume and stays where it is within the slice.
    fn go_to_slice(&mut self, grid: &VolumeGrid, k: usize) {
        let mut voxel = grid.voxel_from_patient().transform_point3(self.crosshair);
        voxel.z = k as f64;
        self.crosshair = grid.patient_from_voxel.transform_point3(voxel);
    }

    /// The unturned pose of one plane.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "three planes, three pairs")]
    pub fn pose(&self, plane: AnatomicalPlane) -> PlanePose {
        let (right, down) = self.axes[plane.index()];
        PlanePose {
            centre: self.crosshair,
            right,
            down,
        }
    }

    /// Turns the other two planes about this one's normal (the crosshair's lines in this picture).
    #[expect(clippy::indexing_slicing, reason = "three planes, three pairs")]
    pub fn turn(&mut self, plane: AnatomicalPlane, angle_rad: f64) {
        let turn = glam::DMat3::from_axis_angle(self.pose(plane).normal(), angle_rad);
        for other in AnatomicalPlane::ALL
            .into_iter()
            .filter(|other| *other != plane)
        {
            let axes = &mut self.axes[other.index()];
            *axes = (turn * axes.0, turn * axes.1);
        }
    }
}

/// Every pane of every window.
#[derive(Debug, Clone)]
pub struct Panes {
    /// The system's windows; the first always exists.
    pub windows: Vec<WindowLayout>,
    panes: BTreeMap<PaneId, Pane>,
    /// Where keys and the browser act.
    pub active: PaneId,
    /// The crosshair of each volume resliced so far.
    pub mpr: BTreeMap<DisplaySetId, MprGroup>,
    next: u32,
}

impl Default for Panes {
    fn default() -> Self {
        let mut panes = Self {
            windows: vec![WindowLayout::default()],
            panes: BTreeMap::new(),
            active: PaneId::default(),
            mpr: BTreeMap::new(),
            next: 0,
        };
        let first = panes.new_pane();
        panes
            .windows
            .iter_mut()
            .for_each(|window| window.panes = vec![first]);
        panes.active = first;
        panes
    }
}

impl Panes {
    fn new_pane(&mut self) -> PaneId {
        self.next += 1;
        let id = PaneId(self.next);
        self.panes.insert(id, Pane::default());
        id
    }

    /// The main window.
    ///
    /// # Panics
    /// Never: the first window always exists.
    #[must_use]
    pub fn main(&self) -> &WindowLayout {
        self.windows
            .first()
            .expect("the first window always exists")
    }

    fn main_mut(&mut self) -> &mut WindowLayout {
        self.windows
            .first_mut()
            .expect("the first window always exists")
    }

    /// What one pane shows.
    #[must_use]
    pub fn view(&self, pane: PaneId) -> Option<&ViewState> {
        self.panes.get(&pane)?.view.as_ref()
    }

    pub(super) fn view_mut(&mut self, pane: PaneId) -> Option<&mut ViewState> {
        self.panes.get_mut(&pane)?.view.as_mut()
    }

    /// The reader chose the slice.
    pub(super) fn mark_scrolled(&mut self, pane: PaneId) {
        if let Some(pane) = self.panes.get_mut(&pane) {
            pane.is_as_hung = false;
        }
    }

    /// Every pane that shows frames as acquired, with the frame it shows.
    pub(super) fn frames_shown(&self, library: &Library) -> Vec<(PaneId, FrameKey)> {
        let stacks = self
            .panes
            .iter()
            .filter_map(|(id, pane)| Some((*id, pane.view.as_ref()?)));
        stacks
            .filter(|(_, view)| view.mode == ViewMode::Stack)
            .filter_map(|(id, view)| {
                let frames = &library.display_set(view.display_set)?.frames;
                Some((id, *frames.get(view.index as usize)?))
            })
            .collect()
    }

    /// After a display set has grown: the frame that was looked at stays, or the middle one if
    /// none was chosen.
    pub(super) fn follow(
        &mut self,
        library: &Library,
        shown: &[(PaneId, FrameKey)],
        is_awaited: &dyn Fn(&DisplaySet) -> bool,
    ) {
        for (id, key) in shown {
            let Some(pane) = self.panes.get_mut(id) else {
                continue;
            };
            let Some(view) = pane.view.as_mut() else {
                continue;
            };
            let Some(set) = library.display_set(view.display_set) else {
                continue;
            };
            // Its instances come one by one: the first image shown stays under the reader's eyes.
            pane.is_as_hung &= !is_awaited(set);
            let place = if pane.is_as_hung {
                Some(set.frames.len() / 2)
            } else {
                set.frames.iter().position(|frame| frame == key)
            };
            if let Some(place) = place {
                view.index = place as u32;
            }
        }
    }

    /// Hangs a view.
    pub(super) fn hang(&mut self, pane: PaneId, view: ViewState) {
        if let Some(pane) = self.panes.get_mut(&pane) {
            pane.view = Some(view);
            pane.is_as_hung = true;
        }
    }

    /// A pane is empty again, if it still shows this.
    pub(super) fn take_down(&mut self, pane: PaneId, set: DisplaySetId) {
        if let Some(pane) = self.panes.get_mut(&pane) {
            pane.view.take_if(|view| view.display_set == set);
        }
    }

    /// What the active pane shows.
    #[must_use]
    pub fn active_view(&self) -> Option<&ViewState> {
        self.view(self.active)
    }

    /// Panes on screen now, in reading order.
    #[must_use]
    pub fn visible(&self) -> Vec<PaneId> {
        let main = self.main();
        main.maximised
            .map_or_else(|| main.panes.clone(), |pane| vec![pane])
    }

    /// Panes on screen with what they show.
    pub fn shown(&self) -> impl Iterator<Item = (PaneId, &ViewState)> {
        self.visible()
            .into_iter()
            .filter_map(|pane| Some((pane, self.view(pane)?)))
    }

    /// What all panes show, on screen or not.
    pub(super) fn hung(&self) -> impl Iterator<Item = &ViewState> {
        self.panes.values().filter_map(|pane| pane.view.as_ref())
    }

    /// Panes whose display set is this one, on screen or not.
    pub(super) fn panes_showing(&self, set: DisplaySetId) -> Vec<PaneId> {
        self.panes
            .iter()
            .filter(|(_, pane)| {
                pane.view
                    .as_ref()
                    .is_some_and(|view| view.display_set == set)
            })
            .map(|(id, _)| *id)
            .collect()
    }

    fn set_layout(&mut self, layout: Layout) {
        let count = layout.pane_count();
        let mut panes = self.main().panes.clone();
        // Panes that go keep nothing; the active one stays if it can.
        if let Some(place) = panes
            .iter()
            .position(|pane| *pane == self.active)
            .filter(|place| *place >= count)
        {
            panes.swap(place, 0);
        }
        for dropped in panes.drain(count.min(panes.len())..) {
            self.panes.remove(&dropped);
        }
        while panes.len() < count {
            panes.push(self.new_pane());
        }
        let main = self.main_mut();
        main.layout = layout;
        main.panes = panes;
        main.maximised = None;
    }

    fn enter_mpr(
        &mut self,
        set: DisplaySetId,
        grid: &VolumeGrid,
        look: crate::view::DataPresentation,
    ) {
        self.mpr.entry(set).or_insert_with(|| MprGroup::new(grid));
        let before = (self.main().layout, self.main().panes.clone(), self.active);
        let panes: Vec<PaneId> = AnatomicalPlane::ALL
            .map(|plane| {
                let pane = self.new_pane();
                let mut view = ViewState::new(set, ViewMode::Mpr(plane));
                view.look = look;
                self.hang(pane, view);
                pane
            })
            .to_vec();
        self.active = panes.first().copied().unwrap_or_default();
        let main = self.main_mut();
        main.before_mpr = Some(before);
        main.layout = Layout::Mpr;
        main.panes = panes;
        main.maximised = None;
    }

    fn leave_mpr(&mut self) {
        let Some((layout, panes, active)) = self.main_mut().before_mpr.take() else {
            self.set_layout(Layout::default());
            return;
        };
        for pane in std::mem::replace(&mut self.main_mut().panes, panes) {
            self.panes.remove(&pane);
        }
        let main = self.main_mut();
        main.layout = layout;
        main.maximised = None;
        self.active = active;
    }
}

impl Workspace {
    pub(super) fn edit_layout(&mut self, edit: LayoutEdit) -> Vec<Effect> {
        match edit {
            LayoutEdit::Set(Layout::Grid { rows, columns }) => {
                if self.panes.main().layout == Layout::Mpr {
                    self.panes.leave_mpr();
                }
                let layout = Layout::Grid {
                    rows: rows.clamp(1, GRID_MAX),
                    columns: columns.clamp(1, GRID_MAX),
                };
                self.panes.set_layout(layout);
                self.fill_empty_panes();
            }
            LayoutEdit::Set(Layout::Mpr) => {
                if self.panes.main().layout != Layout::Mpr {
                    self.toggle_mpr();
                }
            }
            LayoutEdit::ToggleMpr => self.toggle_mpr(),
            LayoutEdit::Activate(pane) => self.panes.active = pane,
            LayoutEdit::ActivateNext => {
                let visible = self.panes.visible();
                let now = visible
                    .iter()
                    .position(|pane| *pane == self.panes.active)
                    .unwrap_or(0);
                if let Some(next) = visible.get((now + 1) % visible.len().max(1)) {
                    self.panes.active = *next;
                }
            }
            LayoutEdit::ToggleMaximise(pane) => {
                self.panes.active = pane;
                let main = self.panes.main_mut();
                main.maximised = if main.maximised == Some(pane) {
                    None
                } else {
                    Some(pane)
                };
            }
            LayoutEdit::StepSeries(steps) => self.step_series(steps),
            LayoutEdit::TurnPlanes(set, plane, angle_rad) => {
                if let Some(group) = self.panes.mpr.get_mut(&set) {
                    group.turn(plane, angle_rad);
                }
            }
        }
        Vec::new()
    }

    fn toggle_mpr(&mut self) {
        if self.panes.main().layout == Layout::Mpr {
            self.panes.leave_mpr();
            return;
        }
        let Some(view) = self.panes.active_view().cloned() else {
            return;
        };
        match self.library.volume_plan(view.display_set) {
            Ok(plan) => {
                let grid = plan.grid;
                let shown = self.library.display_set(view.display_set);
                let shown = shown.and_then(|set| set.frames.get(view.index as usize));
                let place = |key| {
                    plan.frames
                        .iter()
                        .position(|frame| frame.as_ref() == Some(key))
                };
                let k = shown.and_then(place);
                // A window in the values of a presentation state is none in the image's.
                let look = crate::view::DataPresentation {
                    voi: match view.presentation {
                        Some(_) => crate::view::VoiChoice::default(),
                        None => view.look.voi,
                    },
                    ..view.look
                };
                self.panes.enter_mpr(view.display_set, &grid, look);
                // The slice that was read stays on screen.
                if let (Some(k), Some(group)) = (k, self.panes.mpr.get_mut(&view.display_set)) {
                    group.go_to_slice(&grid, k);
                }
            }
            Err(reason) => self.notices.push(Problem::warning(
                Message::new(msg("mpr-refused")).message("reason", reason),
            )),
        }
    }

    fn step_series(&mut self, steps: i32) {
        let Some(study) = self.active_study() else {
            return;
        };
        let Some(now) = self.panes.active_view().map(|view| view.display_set) else {
            return;
        };
        let sets: Vec<DisplaySetId> = self
            .library
            .display_sets()
            .filter(|set| set.study == study && set.is_image())
            .filter(|set| self.entry_of(set) == set.id)
            .map(|set| set.id)
            .collect();
        let Some(place) = sets.iter().position(|set| *set == now) else {
            return;
        };
        let place = place
            .saturating_add_signed(steps as isize)
            .min(sets.len().saturating_sub(1));
        if let Some(set) = sets.get(place).filter(|set| **set != now) {
            self.show(self.panes.active, *set);
        }
    }

    /// Hangs image sets of the active study, not yet on screen, into the empty panes.
    pub(super) fn fill_empty_panes(&mut self) {
        let Some(study) = self.active_study() else {
            return;
        };
        let shown: Vec<DisplaySetId> = self
            .panes
            .shown()
            .map(|(_, view)| view.display_set)
            .collect();
        let waiting: Vec<DisplaySetId> = self
            .library
            .display_sets()
            .filter(|set| set.study == study && set.is_image())
            .filter(|set| LayerKind::of(&set.sop_class_uid).is_none())
            .filter(|set| self.entry_of(set) == set.id && !shown.contains(&set.id))
            .map(|set| set.id)
            .collect();
        let empty: Vec<PaneId> = self
            .panes
            .visible()
            .into_iter()
            .filter(|pane| self.panes.view(*pane).is_none())
            .collect();
        for (pane, set) in empty.into_iter().zip(waiting) {
            self.show(pane, set);
        }
    }
}
