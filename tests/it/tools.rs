//! What the hand does to the workspace, without a window.

use isocentre::annotation::{AnnotationKind, Geometry, Points, Quantity, measure};
use isocentre::engine::LoadedPixels;
use isocentre::geom::{AnatomicalPlane, DVec2, DVec3};
use isocentre::tool::{Button, Modifiers, Phase, TOOLS};
use isocentre::view::{ViewMode, VoiChoice, Zoom};
use isocentre::workspace::{Command, Layout, LayoutEdit, ViewEdit};

use crate::common::{Desk, ct};

const SHIFT: Modifiers = Modifiers {
    shift: true,
    ctrl: false,
    alt: false,
};

fn desk() -> Desk {
    Desk::open(&ct(("Benali^Fatima", "004711"), "1.2.3.10", 9))
}

fn with(tool: &'static str) -> Desk {
    let mut desk = desk();
    desk.ask(Command::Tool(tool));
    desk
}

fn value(desk: &Desk, quantity: Quantity) -> f64 {
    let source = LoadedPixels {
        library: &desk.workspace.library,
        frames: &desk.frames,
        patient: None,
    };
    measure(&desk.only(), &source).value(quantity).unwrap()
}

fn window(desk: &Desk) -> (f64, f64) {
    match desk.state().look.voi {
        VoiChoice::Window { center, width, .. } => (center, width),
        other => panic!("no window: {other:?}"),
    }
}

#[test]
fn every_tool_has_an_id_of_its_own() {
    let mut ids: Vec<_> = TOOLS.iter().map(|tool| tool.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), TOOLS.len());
}

#[test]
fn dragging_right_widens_the_window_and_up_brightens_it() {
    let mut desk = with("window");
    desk.drag(Button::Primary, [100.0, 200.0], [200.0, 160.0]);
    let (center, width) = window(&desk);
    // 100 points of 250 to the factor e, from 400; 40 points of 400 up, of a width of 400.
    assert_eq!((center, width), (0.0, (400.0 * 0.4_f64.exp()).round()));
    assert!(desk.document().annotations.is_empty());
    assert!(
        desk.effects
            .iter()
            .all(|effect| { !matches!(effect, isocentre::workspace::Effect::Journal(..)) })
    );
}

#[test]
fn a_click_with_the_window_tool_changes_nothing() {
    let mut desk = with("window");
    let before = desk.state();
    desk.click([120.0, 130.0]);
    assert_eq!(desk.state(), before);
}

#[test]
fn right_drag_zooms_and_keeps_what_was_under_the_pointer_there() {
    let mut desk = with("window");
    let at = DVec2::new(310.0, 90.0);
    let before = desk.view(desk.pane()).image_from_screen(at).unwrap();
    desk.drag(Button::Secondary, at.to_array(), [310.0, 20.0]);
    let after = desk.view(desk.pane()).image_from_screen(at).unwrap();
    assert!((before - after).length() < 1e-9);
    let Zoom::Scale(scale) = desk.state().camera.zoom else {
        panic!("not zoomed");
    };
    assert!(scale > 400.0 / 32.0 * 1.5, "{scale}");
}

#[test]
fn control_and_the_wheel_zoom_at_the_pointer() {
    let mut desk = with("length");
    let at = DVec2::new(310.0, 90.0);
    let before = desk.view(desk.pane()).image_from_screen(at).unwrap();
    desk.hold(Modifiers {
        ctrl: true,
        ..Modifiers::default()
    });
    desk.wheel(at.to_array(), -2.0);
    let after = desk.view(desk.pane()).image_from_screen(at).unwrap();
    assert!((before - after).length() < 1e-9);
    assert_ne!(desk.state().camera.zoom, Zoom::Fit);
}

#[test]
fn one_notch_is_one_image_and_ten_with_shift() {
    let mut desk = with("window");
    let middle = desk.state().index;
    desk.wheel([200.0, 200.0], 1.0);
    assert_eq!(desk.state().index, middle + 1);
    desk.wheel([200.0, 200.0], -2.0);
    assert_eq!(desk.state().index, middle - 1);
    desk.hold(SHIFT);
    desk.wheel([200.0, 200.0], 1.0);
    assert_eq!(desk.state().index, 8, "held at the last");
}

