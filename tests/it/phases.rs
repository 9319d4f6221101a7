//! The second direction of scrolling: the same slices at several moments, echoes, b-values.

use std::sync::Arc;

use isocentre::dicom::tags;
use isocentre::imaging::FrameImage;
use isocentre::model::{DisplaySet, DisplaySetId, FrameKey, Library, Phase};
use isocentre::problem::{Message, msg};
use isocentre::text::{Language, Words};
use isocentre::tool::Modifiers;
use isocentre::view::cine::{CineAxis, RateSource, Timing};
use isocentre::view::{Frames, Loading, ViewMode};
use isocentre::volume::Volume;
use isocentre::workspace::{CineEdit, Cinema, Command, Layout, LayoutEdit, ViewEdit};

use crate::common::{Desk, Encoding, Session, SyntheticImage, ct, temp_folder};
use crate::headers::{Header, MR, shuffled, stack};

/// `volumes` times the same six slices, each volume marked by `mark`.
fn volumes(volumes: usize, mark: impl Fn(usize, &mut Header)) -> Library {
    let mut library = Library::default();
    let mut headers = Vec::new();
    for volume in 0..volumes {
        for (k, mut header) in stack(6, 3.0).into_iter().enumerate() {
            header
                .text(tags::SOP_CLASS_UID, MR)
                .text(tags::SOP_INSTANCE_UID, &format!("1.{volume}.{k}"))
                .integer(tags::INSTANCE_NUMBER, (volume * 6 + k) as i64);
            mark(volume, &mut header);
            headers.push(header);
        }
    }
    for header in shuffled(headers) {
        library.insert(header.build()).unwrap();
    }
    library
}

fn phases(library: &Library) -> Vec<Option<&Phase>> {
    let sets = library.display_sets();
    sets.map(|set| set.phase.as_ref()).collect()
}

/// What sets each set of the first group apart, in the group's order.
fn said(library: &Library) -> Vec<String> {
    let words = Words::new(Language::English);
    let group = library.display_sets().find_map(|set| set.phase.as_ref());
    let sets = group.unwrap().sets.iter();
    sets.map(|id| {
        let phase = library.display_set(*id).unwrap().phase.as_ref().unwrap();
        let by: Vec<String> = phase.by.iter().map(|what| words.get(what)).collect();
        by.join(", ")
    })
    .collect()
}

#[test]
fn moments_of_the_same_slices_are_one_group_in_the_order_of_time() {
    // Numbered backwards, so that the order is not that of the scanner.
    let library = volumes(10, |volume, header| {
        header.integer(tags::TEMPORAL_POSITION_IDENTIFIER, 10 - volume as i64);
    });
    let phases = phases(&library);
    assert_eq!(phases.len(), 10);
    let first = phases[0].unwrap();
    assert_eq!(first.sets.len(), 10);
    assert!(
        phases
            .iter()
            .all(|p| p.unwrap().sets == first.sets && p.unwrap().is_time)
    );
    let expected: Vec<String> = (1..=10).map(|n| format!("time {n}")).collect();
    assert_eq!(said(&library), expected);
    for (place, id) in first.sets.iter().enumerate() {
        let set = library.display_set(*id).unwrap();
        assert_eq!(set.phase.as_ref().unwrap().place as usize, place);
        let facts = library.instance(set.instances[0]).unwrap();
        let position = facts.facts.frames[0].temporal_position.unwrap();
        assert_eq!(position as usize, place + 1);
    }
}

#[test]
fn each_echo_has_its_own_moments_where_all_have_them() {
    let library = volumes(6, |volume, header| {
        header
            .floats(tags::ECHO_TIME, &[if volume < 3 { 15.0 } else { 90.0 }])
            .integer(tags::TEMPORAL_POSITION_IDENTIFIER, volume as i64 % 3 + 1);
    });
    let phases = phases(&library);
    assert_eq!(phases.len(), 6);
    assert!(phases.iter().all(|phase| phase.unwrap().sets.len() == 3));
    assert!(phases.iter().all(|phase| phase.unwrap().common.len() == 1));
    assert_eq!(said(&library), ["time 1", "time 2", "time 3"]);
}

#[test]
fn b_values_and_their_repetitions_are_one_group_by_value() {
    let library = volumes(4, |volume, header| {
        let b = if volume == 3 { 0.0 } else { 1000.0 };
        header.floats(tags::DIFFUSION_B_VALUE, &[b]);
    });
    let phases = phases(&library);
    let first = phases[0].unwrap();
    assert!(!first.is_time);
    assert_eq!(first.sets.len(), 4);
    assert_eq!(said(&library), ["b 0", "b 1000", "b 1000", "b 1000"]);
}

