//! Brightness and contrast: right widens the window, up makes brighter. The speed follows the
//! window, so that a hand moves alike over Hounsfield units and over floats below one.

use crate::geom::DVec2;
use crate::imaging::VoiFunction;
use crate::problem::{MessageId, msg};
use crate::tool::{Cursor, Phase, PointerEvent, Tool, ToolCtx};
use crate::view::{ShownWindow, VoiChoice};
use crate::workspace::{Command, ViewEdit};

/// Points to the right that multiply the width by e.
const POINTS_A_WIDTH: f64 = 250.0;
/// Points up that move the centre by one width.
const POINTS_A_CENTER: f64 = 400.0;

/// See the module.
pub struct Window;

impl Tool for Window {
    fn id(&self) -> &'static str {
        "window"
    }
    fn label(&self) -> MessageId {
        msg("tool-window")
    }
    fn help(&self) -> MessageId {
        msg("tool-window-help")
    }
    fn cursor(&self) -> Cursor {
        Cursor::Default
    }
    fn pointer(&self, ctx: &mut ToolCtx<'_>, event: &PointerEvent) -> Vec<Command> {
        if !matches!(event.phase, Phase::Drag | Phase::Release) || ctx.gesture.is_click() {
            return Vec::new();
        }
        let Some(start) = ctx.gesture.start_window else {
            return Vec::new();
        };
        let mut way_pt = (event.position_px - ctx.gesture.start_px) / event.px_per_pt;
        if ctx.scene.workspace.settings.is_drag_inverted {
            way_pt = -way_pt;
        }
        let voi = dragged(&start, way_pt);
        vec![Command::View(ctx.scene.pane, ViewEdit::Voi(voi))]
    }
}

/// The window after a way of the hand (points, x right, y down) from `start`.
#[must_use]
pub fn dragged(start: &ShownWindow, way_pt: DVec2) -> VoiChoice {
    let (low, high) = start.range;
    let span = (high - low)
        .max(start.width.abs())
        .max(start.smallest_width);
    let width =
        (start.width * (way_pt.x / POINTS_A_WIDTH).exp()).clamp(start.smallest_width, span * 4.0);
    // Down is darker: a higher centre, or a lower one where large values are dark already.
    let darker = if start.is_inverted { -1.0 } else { 1.0 };
    let center = (start.center
        + darker * way_pt.y * start.width.max(start.smallest_width) / POINTS_A_CENTER)
        .clamp(
            low.min(start.center) - span / 2.0,
            high.max(start.center) + span / 2.0,
        );
    let function = match start.function {
        VoiFunction::Sigmoid => VoiFunction::Sigmoid,
        // LINEAR has no width below 1 (PS3.3 C.11.2.1.2.1).
        VoiFunction::Linear if width >= 1.0 => VoiFunction::Linear,
        VoiFunction::Linear | VoiFunction::LinearExact => VoiFunction::LinearExact,
    };
    let (center, width) = rounded(start, center, width);
    VoiChoice::Window {
        center,
        width,
        function,
    }
}

/// Whole numbers where the data are whole numbers and the window is not narrow: what the corner
/// says is then what is applied.
fn rounded(start: &ShownWindow, center: f64, width: f64) -> (f64, f64) {
    if start.smallest_width == 1.0 && width >= 4.0 {
        (center.round(), width.round())
    } else {
        (center, width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(center: f64, width: f64, range: (f64, f64), smallest_width: f64) -> ShownWindow {
        ShownWindow {
            center,
            width,
            function: if smallest_width < 1.0 {
                VoiFunction::LinearExact
            } else {
                VoiFunction::Linear
            },
            is_inverted: false,
            range,
            smallest_width,
            is_lut: false,
        }
    }

    fn numbers(voi: VoiChoice) -> (f64, f64) {
        match voi {
            VoiChoice::Window { center, width, .. } => (center, width),
            _ => panic!("no window"),
        }
    }

    #[test]
    fn right_is_wider_and_up_is_brighter() {
        let ct = window(40.0, 400.0, (-1024.0, 3071.0), 1.0);
        let (center, width) = numbers(dragged(&ct, DVec2::new(50.0, -50.0)));
        assert!(width > 400.0 && center < 40.0);
        let inverted = ShownWindow {
            is_inverted: true,
            ..ct
        };
        let (center, _) = numbers(dragged(&inverted, DVec2::new(0.0, -50.0)));
        assert!(center > 40.0, "up is brighter on an inverted picture too");
    }

    #[test]
    fn a_hand_moves_alike_over_hounsfield_units_and_over_small_floats() {
        let ct = window(40.0, 400.0, (-1024.0, 3071.0), 1.0);
        let float = window(4e-4, 4e-3, (0.0, 4e-2), 1e-7);
        let way = DVec2::new(30.0, 80.0);
        let (c1, w1) = numbers(dragged(&ct, way));
        let (c2, w2) = numbers(dragged(&float, way));
        assert!((w1 / 400.0 - w2 / 4e-3).abs() < 0.01);
        assert!(((c1 - 40.0) / 400.0 - (c2 - 4e-4) / 4e-3).abs() < 0.01);
    }

    #[test]
    fn however_far_the_hand_goes_the_window_stays_usable() {
        let ct = window(40.0, 400.0, (-1024.0, 3071.0), 1.0);
        for way in [DVec2::splat(-1e5), DVec2::splat(1e5)] {
            let (center, width) = numbers(dragged(&ct, way));
            assert!((1.0..=4096.0 * 4.0).contains(&width), "{width}");
            assert!((-4000.0..=6000.0).contains(&center), "{center}");
        }
    }
}
