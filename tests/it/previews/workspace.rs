//! What the workspace makes of them, without a window.

use isocentre::action::action;
use isocentre::geom::DVec2;
use isocentre::problem::msg;
use isocentre::tool::{Button, Interaction, Modifiers, Phase, PointerEvent, Scene};
use isocentre::view::{Camera, NoFrames, ViewMode, ViewState, Zoom, resolve_stack};
use isocentre::workspace::{
    Arrival, Command, GestureId, NoPreview, PaneId, Preview, Settings, ViewEdit, Workspace,
};

use super::{
    PATIENT, SERIES, STUDY, arrived, header, listed, picture, preview, previewed, slice, uid,
};
use crate::common::SyntheticImage;

fn workspace(commands: impl IntoIterator<Item = Command>) -> Workspace {
    let mut workspace = Workspace::new(Settings::default());
    for command in commands {
        workspace.apply(command);
    }
    workspace
}

fn active(workspace: &Workspace) -> (PaneId, ViewState) {
    let view = workspace.panes.active_view().expect("something is shown");
    (workspace.panes.active, view.clone())
}

/// The slice a picture stands for in the active pane.
fn shown_preview(workspace: &Workspace) -> Option<String> {
    let (pane, view) = active(workspace);
    let preview = workspace.preview_in(pane, &view)?;
    Some(preview.sop_instance_uid.clone())
}

/// The slice the active pane is at.
fn shown_image(workspace: &Workspace) -> String {
    let (_, view) = active(workspace);
    let set = workspace.library.display_set(view.display_set).unwrap();
    let instance = set.frames[view.index as usize].instance;
    let instance = workspace.library.instance(instance).unwrap();
    instance.facts.sop_instance_uid.to_string()
}

#[test]
fn the_first_picture_is_on_screen_and_its_image_takes_the_same_place() {
    let mut workspace = workspace([listed(5), previewed(preview(&slice(3, 64), 32))]);
    assert_eq!(shown_preview(&workspace), Some(uid(3)));
    assert!(
        workspace.library.display_sets().next().is_none(),
        "a picture is no image"
    );
    let (pane, promised) = active(&workspace);
    let camera = Camera {
        zoom: Zoom::Scale(3.0),
        pan: DVec2::new(5.0, -2.0),
        ..Camera::default()
    };
    workspace.apply(Command::View(pane, ViewEdit::Camera(camera)));

    // Another slice comes first: the picture stays, in the same place.
    workspace.apply(arrived(&[slice(2, 64)]));
    assert_ne!(active(&workspace).1.display_set, promised.display_set);
    assert_eq!(shown_preview(&workspace), Some(uid(3)));
    assert_eq!(active(&workspace).1.camera, camera);

    workspace.apply(arrived(&[slice(3, 64)]));
    assert_eq!(shown_image(&workspace), uid(3));
    assert_eq!(active(&workspace).1.camera, camera);
    assert_eq!(
        shown_preview(&workspace),
        Some(uid(3)),
        "until the image is decoded"
    );
}

#[test]
fn a_picture_covers_the_area_of_its_image_and_has_no_millimetres() {
    let image = slice(1, 64).spacing(1.4, 0.7);
    let preview = preview(&image, 32);
    assert_eq!(preview.geometry.image_size, [64, 64]);
    assert!((preview.geometry.pixel_aspect - 2.0).abs() < 1e-9);
    let pane = DVec2::new(300.0, 300.0);
    let view = resolve_stack(&Camera::default(), &preview.geometry, pane);
    assert_eq!(view.mm_per_px(), None);
    assert!(view.plane().is_none());
    let corner = |at| preview.picture_from_image().transform_point2(at);
    assert_eq!(corner(DVec2::splat(-0.5)), DVec2::splat(-0.5));
    assert_eq!(corner(DVec2::splat(63.5)), DVec2::splat(31.5));
}

#[test]
fn a_picture_of_another_shape_or_of_a_frame_that_is_not_there_stands_for_nothing() {
    let of = |image, frame, width, height| {
        let picture = picture(width, height, 0);
        Preview::new(header(image), frame, picture).err()
    };
    let image = slice(1, 64);
    assert_eq!(of(&image, 0, 64, 48), Some(NoPreview::Shape));
    assert_eq!(of(&image, 0, 32, 33), None, "rounded");
    assert_eq!(of(&image, 1, 64, 64), Some(NoPreview::NoImage));
    let several = slice(1, 64).text(0x0028, 0x0008, "IS", "2");
    assert_eq!(of(&several, 1, 64, 64), None);
    assert_eq!(of(&several, 2, 64, 64), Some(NoPreview::NoImage));
}

