//! Films in panes: what the reader chooses, and what the clock brings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{DisplaySetId, FrameKey, Library};
use crate::view::cine::{Cine, Clock, FASTEST_FPS, Repeat, SLOWEST_FPS, Timing, Track, next_rate};
use crate::view::{Frames, Loading, ViewMode, ViewState};
use crate::workspace::Workspace;
use crate::workspace::command::{CineEdit, Command, ViewEdit};
use crate::workspace::panes::PaneId;

impl Workspace {
    pub(super) fn edit_cine(&mut self, pane: PaneId, edit: CineEdit) {
        let Some(view) = self.panes.view(pane) else {
            return;
        };
        let Some(timing) = timing(&self.library, view) else {
            return;
        };
        let index = view.index;
        let last = (timing.durations_ms.len() as u32).saturating_sub(1);
        let whole = (0, last);
        if matches!(edit, CineEdit::Toggle | CineEdit::At(_)) {
            self.panes.mark_scrolled(pane);
        }
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
            CineEdit::Faster => set_rate(cine, &timing, true),
            CineEdit::Slower => set_rate(cine, &timing, false),
            CineEdit::Begin => {
                let (_, end) = cine.range.or(timing.trim).unwrap_or(whole);
                cine.range = Some((index, if end > index { end } else { last }));
            }
            CineEdit::End => {
                let (begin, _) = cine.range.or(timing.trim).unwrap_or(whole);
                cine.range = Some((if begin < index { begin } else { 0 }, index));
            }
            CineEdit::Whole => cine.range = Some(whole),
            CineEdit::At(frame) if cine.is_playing => view.index = frame.min(last),
            CineEdit::At(_) => {}
            CineEdit::Ended => cine.is_playing = false,
        }
    }

    /// The film of a pane stops where it is.
    pub(super) fn stop_cine(&mut self, pane: PaneId) {
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

/// How the frames of a view want to be played; `None` where there are none to play.
fn timing(library: &Library, view: &ViewState) -> Option<Timing> {
    let set = library.display_set(view.display_set)?;
    (view.mode == ViewMode::Stack).then(|| Timing::of_frames(library, set))
}

/// The film of one pane: how it wants to be played and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    set: DisplaySetId,
    frames: Arc<[FrameKey]>,
    /// How the data want to be played.
    pub timing: Timing,
    clock: Option<Clock>,
}

impl Film {
    /// The frames it shows.
    #[must_use]
    pub const fn frames(&self) -> &Arc<[FrameKey]> {
        &self.frames
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
        let last = (self.frames.len() as u32).saturating_sub(1);
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
            let is_elsewhere = |clock: &Clock| clock.frame() != Some(view.index);
            let mut clock = match film.clock.take() {
                Some(clock) if !is_elsewhere(&clock) => clock,
                _ => Clock::new(track.clone(), view.index, now_s),
            };
            clock.follow(track, now_s);
            let tick = clock.tick(now_s, |frame| {
                let key = film.frames.get(frame as usize);
                key.is_none_or(|key| !matches!(frames.frame(*key), Loading::Waiting))
            });
            film.clock = Some(clock);
            let edit = |edit| Command::View(pane, ViewEdit::Cine(edit));
            if tick.frame != view.index {
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
        let set = workspace.library.display_set(view.display_set)?;
        let is_current = |film: &Film| film.set == set.id && Arc::ptr_eq(&film.frames, &set.frames);
        if !self.films.get(&pane).is_some_and(is_current) || view.mode != ViewMode::Stack {
            let film = Film {
                set: set.id,
                frames: Arc::clone(&set.frames),
                timing: timing(&workspace.library, view)?,
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

    /// The frames of a pane's film that come next, in the order they are shown; empty if it stands
    /// still.
    #[must_use]
    pub fn coming(&self, pane: PaneId, most: usize) -> Vec<u32> {
        self.film(pane)
            .and_then(|film| film.clock.as_ref())
            .map_or_else(Vec::new, |clock| clock.coming(most))
    }
}
