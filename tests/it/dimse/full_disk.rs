//! No room where instances are to be kept: a small disk of its own, mounted for the test. Where
//! nothing may be mounted, these tests say so and check nothing.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use isocentre::archive::Archive;
use isocentre::archive::CheckDepth;
use isocentre::jobs::JobCtx;
use isocentre::model::Level;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::Node;
use isocentre::pacs::Reception;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::Sent;
use isocentre::pacs::StorageScp;
use isocentre::pacs::Wanted;
use isocentre::pacs::service;
use isocentre::text::Words;
use isocentre::workspace::Command as Edit;
use isocentre::workspace::Effect;
use isocentre::workspace::NodeEdit;
use isocentre::workspace::SearchEdit;
use isocentre::workspace::TransferEdit;
use isocentre::workspace::TransferState;

use super::STUDY;
use super::by_move;
use super::node;
use super::orthanc;
use super::programs::free_port;
use super::speak;
use super::write;
use crate::common::Encoding;
use crate::common::Fault;
use crate::common::Proxy;
use crate::common::Session;
use crate::common::SyntheticImage;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

/// A disk of this size, gone with its value.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount(size: &str) -> Option<Self> {
        let disk = Self(temp_folder());
        let is_there = disk.run(
            "mount",
            &["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"],
        );
        if !is_there {
            eprintln!("not checked: nothing may be mounted here (it takes root on Linux)");
        }
        is_there.then_some(disk)
    }

    fn resize(&self, size: &str) {
        assert!(self.run("mount", &["-o", &format!("remount,size={size}")]));
    }

    /// Nothing can be opened for writing from now on; what is open stays so.
    fn protect(&self) {
        let path = self.path().to_str().unwrap();
        assert!(self.run("mount", &["--bind", path]));
        assert!(self.run("mount", &["-o", "remount,bind,ro"]));
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let run = Command::new(program)
            .args(arguments)
            .arg(self.path())
            .output();
        run.is_ok_and(|output| output.status.success())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What was protected lies under itself.
        while self.run("umount", &["-l"]) {}
    }
}

/// Slices of half a megabyte.
fn slices(count: usize) -> Vec<SyntheticImage> {
    let slice = |n: usize| {
        SyntheticImage::new(512, 512)
            .study(STUDY)
            .sop_instance(&format!("1.2.3.4.5.1.{}", n + 1))
            .instance_number(n as i32 + 1)
            .position([0.0, 0.0, n as f64])
    };
    (0..count).map(slice).collect()
}

fn filled(count: usize, port: u16) -> Orthanc {
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    for slice in slices(count) {
        orthanc.store(&slice.write(Encoding::ExplicitLittle));
    }
    orthanc
}

fn acknowledged(sent: &Sent) -> Vec<String> {
    let stored = sent.stored().into_iter();
    let mut uids: Vec<String> = stored.map(|it| it.sop_instance_uid).collect();
    uids.sort();
    uids
}

fn kept(archive: &Archive) -> Vec<String> {
    archive.flush();
    let query = StudyQuery {
        level: Level::Instance,
        ..StudyQuery::default()
    };
    let found = archive.search(&query).unwrap().into_iter();
    let mut uids: Vec<String> = found.map(|it| it.sop_instance_uid).collect();
    uids.sort();
    uids
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged_and_takes_the_rest_when_there_is_room() {
    let Some(disk) = Disk::mount("6m") else {
        return;
    };
    let folder = disk.path().join("archive");
    std::fs::create_dir(&folder).unwrap();
    let archive = Archive::open(&folder).unwrap();
    let scp = StorageScp::start(0, ScpOptions::default(), Arc::new(archive.clone())).unwrap();
    let events = scp.events();
    let files = temp_folder();
    let paths = write(&slices(20), files.path());
    let service = speak(&format!("ANY@127.0.0.1:{}", scp.port()));
    let send = || service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    let sent = send();
    assert_eq!(sent.end, None, "each is refused by itself");
    let there = acknowledged(&sent);
    assert!((3..20).contains(&there.len()), "{}", there.len());
    for outcome in sent.outcomes {
        if let Err(reason) = outcome.result {
            assert_eq!(reason.id.0, "pacs-status-resources");
        }
    }
    let said = events.try_iter().filter_map(|event| match event {
        isocentre::pacs::ScpEvent::Instance { outcome, .. } => outcome.result.err(),
        _ => None,
    });
    let said: Vec<String> = said.map(|it| Words::system().get(&it)).collect();
    assert_eq!(said.len(), 20 - there.len());
    for sentence in said {
        assert!(sentence.contains(folder.to_str().unwrap()), "{sentence}");
        assert!(sentence.contains("full"), "{sentence}");
    }
    // The plug is pulled: nothing half is there, and nothing acknowledged is not.
    drop(scp);
    drop(archive);
    disk.resize("60m");
    let archive = Archive::open(&folder).unwrap();
    assert_eq!(kept(&archive), there);
    let checked = archive.check(CheckDepth::Contents, &JobCtx::new());
    let checked = checked.unwrap();
    assert_eq!(checked.checked, there.len());
    assert!(checked.is_clean(), "{checked:?}");

    let scp = StorageScp::start(0, ScpOptions::default(), Arc::new(archive.clone())).unwrap();
    let service = speak(&format!("ANY@127.0.0.1:{}", scp.port()));
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(20), "{sent:?}");
    assert_eq!(kept(&archive).len(), 20);
}

