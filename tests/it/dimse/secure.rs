//! DIMSE over TLS, and what is said where it does not come to be.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Authorities;
use isocentre::pacs::Caller;
use isocentre::pacs::DimseAddress;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::pacs::ReceiverTls;
use isocentre::pacs::Reception;
use isocentre::pacs::ScpEvent;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::Tls;
use isocentre::pacs::TlsTrouble;
use isocentre::pacs::WhyRefused;
use isocentre::pacs::service;
use isocentre::text::Language;
use isocentre::text::Words;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::StreamOwned;
use rustls::SupportedProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use super::STUDY;
use super::assert_same;
use super::by_move;
use super::fetch;
use super::node;
use super::orthanc;
use super::programs::free_port;
use super::slices;
use super::write;
use crate::common::Encoding;
use crate::common::Fault;
use crate::common::Proxy;
use crate::common::certificates::TestAuthority;
use crate::common::certificates::TestCertificate;
use crate::common::certificates::answering_once;
use crate::common::certificates::old_servers;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::orthanc::OrthancTls;
use crate::common::temp_folder;

fn trusting(authorities: Authorities) -> Tls {
    Tls {
        authorities,
        ..Tls::default()
    }
}

fn secure_node(address: &str, tls: Tls) -> Node {
    node(address, |dimse| dimse.tls = Some(tls))
}

fn change(node: &mut Node, change: impl FnOnce(&mut DimseAddress)) {
    if let NodeAddress::Dimse(address) = &mut node.address {
        change(address);
    }
}

fn trouble(node: &Node) -> TlsTrouble {
    let failure = service(node, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap_err();
    match failure {
        Failure::Tls { trouble, .. } => trouble,
        other => panic!("{other:?}"),
    }
}

fn receiver_tls(own: &TestCertificate, callers: Option<&Path>) -> ReceiverTls {
    ReceiverTls {
        certificate: own.certificate.clone(),
        key: Some(own.key.clone()),
        callers: callers.map(Path::to_owned),
        takes_plain: false,
    }
}

/// Our own receiver behind a certificate.
fn receiver(own: &TestCertificate, callers: Option<&Path>) -> (StorageScp, tempfile::TempDir) {
    let folder = temp_folder();
    let options = ScpOptions {
        tls: Some(receiver_tls(own, callers)),
        ..ScpOptions::default()
    };
    let sink = Arc::new(FolderSink::new(folder.path()));
    (StorageScp::start(0, options, sink).unwrap(), folder)
}

#[test]
fn orthanc_is_spoken_to_over_tls_with_the_authority_that_was_named() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let orthanc = orthanc(OrthancOptions {
        dicom_tls: Some(OrthancTls::of(&authority)),
        ..OrthancOptions::default()
    });
    let files: Vec<Vec<u8>> = slices(60)
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    for file in &files {
        orthanc.store(file);
    }
    let tls = trusting(Authorities::File(authority.file.clone()));
    let service = service(&secure_node(&orthanc.dimse(), tls), &Caller::default());
    assert!(service.echo(&JobCtx::new()).unwrap().is_verified);
    let got = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, got.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, got.path());
    // Nobody of the system's authorities vouches for it.
    let system = secure_node(&orthanc.dimse(), trusting(Authorities::System));
    assert_eq!(trouble(&system), TlsTrouble::UnknownAuthority);
    // It is not told that it speaks plain DICOM.
    let plain = node(&orthanc.dimse(), |dimse| dimse.tls = None);
    let failure = super::service(&plain, &Caller::default()).echo(&JobCtx::new());
    assert!(
        matches!(
            failure,
            Err(Failure::Tls {
                trouble: TlsTrouble::Needed,
                ..
            } | Failure::ClosedUnanswered { .. })
        ),
        "{failure:?}"
    );
}

