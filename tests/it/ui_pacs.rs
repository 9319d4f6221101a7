//! Search, nodes and archive pages through the real program.

use std::path::Path;

use eframe::egui;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use isocentre::app::App;
use isocentre::model::PlannedStep;
use isocentre::pacs::{Node, NodeAddress};
use isocentre::workspace::{AnswerEnd, Source, SourceState, Start};

use crate::common::{english, temp_folder, until, window};
use crate::dimse::liars::{node_with_an_unreadable_match, node_with_plans, node_with_studies};
use crate::dimse::planned::{plan, plan_with};
use crate::dimse::programs::{Listening, free_port};

fn new_window(home: &Path) -> Harness<'static, App> {
    window(home, english(), Start::Paths(Vec::new()))
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
    let mut harness = new_window(home.path());
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
        end: AnswerEnd::default(),
    };
    assert_eq!(search.sources.all(), [(Source::Archive, answered)]);
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
    let mut harness = new_window(home.path());
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

/// A worklist with one patient for today, who cannot wait; none of what is not DICOM is there.
fn worklist(folder: &Path) -> Listening {
    let list = folder.join("WL");
    std::fs::create_dir(&list).unwrap();
    std::fs::write(list.join("lockfile"), "").unwrap();
    let today = jiff::Zoned::now().strftime("%Y%m%d").to_string();
    plan_with(&list, "BENALI^FATIMA", "P1", &today, "STAT");
    plan(&list, "Other^Day", "P2", "20200101");
    Listening::start("wlmscpfs", &["-dfp", folder.to_str().unwrap()])
}

#[test]
fn the_worklist_shows_who_is_planned_today_and_leads_to_the_patients_studies() {
    let home = temp_folder();
    let folder = temp_folder();
    let server = worklist(folder.path());
    let mut settings = english();
    for (name, address) in [
        ("RIS", format!("WL@127.0.0.1:{}", server.port)),
        ("Away", format!("AWAY@127.0.0.1:{}", free_port())),
    ] {
        settings.pacs.nodes.push(Node {
            name: name.into(),
            address: NodeAddress::parse(&address).unwrap(),
            is_searched: true,
            limit_bytes_per_s: None,
            is_slow: false,
        });
    }
    let mut harness = window(home.path(), settings, Start::Paths(Vec::new()));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("Worklist").click();
    harness.run_steps(3);
    until(&mut harness, "what is planned", |app| {
        let worklist = &app.workspace.worklist;
        !worklist.sources.all().is_empty() && !worklist.sources.is_running()
    });
    harness.get_by_label("RIS: 1");
    let sources = harness.state().workspace.worklist.sources.all();
    assert!(
        matches!(sources[1].1, SourceState::Failed(_)),
        "{sources:?}"
    );
    assert!(harness.query_by_label("DAY, Other").is_none());
    let steps = harness.state().workspace.worklist.steps();
    assert!(steps.into_iter().all(PlannedStep::is_urgent));
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the search", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    assert_eq!(harness.state().workspace.search.request.text, "P1");
    harness.get_by_label("Local archive: 0");
}

#[test]
fn an_answer_that_could_not_be_read_is_said_beside_the_node_it_came_from() {
    let home = temp_folder();
    let mut settings = english();
    settings.pacs.nodes.push(Node {
        name: "Main".into(),
        address: NodeAddress::parse(&node_with_an_unreadable_match()).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    });
    let mut harness = window(home.path(), settings, Start::Paths(Vec::new()));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    type_into(
        &mut harness,
        "Patient’s name, ID or accession number",
        "4711",
    );
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "both answers", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    harness.get_by_label("Main: 0");
    harness.get_by_label_contains("could not be read: the list may lack something");
}

