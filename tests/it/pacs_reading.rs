//! From the search to the screen: the window's loop against a live archive on the network, without
//! a window.

mod lines;
mod no_place;
mod partial;
mod patients;
mod two_studies;

use std::time::Duration;

use isocentre::archive::Archive;
use isocentre::pacs::{FolderSink, Node, NodeAddress, ScpOptions, StorageScp};
use isocentre::problem::msg;
use isocentre::workspace::{
    Command, Effect, NodeEdit, NodeTest, SearchEdit, Source, SourceState, TransferEdit,
    TransferKind, TransferState,
};

use crate::common::orthanc::{Orthanc, OrthancOptions};
use crate::common::{Encoding, Fault, Proxy, Session, SyntheticImage, temp_folder};
use crate::dimse::programs::Listening;

const STUDY: &str = "1.2.3.100";

/// A slice of the study; `day` tells studies of one patient apart.
fn slice(study: &str, day: &'static str, number: i32) -> Vec<u8> {
    SyntheticImage::new(64, 64)
        .patient("Benali^Fatima", "004711")
        .study(study)
        .text(0x0008, 0x0020, "DA", day)
        .series(&format!("{study}.1"))
        .sop_instance(&format!("{study}.1.{number}"))
        .instance_number(number)
        .position([0.0, 0.0, f64::from(number)])
        .pixels(move |row, column| (row * 7 + column + number as usize) as i64 % 4000)
        .write(Encoding::ExplicitLittle)
}

fn fill(orthanc: &Orthanc, slices: i32) {
    for number in 1..=slices {
        orthanc.store(&slice(STUDY, "20261121", number));
    }
}

fn node(name: &str, address: &str) -> Node {
    Node {
        name: name.into(),
        address: NodeAddress::parse(address).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    }
}

/// The archive by a line of so many bytes a second, and its address there.
fn slow_line(orthanc: &Orthanc, bytes_per_s: u64) -> (Proxy, String) {
    let slow = Fault {
        bytes_per_s: Some(bytes_per_s),
        ..Fault::default()
    };
    let proxy = Proxy::new(orthanc.dicom_port, slow);
    let address = format!("ORTHANC@127.0.0.1:{}", proxy.port());
    (proxy, address)
}

/// A program that knows these nodes.
fn session(home: &std::path::Path, nodes: &[Node]) -> Session {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    for node in nodes {
        session.apply(Command::Node(NodeEdit::Put(node.clone())));
    }
    session
}

fn search(session: &mut Session, text: &str) {
    session.apply(Command::Search(SearchEdit::Text(text.into())));
    session.apply(Command::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
}

/// Opens the first study found.
fn open_first(session: &mut Session) {
    let found = session.workspace.search.rows().first().cloned();
    let found = Box::new(found.expect("a study is found"));
    session.apply(Command::Transfer(TransferEdit::Open(found)));
}

fn frames_shown(session: &Session) -> usize {
    let library = &session.workspace.library;
    let view = session.workspace.panes.active_view();
    let set = view.and_then(|view| library.display_set(view.display_set));
    set.map_or(0, |set| set.frames.len())
}

fn is_done(session: &Session) -> bool {
    let transfers = session.workspace.transfers.all();
    !transfers.is_empty() && transfers.iter().all(|it| it.state == TransferState::Done)
}

#[test]
fn a_study_found_on_a_node_is_on_screen_and_in_the_archive_and_opens_without_the_node_after() {
    let Some(orthanc) = Orthanc::start("pacs_reading_open") else {
        return;
    };
    fill(&orthanc, 12);
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        let home = temp_folder();
        let mut session = session(home.path(), &[node("PACS", &address)]);
        search(&mut session, "fatima benali");
        let rows = session.workspace.search.rows();
        assert_eq!(
            rows.len(),
            1,
            "{address}: {:?}",
            session.workspace.search.sources
        );
        assert_eq!(rows[0].sources, [Source::Node("PACS".into())]);
        open_first(&mut session);
        session.until("all slices", |it| frames_shown(it) == 12 && is_done(it));
        assert_eq!(session.workspace.scans_running, 0);
        drop(session);

        // The node is away; the archive has it.
        let mut session = self::session(home.path(), &[]);
        search(&mut session, "Benali");
        assert_eq!(session.workspace.search.rows().len(), 1);
        open_first(&mut session);
        session.until("all slices again", |it| frames_shown(it) == 12);
    }
}