#[test]
fn a_folder_that_may_not_be_written_refuses_in_a_sentence_that_names_it() {
    let Some(disk) = Disk::mount("20m") else {
        return;
    };
    let archive = Archive::open(disk.path()).unwrap();
    let scp = StorageScp::start(0, ScpOptions::default(), Arc::new(archive)).unwrap();
    let events = scp.events();
    let files = temp_folder();
    let paths = write(&slices(1), files.path());
    disk.protect();
    let service = speak(&format!("ANY@127.0.0.1:{}", scp.port()));
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    let reason = sent.outcomes[0].result.as_ref().unwrap_err();
    assert_eq!(reason.id.0, "pacs-status-resources");
    let isocentre::pacs::ScpEvent::Instance { outcome, .. } = events.recv().unwrap() else {
        panic!("the receiver tells of it");
    };
    let said = Words::system().get(&outcome.result.unwrap_err());
    assert!(said.contains(disk.path().to_str().unwrap()), "{said}");
    assert!(said.contains("not allowed"), "{said}");
}

#[test]
fn a_retrieval_onto_a_full_disk_is_called_off_rather_than_fetched_in_vain() {
    let Some(disk) = Disk::mount("4m") else {
        return;
    };
    let port = free_port();
    let orthanc = filled(20, port);
    let archive = Archive::open(disk.path()).unwrap();
    let caller = Caller {
        reception: Reception::Listen(port),
        ..Caller::default()
    };
    let wanted = [Wanted {
        study_uid: STUDY.to_owned(),
        ..Wanted::default()
    }];
    let by_get = node(&orthanc.dimse(), |_| {});
    let by_move = node(&orthanc.dimse(), by_move);
    for node in [by_get, by_move] {
        let service = service(&node, &caller);
        let retrieved = service.retrieve(&wanted, &archive, &|_| {}, &JobCtx::new());
        let retrieved = retrieved.unwrap();
        assert!(
            matches!(retrieved.end, Some(Failure::NoRoom(_))),
            "{retrieved:?}"
        );
        assert!(retrieved.instances < 20);
        // Whatever was kept is there.
        assert!(kept(&archive).len() >= retrieved.instances);
    }
}

