//! Storage commitments whose report comes later, by an association that the node opens.

use std::collections::HashMap;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::PDataValueType;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::RequestorRoles;
use dicom_ul::pdu::UserVariableItem;

use isocentre::pacs::NodeAddress;
use isocentre::workspace::Command;
use isocentre::workspace::Effect;
use isocentre::workspace::NodeEdit;
use isocentre::workspace::TransferEdit;
use isocentre::workspace::TransferState;

use super::peer::C_STORE;
use super::peer::N_EVENT_REPORT;
use super::peer::Request;
use super::peer::answer;
use super::peer::command_of;
use super::peer::next;
use super::peer::number;
use super::peer::peer;
use super::peer::say;
use super::peer::value;
use super::programs::free_port;
use super::slices;
use super::write;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::Session;
use crate::common::Value;
use crate::common::encode;
use crate::common::temp_folder;

const COMMITMENT: &str = "1.2.840.10008.1.20.1";
const NO_SUCH_INSTANCE: u16 = 0x0112;
const CLASS_NOT_SUPPORTED: u16 = 0x0122;
const INSTANCE: &str = "1.2.840.10008.1.20.1.1";
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// What a keeper was sent and asked.
#[derive(Default)]
struct Seen {
    stored: Vec<String>,
    /// What storing is answered with.
    status: u16,
    /// What a request for commitment is answered with.
    status_of_asking: u16,
    /// Transaction UID, and the instances of the request.
    asked: Vec<(String, Vec<String>)>,
    /// Associations in which it stores no more than two.
    breaks_off: usize,
    /// What each association brought, by the port it comes from.
    brought: HashMap<u16, usize>,
}

impl Seen {
    /// Whether this association ends instead of an answer.
    fn ends(&mut self, port: u16, request: &Request) -> bool {
        let brought = self.brought.entry(port).or_default();
        *brought += usize::from(request.kind == C_STORE);
        let ends = *brought > 2 && self.breaks_off > 0;
        self.breaks_off -= usize::from(ends);
        ends
    }

    fn note(&mut self, request: &Request) {
        if request.kind == C_STORE {
            self.stored.extend(uids(&request.data, 0x0008, 0x0018));
        } else {
            let transaction = uids(&request.data, 0x0008, 0x1195).remove(0);
            let instances = uids(&request.data, 0x0008, 0x1155);
            self.asked.push((transaction, instances));
        }
    }
}

/// A node that stores everything, takes every request for commitment, and reports when it is told
/// to. It ends with the test's process.
struct Keeper {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Keeper {
    fn begin() -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let its = seen.clone();
        let port = peer(move |tcp, request| {
            let mut seen = its.lock().unwrap();
            if seen.ends(tcp.peer_addr().unwrap().port(), request) {
                return false;
            }
            seen.note(request);
            let is_storing = request.kind == C_STORE;
            let status = if is_storing {
                seen.status
            } else {
                seen.status_of_asking
            };
            drop(seen);
            answer(tcp, request, status, &[], None)
        });
        Self { port, seen }
    }

    fn address(&self) -> String {
        format!("KEEPER@127.0.0.1:{}", self.port)
    }

    fn stored(&self) -> Vec<String> {
        self.seen.lock().unwrap().stored.clone()
    }

    fn asked(&self) -> Vec<(String, Vec<String>)> {
        self.seen.lock().unwrap().asked.clone()
    }
}

/// Values of a UID's element in explicit VR little endian, wherever it is nested.
fn uids(data: &[u8], group: u16, element: u16) -> Vec<String> {
    let [a, b] = group.to_le_bytes();
    let [c, d] = element.to_le_bytes();
    let head = [a, b, c, d, b'U', b'I'];
    let places = data
        .windows(8)
        .enumerate()
        .filter(|(_, it)| it[..6] == head);
    let value = |(at, head): (usize, &[u8])| {
        let length = usize::from(u16::from_le_bytes([head[6], head[7]]));
        let text = String::from_utf8_lossy(&data[at + 8..at + 8 + length]).into_owned();
        text.trim_end_matches('\0').to_owned()
    };
    places.map(value).collect()
}