#[test]
fn certificates_that_do_not_hold_are_refused_each_for_its_reason() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let trusted = || trusting(Authorities::File(authority.file.clone()));
    let at = |scp: &StorageScp| format!("ANY@127.0.0.1:{}", scp.port());

    let good = authority.for_this_computer();
    let (scp, _kept) = receiver(&good, None);
    let echo = service(&secure_node(&at(&scp), trusted()), &Caller::default());
    assert!(echo.echo(&JobCtx::new()).unwrap().is_verified);
    let stranger = secure_node(&at(&scp), trusting(Authorities::System));
    assert_eq!(trouble(&stranger), TlsTrouble::UnknownAuthority);
    let anyone = secure_node(&at(&scp), trusting(Authorities::Anyone));
    let echo = service(&anyone, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap();
    assert!(!echo.is_verified);
    // The certificate itself may be what is trusted.
    let pinned = trusting(Authorities::File(good.certificate.clone()));
    let pinned = service(&secure_node(&at(&scp), pinned), &Caller::default());
    assert!(pinned.echo(&JobCtx::new()).unwrap().is_verified);

    let old = authority.issue("old", &["127.0.0.1"], true);
    let (scp, _kept) = receiver(&old, None);
    assert_eq!(
        trouble(&secure_node(&at(&scp), trusted())),
        TlsTrouble::Expired
    );

    let other = authority.issue("other", &["pacs.example"], false);
    let (scp, _kept) = receiver(&other, None);
    assert_eq!(
        trouble(&secure_node(&at(&scp), trusted())),
        TlsTrouble::OtherName
    );

    let missing = trusting(Authorities::File(folder.path().join("none.pem")));
    let missing = trouble(&secure_node(&at(&scp), missing));
    assert!(matches!(missing, TlsTrouble::File(_)), "{missing:?}");
}

#[test]
fn a_peer_that_wants_our_certificate_gets_it_and_says_so_if_there_is_none() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let (scp, kept) = receiver(&own, Some(&authority.file));
    let address = format!("ANY@127.0.0.1:{}", scp.port());
    let without = secure_node(
        &address,
        trusting(Authorities::File(authority.file.clone())),
    );
    let failure = service(&without, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::Tls {
                trouble: TlsTrouble::OurCertificate,
                ..
            }
        ),
        "{failure:?}"
    );
    let ours = authority.issue("us", &["localhost"], false);
    let with = Tls {
        authorities: Authorities::File(authority.file.clone()),
        certificate: Some(ours.certificate),
        key: Some(ours.key),
    };
    let files = temp_folder();
    let paths = write(&slices(3), files.path());
    let service = service(&secure_node(&address, with), &Caller::default());
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(3), "{sent:?}");
    drop(scp);
    assert_eq!(crate::common::files_below(kept.path()).len(), 3);
}

fn echo(node: &Node, caller: &Caller) -> Result<bool, Failure> {
    let echo = service(node, caller).echo(&JobCtx::new());
    echo.map(|echo| echo.is_verified)
}

#[test]
fn a_peer_that_answers_without_tls_is_said_not_to_speak_it() {
    // An A-ABORT (PS3.8 9.3.8), and what a web server says.
    let abort = vec![7, 0, 0, 0, 0, 4, 0, 0, 2, 1];
    for said in [abort, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()] {
        let address = format!("ANY@127.0.0.1:{}", answering_once(said));
        let node = secure_node(&address, trusting(Authorities::Anyone));
        assert_eq!(trouble(&node), TlsTrouble::NotSpoken);
        assert!(echo(&node, &Caller::default()).unwrap_err().is_lasting());
    }
}

#[test]
fn a_peer_that_closes_when_it_is_offered_tls_is_asked_again_as_it_may_be_starting() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let address = format!("ANY@127.0.0.1:{}", scp.port());
    let node = secure_node(&address, trusting(Authorities::Anyone));
    let failure = echo(&node, &Caller::default()).unwrap_err();
    assert!(failure.is_transient(), "{failure:?}");
    let said = Words::of(Language::English).get(&failure.message());
    assert!(said.contains("does not speak TLS"), "{said}");
}

#[test]
fn a_line_that_is_cut_in_a_handshake_is_a_bad_line_and_no_peer_without_tls() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let (scp, _kept) = receiver(&authority.for_this_computer(), None);
    // Within the server's first record, and within its certificate.
    for after in [1, 60, 400] {
        let fault = Fault {
            cut_after: Some(after),
            ..Fault::default()
        };
        let proxy = Proxy::new(scp.port(), fault);
        let tls = trusting(Authorities::File(authority.file.clone()));
        let node = secure_node(&format!("ANY@127.0.0.1:{}", proxy.port()), tls);
        let caller = Caller::default();
        // From the second time on nothing comes: but TLS was heard there.
        for _ in 0..3 {
            let failure = echo(&node, &caller).unwrap_err();
            let is_cut = matches!(failure, Failure::Cut { .. });
            assert!(is_cut && failure.is_transient(), "{after}: {failure:?}");
        }
        proxy.mend();
        assert_eq!(echo(&node, &caller), Ok(true));
    }
}