#[test]
fn middle_drag_and_alt_drag_pan_whatever_the_tool() {
    for (button, alt) in [(Button::Middle, false), (Button::Primary, true)] {
        let mut desk = with("length");
        desk.hold(Modifiers {
            alt,
            ..Modifiers::default()
        });
        let before = desk
            .view(desk.pane())
            .image_from_screen(DVec2::splat(200.0));
        desk.drag(button, [200.0, 200.0], [260.0, 170.0]);
        let after = desk
            .view(desk.pane())
            .image_from_screen(DVec2::new(260.0, 170.0));
        assert!((before.unwrap() - after.unwrap()).length() < 1e-9);
        assert!(desk.document().annotations.is_empty());
    }
}

#[test]
fn a_length_is_in_patient_millimetres_and_knows_its_image() {
    let mut desk = with("length");
    // 32 pixels of 2 mm fill 400 points: 12.5 points are 2 mm.
    desk.drag(Button::Primary, [100.0, 100.0], [350.0, 100.0]);
    assert!((value(&desk, Quantity::Length) - 40.0).abs() < 1e-9);
    let length = desk.only();
    assert_eq!(
        (length.kind, length.geometry),
        (AnnotationKind::Length, Geometry::Polyline)
    );
    assert!(matches!(length.points, Points::Patient(_)));
    let anchor = &length.anchor;
    assert_eq!(anchor.sop_instance_uid.as_ref(), "1.2.3.10.3.4");
    assert_eq!(anchor.series_instance_uid.as_ref(), "1.2.3.10.2");
    assert_eq!(anchor.frame_of_reference.as_deref(), Some("1.2.3.10.4"));
    assert_eq!(anchor.normal, Some(DVec3::Z));
}

#[test]
fn a_click_with_a_drawing_tool_leaves_nothing_behind() {
    for tool in ["length", "ellipse", "rectangle", "arrow"] {
        let mut desk = with(tool);
        desk.click([100.0, 100.0]);
        assert!(desk.document().is_empty(), "{tool}");
        // Out and back again to a length of nothing.
        let pane = desk.pane();
        desk.event(pane, Phase::Press, Button::Primary, [100.0, 100.0]);
        desk.event(pane, Phase::Drag, Button::Primary, [180.0, 140.0]);
        assert_eq!(desk.document().annotations.len(), 1, "{tool}");
        desk.event(pane, Phase::Drag, Button::Primary, [100.0, 100.0]);
        desk.event(pane, Phase::Release, Button::Primary, [100.0, 100.0]);
        assert!(desk.document().is_empty(), "{tool}");
        let study = desk.workspace.active_study().unwrap();
        let history = &desk.workspace.studies[&study].history;
        assert!(history.undo_label().is_none(), "{tool}");
    }
}

#[test]
fn regions_measure_what_they_cover() {
    let mut desk = with("rectangle");
    // Ten columns and four rows of pixel centres: columns 8 to 17 of slice 4.
    desk.drag(Button::Primary, [100.0, 100.0], [225.0, 150.0]);
    assert!((value(&desk, Quantity::Area) - 20.0 * 8.0).abs() < 1e-9);
    assert_eq!(value(&desk, Quantity::Count), 40.0);
    assert!((value(&desk, Quantity::Mean) - 412.5).abs() < 1e-9);
    let mut desk = with("ellipse");
    desk.hold(SHIFT);
    desk.drag(Button::Primary, [100.0, 100.0], [225.0, 150.0]);
    let radius = 10.0_f64;
    let area = value(&desk, Quantity::Area);
    assert!(
        (area - std::f64::consts::PI * radius * radius).abs() < 1e-9,
        "a circle"
    );
}

