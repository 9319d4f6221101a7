//! Films in panes: what the reader chooses, and what the clock brings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{DisplaySetId, FrameKey, Library};
use crate::view::cine::{
    Cine, CineAxis, Clock, FASTEST_FPS, Repeat, SLOWEST_FPS, Timing, Track, next_rate,
};
use crate::view::{Frames, Loading, ViewMode, ViewState};
use crate::workspace::Workspace;
use crate::workspace::command::{CineEdit, Command, ViewEdit};
use crate::workspace::panes::PaneId;

impl Workspace {
    /// What the film of a view runs through.
    #[must_use]
    pub fn cine_axis(&self, view: &ViewState) -> CineAxis {
        let set = self.library.display_set(view.display_set);
        let Some(set) = set.filter(|set| set.phase.is_some()) else {
            return CineAxis::Frames;
        };
        if view.mode != ViewMode::Stack || set.frames.len() < 2 {
            return CineAxis::Phases;
        }
        view.cine.axis.unwrap_or(if self.is_joined(set) {
            CineAxis::Phases
        } else {
            CineAxis::Frames
        })
    }

    /// Where a view is along its film.
    #[must_use]
    pub fn cine_place(&self, view: &ViewState) -> u32 {
        match self.cine_axis(view) {
            CineAxis::Frames => view.index,
            CineAxis::Phases => self.phase(view).map_or(0, |phase| phase.place),
        }
    }

    /// How the film of a view wants to be played; `None` where there is none.
    fn timing(&self, view: &ViewState) -> Option<Timing> {
        let set = self.library.display_set(view.display_set)?;
        match (self.cine_axis(view), &set.phase) {
            (CineAxis::Phases, Some(phase)) => Some(Timing::of_phases(&self.library, &phase.sets)),
            _ if view.mode == ViewMode::Stack => Some(Timing::of_frames(&self.library, set)),
            _ => None,
        }
    }

    /// The pane whose film a pane's is: the three planes of a volume have one, in the first of
    /// them on screen.
    fn film_pane(&self, pane: PaneId) -> PaneId {
        let view = self.panes.view(pane);
        let Some(view) = view.filter(|view| view.mode != ViewMode::Stack) else {
            return pane;
        };
        let is_plane_of_it = |(_, other): &(PaneId, &ViewState)| {
            other.display_set == view.display_set && other.mode != ViewMode::Stack
        };
        let mut planes = self.panes.shown().filter(is_plane_of_it);
        planes.next().map_or(pane, |(first, _)| first)
    }

    pub(super) fn edit_cine(&mut self, pane: PaneId, edit: CineEdit) {
        let pane = self.film_pane(pane);
        let Some(view) = self.panes.view(pane) else {
            return;
        };
        let (place, axis) = (self.cine_place(view), self.cine_axis(view));
        if let CineEdit::At(at) = edit {
            if view.cine.is_playing {
                self.cine_goes_to(pane, axis, at);
            }
            return;
        }
        let Some(timing) = self.timing(view) else {
            return;
        };
        let last = (timing.durations_ms.len() as u32).saturating_sub(1);
        let whole = (0, last);
        let Some(view) = self.panes.view_mut(pane) else {
            return;
        };
        let cine = &mut view.cine;
        match edit {
            CineEdit::Toggle => {
                cine.is_playing = !cine.is_playing && last > 0;
                cine.is_open |= cine.is_playing;
            }
            CineEdit::Close => {
                cine.is_playing = false;
                cine.is_open = false;
            }
            CineEdit::Repeat(repeat) => cine.repeat = Some(repeat),
            CineEdit::Axis(axis) => {
                // Parts and speeds of one way mean nothing on the other.
                cine.axis = Some(axis);
                cine.range = None;
                cine.speed = 1.0;
            }
            CineEdit::Faster => set_rate(cine, &timing, true),
            CineEdit::Slower => set_rate(cine, &timing, false),
            CineEdit::Begin => {
                let (_, end) = cine.range.or(timing.trim).unwrap_or(whole);
                cine.range = Some((place, if end > place { end } else { last }));
            }
            CineEdit::End => {
                let (begin, _) = cine.range.or(timing.trim).unwrap_or(whole);
                cine.range = Some((if begin < place { begin } else { 0 }, place));
            }
            CineEdit::Whole => cine.range = Some(whole),
            CineEdit::Ended => cine.is_playing = false,
            CineEdit::At(_) => {}
        }
    }

