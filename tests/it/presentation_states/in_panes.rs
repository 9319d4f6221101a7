//! States in the panes of a window: chosen, changed, left, taken back.

use isocentre::dicom::{Dataset, tags};
use isocentre::geom::DVec2;
use isocentre::model::{DisplaySet, DisplaySetId, InstanceIx};
use isocentre::view::{Camera, Presented, VoiChoice, Zoom};
use isocentre::workspace::{Arrival, Command, ViewEdit};

use super::super::common::{Desk, Screen, SyntheticImage, temp_folder};
use super::{GRAYSCALE, bytes, header, state, window};

/// Five images of one series.
fn series() -> Vec<SyntheticImage> {
    (0..5)
        .map(|slice| {
            SyntheticImage::new(32, 32)
                .sop_instance(&format!("1.2.3.5.{slice}"))
                .instance_number(slice)
                .position([0.0, 0.0, f64::from(slice)])
                .rescale(1.0, -1024.0)
                .pixels(|row, column| (row * 32 + column) as i64)
        })
        .collect()
}

/// For the second and the third of them.
fn turned() -> Dataset {
    state(GRAYSCALE, &["1.2.3.5.1", "1.2.3.5.2"], |b| {
        window(b, 500.0, 100.0);
        b.integer(tags::IMAGE_ROTATION, 90)
            .text(tags::IMAGE_HORIZONTAL_FLIP, "Y");
    })
}

fn desk_with(states: &[Dataset]) -> Desk {
    let mut desk = Desk::open(&series());
    arrive(&mut desk, states);
    desk
}

fn arrive(desk: &mut Desk, states: &[Dataset]) {
    let headers = states.iter().map(header).collect();
    desk.ask(Command::Arrived(Arrival::headers(headers)));
}

fn offered(desk: &Desk) -> Vec<InstanceIx> {
    let offered = desk.workspace.presentations_for(desk.pane());
    offered.into_iter().map(|(ix, _)| ix).collect()
}

fn present(desk: &mut Desk, ix: Option<InstanceIx>) {
    desk.ask(Command::View(desk.pane(), ViewEdit::Present(ix)));
}

/// The state on the frame that is shown.
fn presented(desk: &Desk) -> Option<Presented> {
    let view = desk.state();
    let set = desk
        .workspace
        .library
        .display_set(view.display_set)
        .unwrap();
    desk.workspace
        .presented(&view, set.frames[view.index as usize])
}

fn go_to(desk: &mut Desk, index: u32) {
    desk.ask(Command::View(desk.pane(), ViewEdit::Index(index)));
}

#[test]
fn a_state_holds_on_its_own_images_and_leaves_the_others_as_they_are() {
    let mut desk = desk_with(&[turned()]);
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    let shown = presented(&desk).unwrap();
    assert!(shown.is_for_frame && !shown.is_modified);
    // Turned and then mirrored is mirrored and then turned back.
    let camera = shown.camera(&desk.state());
    assert!(camera.flip_horizontal && camera.rotation_degrees == 270.0);
    go_to(&mut desk, 0);
    let elsewhere = presented(&desk).unwrap();
    assert!(!elsewhere.is_for_frame);
    assert_eq!(elsewhere.camera(&desk.state()), Camera::default());
}

#[test]
fn the_state_s_mirror_stays_on_its_images_whatever_the_reader_does() {
    let mut desk = desk_with(&[turned()]);
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    // Where the axes of the image point on screen.
    let axes = |desk: &mut Desk, index| {
        go_to(desk, index);
        let shown = presented(desk).unwrap();
        assert_eq!(shown.is_for_frame, index == 1);
        let camera = shown.camera(&desk.state());
        let mirror = |is_flipped| if is_flipped { -1.0 } else { 1.0 };
        let turn = DVec2::from_angle(camera.rotation_degrees.to_radians());
        let right = turn.rotate(DVec2::X * mirror(camera.flip_horizontal));
        let down = turn.rotate(DVec2::Y * mirror(camera.flip_vertical));
        [right.round().to_array(), down.round().to_array()]
    };
    let (right, left, down, up) = ([1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]);
    // A quarter turn brings rows down and columns to the left, the mirror these to the right.
    assert_eq!(axes(&mut desk, 1), [down, right]);
    // As a tool zooms: from the camera on screen.
    let on_screen = presented(&desk).unwrap().camera(&desk.state());
    let zoomed = Camera {
        zoom: Zoom::Scale(3.0),
        pan: DVec2::new(4.0, 2.0),
        ..on_screen
    };
    desk.ask(Command::View(desk.pane(), ViewEdit::Camera(zoomed)));
    let now = presented(&desk).unwrap().camera(&desk.state());
    assert_eq!(now, zoomed, "on its own image it zooms");
    assert_eq!(
        axes(&mut desk, 0),
        [right, down],
        "not mirrored, not turned"
    );
    assert_eq!(desk.state().camera.zoom, Zoom::Scale(3.0));
    assert_eq!(axes(&mut desk, 1), [down, right]);
    // What the reader mirrors and turns is what is on screen, and stays his on every image.
    go_to(&mut desk, 0);
    desk.ask(Command::View(desk.pane(), ViewEdit::FlipHorizontal));
    assert_eq!(axes(&mut desk, 0), [left, down]);
    assert_eq!(axes(&mut desk, 1), [down, left]);
    desk.ask(Command::View(desk.pane(), ViewEdit::Rotate(90.0)));
    assert_eq!(axes(&mut desk, 1), [left, up]);
    assert_eq!(axes(&mut desk, 0), [up, left]);
    desk.ask(Command::View(desk.pane(), ViewEdit::Reset));
    assert_eq!(axes(&mut desk, 0), [right, down]);
    assert_eq!(axes(&mut desk, 1), [down, right]);
}

