//! HTTPS: whom we trust, and who we are.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use isocentre::pacs::Authorities;
use isocentre::pacs::Failure;
use isocentre::pacs::Service as _;
use isocentre::pacs::Tls;
use isocentre::pacs::TlsTrouble;
use isocentre::pacs::Wanted;

use super::*;
use crate::common::Fault;
use crate::common::Proxy;
use crate::common::certificates::TestAuthority;
use crate::common::certificates::TestCertificate;
use crate::common::certificates::answering_once;
use crate::common::certificates::old_servers;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::keeping::Keeping;
use crate::common::orthanc::Orthanc;
use crate::common::temp_folder;

fn echo(url: &str, tls: Tls) -> Result<bool, Failure> {
    let node = node_with(url, |address| address.tls = tls);
    service(&node).echo(&ctx()).map(|echo| echo.is_verified)
}

fn trouble(outcome: Result<bool, Failure>) -> TlsTrouble {
    match outcome {
        Err(Failure::Tls { trouble, .. }) => trouble,
        other => panic!("{other:?}"),
    }
}

fn trusting(authority: &TestAuthority) -> Tls {
    Tls {
        authorities: Authorities::File(authority.file.clone()),
        ..Tls::default()
    }
}

fn answering(own: &TestCertificate) -> HttpServer {
    HttpServer::start_tls(own, None, |_| Reply::json("[]"))
}

#[test]
fn a_certificate_counts_if_we_trust_its_authority_it_is_of_today_and_of_this_host() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let server = answering(&own);
    assert_eq!(echo(&server.url(), trusting(&authority)), Ok(true));
    assert_eq!(
        trouble(echo(&server.url(), Tls::default())),
        TlsTrouble::UnknownAuthority
    );
    let anyone = Tls {
        authorities: Authorities::Anyone,
        ..Tls::default()
    };
    assert_eq!(echo(&server.url(), anyone), Ok(false));

    let expired = answering(&authority.issue("old", &["127.0.0.1"], true));
    assert_eq!(
        trouble(echo(&expired.url(), trusting(&authority))),
        TlsTrouble::Expired
    );
    let other = answering(&authority.issue("other", &["pacs.example"], false));
    assert_eq!(
        trouble(echo(&other.url(), trusting(&authority))),
        TlsTrouble::OtherName
    );
}

#[test]
fn a_server_may_ask_who_we_are() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let ours = authority.issue("ours", &["viewer"], false);
    let server = HttpServer::start_tls(&own, Some(&authority.file), |_| Reply::json("[]"));
    let with = Tls {
        certificate: Some(ours.certificate),
        key: Some(ours.key),
        ..trusting(&authority)
    };
    assert_eq!(echo(&server.url(), with), Ok(true));
    let without = trouble(echo(&server.url(), trusting(&authority)));
    assert_eq!(without, TlsTrouble::OurCertificate);
}

#[test]
fn https_and_http_are_told_apart() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let plain = HttpServer::start(|_| Reply::json("[]"));
    let secure = plain.url().replace("http:", "https:");
    assert_eq!(
        trouble(echo(&secure, trusting(&authority))),
        TlsTrouble::ClosedAtOnce
    );
    let server = answering(&authority.for_this_computer());
    let insecure = server.url().replace("https:", "http:");
    let failure = echo(&insecure, Tls::default()).unwrap_err();
    let text = in_english(&failure.message());
    assert!(text.contains("https"), "{failure:?}: {text}");
}

#[test]
fn a_line_that_is_cut_in_a_handshake_is_a_bad_line_and_no_service_without_tls() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let server = answering(&authority.for_this_computer());
    let port: u16 = server.url().rsplit(':').next().unwrap().parse().unwrap();
    for after in [1, 60, 400] {
        let fault = Fault {
            cut_after: Some(after),
            ..Fault::default()
        };
        let proxy = Proxy::new(port, fault);
        let url = format!("https://127.0.0.1:{}", proxy.port());
        let node = node_with(&url, |address| address.tls = trusting(&authority));
        let failure = service(&node).echo(&ctx()).unwrap_err();
        let is_cut = matches!(failure, Failure::Cut { .. });
        assert!(is_cut && failure.is_transient(), "{after}: {failure:?}");
    }
}

