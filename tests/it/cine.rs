//! Films: clocks, waiting, what stops them, decoding ahead, and the bar.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use isocentre::engine::Want;
use isocentre::imaging::FrameImage;
use isocentre::model::{DisplaySetId, FrameKey};
use isocentre::view::cine::{RateSource, Repeat, Timing};
use isocentre::view::{Frames, Loading, NoFrames};
use isocentre::volume::Volume;
use isocentre::workspace::{
    CineEdit, Cinema, Command, Layout, LayoutEdit, PaneId, ViewEdit, Workspace,
};

use crate::common::{Desk, Element, Encoding, Session, SyntheticImage, temp_folder, test_data};

const ULTRASOUND_MULTI_FRAME: &str = "1.2.840.10008.5.1.4.1.1.3.1";

/// A loop of grey frames, every pixel of frame k of value k.
fn film(uid: &str, frames: usize) -> SyntheticImage {
    let pixels = (0..frames).flat_map(|k| [k as i64; 16 * 16]).collect();
    SyntheticImage::new(16, 16)
        .text(0x0008, 0x0016, "UI", ULTRASOUND_MULTI_FRAME)
        .text(0x0008, 0x0060, "CS", "US")
        .text(0x0020, 0x000E, "UI", uid)
        .sop_instance(&format!("{uid}.1"))
        .pixels_all(frames, pixels)
}

/// Only these frames are here, without a picture that anyone looks at.
#[derive(Default)]
struct Here(RefCell<BTreeSet<u32>>);

impl Frames for Here {
    fn frame(&self, key: FrameKey) -> Loading<Arc<FrameImage>> {
        if self.0.borrow().contains(&key.frame) {
            // A frame that failed is shown as its reason, and so is here as well.
            Loading::Failed(isocentre::problem::Message::new(isocentre::problem::msg(
                "cine-waiting",
            )))
        } else {
            Loading::Waiting
        }
    }

    fn volume(&self, _: DisplaySetId) -> Loading<Arc<Volume>> {
        Loading::Waiting
    }
}

fn edit(workspace: &mut Workspace, pane: PaneId, edit: CineEdit) {
    workspace.apply(Command::View(pane, ViewEdit::Cine(edit)));
}

fn tick(desk: &mut Desk, cinema: &mut Cinema, now_s: f64) -> u32 {
    let commands = cinema.tick(&desk.workspace, &desk.frames, now_s);
    commands.into_iter().for_each(|command| desk.ask(command));
    desk.state().index
}

fn timing(desk: &Desk) -> Timing {
    let set = desk.workspace.library.display_set(desk.state().display_set);
    Timing::of_frames(&desk.workspace.library, set.unwrap())
}

fn playing(image: SyntheticImage) -> (Desk, Cinema) {
    let mut desk = Desk::open(&[image]);
    desk.ask(Command::View(desk.pane(), ViewEdit::First));
    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::Toggle)));
    let mut cinema = Cinema::default();
    assert_eq!(tick(&mut desk, &mut cinema, 100.0), 0);
    (desk, cinema)
}

#[test]
fn a_loop_is_shown_at_the_frame_time_it_states() {
    let image = film("1.2.50", 8).text(0x0018, 0x1063, "DS", "40");
    let (mut desk, mut cinema) = playing(image);
    assert_eq!(timing(&desk).source, RateSource::FrameTime);
    for (now_s, frame) in [
        (100.039, 0),
        (100.041, 1),
        (100.121, 3),
        (100.319, 7),
        (100.321, 0),
    ] {
        assert_eq!(tick(&mut desk, &mut cinema, now_s), frame, "{now_s}");
    }
    let next_s = cinema.next_s().unwrap();
    assert!((next_s - 0.039).abs() < 1e-6, "{next_s}");
}

#[test]
fn frames_of_uneven_times_keep_them() {
    let image = film("1.2.50", 3).text(0x0018, 0x1065, "DS", "0\\100\\300");
    let (mut desk, mut cinema) = playing(image);
    assert_eq!(timing(&desk).source, RateSource::FrameTimeVector);
    let seen: Vec<u32> = [0.05, 0.15, 0.35, 0.45, 0.55, 0.65]
        .map(|s| tick(&mut desk, &mut cinema, 100.0 + s))
        .into();
    assert_eq!(seen, [0, 1, 1, 2, 2, 0]);
}