#[test]
fn kinds_of_image_and_sets_of_other_slices_are_no_phases_of_each_other() {
    let kinds = volumes(2, |volume, header| {
        let kind = ["ORIGINAL", "PRIMARY", ["M", "P"][volume]];
        header.builder.texts(tags::IMAGE_TYPE, &kind);
    });
    assert_eq!(phases(&kinds), [None, None]);
    let shifted = volumes(2, |volume, header| {
        header.floats(tags::ECHO_TIME, &[15.0 * (volume + 1) as f64]);
        if volume == 1 {
            let x = [5.0, 0.0, 0.0];
            let z = header_height(header);
            header.floats(tags::IMAGE_POSITION_PATIENT, &[x[0], x[1], z]);
        }
    });
    assert_eq!(phases(&shifted), [None, None]);
}

fn header_height(header: &Header) -> f64 {
    let built = header.build();
    built
        .dataset
        .elements()
        .floats(tags::IMAGE_POSITION_PATIENT)[2]
}

/// `phases` phases of a CT of eight slices, `delay_ms` apart after the trigger.
fn heart(phases: u32, delay_ms: u32) -> Vec<SyntheticImage> {
    let mut images = Vec::new();
    for phase in 0..phases {
        for (k, image) in ct(("Heart^Anna", "7"), "1.2.70", 8).into_iter().enumerate() {
            images.push(
                image
                    .sop_instance(&format!("1.2.70.{phase}.{k}"))
                    .text(0x0018, 0x1060, "DS", &(phase * delay_ms).to_string())
                    .text(0x0020, 0x0100, "IS", &(phase + 1).to_string()),
            );
        }
    }
    images
}

fn shown(desk: &Desk) -> &DisplaySet {
    let set = desk.workspace.panes.active_view().unwrap().display_set;
    desk.workspace.library.display_set(set).unwrap()
}

fn place(desk: &Desk) -> u32 {
    shown(desk).phase.as_ref().unwrap().place
}

#[test]
fn going_through_the_phases_keeps_the_slice_and_the_look() {
    let mut desk = Desk::open(&heart(3, 50));
    let pane = desk.pane();
    desk.ask(Command::View(pane, ViewEdit::Index(5)));
    desk.ask(Command::View(pane, ViewEdit::ToggleInvert));
    desk.ask(Command::View(pane, ViewEdit::Rotate(90.0)));
    let before = desk.state();
    let start = place(&desk);
    desk.hold(Modifiers {
        ctrl: true,
        shift: true,
        alt: false,
    });
    desk.wheel([100.0, 100.0], -9.0);
    assert_eq!(place(&desk), 0);
    desk.wheel([100.0, 100.0], 1.0);
    assert_eq!(place(&desk), 1);
    desk.wheel([100.0, 100.0], 9.0);
    assert_eq!(place(&desk), 2);
    let after = desk.state();
    assert_eq!(
        (after.index, after.look, after.camera),
        (5, before.look, before.camera)
    );
    desk.ask(Command::View(pane, ViewEdit::Phase(start as i32 - 2)));
    assert_eq!(desk.state().display_set, before.display_set);
}

#[test]
fn eight_phases_are_one_entry_and_the_reader_may_have_it_otherwise() {
    let entries = |desk: &Desk| {
        let sets = desk.workspace.library.display_sets();
        sets.filter(|set| desk.workspace.entry_of(set) == set.id)
            .count()
    };
    let few = Desk::open(&heart(7, 50));
    assert_eq!(entries(&few), 7);
    let mut many = Desk::open(&heart(8, 50));
    assert_eq!(entries(&many), 1);
    // The entry is the phase looked at.
    many.ask(Command::View(many.pane(), ViewEdit::Phase(3)));
    assert_eq!(many.workspace.entry_of(shown(&many)), shown(&many).id);
    // A second pane is not filled with the next phase.
    many.ask(Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    })));
    let second = many.workspace.panes.visible()[1];
    assert!(many.workspace.panes.view(second).is_none());
    let set = many.state().display_set;
    many.ask(Command::TogglePhases(set));
    assert_eq!(entries(&many), 8);
    many.ask(Command::TogglePhases(set));
    assert_eq!(entries(&many), 1);
}

#[test]
fn a_film_of_phases_beats_in_its_own_time_while_slices_are_scrolled() {
    let mut desk = Desk::open(&heart(10, 80));
    let pane = desk.pane();
    desk.ask(Command::View(pane, ViewEdit::Phase(-99)));
    assert_eq!(desk.workspace.cine_axis(&desk.state()), CineAxis::Phases);
    let sets = &shown(&desk).phase.as_ref().unwrap().sets;
    let timing = Timing::of_phases(&desk.workspace.library, sets);
    assert_eq!(timing.source, RateSource::TriggerTime);
    let mut cinema = Cinema::default();
    desk.ask(Command::View(pane, ViewEdit::Cine(CineEdit::Toggle)));
    let mut tick = |desk: &mut Desk, now_s: f64| {
        let commands = cinema.tick(&desk.workspace, &desk.frames, now_s);
        commands.into_iter().for_each(|command| desk.ask(command));
        (place(desk), desk.state().index)
    };
    let index = desk.state().index;
    assert_eq!(tick(&mut desk, 0.0), (0, index));
    assert_eq!(tick(&mut desk, 0.25), (3, index));
    desk.ask(Command::View(pane, ViewEdit::Step(2)));
    assert_eq!(
        tick(&mut desk, 0.33),
        (4, index + 2),
        "slices are scrolled while it beats"
    );
    assert_eq!(tick(&mut desk, 0.81), (0, index + 2));
    // The other way: the slices of the phase shown.
    desk.ask(Command::View(
        pane,
        ViewEdit::Cine(CineEdit::Axis(CineAxis::Frames)),
    ));
    assert_eq!(tick(&mut desk, 0.9), (0, index + 2));
    assert_eq!(tick(&mut desk, 0.97), (0, index + 3));
    desk.ask(Command::View(pane, ViewEdit::Step(1)));
    assert!(!desk.state().cine.is_playing);
}