#[test]
fn three_clicks_draw_an_angle_and_so_does_a_drag_and_a_click() {
    let mut desk = with("angle");
    desk.click([100.0, 300.0]);
    assert!(desk.document().is_empty());
    desk.click([100.0, 100.0]);
    desk.click([300.0, 100.0]);
    assert!((value(&desk, Quantity::Angle) - 90.0).abs() < 1e-9);
    assert!(!desk.hand.is_drawing());

    let mut desk = with("angle");
    desk.drag(Button::Primary, [300.0, 100.0], [100.0, 100.0]);
    assert!(desk.hand.is_drawing());
    desk.click([300.0, 300.0]);
    assert!((value(&desk, Quantity::Angle) - 45.0).abs() < 1e-9);
    assert_eq!(desk.only().points.len(), 3);
}

#[test]
fn escape_takes_a_drawing_back_and_history_never_knew_of_it() {
    let mut desk = with("length");
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    desk.ask(Command::Undo);
    let pane = desk.pane();
    desk.event(pane, Phase::Press, Button::Primary, [50.0, 50.0]);
    desk.event(pane, Phase::Drag, Button::Primary, [150.0, 60.0]);
    assert_eq!(desk.document().annotations.len(), 1);
    desk.cancel();
    assert!(desk.document().is_empty());
    desk.ask(Command::Redo);
    assert!(
        (value(&desk, Quantity::Length) - 16.0).abs() < 1e-9,
        "redo is still there"
    );
}

#[test]
fn a_handle_is_hit_before_the_tool_gets_the_press() {
    let mut desk = with("length");
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    desk.ask(Command::Tool("window"));
    let before = desk.state().look;
    // 7 points beside the end, and it moves by the way of the hand.
    desk.drag(Button::Primary, [205.0, 105.0], [305.0, 105.0]);
    assert_eq!(desk.state().look, before);
    assert!((value(&desk, Quantity::Length) - 32.0).abs() < 1e-9);
    // The body moves as a whole.
    desk.drag(Button::Primary, [200.0, 108.0], [200.0, 208.0]);
    assert!((value(&desk, Quantity::Length) - 32.0).abs() < 1e-9);
    let ends = desk.only().handles();
    let view = desk.view(desk.pane());
    let (first, _) = view.screen_from_patient(ends[0]).unwrap();
    assert!((first - DVec2::new(100.0, 200.0)).length() < 1e-9);
    // Far from it the tool has its way.
    desk.drag(Button::Primary, [20.0, 350.0], [60.0, 350.0]);
    assert_ne!(desk.state().look, before);
    assert_eq!(desk.workspace.selected, None);
}

#[test]
fn two_moves_between_frames_of_the_window_draw_one_thing() {
    // Both events ask before the first answer is done.
    let mut desk = with("length");
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    let length = (*desk.only()).clone();
    let gesture = isocentre::workspace::GestureId(77);
    let twice = isocentre::workspace::AnnotationEdit::Add(length, gesture);
    desk.ask(Command::Annotate(twice));
    assert_eq!(desk.document().annotations.len(), 1);
}

#[test]
fn a_probe_is_placed_by_one_press() {
    let mut desk = with("probe");
    desk.click([206.0, 206.0]); // pixel 16 of slice 4
    assert_eq!(value(&desk, Quantity::Value), 416.0);
}

#[test]
fn the_crosshair_stays_in_the_volume_and_follows_the_hand() {
    let mut desk = with("crosshair");
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let set = desk.state().display_set;
    let crosshair = |desk: &Desk| desk.workspace.panes.mpr[&set].crosshair;
    // A field of 64 × 64 mm in 400 points.
    desk.drag(Button::Primary, [40.0, 60.0], [300.0, 100.0]);
    let mm = 64.0 / 400.0;
    let wanted = DVec3::new(-32.0 + 300.0 * mm, -32.0 + 100.0 * mm, 16.0);
    assert!(
        (crosshair(&desk) - wanted).length() < 1e-9,
        "{}",
        crosshair(&desk)
    );
    desk.drag(Button::Primary, [300.0, 300.0], [4000.0, -900.0]);
    let at = crosshair(&desk);
    let inside = DVec3::splat(31.0 + 1e-9);
    assert!(at.truncate().abs().cmple(inside.truncate()).all(), "{at}");
    desk.ask(Command::View(desk.pane(), ViewEdit::Step(1000)));
    assert!((crosshair(&desk).z - 32.0).abs() < 1e-9);
}

