//! `isocentre pacs …` with a DICOM node, as a script uses it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::workspace::Settings;

use super::STUDY;
use super::liars::liar;
use super::liars::list;
use super::liars::node_with_an_unreadable_match;
use super::liars::node_with_studies;
use super::peer::C_ECHO;
use super::peer::C_FIND;
use super::peer::answer;
use crate::common::Element;
use crate::common::temp_folder;

/// Exit status, stdout, stderr.
fn pacs(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("ISOCENTRE_HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .arg("pacs")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A node that sends so many matches and then cuts the line.
fn breaking_off(matches: usize) -> String {
    liar(move |tcp, request| {
        for n in 0..matches {
            let study = [Element::text(0x0020, 0x000D, "UI", &format!("1.2.{n}"))];
            answer(tcp, request, 0xff00, &[], Some(&study));
        }
        false
    })
}

#[test]
fn a_search_that_breaks_off_is_done_in_part_whichever_way_it_is_printed() {
    let home = temp_folder();
    let node = breaking_off(3);
    let (status, printed, said) = pacs(home.path(), &["find", &node]);
    assert_eq!((status, printed.lines().count()), (3, 3), "{said}");
    assert!(said.contains("was cut"), "{said}");

    let (status, printed, _) = pacs(home.path(), &["find", &node, "--json"]);
    let document = json(&printed);
    assert_eq!(status, 3);
    assert_eq!(document["matches"].as_array().unwrap().len(), 3);
    assert!(document["end"].as_str().unwrap().contains("was cut"));

    let (status, printed, _) = pacs(home.path(), &["find", &breaking_off(0)]);
    assert_eq!((status, printed.as_str()), (1, ""));
}

#[test]
fn a_search_that_finds_nothing_ends_with_1_and_a_sentence() {
    let home = temp_folder();
    for arguments in [&["--json"][..], &[]] {
        let node = node_with_studies(&[]);
        let all = [&["find", node.as_str()], arguments].concat();
        let (status, _, said) = pacs(home.path(), &all);
        assert_eq!(status, 1);
        assert_eq!(said.trim(), format!("Nothing at {node} matches"));
    }
    let node = node_with_studies(&[("A1", "P1", "1.2.1")]);
    let (status, printed, said) = pacs(home.path(), &["find", &node, "--json"]);
    assert_eq!((status, said.as_str()), (0, ""));
    let document = json(&printed);
    assert_eq!(document["matches"][0]["PatientID"], "P1");
    assert_eq!(document["end"], Value::Null);
}

#[test]
fn what_an_answer_lacks_is_said() {
    let home = temp_folder();
    let node = node_with_an_unreadable_match();
    let (_, _, said) = pacs(home.path(), &["find", &node]);
    assert!(said.contains("could not be read"), "{said}");
    let (_, printed, _) = pacs(home.path(), &["find", &node, "--json"]);
    let warnings = json(&printed)["warnings"].clone();
    assert!(warnings[0].as_str().unwrap().contains("could not be read"));
}

#[test]
fn a_retrieval_says_how_many_were_to_come_and_what_ended_it() {
    let node = liar(|tcp, request| {
        if request.kind == C_FIND {
            return list(tcp, request, "2", &["1.2.3.1", "1.2.3.2"]);
        }
        false
    });
    let home = temp_folder();
    let out = home.path().join("out");
    let out = out.to_str().unwrap();
    let get = ["get", &node, "--study", STUDY, "--out", out, "--json"];
    let (status, printed, said) = pacs(home.path(), &get);
    let document = json(&printed);
    assert_eq!(status, 1, "{said}");
    assert_eq!(
        (&document["instances"], &document["expected"]),
        (&0.into(), &2.into())
    );
    assert!(document["end"].as_str().unwrap().contains("was cut"));
    assert!(document["warnings"].is_array());

    let nowhere = format!("GONE@127.0.0.1:{}", super::programs::free_port());
    let get = ["get", &nowhere, "--study", STUDY, "--out", out, "--json"];
    let (status, printed, _) = pacs(home.path(), &get);
    assert_eq!(status, 1);
    assert!(
        json(&printed)["end"]
            .as_str()
            .unwrap()
            .contains("refuses the connection")
    );
}

#[test]
fn a_node_is_called_by_its_name_in_the_settings() {
    let home = temp_folder();
    let address = liar(|tcp, request| request.kind == C_ECHO && answer(tcp, request, 0, &[], None));
    let mut settings = Settings::default();
    settings.pacs.nodes.push(Node {
        name: "Main archive".into(),
        address: NodeAddress::parse(&address).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    });
    let config = home.path().join("config");
    std::fs::create_dir(&config).unwrap();
    let text = ron::to_string(&settings).unwrap();
    std::fs::write(config.join("settings.ron"), text).unwrap();

    let (status, printed, said) = pacs(home.path(), &["echo", "Main archive", "--json"]);
    assert_eq!(status, 0, "{said}");
    let document = json(&printed);
    assert!(document["elapsed_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(document["is_verified"], false);
    let (status, printed, _) = pacs(home.path(), &["echo", "Main archive"]);
    assert_eq!(status, 0);
    assert!(
        printed.starts_with("Main archive answers after"),
        "{printed}"
    );
    let (status, _, said) = pacs(home.path(), &["echo", "Other archive"]);
    assert_eq!(status, 2, "{said}");
}