#[test]
fn choosing_a_state_goes_to_the_first_of_its_images_if_another_is_shown() {
    let mut desk = desk_with(&[turned()]);
    go_to(&mut desk, 4);
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    assert_eq!(desk.state().index, 1);
}

#[test]
fn the_reader_may_change_the_window_and_is_told_that_it_is_not_the_state_s() {
    let mut desk = desk_with(&[turned()]);
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    desk.ask(Command::View(desk.pane(), ViewEdit::Rotate(90.0)));
    assert!(presented(&desk).unwrap().is_modified);
    desk.ask(Command::View(desk.pane(), ViewEdit::Reset));
    let shown = presented(&desk).unwrap();
    assert!(!shown.is_modified, "as the state wants it again");
    let voi = VoiChoice::Window {
        center: 1.0,
        width: 2.0,
        function: isocentre::imaging::VoiFunction::Linear,
    };
    desk.ask(Command::View(desk.pane(), ViewEdit::Voi(voi)));
    assert!(presented(&desk).unwrap().is_modified);
}

#[test]
fn undo_shows_the_pane_as_it_was_and_redo_by_the_state_again() {
    let mut desk = desk_with(&[turned()]);
    desk.ask(Command::View(desk.pane(), ViewEdit::FlipVertical));
    let before = desk.state();
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    let by_state = desk.state();
    desk.ask(Command::Undo);
    assert_eq!(desk.state().presentation, None);
    assert_eq!(desk.state().camera, before.camera);
    desk.ask(Command::Redo);
    assert_eq!(desk.state().presentation, Some(ix));
    assert_eq!(desk.state().camera, by_state.camera);
    present(&mut desk, None);
    assert_eq!(desk.state().camera, Camera::default());
    desk.ask(Command::Undo);
    assert_eq!(desk.state().presentation, Some(ix));
}

#[test]
fn another_series_in_the_pane_is_seen_without_the_state() {
    let mut images = series();
    images.push(
        SyntheticImage::new(8, 8)
            .series("1.2.3.6")
            .sop_instance("1.2.3.6.1"),
    );
    let mut desk = Desk::open(&images);
    arrive(&mut desk, &[turned()]);
    let first = desk.state().display_set;
    let ix = offered(&desk)[0];
    present(&mut desk, Some(ix));
    let library = &desk.workspace.library;
    let other = library
        .display_sets()
        .find(|set| &*set.series_instance_uid == "1.2.3.6")
        .unwrap()
        .id;
    for set in [other, first] {
        desk.ask(Command::View(desk.pane(), ViewEdit::Show(set)));
        assert_eq!(desk.state().presentation, None);
    }
}

