//! What is asked before it is done, through the real program.

use eframe::egui;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use isocentre::pacs::{Node, NodeAddress};
use isocentre::workspace::Start;

use crate::common::{Encoding, Screen, ct, english, temp_folder, window};
use crate::dimse::programs::free_port;

/// A study of four images is open, and there is one node; nothing answers there.
fn screen(home: &std::path::Path) -> Screen {
    let folder = home.join("study");
    std::fs::create_dir(&folder).unwrap();
    for (number, image) in ct(("Benali^Fatima", "4711"), "1.2.90", 4)
        .iter()
        .enumerate()
    {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(number.to_string()), bytes).unwrap();
    }
    let mut settings = english();
    let address = format!("AWAY@127.0.0.1:{}", free_port());
    settings.pacs.nodes.push(Node {
        name: "Second".into(),
        address: NodeAddress::parse(&address).unwrap(),
        is_searched: false,
        limit_bytes_per_s: None,
        is_slow: false,
    });
    let mut screen = Screen(window(home, settings, Start::Paths(vec![folder])));
    screen.until("the study is open", |app| {
        app.workspace.scans_running == 0 && app.workspace.panes.active_view().is_some()
    });
    screen
}

fn click(screen: &mut Screen, name: &str) {
    screen.0.get_by_label(name).click();
    screen.0.run_steps(4);
}

#[test]
fn a_study_goes_to_a_node_only_when_the_question_that_names_both_is_agreed_to() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    let queued = |screen: &Screen| screen.0.state().workspace.transfers.all().len();
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.0.run_steps(4);
    assert!(screen.says("Send the study on screen (Benali, Fatima"));

    click(&mut screen, "Second");
    assert!(screen.says("Send this study to Second?"));
    assert!(screen.says("4 images"));
    screen.key(Key::Escape);
    assert!(!screen.says("Send this study to Second?"));
    click(&mut screen, "Second");
    click(&mut screen, "Cancel");
    assert!(!screen.says("Send this study to Second?"));
    screen.0.run_steps(20);
    assert_eq!(queued(&screen), 0);

    click(&mut screen, "Second");
    screen.key(Key::ArrowLeft);
    screen.key(Key::Enter);
    screen.until("the transfer", |app| {
        !app.workspace.transfers.all().is_empty()
    });
    assert_eq!(queued(&screen), 1);
}

#[test]
fn a_node_goes_only_when_that_is_agreed_to() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    let nodes = |screen: &Screen| screen.0.state().workspace.settings.pacs.nodes.len();
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::K);
    screen.0.run_steps(4);
    screen
        .0
        .get_by_label("All commands")
        .type_text("PACS nodes");
    screen.0.run_steps(2);
    screen.key(Key::Enter);
    click(&mut screen, "Remove Second");
    assert!(screen.says("Remove Second from the nodes?"));
    screen.key(Key::Escape);
    assert_eq!(nodes(&screen), 1);
    click(&mut screen, "Remove Second");
    click(&mut screen, "Remove");
    assert_eq!(nodes(&screen), 0);
}

/// As a keyboard sends a key that is held: pressed again and again, released once.
fn hold(screen: &mut Screen, key: Key) {
    let press = |pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    for _ in 0..10 {
        screen.0.event(press(true));
        screen.0.run_steps(2);
    }
    screen.0.event(press(false));
    screen.0.run_steps(2);
}

#[test]
fn enter_held_down_does_not_answer_the_question_that_it_opened() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.0.run_steps(4);
    screen.0.get_by_label("Second").focus();
    screen.0.run_steps(2);
    hold(&mut screen, Key::Enter);
    assert!(screen.says("Send this study to Second?"));
    screen.0.run_steps(20);
    assert!(screen.0.state().workspace.transfers.all().is_empty());
}

#[test]
fn enter_withdraws_a_question_and_agrees_only_where_the_reader_has_gone() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    let queued = |screen: &Screen| screen.0.state().workspace.transfers.all().len();
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.0.run_steps(4);
    click(&mut screen, "Second");
    screen.key(Key::Enter);
    assert!(!screen.says("Send this study to Second?"));
    // There and back again is not there.
    click(&mut screen, "Second");
    screen.key(Key::Tab);
    screen.key(Key::Tab);
    screen.key(Key::Enter);
    assert!(!screen.says("Send this study to Second?"));
    screen.0.run_steps(20);
    assert_eq!(queued(&screen), 0);
    click(&mut screen, "Second");
    screen.key(Key::Tab);
    screen.key(Key::Enter);
    screen.until("the transfer", |app| {
        !app.workspace.transfers.all().is_empty()
    });
}

#[test]
fn esc_held_down_takes_back_the_question_and_leaves_the_page() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.0.run_steps(4);
    click(&mut screen, "Second");
    hold(&mut screen, Key::Escape);
    assert!(!screen.says("Send this study to Second?"));
    assert!(screen.says("Send the study on screen"));
}

#[test]
fn the_second_click_of_two_does_not_answer_a_question() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::J);
    screen.0.run_steps(4);
    click(&mut screen, "Second");
    let at = screen.0.get_by_label("Send").rect().center();
    let press = |pressed| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    // The first click met the picture of a moment before.
    screen.key(Key::Escape);
    screen.0.event(Event::PointerMoved(at));
    screen.0.event(press(true));
    screen.0.event(press(false));
    screen.0.step();
    screen.0.get_by_label("Second").click_accesskit();
    screen.0.run_steps(2);
    screen.0.event(press(true));
    screen.0.event(press(false));
    screen.0.run_steps(3);
    assert!(screen.says("Send this study to Second?"));
    assert!(screen.0.state().workspace.transfers.all().is_empty());
}

/// What the form of a node says of its AE title.
fn ae_title(screen: &Screen) -> Option<String> {
    let field = screen.0.get_by_role_and_label(Role::TextInput, "AE title");
    field.value()
}

#[test]
fn esc_asks_before_it_drops_what_was_written_about_a_node() {
    let home = temp_folder();
    let mut screen = screen(home.path());
    screen.0.key_press_modifiers(Modifiers::COMMAND, Key::K);
    screen.0.run_steps(4);
    screen
        .0
        .get_by_label("All commands")
        .type_text("PACS nodes");
    screen.0.run_steps(2);
    screen.key(Key::Enter);
    click(&mut screen, "Edit");
    screen.key(Key::Escape);
    // Nothing was written: the list is back.
    assert!(screen.says("Second"));
    click(&mut screen, "Edit");
    let field = screen.0.get_by_role_and_label(Role::TextInput, "AE title");
    field.focus();
    field.type_text("X");
    screen.0.run_steps(2);
    screen.key(Key::Escape);
    assert!(screen.says("Drop what you have written about this node?"));
    screen.key(Key::Escape);
    assert!(!screen.says("Drop what you have written"));
    assert_eq!(ae_title(&screen).as_deref(), Some("AWAYX"));
    screen.key(Key::Escape);
    click(&mut screen, "Drop");
    click(&mut screen, "Edit");
    assert_eq!(ae_title(&screen).as_deref(), Some("AWAY"));
}