/// A program that fetches the study, of twenty slices, into this folder.
fn fetching(mut session: Session, mut node: Node, folder: &Path) -> Session {
    session.engine.run(Effect::FollowPacs, &session.workspace);
    node.name = "PACS".into();
    session.apply(Edit::Node(NodeEdit::Put(node)));
    let folder = folder.to_owned();
    session.apply(Edit::Node(NodeEdit::ArchiveFolder(Some(folder))));
    session.apply(Edit::Search(SearchEdit::Text("synthetic".into())));
    session.apply(Edit::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
    let found = session.workspace.search.rows()[0].clone();
    session.apply(Edit::Transfer(TransferEdit::Fetch(Box::new(found))));
    session
}

/// Waits until the transfer waits, and gives why.
fn why_it_waits(session: &mut Session) -> String {
    let reason = |it: &Session| {
        let transfer = it.workspace.transfers.all().first()?;
        let is_waiting = matches!(transfer.state, TransferState::Waiting(_));
        transfer.reason.clone().filter(|_| is_waiting)
    };
    session.until("a reason to wait", |it| reason(it).is_some());
    Words::system().get(&reason(session).unwrap())
}

fn is_whole(session: &Session) -> bool {
    let transfer = session.workspace.transfers.all().first();
    transfer.is_some_and(|it| it.state == TransferState::Done && it.done == 20)
}

#[test]
fn a_transfer_waits_for_room_says_so_and_goes_on_by_itself() {
    let Some(disk) = Disk::mount("5m") else {
        return;
    };
    let orthanc = filled(20, free_port());
    let home = temp_folder();
    let mut session = fetching(
        Session::new(home.path()),
        node(&orthanc.dimse(), |_| {}),
        disk.path(),
    );
    let reason = why_it_waits(&mut session);
    assert!(
        reason.contains(disk.path().to_str().unwrap()) && reason.contains("full"),
        "{reason}"
    );
    assert!(reason.contains("goes on by itself"), "{reason}");
    disk.resize("60m");
    session.until("the rest", is_whole);
}

#[test]
fn what_is_refused_of_our_own_retrieval_is_told_with_its_transfer_alone() {
    let Some(disk) = Disk::mount("5m") else {
        return;
    };
    let port = free_port();
    let orthanc = filled(20, port);
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.apply(Edit::Node(NodeEdit::Port(port)));
    session.apply(Edit::Node(NodeEdit::Listen(true)));
    let node = node(&orthanc.dimse(), by_move);
    let mut session = fetching(session, node, disk.path());
    let reason = why_it_waits(&mut session);
    assert!(reason.contains("full"), "{reason}");
    // What the receiver has to tell of itself would be here by now.
    std::thread::sleep(std::time::Duration::from_millis(500));
    session.until("a look", |_| true);
    let notices = session.workspace.notices.shown().iter();
    let told: Vec<_> = notices.map(|it| it.problem.message.id.0).collect();
    assert!(!told.contains(&"pacs-push-refused"), "{told:?}");
}

#[test]
fn a_transfer_waits_for_a_drive_that_is_away_and_goes_on_when_it_is_back() {
    let orthanc = filled(20, free_port());
    let (home, drive) = (temp_folder(), temp_folder());
    let (here, away) = (drive.path().join("archive"), drive.path().join("away"));
    drop(Archive::open(&here).unwrap());
    let line = Proxy::new(
        orthanc.dicom_port,
        Fault {
            bytes_per_s: Some(2_000_000),
            ..Fault::default()
        },
    );
    let address = format!("ORTHANC@127.0.0.1:{}", line.port());
    let mut session = fetching(Session::new(home.path()), node(&address, |_| {}), &here);
    session.until("a beginning", |it| {
        let transfer = it.workspace.transfers.all().first();
        transfer.is_some_and(|it| it.done > 1)
    });
    std::fs::rename(&here, &away).unwrap();
    let reason = why_it_waits(&mut session);
    assert!(reason.contains(here.to_str().unwrap()), "{reason}");
    std::fs::rename(&away, &here).unwrap();
    session.until("the rest", is_whole);
}

#[test]
fn what_is_larger_than_the_room_left_is_not_fetched_again_before_there_is_more() {
    let Some(disk) = Disk::mount("6m") else {
        return;
    };
    let large = SyntheticImage::new(2048, 2048)
        .study(STUDY)
        .sop_instance("1.2.3.4.5.1.1");
    let orthanc = orthanc(OrthancOptions::default());
    orthanc.store(&large.write(Encoding::ExplicitLittle));
    let line = Proxy::new(orthanc.dicom_port, Fault::default());
    let address = format!("ORTHANC@127.0.0.1:{}", line.port());
    let home = temp_folder();
    let node = node(&address, |_| {});
    let mut session = fetching(Session::new(home.path()), node, disk.path());
    let reason = why_it_waits(&mut session);
    assert!(reason.contains("full"), "{reason}");
    let id = session.workspace.transfers.all()[0].id;
    let fetched = line.bytes_from_server();
    assert!(fetched > 2_000_000, "{fetched}");
    session.apply(Edit::Transfer(TransferEdit::Resume(id)));
    session.until("another reason", |it| {
        let reason = it.workspace.transfers.all()[0].reason.clone();
        reason.is_some_and(|it| Words::system().get(&it).contains("too little room"))
    });
    let again = line.bytes_from_server() - fetched;
    assert!(again < 100_000, "{again} bytes came in vain");
    disk.resize("60m");
    session.until("the rest", |it| {
        it.workspace.transfers.all()[0].state == TransferState::Done
    });
}

#[test]
fn an_instance_whose_place_is_taken_ends_its_retrieval_with_all_the_others_here() {
    let orthanc = filled(20, free_port());
    let (home, folder) = (temp_folder(), temp_folder());
    let archive = Archive::open(folder.path()).unwrap();
    let beside = crate::archive::keep(&archive, &slices(1)[0], "1.2.3.4.5.9");
    drop(archive);
    let uid = "1.2.3.4.5.1.1";
    let path = beside.with_file_name(format!("{uid}.dcm"));
    std::fs::create_dir(&path).unwrap();
    let line = Proxy::new(orthanc.dicom_port, Fault::default());
    let node = node(&format!("ORTHANC@127.0.0.1:{}", line.port()), |_| {});
    let mut session = fetching(Session::new(home.path()), node, folder.path());
    let reason = why_it_waits(&mut session);
    let transfer = &session.workspace.transfers.all()[0];
    assert_eq!(transfer.done, 19 + 1, "and what lay there before: {reason}");
    assert!(reason.starts_with("1 image"), "{reason}");
    let bytes = line.bytes_from_server();
    assert!(bytes < 21 << 19, "none comes twice: {bytes}");
    let (failed, why) = &transfer.failed[0];
    let why = Words::system().get(why);
    assert_eq!(failed, uid);
    assert!(why.contains(path.to_str().unwrap()), "{why}");
}
