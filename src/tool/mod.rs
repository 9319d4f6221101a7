//! One file a tool: pointer events to commands. No egui and no wgpu here, so everything a
//! radiologist's hand can do is tested by feeding [`PointerEvent`]s.
//!
//! | file | what it owns |
//! |---|---|
//! | `event.rs` | [`PointerEvent`] and its parts |
//! | `bindings.rs` | which button, wheel or key does what: one table |
//! | `scene.rs` | what a tool sees of its pane: [`Scene`], [`ToolCtx`] |
//! | `interaction.rs` | [`Interaction`]: who gets an event; cancel |
//! | `gesture.rs` | what a gesture remembers from its press on |
//! | `drawing.rs` | drafts: an annotation that grows under the pointer |
//! | `grab.rs` | what lies under the pointer before the tool: handles, bodies, labels, planes |
//! | `planes.rs` | the crosshair's lines in MPR |
//! | the others | one tool each |
//!
//! A new tool is a file here and a row in [`TOOLS`]; its key and icon are a row of
//! `action::ACTIONS` with the same id (a test holds the two together).

mod angle;
mod arrow;
mod bindings;
mod crosshair;
mod drawing;
mod ellipse;
mod event;
mod gesture;
mod grab;
mod interaction;
mod length;
mod pan;
mod planes;
mod probe;
mod rectangle;
mod scene;
mod scroll;
mod wheel;
mod window;
mod zoom;

pub use bindings::{BINDINGS, Binding, Does, Input, does};
pub use crosshair::point_at_commands;
pub use drawing::{Draft, Drawing};
pub use event::{Button, Cursor, Modifiers, Phase, PointerEvent};
pub use gesture::{Finished, Gesture};
pub use grab::{Grab, HIT_PT, LabelPlace, grab_at, px_per_unit};
pub use interaction::{Interaction, WheelAmount};
pub use planes::{CrosshairLine, GAP_PT, PlaneGrab, crosshair_lines, is_near};
pub use scene::{Scene, ToolCtx};
pub use wheel::Wheel;

use crate::problem::MessageId;
use crate::workspace::Command;

/// What the pointer does on a picture.
pub trait Tool: Sync {
    /// Its key: what `Workspace::tool` holds.
    fn id(&self) -> &'static str;
    /// Its name, one or two words.
    fn label(&self) -> MessageId;
    /// What it does and how, one sentence.
    fn help(&self) -> MessageId;
    /// How the pointer looks over a picture.
    fn cursor(&self) -> Cursor {
        Cursor::Crosshair
    }
    /// Whether it works on the image itself: its values, its millimetres, a place on it that is
    /// kept. A picture that only stands for the image is no ground for that.
    fn needs_image(&self) -> bool {
        true
    }
    /// What an event means. Called from the press to the release of one button; also between
    /// presses while [`Gesture::is_kept`].
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command>;
}

/// All tools, in the order of the toolbar.
pub static TOOLS: &[&dyn Tool] = &[
    &window::Window,
    &pan::Pan,
    &zoom::Zoom,
    &scroll::Scroll,
    &length::Length,
    &angle::Angle,
    &ellipse::Ellipse,
    &rectangle::Rectangle,
    &probe::Probe,
    &arrow::Arrow,
    &crosshair::Crosshair,
];

/// A tool by its key.
#[must_use]
pub fn tool(id: &str) -> Option<&'static dyn Tool> {
    TOOLS.iter().copied().find(|tool| tool.id() == id)
}
