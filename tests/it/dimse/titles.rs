//! What nodes call us: our title, and the one that each of them knows us under.

use std::net::TcpStream;
use std::sync::Arc;

use isocentre::pacs::AeTitle;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Node;
use isocentre::pacs::Retrieval;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::workspace::Command;
use isocentre::workspace::Effect;
use isocentre::workspace::NodeEdit;
use isocentre::workspace::SearchEdit;
use isocentre::workspace::TransferEdit;
use isocentre::workspace::TransferState;

use super::STUDY;
use super::node;
use super::orthanc;
use super::programs::free_port;
use super::programs::run;
use super::slices;
use crate::common::Encoding;
use crate::common::Session;
use crate::common::files_below;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

fn title(text: &str) -> AeTitle {
    text.to_owned().try_into().unwrap()
}

fn answers(port: u16, called: &str) -> bool {
    let port = port.to_string();
    run("echoscu", &["-aec", called, "localhost", &port]).is_ok()
}

#[test]
fn a_receiver_answers_to_the_titles_it_is_told_and_to_no_other() {
    let folder = temp_folder();
    let options = ScpOptions {
        ae_title: Some(title("ISOCENTRE")),
        ..ScpOptions::default()
    };
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, options, sink).unwrap();
    let all = |titles: [&str; 3]| titles.map(|title| answers(scp.port(), title));
    let titles = ["ISOCENTRE", "READER7", "NOBODY"];
    assert_eq!(all(titles), [true, false, false]);
    scp.answer_to(&[title("READER7")]);
    assert_eq!(all(titles), [true, true, false]);
    scp.answer_to(&[]);
    assert_eq!(all(titles), [true, false, false]);
}

/// A node that knows us as `READER7`, and calls us back.
fn as_reader_7(orthanc: &Orthanc) -> Node {
    let mut node = node(&orthanc.dimse(), |address| {
        address.calling_ae_title = Some(title("READER7"));
        address.retrieval = Retrieval::Move;
    });
    node.name = "PACS".into();
    node
}

/// A program that knows this node, and listens.
fn program(home: &std::path::Path, node: Node, port: u16) -> Session {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    session.apply(Command::Node(NodeEdit::Put(node)));
    session.apply(Command::Node(NodeEdit::Port(port)));
    session.apply(Command::Node(NodeEdit::Listen(true)));
    session.until("the receiver", |_| {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    session
}

/// It sends to `READER7`, and to nobody else of ours.
fn filled(port: u16) -> Orthanc {
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("READER7".into(), port)],
        ..OrthancOptions::default()
    });
    for image in slices(4) {
        orthanc.store(&image.write(Encoding::ExplicitLittle));
    }
    orthanc
}

#[test]
fn a_node_that_knows_us_by_another_title_calls_back_the_receiver_that_is_always_on() {
    let (home, port) = (temp_folder(), free_port());
    let orthanc = filled(port);
    let mut session = program(home.path(), as_reader_7(&orthanc), port);
    session.apply(Command::Search(SearchEdit::Text("synthetic".into())));
    session.apply(Command::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
    let found = session.workspace.search.rows().first().cloned();
    let found = Box::new(found.expect("a study is found"));
    session.apply(Command::Transfer(TransferEdit::Open(found)));
    session.until("the study", |it| {
        let transfers = it.workspace.transfers.all();
        let failed = transfers
            .iter()
            .find(|it| matches!(it.state, TransferState::Failed(_)));
        assert!(failed.is_none(), "{failed:?}");
        !transfers.is_empty() && transfers.iter().all(|it| it.state == TransferState::Done)
    });
    assert_eq!(session.workspace.transfers.all()[0].done, 4);
    // Who is no node any more has no say in what we are called.
    assert!(answers(port, "READER7") && answers(port, "ISOCENTRE"));
    session.apply(Command::Node(NodeEdit::Remove("PACS".into())));
    session.until("the node is gone", |_| !answers(port, "READER7"));
    assert!(answers(port, "ISOCENTRE"));
}

#[test]
fn movescu_has_an_archive_send_a_study_to_the_receiver_that_is_always_on() {
    let (home, port) = (temp_folder(), free_port());
    let orthanc = filled(port);
    let session = program(home.path(), as_reader_7(&orthanc), port);
    let study = format!("StudyInstanceUID={STUDY}");
    let there = orthanc.dicom_port.to_string();
    let level = "QueryRetrieveLevel=STUDY";
    let arguments = [
        "-S", "-aec", "ORTHANC", "-aem", "READER7", "-k", level, "-k", &study,
    ];
    run(
        "movescu",
        &[&arguments[..], &["127.0.0.1", &there]].concat(),
    )
    .unwrap();
    drop(session);
    let kept = files_below(home.path());
    let kept = kept.iter().filter(|path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.get(128..132) == Some(b"DICM")
    });
    assert_eq!(kept.count(), 4);
}