#[test]
fn what_is_garbled_on_its_way_after_the_handshake_is_a_bad_line() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let (scp, _kept) = receiver(&authority.for_this_computer(), None);
    let fault = Fault {
        // Among the answers to what is sent.
        garbled_after: Some(3000),
        ..Fault::default()
    };
    let proxy = Proxy::new(scp.port(), fault);
    let tls = trusting(Authorities::File(authority.file.clone()));
    let node = secure_node(&format!("ANY@127.0.0.1:{}", proxy.port()), tls);
    let files = temp_folder();
    let paths = write(&slices(60), files.path());
    let service = service(&node, &Caller::default());
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(proxy.bytes_from_server() > 3000);
    let end = sent.end.unwrap();
    assert!(matches!(end, Failure::Cut { .. }), "{end:?}");
}

#[test]
fn a_peer_that_knows_only_old_versions_of_tls_is_refused_and_said_to_be_old() {
    for said in old_servers() {
        let address = format!("OLD@127.0.0.1:{}", answering_once(said));
        let node = secure_node(&address, trusting(Authorities::Anyone));
        assert_eq!(trouble(&node), TlsTrouble::TooOld);
    }
}

#[test]
fn a_certificate_of_ours_that_the_peer_does_not_trust_is_blamed() {
    let (folder, elsewhere) = (temp_folder(), temp_folder());
    let authority = TestAuthority::new(folder.path());
    let stranger = TestAuthority::new(elsewhere.path());
    let own = authority.for_this_computer();
    let (scp, _kept) = receiver(&own, Some(&authority.file));
    for ours in [
        stranger.issue("us", &["localhost"], false),
        authority.issue("old", &["localhost"], true),
    ] {
        let with = Tls {
            authorities: Authorities::File(authority.file.clone()),
            certificate: Some(ours.certificate),
            key: Some(ours.key),
        };
        let node = secure_node(&format!("ANY@127.0.0.1:{}", scp.port()), with);
        assert_eq!(trouble(&node), TlsTrouble::OurCertificate);
    }
}

/// An Orthanc that speaks TLS only, and sends to this port of ours encrypted or not.
fn secure_orthanc(authority: &TestAuthority, port: u16, encrypts: bool) -> Orthanc {
    let us =
        json!({"AET": "ISOCENTRE", "Host": "127.0.0.1", "Port": port, "UseDicomTls": encrypts});
    orthanc(OrthancOptions {
        dicom_tls: Some(OrthancTls {
            own: authority.for_this_computer(),
            clients: Some(authority.file.clone()),
        }),
        other: Some(json!({"DicomModalities": {"us": us}})),
        ..OrthancOptions::default()
    })
}

/// Of a certificate that Orthanc trusts.
fn known_to(authority: &TestAuthority) -> Tls {
    let ours = authority.issue("us", &["localhost", "127.0.0.1"], false);
    Tls {
        authorities: Authorities::File(authority.file.clone()),
        certificate: Some(ours.certificate),
        key: Some(ours.key),
    }
}

#[test]
fn what_a_tls_node_moves_to_us_comes_encrypted_and_not_at_all_if_it_would_not() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let tls = known_to(&authority);
    for encrypts in [true, false] {
        let kept = temp_folder();
        let own = authority.issue("own", &["localhost", "127.0.0.1"], false);
        let options = ScpOptions {
            tls: Some(ReceiverTls {
                takes_plain: true,
                ..receiver_tls(&own, None)
            }),
            ..ScpOptions::default()
        };
        let sink = Arc::new(FolderSink::new(kept.path()));
        let running = Arc::new(StorageScp::start(0, options, sink).unwrap());
        running.expect_encrypted(&["ORTHANC".to_owned().try_into().unwrap()]);
        let port = free_port();
        for (reception, port, into) in [
            (Reception::Listen(port), port, None),
            (
                Reception::Running(Arc::clone(&running)),
                running.port(),
                Some(kept.path()),
            ),
        ] {
            let orthanc = secure_orthanc(&authority, port, encrypts);
            let files: Vec<Vec<u8>> = slices(3)
                .iter()
                .map(|image| image.write(Encoding::ExplicitLittle))
                .collect();
            for file in &files {
                orthanc.store(file);
            }
            let mut node = secure_node(&orthanc.dimse(), tls.clone());
            change(&mut node, by_move);
            let caller = Caller {
                reception,
                ..Caller::default()
            };
            let got = temp_folder();
            let (retrieved, _) = fetch(&*service(&node, &caller), STUDY, got.path()).unwrap();
            assert_eq!(retrieved.is_complete(), encrypts, "{retrieved:?}");
            let into = into.unwrap_or(got.path());
            if encrypts {
                assert_same(&files, into);
            } else {
                assert!(crate::common::files_below(into).is_empty());
            }
        }
    }
}

