//! The crosshair in MPR: where the other two planes cut this one. Drag the middle or a line to
//! move the planes, a handle to turn them.

use crate::geom::{AnatomicalPlane, DVec2};
use crate::tool::event::PointerEvent;
use crate::tool::gesture::Gesture;
use crate::tool::scene::Scene;
use crate::view::ViewMode;
use crate::workspace::{Command, LayoutEdit, ViewEdit};

/// Free around the middle, points.
pub const GAP_PT: f64 = 12.0;
/// A line is hit within this, points.
const LINE_HIT_PT: f64 = 4.0;
/// The middle and the handles are hit within this, points.
const POINT_HIT_PT: f64 = 10.0;
/// Handles stand at this share of the pane's shorter half from the middle.
const HANDLE_SHARE: f64 = 0.7;

/// One of the two lines in a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrosshairLine {
    /// The plane that cuts this one here.
    pub plane: AnatomicalPlane,
    /// Where the planes meet, physical pixels.
    pub middle_px: DVec2,
    /// Unit vector along the line, on screen.
    pub along: DVec2,
    /// The two handles that turn it, physical pixels.
    pub handles_px: [DVec2; 2],
}

/// What of the crosshair is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlaneGrab {
    /// Both lines.
    Middle,
    /// One line: its plane moves.
    Line(CrosshairLine),
    /// A handle: the other two planes turn about this one's normal.
    Turn,
}

/// The two lines of a plane's view; none in a stack.
#[must_use]
pub fn crosshair_lines(scene: &Scene<'_>) -> Vec<CrosshairLine> {
    let ViewMode::Mpr(own) = scene.state.mode else {
        return Vec::new();
    };
    let Some(group) = scene.workspace.panes.mpr.get(&scene.state.display_set) else {
        return Vec::new();
    };
    let (Some((middle_px, _)), Some(plane)) = (
        scene.view.screen_from_patient(group.crosshair),
        scene.view.plane(),
    ) else {
        return Vec::new();
    };
    let reach = scene.view.size_px.min_element() * 0.5 * HANDLE_SHARE;
    AnatomicalPlane::ALL
        .into_iter()
        .filter(|other| *other != own)
        .filter_map(|other| {
            let cut = plane.normal().cross(group.pose(other).normal());
            let along = DVec2::new(cut.dot(plane.right), cut.dot(plane.down)).try_normalize()?;
            Some(CrosshairLine {
                plane: other,
                middle_px,
                along,
                handles_px: [middle_px - along * reach, middle_px + along * reach],
            })
        })
        .collect()
}

/// What of the crosshair lies under the pointer.
#[must_use]
pub(super) fn grab_at(scene: &Scene<'_>, position_px: DVec2, px_per_pt: f64) -> Option<PlaneGrab> {
    let lines = crosshair_lines(scene);
    let within = |point: DVec2, pt: f64| (point - position_px).length() <= pt * px_per_pt;
    if lines
        .first()
        .is_some_and(|line| within(line.middle_px, POINT_HIT_PT))
    {
        return Some(PlaneGrab::Middle);
    }
    let handles = lines.iter().flat_map(|line| line.handles_px);
    if handles
        .into_iter()
        .any(|handle| within(handle, POINT_HIT_PT))
    {
        return Some(PlaneGrab::Turn);
    }
    lines
        .into_iter()
        .find(|line| {
            (position_px - line.middle_px).perp_dot(line.along).abs() <= LINE_HIT_PT * px_per_pt
        })
        .map(PlaneGrab::Line)
}

/// Whether the pointer is near enough for the handles to show.
#[must_use]
pub fn is_near(line: &CrosshairLine, position_px: DVec2, px_per_pt: f64) -> bool {
    (position_px - line.middle_px).perp_dot(line.along).abs() <= 24.0 * px_per_pt
}

/// What dragging it does.
pub(super) fn drag_commands(
    scene: &Scene<'_>,
    gesture: &mut Gesture,
    grab: PlaneGrab,
    event: &PointerEvent,
) -> Vec<Command> {
    match grab {
        PlaneGrab::Middle => scene
            .view
            .patient_from_screen(event.position_px)
            .map(|point| Command::View(scene.pane, ViewEdit::Crosshair(point)))
            .into_iter()
            .collect(),
        PlaneGrab::Line(line) => {
            // Only across the line: along it nothing would be seen to move.
            let way = event.position_px - gesture.start_px;
            let across = way - line.along * way.dot(line.along);
            scene
                .view
                .patient_from_screen(line.middle_px + across)
                .map(|point| Command::View(scene.pane, ViewEdit::Crosshair(point)))
                .into_iter()
                .collect()
        }
        PlaneGrab::Turn => turn(scene, gesture, event),
    }
}

fn turn(scene: &Scene<'_>, gesture: &mut Gesture, event: &PointerEvent) -> Vec<Command> {
    let ViewMode::Mpr(own) = scene.state.mode else {
        return Vec::new();
    };
    let Some(line) = crosshair_lines(scene).into_iter().next() else {
        return Vec::new();
    };
    let from = gesture.start_px - line.middle_px;
    let to = event.position_px - line.middle_px;
    if from.length() < 1.0 || to.length() < 1.0 {
        return Vec::new();
    }
    let whole_rad = from.angle_to(to);
    // The shorter way round from where it stands now.
    let step = (whole_rad - gesture.turned_rad + std::f64::consts::PI)
        .rem_euclid(std::f64::consts::TAU)
        - std::f64::consts::PI;
    gesture.turned_rad += step;
    if step == 0.0 {
        return Vec::new();
    }
    let camera = &scene.state.camera;
    // A mirrored picture turns the other way round.
    let sense = if camera.flip_horizontal == camera.flip_vertical {
        1.0
    } else {
        -1.0
    };
    vec![Command::Layout(LayoutEdit::TurnPlanes(
        scene.state.display_set,
        own,
        step * sense,
    ))]
}