#[test]
fn what_is_urgent_by_the_worklist_is_found_and_what_nobody_says_is_counted() {
    let home = temp_folder();
    let folder = temp_folder();
    let server = worklist(folder.path());
    let studies = &[
        ("P1", "P1", "1.2.1"),
        ("P2", "P2", "1.2.2"),
        ("P1", "P3", "1.2.3"),
    ];
    let mut settings = english();
    for (name, address, is_worklist) in [
        ("RIS", format!("WL@127.0.0.1:{}", server.port), true),
        ("Main", node_with_studies(studies), false),
    ] {
        let mut address = NodeAddress::parse(&address).unwrap();
        if let NodeAddress::Dimse(dimse) = &mut address {
            dimse.has_worklist = is_worklist;
        }
        settings.pacs.nodes.push(Node {
            name: name.into(),
            address,
            is_searched: !is_worklist,
            limit_bytes_per_s: None,
            is_slow: false,
        });
    }
    let mut harness = window(home.path(), settings, Start::Paths(Vec::new()));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("STAT or high").click();
    harness.run_steps(3);
    harness.get_by_label("Search").click();
    until(&mut harness, "all answers", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    let rows = harness.state().workspace.search.rows().iter();
    let uids: Vec<_> = rows.map(|row| row.study.study_uid.as_str()).collect();
    assert_eq!(uids, ["1.2.1"]);
    harness.get_by_label("RIS (worklist): 1 urgent");
    harness.get_by_label("Main: 1");
    harness.get_by_label_contains("2 studies are left out");
}

#[test]
fn a_worklist_that_is_too_long_for_what_is_urgent_is_not_said_to_be_complete() {
    let home = temp_folder();
    let mut settings = english();
    settings.pacs.nodes.push(Node {
        name: "RIS".into(),
        address: NodeAddress::parse(&node_with_plans(5001)).unwrap(),
        is_searched: false,
        limit_bytes_per_s: None,
        is_slow: false,
    });
    let mut harness = window(home.path(), settings, Start::Paths(Vec::new()));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("STAT or high").click();
    harness.run_steps(3);
    harness.get_by_label("Search").click();
    until(&mut harness, "all answers", |app| {
        app.workspace.search.is_begun() && !app.workspace.search.is_running()
    });
    harness.get_by_label("RIS (worklist): 0 urgent, and more is planned than was read");
    harness.get_by_label_contains("urgent studies may be missing");
    harness.get_by_label("“STAT or high” alone is about the last 31 days.");
    // Who names a patient asks about all days.
    type_into(&mut harness, "Patient’s name, ID or accession number", "47");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(
        harness
            .query_by_label_contains("the last 31 days")
            .is_none()
    );
}

#[test]
fn which_earlier_studies_come_is_said_in_the_settings_and_remembered() {
    let home = temp_folder();
    let mut harness = new_window(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    for choice in ["Same body region", "5", "2 years", "500\u{a0}MB"] {
        harness.get_by_label(choice).click();
        harness.run_steps(3);
    }
    let rules = &harness.state().workspace.settings.pacs.priors;
    assert!(rules.same_body_part && !rules.same_modality);
    assert_eq!((rules.most, rules.most_years), (5, 2));
    assert_eq!(rules.budget_bytes, 500_000_000);
    harness.get_by_label("Nothing by itself").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Same body region").is_none());
    let written = home.path().join("config/settings.ron");
    let written = std::fs::read_to_string(written).unwrap();
    assert!(written.contains("most_years: 2"), "{written}");
}

#[test]
fn limits_of_the_archive_are_kept_and_hold_by_themselves_only_if_that_is_said() {
    let home = temp_folder();
    let mut harness = new_window(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    type_into(&mut harness, "All commands", "Local archive");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    type_into(&mut harness, "Unused for (days)", "365");
    type_into(&mut harness, "At most (GiB)", "2,5");
    harness.get_by_label("Only when asked").click();
    harness.run_steps(3);
    let kept = |harness: &Harness<'static, App>| {
        let pacs = &harness.state().workspace.settings.pacs;
        (pacs.clean_up.clone(), pacs.automatic_clean_up().is_some())
    };
    let (clean_up, is_automatic) = kept(&harness);
    assert_eq!(clean_up.unused_days, Some(365));
    assert_eq!(clean_up.at_most_bytes, Some(2_684_354_560));
    assert!(!is_automatic);
    harness.get_by_label("By itself, once a day").click();
    harness.run_steps(3);
    assert!(kept(&harness).1);
}

#[test]
fn a_folder_below_none_is_not_made_the_archive_and_the_page_says_so() {
    let home = temp_folder();
    let mut harness = new_window(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    type_into(&mut harness, "All commands", "Local archive");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let away = home.path().join("unplugged/archive");
    type_into(&mut harness, "Folder", &away.display().to_string());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let settings = &harness.state().workspace.settings;
    assert_eq!(settings.pacs.archive_folder, None);
    harness.get_by_label_contains("the folder above it is not there");

    std::fs::create_dir(home.path().join("unplugged")).unwrap();
    type_into(&mut harness, "Folder", "2");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let settings = &harness.state().workspace.settings;
    let chosen = settings.pacs.archive_folder.clone();
    assert_eq!(chosen, Some(home.path().join("unplugged/archive2")));
    assert!(
        harness
            .query_by_label_contains("the folder above it is not there")
            .is_none()
    );
}