#[test]
fn the_three_planes_go_through_the_phases_together() {
    let mut desk = Desk::open(&heart(9, 80));
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let crosshair = isocentre::geom::DVec3::new(1.0, -5.0, 9.0);
    desk.ask(Command::View(desk.pane(), ViewEdit::Crosshair(crosshair)));
    let from = desk.state().display_set;
    let steps = if place(&desk) > 4 { -1 } else { 1 };
    desk.ask(Command::View(desk.pane(), ViewEdit::Phase(steps)));
    let views: Vec<_> = desk.workspace.panes.shown().map(|(_, view)| view).collect();
    assert_eq!(views.len(), 3);
    assert!(views.iter().all(|view| view.display_set != from));
    assert!(
        views
            .iter()
            .all(|view| matches!(view.mode, ViewMode::Mpr(_)))
    );
    assert_eq!(desk.workspace.cine_axis(views[0]), CineAxis::Phases);
    let group = &desk.workspace.panes.mpr[&views[0].display_set];
    assert_eq!(group.crosshair, crosshair);
}

#[test]
fn the_film_of_three_planes_is_one_whichever_of_them_is_active() {
    let mut desk = Desk::open(&heart(9, 80));
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    let panes = desk.workspace.panes.visible();
    let playing = |desk: &Desk| {
        let views = desk.workspace.panes.shown();
        views.filter(|(_, view)| view.cine.is_playing).count()
    };
    let toggle = |pane| Command::View(pane, ViewEdit::Cine(CineEdit::Toggle));
    desk.ask(toggle(panes[2]));
    assert_eq!(playing(&desk), 1);
    desk.ask(toggle(panes[1]));
    assert_eq!(playing(&desk), 0);
    desk.ask(toggle(panes[1]));
    desk.ask(Command::View(panes[2], ViewEdit::Phase(1)));
    assert_eq!(playing(&desk), 0);
    desk.ask(toggle(panes[0]));
    desk.ask(Command::Layout(LayoutEdit::Activate(panes[1])));
    desk.ask(Command::Tool("length"));
    desk.drag(
        isocentre::tool::Button::Primary,
        [150.0, 150.0],
        [220.0, 200.0],
    );
    assert_eq!((playing(&desk), desk.document().annotations.len()), (0, 1));
}

/// No frame is here, and no memory for a volume either.
struct NoRoom;

impl Frames for NoRoom {
    fn frame(&self, _: FrameKey) -> Loading<Arc<FrameImage>> {
        Loading::Waiting
    }

    fn volume(&self, _: DisplaySetId) -> Loading<Arc<Volume>> {
        Loading::Failed(Message::new(msg("volume-not-in-memory")))
    }
}

#[test]
fn a_film_of_planes_does_not_wait_for_volumes_there_is_no_room_for() {
    let mut desk = Desk::open(&heart(9, 80));
    desk.ask(Command::Layout(LayoutEdit::ToggleMpr));
    desk.ask(Command::View(desk.pane(), ViewEdit::Phase(-99)));
    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::Toggle)));
    let mut cinema = Cinema::default();
    let mut tick = |now_s: f64| {
        let commands = cinema.tick(&desk.workspace, &NoRoom, now_s);
        commands.into_iter().for_each(|command| desk.ask(command));
        place(&desk)
    };
    assert_eq!([0.0, 0.09, 0.17].map(&mut tick), [0, 1, 2]);
}

#[test]
fn the_phases_of_one_entry_are_loaded_ahead() {
    let home = temp_folder();
    let folder = home.path().join("heart");
    std::fs::create_dir(&folder).unwrap();
    for (n, image) in heart(9, 80).iter().enumerate() {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(n.to_string()), bytes).unwrap();
    }
    let mut session = Session::new(home.path());
    session.apply(Command::Open(vec![folder]));
    session.until("every phase", |session| {
        let library = &session.workspace.library;
        let sets: Vec<_> = library.display_sets().map(|set| set.id).collect();
        sets.len() == 9
            && sets.iter().all(|set| {
                let loaded = session.engine.loaded_frames(*set);
                loaded.len() == 8 && loaded.iter().all(|is_here| *is_here)
            })
    });
}