#[test]
fn of_several_frames_the_one_that_was_pictured_is_the_one_shown() {
    let frames = SyntheticImage::new(32, 32)
        .patient(PATIENT.0, PATIENT.1)
        .study(STUDY)
        .series(SERIES)
        .sop_instance(&uid(1))
        .instance_number(1)
        .pixels_all(6, vec![0; 6 * 32 * 32]);
    let preview = Preview::new(header(&frames), 3, picture(32, 32, 9)).unwrap();
    let mut workspace = workspace([listed(1), previewed(preview.into())]);
    assert_eq!(shown_preview(&workspace), Some(uid(1)));
    // Another frame of the same does not take its place.
    let other = Preview::new(header(&frames), 0, picture(32, 32, 9)).unwrap();
    workspace.apply(previewed(other.into()));
    assert_eq!(workspace.previews.of(&uid(1)).unwrap().frame, 3);

    workspace.apply(arrived(&[frames]));
    let (pane, view) = active(&workspace);
    assert_eq!(view.index, 3);
    assert_eq!(
        shown_preview(&workspace),
        Some(uid(1)),
        "until it is decoded"
    );
    workspace.apply(Command::View(pane, ViewEdit::Step(1)));
    assert_eq!(
        shown_preview(&workspace),
        None,
        "for no other of its frames"
    );
}

#[test]
fn what_is_waited_for_is_shown_though_it_splits_its_series() {
    let of_size = |number, side| slice(number, side);
    let mut workspace = workspace([
        listed(9),
        arrived(&[of_size(2, 16), of_size(3, 16)]),
        previewed(preview(&of_size(8, 32), 16)),
    ]);
    let (pane, before) = active(&workspace);
    workspace.apply(Command::View(pane, ViewEdit::Step(1)));
    assert_eq!(shown_preview(&workspace), Some(uid(8)));
    workspace.apply(arrived(&[of_size(8, 32)]));
    assert_eq!(shown_image(&workspace), uid(8));
    assert_ne!(active(&workspace).1.display_set, before.display_set);
}

#[test]
fn keys_that_change_the_look_change_nothing_under_a_picture_and_say_why() {
    let mut workspace = workspace([
        listed(9),
        arrived(&[slice(2, 16)]),
        previewed(preview(&slice(8, 16), 16)),
    ]);
    let (pane, _) = active(&workspace);
    workspace.apply(Command::View(pane, ViewEdit::Step(1)));
    let look = active(&workspace).1.look;
    let told = |workspace: &Workspace| {
        let notices = workspace.notices.shown().iter();
        let of_it = notices.filter(|it| it.problem.message.id == msg("preview-no-hand"));
        of_it.map(|it| it.count).sum::<usize>()
    };
    let ids = ["preset-lung", "preset-auto", "next-own-voi", "invert"];
    for (times, id) in ids.into_iter().enumerate() {
        for command in action(id).unwrap().commands(&workspace) {
            workspace.apply(command);
        }
        assert_eq!(active(&workspace).1.look, look, "{id}");
        assert_eq!(told(&workspace), times + 1, "{id}");
    }
    // On what is here they do what they always do.
    workspace.apply(Command::View(pane, ViewEdit::Step(-1)));
    for command in action("preset-lung").unwrap().commands(&workspace) {
        workspace.apply(command);
    }
    assert_ne!(active(&workspace).1.look, look);
}

