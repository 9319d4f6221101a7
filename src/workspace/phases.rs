//! The second direction of scrolling: one slice from phase to phase.

use crate::model::{DisplaySet, DisplaySetId, JOINED_FROM, Phase};
use crate::view::{ViewMode, ViewState};
use crate::workspace::Workspace;
use crate::workspace::panes::PaneId;

impl Workspace {
    /// The phases a view belongs to.
    #[must_use]
    pub fn phase(&self, view: &ViewState) -> Option<&Phase> {
        self.library.display_set(view.display_set)?.phase.as_ref()
    }

    /// Whether the phases of a set are one entry of the browser.
    #[must_use]
    pub fn is_joined(&self, set: &DisplaySet) -> bool {
        set.phase.as_ref().is_some_and(|phase| {
            let chosen = self.phases_joined.get(&set.series).copied();
            chosen.unwrap_or(phase.sets.len() >= JOINED_FROM)
        })
    }

    /// The set that stands for a set's phases in the browser: the one in the active pane, else one
    /// on screen, else the first; the set itself where it stands alone.
    #[must_use]
    pub fn entry_of(&self, set: &DisplaySet) -> DisplaySetId {
        let Some(phase) = set.phase.as_ref().filter(|_| self.is_joined(set)) else {
            return set.id;
        };
        let active = self.panes.active_view().into_iter();
        let shown = active.chain(self.panes.shown().map(|(_, view)| view));
        let mut on_screen = shown.map(|view| view.display_set);
        on_screen
            .find(|shown| phase.sets.contains(shown))
            .or(phase.sets.first().copied())
            .unwrap_or(set.id)
    }

    pub(super) fn toggle_phases(&mut self, set: DisplaySetId) {
        if let Some(set) = self
            .library
            .display_set(set)
            .filter(|set| set.phase.is_some())
        {
            let (series, is_joined) = (set.series, self.is_joined(set));
            self.phases_joined.insert(series, !is_joined);
        }
    }

    pub(super) fn step_phase(&mut self, pane: PaneId, steps: i32) {
        let Some(phase) = self.panes.view(pane).and_then(|view| self.phase(view)) else {
            return;
        };
        let last = (phase.sets.len() as u32).saturating_sub(1);
        let place = phase.place.saturating_add_signed(steps).min(last);
        self.go_to_phase(pane, place);
    }

    /// The same slice of another phase, seen the same way. The three planes of a volume go
    /// together.
    pub(super) fn go_to_phase(&mut self, pane: PaneId, place: u32) {
        let Some(view) = self.panes.view(pane) else {
            return;
        };
        let (from, mode) = (view.display_set, view.mode);
        let to = self
            .phase(view)
            .and_then(|phase| phase.sets.get(place as usize).copied());
        let Some(to) = to.filter(|to| *to != from) else {
            return;
        };
        self.panes.mark_scrolled(pane);
        let panes = match mode {
            ViewMode::Stack => vec![pane],
            ViewMode::Mpr(_) => {
                if self.library.volume_grid(to).is_err() {
                    return;
                }
                if let Some(group) = self.panes.mpr.get(&from).cloned() {
                    self.panes.mpr.insert(to, group);
                }
                self.panes.panes_showing(from)
            }
        };
        for pane in panes {
            if let Some(view) = self.panes.view_mut(pane)
                && std::mem::discriminant(&view.mode) == std::mem::discriminant(&mode)
            {
                view.display_set = to;
            }
        }
    }
}
