//! The window around the images, driven by keyboard and mouse through the real program. Panes are
//! drawn by the CPU twin here; `ui_viewport` looks at their pixels.

use std::path::Path;

use eframe::egui;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use isocentre::app::App;
use isocentre::files::AppFolders;
use isocentre::problem::{MessageId, msg};
use isocentre::text::{Language as Spoken, Words};
use isocentre::workspace::{Settings, Start};

use crate::common::{Encoding, SyntheticImage, english, temp_folder, until, window};

fn say(id: MessageId) -> String {
    Words::new(Spoken::English).id(id)
}

fn has_images(app: &App) -> bool {
    app.workspace.scans_running == 0 && app.workspace.panes.active_view().is_some()
}

/// A folder with a series of three small slices and a file that is none.
fn study(folder: &Path) {
    for number in 1..=3 {
        let image = SyntheticImage::new(16, 16)
            .patient("Benali^Fatima", "004711")
            .sop_instance(&format!("1.2.3.9.{number}"))
            .instance_number(number)
            .position([0.0, 0.0, f64::from(number)])
            .pixels(|row, column| (row * 16 + column) as i64);
        let name = folder.join(format!("slice{number}"));
        std::fs::write(name, image.write(Encoding::ExplicitLittle)).unwrap();
    }
    std::fs::write(folder.join("holiday.txt"), "not an image at all").unwrap();
}

fn with_study(home: &Path) -> Harness<'static, App> {
    let folder = home.join("study");
    std::fs::create_dir(&folder).unwrap();
    study(&folder);
    let mut harness = window(home, english(), Start::Paths(vec![folder]));
    until(&mut harness, "the study is open", has_images);
    harness
}

fn press(harness: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

const CTRL: Modifiers = Modifiers::COMMAND;

#[test]
fn the_first_start_says_it_is_not_cleared_for_diagnosis_and_waits_to_be_told() {
    let home = temp_folder();
    let new = Settings {
        is_notice_read: false,
        ..english()
    };
    let mut harness = window(home.path(), new, Start::Paths(Vec::new()));
    harness.run_steps(3);
    harness.get_by_label(&say(msg("not-cleared")));
    press(&mut harness, Modifiers::NONE, Key::F1);
    assert!(
        harness
            .query_by_label(&say(msg("group-navigate")))
            .is_none()
    );
    harness.get_by_label(&say(msg("notice-understood"))).click();
    harness.run_steps(3);
    assert!(harness.state().workspace.settings.is_notice_read);
    assert!(harness.query_by_label(&say(msg("not-cleared"))).is_none());
    let folders = AppFolders::under(home.path());
    let (kept, problem) = isocentre::engine::read_settings(&folders);
    assert!(
        kept.is_notice_read && problem.is_none(),
        "remembered for the next start"
    );
}

#[test]
fn a_typed_path_opens_the_folder_hangs_its_images_and_lists_what_is_not_shown() {
    let home = temp_folder();
    let folder = home.path().join("study");
    std::fs::create_dir(&folder).unwrap();
    study(&folder);
    let mut harness = window(home.path(), english(), Start::Paths(Vec::new()));
    harness.run_steps(3);
    let name = say(msg("path-field"));
    let field = harness.get_by_label(&name);
    field.focus();
    field.type_text(&folder.display().to_string());
    harness.run_steps(3);
    harness.get_by_label(&say(msg("path-open"))).click();
    until(&mut harness, "the typed folder is open", has_images);
    let workspace = &harness.state().workspace;
    let set = workspace.panes.active_view().unwrap().display_set;
    assert_eq!(workspace.library.display_set(set).unwrap().frames.len(), 3);
    assert_eq!(workspace.passed_over.len(), 1);
    assert!(harness.query_all_by_label("Benali, Fatima").count() > 0);
}

#[test]
fn a_path_with_nothing_there_is_said_to_be_missing() {
    let home = temp_folder();
    let mut harness = window(home.path(), english(), Start::Paths(Vec::new()));
    harness.run_steps(3);
    let name = say(msg("path-field"));
    let field = harness.get_by_label(&name);
    field.focus();
    field.type_text("/no/such/folder");
    harness.run_steps(3);
    harness.get_by_label(&say(msg("path-open"))).click();
    harness.run_steps(3);
    harness.get_by_label_contains("/no/such/folder");
    assert_eq!(harness.state().workspace.scans_running, 0);
}

#[test]
fn panels_fold_to_rails_and_back_and_it_is_remembered() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    for (key, fold, unfold) in [
        (Key::F9, msg("browser-fold"), msg("browser-unfold")),
        (Key::F10, msg("findings-fold"), msg("findings-unfold")),
    ] {
        harness.get_by_label(&say(fold));
        press(&mut harness, Modifiers::NONE, key);
        assert!(harness.query_by_label(&say(fold)).is_none());
        harness.get_by_label(&say(unfold)).click();
        harness.run_steps(3);
        harness.get_by_label(&say(fold)).click();
        harness.run_steps(3);
    }
    let (kept, _) = isocentre::engine::read_settings(&AppFolders::under(home.path()));
    assert!(kept.is_left_folded && kept.is_right_folded);
}