#[test]
fn a_tls_node_is_not_asked_to_move_unencrypted_unless_the_reader_said_so() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let plain = Arc::new(StorageScp::start(0, ScpOptions::default(), sink).unwrap());
    // Nobody is there: what is asked ends otherwise.
    let mut node = secure_node(
        &format!("ANY@127.0.0.1:{}", free_port()),
        trusting(Authorities::Anyone),
    );
    change(&mut node, by_move);
    let mut allowed = node.clone();
    change(&mut allowed, |address| address.moves_in_clear = true);
    for reception in [Reception::Listen(0), Reception::Running(plain)] {
        let caller = Caller {
            reception,
            ..Caller::default()
        };
        let end = |node: &Node| match fetch(&*service(node, &caller), STUDY, folder.path()) {
            Ok((retrieved, _)) => retrieved.end,
            Err(failure) => Some(failure),
        };
        let refused = end(&node);
        assert!(
            matches!(refused, Some(Failure::MoveInClear { .. })),
            "{refused:?}"
        );
        assert!(refused.unwrap().is_lasting());
        let asked = end(&allowed);
        assert!(matches!(asked, Some(Failure::Refused { .. })), "{asked:?}");
    }
}

/// How our receiver answers a caller, and what it says of it.
fn called(options: ScpOptions, node: impl FnOnce(&str) -> Node) -> (bool, Option<WhyRefused>) {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, options, sink).unwrap();
    let events = scp.events();
    let node = node(&format!("ISOCENTRE@127.0.0.1:{}", scp.port()));
    let is_taken = (service(&node, &Caller::default()).echo(&JobCtx::new())).is_ok();
    // Our side may hear of it after the caller.
    let wait = Duration::from_secs(if is_taken { 0 } else { 10 });
    let mut heard = std::iter::from_fn(|| events.recv_timeout(wait).ok());
    let why = heard.find_map(|event| match event {
        ScpEvent::Refused(call) => Some(call.why),
        _ => None,
    });
    (is_taken, why)
}

#[test]
fn a_receiver_takes_encrypted_or_plain_calls_as_it_is_set_and_says_why_it_does_not() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let never = || ScpOptions::default();
    let only = || ScpOptions {
        tls: Some(receiver_tls(&own, None)),
        ..ScpOptions::default()
    };
    let offered = || ScpOptions {
        tls: Some(ReceiverTls {
            takes_plain: true,
            ..receiver_tls(&own, None)
        }),
        ..ScpOptions::default()
    };
    let strict = || ScpOptions {
        tls: Some(receiver_tls(&own, Some(&authority.file))),
        ..ScpOptions::default()
    };
    let plain = |at: &str| node(at, |_| {});
    let trusted = || trusting(Authorities::File(authority.file.clone()));
    let secure = |at: &str| secure_node(at, trusted());
    let known = |at: &str| secure_node(at, known_to(&authority));
    assert_eq!(called(never(), plain), (true, None));
    assert_eq!(
        called(never(), secure),
        (false, Some(WhyRefused::Encrypted))
    );
    assert_eq!(
        called(only(), plain),
        (false, Some(WhyRefused::Unencrypted))
    );
    assert_eq!(called(only(), secure), (true, None));
    assert_eq!(called(offered(), plain), (true, None));
    assert_eq!(called(offered(), secure), (true, None));
    let theirs = Some(WhyRefused::Tls(TlsTrouble::UnknownAuthority));
    assert_eq!(called(strict(), secure), (false, theirs));
    assert_eq!(called(strict(), known), (true, None));
}

/// Somebody who calls over TLS of one version and hangs up on seeing our certificate, with an alert
/// or without a word.
fn distrusting(port: u16, version: &'static SupportedProtocolVersion, says_so: bool) {
    let elsewhere = temp_folder();
    let stranger = TestAuthority::new(elsewhere.path());
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(&stranger.file).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    session.write_tls(&mut tcp).unwrap();
    loop {
        session.read_tls(&mut tcp).unwrap();
        if session.process_new_packets().is_err() {
            break;
        }
        while session.wants_write() {
            session.write_tls(&mut tcp).unwrap();
        }
    }
    if says_so {
        while session.wants_write() {
            session.write_tls(&mut tcp).unwrap();
        }
    }
}