#[test]
fn crosshair_lines_are_dragged_across_and_turned_by_their_handles() {
    let mut desk = with("window");
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let set = desk.state().display_set;
    let start = desk.workspace.panes.mpr[&set].clone();
    // The planes meet in voxel 16 of 32, half a voxel beside the middle: at 206.25.
    desk.drag(Button::Primary, [206.0, 120.0], [256.0, 90.0]);
    let moved = desk.workspace.panes.mpr[&set].crosshair - start.crosshair;
    assert!((moved - DVec3::X * 8.0).length() < 1e-9, "{moved}");
    let look = desk.state().look;
    // Handles stand at 0.7 of the half pane from where they meet, now at 256.25.
    desk.drag(
        Button::Primary,
        [256.25 + 140.0, 206.25],
        [256.25, 206.25 + 140.0],
    );
    let turned = &desk.workspace.panes.mpr[&set];
    let coronal = turned.pose(AnatomicalPlane::Coronal);
    assert!(coronal.right.dot(DVec3::X).abs() < 1e-9, "a quarter turn");
    assert_eq!(
        turned.pose(AnatomicalPlane::Axial).normal(),
        start.pose(AnatomicalPlane::Axial).normal()
    );
    assert_eq!(desk.state().look, look);
}

#[test]
fn shift_and_moving_shows_the_point_in_every_plane() {
    let mut desk = with("window");
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let panes = desk.workspace.panes.visible();
    let coronal = panes[1];
    assert_eq!(
        desk.workspace.panes.view(coronal).unwrap().mode,
        ViewMode::Mpr(AnatomicalPlane::Coronal)
    );
    desk.hold(SHIFT);
    let point = desk
        .view(coronal)
        .patient_from_screen(DVec2::new(250.0, 230.0));
    desk.event(coronal, Phase::Hover, Button::Primary, [250.0, 230.0]);
    let set = desk.state().display_set;
    let crosshair = desk.workspace.panes.mpr[&set].crosshair;
    assert!((crosshair - point.unwrap()).length() < 1e-9);
}

#[test]
fn a_drawing_on_a_resliced_plane_refers_to_the_nearest_image() {
    let mut desk = with("length");
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let coronal = desk.workspace.panes.visible()[1];
    let view = desk.view(coronal);
    let to_px = |point| view.screen_from_patient(point).unwrap().0.to_array();
    let y = view.plane().unwrap().centre.y;
    let (from, to) = (DVec3::new(-20.0, y, 25.0), DVec3::new(10.0, y, 3.0));
    desk.drag_in(coronal, Button::Primary, to_px(from), to_px(to));
    let length = (from - to).length();
    assert!((value(&desk, Quantity::Length) - length).abs() < 1e-9);
    let anchor = desk.only().anchor.clone();
    // z = 25 mm is nearest to slice 6 at 24 mm.
    assert_eq!(anchor.sop_instance_uid.as_ref(), "1.2.3.10.3.6");
    assert!((anchor.normal.unwrap().abs() - DVec3::Y).length() < 1e-9);
}

#[test]
fn the_crosshair_tool_takes_other_stacks_of_the_same_space_along() {
    let name = ("Benali^Fatima", "004711");
    let mut images = ct(name, "1.2.3.10", 9);
    images.extend(
        ct(name, "1.2.3.10", 9)
            .into_iter()
            .enumerate()
            .map(|(n, image)| {
                image
                    .series("1.2.3.10.20")
                    .sop_instance(&format!("1.2.3.10.30.{n}"))
            }),
    );
    let mut desk = Desk::open(&images);
    desk.ask(Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    })));
    desk.ask(Command::Tool("crosshair"));
    let panes = desk.workspace.panes.visible();
    assert!(
        panes
            .iter()
            .all(|pane| desk.workspace.panes.view(*pane).is_some())
    );
    desk.ask(Command::View(panes[0], ViewEdit::Index(7)));
    desk.ask(Command::View(panes[1], ViewEdit::Index(1)));
    desk.drag_in(panes[0], Button::Primary, [100.0, 100.0], [120.0, 120.0]);
    assert_eq!(desk.workspace.panes.view(panes[1]).unwrap().index, 7);
}