#[test]
fn the_makers_recommendation_comes_before_the_times_of_the_camera() {
    let image = film("1.2.50", 4)
        .text(0x0008, 0x2144, "IS", "10")
        .text(0x0018, 0x0040, "IS", "50")
        .text(0x0018, 0x1063, "DS", "20");
    let desk = Desk::open(&[image]);
    let timing = timing(&desk);
    assert_eq!(timing.source, RateSource::RecommendedDisplayFrameRate);
    assert!((timing.fps() - 10.0).abs() < 1e-9);
    let camera = Desk::open(&[film("1.2.50", 4).text(0x0018, 0x0040, "IS", "50")]);
    assert_eq!(self::timing(&camera).source, RateSource::CineRate);
    let silent = Desk::open(&[film("1.2.50", 4)]);
    assert_eq!(self::timing(&silent).source, RateSource::Default);
}

#[test]
fn the_part_and_the_sense_the_data_ask_for_are_played() {
    let image = film("1.2.50", 10)
        .text(0x0018, 0x1063, "DS", "100")
        .text(0x0008, 0x2142, "IS", "3")
        .text(0x0008, 0x2143, "IS", "5")
        .element(Element::u16(0x0018, 0x1244, 1));
    let mut desk = Desk::open(&[image]);
    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::Toggle)));
    let mut cinema = Cinema::default();
    let mut seen = vec![tick(&mut desk, &mut cinema, 0.0)];
    seen.extend((0..6).map(|n| tick(&mut desk, &mut cinema, 0.05 + 0.1 * f64::from(n))));
    assert_eq!(seen, [2, 2, 3, 4, 3, 2, 3]);
    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::Whole)));
    let pane = desk.pane();
    edit(&mut desk.workspace, pane, CineEdit::Repeat(Repeat::Loop));
    let seen: BTreeSet<u32> = (0..20)
        .map(|n| tick(&mut desk, &mut cinema, 1.05 + 0.1 * f64::from(n)))
        .collect();
    assert_eq!(seen, (0..10).collect());
}

#[test]
fn slices_run_at_fifteen_a_second_and_the_reader_changes_that() {
    let images: Vec<_> = crate::common::ct(("A^B", "1"), "1.2.60", 9);
    let mut desk = Desk::open(&images);
    desk.ask(Command::View(desk.pane(), ViewEdit::First));
    let pane = desk.pane();
    edit(&mut desk.workspace, pane, CineEdit::Toggle);
    let mut cinema = Cinema::default();
    tick(&mut desk, &mut cinema, 0.0);
    assert_eq!(tick(&mut desk, &mut cinema, 0.21), 3);
    edit(&mut desk.workspace, pane, CineEdit::Faster);
    tick(&mut desk, &mut cinema, 0.21);
    let film = cinema.film(pane).unwrap();
    let asked = film.asked_fps(&desk.state().cine);
    assert!((asked - 20.0).abs() < 1e-9, "{asked}");
    edit(&mut desk.workspace, pane, CineEdit::Slower);
    edit(&mut desk.workspace, pane, CineEdit::Slower);
    let asked = cinema.film(pane).unwrap().asked_fps(&desk.state().cine);
    assert!((asked - 12.0).abs() < 1e-9, "{asked}");
}

#[test]
fn scrolling_and_drawing_stop_a_film_and_windowing_does_not() {
    use isocentre::view::VoiChoice;
    let (mut desk, _) = playing(film("1.2.50", 8));
    desk.ask(Command::View(
        desk.pane(),
        ViewEdit::Voi(VoiChoice::FullRange),
    ));
    assert!(desk.state().cine.is_playing);
    desk.ask(Command::View(desk.pane(), ViewEdit::Step(1)));
    assert!(!desk.state().cine.is_playing && desk.state().cine.is_open);
    // The clock's word comes too late and moves nothing.
    let index = desk.state().index;
    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::At(5))));
    assert_eq!(desk.state().index, index);

    desk.ask(Command::View(desk.pane(), ViewEdit::Cine(CineEdit::Toggle)));
    desk.ask(Command::Tool("length"));
    desk.drag(
        isocentre::tool::Button::Primary,
        [100.0, 100.0],
        [200.0, 200.0],
    );
    assert_eq!(desk.document().annotations.len(), 1);
    assert!(!desk.state().cine.is_playing);
}