/// Reports to a receiver, under this title, what is kept and what is not there; gives the status of
/// the answer.
fn report(port: u16, title: &str, transaction: &str, kept: &[&str], lost: &[&str]) -> u16 {
    let lost: Vec<_> = lost.iter().map(|uid| (*uid, NO_SUCH_INSTANCE)).collect();
    report_why(port, title, transaction, kept, &lost)
}

/// The same, with a Failure Reason for each that is not kept.
fn report_why(
    port: u16,
    title: &str,
    transaction: &str,
    kept: &[&str],
    lost: &[(&str, u16)],
) -> u16 {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = AssociationRQ {
        protocol_version: 1,
        calling_ae_title: title.to_owned(),
        called_ae_title: "ISOCENTRE".to_owned(),
        application_context_name: "1.2.840.10008.3.1.1.1".to_owned(),
        presentation_contexts: vec![PresentationContextProposed {
            id: 1,
            abstract_syntax: COMMITMENT.to_owned(),
            transfer_syntaxes: vec!["1.2.840.10008.1.2.1".to_owned()],
        }],
        user_variables: vec![
            UserVariableItem::MaxLength(65536),
            UserVariableItem::ScuScpRoleSelectionSubItem(
                COMMITMENT.to_owned(),
                RequestorRoles {
                    scu: false,
                    scp: true,
                },
            ),
        ],
    };
    say(&mut tcp, &Pdu::AssociationRQ(request));
    let Some(Pdu::AssociationAC(_)) = next(&mut tcp) else {
        panic!("the receiver takes the call");
    };
    let item = |uid: &&str, reason: Option<u16>| {
        let mut item = vec![
            Element::text(0x0008, 0x1150, "UI", CT),
            Element::text(0x0008, 0x1155, "UI", uid),
        ];
        item.extend(reason.map(|reason| Element::u16(0x0008, 0x1197, reason)));
        item
    };
    let kept = kept.iter().map(|uid| item(uid, None)).collect();
    let failed = lost.iter().map(|(uid, why)| item(uid, Some(*why)));
    let failed: Vec<_> = failed.collect();
    let event: u16 = if failed.is_empty() { 1 } else { 2 };
    let mut elements = vec![
        Element::text(0x0008, 0x1195, "UI", transaction),
        Element::new(0x0008, 0x1199, "SQ", Value::Items(kept)),
    ];
    if !failed.is_empty() {
        elements.insert(1, Element::new(0x0008, 0x1198, "SQ", Value::Items(failed)));
    }
    let request = command_of(&[
        (0x0002, COMMITMENT.as_bytes()),
        (0x0100, &N_EVENT_REPORT.to_le_bytes()),
        (0x0110, &[1, 0]),
        (0x0800, &[1, 0]),
        (0x1000, INSTANCE.as_bytes()),
        (0x1002, &event.to_le_bytes()),
    ]);
    let data = vec![
        value(1, PDataValueType::Command, request),
        value(
            1,
            PDataValueType::Data,
            encode(&elements, Encoding::ExplicitLittle),
        ),
    ];
    say(&mut tcp, &Pdu::PData { data });
    let Some(Pdu::PData { data }) = next(&mut tcp) else {
        panic!("the receiver answers");
    };
    let status = number(&data[0].data, 0x0900).unwrap();
    say(&mut tcp, &Pdu::ReleaseRQ);
    next(&mut tcp);
    status
}

/// A program that knows the keeper, and listens.
fn program(home: &Path, keeper: &Keeper, port: u16) -> Session {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    let mut node = super::node(&keeper.address(), |address| address.commits = true);
    node.name = "Keeper".into();
    assert!(matches!(node.address, NodeAddress::Dimse(_)));
    session.apply(Command::Node(NodeEdit::Put(node)));
    session.apply(Command::Node(NodeEdit::Port(port)));
    session.apply(Command::Node(NodeEdit::Listen(true)));
    session
}

