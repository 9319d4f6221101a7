//! Our receiver against peers that break the rules, and how long anything waits.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::PDataValue;
use dicom_ul::pdu::PDataValueType;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::UserVariableItem;
use dicom_ul::pdu::read_pdu;
use dicom_ul::pdu::write_pdu;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::ScpEvent;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::service;

use super::data_set;
use super::node;
use super::slices;
use super::speak;
use crate::common::Encoding;
use crate::common::files_below;
use crate::common::temp_folder;

pub(super) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn receiver(patience: Duration) -> (StorageScp, tempfile::TempDir) {
    let folder = temp_folder();
    let options = ScpOptions {
        patience,
        ..ScpOptions::default()
    };
    let sink = Arc::new(FolderSink::new(folder.path()));
    (StorageScp::start(0, options, sink).unwrap(), folder)
}

fn bytes(pdu: &Pdu) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, pdu).unwrap();
    bytes
}

/// The request for an association that stores images of one class.
fn request(class: &str) -> Vec<u8> {
    request_of("PEER", class)
}

/// The same of somebody.
pub(super) fn request_of(title: &str, class: &str) -> Vec<u8> {
    bytes(&Pdu::AssociationRQ(AssociationRQ {
        protocol_version: 1,
        calling_ae_title: title.into(),
        called_ae_title: "ISOCENTRE".into(),
        application_context_name: "1.2.840.10008.3.1.1.1".into(),
        presentation_contexts: vec![PresentationContextProposed {
            id: 1,
            abstract_syntax: class.into(),
            transfer_syntaxes: vec![EXPLICIT.into()],
        }],
        user_variables: vec![UserVariableItem::MaxLength(16384)],
    }))
}

/// A C-STORE request, as the standard writes it (PS3.7 9.3.1.1).
fn store_command(class: &str, uid: &str, originator: Option<(&str, u16)>) -> Vec<u8> {
    let mut elements = Vec::new();
    let mut put = |element: u16, value: &[u8]| {
        let mut value = value.to_vec();
        if value.len() % 2 == 1 {
            value.push(0);
        }
        elements.extend([0, 0]);
        elements.extend(element.to_le_bytes());
        elements.extend((value.len() as u32).to_le_bytes());
        elements.extend(value);
    };
    put(0x0002, class.as_bytes());
    put(0x0100, &[1, 0]);
    put(0x0110, &[1, 0]);
    put(0x0700, &[0, 0]);
    put(0x0800, &[1, 0]);
    put(0x1000, uid.as_bytes());
    if let Some((title, message_id)) = originator {
        put(0x1030, title.as_bytes());
        put(0x1031, &message_id.to_le_bytes());
    }
    let mut command = vec![0, 0, 0, 0, 4, 0, 0, 0];
    command.extend((elements.len() as u32).to_le_bytes());
    command.extend(elements);
    command
}

fn data(kind: PDataValueType, data: Vec<u8>, is_last: bool) -> Vec<u8> {
    bytes(&Pdu::PData {
        data: vec![PDataValue {
            presentation_context_id: 1,
            value_type: kind,
            is_last,
            data,
        }],
    })
}

/// All that stores one image, as bytes.
fn store(uid: &str, body: &[u8]) -> Vec<u8> {
    store_for(None, uid, body)
}

/// The same for a C-MOVE of somebody, by title and message ID.
pub(super) fn store_for(originator: Option<(&str, u16)>, uid: &str, body: &[u8]) -> Vec<u8> {
    let command = store_command(CT, uid, originator);
    let mut all = data(PDataValueType::Command, command, true);
    let (last, first) = body
        .chunks(4000)
        .collect::<Vec<_>>()
        .split_last()
        .map_or_else(
            || (Vec::new(), Vec::new()),
            |(last, first)| (last.to_vec(), first.to_vec()),
        );
    for part in first {
        all.extend(data(PDataValueType::Data, part.to_vec(), false));
    }
    all.extend(data(PDataValueType::Data, last, true));
    all
}

pub(super) fn body() -> Vec<u8> {
    data_set(&slices(1)[0].write(Encoding::ExplicitLittle)).to_vec()
}

fn connect(scp: &StorageScp) -> TcpStream {
    let tcp = TcpStream::connect(("127.0.0.1", scp.port())).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    tcp.set_nodelay(true).unwrap();
    tcp
}

/// The next PDU; `None` at the end of the line.
pub(super) fn next(tcp: &mut TcpStream) -> Option<Pdu> {
    let mut head = [0; 6];
    tcp.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes(head[2..].try_into().unwrap());
    let mut pdu = head.to_vec();
    pdu.resize(6 + length as usize, 0);
    tcp.read_exact(&mut pdu[6..]).ok()?;
    read_pdu(pdu.as_slice(), 1 << 20, false).unwrap()
}

/// The status (0000,0900) of an answer.
pub(super) fn status(pdu: &Pdu) -> u16 {
    let Pdu::PData { data } = pdu else {
        panic!("{pdu:?}")
    };
    let bytes = &data[0].data;
    let at = bytes
        .windows(8)
        .position(|window| window == [0, 0, 0, 9, 2, 0, 0, 0])
        .unwrap();
    u16::from_le_bytes(bytes[at + 8..at + 10].try_into().unwrap())
}