#[test]
fn what_is_garbled_on_its_way_after_the_handshake_is_a_bad_line() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let list = format!("[{}]", " ".repeat(200_000));
    let server = HttpServer::start_tls(&own, None, move |_| Reply::json(&list));
    let port: u16 = server.url().rsplit(':').next().unwrap().parse().unwrap();
    let fault = Fault {
        garbled_after: Some(100_000),
        ..Fault::default()
    };
    let proxy = Proxy::new(port, fault);
    let url = format!("https://127.0.0.1:{}", proxy.port());
    let node = node_with(&url, |address| address.tls = trusting(&authority));
    let query = isocentre::model::StudyQuery::default();
    let failure = service(&node)
        .find(&query, &mut |_| {}, &ctx())
        .unwrap_err();
    assert!(failure.is_transient(), "{failure:?}");
}

#[test]
fn a_study_comes_over_https_as_over_http() {
    let Some(orthanc) = Orthanc::start("retrieval over HTTPS") else {
        return;
    };
    for n in 1..=5 {
        orthanc.store(&file(n));
    }
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let front = HttpServer::tls_in_front_of(orthanc.http_port, &own, None);
    let node = node_with(&format!("{}/dicom-web", front.url()), |address| {
        address.tls = trusting(&authority);
    });
    let wanted = [Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    }];
    let sink = Keeping::new();
    let outcome = service(&node)
        .retrieve(&wanted, &sink, &|_| {}, &ctx())
        .unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    assert_eq!(data_set(&sink.file(&uid(3))), data_set(&file(3)));
}

#[test]
fn a_proxy_that_refuses_is_named_as_the_cause() {
    let proxy = HttpServer::start(|_| Reply::status(403));
    let node = node_with("https://pacs.example/dicom-web", |address| {
        address.proxy = Some(proxy.url());
    });
    let failure = service(&node).echo(&ctx()).unwrap_err();
    let text = in_english(&failure.message());
    assert!(text.contains("proxy"), "{failure:?}: {text}");
    assert!(proxy.requests()[0].method == "CONNECT");
}

/// A proxy that lets everything through to this port, and counts.
fn proxy(to: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map(Result::unwrap) {
            counted.fetch_add(1, Ordering::Relaxed);
            std::thread::spawn(move || through(stream, to));
        }
    });
    (port, count)
}

/// Answers CONNECT, and from then on hands on what comes from either side.
fn through(client: TcpStream, to: u16) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        (&client).read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"CONNECT pacs.example:443 "));
    (&client).write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
    let (mut from, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut into)));
    // Whoever hangs up first ends it.
    drop(std::io::copy(&mut &server, &mut &client));
}

#[test]
fn through_a_proxy_the_archive_is_still_who_its_certificate_says() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let server = answering(&authority.issue("pacs", &["pacs.example"], false));
    let (port, count) = proxy(server.port);
    let node = node_with("https://pacs.example/dicom-web", |address| {
        address.proxy = Some(format!("http://127.0.0.1:{port}"));
        address.tls = trusting(&authority);
    });
    assert!(service(&node).echo(&ctx()).unwrap().is_verified);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn a_host_that_has_no_name_is_not_found_and_no_line_is_said_to_be_cut() {
    for url in ["http://pacs.invalid/rs", "https://pacs.invalid/rs"] {
        let failure = echo(url, Tls::default()).unwrap_err();
        let host = "pacs.invalid".to_owned();
        assert_eq!(failure, Failure::HostUnknown { host });
    }
}

#[test]
fn a_service_that_knows_only_old_versions_of_tls_is_refused_and_said_to_be_old() {
    for said in old_servers() {
        let url = format!("https://127.0.0.1:{}/rs", answering_once(said));
        assert_eq!(trouble(echo(&url, Tls::default())), TlsTrouble::TooOld);
        let text = in_english(&echo(&url, Tls::default()).unwrap_err().message());
        assert!(text.contains("TLS 1.2"), "{text}");
    }
}

#[test]
fn a_certificate_of_ours_that_the_service_does_not_trust_is_blamed() {
    let (folder, elsewhere) = (temp_folder(), temp_folder());
    let authority = TestAuthority::new(folder.path());
    let stranger = TestAuthority::new(elsewhere.path());
    let own = authority.for_this_computer();
    let server = HttpServer::start_tls(&own, Some(&authority.file), |_| Reply::json("[]"));
    for ours in [
        stranger.issue("ours", &["viewer"], false),
        authority.issue("old", &["viewer"], true),
    ] {
        let with = Tls {
            certificate: Some(ours.certificate),
            key: Some(ours.key),
            ..trusting(&authority)
        };
        let failure = echo(&server.url(), with).unwrap_err();
        let text = in_english(&failure.message());
        assert!(text.contains("certificate of ours"), "{text}");
    }
}
