//! What panes show: layouts, MPR, maximising, and where drawings are seen.

use isocentre::geom::{AnatomicalPlane, DVec3};
use isocentre::tool::Button;
use isocentre::view::{ViewMode, Visibility, VoiChoice};
use isocentre::workspace::{AnnotationEdit, Command, Layout, LayoutEdit, ViewEdit, WINDOW_PRESETS};

use crate::common::{Desk, SyntheticImage, ct};

fn desk() -> Desk {
    Desk::open(&ct(("Benali^Fatima", "004711"), "1.2.3.30", 9))
}

fn visibilities(desk: &Desk, pane: isocentre::workspace::PaneId) -> Vec<Visibility> {
    desk.seen(pane).into_iter().map(|(_, seen)| seen).collect()
}

#[test]
fn a_series_opens_in_its_middle_with_its_own_window() {
    let desk = desk();
    let state = desk.state();
    assert_eq!((state.index, state.mode), (4, ViewMode::Stack));
    assert_eq!(state.look.voi, VoiChoice::Own(0));
}

#[test]
fn mpr_comes_and_goes_and_leaves_the_stack_as_it_was() {
    let mut desk = desk();
    desk.ask(Command::View(desk.pane(), ViewEdit::Index(7)));
    let before = (desk.pane(), desk.state());
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let modes: Vec<ViewMode> = desk
        .workspace
        .panes
        .shown()
        .map(|(_, view)| view.mode)
        .collect();
    assert_eq!(modes, AnatomicalPlane::ALL.map(ViewMode::Mpr));
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    assert_eq!((desk.pane(), desk.state()), before);
}

#[test]
fn one_window_holds_for_all_three_planes() {
    let mut desk = desk();
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let lung = WINDOW_PRESETS[3].voi;
    let coronal = desk.workspace.panes.visible()[1];
    desk.ask(Command::View(coronal, ViewEdit::Voi(lung)));
    assert!(
        desk.workspace
            .panes
            .shown()
            .all(|(_, view)| view.look.voi == lung)
    );
}

#[test]
fn a_double_click_puts_one_pane_over_the_others_and_back() {
    let mut desk = desk();
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let panes = desk.workspace.panes.visible();
    desk.ask(Command::Layout(LayoutEdit::ToggleMaximise(panes[2])));
    assert_eq!(desk.workspace.panes.visible(), [panes[2]]);
    desk.ask(Command::Layout(LayoutEdit::ToggleMaximise(panes[2])));
    assert_eq!(desk.workspace.panes.visible(), panes);
}

#[test]
fn a_drawing_is_seen_on_its_slice_alone_in_a_stack() {
    let mut desk = desk();
    desk.ask(Command::Tool("length"));
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    let pane = desk.pane();
    assert_eq!(visibilities(&desk, pane), [Visibility::Full]);
    desk.wheel([10.0, 10.0], 1.0);
    assert!(visibilities(&desk, pane).is_empty());
}

#[test]
fn a_drawing_of_a_stack_is_seen_in_planes_through_it() {
    let mut desk = desk();
    desk.ask(Command::Tool("length"));
    desk.drag(Button::Primary, [100.0, 200.0], [300.0, 200.0]); // along x at y = 0, z = 16
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let [axial, coronal, sagittal] = desk.workspace.panes.visible()[..] else {
        panic!("three planes");
    };
    assert_eq!(visibilities(&desk, axial), [Visibility::Full]);
    assert_eq!(
        visibilities(&desk, coronal),
        [Visibility::Full],
        "it lies in this plane"
    );
    assert_eq!(
        visibilities(&desk, sagittal),
        [Visibility::Faint],
        "it crosses this plane"
    );
    desk.ask(Command::View(coronal, ViewEdit::Step(5)));
    assert!(visibilities(&desk, coronal).is_empty());
}

#[test]
fn without_a_frame_of_reference_a_drawing_stays_on_its_own_image() {
    let images: Vec<SyntheticImage> = (0..3)
        .map(|n| {
            SyntheticImage::new(32, 32)
                .text(0x0008, 0x0060, "CS", "CR")
                .sop_instance(&format!("1.2.3.31.{n}"))
                .instance_number(n)
                .without(0x0020, 0x0032)
                .without(0x0020, 0x0037)
                .without(0x0020, 0x0052)
        })
        .collect();
    let mut desk = Desk::open(&images);
    desk.ask(Command::Tool("length"));
    desk.drag(Button::Primary, [100.0, 100.0], [225.0, 100.0]);
    let drawn = desk.only();
    let isocentre::annotation::Points::Image(points) = &drawn.points else {
        panic!("not in image space");
    };
    // 12.5 px a pixel, from the corner of the first.
    assert!((points[0].x - 8.0).abs() < 1e-9 && (points[1].x - 18.0).abs() < 1e-9);
    assert_eq!(drawn.anchor.frame_of_reference, None);
    let pane = desk.pane();
    assert_eq!(visibilities(&desk, pane), [Visibility::Full]);
    desk.ask(Command::View(pane, ViewEdit::Step(1)));
    desk.ask(Command::View(pane, ViewEdit::Step(-2)));
    assert!(visibilities(&desk, pane).is_empty());
}

#[test]
fn jumping_to_a_finding_shows_its_slice() {
    let mut desk = desk();
    desk.ask(Command::Tool("length"));
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    let id = desk.only().id;
    desk.ask(Command::View(desk.pane(), ViewEdit::First));
    desk.ask(Command::Annotate(AnnotationEdit::JumpTo(id)));
    assert_eq!(desk.state().index, 4);
    assert_eq!(visibilities(&desk, desk.pane()), [Visibility::Full]);
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let set = desk.state().display_set;
    desk.ask(Command::View(
        desk.pane(),
        ViewEdit::Crosshair(DVec3::new(20.0, 20.0, 30.0)),
    ));
    desk.ask(Command::Annotate(AnnotationEdit::JumpTo(id)));
    assert!((desk.workspace.panes.mpr[&set].crosshair.z - 16.0).abs() < 1e-9);
}

#[test]
fn a_grid_fills_with_the_studies_other_series() {
    let name = ("Benali^Fatima", "004711");
    let mut images = ct(name, "1.2.3.32", 4);
    images.extend(
        ct(name, "1.2.3.32", 4)
            .into_iter()
            .enumerate()
            .map(|(n, image)| {
                image
                    .series("1.2.3.32.20")
                    .sop_instance(&format!("1.2.3.32.30.{n}"))
            }),
    );
    let mut desk = Desk::open(&images);
    let two = Layout::Grid {
        rows: 1,
        columns: 2,
    };
    desk.ask(Command::Layout(LayoutEdit::Set(two)));
    let sets: Vec<_> = desk
        .workspace
        .panes
        .shown()
        .map(|(_, view)| view.display_set)
        .collect();
    assert_eq!(sets.len(), 2);
    assert_ne!(sets[0], sets[1]);
    let nine = Layout::Grid {
        rows: 9,
        columns: 200,
    };
    desk.ask(Command::Layout(LayoutEdit::Set(nine)));
    assert_eq!(desk.workspace.panes.visible().len(), 25, "held to 5 × 5");
}

#[test]
fn rubbish_windows_are_made_usable() {
    let mut desk = desk();
    let rubbish = VoiChoice::Window {
        center: f64::NAN,
        width: -3.0,
        function: isocentre::imaging::VoiFunction::Linear,
    };
    desk.ask(Command::View(desk.pane(), ViewEdit::Voi(rubbish)));
    assert_eq!(desk.state().look.voi, VoiChoice::FullRange);
}