#[test]
fn a_state_is_for_the_images_of_its_own_patient_whoever_s_have_the_same_uids() {
    let others = series()
        .into_iter()
        .map(|image| image.patient("Other^Patient", "ID2"));
    let mut desk = Desk::open(&others.clone().collect::<Vec<_>>());
    arrive(&mut desk, &[turned()]);
    assert!(offered(&desk).is_empty());
    let sets = |desk: &Desk, is_it: &dyn Fn(&DisplaySet) -> bool| -> Vec<DisplaySetId> {
        let sets = desk.workspace.library.display_sets();
        sets.filter(|set| is_it(set)).map(|set| set.id).collect()
    };
    let states = sets(&desk, &|set| set.modality == "PR")[0];
    desk.ask(Command::View(desk.pane(), ViewEdit::Show(states)));
    let images_of_others = "its images are not open, only another's";
    assert_eq!(desk.state().display_set, states, "{images_of_others}");
    let mut desk = Desk::open(&others.chain(series()).collect::<Vec<_>>());
    arrive(&mut desk, &[turned()]);
    let states = sets(&desk, &|set| set.modality == "PR")[0];
    desk.ask(Command::View(desk.pane(), ViewEdit::Show(states)));
    assert!(presented(&desk).unwrap().is_for_frame);
    let library = &desk.workspace.library;
    let of = |set| library.display_set(set).unwrap();
    let own = of(desk.state().display_set);
    assert_eq!(own.patient, of(states).patient);
    let other = sets(&desk, &|set| set.is_image() && set.patient != own.patient)[0];
    let presentations = &desk.workspace.presentations;
    assert!(presentations.is_any_for(own) && !presentations.is_any_for(of(other)));
}

#[test]
fn states_are_gone_through_from_the_newest_and_then_there_is_none() {
    let newer = state(GRAYSCALE, &["1.2.3.5.0"], |b| {
        b.text(tags::SOP_INSTANCE_UID, "1.2.3.4.5.79")
            .text(tags::PRESENTATION_CREATION_TIME, "130000");
    });
    let elsewhere = state(GRAYSCALE, &["1.2.3.9"], |b| {
        b.text(tags::SOP_INSTANCE_UID, "1.2.3.4.5.80");
    });
    let mut desk = desk_with(&[turned(), newer, elsewhere]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        desk.ask(Command::View(desk.pane(), ViewEdit::NextPresentation));
        let shown = desk.state().presentation;
        let shown = shown.and_then(|ix| desk.workspace.presentations.get(ix).cloned());
        seen.push(shown.map(|state| state.sop_instance_uid.to_string()));
    }
    let expected = [Some("1.2.3.4.5.79"), Some("1.2.3.4.5.77"), None];
    assert_eq!(seen, expected.map(|uid| uid.map(str::to_owned)));
}

#[test]
fn a_state_opened_before_its_images_waits_for_them() {
    let mut desk = Desk::open(&[SyntheticImage::new(8, 8)
        .series("1.2.3.6")
        .sop_instance("1.2.3.6.1")]);
    arrive(&mut desk, &[turned()]);
    assert!(offered(&desk).is_empty());
    let library = &desk.workspace.library;
    let states = library
        .display_sets()
        .find(|set| set.modality == "PR")
        .unwrap()
        .id;
    desk.ask(Command::View(desk.pane(), ViewEdit::Show(states)));
    let images = series();
    let headers = images
        .iter()
        .map(|image| {
            let bytes = image.write(super::super::common::Encoding::ExplicitLittle);
            let source = isocentre::dicom::ByteSource::Memory(bytes.into());
            isocentre::dicom::read_header(source).unwrap()
        })
        .collect();
    desk.ask(Command::Arrived(Arrival::headers(headers)));
    let shown = presented(&desk).expect("the images are here");
    assert!(shown.is_for_frame);
}

#[test]
fn the_pane_says_by_which_state_it_shows_the_image_and_whether_the_reader_changed_it() {
    let (home, folder) = (temp_folder(), temp_folder());
    for (number, image) in series().iter().enumerate() {
        let bytes = image.write(super::super::common::Encoding::ExplicitLittle);
        std::fs::write(folder.path().join(format!("{number}.dcm")), bytes).unwrap();
    }
    std::fs::write(folder.path().join("state.dcm"), bytes(&turned())).unwrap();
    let mut screen = Screen::open(home.path(), vec![folder.path().to_owned()]);
    screen.until("the state is here", |app| {
        let workspace = &app.workspace;
        let is_drawn = workspace.panes.active_view().is_some() && workspace.scans_running == 0;
        is_drawn && !workspace.presentations.all().is_empty()
    });
    let pane = screen.0.state().workspace.panes.active;
    screen.ask(Command::View(pane, ViewEdit::NextPresentation));
    screen.until("the picture is drawn", |_| true);
    assert!(screen.says("Presentation READ"), "{:?}", screen.texts());
    assert!(!screen.says("presentation modified"));
    screen.ask(Command::View(pane, ViewEdit::ToggleInvert));
    assert!(screen.says("presentation modified"));
    screen.ask(Command::View(pane, ViewEdit::Last));
    assert!(screen.says("not for this image"));
}
