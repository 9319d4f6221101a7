//! Nodes that never stop answering, or say what is not so.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use dicom_ul::pdu::PDataValue;
use dicom_ul::pdu::PDataValueType;
use dicom_ul::pdu::Pdu;

use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::Reception;
use isocentre::pacs::service;

use super::STUDY;
use super::by_move;
use super::fetch;
use super::node;
use super::peer::C_CANCEL;
use super::peer::C_FIND;
use super::peer::C_GET;
use super::peer::C_MOVE;
use super::peer::Request;
use super::peer::answer;
use super::peer::command;
use super::peer::peer;
use super::peer::say;
use super::peer::value;
use super::speak;
use crate::common::Element;
use crate::common::temp_folder;

/// A node with this script.
pub(super) fn liar(
    script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static,
) -> String {
    format!("LIAR@127.0.0.1:{}", peer(script))
}

/// Answers searches with one series, said to have so many instances, and these in it.
pub(super) fn list(
    tcp: &mut TcpStream,
    request: &Request,
    count: &str,
    instances: &[&str],
) -> bool {
    if request.level() == "SERIES" {
        let series = [
            Element::text(0x0020, 0x000E, "UI", "1.2.3"),
            Element::text(0x0020, 0x1209, "IS", count),
        ];
        answer(tcp, request, 0xff00, &[], Some(&series));
    } else {
        for uid in instances {
            let instance = [
                Element::text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
                Element::text(0x0008, 0x0018, "UI", uid),
            ];
            answer(tcp, request, 0xff00, &[], Some(&instance));
        }
    }
    answer(tcp, request, 0, &[], None)
}

#[test]
fn a_search_without_end_ends_at_its_limit_and_the_node_is_told() {
    let is_told = Arc::new(AtomicBool::new(false));
    let told = is_told.clone();
    let address = liar(move |tcp, request| {
        if request.kind == C_CANCEL {
            told.store(true, Ordering::SeqCst);
            return false;
        }
        for n in 0.. {
            let study = [Element::text(0x0020, 0x000D, "UI", &format!("1.2.{n}"))];
            // It looks for a cancel only now and then.
            if n % 5000 == 4999 {
                break;
            }
            if !answer(tcp, request, 0xff00, &[], Some(&study)) {
                return false;
            }
        }
        true
    });
    let query = StudyQuery {
        limit: 1000,
        ..StudyQuery::default()
    };
    let mut count = 0;
    let begin = Instant::now();
    let found = speak(&address).find(&query, &mut |_| count += 1, &JobCtx::new());
    assert_eq!(count, 1000);
    if let Ok(found) = found {
        assert!(found.is_cut_off);
    }
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert!(is_told.load(Ordering::SeqCst));
}

#[test]
fn a_node_that_says_it_sent_more_than_came_is_not_believed() {
    let instances = ["1.2.3.1", "1.2.3.2"];
    let address = liar(move |tcp, request| match (request.kind, request.level()) {
        (C_FIND, "SERIES") => {
            let series = [Element::text(0x0020, 0x000E, "UI", "1.2.3")];
            answer(tcp, request, 0xff00, &[], Some(&series)) && answer(tcp, request, 0, &[], None)
        }
        (C_FIND, _) => {
            for uid in instances {
                let instance = [
                    Element::text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
                    Element::text(0x0008, 0x0018, "UI", uid),
                ];
                answer(tcp, request, 0xff00, &[], Some(&instance));
            }
            answer(tcp, request, 0, &[], None)
        }
        (C_GET, _) => answer(tcp, request, 0, &[(0x1021, 2), (0x1022, 0)], None),
        _ => false,
    });
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*speak(&address), STUDY, folder.path()).unwrap();
    assert!(!retrieved.is_complete());
    assert_eq!(retrieved.expected, Some(2));
    let failed: Vec<&str> = retrieved
        .failed
        .iter()
        .map(|(uid, _)| uid.as_str())
        .collect();
    assert_eq!(failed, instances);
}

#[test]
fn a_warning_of_a_node_that_neither_lists_nor_counts_is_no_success() {
    let address = liar(|tcp, request| match request.kind {
        C_FIND => answer(tcp, request, 0xc000, &[], None),
        _ => answer(tcp, request, 0xb000, &[], None),
    });
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*speak(&address), STUDY, folder.path()).unwrap();
    assert!(!retrieved.is_complete(), "{retrieved:?}");
    assert_eq!(retrieved.failed.len(), 1, "{retrieved:?}");
}

