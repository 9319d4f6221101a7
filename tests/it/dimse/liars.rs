//! Nodes that never stop answering, or say what is not so.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::PDataValue;
use dicom_ul::pdu::PDataValueType;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextResult;
use dicom_ul::pdu::PresentationContextResultReason;
use dicom_ul::pdu::UserVariableItem;
use dicom_ul::pdu::read_pdu;
use dicom_ul::pdu::write_pdu;

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
use super::speak;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::encode;
use crate::common::temp_folder;

const C_FIND: u16 = 0x0020;
const C_GET: u16 = 0x0010;
const C_MOVE: u16 = 0x0021;
const C_CANCEL: u16 = 0x0fff;

/// A request as it came.
struct Request {
    kind: u16,
    id: u16,
    level: String,
    /// The identifier's letters.
    text: String,
    context: u8,
}

/// What a node answers with; `false` ends the association.
type Script = dyn Fn(&mut TcpStream, &Request) -> bool + Send + Sync;

/// A node on a port of its own that accepts everything and answers by a script. It ends with the
/// test's process.
fn liar(script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static) -> String {
    liar_without(&[], script)
}

/// One that does not take these SOP classes.
fn liar_without(
    refused: &'static [&'static str],
    script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script: Arc<Script> = Arc::new(script);
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let script = script.clone();
            std::thread::spawn(move || serve(tcp, refused, &*script));
        }
    });
    format!("LIAR@127.0.0.1:{port}")
}

pub(super) fn next(tcp: &mut TcpStream) -> Option<Pdu> {
    let mut head = [0; 6];
    tcp.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes(head[2..].try_into().unwrap());
    let mut pdu = head.to_vec();
    pdu.resize(6 + length as usize, 0);
    tcp.read_exact(&mut pdu[6..]).ok()?;
    read_pdu(pdu.as_slice(), 1 << 20, false).unwrap()
}

pub(super) fn say(tcp: &mut TcpStream, pdu: &Pdu) -> bool {
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, pdu).unwrap();
    tcp.write_all(&bytes).is_ok()
}

fn serve(mut tcp: TcpStream, refused: &[&str], script: &Script) {
    tcp.set_nodelay(true).unwrap();
    let Some(Pdu::AssociationRQ(request)) = next(&mut tcp) else {
        return;
    };
    let contexts = request.presentation_contexts.iter();
    let accepted = AssociationAC {
        protocol_version: 1,
        calling_ae_title: request.calling_ae_title.clone(),
        called_ae_title: request.called_ae_title.clone(),
        application_context_name: request.application_context_name.clone(),
        presentation_contexts: contexts
            .map(|context| PresentationContextResult {
                id: context.id,
                reason: if refused.contains(&context.abstract_syntax.as_str()) {
                    PresentationContextResultReason::AbstractSyntaxNotSupported
                } else {
                    PresentationContextResultReason::Acceptance
                },
                transfer_syntax: context.transfer_syntaxes[0].clone(),
            })
            .collect(),
        user_variables: vec![UserVariableItem::MaxLength(65536)],
    };
    say(&mut tcp, &Pdu::AssociationAC(accepted));
    let mut request: Option<Request> = None;
    while let Some(pdu) = next(&mut tcp) {
        let Pdu::PData { data } = pdu else {
            say(&mut tcp, &Pdu::ReleaseRP);
            return;
        };
        for value in data {
            if value.value_type == PDataValueType::Command {
                let number = |element: u16| {
                    let [low, high] = element.to_le_bytes();
                    let head = [0, 0, low, high, 2, 0, 0, 0];
                    let at = value.data.windows(8).position(|it| it == head);
                    at.map_or(0, |at| {
                        u16::from_le_bytes(value.data[at + 8..at + 10].try_into().unwrap())
                    })
                };
                let new = Request {
                    kind: number(0x0100),
                    id: number(0x0110).max(number(0x0120)),
                    level: String::new(),
                    text: String::new(),
                    context: value.presentation_context_id,
                };
                if new.kind == C_CANCEL {
                    script(&mut tcp, &new);
                } else {
                    request = Some(new);
                }
            } else if let Some(mut request) = request.take() {
                let text = String::from_utf8_lossy(&value.data).into_owned();
                let levels = ["STUDY", "SERIES", "IMAGE"];
                let level = levels.iter().find(|level| text.contains(**level));
                request.level = level.unwrap().to_string();
                request.text = text;
                if !script(&mut tcp, &request) {
                    return;
                }
            }
        }
    }
}

