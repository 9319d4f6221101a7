//! Nodes that never stop answering, or say what is not so.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
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
use isocentre::pacs::Failure;

use super::STUDY;
use super::fetch;
use super::speak;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::encode;
use crate::common::temp_folder;

const C_FIND: u16 = 0x0020;
const C_GET: u16 = 0x0010;
const C_CANCEL: u16 = 0x0fff;

/// A request as it came.
struct Request {
    kind: u16,
    id: u16,
    level: String,
    context: u8,
}

/// What a node answers with; `false` ends the association.
type Script = dyn Fn(&mut TcpStream, &Request) -> bool + Send + Sync;

/// A node on a port of its own that accepts everything and answers by a script. It ends with the
/// test's process.
fn liar(script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script: Arc<Script> = Arc::new(script);
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let script = script.clone();
            std::thread::spawn(move || serve(tcp, &*script));
        }
    });
    format!("LIAR@127.0.0.1:{port}")
}

fn next(tcp: &mut TcpStream) -> Option<Pdu> {
    let mut head = [0; 6];
    tcp.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes(head[2..].try_into().unwrap());
    let mut pdu = head.to_vec();
    pdu.resize(6 + length as usize, 0);
    tcp.read_exact(&mut pdu[6..]).ok()?;
    read_pdu(pdu.as_slice(), 1 << 20, false).unwrap()
}

fn say(tcp: &mut TcpStream, pdu: &Pdu) -> bool {
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, pdu).unwrap();
    tcp.write_all(&bytes).is_ok()
}

fn serve(mut tcp: TcpStream, script: &Script) {
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
                reason: PresentationContextResultReason::Acceptance,
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
    let mut numbers = numbers.to_vec();
    numbers.extend([
        (0x0100, to.kind | 0x8000),
        (0x0120, to.id),
        (0x0800, if data.is_some() { 1 } else { 0x0101 }),
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
    let part = |value_type, data| PDataValue {
        presentation_context_id: to.context,
        value_type,
        is_last: true,
        data,
    };
    let mut values = vec![part(PDataValueType::Command, all)];
    if let Some(elements) = data {
        let bytes = encode(elements, Encoding::ExplicitLittle);
        values.push(part(PDataValueType::Data, bytes));
    }
    say(tcp, &Pdu::PData { data: values })
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
