//! Nodes that know the patient root alone, and hold requests to its letter: a search names the
//! unique keys of all levels above its own (PS3.4 C.4.1.2.2.1).

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

use isocentre::model::Level;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::Reception;
use isocentre::pacs::service;

use super::STUDY;
use super::by_move;
use super::fetch;
use super::find;
use super::node;
use super::peer::C_CANCEL;
use super::peer::C_FIND;
use super::peer::C_GET;
use super::peer::C_MOVE;
use super::peer::Request;
use super::peer::answer;
use super::peer::peer_without;
use super::programs::free_port;
use super::speak;
use crate::common::Element;
use crate::common::temp_folder;

const STUDY_ROOT: [&str; 3] = [
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.2.2",
    "1.2.840.10008.5.1.4.1.2.2.3",
];
const PATIENT_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.1.1";
const PATIENT: &str = "4711-B";
const SERIES: &str = "1.2.3";
const INSTANCE: &str = "1.2.3.1";

/// Level and letters of what a node was asked.
type Asked = Arc<Mutex<Vec<(&'static str, String)>>>;

/// A node with one patient, one study, one series and one instance, which refuses a search that
/// leaves out a key of a level above.
fn strict() -> (String, Asked) {
    let asked = Asked::default();
    let its = asked.clone();
    let port = peer_without(&STUDY_ROOT, move |tcp, request| {
        if request.kind == C_CANCEL {
            return true;
        }
        its.lock().unwrap().push((request.level(), request.text()));
        if request.kind == C_FIND {
            assert_eq!(request.sop_class, PATIENT_ROOT_FIND);
            search(tcp, request)
        } else {
            answer(tcp, request, 0xa900, &[], None)
        }
    });
    (format!("STRICT@127.0.0.1:{port}"), asked)
}

fn search(tcp: &mut TcpStream, request: &Request) -> bool {
    let patient = Element::text(0x0010, 0x0020, "LO", PATIENT);
    let name = Element::text(0x0010, 0x0010, "PN", "Synthetic^Test");
    let study = Element::text(0x0020, 0x000D, "UI", STUDY);
    let series = Element::text(0x0020, 0x000E, "UI", SERIES);
    let instance = Element::text(0x0008, 0x0018, "UI", INSTANCE);
    let (above, found): (&[&str], _) = match request.level() {
        "PATIENT" => (&[], vec![name, patient]),
        "STUDY" => (&[PATIENT], vec![name, patient, study]),
        "SERIES" => (&[PATIENT, STUDY], vec![series]),
        "IMAGE" => (&[PATIENT, STUDY, SERIES], vec![instance]),
        _ => return false,
    };
    let text = request.text();
    if !above.iter().all(|key| text.contains(key)) {
        return answer(tcp, request, 0xa900, &[], None);
    }
    answer(tcp, request, 0xff00, &[], Some(&found)) && answer(tcp, request, 0, &[], None)
}

#[test]
fn a_study_is_found_by_its_patients_name_where_a_search_must_name_the_patient() {
    let (address, asked) = strict();
    let query = StudyQuery {
        patient_name: "synthetic".into(),
        ..StudyQuery::default()
    };
    let found = find(&*speak(&address), &query).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].study_uid, STUDY);
    let asked = asked.lock().unwrap();
    assert!(asked.iter().any(|(level, _)| *level == "PATIENT"));
}

#[test]
fn below_the_study_the_patient_is_named_as_well() {
    let (address, asked) = strict();
    for (level, name) in [(Level::Series, "SERIES"), (Level::Instance, "IMAGE")] {
        asked.lock().unwrap().clear();
        let query = StudyQuery {
            level,
            patient_name: "synthetic".into(),
            ..StudyQuery::default()
        };
        let found = find(&*speak(&address), &query).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let asked = asked.lock().unwrap();
        let below: Vec<_> = asked.iter().filter(|(level, _)| *level == name).collect();
        assert!(!below.is_empty());
        for (_, text) in below {
            assert!(text.contains(PATIENT), "{text:?}");
        }
    }
}

/// A node that takes a study by its UID alone, as most do.
fn lenient() -> (String, Asked) {
    let asked = Asked::default();
    let its = asked.clone();
    let port = peer_without(&STUDY_ROOT, move |tcp, request| {
        if request.kind == C_CANCEL {
            return true;
        }
        its.lock().unwrap().push((request.level(), request.text()));
        if request.kind == C_FIND && request.level() == "STUDY" {
            let study = [
                Element::text(0x0010, 0x0020, "LO", PATIENT),
                Element::text(0x0020, 0x000D, "UI", STUDY),
            ];
            return answer(tcp, request, 0xff00, &[], Some(&study))
                && answer(tcp, request, 0, &[], None);
        }
        if request.kind == C_FIND {
            return search(tcp, request);
        }
        assert!([C_GET, C_MOVE].contains(&request.kind));
        answer(tcp, request, 0xa900, &[], None)
    });
    (format!("LENIENT@127.0.0.1:{port}"), asked)
}

#[test]
fn what_is_fetched_is_asked_for_with_the_patients_id() {
    for is_by_move in [false, true] {
        let (address, asked) = lenient();
        let caller = Caller {
            reception: Reception::Listen(free_port()),
            ..Caller::default()
        };
        let node = node(&address, |dimse| {
            if is_by_move {
                by_move(dimse);
            }
        });
        let folder = temp_folder();
        let retrieved = fetch(&*service(&node, &caller), STUDY, folder.path());
        drop(retrieved); // it has nothing to give
        let asked = asked.lock().unwrap();
        let below: Vec<_> = asked
            .iter()
            .filter(|(level, _)| *level != "STUDY")
            .collect();
        // The list of series, that of instances, and the retrieval itself.
        assert!(below.len() >= 3, "{asked:?}");
        for (level, text) in below {
            assert!(text.contains(PATIENT), "{level}: {text:?}");
        }
    }
}