/// An answer with a status, numbers by their elements, and a data set.
fn answer(
    tcp: &mut TcpStream,
    to: &Request,
    status: u16,
    numbers: &[(u16, u16)],
    data: Option<&[Element]>,
) -> bool {
    let mut values = vec![command(to, status, numbers, data.is_some())];
    if let Some(elements) = data {
        values.push(PDataValue {
            presentation_context_id: to.context,
            value_type: PDataValueType::Data,
            is_last: true,
            data: encode(elements, Encoding::ExplicitLittle),
        });
    }
    say(tcp, &Pdu::PData { data: values })
}

fn command(to: &Request, status: u16, numbers: &[(u16, u16)], has_data: bool) -> PDataValue {
    let mut numbers = numbers.to_vec();
    numbers.extend([
        (0x0100, to.kind | 0x8000),
        (0x0120, to.id),
        (0x0800, if has_data { 1 } else { 0x0101 }),
        (0x0900, status),
    ]);
    numbers.sort_unstable();
    let mut command = Vec::new();
    for (element, value) in numbers {
        command.extend([0, 0]);
        command.extend(element.to_le_bytes());
        command.extend([2, 0, 0, 0]);
        command.extend(value.to_le_bytes());
    }
    let mut all = vec![0, 0, 0, 0, 4, 0, 0, 0];
    all.extend((command.len() as u32).to_le_bytes());
    all.extend(command);
    PDataValue {
        presentation_context_id: to.context,
        value_type: PDataValueType::Command,
        is_last: true,
        data: all,
    }
}

/// Answers searches with one series, said to have so many instances, and these in it.
fn list(tcp: &mut TcpStream, request: &Request, count: &str, instances: &[&str]) -> bool {
    if request.level == "SERIES" {
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
    let address = liar(
        move |tcp, request| match (request.kind, request.level.as_str()) {
            (C_FIND, "SERIES") => {
                let series = [Element::text(0x0020, 0x000E, "UI", "1.2.3")];
                answer(tcp, request, 0xff00, &[], Some(&series))
                    && answer(tcp, request, 0, &[], None)
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
        },
    );
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
        asked.lock().unwrap().push(request.level.clone());
        answer(tcp, request, 0, &[(0x1021, 0), (0x1022, 0)], None)
    });
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*speak(&address), STUDY, folder.path()).unwrap();
    assert_eq!(retrieved.expected, Some(5));
    assert!(!retrieved.is_complete());
    assert_eq!(levels.lock().unwrap().first().unwrap(), "SERIES");
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

#[test]
fn matches_that_cannot_be_read_are_counted_and_said() {
    let address = liar(|tcp, request| {
        let broken = PDataValue {
            presentation_context_id: request.context,
            value_type: PDataValueType::Data,
            is_last: true,
            data: vec![8, 0, 5, 0, b'?', b'?', 0xff, 0xff, 1],
        };
        let data = vec![command(request, 0xff00, &[], true), broken];
        say(tcp, &Pdu::PData { data }) && answer(tcp, request, 0, &[], None)
    });
    let query = StudyQuery::default();
    let found = speak(&address).find(&query, &mut |_| {}, &JobCtx::new());
    let found = found.unwrap();
    assert_eq!(found.matches, 0);
    assert_eq!(found.warnings.len(), 1, "{found:?}");
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
fn a_node_without_the_study_root_is_asked_in_the_patient_root_with_the_patients_id() {
    const STUDY_ROOT: [&str; 3] = [
        "1.2.840.10008.5.1.4.1.2.2.1",
        "1.2.840.10008.5.1.4.1.2.2.2",
        "1.2.840.10008.5.1.4.1.2.2.3",
    ];
    for (retrieval, is_by_move) in [(C_GET, false), (C_MOVE, true)] {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let its = asked.clone();
        let address = liar_without(&STUDY_ROOT, move |tcp, request| {
            if request.kind == retrieval {
                its.lock().unwrap().push(request.text.clone());
                return answer(tcp, request, 0xa900, &[], None);
            }
            let study = [
                Element::text(0x0010, 0x0020, "LO", "4711-B"),
                Element::text(0x0020, 0x000D, "UI", STUDY),
                Element::text(0x0020, 0x000E, "UI", "1.2.3"),
            ];
            answer(tcp, request, 0xff00, &[], Some(&study)) && answer(tcp, request, 0, &[], None)
        });
        let caller = Caller {
            reception: Reception::Listen(super::programs::free_port()),
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
        assert!(!asked.is_empty(), "{is_by_move}");
        for identifier in asked.iter() {
            assert!(identifier.contains("4711-B"), "{identifier:?}");
        }
    }
}
