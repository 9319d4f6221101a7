//! What the pointer did, in the pane's own physical pixels.

use crate::geom::DVec2;
use crate::workspace::GestureId;

/// Where in a gesture an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Moved with no button down.
    Hover,
    /// A button went down.
    Press,
    /// Moved with the button down.
    Drag,
    /// The button went up.
    Release,
}

/// Which button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Button {
    /// Left, for the right-handed.
    #[default]
    Primary,
    /// The wheel.
    Middle,
    /// Right.
    Secondary,
}

/// Keys held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Control (Command on a Mac).
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
}

/// One event of the pointer over a pane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointerEvent {
    /// Where in its gesture.
    pub phase: Phase,
    /// The button of the gesture; meaningless while hovering.
    pub button: Button,
    /// Keys held now.
    pub modifiers: Modifiers,
    /// Where, physical pixels from the pane's top-left corner.
    pub position_px: DVec2,
    /// How far since the last event.
    pub delta_px: DVec2,
    /// From press to release the same.
    pub gesture: GestureId,
    /// Physical pixels a point: hands move in points, whatever the screen.
    pub px_per_pt: f64,
}

/// How the pointer looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Cursor {
    #[default]
    Default,
    Crosshair,
    Move,
    Grab,
    ResizeVertical,
    ZoomIn,
    Text,
    Turn,
}