#[test]
fn a_film_waits_for_a_frame_that_is_not_here_and_says_so() {
    let (desk, _) = playing(film("1.2.50", 6).text(0x0018, 0x1063, "DS", "100"));
    let mut workspace = desk.workspace;
    let pane = workspace.panes.active;
    let here = Here::default();
    here.0.borrow_mut().extend([0, 1]);
    let mut cinema = Cinema::default();
    let at = |now_s: f64, workspace: &mut Workspace, cinema: &mut Cinema| {
        for command in cinema.tick(workspace, &here, now_s) {
            workspace.apply(command);
        }
        (
            workspace.panes.view(pane).unwrap().index,
            cinema.film(pane).unwrap().is_waiting(),
        )
    };
    at(0.0, &mut workspace, &mut cinema);
    assert_eq!(at(0.15, &mut workspace, &mut cinema), (1, false));
    assert_eq!(at(0.55, &mut workspace, &mut cinema), (1, true));
    assert_eq!(cinema.next_s(), None, "nothing to draw until it is here");
    here.0.borrow_mut().extend(2..6);
    assert_eq!(at(7.0, &mut workspace, &mut cinema), (2, false));
    assert_eq!(at(7.05, &mut workspace, &mut cinema), (2, false));
    assert_eq!(at(7.15, &mut workspace, &mut cinema), (3, false));
    // A pane that is not played asks for nothing, whatever is here.
    edit(&mut workspace, pane, CineEdit::Toggle);
    assert!(cinema.tick(&workspace, &NoFrames, 8.0).is_empty());
}

#[test]
fn two_panes_run_on_clocks_of_their_own() {
    let images = [
        film("1.2.50", 8).text(0x0018, 0x1063, "DS", "100"),
        film("1.2.51", 8).text(0x0018, 0x1063, "DS", "50"),
    ];
    let mut desk = Desk::open(&images);
    desk.ask(Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    })));
    let panes = desk.workspace.panes.visible();
    for pane in &panes {
        desk.ask(Command::View(*pane, ViewEdit::First));
        edit(&mut desk.workspace, *pane, CineEdit::Toggle);
    }
    let mut cinema = Cinema::default();
    tick(&mut desk, &mut cinema, 0.0);
    tick(&mut desk, &mut cinema, 0.31);
    let mut shown: Vec<u32> = panes
        .iter()
        .map(|pane| desk.workspace.panes.view(*pane).unwrap().index)
        .collect();
    shown.sort_unstable();
    assert_eq!(shown, [3, 6]);
}

#[test]
fn what_a_film_shows_next_is_asked_for_first() {
    let mut desk = Desk::open(&[film("1.2.50", 40)]);
    desk.ask(Command::View(desk.pane(), ViewEdit::Index(37)));
    let mut cinema = Cinema::default();
    let pane = desk.pane();
    edit(&mut desk.workspace, pane, CineEdit::Toggle);
    tick(&mut desk, &mut cinema, 0.0);
    let wants = Want::shown_in(&desk.workspace, &cinema);
    assert_eq!(wants[0].index, 37);
    assert_eq!(wants[0].coming[..4], [38, 39, 0, 1]);
    edit(&mut desk.workspace, pane, CineEdit::Toggle);
    tick(&mut desk, &mut cinema, 0.0);
    assert!(
        Want::shown_in(&desk.workspace, &cinema)[0]
            .coming
            .is_empty()
    );
}

#[test]
fn a_real_ultrasound_loop_plays_through_on_its_own_time() {
    let Some(data) = test_data("a film") else {
        return;
    };
    let file = data.join("pydicom/test_files/examples_ybr_color.dcm");
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.apply(Command::Open(vec![file]));
    session.until("the loop", |s| {
        s.workspace.scans_running == 0 && s.workspace.panes.active_view().is_some()
    });
    let pane = session.workspace.panes.active;
    edit(&mut session.workspace, pane, CineEdit::Toggle);
    let mut seen = BTreeSet::new();
    let mut now_s = 0.0;
    // Turned faster than it is decoded: it waits, and leaves no frame out.
    session.until_turned("every frame", |session| {
        now_s += 0.03;
        session.turn_films(now_s);
        seen.insert(session.shown().index);
        seen.len() == 30
    });
    let film = session.cinema.film(pane).unwrap();
    assert_eq!(film.timing.source, RateSource::FrameTime);
    assert!((film.timing.fps() - 30.0).abs() < 0.01);
}