#[test]
fn the_wheel_goes_over_images_and_pictures_alike_and_passes_what_is_not_there_between_them() {
    let mut workspace = workspace([
        listed(9),
        arrived(&[slice(2, 16), slice(3, 16)]),
        previewed(preview(&slice(6, 16), 16)),
        previewed(preview(&slice(8, 16), 16)),
    ]);
    let mut step = |edit| at(&mut workspace, edit);
    assert_eq!(step(ViewEdit::Step(-9)), uid(1));
    assert_eq!(step(ViewEdit::Step(1)), uid(2));
    assert_eq!(step(ViewEdit::Step(1)), uid(3));
    assert_eq!(step(ViewEdit::Step(1)), uid(6));
    assert_eq!(step(ViewEdit::Step(1)), uid(8));
    assert_eq!(step(ViewEdit::Step(-2)), uid(3));
    assert_eq!(step(ViewEdit::Step(2)), uid(8));
    assert_eq!(step(ViewEdit::Step(0)), uid(8));
}

/// Where the active pane is after a step: at an image, or waiting for one.
fn at(workspace: &mut Workspace, edit: ViewEdit) -> String {
    let (pane, _) = active(workspace);
    workspace.apply(Command::View(pane, edit));
    match workspace.arriving.awaited_in(pane) {
        Some(awaited) => awaited.instance.sop_instance_uid.clone(),
        None => shown_image(workspace),
    }
}

#[test]
fn end_and_home_go_to_the_ends_of_the_series_and_the_wheel_past_what_has_come() {
    let mut workspace = workspace([listed(9), arrived(&[slice(3, 16), slice(4, 16)])]);
    let mut step = |edit| at(&mut workspace, edit);
    assert_eq!(step(ViewEdit::Last), uid(9));
    assert_eq!(step(ViewEdit::Step(-1)), uid(4));
    assert_eq!(step(ViewEdit::First), uid(1));
    assert_eq!(step(ViewEdit::Step(2)), uid(4));
    assert_eq!(step(ViewEdit::Step(1)), uid(5));
    assert_eq!(step(ViewEdit::Step(1)), uid(6));
    assert_eq!(step(ViewEdit::Step(10)), uid(9));
    assert_eq!(step(ViewEdit::Step(-10)), uid(1));
    // What comes is shown where it was waited for, and the waiting is over.
    workspace.apply(arrived(&[slice(1, 16)]));
    assert_eq!(shown_image(&workspace), uid(1));
    let mut step = |edit| at(&mut workspace, edit);
    assert_eq!(step(ViewEdit::Step(1)), uid(3));
    assert_eq!(step(ViewEdit::First), uid(1));
}

#[test]
fn a_jump_to_an_image_ends_the_waiting_for_another() {
    let mut workspace = workspace([
        listed(9),
        arrived(&[slice(2, 16), slice(3, 16)]),
        previewed(preview(&slice(8, 16), 16)),
    ]);
    let (pane, view) = active(&workspace);
    workspace.apply(Command::View(pane, ViewEdit::First));
    workspace.apply(Command::View(pane, ViewEdit::Step(3)));
    assert_eq!(shown_preview(&workspace), Some(uid(8)));
    let jump = ViewEdit::ShowAt(view.display_set, 1);
    workspace.apply(Command::View(pane, jump));
    assert_eq!(shown_preview(&workspace), None);
    assert_eq!(shown_image(&workspace), uid(3));
    workspace.apply(arrived(&[slice(8, 16)]));
    assert_eq!(shown_image(&workspace), uid(3), "nothing jumps by itself");
}

#[test]
fn a_picture_never_stands_for_another_patients_image_or_in_another_series() {
    let other = slice(5, 16).patient("Doe^John", "0815");
    let mut workspace = workspace([
        listed(9),
        arrived(&[slice(2, 16)]),
        previewed(preview(&other, 16)),
    ]);
    let (pane, _) = active(&workspace);
    let track = workspace.track_of(&active(&workspace).1).unwrap();
    let instance = track.instance(4).unwrap().clone();
    workspace.apply(Command::View(pane, ViewEdit::Await(instance)));
    assert_eq!(shown_preview(&workspace), None);

    // The pane turns to another series while one of this is waited for.
    workspace.apply(previewed(preview(&slice(7, 16), 16)));
    let instance = track.instance(6).unwrap().clone();
    workspace.apply(Command::View(pane, ViewEdit::Await(instance)));
    assert_eq!(shown_preview(&workspace), Some(uid(7)));
    let elsewhere = slice(1, 16).series("1.2.3.700.9").sop_instance("1.2.3.9");
    workspace.apply(arrived(&[elsewhere]));
    let sets = workspace.library.display_sets();
    let set = sets.map(|set| set.id).max().unwrap();
    workspace.apply(Command::View(pane, ViewEdit::Show(set)));
    assert_eq!(shown_preview(&workspace), None);
}