#[test]
fn a_status_is_a_sentence_with_the_nodes_own_words() {
    let address = liar(|tcp, request| answer(tcp, request, 0xa700, &[], None));
    let found = super::find(&*speak(&address), &StudyQuery::default());
    assert!(
        matches!(found, Err(Failure::Status { status: 0xa700, .. })),
        "{found:?}"
    );
}

#[test]
fn a_list_shorter_than_the_node_says_is_not_all_there_is() {
    let levels = Arc::new(Mutex::new(Vec::new()));
    let asked = levels.clone();
    let address = liar(move |tcp, request| {
        if request.kind == C_FIND {
            return list(tcp, request, "5", &["1.2.3.1", "1.2.3.2"]);
        }
        asked.lock().unwrap().push(request.level());
        answer(tcp, request, 0, &[(0x1021, 0), (0x1022, 0)], None)
    });
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*speak(&address), STUDY, folder.path()).unwrap();
    assert_eq!(retrieved.expected, Some(5));
    assert!(!retrieved.is_complete());
    assert_eq!(levels.lock().unwrap().first(), Some(&"SERIES"));
}

#[test]
fn what_remains_at_the_end_has_failed_and_a_failure_is_one_whatever_came() {
    // Status, remaining and completed; how many reasons there are.
    for (status, remaining, completed, reasons) in [
        (0x0000, 3, 0, 1),
        (0xb000, 3, 0, 1),
        (0xc000, 3, 0, 2),
        // One more: the two never came.
        (0xa702, 0, 2, 2),
    ] {
        let address = liar(move |tcp, request| {
            if request.kind == C_FIND {
                return list(tcp, request, "", &[]);
            }
            let numbers = [(0x1020, remaining), (0x1021, completed)];
            answer(tcp, request, status, &numbers, None)
        });
        let folder = temp_folder();
        let (retrieved, _) = fetch(&*speak(&address), STUDY, folder.path()).unwrap();
        assert!(!retrieved.is_complete());
        assert_eq!(retrieved.failed.len(), reasons, "{retrieved:?}");
    }
}

/// It has these studies, by accession number, ID and UID, and does not say how urgent they are.
pub fn node_with_studies(studies: &'static [(&'static str, &'static str, &'static str)]) -> String {
    liar(move |tcp, request| {
        for (accession, id, uid) in studies {
            let study = [
                Element::text(0x0008, 0x0050, "SH", accession),
                Element::text(0x0010, 0x0020, "LO", id),
                Element::text(0x0020, 0x000D, "UI", uid),
            ];
            answer(tcp, request, 0xff00, &[], Some(&study));
        }
        answer(tcp, request, 0, &[], None)
    })
}

/// A worklist with so many entries, which say nothing of themselves.
pub fn node_with_plans(count: usize) -> String {
    liar(move |tcp, request| {
        for number in 0..count {
            let entry = [Element::text(0x0008, 0x0050, "SH", &number.to_string())];
            if !answer(tcp, request, 0xff00, &[], Some(&entry)) {
                return false; // it has heard enough
            }
        }
        answer(tcp, request, 0, &[], None)
    })
}

/// Its only answer to a search is none.
pub fn node_with_an_unreadable_match() -> String {
    liar(|tcp, request| {
        let bytes = vec![8, 0, 5, 0, b'?', b'?', 0xff, 0xff, 1];
        let broken = value(request.context, PDataValueType::Data, bytes);
        let data = vec![command(request, 0xff00, &[], true), broken];
        say(tcp, &Pdu::PData { data }) && answer(tcp, request, 0, &[], None)
    })
}

#[test]
fn matches_that_cannot_be_read_are_counted_and_said() {
    let address = node_with_an_unreadable_match();
    let query = StudyQuery::default();
    let found = speak(&address).find(&query, &mut |_| {}, &JobCtx::new());
    let found = found.unwrap();
    assert_eq!(found.matches, 0);
    assert_eq!(found.warnings.len(), 1, "{found:?}");
}

