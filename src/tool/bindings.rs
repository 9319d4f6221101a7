//! Which button, wheel or key does what over a picture: the one table. What most peers agree on
//! is adopted as it is.

use crate::problem::{MessageId, msg};
use crate::tool::event::{Button, Modifiers};

/// What the hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Pressed and moved.
    Drag(Button),
    /// Pressed and let go in place.
    Click(Button),
    /// Twice quickly, left.
    DoubleClick,
    /// The wheel or two fingers.
    Wheel,
    /// Moved with no button down.
    Hover,
}

/// What that means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// The tool chosen in the toolbar.
    ActiveTool,
    /// This tool, whatever is chosen.
    Tool(&'static str),
    /// So many slices a notch.
    Slices(i32),
    /// So many phases a notch: the same slice of the next moment, echo or b-value.
    Phases(i32),
    /// Larger or smaller, with what is under the pointer staying there.
    ZoomAtPointer,
    /// The menu of the pane.
    ContextMenu,
    /// The pane over the whole window, or back.
    Maximise,
    /// Every view of the same space goes to the point under the pointer.
    PointEverywhere,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binding {
    /// What the hand does …
    pub input: Input,
    /// … with these keys held.
    pub modifiers: Modifiers,
    /// What it means.
    pub does: Does,
    /// How it is written in the list of keys.
    pub keys: MessageId,
    /// What it does, in words.
    pub help: MessageId,
}

const NONE: Modifiers = Modifiers {
    shift: false,
    ctrl: false,
    alt: false,
};
const SHIFT: Modifiers = Modifiers {
    shift: true,
    ..NONE
};
const CTRL: Modifiers = Modifiers { ctrl: true, ..NONE };
const CTRL_SHIFT: Modifiers = Modifiers {
    shift: true,
    ctrl: true,
    ..NONE
};
const ALT: Modifiers = Modifiers { alt: true, ..NONE };

const fn row(
    input: Input,
    modifiers: Modifiers,
    does: Does,
    keys: MessageId,
    help: MessageId,
) -> Binding {
    Binding {
        input,
        modifiers,
        does,
        keys,
        help,
    }
}

/// Everything the pointer does over a picture. Keys held that no row names change nothing.
#[rustfmt::skip]
pub static BINDINGS: &[Binding] = &[
    row(Input::Drag(Button::Primary), ALT, Does::Tool("pan"), msg("pointer-alt-left"), msg("tool-pan-help")),
    row(Input::Drag(Button::Primary), NONE, Does::ActiveTool, msg("pointer-left"), msg("pointer-left-does")),
    row(Input::Drag(Button::Middle), NONE, Does::Tool("pan"), msg("pointer-middle"), msg("tool-pan-help")),
    row(Input::Drag(Button::Secondary), NONE, Does::Tool("zoom"), msg("pointer-right"), msg("tool-zoom-help")),
    row(Input::Click(Button::Secondary), NONE, Does::ContextMenu, msg("pointer-right-click"), msg("pointer-menu-does")),
    row(Input::DoubleClick, NONE, Does::Maximise, msg("pointer-double-click"), msg("pointer-maximise-does")),
    row(Input::Wheel, CTRL_SHIFT, Does::Phases(1), msg("pointer-ctrl-shift-wheel"), msg("pointer-phase-does")),
    row(Input::Wheel, CTRL, Does::ZoomAtPointer, msg("pointer-ctrl-wheel"), msg("pointer-zoom-does")),
    row(Input::Wheel, SHIFT, Does::Slices(10), msg("pointer-shift-wheel"), msg("pointer-slices-does")),
    row(Input::Wheel, NONE, Does::Slices(1), msg("pointer-wheel"), msg("pointer-slice-does")),
    row(Input::Hover, SHIFT, Does::PointEverywhere, msg("pointer-shift-move"), msg("pointer-point-does")),
];

impl Modifiers {
    fn holds(self, wanted: Self) -> bool {
        (self.shift || !wanted.shift) && (self.ctrl || !wanted.ctrl) && (self.alt || !wanted.alt)
    }
}

/// What an input means: the first row whose keys are all held (rows with more keys come first).
#[must_use]
pub fn does(input: Input, held: Modifiers) -> Option<Does> {
    BINDINGS
        .iter()
        .find(|row| row.input == input && held.holds(row.modifiers))
        .map(|row| row.does)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_reached() {
        for row in BINDINGS {
            assert_eq!(does(row.input, row.modifiers), Some(row.does), "{row:?}");
        }
    }

    #[test]
    fn keys_that_mean_nothing_here_leave_the_wheel_alone() {
        assert_eq!(does(Input::Wheel, ALT), Some(Does::Slices(1)));
        assert_eq!(does(Input::Hover, NONE), None);
    }
}
