//! What a gesture remembers from its press on. Tools compute from the state at the press and the
//! whole way since then, never step by step: so nothing adds up errors, and two events within one
//! frame of the window do no harm.

use std::sync::Arc;

use crate::annotation::AnnotationKind;
use crate::geom::DVec2;
use crate::tool::Tool;
use crate::tool::drawing::Drawing;
use crate::tool::event::Button;
use crate::tool::grab::Grab;
use crate::view::{ResolvedView, ShownWindow, ViewState};
use crate::workspace::{GestureId, PaneId};

/// Who gets its events.
#[derive(Clone)]
pub(super) enum Target {
    Tool(&'static dyn Tool),
    Grab(Grab),
    /// A press that does nothing more (it selected something, or there is no such tool).
    Nothing,
}

/// From the press of a button to its release, or on to the last point of a drawing.
#[derive(Clone)]
pub struct Gesture {
    /// All document changes of it are one step back.
    pub id: GestureId,
    /// Where it began.
    pub pane: PaneId,
    /// The button that began it.
    pub button: Button,
    /// That button is down.
    pub is_down: bool,
    /// Where the latest press was.
    pub start_px: DVec2,
    /// The pane's state at the latest press.
    pub start_state: ViewState,
    /// The pane's view at the latest press.
    pub start_view: ResolvedView,
    /// The window at the latest press.
    pub start_window: Option<ShownWindow>,
    /// Slices gone so far.
    pub steps_done: i32,
    /// Radians turned so far.
    pub turned_rad: f64,
    /// Where the label held stood at the press, physical pixels.
    pub label_px: Option<DVec2>,
    /// Farthest from the press so far, points.
    pub farthest_pt: f64,
    /// What it draws.
    pub drawing: Option<Drawing>,
    /// The drawing goes on after the button is up.
    pub is_kept: bool,
    pub(super) target: Target,
}

impl Gesture {
    /// Whether it is a click so far: no hand is quite still.
    #[must_use]
    pub fn is_click(&self) -> bool {
        self.farthest_pt < 3.0
    }

    /// The tool at work, if it is one.
    #[must_use]
    pub fn tool_id(&self) -> Option<&'static str> {
        match &self.target {
            Target::Tool(tool) => Some(tool.id()),
            Target::Grab(_) | Target::Nothing => None,
        }
    }
}

/// A drawing that was just finished.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Where.
    pub pane: PaneId,
    /// How it is found in the document.
    pub tracking_uid: Arc<str>,
    /// Further changes under this key are the same step.
    pub gesture: GestureId,
    /// What was drawn.
    pub kind: AnnotationKind,
}