#[test]
fn the_palette_does_what_its_first_row_says() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    press(&mut harness, CTRL, Key::K);
    let name = say(msg("palette-title"));
    let field = harness.get_by_label(&name);
    field.type_text("flip left");
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let camera = harness
        .state()
        .workspace
        .panes
        .active_view()
        .unwrap()
        .camera;
    assert!(camera.flip_horizontal);
    assert!(harness.query_by_label(&say(msg("palette-title"))).is_none());
}

#[test]
fn another_language_is_spoken_at_once() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    let french = Words::new(Spoken::French);
    press(&mut harness, CTRL, Key::Comma);
    harness.get_by_label("Français").click();
    harness.run_steps(3);
    harness.get_by_label(&french.id(msg("browser-title")));
    assert!(harness.query_by_label(&say(msg("browser-title"))).is_none());
}

#[test]
fn keys_move_through_the_images_and_letters_choose_tools() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    let index = |harness: &Harness<'static, App>| {
        harness.state().workspace.panes.active_view().unwrap().index
    };
    press(&mut harness, Modifiers::NONE, Key::Home);
    assert_eq!(index(&harness), 0);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(index(&harness), 1);
    press(&mut harness, Modifiers::NONE, Key::End);
    assert_eq!(index(&harness), 2);
    press(&mut harness, Modifiers::NONE, Key::L);
    assert_eq!(harness.state().workspace.tool, "length");
}

#[test]
fn letters_typed_into_the_report_are_text_and_no_commands() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    let name = say(msg("report-text-findings"));
    let field = harness.get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, &name);
    field.focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::L);
    harness.event(egui::Event::Text("l".to_owned()));
    harness.run_steps(3);
    let workspace = &harness.state().workspace;
    assert_eq!(workspace.tool, "window");
    assert_eq!(&*workspace.active_document().unwrap().findings, "l");
}

#[test]
fn tab_goes_to_the_next_view() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    press(&mut harness, CTRL, Key::K);
    harness
        .get_by_label(&say(msg("palette-title")))
        .type_text("side by side");
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let before = harness.state().workspace.panes.active;
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_ne!(harness.state().workspace.panes.active, before);
}

fn ask_to_close(harness: &mut Harness<'static, App>) {
    let input = harness.input_mut();
    let viewport = input.viewports.entry(egui::ViewportId::ROOT).or_default();
    viewport.events.push(egui::ViewportEvent::Close);
    harness.step();
}

/// What the window was told since the last frame.
fn told(harness: &Harness<'static, App>, command: &egui::ViewportCommand) -> bool {
    harness
        .output()
        .viewport_output
        .values()
        .any(|output| output.commands.contains(command))
}

fn write_findings(harness: &mut Harness<'static, App>) {
    let name = say(msg("report-text-findings"));
    let field = harness.get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, &name);
    field.focus();
    field.type_text("a nodule");
    harness.run_steps(3);
    assert_eq!(harness.state().workspace.unsaved_studies().len(), 1);
}

#[test]
fn closing_with_unsaved_text_asks_first_and_cancel_stays() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    write_findings(&mut harness);
    ask_to_close(&mut harness);
    assert!(told(&harness, &egui::ViewportCommand::CancelClose));
    harness.run_steps(3);
    harness.get_by_label(&say(msg("close-title")));
    harness.get_by_label(&say(msg("close-cancel"))).click();
    harness.run_steps(3);
    assert!(harness.query_by_label(&say(msg("close-title"))).is_none());
    assert!(!told(&harness, &egui::ViewportCommand::Close));
}

#[test]
fn closing_with_nothing_unsaved_asks_nothing() {
    let home = temp_folder();
    let mut harness = with_study(home.path());
    ask_to_close(&mut harness);
    assert!(!told(&harness, &egui::ViewportCommand::CancelClose));
}

#[test]
fn the_demo_opens_with_one_click_and_shows_whose_it_is() {
    let home = temp_folder();
    let mut harness = window(home.path(), english(), Start::Paths(Vec::new()));
    harness.run_steps(3);
    harness.get_by_label(&say(msg("action-open-demo"))).click();
    until(&mut harness, "the demo is open", has_images);
    press(&mut harness, CTRL, Key::H);
    assert!(harness.state().workspace.is_identification_hidden);
    let marker = say(msg("identification-hidden"));
    assert!(harness.query_all_by_label(&marker).count() > 0);
    let shown = harness.query_all_by_label_contains("Demo, Isocentre");
    assert_eq!(shown.count(), 0);
}

#[test]
fn a_double_click_on_a_thumbnail_hangs_the_series_in_the_active_view() {
    let home = temp_folder();
    let mut harness = window(home.path(), english(), Start::Demo);
    until(&mut harness, "the demo is open", has_images);
    let shown = |harness: &Harness<'static, App>| {
        harness
            .state()
            .workspace
            .panes
            .active_view()
            .unwrap()
            .display_set
    };
    let before = shown(&harness);
    let workspace = &harness.state().workspace;
    let other = workspace
        .library
        .display_sets()
        .find(|set| set.id != before)
        .unwrap();
    let (id, title) = (other.id, other.description.clone());
    for _ in 0..2 {
        harness
            .query_all_by_label_contains(&title)
            .next()
            .unwrap()
            .click();
    }
    harness.run_steps(3);
    assert_eq!(shown(&harness), id);
}