#[test]
fn an_instance_is_kept_and_acknowledged_and_a_duplicate_too() {
    let (scp, folder) = receiver(Duration::from_secs(5));
    let mut tcp = connect(&scp);
    tcp.write_all(&request(CT)).unwrap();
    assert!(matches!(next(&mut tcp), Some(Pdu::AssociationAC(_))));
    for _ in 0..2 {
        tcp.write_all(&store("1.2.3.4.5.1.1", &body())).unwrap();
        assert_eq!(status(&next(&mut tcp).unwrap()), 0);
    }
    let files = files_below(folder.path());
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name().unwrap(), "1.2.3.4.5.1.1.dcm");
    tcp.write_all(&bytes(&Pdu::ReleaseRQ)).unwrap();
    assert_eq!(next(&mut tcp), Some(Pdu::ReleaseRP));
}

#[test]
fn what_is_not_what_was_announced_is_refused_and_the_association_goes_on() {
    let (scp, folder) = receiver(Duration::from_secs(5));
    let mut tcp = connect(&scp);
    tcp.write_all(&request(CT)).unwrap();
    next(&mut tcp).unwrap();
    tcp.write_all(&store("1.2.3.999", &body())).unwrap();
    assert_eq!(status(&next(&mut tcp).unwrap()), 0xa900);
    tcp.write_all(&store("1.2.3.4.5.1.1", b"no data set at all!!"))
        .unwrap();
    let unreadable = status(&next(&mut tcp).unwrap());
    assert!(matches!(unreadable, 0xc000 | 0xa900), "{unreadable:04x}");
    tcp.write_all(&store("../../evil", &body())).unwrap();
    assert_eq!(status(&next(&mut tcp).unwrap()), 0xa900);
    assert!(files_below(folder.path()).is_empty());
    tcp.write_all(&store("1.2.3.4.5.1.1", &body())).unwrap();
    assert_eq!(status(&next(&mut tcp).unwrap()), 0);
    assert_eq!(files_below(folder.path()).len(), 1);
}

#[test]
fn a_private_class_is_kept_and_a_service_we_do_not_offer_is_not_accepted() {
    let (scp, _folder) = receiver(Duration::from_secs(5));
    for (class, is_accepted) in [
        ("1.3.12.2.1107.5.9.1", true),
        ("1.2.840.10008.1.1", true),
        ("1.2.840.10008.5.1.4.1.2.2.1", false),
    ] {
        let mut tcp = connect(&scp);
        tcp.write_all(&request(class)).unwrap();
        let Some(Pdu::AssociationAC(answer)) = next(&mut tcp) else {
            panic!("accepted")
        };
        let reason = &answer.presentation_contexts[0].reason;
        let is_acceptance = *reason == dicom_ul::pdu::PresentationContextResultReason::Acceptance;
        assert_eq!(is_acceptance, is_accepted, "{class}");
    }
}

#[test]
fn an_instance_cut_in_its_middle_leaves_nothing() {
    let (scp, folder) = receiver(Duration::from_secs(5));
    let events = scp.events();
    let mut tcp = connect(&scp);
    tcp.write_all(&request(CT)).unwrap();
    next(&mut tcp).unwrap();
    let all = store("1.2.3.4.5.1.1", &body());
    tcp.write_all(&all[..all.len() - 100]).unwrap();
    drop(tcp);
    let event = events.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(
        matches!(
            event,
            ScpEvent::Broken {
                failure: Failure::Cut { .. },
                ..
            }
        ),
        "{event:?}"
    );
    assert!(files_below(folder.path()).is_empty());
}

#[test]
fn a_peer_that_falls_silent_is_let_go() {
    let (scp, folder) = receiver(Duration::from_millis(400));
    let events = scp.events();
    let mut tcp = connect(&scp);
    tcp.write_all(&request(CT)).unwrap();
    next(&mut tcp).unwrap();
    let all = store("1.2.3.4.5.1.1", &body());
    tcp.write_all(&all[..200]).unwrap();
    let begin = Instant::now();
    let event = events.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert!(
        matches!(
            event,
            ScpEvent::Broken {
                failure: Failure::NoAnswer { .. },
                ..
            }
        ),
        "{event:?}"
    );
    assert!(files_below(folder.path()).is_empty());
    // And it is told.
    let last = std::iter::from_fn(|| next(&mut tcp)).last();
    assert!(matches!(last, Some(Pdu::AbortRQ { .. })), "{last:?}");
}