#[test]
fn what_was_on_its_way_when_the_program_ended_goes_on_at_the_next_start_and_asks_for_the_rest() {
    let Some(orthanc) = Orthanc::start("pacs_reading_resume") else {
        return;
    };
    fill(&orthanc, 60);
    let (proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut first = session(home.path(), &[node("PACS", &address)]);
    search(&mut first, "benali");
    open_first(&mut first);
    first.until("a beginning", |it| frames_shown(it) >= 5);
    let had = frames_shown(&first);
    assert!(had < 60, "the line is slow");
    drop(first); // as a program that ends in the middle

    proxy.mend();
    let before = proxy.bytes_from_server();
    let mut second = session(home.path(), &[node("PACS", &address)]);
    second.until("the rest", is_done);
    let transfer = &second.workspace.transfers.all()[0];
    assert_eq!((transfer.done, transfer.of), (60, 60));
    let came = proxy.bytes_from_server() - before;
    let whole = 60 * slice(STUDY, "20261121", 1).len() as u64;
    let left = whole * (60 - had as u64 + 10) / 60;
    assert!(
        came < left + 100_000,
        "{came} bytes came for the missing slices, {whole} in all"
    );
}

#[test]
fn what_the_node_got_since_it_was_asked_comes_when_the_study_is_asked_for_again() {
    let Some(orthanc) = Orthanc::start("pacs_reading_again") else {
        return;
    };
    fill(&orthanc, 40);
    let (proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open_first(&mut session);
    let of = |it: &Session| it.workspace.transfers.all().first().map(|it| it.of);
    session.until("the list", |it| of(it) == Some(40) && frames_shown(it) > 2);
    for number in 41..=43 {
        orthanc.store(&slice(STUDY, "20261121", number));
    }
    open_first(&mut session);
    session.until("both are asked for", |it| it.workspace.scans_running == 2);
    proxy.mend();
    session.until("the late ones, too", |it| {
        frames_shown(it) == 43 && is_done(it)
    });
    assert_eq!(session.workspace.scans_running, 0);
}

#[test]
fn the_slice_that_is_waited_for_comes_before_the_others() {
    let Some(orthanc) = Orthanc::start("pacs_reading_order") else {
        return;
    };
    fill(&orthanc, 80);
    let (_proxy, address) = slow_line(&orthanc, 80_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open_first(&mut session);
    let has_track = |it: &Session| {
        let view = it.workspace.panes.active_view();
        let set = view.and_then(|view| it.workspace.library.display_set(view.display_set));
        set.is_some_and(|set| it.workspace.track(set).is_some())
    };
    session.until("the list", has_track);
    let view = session.workspace.panes.active_view().unwrap();
    let set = session
        .workspace
        .library
        .display_set(view.display_set)
        .unwrap();
    let track = session.workspace.track(set).unwrap();
    assert_eq!(track.frames.len(), 80);
    // The place that is farthest from all that is here.
    let empty = |place: &usize| track.frames[*place].is_none();
    let far = (0..80).filter(empty).max_by_key(|place| {
        let here = (0..80).filter(|it| track.frames[*it].is_some());
        here.map(|it| it.abs_diff(*place)).min()
    });
    let instance = track.instance(far.unwrap()).unwrap().clone();
    let pane = session.workspace.panes.active;
    let edit = isocentre::workspace::ViewEdit::Await(instance.clone());
    session.apply(Command::View(pane, edit));
    let shown_number = |it: &Session| {
        let view = it.workspace.panes.active_view()?;
        let set = it.workspace.library.display_set(view.display_set)?;
        let header = it
            .workspace
            .library
            .header(set.frames.get(view.index as usize)?.instance)?;
        let elements = header.dataset.elements();
        elements.integer(isocentre::dicom::tags::INSTANCE_NUMBER)
    };
    session.until_turned("the slice waited for", |it| {
        it.engine.look_at(&it.workspace);
        shown_number(it) == instance.instance_number
    });
    assert!(
        frames_shown(&session) < 60,
        "before most others: {}",
        frames_shown(&session)
    );
}

#[test]
fn a_node_that_shortens_its_lists_still_gives_all_its_images() {
    let options = OrthancOptions {
        other: Some(serde_json::json!({ "LimitFindInstances": 10 })),
        ..OrthancOptions::default()
    };
    let Some(orthanc) = Orthanc::start_with("pacs_reading_short_list", options) else {
        return;
    };
    fill(&orthanc, 40);
    let (_proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open_first(&mut session);
    // The reader turns to another slice in the middle of it.
    session.until("a beginning", |it| frames_shown(it) >= 4);
    let pane = session.workspace.panes.active;
    let last = frames_shown(&session) as u32 - 1;
    session.apply(Command::View(
        pane,
        isocentre::workspace::ViewEdit::Index(last),
    ));
    session.until_turned("the end", |it| {
        it.engine.look_at(&it.workspace);
        is_done(it)
    });
    assert_eq!(frames_shown(&session), 40);
}

#[test]
fn a_node_that_is_away_says_so_beside_its_name_and_the_others_answer() {
    let Some(orthanc) = Orthanc::start("pacs_reading_away") else {
        return;
    };
    fill(&orthanc, 1);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let home = temp_folder();
    let away = node("Away", &format!("AWAY@127.0.0.1:{port}"));
    // As one that takes only TLS, or is another service.
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    std::thread::spawn(move || other.incoming().for_each(drop));
    let mute = node("Mute", &format!("MUTE@127.0.0.1:{port}"));
    let web = node("Web", &format!("http://127.0.0.1:{port}/dicom-web"));
    let nodes = [
        away.clone(),
        mute.clone(),
        web,
        node("PACS", &orthanc.dimse()),
    ];
    let mut session = session(home.path(), &nodes);
    search(&mut session, "benali");
    assert_eq!(session.workspace.search.rows().len(), 1);
    let state = |name: &str| {
        let of = Source::Node(name.into());
        let found = session
            .workspace
            .search
            .sources
            .all()
            .iter()
            .find(|(it, _)| *it == of);
        found.map(|(_, state)| state.clone())
    };
    for (name, why) in [
        ("Away", msg("pacs-refused")),
        ("Mute", msg("pacs-closed-unanswered")),
        ("Web", msg("pacs-closed-unanswered")),
    ] {
        let state = state(name);
        assert!(
            matches!(&state, Some(SourceState::Failed(it)) if it.id == why),
            "{name}: {state:?}"
        );
    }
    assert!(matches!(
        state("PACS"),
        Some(SourceState::Answered { matches: 1, .. })
    ));

    // A receiver of images alone: it answers, and is no archive.
    let kept = temp_folder();
    let sink = std::sync::Arc::new(FolderSink::new(kept.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let store = node("Store", &format!("STORE@127.0.0.1:{}", scp.port()));
    // A worklist alone is no archive either, and is asked for nothing else.
    let folder = temp_folder();
    let planned = folder.path().join("WL");
    std::fs::create_dir(&planned).unwrap();
    std::fs::write(planned.join("lockfile"), "").unwrap();
    let arguments = ["-dfp", folder.path().to_str().unwrap()];
    let worklist = Listening::start("wlmscpfs", &arguments);
    let alone = |mut node: Node| {
        if let NodeAddress::Dimse(address) = &mut node.address {
            address.is_worklist_only = true;
        }
        node
    };
    let ris = node("RIS", &format!("WL@127.0.0.1:{}", worklist.port));
    let not_ris = alone(store.clone());
    for (node, does) in [
        (node("PACS", &orthanc.dimse()), &[true, true][..]),
        (store, &[false, false]),
        (ris.clone(), &[false, false, true]),
        (alone(ris), &[true]),
        (not_ris, &[false]),
    ] {
        session.apply(Command::Node(NodeEdit::Test(node.clone(), None)));
        let tested = |it: &Session| it.workspace.node_tests.of(&node).cloned();
        session.until("the test", |it| tested(it) != Some(NodeTest::Running));
        let Some(NodeTest::Answers(answers)) = tested(&session) else {
            panic!("{:?}", tested(&session))
        };
        let said: Vec<bool> = answers.services.iter().map(Result::is_ok).collect();
        assert_eq!(said, does, "{answers:?}");
    }

    for (node, why) in [
        (away, msg("pacs-refused")),
        (mute, msg("pacs-closed-unanswered")),
    ] {
        session.apply(Command::Node(NodeEdit::Test(node.clone(), None)));
        let tested = |it: &Session| it.workspace.node_tests.of(&node).cloned();
        session.until("the test", |it| tested(it) != Some(NodeTest::Running));
        let test = tested(&session);
        assert!(
            matches!(&test, Some(NodeTest::Fails(it)) if it.id == why),
            "{test:?}"
        );
    }
}

#[test]
fn an_earlier_study_is_fetched_in_the_background_and_not_shown() {
    let Some(orthanc) = Orthanc::start("pacs_reading_prior") else {
        return;
    };
    fill(&orthanc, 3);
    for number in 1..=2 {
        orthanc.store(&slice("1.2.3.99", "20250101", number));
    }
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    search(&mut session, "benali");
    assert_eq!(session.workspace.search.rows().len(), 2);
    open_first(&mut session);
    session.until("both studies", |it| {
        is_done(it) && it.workspace.transfers.all().len() == 2
    });
    let kinds: Vec<_> = session
        .workspace
        .transfers
        .all()
        .iter()
        .map(|it| it.kind)
        .collect();
    assert!(kinds.contains(&TransferKind::Priors));
    assert_eq!(session.workspace.library.studies().count(), 1);

    let earlier = session.workspace.earlier[STUDY].clone();
    let uids: Vec<&str> = earlier
        .iter()
        .map(|it| it.study.study_uid.as_str())
        .collect();
    assert_eq!(uids, ["1.2.3.99"], "named beside the study");
    let prior = Box::new(earlier[0].clone());
    session.apply(Command::Transfer(TransferEdit::Open(prior)));
    session.until("the earlier study", |it| {
        it.workspace.library.studies().count() == 2
    });
}

#[test]
fn a_study_is_sent_only_when_the_node_has_every_image() {
    let Some(orthanc) = Orthanc::start("pacs_reading_send") else {
        return;
    };
    let home = temp_folder();
    let files = temp_folder();
    for number in 1..=5 {
        let path = files.path().join(format!("{number}.dcm"));
        std::fs::write(path, slice(STUDY, "20261121", number)).unwrap();
    }
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    session.apply(Command::Open(vec![files.path().to_owned()]));
    session.until("the study", |it| frames_shown(it) == 5);
    let study = session.workspace.active_study().unwrap();
    session.apply(Command::Transfer(TransferEdit::Send(study, "PACS".into())));
    session.until("the sending", is_done);
    assert_eq!(orthanc.instance_count(), 5);
    assert_eq!(session.workspace.transfers.all()[0].done, 5);
}

#[test]
fn files_that_went_are_given_up_with_the_reason_and_the_others_are_sent() {
    let Some(orthanc) = Orthanc::start("pacs_reading_gone") else {
        return;
    };
    let (home, files) = (temp_folder(), temp_folder());
    let path = |number: i32| files.path().join(format!("{number}.dcm"));
    for number in 1..=5 {
        std::fs::write(path(number), slice(STUDY, "20261121", number)).unwrap();
    }
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    session.apply(Command::Open(vec![files.path().to_owned()]));
    session.until("the study", |it| frames_shown(it) == 5);
    std::fs::remove_file(path(2)).unwrap();
    std::fs::remove_file(path(4)).unwrap();
    let study = session.workspace.active_study().unwrap();
    session.apply(Command::Transfer(TransferEdit::Send(study, "PACS".into())));
    let transfer = |it: &Session| it.workspace.transfers.all().first().cloned();
    session.until("its end", |it| transfer(it).is_some_and(|it| it.is_over()));
    let ended = transfer(&session).unwrap();
    let TransferState::Failed(why) = &ended.state else {
        panic!("{ended:?}");
    };
    assert_eq!(why.id, msg("transfer-file-gone"));
    assert_eq!((ended.done, ended.failed.len()), (3, 2));
    assert_eq!(orthanc.instance_count(), 3);

    session.apply(Command::Transfer(TransferEdit::ClearOver));
    session.until("a while", |it| it.workspace.scans_running == 0);
    std::thread::sleep(Duration::from_millis(700));
    session.until("what the queue says", |_| true);
    assert!(
        transfer(&session).is_some(),
        "what failed stays on the list with its reasons"
    );
    session.apply(Command::Transfer(TransferEdit::Cancel(ended.id)));
    session.until("an empty list", |it| transfer(it).is_none());
}

#[test]
fn a_paused_transfer_stands_still_and_goes_on_when_it_is_resumed() {
    let Some(orthanc) = Orthanc::start("pacs_reading_pause") else {
        return;
    };
    fill(&orthanc, 60);
    let (proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open_first(&mut session);
    session.until("a beginning", |it| frames_shown(it) >= 3);
    let id = session.workspace.transfers.all()[0].id;
    session.apply(Command::Transfer(TransferEdit::Pause(id)));
    let state = |it: &Session| it.workspace.transfers.all()[0].state.clone();
    session.until("the pause", |it| state(it) == TransferState::Paused);
    // Nobody waits for what is paused.
    session.until("the end of waiting", |it| it.workspace.scans_running == 0);
    let had = frames_shown(&session);
    std::thread::sleep(Duration::from_millis(700));
    session.until("events", |_| true);
    assert!(frames_shown(&session) <= had + 2, "it stands still");
    proxy.mend();
    session.apply(Command::Transfer(TransferEdit::Resume(id)));
    session.until("the rest", |it| frames_shown(it) == 60 && is_done(it));
}

#[test]
fn fetching_what_is_here_already_is_done_at_once_and_no_failure() {
    let Some(orthanc) = Orthanc::start("pacs_reading_again") else {
        return;
    };
    fill(&orthanc, 4);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    let fetched = |session: &mut Session, count: usize| {
        search(session, "benali");
        let found = session.workspace.search.rows().first().cloned().unwrap();
        session.apply(Command::Transfer(TransferEdit::Fetch(Box::new(found))));
        session.until("the fetching", |it| {
            let transfers = it.workspace.transfers.all();
            transfers.iter().all(|it| it.done == count) && is_done(it)
        });
    };
    fetched(&mut session, 4);
    fill(&orthanc, 6); // the study grows
    fetched(&mut session, 6);
    let archive = Archive::open(&home.path().join("data/archive")).unwrap();
    for number in 1..=6 {
        let uid = format!("{STUDY}.1.{number}");
        let from = archive.transfers().fetched_from(&uid).unwrap();
        let names: Vec<&str> = from.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["PACS"], "{uid} can be had again");
        assert_eq!(from[0].origin, "ORTHANC");
    }
    drop(archive);
    session.apply(Command::Transfer(TransferEdit::ClearOver));
    session.until("an empty list", |it| {
        it.workspace.transfers.all().is_empty()
    });
    fetched(&mut session, 6);
}

#[test]
fn a_file_that_is_another_patients_by_now_is_not_sent_in_its_place() {
    let Some(orthanc) = Orthanc::start("pacs_reading_swapped") else {
        return;
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let (home, disc) = (temp_folder(), temp_folder());
    let path = disc.path().join("IM0001");
    std::fs::write(&path, slice(STUDY, "20261121", 1)).unwrap();
    let away = node("PACS", &format!("ORTHANC@127.0.0.1:{port}"));
    let mut session = session(home.path(), &[away]);
    session.apply(Command::Open(vec![path.clone()]));
    session.until("the image", |it| frames_shown(it) == 1);
    let study = session.workspace.active_study().unwrap();
    session.apply(Command::Transfer(TransferEdit::Send(study, "PACS".into())));
    let state = |it: &Session| {
        it.workspace
            .transfers
            .all()
            .first()
            .map(|it| it.state.clone())
    };
    session.until("the first attempt", |it| {
        matches!(state(it), Some(TransferState::Waiting(Some(_))))
    });

    // Another disc lies in the drive when the node is back.
    let other = SyntheticImage::new(16, 16)
        .patient("Doe^John", "0815")
        .study("1.2.9")
        .sop_instance("1.2.9.1");
    std::fs::write(&path, other.write(Encoding::ExplicitLittle)).unwrap();
    let back = node("PACS", &orthanc.dimse());
    session.apply(Command::Node(NodeEdit::Change("PACS".into(), back)));
    let id = session.workspace.transfers.all()[0].id;
    session.apply(Command::Transfer(TransferEdit::Resume(id)));
    session.until("the second attempt", |it| {
        let transfer = &it.workspace.transfers.all()[0];
        transfer.failed.len() == 1 && !matches!(transfer.state, TransferState::Running)
    });
    assert_eq!(orthanc.instance_count(), 0);
    assert_eq!(session.workspace.transfers.all()[0].done, 0);
}

#[test]
fn the_same_study_of_another_patient_is_fetched_though_its_instances_bear_known_uids() {
    let Some(orthanc) = Orthanc::start("pacs_reading_corrected") else {
        return;
    };
    let named = |name: &'static str, id: &'static str, number: i32| {
        SyntheticImage::new(16, 16)
            .patient(name, id)
            .study(STUDY)
            .series("1.2.3.100.1")
            .sop_instance(&format!("1.2.3.100.1.{number}"))
            .instance_number(number)
            .position([0.0, 0.0, f64::from(number)])
            .write(Encoding::ExplicitLittle)
    };
    for number in 1..=3 {
        orthanc.store(&named("Wrong^Patient", "1", number));
    }
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    search(&mut session, "wrong");
    open_first(&mut session);
    session.until("the wrong patient's", is_done);

    // The archive on the network has corrected whose it is.
    orthanc.forget_all();
    for number in 1..=3 {
        orthanc.store(&named("Right^Patient", "2", number));
    }
    search(&mut session, "right");
    assert_eq!(session.workspace.search.rows().len(), 1);
    open_first(&mut session);
    session.until("the right patient's", |it| {
        it.workspace.transfers.all().len() == 2 && is_done(it)
    });
    let names: Vec<String> = session
        .workspace
        .library
        .patients()
        .map(|patient| patient.module.name.clone())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