#[test]
fn an_image_that_turns_out_to_be_another_patients_takes_the_picture_away() {
    let mut workspace = workspace([listed(2), previewed(preview(&slice(1, 16), 16))]);
    workspace.apply(arrived(&[slice(1, 16).patient("Doe^John", "0815")]));
    assert!(workspace.previews.of(&uid(1)).is_none());
}

#[test]
fn all_is_in_full_only_when_every_listed_image_is_here() {
    let words = |workspace: &Workspace| {
        let in_full = workspace.in_full(&active(workspace).1)?;
        Some(in_full.words().id)
    };
    let first = [
        listed(2),
        arrived(&[slice(1, 16)]),
        previewed(preview(&slice(2, 16), 16)),
    ];
    let mut whole = workspace(first.clone());
    assert_eq!(words(&whole), Some(msg("preview-in-full")));
    whole.apply(arrived(&[slice(2, 16)]));
    assert_eq!(words(&whole), Some(msg("preview-reached")));

    let mut lossy = workspace(first.clone());
    lossy.apply(arrived(&[slice(2, 16).text(0x0028, 0x2110, "CS", "01")]));
    assert_eq!(words(&lossy), Some(msg("preview-reached-lossy")));

    // The retrieval ends, and one did not come.
    let mut cut = workspace(first);
    cut.apply(Command::Arrived(Arrival::Transfers(Vec::new())));
    assert_eq!(words(&cut), Some(msg("preview-cut-short")));
    assert!(cut.previews.of(&uid(2)).is_none());

    // Where no pictures came, nothing is said of quality.
    let plain = workspace([listed(2), arrived(&[slice(1, 16)])]);
    assert_eq!(words(&plain), None);
}

#[test]
fn when_nothing_comes_the_pane_is_empty_again() {
    let mut workspace = workspace([listed(2), previewed(preview(&slice(1, 16), 16))]);
    workspace.apply(Command::Arrived(Arrival::Transfers(Vec::new())));
    assert!(workspace.panes.active_view().is_none());
}

#[test]
fn nothing_is_drawn_measured_or_windowed_on_a_picture_and_the_hand_is_told_why() {
    let mut workspace = workspace([listed(5), previewed(preview(&slice(3, 64), 64))]);
    let (pane, state) = active(&workspace);
    let shown = workspace.preview_in(pane, &state).unwrap().clone();
    let size = DVec2::new(400.0, 400.0);
    let view = resolve_stack(&state.camera, &shown.geometry, size);
    assert_eq!(state.mode, ViewMode::Stack);
    for (tool, is_refused) in [
        ("window", true),
        ("length", true),
        ("angle", true),
        ("ellipse", true),
        ("rectangle", true),
        ("probe", true),
        ("arrow", true),
        ("crosshair", true),
        ("pan", false),
        ("zoom", false),
    ] {
        workspace.apply(Command::Tool(tool));
        let scene = Scene {
            workspace: &workspace,
            frames: &NoFrames,
            pane,
            state: &state,
            view: &view,
            shown: None,
            window: None,
            annotations: &[],
            labels: &[],
        };
        let mut hand = Interaction::default();
        let mut commands = Vec::new();
        for (phase, at) in [
            (Phase::Press, 100.0),
            (Phase::Drag, 160.0),
            (Phase::Release, 220.0),
        ] {
            let event = PointerEvent {
                phase,
                button: Button::Primary,
                modifiers: Modifiers::default(),
                position_px: DVec2::splat(at),
                delta_px: DVec2::ZERO,
                gesture: GestureId(1),
                px_per_pt: 1.0,
            };
            commands.extend(hand.pointer(scene, &event));
        }
        let told = |command: &Command| matches!(command, Command::Notify(why) if why.message.id == msg("preview-no-hand"));
        if is_refused {
            assert!(
                commands.len() == 1 && told(&commands[0]),
                "{tool}: {commands:?}"
            );
        } else {
            let is_camera = |it: &Command| matches!(it, Command::View(_, ViewEdit::Camera(_)));
            assert!(commands.iter().any(is_camera), "{tool}: {commands:?}");
        }
    }
}
