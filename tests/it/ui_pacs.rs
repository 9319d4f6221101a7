//! Search, nodes and archive pages through the real program.

use std::time::{Duration, Instant};

use eframe::egui;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use isocentre::app::{App, Setup};
use isocentre::files::AppFolders;
use isocentre::pacs::NodeAddress;
use isocentre::workspace::{Language, Settings, Source, SourceState, Start};

use crate::common::temp_folder;

const PATIENCE: Duration = Duration::from_mins(1);

fn window(home: &std::path::Path) -> Harness<'static, App> {
    let folders = AppFolders::under(home);
    let settings = Settings {
        language: Language::English,
        is_notice_read: true,
        ..Settings::default()
    };
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_max_steps(64)
        .build_eframe(move |cc| {
            let setup = Setup {
                folders,
                settings,
                problems: Vec::new(),
                start: Start::Paths(Vec::new()),
                gpu: None,
            };
            App::new(&cc.egui_ctx, setup)
        })
}

fn until(harness: &mut Harness<'static, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so(harness.state()) {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

fn type_into(harness: &mut Harness<'static, App>, label: &str, text: &str) {
    let role = egui::accesskit::Role::TextInput;
    harness.get_by_role_and_label(role, label).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(role, label).type_text(text);
    harness.run_steps(2);
}

#[test]
fn a_search_is_typed_at_once_and_says_what_the_archive_has() {
    let home = temp_folder();
    let mut harness = window(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::F);
    type_into(
        &mut harness,
        "Patient’s name, ID or accession number",
        "benali",
    );
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the archive's answer", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    let search = &harness.state().workspace.search;
    assert_eq!(search.request.text, "benali");
    let answered = SourceState::Answered {
        matches: 0,
        is_cut: false,
    };
    assert_eq!(search.sources, [(Source::Archive, answered)]);
    harness.get_by_label("Local archive: 0");
    let archive = home.path().join("data/archive");
    assert!(
        !archive.exists(),
        "nothing is made for a search that finds nothing"
    );
}

#[test]
fn a_node_that_is_typed_in_is_remembered_with_its_address() {
    let home = temp_folder();
    let mut harness = window(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    type_into(&mut harness, "All commands", "PACS nodes");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Add a node").click();
    harness.run_steps(3);
    for (label, text) in [
        ("Name", "Main"),
        ("AE title", "MAIN"),
        ("Host", "pacs.example"),
        ("Port", "104"),
    ] {
        type_into(&mut harness, label, text);
    }
    harness.get_by_label("Save").click();
    harness.run_steps(3);
    let nodes = &harness.state().workspace.settings.pacs.nodes;
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0].name, "Main");
    let address = NodeAddress::parse("MAIN@pacs.example:104").unwrap();
    assert_eq!(nodes[0].address, address);
    let written = home.path().join("config/settings.ron");
    let written = std::fs::read_to_string(written).unwrap();
    assert!(written.contains("pacs.example"), "{written}");
}