#[test]
fn a_node_that_ignores_the_date_of_birth_does_not_fill_the_list_with_others() {
    let address = liar(|tcp, request| {
        for (n, born) in ["19720312", "19480101", ""].iter().enumerate() {
            let study = [
                Element::text(0x0010, 0x0030, "DA", born),
                Element::text(0x0020, 0x000D, "UI", &format!("1.2.{n}")),
            ];
            answer(tcp, request, 0xff00, &[], Some(&study));
        }
        answer(tcp, request, 0, &[], None)
    });
    let query = StudyQuery {
        other: vec![(tags::PATIENT_BIRTH_DATE, "19720312".into())],
        ..StudyQuery::default()
    };
    let found = super::find(&*speak(&address), &query).unwrap();
    let uids: Vec<&str> = found.iter().map(|it| it.study_uid.as_str()).collect();
    assert_eq!(uids, ["1.2.0"]);
}

#[test]
fn a_command_that_comes_in_pieces_with_pauses_is_read_whole() {
    let address = liar(|tcp, request| {
        if request.kind != C_MOVE {
            return list(tcp, request, "1", &["1.2.3.1"]);
        }
        let whole = command(request, 0xa801, &[], false);
        let (head, tail) = whole.data.split_at(20);
        for (bytes, is_last) in [(head, false), (tail, true)] {
            let data = vec![PDataValue {
                data: bytes.to_vec(),
                is_last,
                ..whole.clone()
            }];
            say(tcp, &Pdu::PData { data });
            std::thread::sleep(Duration::from_millis(300));
        }
        true
    });
    let caller = Caller {
        reception: Reception::Listen(0),
        ..Caller::default()
    };
    let service = service(&node(&address, by_move), &caller);
    let folder = temp_folder();
    let end = match fetch(&*service, STUDY, folder.path()) {
        Ok((retrieved, _)) => retrieved.end,
        Err(failure) => Some(failure),
    };
    assert!(
        matches!(end, Some(Failure::Status { status: 0xa801, .. })),
        "{end:?}"
    );
}

#[test]
fn a_trial_of_c_move_finds_out_that_we_are_unknown_and_takes_a_study_unknown_for_fine() {
    for (status, is_unknown) in [(0xa801, true), (0xc000, false), (0x0000, false)] {
        let address = liar(move |tcp, request| answer(tcp, request, status, &[], None));
        let caller = Caller {
            reception: Reception::Listen(0),
            ..Caller::default()
        };
        let tried = service(&node(&address, by_move), &caller).try_retrieval(&JobCtx::new());
        match tried {
            Ok(said) => assert!(said.is_some() && !is_unknown, "{status:04x}"),
            Err(failure) => assert!(
                is_unknown && matches!(failure, Failure::Status { status: 0xa801, .. }),
                "{failure:?}"
            ),
        }
        let without = service(&node(&address, by_move), &Caller::default());
        let refused = without.try_retrieval(&JobCtx::new());
        assert_eq!(refused, Err(Failure::NoReception));
    }
}

#[test]
fn a_retrieval_that_is_called_off_is_called_off_at_the_node_by_its_message_id() {
    for (retrieval, is_by_move) in [(C_GET, false), (C_MOVE, true)] {
        let ctx = JobCtx::new();
        let (give, take) = std::sync::mpsc::channel();
        let give = Mutex::new(give);
        let (asked, stop) = (Mutex::new(0), ctx.clone());
        let address = liar(move |tcp, request| {
            if request.kind == C_CANCEL {
                let answers = request.id == *asked.lock().unwrap();
                give.lock().unwrap().send(answers).unwrap();
                return true;
            }
            if request.kind != retrieval {
                return list(tcp, request, "1", &["1.2.3.1"]);
            }
            *asked.lock().unwrap() = request.id;
            // It begins, and has more to send than anybody waits for.
            let begun = answer(tcp, request, 0xff00, &[(0x1020, 1)], None);
            stop.cancel();
            begun
        });
        let caller = Caller {
            reception: Reception::Listen(0),
            ..Caller::default()
        };
        let node = node(&address, |dimse| {
            if is_by_move {
                by_move(dimse);
            }
        });
        let wanted = isocentre::pacs::Wanted {
            study_uid: STUDY.into(),
            series: Vec::new(),
        };
        let folder = temp_folder();
        let sink = isocentre::pacs::FolderSink::new(folder.path());
        let retrieved = service(&node, &caller).retrieve(&[wanted], &sink, &|_| {}, &ctx);
        let end = retrieved.map_or_else(Some, |it| it.end);
        assert_eq!(end, Some(Failure::Cancelled), "{is_by_move}");
        let is_ours = take.recv_timeout(Duration::from_secs(10));
        assert_eq!(is_ours, Ok(true), "{is_by_move}");
    }
}