fn send(session: &mut Session, files: &Path) {
    session.apply(Command::Open(vec![files.to_owned()]));
    session.until("the study", |it| {
        it.workspace.scans_running == 0 && it.workspace.active_study().is_some()
    });
    let study = session.workspace.active_study().unwrap();
    let send = TransferEdit::Send(study, "Keeper".into());
    session.apply(Command::Transfer(send));
}

fn state(session: &Session) -> Option<TransferState> {
    let all = session.workspace.transfers.all();
    all.first().map(|it| it.state.clone())
}

fn until_state(session: &mut Session, wanted: &TransferState) {
    session.until(&format!("{wanted:?}"), |it| {
        state(it).as_ref() == Some(wanted)
    });
}

#[test]
fn a_commitment_that_is_reported_after_a_restart_completes_the_sending() {
    let keeper = Keeper::begin();
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    until_state(&mut session, &TransferState::Committing);
    assert_eq!(keeper.stored().len(), 3);
    let (transaction, mut asked) = keeper.asked().remove(0);
    asked.sort();
    assert_eq!(asked, ["1.2.3.4.5.1.1", "1.2.3.4.5.1.2", "1.2.3.4.5.1.3"]);
    drop(session);

    let mut session = program(home.path(), &keeper, port);
    until_state(&mut session, &TransferState::Committing);
    let kept: Vec<&str> = asked.iter().map(String::as_str).collect();
    session.until("the receiver", |_| {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    // Neither a report on something else nor one by somebody else is taken.
    assert_eq!(report(port, "KEEPER", "2.25.4711", &kept, &[]), 0x0115);
    assert_eq!(report(port, "OTHER", &transaction, &kept, &[]), 0x0124);
    std::thread::sleep(Duration::from_millis(500));
    session.until("a look", |_| true);
    assert_eq!(state(&session), Some(TransferState::Committing));
    assert_eq!(report(port, "KEEPER", &transaction, &kept, &[]), 0);
    until_state(&mut session, &TransferState::Done);
    assert_eq!(keeper.stored().len(), 3, "nothing was sent twice");
    // It is known by now, and not awaited any more.
    assert_eq!(report(port, "KEEPER", &transaction, &kept, &[]), 0x0115);
}

#[test]
fn only_what_the_node_will_not_keep_is_sent_again() {
    let keeper = Keeper::begin();
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    until_state(&mut session, &TransferState::Committing);
    let (transaction, _) = keeper.asked().remove(0);
    let (kept, lost) = (["1.2.3.4.5.1.1", "1.2.3.4.5.1.3"], ["1.2.3.4.5.1.2"]);
    assert_eq!(report(port, "KEEPER", &transaction, &kept, &lost), 0);
    session.until("the next attempt's time", |it| {
        matches!(state(it), Some(TransferState::Waiting(Some(_))))
    });
    let transfer = &session.workspace.transfers.all()[0];
    assert_eq!(transfer.failed.len(), 1, "{:?}", transfer.failed);
    assert_eq!(transfer.failed[0].0, lost[0]);
    let id = transfer.id;
    session.apply(Command::Transfer(TransferEdit::Resume(id)));
    session.until("the second request", |_| keeper.asked().len() == 2);
    let stored = keeper.stored();
    assert_eq!(stored.len(), 4);
    assert_eq!(stored[3], lost[0]);
    let (transaction, asked) = keeper.asked().remove(1);
    assert_eq!(asked, lost);
    // Faster than the end of the attempt.
    assert_eq!(report(port, "KEEPER", &transaction, &lost, &[]), 0);
    until_state(&mut session, &TransferState::Done);
}

#[test]
fn what_the_node_stored_and_will_not_promise_to_keep_is_said_and_not_sent_again() {
    let keeper = Keeper::begin();
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    until_state(&mut session, &TransferState::Committing);
    let (transaction, _) = keeper.asked().remove(0);
    // It is silent about the third.
    let lost = [("1.2.3.4.5.1.2", CLASS_NOT_SUPPORTED)];
    let kept = ["1.2.3.4.5.1.1"];
    let status = report_why(port, "KEEPER", &transaction, &kept, &lost);
    assert_eq!(status, 0);
    session.until("the end", |it| {
        matches!(state(it), Some(TransferState::Failed(_)))
    });
    let Some(TransferState::Failed(why)) = state(&session) else {
        panic!("it has failed")
    };
    assert_eq!(why.id.0, "transfer-commitment-refused");
    // Trying again asks about both, and sends nothing.
    let id = session.workspace.transfers.all()[0].id;
    session.apply(Command::Transfer(TransferEdit::Resume(id)));
    session.until("the second request", |_| keeper.asked().len() == 2);
    let (_, mut asked) = keeper.asked().remove(1);
    asked.sort();
    assert_eq!(asked, ["1.2.3.4.5.1.2", "1.2.3.4.5.1.3"]);
    assert_eq!(keeper.stored().len(), 3);
}

#[test]
fn one_image_that_cannot_be_sent_keeps_nobody_from_asking_about_the_others() {
    let keeper = Keeper::begin();
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    session.apply(Command::Open(vec![files.path().to_owned()]));
    session.until("the study", |it| {
        it.workspace.scans_running == 0 && it.workspace.active_study().is_some()
    });
    let gone = std::fs::read_dir(files.path()).unwrap().next().unwrap();
    std::fs::remove_file(gone.unwrap().path()).unwrap();
    let study = session.workspace.active_study().unwrap();
    let send = TransferEdit::Send(study, "Keeper".into());
    session.apply(Command::Transfer(send));
    session.until("the request", |_| !keeper.asked().is_empty());
    let (transaction, asked) = keeper.asked().remove(0);
    assert_eq!(asked.len(), 2);
    let has_failed = |it: &Session| matches!(state(it), Some(TransferState::Failed(_)));
    session.until("the end", has_failed);
    let kept: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(report(port, "KEEPER", &transaction, &kept, &[]), 0);
    session.until("a look", |_| true);
    std::thread::sleep(Duration::from_millis(700));
    session.until("the end still", has_failed);
    let Some(TransferState::Failed(why)) = state(&session) else {
        panic!("it has failed")
    };
    assert_eq!(why.id.0, "transfer-file-gone");
    assert_eq!(keeper.asked().len(), 1, "nothing is tried again");
}

#[test]
fn what_the_node_took_with_a_warning_is_said_of_each_image() {
    let keeper = Keeper::begin();
    keeper.seen.lock().unwrap().status = 0xb007;
    let (home, files) = (temp_folder(), temp_folder());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, free_port());
    let mut node = super::node(&keeper.address(), |_| {});
    node.name = "Keeper".into();
    session.apply(Command::Node(NodeEdit::Change("Keeper".into(), node)));
    send(&mut session, files.path());
    until_state(&mut session, &TransferState::Done);
    let transfer = |it: &Session| it.workspace.transfers.all()[0].clone();
    session.until("the warnings", |it| transfer(it).remarks.len() == 3);
    let done = transfer(&session);
    assert_eq!(done.state_words().id.0, "transfer-with-warnings");
    assert!(done.failed.is_empty(), "it has them all the same");
    drop(session);
    let mut session = program(home.path(), &keeper, free_port());
    session.until("the list", |it| !it.workspace.transfers.all().is_empty());
    assert_eq!(transfer(&session).warnings().len(), 1, "all for one reason");
}

#[test]
fn a_sending_is_not_called_confirmed_where_nobody_hears_the_report() {
    let keeper = Keeper::begin();
    let (home, files) = (temp_folder(), temp_folder());
    write(&slices(1), files.path());
    let mut session = program(home.path(), &keeper, free_port());
    session.apply(Command::Node(NodeEdit::Listen(false)));
    let mut node = super::node(&keeper.address(), |address| {
        address.commits = true;
        address.patience_s = 1.0;
    });
    node.name = "Keeper".into();
    session.apply(Command::Node(NodeEdit::Put(node)));
    send(&mut session, files.path());
    session.until("the end", |it| {
        matches!(state(it), Some(TransferState::Failed(_)))
    });
    assert_eq!(keeper.asked().len(), 1);
    // Trying again asks again, and sends nothing.
    let id = session.workspace.transfers.all()[0].id;
    session.apply(Command::Transfer(TransferEdit::Resume(id)));
    session.until("the second request", |_| keeper.asked().len() == 2);
    assert_eq!(keeper.stored().len(), 1);
}

/// Makes due now what waits for a report, in the archive of a program that has ended.
fn let_time_pass(home: &Path) {
    let memory = home.join("data/archive/.isocentre/memory.sqlite");
    let connection = rusqlite::Connection::open(memory).unwrap();
    let change = "UPDATE transfer SET next_attempt_ms = 0 WHERE next_attempt_ms > 0";
    assert_eq!(connection.execute(change, ()).unwrap(), 1);
}

#[test]
fn a_node_that_is_slow_to_report_is_asked_again_and_may_report_on_either_request() {
    let keeper = Keeper::begin();
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    until_state(&mut session, &TransferState::Committing);
    drop(session);
    let_time_pass(home.path());

    let mut session = program(home.path(), &keeper, port);
    session.until("the second request", |_| keeper.asked().len() == 2);
    until_state(&mut session, &TransferState::Committing);
    assert_eq!(keeper.stored().len(), 3, "nothing was sent twice");
    let asked = keeper.asked();
    assert_ne!(asked[0].0, asked[1].0);
    let kept: Vec<&str> = asked[0].1.iter().map(String::as_str).collect();
    assert_eq!(report(port, "KEEPER", &asked[0].0, &kept, &[]), 0);
    until_state(&mut session, &TransferState::Done);
}

#[test]
fn what_came_through_before_a_sending_broke_off_is_asked_about_at_once() {
    let keeper = Keeper::begin();
    keeper.seen.lock().unwrap().breaks_off = 1;
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    session.until("the first attempt's end", |it| {
        matches!(state(it), Some(TransferState::Waiting(Some(_))))
    });
    let asked = keeper.asked();
    assert_eq!(asked.len(), 1);
    let mut about = asked[0].1.clone();
    about.sort();
    let mut stored = keeper.stored();
    stored.sort();
    assert_eq!((about.len(), &about), (2, &stored));
}

#[test]
fn why_a_node_does_not_take_the_question_is_said_each_time() {
    let keeper = Keeper::begin();
    keeper.seen.lock().unwrap().status_of_asking = 0x0110;
    let (home, files, port) = (temp_folder(), temp_folder(), free_port());
    write(&slices(3), files.path());
    let mut session = program(home.path(), &keeper, port);
    send(&mut session, files.path());
    let reason = |it: &Session| {
        let transfer = it.workspace.transfers.all().first()?;
        let is_waiting = matches!(transfer.state, TransferState::Waiting(Some(_)));
        transfer.reason.clone().filter(|_| is_waiting)
    };
    session.until("the first reason", |it| reason(it).is_some());
    let first = reason(&session);
    drop(session);
    let_time_pass(home.path());
    keeper.seen.lock().unwrap().status_of_asking = 0xa701;

    let mut session = program(home.path(), &keeper, port);
    session.until("the second request", |_| keeper.asked().len() == 2);
    session.until("another reason", |it| {
        let reason = reason(it);
        reason.is_some() && reason != first
    });
    assert_eq!(keeper.stored().len(), 3, "nothing was sent twice");
}
