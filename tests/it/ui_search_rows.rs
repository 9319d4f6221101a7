//! Rows of the search under the pointer, through the real program.

use eframe::egui;
use egui::{Event, Key, Modifiers, OutputCommand, Pos2};
use egui_kittest::kittest::Queryable as _;

use isocentre::model::StudyMatch;
use isocentre::workspace::{Arrival, Command, Source};

use crate::common::{Screen, temp_folder};

/// The search with one row, the keys still in its line. Where the row is.
fn found(screen: &mut Screen) -> Pos2 {
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::F);
    screen.0.run_steps(4);
    let line = screen
        .0
        .get_by_label("Patient’s name, ID or accession number");
    line.type_text("benali");
    screen.0.run_steps(2);
    screen.key(Key::Enter);
    screen.until("the archive's answer", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    let study = StudyMatch {
        study_uid: "1.2.3".into(),
        patient_id: "P1".into(),
        patient_name: "Benali, Fatima".into(),
        instance_count: Some(400),
        ..StudyMatch::default()
    };
    screen.ask(Command::Arrived(Arrival::Found {
        generation: 1,
        source: Source::Archive,
        matches: vec![study],
    }));
    screen.0.run_steps(2);
    assert!(screen.0.ctx.text_edit_focused(), "the line has the keys");
    screen.0.get_by_label("Benali, Fatima").rect().center()
}

#[test]
fn how_many_images_there_are_has_a_column_and_is_never_cut() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    found(&mut screen);
    for n in 1..4 {
        screen.ask(Command::Arrived(Arrival::Found {
            generation: 1,
            source: Source::Node(format!("A node with a long name, number {n}")),
            matches: vec![StudyMatch {
                study_uid: "1.2.3".into(),
                patient_id: "P1".into(),
                ..StudyMatch::default()
            }],
        }));
    }
    screen.0.run_steps(2);
    assert!(screen.texts().iter().any(|(text, _)| text == "400"));
}

fn clicks(at: Pos2, count: usize) -> Vec<Event> {
    let button = |pressed| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let click = [button(true), button(false)];
    std::iter::once(Event::PointerMoved(at))
        .chain(click.into_iter().cycle().take(2 * count))
        .collect()
}

fn is_search_open(screen: &Screen) -> bool {
    screen.says("Benali, Fatima")
}

#[test]
fn a_double_click_opens_the_study_while_the_line_has_the_keys() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    let at = found(&mut screen);
    for event in clicks(at, 2) {
        screen.0.event(event);
        screen.0.step();
    }
    screen.0.run_steps(3);
    assert!(!is_search_open(&screen));
}

#[test]
fn what_is_typed_after_a_click_on_a_chip_or_a_row_is_words_of_the_search() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    let at = found(&mut screen);
    let typed = |screen: &Screen| screen.0.state().workspace.search.request.text.clone();
    let before = typed(&screen);
    screen.0.get_by_label("Studies").click();
    screen.0.run_steps(3);
    screen.0.event(Event::Text("x".into()));
    screen.0.run_steps(3);
    assert_eq!(typed(&screen), format!("{before}x"));
    screen.0.input_mut().events.extend(clicks(at, 1));
    screen.0.run_steps(3);
    screen.0.event(Event::Text("y".into()));
    screen.0.run_steps(3);
    assert_eq!(typed(&screen), format!("{before}xy"));
}

/// Who clicks slowly, or sits at a slow computer, whose second click is seen a frame too late.
#[test]
fn two_clicks_within_half_a_second_are_a_double_click() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    let at = found(&mut screen);
    screen.0.input_mut().events.extend(clicks(at, 1));
    // 24 frames of 1/60 s.
    screen.0.run_steps(24);
    assert!(is_search_open(&screen));
    screen.0.input_mut().events.extend(clicks(at, 1));
    screen.0.run_steps(3);
    assert!(!is_search_open(&screen));
}

/// On a slow computer one frame sees the whole double click.
#[test]
fn a_double_click_within_one_frame_opens_the_study_and_a_click_only_chooses_it() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    let at = found(&mut screen);
    screen.0.input_mut().events.extend(clicks(at, 1));
    screen.0.run_steps(40);
    assert!(is_search_open(&screen));
    // Another study is chosen by nobody: the row is as new.
    screen.0.key_press(Key::ArrowUp);
    screen.0.run_steps(3);
    screen.0.input_mut().events.extend(clicks(at, 2));
    screen.0.run_steps(3);
    assert!(!is_search_open(&screen));
}

#[test]
fn a_name_leaves_the_program_when_it_is_copied_and_not_when_it_is_marked() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    found(&mut screen);
    let line = screen
        .0
        .get_by_label("Patient’s name, ID or accession number");
    let at = line.rect().left_center() + egui::vec2(12.0, 0.0);
    let mut given = Vec::new();
    let marks = clicks(at, 2).into_iter().chain([Event::Copy]);
    for event in marks {
        screen.0.event(event);
        screen.0.step();
        given.extend(screen.0.output().platform_output.commands.clone());
    }
    assert_eq!(given, [OutputCommand::CopyText("benali".into())]);
}
