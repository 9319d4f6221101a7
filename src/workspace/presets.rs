//! Window presets on the digit keys, as most peers have them.

use crate::imaging::VoiFunction;
use crate::problem::{MessageId, msg};
use crate::view::VoiChoice;

/// A window by name and digit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowPreset {
    /// The key, 0 to 9, by position on the keyboard (AZERTY has no unshifted digits).
    pub digit: u8,
    /// The name used on the command line.
    pub name: &'static str,
    /// The name on screen.
    pub label: MessageId,
    /// What it sets.
    pub voi: VoiChoice,
}

const fn window(
    digit: u8,
    name: &'static str,
    label: MessageId,
    width: f64,
    center: f64,
) -> WindowPreset {
    WindowPreset {
        digit,
        name,
        label,
        voi: VoiChoice::Window {
            center,
            width,
            function: VoiFunction::Linear,
        },
    }
}

/// In the order of the keys.
pub static WINDOW_PRESETS: &[WindowPreset] = &[
    WindowPreset {
        digit: 0,
        name: "auto",
        label: msg("preset-auto"),
        voi: VoiChoice::FullRange,
    },
    WindowPreset {
        digit: 1,
        name: "default",
        label: msg("preset-default"),
        voi: VoiChoice::Own(0),
    },
    window(2, "soft", msg("preset-soft"), 400.0, 40.0),
    window(3, "lung", msg("preset-lung"), 1500.0, -600.0),
    window(4, "bone", msg("preset-bone"), 2500.0, 480.0),
    window(5, "brain", msg("preset-brain"), 80.0, 40.0),
    window(6, "stroke", msg("preset-stroke"), 40.0, 40.0),
    window(7, "liver", msg("preset-liver"), 150.0, 90.0),
    window(8, "mediastinum", msg("preset-mediastinum"), 400.0, 80.0),
    window(9, "angio", msg("preset-angio"), 600.0, 200.0),
];