    fn cine_goes_to(&mut self, pane: PaneId, axis: CineAxis, at: u32) {
        self.panes.mark_scrolled(pane);
        self.stop_awaiting(pane);
        match axis {
            CineAxis::Phases => self.go_to_phase(pane, at),
            CineAxis::Frames => {
                let frames = self
                    .panes
                    .view(pane)
                    .and_then(|view| self.library.display_set(view.display_set))
                    .map_or(0, |set| set.frames.len() as u32);
                if let Some(view) = self.panes.view_mut(pane) {
                    view.index = at.min(frames.saturating_sub(1));
                }
            }
        }
    }

    /// The film of a pane stops where it is.
    pub(super) fn stop_cine(&mut self, pane: PaneId) {
        let pane = self.film_pane(pane);
        if let Some(view) = self.panes.view_mut(pane) {
            view.cine.is_playing = false;
        }
    }
}

fn set_rate(cine: &mut Cine, timing: &Timing, is_faster: bool) {
    let of_data_fps = timing.fps();
    let fps = next_rate(of_data_fps * cine.speed, of_data_fps, is_faster);
    cine.speed = fps.clamp(SLOWEST_FPS, FASTEST_FPS) / of_data_fps;
}

/// What a film runs through, to know it again.
#[derive(Debug, Clone)]
enum Reel {
    Frames(DisplaySetId, Arc<[FrameKey]>),
    Phases(Arc<[DisplaySetId]>),
}

impl PartialEq for Reel {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            // A set's frames are the same allocation as long as nothing changed.
            (Self::Frames(a, x), Self::Frames(b, y)) => a == b && Arc::ptr_eq(x, y),
            (Self::Phases(a), Self::Phases(b)) => a == b,
            _ => false,
        }
    }
}

impl Reel {
    fn of(workspace: &Workspace, view: &ViewState) -> Option<Self> {
        let set = workspace.library.display_set(view.display_set)?;
        match (workspace.cine_axis(view), &set.phase) {
            (CineAxis::Phases, Some(phase)) => Some(Self::Phases(Arc::clone(&phase.sets))),
            _ if view.mode == ViewMode::Stack => {
                Some(Self::Frames(set.id, Arc::clone(&set.frames)))
            }
            _ => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Frames(_, frames) => frames.len(),
            Self::Phases(sets) => sets.len(),
        }
    }

    /// Whether what stands at a place can be shown, or never will be.
    fn is_here(&self, library: &Library, frames: &dyn Frames, view: &ViewState, at: u32) -> bool {
        let can_be_shown = |key: &FrameKey| !matches!(frames.frame(*key), Loading::Waiting);
        match self {
            Self::Frames(_, keys) => keys.get(at as usize).is_none_or(can_be_shown),
            Self::Phases(sets) => {
                let set = sets
                    .get(at as usize)
                    .and_then(|id| library.display_set(*id));
                set.is_none_or(|set| match view.mode {
                    ViewMode::Stack => set.frames.get(view.index as usize).is_none_or(can_be_shown),
                    // Without room for the volume its sentence is shown.
                    ViewMode::Mpr(_) => {
                        matches!(frames.volume(set.id), Loading::Failed(_))
                            || set.frames.iter().all(can_be_shown)
                    }
                })
            }
        }
    }
}

/// The film of one pane: how it wants to be played and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    reel: Reel,
    /// How the data want to be played.
    pub timing: Timing,
    clock: Option<Clock>,
}