#[test]
fn a_caller_that_does_not_trust_our_certificate_is_said_not_to() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let elsewhere = temp_folder();
    let stranger = TestAuthority::new(elsewhere.path());
    let (scp, _kept) = receiver(&authority.for_this_computer(), None);
    let port = scp.port();
    let other = stranger.file.to_str().unwrap();
    let openssl = |version: &'static str| {
        move || {
            let at = format!("127.0.0.1:{port}");
            let mut command = Command::new("openssl");
            command.args(["s_client", "-connect", &at, "-verify_return_error", version]);
            let done = command
                .args(["-CAfile", other])
                .stdin(Stdio::null())
                .output();
            assert!(!done.unwrap().status.success());
        }
    };
    let dcmtk = || {
        let mut command = Command::new("echoscu");
        command.args(["+tla", "+cf", other, "127.0.0.1", &port.to_string()]);
        assert!(!command.output().unwrap().status.success());
    };
    let ours = || {
        let node = secure_node(&format!("ANY@127.0.0.1:{port}"), Tls::default());
        assert!(echo(&node, &Caller::default()).is_err());
    };
    let (tls12, tls13) = (&rustls::version::TLS12, &rustls::version::TLS13);
    let callers: [(&str, &dyn Fn()); 8] = [
        ("DCMTK", &dcmtk),
        ("isocentre", &ours),
        ("OpenSSL, TLS 1.2", &openssl("-tls1_2")),
        ("OpenSSL, TLS 1.3", &openssl("-tls1_3")),
        ("an alert, TLS 1.2", &|| distrusting(port, tls12, true)),
        ("an alert, TLS 1.3", &|| distrusting(port, tls13, true)),
        ("no word, TLS 1.2", &|| distrusting(port, tls12, false)),
        ("no word, TLS 1.3", &|| distrusting(port, tls13, false)),
    ];
    let mut lost = Vec::new();
    for (name, call) in callers {
        let events = scp.events();
        call();
        let event = events.recv_timeout(Duration::from_secs(10)).unwrap();
        let why = if name.starts_with("no word") {
            WhyRefused::HungUpOnUs
        } else {
            WhyRefused::Tls(TlsTrouble::OurCertificate)
        };
        let is_said = matches!(&event, ScpEvent::Refused(call)
            if call.why == why && call.from == "127.0.0.1");
        if !is_said {
            lost.push(format!("{name}: {event:?}"));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// TLS of one version in front of a port of ours, for as many calls as the test makes.
fn in_front_of(
    port: u16,
    own: &TestCertificate,
    version: &'static SupportedProtocolVersion,
) -> u16 {
    let chain = CertificateDer::pem_file_iter(&own.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&own.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own_port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for there in listener.incoming().flatten() {
            let here = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            std::thread::spawn(move || pass(StreamOwned::new(session, there), here));
        }
    });
    own_port
}

/// Until one side hangs up.
fn pass(mut there: StreamOwned<ServerConnection, TcpStream>, mut here: TcpStream) {
    let glance = Some(Duration::from_millis(5));
    there.sock.set_read_timeout(glance).unwrap();
    here.set_read_timeout(glance).unwrap();
    let mut buffer = [0; 16 * 1024];
    loop {
        for is_back in [false, true] {
            let read = if is_back {
                here.read(&mut buffer)
            } else {
                there.read(&mut buffer)
            };
            let bytes = match read {
                Ok(read @ 1..) => &buffer[..read],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                _ => return,
            };
            let written = if is_back {
                there.write_all(bytes).and_then(|()| there.flush())
            } else {
                here.write_all(bytes)
            };
            if written.is_err() {
                return;
            }
        }
    }
}

#[test]
fn a_server_that_speaks_one_version_of_tls_alone_is_spoken_to_in_it() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let port = in_front_of(scp.port(), &own, version);
        let trusted = trusting(Authorities::File(authority.file.clone()));
        let node = secure_node(&format!("ANY@127.0.0.1:{port}"), trusted);
        let echo = service(&node, &Caller::default()).echo(&JobCtx::new());
        assert!(
            echo.as_ref().is_ok_and(|it| it.is_verified),
            "{version:?}: {echo:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_the_systems_authorities_vouch_for_is_trusted() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let (scp, _kept) = receiver(&authority.for_this_computer(), None);
    let address = format!("ANY@127.0.0.1:{}+tls", scp.port());
    let echo = |authorities: Option<&Path>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_isocentre"));
        command.args(["pacs", "echo", &address, "--json"]);
        command.env("ISOCENTRE_HOME", folder.path());
        if let Some(file) = authorities {
            // Where the system's authorities are, to programs that ask for them.
            command.env("SSL_CERT_FILE", file);
        }
        let done = command.output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        (done.status.success(), said)
    };
    let (is_trusted, said) = echo(Some(&authority.file));
    assert!(is_trusted, "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["is_verified"], true);
    assert!(!echo(None).0);
}
