//! Others send to us at any time: what the person at the screen hears of it.

use std::net::TcpStream;
use std::path::Path;

use isocentre::jobs::JobCtx;
use isocentre::pacs::{Caller, Node, NodeAddress, ReceiverTls, Service, service};
use isocentre::problem::{Arg, msg};
use isocentre::workspace::{Command, NodeEdit, Notice};

use crate::common::certificates::TestAuthority;
use crate::common::{Encoding, Session, SyntheticImage, temp_folder};
use crate::dimse::programs::free_port;

/// A program whose receiver listens on a port of its own.
fn listening(home: &Path, tls: Option<ReceiverTls>) -> (Session, u16) {
    let port = free_port();
    let mut session = Session::new(home);
    for edit in [
        NodeEdit::Port(port),
        NodeEdit::ReceiverTls(tls),
        NodeEdit::Listen(true),
    ] {
        session.apply(Command::Node(edit));
    }
    session.until("the receiver", |_| {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    (session, port)
}

/// Somebody by the title `STRANGER` who calls us so.
fn stranger(address: &str) -> Box<dyn Service> {
    let node = Node {
        name: "us".into(),
        address: NodeAddress::parse(address).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    };
    let caller = Caller {
        ae_title: "STRANGER".to_owned().try_into().unwrap(),
        ..Caller::default()
    };
    service(&node, &caller)
}

fn said(session: &Session) -> Vec<&Notice> {
    session.workspace.notices.shown().iter().collect()
}

#[test]
fn what_a_stranger_sends_is_said_once_with_its_title_images_and_studies() {
    let home = temp_folder();
    let (mut session, port) = listening(home.path(), None);
    let files = temp_folder();
    let paths: Vec<_> = (0..7)
        .map(|n| {
            let study = format!("1.2.3.{}", n % 2);
            let image = SyntheticImage::new(8, 8)
                .study(&study)
                .series(&format!("{study}.1"))
                .sop_instance(&format!("{study}.1.{n}"));
            let path = files.path().join(format!("{n}.dcm"));
            std::fs::write(&path, image.write(Encoding::ExplicitLittle)).unwrap();
            path
        })
        .collect();
    let us = stranger(&format!("ISOCENTRE@127.0.0.1:{port}"));
    let (first, rest) = paths.split_at(3);
    for part in [first, rest] {
        let sent = us.send(part, &|_| {}, &JobCtx::new()).unwrap();
        assert!(sent.is_complete(part.len()), "{sent:?}");
    }
    session.until("the notice", |it| !said(it).is_empty());
    let notices = said(&session);
    let [notice] = notices.as_slice() else {
        panic!("{notices:?}")
    };
    assert_eq!(notice.problem.message.id, msg("pacs-pushed"));
    let args = &notice.problem.message.args;
    for (name, arg) in [
        ("title", Arg::Text("STRANGER".into())),
        ("count", Arg::Number(7.0)),
        ("studies", Arg::Number(2.0)),
    ] {
        assert!(args.contains(&(name, arg)), "{name}: {args:?}");
    }
    assert_eq!(notice.count, 1);
}

#[test]
fn who_calls_us_by_another_title_is_named_and_who_only_knocks_is_not() {
    let home = temp_folder();
    let (mut session, port) = listening(home.path(), None);
    for _ in 0..3 {
        drop(TcpStream::connect(("127.0.0.1", port)).unwrap());
    }
    for _ in 0..2 {
        let us = stranger(&format!("OTHER@127.0.0.1:{port}"));
        us.echo(&JobCtx::new()).unwrap_err();
    }
    session.until("both calls", |it| {
        said(it).iter().map(|notice| notice.count).sum::<usize>() >= 2
    });
    let notices = said(&session);
    let [notice] = notices.as_slice() else {
        panic!("{notices:?}")
    };
    let message = &notice.problem.message;
    assert_eq!(message.id, msg("pacs-call-other-title"));
    for (name, text) in [
        ("from", "STRANGER (127.0.0.1)"),
        ("called", "OTHER"),
        ("ours", "ISOCENTRE"),
    ] {
        let arg = (name, Arg::Text(text.into()));
        assert!(message.args.contains(&arg), "{message:?}");
    }
}

#[test]
fn a_receiver_takes_a_certificate_from_the_settings_and_nobody_unencrypted_then() {
    let home = temp_folder();
    let folder = temp_folder();
    let own = TestAuthority::new(folder.path()).for_this_computer();
    let tls = ReceiverTls {
        certificate: own.certificate,
        key: Some(own.key),
        callers: None,
        takes_plain: false,
    };
    let (mut session, port) = listening(home.path(), Some(tls.clone()));
    let plain = stranger(&format!("ISOCENTRE@127.0.0.1:{port}"));
    plain.echo(&JobCtx::new()).unwrap_err();
    session.until("the notice", |it| !said(it).is_empty());
    let id = said(&session)[0].problem.message.id;
    assert_eq!(id, msg("pacs-call-unencrypted"));
    let both = ReceiverTls {
        takes_plain: true,
        ..tls.clone()
    };
    session.apply(Command::Node(NodeEdit::ReceiverTls(Some(both))));
    session.until("another receiver", |_| plain.echo(&JobCtx::new()).is_ok());

    // One that cannot be used ends receiving, rather than encryption.
    let missing = ReceiverTls {
        certificate: folder.path().join("none.pem"),
        ..tls
    };
    session.apply(Command::Node(NodeEdit::ReceiverTls(Some(missing))));
    session.until("why not", |it| {
        let mut notices = said(it).into_iter();
        notices.any(|notice| notice.problem.message.id == msg("pacs-tls-file"))
    });
    plain.echo(&JobCtx::new()).unwrap_err();
}