impl Film {
    /// How many pictures it has.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.reel.len() as u32
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// It waits for a frame that is not decoded yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.clock.as_ref().is_some_and(Clock::is_waiting)
    }

    /// Frames shown a second, as seen on screen.
    #[must_use]
    pub fn measured_fps(&self) -> Option<f64> {
        self.clock.as_ref()?.measured_fps()
    }

    /// The rate asked for, frames a second.
    #[must_use]
    pub fn asked_fps(&self, cine: &Cine) -> f64 {
        self.timing.fps() * cine.speed
    }

    /// What happens at the end.
    #[must_use]
    pub fn repeat(&self, cine: &Cine) -> Repeat {
        cine.repeat.unwrap_or(self.timing.repeat)
    }

    /// First and last frame played.
    #[must_use]
    pub fn range(&self, cine: &Cine) -> (u32, u32) {
        let last = self.len().saturating_sub(1);
        let (a, b) = cine.range.or(self.timing.trim).unwrap_or((0, last));
        (a.min(last), b.min(last))
    }
}

/// The films of all panes, each on its own clock.
#[derive(Debug, Default)]
pub struct Cinema {
    films: BTreeMap<PaneId, Film>,
    next_s: Option<f64>,
}

impl Cinema {
    /// What the clocks ask for at this time (s, from any beginning). A frame that is not here is
    /// waited for.
    pub fn tick(&mut self, workspace: &Workspace, frames: &dyn Frames, now_s: f64) -> Vec<Command> {
        let mut commands = Vec::new();
        self.next_s = None;
        let shown: BTreeMap<PaneId, &ViewState> = workspace.panes.shown().collect();
        self.films.retain(|pane, _| shown.contains_key(pane));
        for (pane, view) in shown {
            let Some(film) = self.film_for(workspace, pane, view) else {
                self.films.remove(&pane);
                continue;
            };
            if !view.cine.is_playing {
                film.clock = None;
                continue;
            }
            let track = Track::new(&film.timing, &view.cine);
            let place = workspace.cine_place(view);
            let mut clock = match film.clock.take() {
                Some(clock) if clock.frame() == Some(place) => clock,
                _ => Clock::new(track.clone(), place, now_s),
            };
            clock.follow(track, now_s);
            let tick = clock.tick(now_s, |frame| {
                film.reel.is_here(&workspace.library, frames, view, frame)
            });
            film.clock = Some(clock);
            let edit = |edit| Command::View(pane, ViewEdit::Cine(edit));
            if tick.frame != place {
                commands.push(edit(CineEdit::At(tick.frame)));
            }
            if tick.has_ended {
                commands.push(edit(CineEdit::Ended));
            }
            self.next_s = match (self.next_s, tick.next_s) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        commands
    }

    fn film_for(
        &mut self,
        workspace: &Workspace,
        pane: PaneId,
        view: &ViewState,
    ) -> Option<&mut Film> {
        let reel = Reel::of(workspace, view)?;
        if self.films.get(&pane).is_none_or(|film| film.reel != reel) {
            let film = Film {
                reel,
                timing: workspace.timing(view)?,
                clock: None,
            };
            self.films.insert(pane, film);
        }
        self.films.get_mut(&pane)
    }

    /// The film of a pane on screen.
    #[must_use]
    pub fn film(&self, pane: PaneId) -> Option<&Film> {
        self.films.get(&pane)
    }

    /// Until one of the films changes its frame, s; `None` if none does by itself.
    #[must_use]
    pub const fn next_s(&self) -> Option<f64> {
        self.next_s
    }

    /// The phases of a pane's film that come next, in the order they are shown; empty if it stands
    /// still or runs through frames.
    #[must_use]
    pub fn coming_phases(&self, pane: PaneId) -> Vec<DisplaySetId> {
        let Some((Reel::Phases(sets), Some(clock))) =
            self.film(pane).map(|film| (&film.reel, &film.clock))
        else {
            return Vec::new();
        };
        let coming = clock.coming(sets.len());
        let ids = coming.iter().map(|place| sets.get(*place as usize));
        ids.flatten().copied().collect()
    }

    /// The frames of a pane's film that come next, in the order they are shown; empty if it stands
    /// still.
    #[must_use]
    pub fn coming(&self, pane: PaneId, most: usize) -> Vec<u32> {
        self.film(pane)
            .filter(|film| matches!(film.reel, Reel::Frames(..)))
            .and_then(|film| film.clock.as_ref())
            .map_or_else(Vec::new, |clock| clock.coming(most))
    }
}