/// The bar in the window.
mod bar {
    use std::time::{Duration, Instant};

    use eframe::egui;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;
    use isocentre::app::{App, Setup};
    use isocentre::files::AppFolders;
    use isocentre::workspace::{Language, Settings, Start};

    use super::*;

    fn window(home: &Path, language: Language) -> Harness<'static, App> {
        let folder = home.join("study");
        std::fs::create_dir(&folder).unwrap();
        let image = film("1.2.50", 12).text(0x0018, 0x1063, "DS", "100");
        std::fs::write(folder.join("film"), image.write(Encoding::ExplicitLittle)).unwrap();
        let folders = AppFolders::under(home);
        let settings = Settings {
            language,
            is_notice_read: true,
            ..Settings::default()
        };
        let mut harness = Harness::builder()
            .with_size(egui::vec2(1280.0, 800.0))
            .with_max_steps(64)
            .build_eframe(move |cc| {
                let setup = Setup {
                    folders,
                    settings,
                    problems: Vec::new(),
                    start: Start::Paths(vec![folder]),
                    gpu: None,
                };
                App::new(&cc.egui_ctx, setup)
            });
        let end = Instant::now() + Duration::from_mins(1);
        let is_here = |app: &App| {
            let shown = app.workspace.panes.active_view();
            let set = shown.and_then(|view| app.workspace.library.display_set(view.display_set));
            app.workspace.scans_running == 0
                && set.is_some_and(|set| {
                    let frames = app.frames();
                    set.frames
                        .iter()
                        .all(|key| frames.frame(*key).ready().is_some())
                })
        };
        while !is_here(harness.state()) {
            assert!(Instant::now() < end, "waited in vain");
            std::thread::sleep(Duration::from_millis(5));
            harness.step();
        }
        harness.step();
        harness
    }

    fn index(harness: &Harness<'static, App>) -> u32 {
        let panes = &harness.state().workspace.panes;
        panes.active_view().unwrap().index
    }

    #[test]
    fn the_bar_plays_and_stops_and_space_does_the_same() {
        let home = temp_folder();
        let mut harness = window(home.path(), Language::English);
        harness.get_by_label("10 fps");
        let start = index(&harness);
        harness.get_by_label("Play").click();
        harness.step();
        harness.step();
        harness.get_by_label("Stop");
        // A step of the test is a quarter of a second; at any one of them it may be back at the start.
        let moves = (0..10).filter(|_| {
            harness.step();
            index(&harness) != start
        });
        assert!(moves.count() > 5);
        harness.key_press(egui::Key::Space);
        harness.step();
        harness.step();
        let stopped = index(&harness);
        harness.get_by_label("Play");
        for _ in 0..10 {
            harness.step();
        }
        assert_eq!(index(&harness), stopped);
        harness.key_press(egui::Key::C);
        harness.step();
        assert!(
            harness
                .state()
                .workspace
                .panes
                .active_view()
                .unwrap()
                .cine
                .is_playing
        );
    }

    #[test]
    fn the_bar_sets_rate_and_end_and_the_slider_the_frame() {
        let home = temp_folder();
        let mut harness = window(home.path(), Language::French);
        harness.get_by_label("10 im/s");
        harness.get_by_label("Plus vite").click();
        harness.step();
        harness.step();
        harness.get_by_label("12 im/s");
        harness.get_by_label("En boucle").click();
        harness.step();
        harness.step();
        harness.get_by_label("Aller-retour");
        let slider = harness.get_by_label("Position dans le ciné").rect();
        let at = egui::pos2(slider.right() - 0.5, slider.center().y);
        for is_down in [true, false] {
            harness.hover_at(at);
            harness.step();
            harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed: is_down,
                modifiers: egui::Modifiers::NONE,
            });
            harness.step();
        }
        harness.step();
        assert_eq!(index(&harness), 11);
    }
}