#[test]
fn lengths_that_cannot_be_true_take_no_memory_and_end_the_association() {
    let (scp, _folder) = receiver(Duration::from_secs(5));
    let events = scp.events();
    for garbage in [
        vec![0x01, 0, 0xff, 0xff, 0xff, 0xff, 0, 0],
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\n".to_vec(),
        vec![0x04, 0, 0, 0, 0, 4, 1, 2, 3, 4],
    ] {
        let mut tcp = connect(&scp);
        tcp.write_all(&garbage).unwrap();
        let event = events.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(
            matches!(event, ScpEvent::Probe(Failure::Protocol { .. })),
            "{event:?}"
        );
    }
    // Within an association: a value that is longer than its PDU.
    let mut tcp = connect(&scp);
    tcp.write_all(&request(CT)).unwrap();
    next(&mut tcp).unwrap();
    tcp.write_all(&[4, 0, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xff, 1, 3, 0, 0, 0, 0])
        .unwrap();
    let event = events.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(
        matches!(event, ScpEvent::Probe(Failure::Protocol { .. })),
        "{event:?}"
    );
}

#[test]
fn the_receiver_is_there_by_ipv6_too() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: the_receiver_is_there_by_ipv6_too, for this computer has no IPv6");
        return;
    }
    let (scp, _folder) = receiver(Duration::from_secs(5));
    for host in ["[::1]", "127.0.0.1"] {
        let echo = speak(&format!("ANY@{host}:{}", scp.port())).echo(&JobCtx::new());
        assert!(echo.is_ok(), "{host}: {echo:?}");
    }
}

/// A small generator of numbers, so that a failure repeats (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn no_corruption_of_a_stream_stops_the_receiver() {
    let (scp, folder) = receiver(Duration::from_millis(200));
    let mut good = request(CT);
    good.extend(store("1.2.3.4.5.1.1", &body()));
    good.extend(bytes(&Pdu::ReleaseRQ));
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    let begin = Instant::now();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let mut numbers = Numbers(numbers.0 ^ (thread * 7919 + 1));
            let (good, port) = (good.clone(), scp.port());
            std::thread::spawn(move || {
                for _ in 0..75 {
                    let mut bad = good.clone();
                    for _ in 0..=numbers.next(6) {
                        let at = match numbers.next(3) {
                            0 => numbers.next(300),
                            _ => numbers.next(bad.len()),
                        };
                        match numbers.next(4) {
                            0 => bad.truncate(at.max(1)),
                            1 => drop(bad.drain(at.min(bad.len() - 1)..(at + 3).min(bad.len()))),
                            2 => bad.insert(at.min(bad.len()), numbers.next(256) as u8),
                            _ => {
                                let at = at.min(bad.len() - 1);
                                bad[at] = numbers.next(256) as u8;
                            }
                        }
                        if bad.is_empty() {
                            bad.push(1);
                        }
                    }
                    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
                    tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                    // It may hang up in the middle.
                    drop(tcp.write_all(&bad));
                    drop(tcp.shutdown(std::net::Shutdown::Write));
                    let mut answer = Vec::new();
                    let end = tcp.read_to_end(&mut answer);
                    let is_reset = end
                        .as_ref()
                        .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
                    assert!(end.is_ok() || is_reset, "{end:?}: it hangs");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    numbers.next(2);
    assert!(begin.elapsed() < Duration::from_mins(1));
    // It answers still, and nothing is half there.
    speak(&format!("ANY@127.0.0.1:{}", scp.port()))
        .echo(&JobCtx::new())
        .unwrap();
    drop(scp);
    for path in files_below(folder.path()) {
        assert_eq!(path.extension().unwrap(), "dcm", "{}", path.display());
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let (scp, folder) = receiver(Duration::from_secs(5));
    let sink = Arc::new(FolderSink::new(folder.path()));
    let failure = StorageScp::start(scp.port(), ScpOptions::default(), sink)
        .err()
        .unwrap();
    assert!(
        matches!(failure, Failure::Listen { port, .. } if port == scp.port()),
        "{failure:?}"
    );
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let echo = |address: &str, patience_s: f64| {
        let node = node(address, |dimse| dimse.patience_s = patience_s);
        let begin = Instant::now();
        let failure = service(&node, &Caller::default())
            .echo(&JobCtx::new())
            .unwrap_err();
        (failure, begin.elapsed())
    };
    // Listens, and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let (failure, elapsed) = echo(&format!("ANY@127.0.0.1:{port}"), 0.4);
    assert!(matches!(failure, Failure::NoAnswer { .. }), "{failure:?}");
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    drop(silent);
    let (failure, _) = echo(&format!("ANY@127.0.0.1:{port}"), 5.0);
    assert!(matches!(failure, Failure::Refused { .. }), "{failure:?}");
    let (failure, _) = echo("ANY@no-such-host.invalid:104", 5.0);
    assert!(
        matches!(
            failure,
            Failure::HostUnknown { .. } | Failure::NoConnection { .. }
        ),
        "{failure:?}"
    );
}

#[test]
fn a_cancelled_echo_ends_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let ctx = JobCtx::new();
    let cancel = ctx.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        cancel.cancel();
    });
    let begin = Instant::now();
    let failure = speak(&format!("ANY@127.0.0.1:{port}"))
        .echo(&ctx)
        .unwrap_err();
    assert_eq!(failure, Failure::Cancelled);
    assert!(
        begin.elapsed() < Duration::from_millis(900),
        "{:?}",
        begin.elapsed()
    );
    canceller.join().unwrap();
}
